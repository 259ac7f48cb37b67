"""What a track is: does it carry AIS, is it small, is it fixed."""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Floats
from coastwatch.track.table import Table

UNREGISTERED_PRIOR = 0.3
# A class B transponder under way reports every 30 s (ITU-R M.1371-5, table 2), and a station in
# range hears about 7 of 10: each report that was due and not heard is evidence of there being none.
REPORT_INTERVAL_S = 30.0
REPORT_HEARD = 0.7
UNREGISTERED_MAX = math.log(0.995 / 0.005)
AMPLITUDE_SCALE_DB = 2.0
FIXED_AFTER_S = 120.0
FIXED_SPEED_MPS = 0.5
FIXED_NOISE_M = 100.0  # of the first plot, which the displacement starts from
FIXED_PRIOR = 0.2


def odds(p: float) -> float:
    return math.log(p / (1 - p))


def unheard(table: Table, covered: Floats, dt_s: float) -> None:
    """``dt_s`` seconds in which AIS was listened for at the share ``covered`` (0..1)."""
    rate = -math.log(1 - REPORT_HEARD) / REPORT_INTERVAL_S
    table.unregistered += np.where(table.mmsi < 0, rate * dt_s * covered, 0.0)
    np.minimum(table.unregistered, UNREGISTERED_MAX, out=table.unregistered)


def p_unregistered(table: Table) -> Floats:
    return np.where(table.mmsi >= 0, 0.0, sigmoid(table.unregistered))


def p_small(table: Table) -> Floats:
    """By the mean amplitude against the sensor's threshold; a half where nothing is known."""
    above = np.nan_to_num(table.amplitude_db)
    return sigmoid(-above / AMPLITUDE_SCALE_DB)


def p_fixed(table: Table, time_s: float) -> Floats:
    """By displacement since birth against its noise, once it was watched for two minutes.

    Speed is no evidence: that of a far buoy is noise of a metre a second.
    """
    age_s = time_s - table.born_s
    moved_m = np.hypot(*(table.state[:, :2] - table.born_xy).T)
    noise_m = FIXED_NOISE_M + np.sqrt(table.cov[:, 0, 0] + table.cov[:, 1, 1])
    still = np.exp(-0.5 * (moved_m / noise_m) ** 2)
    slow = sigmoid(6 * (1 - moved_m / np.maximum(age_s, 1.0) / FIXED_SPEED_MPS))
    known = np.clip(age_s / FIXED_AFTER_S, 0.0, 1.0)
    fixed: Floats = known * still * slow + (1 - known) * FIXED_PRIOR
    return fixed


def sigmoid(x: Floats) -> Floats:
    odds: Floats = np.exp(np.clip(x, -50, 50))
    return odds / (1 + odds)

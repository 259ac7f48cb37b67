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


def odds(p: float) -> float:
    return math.log(p / (1 - p))


def unheard(table: Table, covered: Floats, dt_s: float) -> None:
    """``dt_s`` seconds in which AIS was listened for at the share ``covered`` (0..1)."""
    rate = -math.log(1 - REPORT_HEARD) / REPORT_INTERVAL_S
    table.unregistered += rate * dt_s * covered
    np.minimum(table.unregistered, UNREGISTERED_MAX, out=table.unregistered)


def p_unregistered(table: Table) -> Floats:
    return np.where(table.mmsi >= 0, 0.0, sigmoid(table.unregistered))


def p_small(table: Table) -> Floats:
    """By the mean amplitude against the sensor's threshold; a half where nothing is known."""
    above = np.nan_to_num(table.amplitude_db)
    return sigmoid(-above / AMPLITUDE_SCALE_DB)


def p_fixed(table: Table, time_s: float) -> Floats:
    """By displacement since birth and by speed, once it was watched for two minutes."""
    age = time_s - table.born_s
    moved = np.hypot(*(table.state[:, :2] - table.born_xy).T)
    noise = np.sqrt(table.cov[:, 0, 0] + table.cov[:, 1, 1])
    speed = np.hypot(table.state[:, 2], table.state[:, 3])
    drift = moved / np.maximum(age, 1.0)
    still = sigmoid(6 * (1 - drift / FIXED_SPEED_MPS)) * sigmoid(6 * (1.5 - speed / 1.0))
    near = np.exp(-0.5 * (moved / np.maximum(100.0, 3 * noise)) ** 2)
    known = np.clip(age / FIXED_AFTER_S, 0.0, 1.0)
    return known * still * near + (1 - known) * 0.2


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(x, -50, 50)))

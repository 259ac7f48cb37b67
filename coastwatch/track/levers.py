"""Where the hull is that a position report speaks of: the antenna's place led to its centre."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Detections, Floats

# What is left of a lever that is known: distances are whole metres, a compass errs by two degrees,
# and a hull does not point quite where it goes.
ROUNDING_M = 0.5
HEADING_RAD, COURSE_RAD = math.radians(2.0), math.radians(10.0)
# Slower than this a course is no heading; faster, a heading this far off the course is a fault.
MOVING_MPS, STRAIGHT_MPS, CRAB_RAD = 1.5, 3.0, math.radians(60.0)
# An antenna that is somewhere on a hull of known length: spreads along and across, as shares of
# the length. Bridges are aft or forward more often than amidships; beams are some 1/6.5 of it.
ALONG, ACROSS = 0.3, 1.0 / 22.0
# Root mean squares of the lengths of what carries class A, and class B.
SHIP_M, BOAT_M = 150.0, 15.0
# Time between the fix and what the report is dated by: UTC seconds are whole, fixes a second old.
LATENCY_S = 0.5
LEVER_MAX_M = 512.0  # AIS can say no more


def to_centre(d: Detections, velocity: Floats) -> tuple[Floats, Floats]:
    """The centres of the hulls, (n, 2), and the covariances to add to the reports', (n, 2, 2).

    ``velocity`` (n, 2), m/s in the site's plane, is what each report says, NaN where it says
    nothing. Where the lever or the hull's direction is unknown the place stays the antenna's and
    the covariance covers the hull. Rows without a position stay NaN.
    """
    bow, sigma = _bow(d, velocity)
    directed = np.isfinite(bow)
    sin, cos = np.sin(np.where(directed, bow, 0.0)), np.cos(np.where(directed, bow, 0.0))
    ahead, right = _lever(d.ahead_m), _lever(d.starboard_m)
    known = (d.extent_m > 0) & (d.extent_m <= 2 * LEVER_MAX_M)
    length = np.where(known, d.extent_m, np.where(_is_ship(d), SHIP_M, BOAT_M))
    along = np.hypot(ROUNDING_M, np.where(np.isfinite(ahead), 0.0, ALONG * length))
    across = np.hypot(ROUNDING_M, np.where(np.isfinite(right), 0.0, ACROSS * length))
    ahead, right = np.nan_to_num(ahead), np.nan_to_num(right)
    # Hull axes to the plane's: the first points ahead, the second to starboard.
    R = np.stack([np.stack([sin, cos], -1), np.stack([cos, -sin], -1)], -2)
    spread = np.stack([along**2 + (right * sigma) ** 2, across**2 + (ahead * sigma) ** 2], -1)
    turned = (R * spread[:, None, :]) @ np.swapaxes(R, -1, -2)
    about = (along**2 + across**2 + ahead**2 + right**2) / 2
    cov = np.where(directed[:, None, None], turned, about[:, None, None] * np.eye(2))
    v = np.nan_to_num(velocity) * LATENCY_S
    cov = cov + v[:, :, None] * v[:, None, :]
    lever = (R @ np.stack([ahead, right], -1)[:, :, None])[:, :, 0]
    xy = np.column_stack([d.x_m, d.y_m]) + np.where(directed[:, None], lever, 0.0)
    return xy, cov


def _lever(told_m: Floats) -> Floats:
    """What a hull can have; NaN for the rest."""
    return np.where(np.abs(told_m) <= LEVER_MAX_M, told_m, np.nan)


def _bow(d: Detections, velocity: Floats) -> tuple[Floats, Floats]:
    """Where each bow points in the plane, clockwise from +y, NaN where unknown; and its sigma."""
    speed = np.nan_to_num(np.hypot(velocity[:, 0], velocity[:, 1]))
    course = np.where(speed > MOVING_MPS, np.arctan2(velocity[:, 0], velocity[:, 1]), np.nan)
    # The plane's north is not the true one: the course is known in both.
    convergence = _wrapped(course - d.cog_rad)
    heading = d.heading_rad + np.nan_to_num(convergence)
    fault = (speed > STRAIGHT_MPS) & (np.abs(_wrapped(heading - course)) > CRAB_RAD)
    told = np.isfinite(heading) & ~fault
    return np.where(told, heading, course), np.where(told, HEADING_RAD, COURSE_RAD)


def _is_ship(d: Detections) -> NDArray[np.bool_]:
    """Class A, as far as one can tell: class B has no navigational status, and hardly a compass."""
    return np.asarray((d.nav_status >= 0) | np.isfinite(d.heading_rad))


def _wrapped(angle: Floats) -> Floats:
    return np.asarray(np.remainder(angle + np.pi, 2 * np.pi) - np.pi)

"""What rules tell of a track in words and in numbers: its motion, its vessel, its place."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from coastwatch.geo.units import (
    KNOT_MPS,
    format_course,
    format_distance,
    format_position,
    format_speed,
)
from coastwatch.model import Floats, Ints
from coastwatch.watch.scene import Scene

BOUND = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
LANES = ("tss-lane", "separation-zone")
SMALL_M = 20.0  # COLREG rule 10 (j): vessels under this length
FISHING, SAILING = 30, (36, 37)
LIGHT = 1e-6


def numbers(**values: float) -> dict[str, object]:
    """Evidence as JSON takes it: rounded to four places, without what is not known."""
    return {key: round(float(v), 4) for key, v in values.items() if math.isfinite(v)}


def place(scene: Scene, row: int) -> str:
    """Where a row is: "in Sandettie lane", "3.2 NM from the shore", else its position."""
    zones = [scene.ground.zones[z] for z in scene.zones_at(row)]
    if zones:
        return f"in {min(zones, key=lambda z: z.kind not in LANES).name}"
    shore_m = float(scene.shore_m[row])
    if math.isfinite(shore_m):
        return f"{format_distance(shore_m)} from the shore"
    return f"at {format_position(float(scene.lon[row]), float(scene.lat[row]))}"


def motion(scene: Scene, row: int) -> dict[str, float]:
    """Speed, course and how well the position is known, as evidence."""
    return {
        "speed_kn": round(float(scene.sog_mps[row]) / KNOT_MPS, 4),
        "course_deg": round(math.degrees(scene.cog_rad[row]) % 360, 4),
        "sigma_m": round(float(scene.sigma_m[row]), 4),
    }


def moving(scene: Scene, row: int) -> str:
    """Such as "12.3 kn, course 045°"."""
    speed, course = format_speed(float(scene.sog_mps[row])), float(scene.cog_rad[row])
    return f"{speed}, course {format_course(course)}"


def bound(course_rad: float) -> str:
    """Where a course leads, such as "north-eastbound"."""
    return BOUND[round(course_rad / (math.pi / 4)) % 8] + "bound"


def minutes(seconds: float) -> str:
    """Whole minutes, one at least, such as "5 min"."""
    return f"{max(1, round(seconds / 60))} min"


def p_inside(scene: Scene, row: int, zone: int) -> float:
    """The probability that a row is in a zone, 0 where it does not stand in it."""
    first, last = np.searchsorted(scene.inside.row, [row, row + 1])
    k = first + int(np.searchsorted(scene.inside.zone[first:last], zone))
    return float(scene.inside.p[k]) if k < last and scene.inside.zone[k] == zone else 0.0


def shore_m(scene: Scene, row: int) -> float:
    """Metres to the shore of one row; NaN where unknown."""
    return float(scene.memory.shore.distance_m(*scene.tracks.state[[row], :2].T)[0])


def speed_sigma_mps(scene: Scene, rows: Ints) -> Floats:
    """(rows,) 1-sigma of the speed, by the covariance along the course."""
    cov = scene.tracks.cov
    vx, vy = scene.tracks.state[rows, 2], scene.tracks.state[rows, 3]
    square = cov[rows, 2, 2] * vx**2 + 2 * cov[rows, 2, 3] * vx * vy + cov[rows, 3, 3] * vy**2
    return np.asarray(np.sqrt(np.maximum(square, 0.0)) / np.maximum(np.hypot(vx, vy), LIGHT))


def p_above(value: Floats, limit: Floats | float, sigma: Floats) -> Floats:
    """The probability that what is measured as ``value`` with ``sigma`` is above ``limit``."""
    return np.asarray(ndtr((value - limit) / np.maximum(sigma, LIGHT)))


def ship_type(scene: Scene, row: int) -> int:
    """The ship type that it broadcasts, -1 where unknown."""
    vessel = scene.memory.vessels.get(int(scene.tracks.mmsi[row]))
    return -1 if vessel is None or vessel.ship_type is None else vessel.ship_type


def length_m(scene: Scene, row: int) -> float:
    """The length that it broadcasts, else that of its track; NaN where unknown."""
    vessel = scene.memory.vessels.get(int(scene.tracks.mmsi[row]))
    told = None if vessel is None else vessel.length_m
    return told if told else float(scene.tracks.length_m[row])


def is_small(scene: Scene, row: int) -> bool:
    """Whether it is a vessel under 20 m, fishing or sailing (COLREG rule 10 (i), (j)).

    By the length where that is known, else by the track's ``p_small``.
    """
    kind, length = ship_type(scene, row), length_m(scene, row)
    by_size = length < SMALL_M if math.isfinite(length) else scene.tracks.p_small[row] > 0.5
    return bool(by_size) or kind == FISHING or kind in SAILING

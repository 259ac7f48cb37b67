"""A row of detections, what of a category becomes one, and the day that a time of day is of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from coastwatch.model import Detections

DAY_S = 86_400.0
NAN = math.nan
NOTHING: Mapping[str, Any] = {}

Covariance = tuple[tuple[float, float], tuple[float, float]]
UNKNOWN: Covariance = ((NAN, NAN), (NAN, NAN))


class Row(NamedTuple):
    """One detection in the sensor's own terms, fields as in ``Detections``.

    ``cov_m2`` is along east and north at the target.
    """

    time_s: float
    sensor: int
    kind: int
    range_m: float = NAN
    azimuth_rad: float = NAN
    amplitude_db: float = NAN
    target: int = -1
    lon: float = NAN
    lat: float = NAN
    sog_mps: float = NAN
    cog_rad: float = NAN
    sigma_m: float = NAN
    extent_m: float = NAN
    cov_m2: Covariance = UNKNOWN


class View(NamedTuple):
    """What of a category becomes detections: its item of time, all items needed, and how.

    ``row`` gives a row, or the reason why the record is no detection of a vessel. ``wraps_s`` is
    how soon the time begins anew; where that is less than a day it may be missing.
    """

    time: str
    items: frozenset[str]
    row: Callable[[Mapping[str, Any], float, int], Row | str]
    wraps_s: float = DAY_S


def columns(rows: Sequence[Row]) -> Detections:
    """The rows as a batch."""
    if not rows:
        return Detections.empty()
    return Detections.of(**dict(zip(Row._fields, zip(*rows, strict=True), strict=True)))


class DayClock:
    """Joins a time of day to the nearest day.

    Nearest to when it was received; else to the record before; the first falls on ``date_s``.
    """

    def __init__(self, date_s: float | None) -> None:
        self._last_s: float | None = None
        self._date_s = date_s or 0.0
        self.is_dated = date_s is not None

    def join(self, of_day_s: float, received_ns: int, wraps_s: float = DAY_S) -> float | None:
        """UTC seconds. Without a date and a time of reception they count from 1970-01-01.

        None where the time wraps more often than daily and nothing says how often it has.
        """
        near_s = self.now_s(received_ns)
        if near_s is None and wraps_s < DAY_S:
            return None
        if near_s is None:
            near_s = self._date_s + of_day_s
        if wraps_s < DAY_S:
            self._last_s = _untruncated(of_day_s, wraps_s, near_s)
        else:
            self._last_s = of_day_s + DAY_S * round((near_s - of_day_s) / DAY_S)
        return self._last_s

    def now_s(self, received_ns: int) -> float | None:
        """When a record without a time is from: its reception, else the record before."""
        if received_ns > 0:
            self.is_dated = True
            return received_ns / 1e9
        return self._last_s


def _untruncated(of_day_s: float, wraps_s: float, near_s: float) -> float:
    """The nearest moment with that remainder; the count begins at midnight, within a turn."""
    found = []
    for midnight_s in (DAY_S * (near_s // DAY_S + day) for day in (-1, 0, 1)):
        turns = round((near_s - midnight_s - of_day_s) / wraps_s)
        most = (DAY_S - of_day_s) // wraps_s
        found.append(midnight_s + of_day_s + wraps_s * min(max(turns, 0), most))
    return min(found, key=lambda time_s: abs(time_s - near_s))


def velocity(vector: Mapping[str, float] | None) -> tuple[float, float]:
    """Speed and course of VX and VY in m/s; y points to true north."""
    if vector is None:
        return NAN, NAN
    east, north = vector["VX"], vector["VY"]
    return math.hypot(east, north), math.atan2(east, north) % math.tau


def covariance(sigma_east_m: float, sigma_north_m: float, cov_m2: float = 0.0) -> Covariance:
    """The matrix, unknown where an axis is; a cross term that cannot be counts as none."""
    if not (sigma_east_m > 0 and sigma_north_m > 0):
        return UNKNOWN
    if abs(cov_m2) >= sigma_east_m * sigma_north_m:
        cov_m2 = 0.0
    return (sigma_east_m**2, cov_m2), (cov_m2, sigma_north_m**2)


def polar(east: float, north: float) -> tuple[float, float]:
    """Range and azimuth of a position relative to its sensor."""
    return math.hypot(east, north), math.atan2(east, north) % math.tau

"""From the items of a record to what was measured: a row of detections, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from coastwatch.decode.video.cat240 import ITEMS as VIDEO_ITEMS
from coastwatch.geo.units import DEG, NM_M
from coastwatch.model import Detections, Kind

DAY_S = 86_400.0
_NAN = math.nan
_DEGREE_M = 6_371_008.8 * DEG  # of latitude, on the mean sphere: good enough for a sigma


class Row(NamedTuple):
    """One detection in the sensor's own terms, fields as in ``Detections``."""

    time_s: float
    sensor: int
    kind: int
    range_m: float = _NAN
    azimuth_rad: float = _NAN
    amplitude_db: float = _NAN
    target: int = -1
    lon: float = _NAN
    lat: float = _NAN
    sog_mps: float = _NAN
    cog_rad: float = _NAN
    sigma_m: float = _NAN
    extent_m: float = _NAN


class View(NamedTuple):
    """What of a category becomes detections: its item of time, all items needed, and how.

    ``row`` gives a row, or the reason why the record is no detection of a vessel.
    """

    time: str
    items: frozenset[str]
    row: Callable[[Mapping[str, Any], float, int], Row | str]


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

    def join(self, of_day_s: float, received_ns: int) -> float:
        """UTC seconds. Without a date and a time of reception they count from 1970-01-01."""
        if received_ns > 0:
            self.is_dated = True
            near_s = received_ns / 1e9
        elif self._last_s is None:
            near_s = self._date_s + of_day_s
        else:
            near_s = self._last_s
        self._last_s = of_day_s + DAY_S * round((near_s - of_day_s) / DAY_S)
        return self._last_s


def _look(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 034: the antenna passed north or a sector's beginning."""
    message = items.get("000")
    if message not in (_NORTH_MARKER, _SECTOR_CROSSING):
        return f"service message of type {message}"
    azimuth_deg = items.get("020", 0.0 if message == _NORTH_MARKER else _NAN)
    return Row(time_s, sensor, Kind.LOOK, azimuth_rad=azimuth_deg * DEG)


def _plot(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 048: a plot of the primary radar that is no aircraft."""
    descriptor = items.get("020", _NOTHING)
    reason = _unreal(descriptor)
    if reason:
        return reason
    if descriptor.get("TYP") in _SSR_ONLY or "090" in items or "220" in items:
        return "aircraft"
    if "040" not in items:
        return "no polar position"
    position = items["040"]
    return Row(
        time_s,
        sensor,
        Kind.PLOT,
        range_m=position["RHO"] * NM_M,
        azimuth_rad=position["THETA"] * DEG,
        amplitude_db=items.get("130", _NOTHING).get("PAM", _NAN),
        target=items["161"]["TRN"] if "161" in items else -1,
    )


def _track(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 062: a system track that is fresh, real and no aircraft."""
    status = items.get("080", _NOTHING)
    if status.get("SIM"):
        return "simulated target"
    if status.get("CST"):
        return "coasting track"
    if "136" in items or "390" in items:
        return "aircraft"
    if "105" not in items:
        return "no WGS 84 position"
    lat, lon = items["105"]["LAT"], items["105"]["LON"]
    if abs(lat) > 90 or abs(lon) > 180:
        return "position off the earth"
    sog_mps, cog_rad = _velocity(items.get("185"))
    return Row(
        time_s,
        sensor,
        Kind.SENSOR_TRACK,
        target=items.get("040", -1),
        lon=lon,
        lat=lat,
        sog_mps=sog_mps,
        cog_rad=cog_rad,
        sigma_m=_sigma_m(items.get("500", _NOTHING), lat),
        extent_m=items.get("270", _NOTHING).get("LENGTH") or _NAN,
    )


VIEWS: dict[int, View] = {
    34: View("030", frozenset(("010", "000", "030", "020")), _look),
    48: View("140", frozenset(("010", "140", "020", "040", "090", "130", "220", "161")), _plot),
    62: View(
        "070",
        frozenset(("010", "070", "105", "185", "040", "080", "136", "390", "270", "500")),
        _track,
    ),
    240: View("140", VIDEO_ITEMS, lambda items, time_s, sensor: "video"),
}

_NORTH_MARKER, _SECTOR_CROSSING = 1, 2
_SSR_ONLY = (2, 4, 5)
_NOTHING: Mapping[str, Any] = {}


def _unreal(descriptor: Mapping[str, Any]) -> str:
    """Why a report descriptor (048/020) speaks of nothing that the radar measured, or ""."""
    if descriptor.get("TYP") == 0:
        return "no detection"
    if descriptor.get("SIM") or descriptor.get("TST"):
        return "simulated target"
    if descriptor.get("RAB"):
        return "field monitor"
    # Beyond 256 NM the range in 048/040 is only the greatest that fits.
    return "beyond the range field" if descriptor.get("ERR") else ""


def _velocity(vector: Mapping[str, float] | None) -> tuple[float, float]:
    """Speed and course; the y axis of 062/185 points to true north at the target."""
    if vector is None:
        return _NAN, _NAN
    east, north = vector["VX"], vector["VY"]
    return math.hypot(east, north), math.atan2(east, north) % math.tau


def _sigma_m(accuracy: Mapping[str, Any], lat: float) -> float:
    """The mean of both axes of 062/500, NaN where it is absent or zero."""
    if "APC" in accuracy:
        x_m, y_m = accuracy["APC"]["X"], accuracy["APC"]["Y"]
    elif "APW" in accuracy:
        x_m = accuracy["APW"]["LON"] * _DEGREE_M * math.cos(lat * DEG)
        y_m = accuracy["APW"]["LAT"] * _DEGREE_M
    else:
        return _NAN
    return math.sqrt((x_m * x_m + y_m * y_m) / 2) or _NAN

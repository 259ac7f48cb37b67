"""From the items of a record to what was measured: a row of detections, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from coastwatch.decode.asterix.rows import (
    DAY_S,
    NAN,
    NOTHING,
    UNKNOWN,
    Covariance,
    DayClock,
    Row,
    View,
    columns,
    covariance,
    velocity,
)
from coastwatch.decode.asterix.surface import multilaterated, old_plot, surface
from coastwatch.decode.video.cat240 import ITEMS as VIDEO_ITEMS
from coastwatch.geo.units import DEG, NM_M
from coastwatch.model import Kind

__all__ = ["DAY_S", "VIEWS", "DayClock", "Row", "View", "columns"]

DEGREE_M = 6_371_008.8 * DEG  # of latitude, on the mean sphere: good enough for a sigma


def _look(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 034: the antenna passed north or a sector's beginning."""
    message = items.get("000")
    if message not in (_NORTH_MARKER, _SECTOR_CROSSING):
        return f"service message of type {message}"
    azimuth_deg = items.get("020", 0.0 if message == _NORTH_MARKER else NAN)
    return Row(time_s, sensor, Kind.LOOK, azimuth_rad=azimuth_deg * DEG)


def _old_look(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 002, which also marks the south."""
    if items.get("000") == _SOUTH_MARKER:
        return Row(time_s, sensor, Kind.LOOK, azimuth_rad=math.pi)
    return _look(items, time_s, sensor)


def _service(items: Mapping[str, Any], time_s: float, sensor: int) -> str:
    """CAT 019 and 065: the state of a system, which is no detection."""
    return f"service message of type {items.get('000', 'none')}"


def _sensor_status(items: Mapping[str, Any], time_s: float, sensor: int) -> str:
    """CAT 063: how a tracking system finds one of its sensors."""
    return f"sensor status: {_STATES[items.get('060', NOTHING).get('CON', 4)]}"


def _plot(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 048: a plot of the primary radar that is no aircraft."""
    descriptor = items.get("020", NOTHING)
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
        amplitude_db=items.get("130", NOTHING).get("PAM", NAN),
        target=items["161"]["TRN"] if "161" in items else -1,
    )


def _track(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 062: a system track that is fresh, real and no aircraft."""
    status = items.get("080", NOTHING)
    if status.get("SIM"):
        return "simulated target"
    if status.get("CST"):
        return "coasting track"
    if "136" in items or "390" in items:
        return "aircraft"
    if "105" not in items:
        return "no WGS 84 position"
    lat, lon = items["105"]["LAT"], items["105"]["LON"]
    sog_mps, cog_rad = velocity(items.get("185"))
    if "180" in items:  # edition 0.17
        sog_mps, cog_rad = items["180"]["GSP"] * NM_M, items["180"]["HDG"] * DEG
    sigma_m, cov_m2 = _accuracy(items.get("500", NOTHING), lat)
    return Row(
        time_s,
        sensor,
        Kind.SENSOR_TRACK,
        target=items.get("040", -1),
        lon=lon,
        lat=lat,
        sog_mps=sog_mps,
        cog_rad=cog_rad,
        sigma_m=sigma_m,
        extent_m=items.get("270", NOTHING).get("LENGTH") or NAN,
        cov_m2=cov_m2,
    )


def _view(time: str, items: str, row: Any, wraps_s: float = DAY_S) -> View:
    return View(time, frozenset((time, *items.split())), row, wraps_s)


VIEWS: dict[int, View] = {
    1: _view("141", "010 020 040 042 090 131 161 170 200", old_plot, wraps_s=512.0),
    2: _view("030", "010 000 020", _old_look),
    10: _view("140", "010 000 020 040 041 042 090 131 161 170 200 202 220 270 500", surface),
    19: _view("140", "010 000 600", _service),
    20: _view("140", "010 020 041 042 090 161 170 202 220 500", multilaterated),
    34: _view("030", "010 000 020 120", _look),
    48: _view("140", "010 020 040 090 130 220 161", _plot),
    62: _view("070", "010 105 180 185 040 080 136 390 270 500", _track),
    63: _view("030", "010 060", _sensor_status),
    65: _view("030", "010 000", _service),
    240: View("140", VIDEO_ITEMS, lambda items, time_s, sensor: "video", DAY_S),
}

_NORTH_MARKER, _SECTOR_CROSSING, _SOUTH_MARKER = 1, 2, 3
_STATES = ("operational", "degraded", "initialising", "not connected", "unsaid")
_SSR_ONLY = (2, 4, 5)


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


def _accuracy(said: Mapping[str, Any], lat: float) -> tuple[float, Covariance]:
    """Sigma, the mean of both axes of 062/500, and covariance; NaN where absent or zero."""
    if "APC" in said and "X" in said["APC"]:
        east_m, north_m = said["APC"]["X"], said["APC"]["Y"]
    elif "APC" in said:  # edition 0.17
        east_m, north_m = said["APC"]["APC_X"] * NM_M, said["APC"]["APC_Y"] * NM_M
    elif "APW" in said:
        east_m = said["APW"]["LON"] * DEGREE_M * math.cos(lat * DEG)
        north_m = said["APW"]["LAT"] * DEGREE_M
    else:
        return NAN, UNKNOWN
    root = said.get("COV", 0.0)  # the covariance's square root, with its sign
    sigma_m = math.sqrt((east_m**2 + north_m**2) / 2) or NAN
    return sigma_m, covariance(east_m, north_m, root * abs(root))

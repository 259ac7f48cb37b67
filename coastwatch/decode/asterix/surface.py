"""What CAT 001, 010 and 020 measured: plots and tracks of older, surface, multilateration radars.

A Cartesian position (042) is taken as range and azimuth from the sensor's place in the site.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coastwatch.decode.asterix.rows import NAN, NOTHING, Row, covariance, polar, velocity
from coastwatch.geo.units import DEG, NM_M
from coastwatch.model import Kind

NO_POSITION = "no position"
SIMULATED = "simulated target"
FIELD_MONITOR = "field monitor"
AIRCRAFT = "aircraft"
_PSR = (1, 3)  # 001/020 SSRPSR: primary, combined


def old_plot(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 001: a plot of the primary radar that is no aircraft; a track where only that is sent."""
    descriptor, status = items.get("020", NOTHING), items.get("170", NOTHING)
    if descriptor.get("SIM") or descriptor.get("TST"):
        return SIMULATED
    if descriptor.get("RAB"):
        return FIELD_MONITOR
    if status.get("GHO"):
        return "ghost track"
    source = descriptor.get("SSRPSR", 1)
    if source not in _PSR:
        return AIRCRAFT if source else "no detection"
    if "090" in items:
        return AIRCRAFT
    at = _old_place(items)
    if at is None:
        return NO_POSITION
    sog_mps, cog_rad = _polar_velocity(items.get("200"), "HDG")
    return Row(
        time_s,
        sensor,
        Kind.PLOT if "040" in items else Kind.SENSOR_TRACK,
        range_m=at[0],
        azimuth_rad=at[1],
        amplitude_db=items.get("131", NAN),
        target=items.get("161", -1),
        sog_mps=sog_mps,
        cog_rad=cog_rad,
    )


def surface(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 010: a plot or track of a surface movement radar; an update cycle's start is a look."""
    message = items.get("000", 1)
    if message == 2:
        return Row(time_s, sensor, Kind.LOOK)
    if message != 1:
        return f"service message of type {message}"
    descriptor = items.get("020", NOTHING)
    if descriptor.get("TOT") in (1, 3):
        return AIRCRAFT
    reason = _unreal(descriptor, items)
    if reason:
        return reason
    at = _place(items)
    if at is None:
        return NO_POSITION
    sog_mps, cog_rad = velocity(items.get("202"))
    if "202" not in items:
        sog_mps, cog_rad = _polar_velocity(items.get("200"), "TRA")
    said = items.get("500", NOTHING)
    return Row(
        time_s,
        sensor,
        _kind(items),
        **at,
        amplitude_db=items.get("131", NAN),
        target=items["161"]["TRK"] if "161" in items else -1,
        sog_mps=sog_mps,
        cog_rad=cog_rad,
        extent_m=items.get("270", NOTHING).get("LENGTH") or NAN,
        cov_m2=covariance(said.get("DEVX", 0), said.get("DEVY", 0), said.get("COVXY", 0)),
    )


def multilaterated(items: Mapping[str, Any], time_s: float, sensor: int) -> Row | str:
    """CAT 020: a position from several receivers of what is no aircraft."""
    reason = _unreal(items.get("020", NOTHING), items)
    if reason:
        return reason
    at = _place(items)
    if at is None:
        return NO_POSITION
    sog_mps, cog_rad = velocity(items.get("202"))
    # XY, a correlation in steps of 0.25, says nothing that could be used.
    said = items.get("500", NOTHING).get("SDP", NOTHING)
    return Row(
        time_s,
        sensor,
        _kind(items),
        **at,
        target=items["161"]["TRN"] if "161" in items else -1,
        sog_mps=sog_mps,
        cog_rad=cog_rad,
        cov_m2=covariance(said.get("X", 0), said.get("Y", 0)),
    )


def _unreal(descriptor: Mapping[str, Any], items: Mapping[str, Any]) -> str:
    """Why a report of CAT 010 or 020 is no vessel that was measured now, or ""."""
    status = items.get("170", NOTHING)
    if descriptor.get("SIM") or descriptor.get("TST"):
        return SIMULATED
    if descriptor.get("RAB"):
        return FIELD_MONITOR
    if "090" in items or "220" in items:
        return AIRCRAFT
    if status.get("CST"):
        return "coasting track"
    return "ghost track" if status.get("GHO") else ""


def _kind(items: Mapping[str, Any]) -> Kind:
    """A measured position is a plot, though it have a track's number; a smoothed one is a track."""
    smoothed = items.get("170", NOTHING).get("STH", 1)
    return Kind.SENSOR_TRACK if "161" in items and smoothed else Kind.PLOT


def _place(items: Mapping[str, Any]) -> dict[str, float] | None:
    """On earth where that is said, else as measured, else from the Cartesian plane."""
    if "041" in items:
        return {"lon": items["041"]["LON"], "lat": items["041"]["LAT"]}
    if "040" in items:
        range_m, azimuth_rad = items["040"]["RHO"], items["040"]["TH"] * DEG
    elif "042" in items:
        range_m, azimuth_rad = polar(items["042"]["X"], items["042"]["Y"])
    else:
        return None
    return {"range_m": range_m, "azimuth_rad": azimuth_rad}


def _old_place(items: Mapping[str, Any]) -> tuple[float, float] | None:
    if "040" in items:
        return items["040"]["RHO"] * NM_M, items["040"]["THETA"] * DEG
    if "042" in items:
        range_nm, azimuth_rad = polar(items["042"]["X"], items["042"]["Y"])
        return range_nm * NM_M, azimuth_rad
    return None


def _polar_velocity(vector: Mapping[str, float] | None, course: str) -> tuple[float, float]:
    if vector is None:
        return NAN, NAN
    return vector["GSP"] * NM_M, vector[course] * DEG

"""Radar targets that an ARPA reports: TTM and TLL sentences (NMEA 0183, IEC 61162-1)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from coastwatch.decode import stamps
from coastwatch.decode.sentence import Refused
from coastwatch.geo.units import KNOT_MPS, NM_M

FORMATTERS = (b"TTM", b"TLL")
_NUMBER = re.compile(rb"[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})")
# Distance in nautical miles and speed in knots of each unit letter: km, NM, statute miles.
UNITS = {b"K": 1000.0 / NM_M, b"N": 1.0, b"S": 1609.344 / NM_M}


@dataclass(frozen=True, slots=True)
class Target:
    """One target sentence. Angles are degrees; a bearing or course may be relative ("R")."""

    sentence: str
    target: int
    status: str
    name: str
    tod_s: float | None
    reference_target: bool
    distance_nm: float | None = None
    bearing_deg: float | None = None
    bearing_reference: str = ""
    speed_kn: float | None = None
    course_deg: float | None = None
    course_reference: str = ""
    cpa_nm: float | None = None
    tcpa_min: float | None = None
    acquisition: str = ""
    lon: float | None = None
    lat: float | None = None

    @property
    def lost(self) -> bool:
        return self.status == "L"

    @property
    def sought(self) -> bool:
        """Whether the radar is still acquiring it ("query"): it may be nothing."""
        return self.status == "Q"


def read(fields: list[bytes]) -> Target:
    """The target of a TTM or TLL sentence. Raises Refused."""
    try:
        return _ttm(fields) if fields[0].endswith(b"TTM") else _tll(fields)
    except (ValueError, IndexError, KeyError) as error:
        raise Refused(f"{fields[0][-3:].decode('ascii', 'replace')} fields") from error


def to_record(target: Target) -> dict[str, Any]:
    """The sentence as a JSON-ready object; fields of the other sentence are left out."""
    record: dict[str, Any] = {"sentence": target.sentence, "target": target.target}
    if target.sentence == "TTM":
        for name in _TTM_FIELDS:
            record[name] = getattr(target, name)
    else:
        record |= {"lon": target.lon, "lat": target.lat}
    tod = target.tod_s
    return record | {
        "name": target.name,
        "status": target.status,
        "reference_target": target.reference_target,
        "utc_time_of_day_s": tod,
    }


def measured(target: Target, heading_deg: float | None) -> dict[str, Any]:
    """The detection's columns in SI units. Raises Refused where a bearing cannot be made true.

    ``heading_deg`` is the own ship's true heading, None where none is fresh.
    """
    if target.sentence == "TLL":
        return {"lon": target.lon or 0.0, "lat": target.lat or 0.0}
    assert target.bearing_deg is not None and target.distance_nm is not None
    bearing = target.bearing_deg
    if not target.bearing_reference:
        raise Refused("bearing neither true nor relative")
    if target.bearing_reference == "R":
        if heading_deg is None:
            raise Refused("relative bearing without heading")
        bearing += heading_deg
    columns: dict[str, Any] = {
        "range_m": target.distance_nm * NM_M,
        "azimuth_rad": math.radians(bearing) % math.tau,
    }
    # A relative course is that of the relative motion, not a course over ground.
    if target.course_reference == "T" and target.speed_kn is not None:
        columns["sog_mps"] = target.speed_kn * KNOT_MPS
        if target.course_deg is not None:
            columns["cog_rad"] = math.radians(target.course_deg) % math.tau
    return columns


_TTM_FIELDS = (
    "distance_nm", "bearing_deg", "bearing_reference", "speed_kn", "course_deg",
    "course_reference", "cpa_nm", "tcpa_min", "acquisition",
)  # fmt: skip


def _ttm(f: list[bytes]) -> Target:
    scale = UNITS[f[10] or b"N"]
    distance, bearing = number(f[2], 0.0, 500.0), number(f[3], 0.0, 360.0)
    if distance is None or bearing is None:
        raise ValueError("a target without distance or bearing")
    speed, cpa = number(f[5], 0.0, 500.0), number(f[8], 0.0, 500.0)
    return Target(
        sentence="TTM",
        target=_target(f[1]),
        status=letter(f[12], "LQT"),
        name=_name(f[11]),
        tod_s=stamps.time_of_day_s(f[14]) if len(f) > 14 else None,
        reference_target=f[13] == b"R",
        distance_nm=round(distance * scale, 6),
        bearing_deg=bearing,
        bearing_reference=letter(f[4], "TR"),
        speed_kn=None if speed is None else round(speed * scale, 6),
        course_deg=number(f[6], 0.0, 360.0),
        course_reference=letter(f[7], "TR"),
        cpa_nm=None if cpa is None else round(cpa * scale, 6),
        tcpa_min=number(f[9], -1e5, 1e5),
        acquisition=letter(f[15], "AMR") if len(f) > 15 else "",
    )


def _tll(f: list[bytes]) -> Target:
    lat, lon = degrees(f[2], f[3]), degrees(f[4], f[5])
    if lat is None or lon is None:
        raise ValueError("a target without position")
    return Target(
        sentence="TLL",
        target=_target(f[1]),
        status=letter(f[8], "LQT"),
        name=_name(f[6]),
        tod_s=stamps.time_of_day_s(f[7]),
        reference_target=len(f) > 9 and f[9] == b"R",
        lon=lon,
        lat=lat,
    )


def degrees(value: bytes, side: bytes) -> float | None:
    """Signed degrees of NMEA's (d)ddmm.mmm and N, S, E or W; None where it is empty.

    Raises ValueError where it is no such angle.
    """
    if not value:
        return None
    told = number(value, 0.0, 18_000.0)
    if told is None or side not in (b"N", b"S", b"E", b"W"):
        raise ValueError("no latitude or longitude")
    whole, minutes = divmod(told, 100.0)
    angle = whole + minutes / 60.0
    if minutes >= 60.0 or angle > (90.0 if side in b"NS" else 180.0):
        raise ValueError("no latitude or longitude")
    return -angle if side in b"SW" else angle


def number(text: bytes, low: float, high: float) -> float | None:
    """A number within its bounds, None where it is empty. Raises ValueError."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    value = float(text)
    if not low <= value <= high:
        raise ValueError("outside its range")
    return value


def _target(text: bytes) -> int:
    if not text.isdigit() or len(text) > 6:
        raise ValueError("no target number")
    return int(text)


def letter(text: bytes, allowed: str) -> str:
    """One of the letters, or none. Raises ValueError."""
    letter = text.decode("ascii", "replace")
    if letter and (letter not in allowed or len(letter) > 1):
        raise ValueError("unknown letter")
    return letter


def _name(text: bytes) -> str:
    return text.decode("ascii", "replace")[:32].strip()

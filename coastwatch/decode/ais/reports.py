"""What an AIS message says as a position report and as statics; "not available" is unknown."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import asdict
from typing import Any, NamedTuple

from coastwatch.decode.ais.payload import raw_ship_type
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Vessel

POSITION_TYPES = frozenset({1, 2, 3, 9, 18, 19, 27})
STATIC_TYPES = frozenset({5, 19, 24})
MMSI_MAX = 999_999_999
# ITU-R M.1371-5: accuracy flag 1 is better than 10 m, 0 is worse.
SIGMA_HIGH_M, SIGMA_LOW_M = 10.0, 30.0
# Type 27 counts in tenths of a minute (185 m): the spread of a rounding error.
LONG_RANGE_M = 185.2 / math.sqrt(12.0)
# Speeds from here on mean "or more" or "not available": type 9 in knots, 27 in six bits.
SPEED_MAX_KN = {9: 1_022.0, 27: 63.0}
VESSELS_KEPT = 10_000


class Report(NamedTuple):
    """A position report in SI units; NaN and -1 where unknown."""

    lon: float
    lat: float
    sog_mps: float
    cog_rad: float
    heading_rad: float
    nav_status: int
    mmsi: int
    sigma_m: float


def position(kind: int, message: Any) -> Report | None:
    """The report of a message of ``POSITION_TYPES``; None where it holds no position.

    An MMSI of 0 or beyond nine digits identifies nobody: -1.
    """
    lon, lat = message.lon, message.lat
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        return None
    knots, course = message.speed, message.course
    heading = getattr(message, "heading", 511)
    status = getattr(message, "status", None)
    sigma = SIGMA_HIGH_M if message.accuracy else SIGMA_LOW_M
    return Report(
        lon,
        lat,
        knots * KNOT_MPS if knots < SPEED_MAX_KN.get(kind, 102.2) else math.nan,
        math.radians(course) if course < 360.0 else math.nan,
        math.radians(heading) if heading < 360 else math.nan,
        -1 if status is None or status == 15 else int(status),
        message.mmsi if 0 < message.mmsi <= MMSI_MAX else -1,
        math.hypot(sigma, LONG_RANGE_M) if kind == 27 else sigma,
    )


def statics(kind: int, message: Any, payload: bytes, time_s: float | None) -> Vessel | None:
    """What a message of ``STATIC_TYPES`` says of its vessel; time 0 where no clock is known."""
    if not 0 < message.mmsi <= MMSI_MAX:
        return None
    has_type = hasattr(message, "ship_type")
    return Vessel(
        mmsi=message.mmsi,
        time_s=time_s or 0.0,
        name=_text(message, "shipname"),
        callsign=_text(message, "callsign"),
        ship_type=(raw_ship_type(payload, kind) or None) if has_type else None,
        imo=getattr(message, "imo", 0) or None,
        length_m=_sum(message, "to_bow", "to_stern"),
        beam_m=_sum(message, "to_port", "to_starboard"),
        destination=_text(message, "destination"),
    )


class Register:
    """The last word of each vessel on each field since ``take``; of too many the oldest goes."""

    def __init__(self) -> None:
        self._vessels: OrderedDict[int, Vessel] = OrderedDict()

    def add(self, new: Vessel) -> None:
        """Keep what the vessel says now over what it said."""
        old = self._vessels.pop(new.mmsi, None)
        if old:
            told = {key: value for key, value in asdict(new).items() if value is not None}
            new = Vessel(**(asdict(old) | told))
        self._vessels[new.mmsi] = new
        if len(self._vessels) > VESSELS_KEPT:
            self._vessels.popitem(last=False)

    def take(self) -> list[Vessel]:
        """All vessels heard, in order of their last message; begins anew."""
        vessels = list(self._vessels.values())
        self._vessels.clear()
        return vessels


class Repeats:
    """Tells a transmission that another station has already delivered (bounded memory)."""

    WITHIN_S = 3.0
    KEPT = 16_384

    def __init__(self) -> None:
        self._new: dict[bytes, float] = {}
        self._old: dict[bytes, float] = {}

    def seen(self, payload: bytes, time_s: float) -> bool:
        """Whether the same payload came within 3 s of this time; remembers it if not."""
        before = self._new.get(payload)
        if before is None:
            before = self._old.get(payload)
        if before is not None and abs(time_s - before) <= self.WITHIN_S:
            return True
        self._new[payload] = time_s
        if len(self._new) >= self.KEPT:
            self._old, self._new = self._new, {}
        return False


def _text(message: Any, name: str) -> str | None:
    """A text field up to its first "@", which ends it; None where it is empty or not there."""
    value = getattr(message, name, None)
    return (value.partition("@")[0].strip() or None) if value else None


def _sum(message: Any, *names: str) -> float | None:
    return float(sum(getattr(message, name, None) or 0 for name in names)) or None

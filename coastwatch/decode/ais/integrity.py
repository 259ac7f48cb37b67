"""Checks that flag what an AIS message cannot mean, and score its sender; nothing is dropped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais import integrity_kernel as kernel
from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.mmsi import MmsiClass, mmsi_class
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats, Ints

# From so many messages on the compiled pass is worth its start.
BULK = 2_000
CLOCK_OFF_S = 10.0
# What a ship's antenna may stand at, and how much further than the horizon ducts carry.
SHIP_HEIGHT_M, DUCT = 40.0, 3.0
# The horizon of radio waves under standard refraction: sqrt(2 * 4/3 * 6371 km * height).
HORIZON_KM = 4.12
MOVED_TYPES = (1, 2, 3, 9, 18, 19)
COARSE_TYPES = (17, 27)
AIRCRAFT_TYPE = 9


class Check(NamedTuple):
    """A check: how much its flag weighs in the sender's score, and how it is told."""

    name: str
    severity: float
    sentence: str


CHECKS = (
    Check("jump", 1.0, "jumped {value:.1f} NM (limit {limit:.1f}), which takes {extra:.0f} kn"),
    Check("speed", 0.3, "tells a speed {value:.1f} kn off the way it made in {extra:.0f} s"
          " (limit {limit:.1f})"),
    Check("course", 0.3, "tells a course {value:.0f}° off the way it made in {extra:.0f} s"
          " (limit {limit:.0f})"),
    Check("two places", 1.0, "is heard from two places {value:.1f} NM apart (limit {limit:.1f})"),
    Check("impossible MMSI", 1.0, "is an MMSI that no station can have"),
    Check("beyond range", 0.5, "is {value:.0f} km from who heard it, {extra:.0f} km too far"
          " (limit {limit:.0f})"),
    Check("statics changed", 0.5, "changed its {aspect} after {value:.2f} h (limit {limit:.0f})"),
    Check("clock", 0.3, "came with {aspect} off by {value:.0f} s (limit {limit:.0f})"),
)  # fmt: skip
JUMP, SPEED, COURSE, PLACES, MMSI, RANGE, STATICS, CLOCK = range(len(CHECKS))
# What ``Flags.aspect`` counts in: what changed, and which clock was off.
ASPECTS = ("", "name", "call sign", "IMO number", "ship type", "length", "beam",
           "the stamp's time", "the base station's clock", "the position's UTC second")  # fmt: skip
STAMP, BASE, SECOND = 7, 8, 9
_SEVERITIES = np.array([check.severity for check in CHECKS])


class StationPlace(NamedTuple):
    """Where a receiving station's antenna stands: degrees, and metres above the sea."""

    lon: float
    lat: float
    height_m: float = 100.0


@dataclass(slots=True)
class Flags:
    """One row a flag: ``row`` among the messages given, ``check`` in CHECKS, its numbers.

    ``value`` is what was measured, ``limit`` what is let pass, and ``extra`` the sentence's other
    number (knots that a jump takes, seconds compared, km too far; else NaN), in the units of the
    sentence; ``aspect`` counts in ASPECTS. ``hull`` (of each message) tells hulls of one MMSI
    apart, from 0.
    """

    row: Ints
    mmsi: Ints
    check: NDArray[np.int8]
    aspect: NDArray[np.int8]
    value: Floats
    limit: Floats
    extra: Floats
    hull: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def severity(self) -> Floats:
        """What each flag weighs, 0 to 1."""
        return _SEVERITIES[self.check]

    def sentence(self, i: int) -> str:
        """Flag ``i``, for a person."""
        told = CHECKS[int(self.check[i])].sentence.format(
            value=self.value[i],
            limit=self.limit[i],
            extra=self.extra[i],
            aspect=ASPECTS[int(self.aspect[i])],
        )
        return f"MMSI {int(self.mmsi[i]):09d} {told}"

    def records(self, messages: Messages) -> Iterator[dict[str, Any]]:
        """The flags as JSON-ready objects: line, MMSI, hull, check, numbers and the sentence."""
        for i, row in enumerate(self.row.tolist()):
            yield {
                "line": int(messages.line[row]),
                "mmsi": int(self.mmsi[i]),
                "hull": int(self.hull[row]),
                "check": CHECKS[int(self.check[i])].name,
                "value": round(float(self.value[i]), 3),
                "limit": round(float(self.limit[i]), 3),
                "text": self.sentence(i),
            }


class Integrity:
    """Checks messages batch by batch; how they are cut into batches makes no difference.

    ``stations`` places receivers by name ("" is the feed itself). Memory is bounded, 16 MB at most:
    of more than some 20,000 senders those unheard for longest are forgotten.
    """

    def __init__(self, stations: Mapping[str, StationPlace] | None = None) -> None:
        self._stations = stations or {}
        self._state = kernel.State.new()

    def check(self, messages: Messages, statics: Statics) -> Flags:
        """The flags of these messages, by row and check."""
        off_s = _wrapped(messages.time_s - np.where(messages.second < 0, np.nan, messages.second))
        found = [_impossible(messages), *self._ranges(messages), *_clocks(messages, off_s)]
        weight = np.zeros(len(messages))
        for f in found:
            np.add.at(weight, f.row, CHECKS[f.check].severity)
        given = _given(messages, statics, off_s, weight)
        out = _room(len(messages), len(given.said_row))
        bulk = int(self._state.counts[0]) + len(messages) >= BULK
        n = (kernel.compiled() if bulk else kernel.follow)(self._state, given, out)
        return _flags(messages, found, out, n)

    def scores(self) -> dict[int, float]:
        """Of each sender kept: the weights of its flags over its messages, 0 (trusted) to 1."""
        slots = self._state.slots[self._state.slots[:, kernel.KEY] > 0]
        books = self._state.books[slots[:, kernel.PLACE]]
        shares = np.minimum(books[:, kernel.WEIGHT] / books[:, kernel.MESSAGES], 1.0)
        senders = slots[:, kernel.KEY] - 1
        order = np.argsort(senders)
        return dict(zip(senders[order].tolist(), shares[order].tolist(), strict=True))

    def _ranges(self, m: Messages) -> Iterator[_Found]:
        for number, name in enumerate(m.stations):
            place = self._stations.get(name)
            if place is None:
                continue
            rows = np.flatnonzero((m.station == number) & ~np.isnan(m.lon) & ~np.isnan(m.lat))
            seen = math.sqrt(max(place.height_m, 0.0)) + math.sqrt(SHIP_HEIGHT_M)
            # An aircraft sees as far as it flies high.
            high = np.maximum(m.altitude_m[rows], 0)
            limit = HORIZON_KM * (DUCT * seen + np.sqrt(high))
            way_km = _great_circle_km(place.lon, place.lat, m.lon[rows], m.lat[rows])
            far = way_km > limit
            yield _Found(RANGE, rows[far], way_km[far], limit[far], (way_km - limit)[far])


@dataclass(slots=True)
class _Found:
    """Flags of one check: rows of messages, measured values and limits."""

    check: int
    row: Ints
    value: Floats
    limit: Floats
    extra: Floats
    aspect: int = 0


def _impossible(m: Messages) -> _Found:
    rows = np.flatnonzero(mmsi_class(m.mmsi) == MmsiClass.IMPOSSIBLE)
    none = np.full(len(rows), np.nan)
    return _Found(MMSI, rows, m.mmsi[rows].astype(np.float64), np.zeros(len(rows)), none)


def _clocks(m: Messages, off_s: Floats) -> Iterator[_Found]:
    """Clocks that disagree: stamp and receiver, base station and event, UTC second and event."""
    told = m.clocks
    for aspect, rows, off in (
        (STAMP, None, m.claimed_s - m.received_s),
        (BASE, told.row, told.utc_s - m.time_s[told.row]),
        (SECOND, None, off_s),
    ):
        wrong = np.flatnonzero(np.abs(off) > CLOCK_OFF_S)
        none, limit = np.full(len(wrong), np.nan), np.full(len(wrong), CLOCK_OFF_S)
        at = wrong if rows is None else rows[wrong]
        yield _Found(CLOCK, at, np.abs(off[wrong]), limit, none, aspect)


def _given(m: Messages, s: Statics, off_s: Floats, weight: Floats) -> kernel.Given:
    mmsi, of = np.asarray(m.mmsi, dtype=np.int64), m.msg_type
    with np.errstate(over="ignore"):
        mixed = mmsi.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    placed = m.first & (np.abs(m.lon) <= 180) & (np.abs(m.lat) <= 90) & np.isfinite(m.time_s)
    heard = np.flatnonzero(m.first[s.row])
    heard = heard[np.argsort(s.row[heard], kind="stable")]
    return kernel.Given(
        mmsi,
        (mixed >> np.uint64(32)).astype(np.int64) % kernel.SETS,
        placed,
        np.array(m.time_s, dtype=np.float64),
        np.asarray(m.lon, dtype=np.float64),
        np.asarray(m.lat, dtype=np.float64),
        m.sog_kn.astype(np.float64) * KNOT_MPS,
        np.radians(m.cog_deg.astype(np.float64)),
        np.isin(of, MOVED_TYPES),
        np.isin(of, COARSE_TYPES),
        of == AIRCRAFT_TYPE,
        off_s,
        weight,
        _SEVERITIES,
        np.asarray(s.row[heard], dtype=np.int64),
        np.asarray(s.time_s[heard], dtype=np.float64),
        _said(s)[heard],
    )


def _said(s: Statics) -> Ints:
    """What should not change, as numbers by ASPECTS; -1 is unknown."""
    length = s.to_bow_m.astype(np.int64) + s.to_stern_m
    beam = s.to_port_m.astype(np.int64) + s.to_starboard_m
    columns = (_hash(s.name), _hash(s.callsign), s.imo, s.ship_type, length, beam)
    said = np.column_stack([np.asarray(c, dtype=np.int64) for c in columns])
    said[said <= 0] = -1  # 0 is "not available" of each
    return said


def _hash(texts: NDArray[np.bytes_]) -> Ints:
    """A positive number for each text, 0 for none: 63 bits, of which no two are alike by chance."""
    width = texts.dtype.itemsize
    letters = np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), width)
    # A text ends at its first zero: what an extension may leave behind one is not its name.
    letters = np.where(np.logical_and.accumulate(letters != 0, axis=1), letters, 0)
    mixed = np.zeros(len(texts), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in letters.T:
            mixed = (mixed ^ column) * np.uint64(0x100000001B3) + (column != 0)
    mixed ^= mixed >> np.uint64(32)
    return (mixed >> np.uint64(1)).astype(np.int64)


def _room(messages: int, statics: int) -> kernel.Found:
    n = 4 * messages + kernel.ASPECTS * statics
    return kernel.Found(
        np.zeros(messages, dtype=np.int8),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int8),
        np.empty(n, dtype=np.int8),
        np.empty(n),
        np.empty(n),
        np.empty(n),
    )


def _flags(m: Messages, found: list[_Found], out: kernel.Found, n: int) -> Flags:
    row = np.concatenate([out.row[:n], *(f.row for f in found)])
    check = np.concatenate([out.check[:n], *(np.full(len(f.row), f.check, np.int8) for f in found)])
    aspect = [out.aspect[:n], *(np.full(len(f.row), f.aspect, np.int8) for f in found)]
    aspects = np.concatenate(aspect)
    order = np.lexsort((aspects, check, row))
    return Flags(
        row[order],
        m.mmsi[row[order]].astype(np.int64),
        check[order],
        aspects[order],
        np.concatenate([out.value[:n], *(f.value for f in found)])[order],
        np.concatenate([out.limit[:n], *(f.limit for f in found)])[order],
        np.concatenate([out.extra[:n], *(f.extra for f in found)])[order],
        out.hull,
    )


def _wrapped(seconds: Floats) -> Floats:
    """The same seconds of a minute, from -30 to 30."""
    return np.asarray(seconds - 60.0 * np.rint(seconds / 60.0))


def _great_circle_km(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Haversine distances of positions in degrees, right to 0.6 %."""
    p, p2 = np.radians(lat), np.radians(lats)
    half = np.sin((p2 - p) / 2) ** 2
    half = half + np.cos(p) * np.cos(p2) * np.sin(np.radians(lons - lon) / 2) ** 2
    km = 2 * kernel.EARTH_M / 1e3 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return np.asarray(km)

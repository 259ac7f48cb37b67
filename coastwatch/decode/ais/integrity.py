"""Checks that flag what an AIS message cannot mean, and score its sender; nothing is dropped."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.hulls import VESSELS_KEPT, Hulls, Pairs, great_circle_m
from coastwatch.decode.ais.mmsi import MmsiClass, mmsi_class
from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Ints

DAY_S = 86_400.0
CLOCK_OFF_S = 10.0
# What a ship's antenna may stand at, and how much further than the horizon ducts carry.
SHIP_HEIGHT_M, DUCT = 40.0, 3.0
# Reported speed and course are held against the way made between two positions this far apart in
# time, where both move at more than a drift; there is room for noise, rounding and stamps in whole
# seconds.
BETWEEN_S = (5.0, 300.0)
MOVING_MPS = 3.0 * KNOT_MPS
WAY_ERROR_M, TIME_ERROR_S = 80.0, 2.0
SPEED_ROOM_MPS, COURSE_ROOM_RAD = 5.0 * KNOT_MPS, math.radians(30.0)
MOVED_TYPES = (1, 2, 3, 9, 18, 19)


class Check(NamedTuple):
    """A check: how much its flag weighs in the sender's score, and how it is told."""

    name: str
    severity: float
    sentence: str


CHECKS = (
    Check("jump", 1.0, "jumped {value:.1f} NM from its last position, which takes {limit:.0f} kn"),
    Check("speed", 0.3, "tells a speed {value:.1f} kn off the way it made (limit {limit:.1f})"),
    Check("course", 0.3, "tells a course {value:.0f}° off the way it made (limit {limit:.0f})"),
    Check("two places", 1.0, "is heard from two places {value:.1f} NM apart (limit {limit:.1f})"),
    Check("impossible MMSI", 1.0, "is an MMSI that no station can have"),
    Check("beyond range", 0.5, "is {value:.0f} km from who heard it (limit {limit:.0f})"),
    Check("statics changed", 0.5, "changed its {detail} after {value:.1f} h (limit {limit:.0f})"),
    Check("clock", 0.3, "came with {detail} off by {value:.0f} s (limit {limit:.0f})"),
)  # fmt: skip
JUMP, SPEED, COURSE, PLACES, MMSI, RANGE, STATICS, CLOCK = range(len(CHECKS))


class StationPlace(NamedTuple):
    """Where a receiving station's antenna stands: degrees, and metres above the sea."""

    lon: float
    lat: float
    height_m: float = 100.0


@dataclass(slots=True)
class Flags:
    """One row a flag: ``row`` among the messages given, ``check`` in CHECKS, its numbers.

    ``value`` is what was measured and ``limit`` what is let pass, in the units of the check's
    sentence. ``hull`` (of each message) tells hulls of one MMSI apart, from 0.
    """

    row: Ints
    mmsi: Ints
    check: Ints
    value: Floats
    limit: Floats
    detail: list[str]
    hull: Ints

    def __len__(self) -> int:
        return len(self.row)

    def sentence(self, i: int) -> str:
        """Flag ``i``, for a person."""
        told = CHECKS[int(self.check[i])].sentence.format(
            value=self.value[i], limit=self.limit[i], detail=self.detail[i]
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

    ``stations`` places receivers by name ("" is the feed itself). Memory is bounded: of more than
    20,000 senders the one unheard for longest is forgotten.
    """

    def __init__(self, stations: Mapping[str, StationPlace] | None = None) -> None:
        self._stations = stations or {}
        self._hulls = Hulls()
        self._told: OrderedDict[int, dict[str, tuple[float, Any]]] = OrderedDict()
        self._books: OrderedDict[int, list[float]] = OrderedDict()

    def check(self, messages: Messages, statics: Statics) -> Flags:
        """The flags of these messages, by row and check."""
        hull = np.zeros(len(messages), dtype=np.int64)
        found = [
            *self._motion(messages, hull),
            _impossible(messages),
            *self._ranges(messages),
            self._changes(messages, statics),
            *_clocks(messages),
        ]
        flags = _flags(messages, [f for f in found if len(f.row)], hull)
        self._count(messages, flags)
        return flags

    def scores(self) -> dict[int, float]:
        """Of each sender: the weights of its flags over its messages, 0 (trusted) to 1."""
        return {mmsi: min(1.0, weight / count) for mmsi, (count, weight) in self._books.items()}

    def _motion(self, m: Messages, hull: Ints) -> list[_Found]:
        known = m.first & ~np.isnan(m.lon) & ~np.isnan(m.lat) & ~np.isnan(m.time_s) & (m.mmsi > 0)
        rows = np.flatnonzero(known)
        sog, cog = m.sog_kn[rows] * KNOT_MPS, np.radians(m.cog_deg[rows])
        of = m.msg_type[rows]
        coarse = (of == 27) | (of == 17)
        fixes = np.column_stack([m.time_s[rows], m.lon[rows], m.lat[rows], sog, cog, coarse])
        pairs = self._hulls.pairs(m.mmsi[rows], of == 9, fixes)
        hull[rows] = pairs.hull
        way_m = great_circle_m(pairs.before[:, 1], pairs.before[:, 2], fixes[:, 1], fixes[:, 2])
        since_s = np.maximum(np.abs(fixes[:, 0] - pairs.before[:, 0]), 1.0)
        jump = np.flatnonzero(pairs.jump)
        two = np.flatnonzero(~np.isnan(pairs.others_m))
        return [
            _Found(JUMP, rows[jump], way_m[jump] / NM_M, (way_m / since_s)[jump] / KNOT_MPS),
            _Found(PLACES, rows[two], pairs.others_m[two] / NM_M, np.full(len(two), 0.5)),
            *_made_good(rows, np.isin(of, MOVED_TYPES), fixes, pairs, way_m, since_s),
        ]

    def _ranges(self, m: Messages) -> Iterator[_Found]:
        for number, name in enumerate(m.stations):
            place = self._stations.get(name)
            if place is None:
                continue
            rows = np.flatnonzero((m.station == number) & ~np.isnan(m.lon))
            # 4.12 km per root metre: the horizon of radio waves under standard refraction.
            horizon_km = 4.12 * (math.sqrt(max(place.height_m, 0.0)) + math.sqrt(SHIP_HEIGHT_M))
            limit = np.full(len(rows), DUCT * horizon_km)
            way_km = great_circle_m(place.lon, place.lat, m.lon[rows], m.lat[rows]) / 1e3
            # An aircraft sees as far as it flies high.
            high = m.altitude_m[rows]
            limit += 4.12 * np.sqrt(np.where(high > 0, high, 0))
            yield _Found(RANGE, rows, way_km, limit).where(way_km > limit)

    def _changes(self, m: Messages, s: Statics) -> _Found:
        """What should not change within a day: name, call sign, IMO number, type and size."""
        found: list[tuple[int, float, str]] = []
        names = ("name", "callsign", "imo", "ship_type")
        columns = {name: getattr(s, name).tolist() for name in names}
        sizes = zip(s.to_bow_m.tolist(), s.to_stern_m.tolist(), s.to_port_m.tolist(),
                    s.to_starboard_m.tolist(), strict=True)  # fmt: skip
        columns["size"] = [
            (bow + stern, port + starboard) if bow + stern > 0 else None
            for bow, stern, port, starboard in sizes
        ]
        first = m.first[s.row] & (s.mmsi > 0)
        for i in np.flatnonzero(first).tolist():
            said = self._told.setdefault(int(s.mmsi[i]), {})
            self._told.move_to_end(int(s.mmsi[i]))
            now_s = float(s.time_s[i])
            for name, column in columns.items():
                value = column[i]
                if value in (b"", -1, None):
                    continue
                then_s, before = said.get(name, (math.nan, value))
                if before != value and abs(now_s - then_s) <= DAY_S:
                    found.append((int(s.row[i]), abs(now_s - then_s) / 3_600.0, name))
                said[name] = (now_s, value)
        while len(self._told) > VESSELS_KEPT:
            self._told.popitem(last=False)
        rows, hours, details = zip(*found, strict=True) if found else ((), (), ())
        return _Found(STATICS, np.array(rows, dtype=np.int64), np.array(hours, dtype=np.float64),
                      np.full(len(rows), DAY_S / 3_600.0), [_SAID[d] for d in details])  # fmt: skip

    def _count(self, messages: Messages, flags: Flags) -> None:
        senders, counts = np.unique(messages.mmsi, return_counts=True)
        weights = np.array([c.severity for c in CHECKS])[flags.check]
        for mmsi, count in zip(senders.tolist(), counts.tolist(), strict=True):
            book = self._books.setdefault(mmsi, [0, 0.0])
            self._books.move_to_end(mmsi)
            book[0] += count
        for mmsi, weight in zip(flags.mmsi.tolist(), weights.tolist(), strict=True):
            self._books[mmsi][1] += weight
        while len(self._books) > VESSELS_KEPT:
            self._books.popitem(last=False)


_SAID = {"name": "name", "callsign": "call sign", "imo": "IMO number", "ship_type": "ship type",
         "size": "size"}  # fmt: skip


@dataclass(slots=True)
class _Found:
    """Flags of one check: rows of messages, measured values and limits."""

    check: int
    row: Ints
    value: Floats
    limit: Floats
    detail: list[str] | None = None

    def where(self, kept: NDArray[np.bool_]) -> _Found:
        return _Found(self.check, self.row[kept], self.value[kept], self.limit[kept])


def _made_good(
    rows: Ints,
    moved: NDArray[np.bool_],
    fixes: Floats,
    pairs: Pairs,
    way_m: Floats,
    since_s: Floats,
) -> Iterator[_Found]:
    """Reported speed and course against the way made since the last position."""
    before = pairs.before
    mean_mps = (fixes[:, 3] + before[:, 3]) / 2
    change_mps = np.abs(fixes[:, 3] - before[:, 3])
    held = moved & ~pairs.jump & (since_s >= BETWEEN_S[0]) & (since_s <= BETWEEN_S[1])
    held &= before[:, 5] == 0
    room = SPEED_ROOM_MPS + change_mps + (WAY_ERROR_M + TIME_ERROR_S * mean_mps) / since_s
    off = np.abs(way_m / since_s - mean_mps)
    with np.errstate(invalid="ignore"):
        # A way that turns is longer than its ends are apart: too slow is told by the chord only
        # where the course has held.
        turn = np.abs(_wrap(fixes[:, 4] - before[:, 4]))
        straight = (turn < COURSE_ROOM_RAD) | (way_m / since_s > mean_mps)
        fast = held & straight & (off > room)
        yield _Found(SPEED, rows, off / KNOT_MPS, room / KNOT_MPS).where(fast)
        east = np.radians(fixes[:, 1] - before[:, 1]) * np.cos(np.radians(fixes[:, 2]))
        made = np.arctan2(east, np.radians(fixes[:, 2] - before[:, 2]))
        middle = before[:, 4] + _wrap(fixes[:, 4] - before[:, 4]) / 2
        astray = np.abs(_wrap(made - middle))
        room = COURSE_ROOM_RAD + turn / 2 + np.arctan2(WAY_ERROR_M, way_m)
        moving = np.minimum(fixes[:, 3], before[:, 3]) > MOVING_MPS
        moving &= (way_m > 2 * WAY_ERROR_M) & (turn < math.radians(90.0))
        wrong = held & moving & (astray > room)
        yield _Found(COURSE, rows, np.degrees(astray), np.degrees(room)).where(wrong)


def _wrap(angle: Floats) -> Floats:
    return (angle + math.pi) % math.tau - math.pi


def _impossible(m: Messages) -> _Found:
    rows = np.flatnonzero(mmsi_class(m.mmsi) == MmsiClass.IMPOSSIBLE)
    return _Found(MMSI, rows, m.mmsi[rows].astype(np.float64), np.zeros(len(rows)))


def _clocks(m: Messages) -> Iterator[_Found]:
    """Clocks that disagree: stamp and receiver, base station and event, UTC second and event."""
    second = np.where(m.second >= 0, m.second, np.nan).astype(np.float64)
    for what, off in (
        ("the stamp's time", m.claimed_s - m.received_s),
        ("the base station's clock", m.utc_s - m.time_s),
        ("the position's UTC second", (m.time_s - second + 30.0) % 60.0 - 30.0),
    ):
        with np.errstate(invalid="ignore"):
            rows = np.flatnonzero(np.abs(off) > CLOCK_OFF_S)
        limit = np.full(len(rows), CLOCK_OFF_S)
        yield _Found(CLOCK, rows, np.abs(off[rows]), limit, [what] * len(rows))


def _flags(m: Messages, found: list[_Found], hull: Ints) -> Flags:
    if not found:
        none = np.empty(0, dtype=np.int64)
        return Flags(none, none, none, np.empty(0), np.empty(0), [], hull)
    row = np.concatenate([f.row for f in found])
    check = np.concatenate([np.full(len(f.row), f.check) for f in found])
    detail = [d for f in found for d in (f.detail or [""] * len(f.row))]
    order = np.lexsort((check, row))
    return Flags(
        row[order],
        m.mmsi[row[order]].astype(np.int64),
        check[order],
        np.concatenate([f.value for f in found])[order],
        np.concatenate([f.limit for f in found])[order],
        [detail[i] for i in order.tolist()],
        hull,
    )

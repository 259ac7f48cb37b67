"""How tracks stand to zones: who is in which, since when, who came, left, crossed or will come."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Crossing, Floats, Ints, Tracks
from coastwatch.watch.ground import Ground, Mask
from coastwatch.watch.shapes.ahead import foresee
from coastwatch.watch.shapes.follow import (
    ENTRY,
    SHAPE,
    SINCE,
    STATE,
    TRACK,
    P,
    Pairs,
    Shapes,
    follow,
)
from coastwatch.watch.shapes.near import scratch

AHEAD_S = 1_800.0
# What is ahead of a track is found anew so often; not of all tracks at the same picture.
AHEAD_EVERY_S = 10.0
STAGGER = 0.6180339887498949
SOON_S = 1.0  # nobody who is not in yet is there sooner
WORDS = ("entry", "exit", "crossing-left-to-right", "crossing-right-to-left")
NO_PAIRS = Pairs(np.empty((0, 4), np.int64), np.empty((0, 5)))


class Inside(NamedTuple):
    """Who is in which zone: pairs sorted by row and zone.

    ``p`` is the probability of being inside by the track's covariance; ``since_s`` when it came, or
    when the zone came into force if that was later.
    """

    row: Ints
    zone: Ints
    p: Floats
    since_s: Floats


class Ahead(NamedTuple):
    """Who will be in which zone, or across which line, if it holds its course: sorted pairs.

    ``eta_s`` seconds from now, ``distance_m`` along the course, ``spread_m`` the 1-sigma of the
    position by then, across the course; ``p`` the probability of coming there within 30 min.
    """

    row: Ints
    zone: Ints
    eta_s: Floats
    distance_m: Floats
    spread_m: Floats
    p: Floats


class Known(NamedTuple):
    """The tracks that were seen, ids rising: where, when, at which edition of the zones.

    ``turn`` counts the times of finding anew what is ahead; ``first`` and ``last`` are the pairs
    that were found.
    """

    id: Ints
    xy: Floats
    time_s: Floats
    edition: Ints
    turn: Ints
    first: Ints
    last: Ints

    def take(self, which: Ints | Mask) -> Known:
        columns: list[Any] = [column[which] for column in self]
        return Known(*columns)


def _nobody() -> Known:
    none = np.empty(0, dtype=np.int64)
    return Known(none, np.empty((0, 2)), np.empty(0), none, none, none, none)


class Standing:
    """Follows all tracks through all zones; event time and tracks alone decide."""

    def __init__(self, ground: Ground, plane: Plane) -> None:
        self._ground, self._plane = ground, plane
        self._edition = self._stepped = 0
        self._editions = np.zeros(len(ground.zone), dtype=np.int64)
        self._known, self._pairs, self._time_s = _nobody(), NO_PAIRS, np.nan
        self._ahead_shape, self._ahead = np.empty(0, dtype=np.int64), np.empty((0, 4))

    def exchange(self, ground: Ground) -> None:
        """Other zones from now on. Nobody has entered or left a zone by its being edited."""
        self._edition += 1
        old = {key: i for i, key in enumerate(_keys(self._ground))}
        was = np.array([old.get(key, -1) for key in _keys(ground)], dtype=np.int64)
        kept = np.flatnonzero(was >= 0)
        editions = np.full(len(was), self._edition)
        editions[kept] = self._editions[was[kept]]
        new = np.full(len(self._editions), -1)
        new[was[kept]] = kept
        keys, values = self._pairs.keys.copy(), self._pairs.values
        keys[:, SHAPE] = new[keys[:, SHAPE]]
        self._pairs = _sorted(Pairs(keys[keys[:, SHAPE] >= 0], values[keys[:, SHAPE] >= 0]))
        # What is ahead is found anew.
        n = len(self._known.id)
        self._known = self._known._replace(turn=np.full(n, -1))
        self._ground, self._editions = ground, editions

    def step(
        self, tracks: Tracks, lon: Floats, lat: Floats, ended: list[int], still: Ints | None = None
    ) -> tuple[Inside, Ahead, list[Crossing]]:
        """One picture of tracks that are believed, ids rising.

        ``ended`` tracks are forgotten, and of those not in this picture all that are not in
        ``still`` (sorted ids), where it is given.
        """
        ground, time_s, n = self._ground, tracks.time_s, len(tracks)
        known, new = _met(self._known, tracks.id)
        track = self._pairs.keys[:, TRACK]
        begin, end = (np.searchsorted(track, tracks.id, side) for side in ("left", "right"))
        shapes = Shapes(ground.line, ground.band, self._editions, ground.hull)
        room = len(ground.zone), len(ground.tree.ends)
        waited = time_s - np.where(new, time_s, known.time_s)
        keys, values, at, events, chances = follow(
            ground.tree, shapes, scratch(*room), ground.first_edge, self._pairs, begin, end,
            tracks.id, tracks.state, tracks.cov, np.where(new[:, None], np.nan, known.xy),
            np.where(new, self._edition, known.edition), waited, time_s,
        )  # fmt: skip
        turn = _turn(tracks.id, time_s)
        fresh = new | (turn != known.turn)
        found, self._ahead = foresee(
            ground.tree, shapes, scratch(*room), known.first, known.last, self._ahead_shape,
            self._ahead, keys, at, fresh, tracks.state, tracks.cov, time_s, AHEAD_S,
        )  # fmt: skip
        self._ahead_shape = found[:, 1]
        first = np.searchsorted(found[:, 0], np.arange(n + 1))
        row = np.repeat(np.arange(n), np.diff(at))
        crossings = self._crossings(tracks, lon, lat, (row, keys, values), events, chances)
        now = Known(
            tracks.id, tracks.state[:, :2].copy(), np.full(n, time_s),
            np.full(n, self._edition), turn, first[:-1], first[1:],
        )  # fmt: skip
        self._keep(now, Pairs(keys, values), ended, still)
        self._time_s, self._stepped = time_s, self._edition
        return self._inside(row, keys, values), self._seen_ahead(found, time_s), crossings

    def _inside(self, row: Ints, keys: Ints, values: Floats) -> Inside:
        ground = self._ground
        is_in = (keys[:, STATE] == 1) & ~ground.band[keys[:, SHAPE]]
        zone = ground.zone[keys[is_in, SHAPE]]
        since = np.maximum(values[is_in, SINCE], ground.valid_from_s[zone])
        return Inside(row[is_in], zone, values[is_in, P], since)

    def _seen_ahead(self, found: Ints, time_s: float) -> Ahead:
        due, speed, spread, p = self._ahead.T
        eta = np.maximum(due - time_s, SOON_S)
        zone = self._ground.zone[found[:, 1]]
        return Ahead(found[:, 0].copy(), zone, eta, eta * speed, spread.copy(), p.copy())

    def _crossings(
        self, tracks: Tracks, lon: Floats, lat: Floats, pairs: tuple[Ints, Ints, Floats],
        events: Ints, chances: Floats,
    ) -> list[Crossing]:  # fmt: skip
        """The facts in words, by row, zone and band, of zones that are in force."""
        ground, valid = self._ground, self._ground.valid_now(tracks.time_s)
        row, keys, values = pairs
        # A zone that comes into force with a track inside: for the officer it has entered.
        begun = valid & ~ground.valid_now(self._time_s) & bool(np.isfinite(self._time_s))
        shape = keys[:, SHAPE]
        there = (keys[:, STATE] == 1) & begun[ground.zone[shape]]
        there &= (self._editions[shape] <= self._stepped) & (values[:, SINCE] < tracks.time_s)
        there = np.flatnonzero(there)
        if len(there):
            more = np.column_stack([row[there], shape[there], np.full(len(there), ENTRY)])
            events = np.concatenate([events, more])
            chances = np.concatenate([chances, values[there, P]])
            order = np.lexsort((events[:, 2], events[:, 1], events[:, 0]))
            events, chances = events[order], chances[order]
        told = valid[ground.zone[events[:, 1]]]
        return [
            Crossing(tracks.time_s, int(tracks.id[r]), int(tracks.mmsi[r]),
                     ground.zones[ground.zone[s]].id, _word(what, float(ground.band_nm[s])),
                     float(lon[r]), float(lat[r]), round(p, 4))
            for (r, s, what), p in zip(events[told].tolist(), chances[told].tolist(), strict=True)
        ]  # fmt: skip

    def _keep(self, now: Known, pairs: Pairs, ended: list[int], still: Ints | None) -> None:
        """Remembers this picture, and of tracks that are not in it those that go on."""
        others = ~np.isin(self._known.id, now.id) & ~np.isin(self._known.id, ended)
        if still is not None:
            others &= np.isin(self._known.id, still)
        if not others.any():
            self._known, self._pairs = now, pairs
            return
        left = self._known.take(others)
        left = left._replace(
            turn=np.full(len(left.id), -1), first=left.first * 0, last=left.last * 0
        )
        both = Known(*(np.concatenate(pair) for pair in zip(now, left, strict=True)))
        theirs = np.isin(self._pairs.keys[:, TRACK], left.id)
        self._known = both.take(np.argsort(both.id, kind="stable"))
        self._pairs = _sorted(Pairs(
            np.concatenate([pairs.keys, self._pairs.keys[theirs]]),
            np.concatenate([pairs.values, self._pairs.values[theirs]]),
        ))  # fmt: skip


def _word(what: int, band_nm: float) -> str:
    if not band_nm:
        return WORDS[what]
    return f"{'within' if what == ENTRY else 'beyond'}-{band_nm:g}-nm"


def _keys(ground: Ground) -> list[tuple[str, str, float]]:
    """What makes a shape the same in two editions of the zones."""
    zones = [ground.zones[z] for z in ground.zone.tolist()]
    return [(z.id, z.version, band) for z, band in zip(zones, ground.band_nm.tolist(), strict=True)]


def _met(known: Known, ids: Ints) -> tuple[Known, Mask]:
    """What is known of tracks, row by row, and which are new (their columns mean nothing)."""
    if not len(known.id):
        n = len(ids)
        zero = np.zeros(n, dtype=np.int64)
        return Known(ids, np.zeros((n, 2)), np.zeros(n), zero, zero, zero, zero), np.ones(
            n, np.bool_
        )
    at = np.minimum(np.searchsorted(known.id, ids), len(known.id) - 1)
    return known.take(at), np.asarray(known.id[at] != ids)


def _turn(ids: Ints, time_s: float) -> Ints:
    """A number that changes every ``AHEAD_EVERY_S``, at times that differ from track to track."""
    turn: Ints = np.floor(time_s / AHEAD_EVERY_S + ids * STAGGER % 1.0).astype(np.int64)
    return turn


def _sorted(pairs: Pairs) -> Pairs:
    order = np.lexsort((pairs.keys[:, SHAPE], pairs.keys[:, TRACK]))
    return Pairs(pairs.keys[order], pairs.values[order])

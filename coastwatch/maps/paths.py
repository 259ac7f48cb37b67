"""Rows -> one drawn line a track: its class, its last state, what its ship says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.maps.base import SCALE
from coastwatch.maps.classes import (
    CLASSES,
    SMALL,
    class_by_then,
    class_steps,
    mmsi_by_then,
    named_steps,
    real,
)
from coastwatch.maps.roles import role_of
from coastwatch.maps.rows import Rows
from coastwatch.maps.text import number, words
from coastwatch.maps.thin import deltas, thin
from coastwatch.model import Floats, Ints, Status, Vessel

POINTS_MOST = 100_000
TICK = 10.0  # ten ticks a second in the page's data


@dataclass(frozen=True, slots=True)
class Heads:
    """One row a track: where its rows begin and end, what it is, and whether it was confirmed."""

    first: Ints
    last: Ints
    mmsi: Ints  # last known, -1 where never known
    kind: NDArray[np.str_]  # one of CLASSES, as known at the end
    confirmed_row: Ints  # first row as confirmed, -1 where it never was
    alerted_s: Mapping[int, float]  # when an alert first called a track small, UTC seconds
    row_kind: Ints  # a row each: what its track was taken for by then, alerts aside
    row_mmsi: Ints  # and the last MMSI that it had said by then


def heads_of(rows: Rows, alerted_s: Mapping[int, float]) -> Heads:
    """The tracks of the rows. ``alerted_s``: since when an alert has called a track a small
    unregistered craft, which it then is whatever its rows say; else ``class_by_then``."""
    first = rows.first()
    last = np.append(first[1:], len(rows))[: len(first)] - 1
    index = np.arange(len(rows))
    confirmed = _at_first(np.where(real(rows), index, len(rows)), first, np.minimum)
    by_then = index >= np.repeat(confirmed, last - first + 1)
    confirmed[confirmed == len(rows)] = -1
    row_mmsi = mmsi_by_then(rows, first)
    row_kind = class_by_then(rows, row_mmsi, by_then)
    kind = row_kind[last]
    kind[np.isin(rows.track[first], list(alerted_s))] = SMALL
    names = np.array(CLASSES)[kind]
    return Heads(first, last, row_mmsi[last], names, confirmed, alerted_s, row_kind, row_mmsi)


def chosen(rows: Rows, heads: Heads, most: int, tentative_most: int) -> NDArray[np.bool_]:
    """Which tracks to draw: at most so many confirmed and so many others.

    Small unregistered craft come first, then the other classes in their order, and the latest
    of each class before earlier ones.
    """
    rank = np.array([CLASSES.index(k) for k in heads.kind], dtype=np.int64)
    order = np.lexsort((-rows.time_s[heads.last], rank))
    never = heads.confirmed_row[order] < 0
    drawn = np.zeros(len(order), dtype=bool)
    drawn[order[~never][:most]] = True
    drawn[order[never][:tentative_most]] = True
    return drawn


def paths(
    rows: Rows, heads: Heads, vessels: Mapping[int, Vessel], plane: Plane, start_s: float
) -> tuple[list[dict[str, Any]], float]:
    """One object a track for the page: identity, class, state at its end, and its thinned line;
    and within how many metres the lines are right."""
    keep = np.zeros(len(rows), dtype=bool)
    keep[heads.confirmed_row[heads.confirmed_row >= 0]] = True
    keep, tolerance_m = thin(heads.first, rows.time_s, rows.lon, rows.lat, keep, POINTS_MOST)
    ends = rows.take(heads.last)
    sog_mps, cog_rad = plane.course(ends.lon, ends.lat, ends.vx_mps, ends.vy_mps)
    cog_deg = np.degrees(cog_rad) % 360.0
    drawn = []
    for i, (a, b) in enumerate(zip(heads.first, heads.last, strict=True)):
        at = a + np.flatnonzero(keep[a : b + 1])
        path: dict[str, Any] = {
            "id": int(rows.track[a]),
            "kind": str(heads.kind[i]),
            "status": Status(int(ends.status[i])).name.lower(),
            "t": deltas(rows.time_s[at] - start_s, TICK),
            "lon": deltas(rows.lon[at], SCALE),
            "lat": deltas(rows.lat[at], SCALE),
        }
        if heads.confirmed_row[i] >= 0:
            since_s = rows.time_s[heads.confirmed_row[i]] - start_s
            path["confirmed"] = round(float(since_s), 1)
        heading = rows.heading_deg[at]
        if (known := np.isfinite(heading)).any():
            whole = np.round(np.where(known, heading, 0.0)).astype(np.int64) % 360
            path["h"] = np.where(known, whole, -1).tolist()
        path |= _state(ends, i, sog_mps, cog_deg)
        if heads.mmsi[i] >= 0:
            path |= _identity(int(heads.mmsi[i]), vessels)
        path |= _changes(rows, heads, i, vessels, start_s)
        drawn.append(path)
    return drawn, tolerance_m


def _changes(
    rows: Rows, heads: Heads, i: int, vessels: Mapping[int, Vessel], start_s: float
) -> dict[str, Any]:
    """Since when the track has its class and identity, where it had others before."""
    own = slice(heads.first[i], heads.last[i] + 1)
    time_s = rows.time_s[own]
    alerted_s = heads.alerted_s.get(int(rows.track[heads.first[i]]))
    kinds = class_steps(time_s, heads.row_kind[own], alerted_s)
    who = named_steps(time_s, heads.row_mmsi[own])
    told: dict[str, Any] = {}
    if len(kinds) > 1:
        told["kinds"] = [[round(t - start_s, 1), CLASSES[kind]] for t, kind in kinds]
    if len(who) > 1:
        told["who"] = [
            [round(t - start_s, 1), _identity(mmsi, vessels) if mmsi >= 0 else {}]
            for t, mmsi in who
        ]
    return told


def _at_first(values: Ints, first: Ints, take: np.ufunc) -> Ints:
    return take.reduceat(values, first) if len(first) else np.empty(0, dtype=np.int64)


def _state(ends: Rows, i: int, sog_mps: Floats, cog_deg: Floats) -> dict[str, Any]:
    values = {
        "sog": number(sog_mps[i] / KNOT_MPS, 1),
        "cog": number(cog_deg[i], 0),
        "sigma": number(ends.sigma_m[i], 0),
        "existence": number(ends.existence[i], 3),
        "unregistered": number(ends.p_unregistered[i], 2),
        "small": number(ends.p_small[i], 2),
        "fixed": number(ends.p_fixed[i], 2),
    }
    return {key: value for key, value in values.items() if value is not None}


def _identity(mmsi: int, vessels: Mapping[int, Vessel]) -> dict[str, Any]:
    vessel, named = vessels.get(mmsi), {"mmsi": mmsi, **role_of(mmsi)}
    if vessel is None:
        return named
    said = {
        "name": vessel.name,
        "callsign": vessel.callsign,
        "destination": vessel.destination,
        "type": vessel.ship_type,
        "length": number(vessel.length_m, 0),
        "beam": number(vessel.beam_m, 0),
    }
    known = {key: words(v, 40) if isinstance(v, str) else v for key, v in said.items()}
    return named | {key: value for key, value in known.items() if value not in (None, "")}

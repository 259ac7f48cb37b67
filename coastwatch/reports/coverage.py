"""What the radars saw and what AIS was received, by place: the grids of the span's runs summed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coastwatch.model import Floats, Ints

CELLS_MOST, SQUARES_MOST, RADARS_MOST = 4_000, 20_000, 8
RANGE_MAX_M = 500_000.0


@dataclass(frozen=True, slots=True)
class RadarCover:
    """One radar's grid, (azimuths, ranges): azimuths clockwise from north, ranges outwards.

    ``looks`` at vessels that others held, ``hits``: how many gave a plot; ``promised``: the
    detection probability that the site promises, 0 where it promises none.
    """

    lon: float
    lat: float
    range_m: float
    looks: Ints
    hits: Ints
    promised: Floats

    @property
    def seen(self) -> Floats:
        """The share of looks that gave a plot, NaN without looks (docs/sensors.md)."""
        return np.where(self.looks > 0, (self.hits + 0.5) / (self.looks + 1.0), np.nan)

    @property
    def measured(self) -> float | None:
        """How much of the promised sea, by area, was looked at; None where none is promised."""
        area = np.broadcast_to(np.arange(self.looks.shape[1]) + 0.5, self.looks.shape)
        whole = float(area[self.promised > 0].sum())
        return float(area[(self.promised > 0) & (self.looks > 0)].sum()) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Heard:
    """AIS reports by squares of ``side_m``: how many were ``due``, and how many ``heard``."""

    lon: Floats
    lat: Floats
    due: Floats
    heard: Floats
    side_m: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """``radars`` by name; ``ais`` is None where no run kept books of it."""

    radars: Mapping[str, RadarCover]
    ais: Heard | None


def coverage_of(documents: Sequence[Mapping[str, Any]]) -> Coverage:
    """The sum of the ``coverage.json`` of runs, in order of time.

    Of a radar that was moved or given another range only the latest grid is one grid, so earlier
    ones are left out; so is what cannot be read, and radars on the move.
    """
    radars: dict[str, RadarCover] = {}
    for document in documents:
        told = document.get("radars") if isinstance(document, Mapping) else None
        for name, raw in told.items() if isinstance(told, Mapping) else []:
            found = _radar(raw)
            if found is not None:
                radars[str(name)] = _added(radars.get(str(name)), found)
    return Coverage(dict(sorted(radars.items())[:RADARS_MOST]), _heard(documents))


def _radar(raw: Any) -> RadarCover | None:
    if not isinstance(raw, Mapping) or raw.get("moving"):
        return None
    try:
        shape = int(raw["azimuths"]), int(raw["ranges"])
        if min(shape) < 1 or shape[0] * shape[1] > CELLS_MOST:
            return None
        grids = [
            np.array(raw[k], dtype=float).reshape(shape) for k in ("looks", "hits", "promised")
        ]
        lon, lat, range_m = (float(raw[k]) for k in ("lon", "lat", "range_max_m"))
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    if not (abs(lon) <= 180 and abs(lat) <= 85 and 0 < range_m <= RANGE_MAX_M):
        return None
    looks, hits, promised = (np.clip(np.nan_to_num(grid), 0, 1e12) for grid in grids)
    looks = looks.astype(np.int64)
    return RadarCover(
        lon, lat, range_m, looks, np.minimum(hits.astype(np.int64), looks), np.minimum(promised, 1)
    )


def _added(old: RadarCover | None, new: RadarCover) -> RadarCover:
    same = (
        old is not None
        and old.looks.shape == new.looks.shape
        and (old.lon, old.lat, old.range_m) == (new.lon, new.lat, new.range_m)
    )
    if old is None or not same:
        return new
    looks, hits = old.looks + new.looks, old.hits + new.hits
    return RadarCover(new.lon, new.lat, new.range_m, looks, hits, new.promised)


def _heard(documents: Sequence[Mapping[str, Any]]) -> Heard | None:
    sums: dict[tuple[float, float], Floats] = {}
    side = 0.0
    for document in documents:
        books = document.get("ais") if isinstance(document, Mapping) else None
        if not isinstance(books, Mapping):
            continue
        try:
            table = np.array([books[k] for k in ("lon", "lat", "due", "heard")], dtype=float)
            side_m = float(books["square_m"])
        except (TypeError, ValueError, KeyError):
            continue
        if table.ndim != 2 or not 0 < side_m < 1e6:
            continue
        good = np.isfinite(table).all(axis=0) & (table[2:] >= 0).all(axis=0)
        good &= (np.abs(table[0]) <= 180) & (np.abs(table[1]) <= 85)
        if side_m != side:  # of another size: only the latest squares are of one grid
            sums, side = {}, side_m
        for lon, lat, due, got in table[:, good].T[:SQUARES_MOST].tolist():
            place = (lon, lat)
            sums[place] = sums.get(place, np.zeros(2)) + np.array([due, got])
    if not sums:
        return None
    places = np.array(list(sums), dtype=float)
    counts = np.array(list(sums.values()), dtype=float)
    return Heard(places[:, 0], places[:, 1], counts[:, 0], counts[:, 1], side)

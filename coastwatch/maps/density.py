"""Where vessels spend their time, and how well AIS was heard there, in hexagons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coastwatch.maps.frame import Frame, unwrap
from coastwatch.maps.hexes import CELLS_MOST, Cells, cells_of, document, size_for
from coastwatch.maps.paths import Heads
from coastwatch.maps.rows import LAT_MAX, Rows
from coastwatch.model import Floats

GAP_S = 30.0  # a track without a row for longer was not seen there in between
TENTHS = 10.0
LEAST_DUE = 5.0  # fewer expected reports say nothing of a place
LOOKS_MAX = 1e9


def density(rows: Rows, heads: Heads, view: Frame) -> dict[str, Any] | None:
    """Vessel-hours by hexagon, of all vessels and of small unregistered craft; None without any.

    A row stands for the time to the track's next one, 30 s at most. What was never confirmed
    does not count, and what is moored or fixed neither: a quay would outshine the lane.
    """
    count = heads.last - heads.first + 1
    real = np.repeat((heads.confirmed_row >= 0) & (heads.kind != "fixed"), count)
    real &= np.arange(len(rows)) >= np.repeat(heads.confirmed_row, count)
    stay_s = np.append(np.diff(rows.time_s), 0.0)
    stay_s[heads.last] = 0.0
    hours = np.where(real, np.clip(stay_s, 0.0, GAP_S), 0.0) / 3600.0
    counted = hours > 0
    if not counted.any():
        return None
    small = np.repeat(heads.kind == "small", count)[counted]
    hours, lon, lat = hours[counted], rows.lon[counted], rows.lat[counted]
    size, cells = _fitting(lon, lat, size_for(view))
    sums = [
        np.bincount(cells.at, w, len(cells.row)).astype(np.float64) for w in (hours, hours * small)
    ]
    hours_of = {name: _tenths(h) for name, h in zip(("all", "small"), sums, strict=True)}
    return {"unit": "vessel-hours"} | document(cells, size) | hours_of


def heard(coverage: Mapping[str, Any], middle: float, view: Frame) -> dict[str, Any] | None:
    """What share of the AIS reports that were due was received, by hexagon; None where the run
    kept no books of it. Raises ValueError for books that are none."""
    books = coverage.get("ais") if isinstance(coverage, Mapping) else None
    if not books:
        return None
    try:
        lon, lat, due, got = (
            np.array(books[key], dtype=np.float64) for key in ("lon", "lat", "due", "heard")
        )
        if not lon.shape == lat.shape == due.shape == got.shape or lon.ndim != 1:
            raise ValueError("its columns differ in length")
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError(f"{type(error).__name__} {error}") from error
    good = (np.abs(lon) <= 540) & (np.abs(lat) <= LAT_MAX) & (due > 0) & (got >= 0)
    good &= np.isfinite(due) & np.isfinite(got)
    if not good.any():
        return None
    lon, lat, due, got = unwrap(lon[good], middle), lat[good], due[good], got[good]
    least = _least_size(books, lat)
    size = max(size_for(view) * 2, 2.0 ** np.ceil(np.log2(least)))
    size, cells = _fitting(lon, lat, size)
    n = len(cells.row)
    all_due, all_got = np.bincount(cells.at, due, n), np.bincount(cells.at, got, n)
    share = np.where(all_due >= LEAST_DUE, np.clip(all_got / all_due, 0.0, 1.0) * 100, -1.0)
    return document(cells, size, share=share, looks=np.clip(all_due, 0, LOOKS_MAX))


def _tenths(hours: Floats) -> list[float]:
    """Tenths of an hour, with two more digits: a cell that was crossed in a minute is not empty."""
    return [float(v) if v % 1 else int(v) for v in np.round(hours * TENTHS, 2).tolist()]


def _fitting(lon: Floats, lat: Floats, size: float) -> tuple[float, Cells]:
    """Hexagons of that size or of the next double ones that are not too many."""
    while True:
        cells = cells_of(lon, lat, size)
        if len(cells.row) <= CELLS_MOST or size > 1.0:
            return size, cells
        size *= 2


def _least_size(books: Mapping[str, Any], lat: Floats) -> float:
    """The circumradius from which a hexagon holds several of the books' squares."""
    side_m = books.get("square_m")
    side_m = float(side_m) if isinstance(side_m, int | float) and 0 < side_m < 1e6 else 2_000.0
    across = side_m / (40_075_017.0 * max(np.cos(np.radians(float(np.median(lat)))), 0.1))
    return float(across)

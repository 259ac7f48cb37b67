"""Rows of positions -> one line a track, cut where it crosses the antimeridian."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from coastwatch.exports.layer import GEOMETRY, TIME, by_track
from coastwatch.exports.positions import Positions
from coastwatch.exports.text import clean, number, whole
from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import NM_M
from coastwatch.model import Floats

LINES = pa.schema(
    [("track", pa.int64()), ("what", pa.string()), ("mmsi", pa.int64())]
    + [(name, pa.string()) for name in ("name", "callsign", "destination")]
    + [("ship_type", pa.int64()), ("length_m", pa.float64()), ("begin", TIME), ("end", TIME)]
    + [("positions", pa.int64()), ("distance_nm", pa.float64()), ("sog_max_kn", pa.float64())]
    + [(name, pa.float64()) for name in ("p_unregistered", "p_small", "p_fixed")]
    + [GEOMETRY]
)
# Lines that are gathered before they are written.
LINES_AT_ONCE = 500


def lines(
    batches: Iterable[pa.RecordBatch], positions: Positions, left_out: dict[str, int]
) -> Iterator[pa.RecordBatch]:
    """One row of ``LINES`` a track, from rows in order of track and time.

    A track of a single position has no line; it is counted.
    """
    rows: list[dict[str, Any]] = []
    for table in by_track(batches):
        if table.num_rows < 2:
            why = "tracks of a single position"
            left_out[why] = left_out.get(why, 0) + 1
            continue
        rows.append(_line(table, positions))
        if len(rows) >= LINES_AT_ONCE:
            yield from pa.Table.from_pylist(rows, schema=LINES).to_batches()
            rows = []
    if rows:
        yield from pa.Table.from_pylist(rows, schema=LINES).to_batches()


def places(table: pa.Table) -> tuple[Floats, Floats]:
    """Longitudes and latitudes (degrees) of rows of points."""
    xy = shapely.get_coordinates(shapely.from_wkb(table.column("geometry").to_numpy()))
    return xy[:, 0], xy[:, 1]


def last_row(table: pa.Table) -> dict[str, Any]:
    """The last row, without its place."""
    found: dict[str, Any]
    (found,) = table.slice(table.num_rows - 1).drop_columns(["geometry"]).to_pylist()
    return found


def sides(lon: Floats) -> Iterator[tuple[int, int]]:
    """First row and the one after the last, of each stretch of a way (degrees) that does not cross
    the antimeridian: joined across it, a way would go round the earth."""
    cuts = 1 + np.flatnonzero(np.abs(np.diff(lon)) > 180.0)
    return itertools.pairwise([0, *cuts.tolist(), len(lon)])


def pieces(lon: Floats, lat: Floats) -> list[Floats]:
    """A way (degrees) as pieces of shape (n, 2) that stay on one side of the antimeridian.

    Where it crosses, both pieces end on the meridian, at the latitude between the two positions.
    """
    unwrapped = np.degrees(np.unwrap(np.radians(lon)))
    # np.unwrap errs in the last digits; what does not cross keeps its own numbers.
    turns = np.round((unwrapped - lon) / 360.0)
    cuts = np.flatnonzero(np.diff(turns))
    if not len(cuts):
        return [np.column_stack([lon, lat])]
    made, first, head = [], 0, np.empty((0, 2))
    for k in cuts.tolist():
        side = 180.0 if turns[k + 1] > turns[k] else -180.0
        step = lon[k + 1] + np.copysign(360.0, side) - lon[k]
        share = (side - lon[k]) / step if step else 0.0
        edge = lat[k] + share * (lat[k + 1] - lat[k])
        own = np.column_stack([lon[first : k + 1], lat[first : k + 1]])
        made.append(np.vstack([head, own, [[side, edge]]]))
        first, head = k + 1, np.array([[-side, edge]])
    made.append(np.vstack([head, np.column_stack([lon[first:], lat[first:]])]))
    return made


def _line(table: pa.Table, positions: Positions) -> dict[str, Any]:
    lon, lat = places(table)
    last = last_row(table)
    vessel = positions.vessel(last["mmsi"])
    legs, _, _ = geodesic(lon[:-1], lat[:-1], lon[1:], lat[1:])
    row = {name: last[name] for name in LINES.names if name in last}
    line = shapely.MultiLineString([p for p in pieces(lon, lat) if len(p) > 1])
    return row | {
        "callsign": clean(vessel.callsign) if vessel else None,
        "destination": clean(vessel.destination) if vessel else None,
        "ship_type": whole(vessel.ship_type) if vessel else None,
        "length_m": number(vessel.length_m) if vessel else None,
        "begin": table["time"][0].as_py(),
        "end": last["time"],
        "positions": table.num_rows,
        "distance_nm": round(float(np.nansum(legs)) / NM_M, 3),
        "sog_max_kn": pc.max(table["sog_kn"]).as_py(),
        "geometry": shapely.to_wkb(line, byte_order=1),
    }

"""A run's tracks as a GeoDataFrame: what a notebook plots, joins and exports."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import numpy as np
import shapely

from coastwatch.geo.hexagons import HEXAGON_M, corners_of
from coastwatch.geo.plane import Plane
from coastwatch.store.history import History
from coastwatch.store.run import Run


def track_lines(run: Run) -> gpd.GeoDataFrame:
    """One row a track that was ever confirmed, by rising id, as a GeoDataFrame in EPSG:4326.

    Columns: ``track``, ``mmsi`` (whole numbers, null where unknown), ``name``, ``begin``, ``end``
    (UTC), ``p_unregistered``, ``p_small``, ``p_fixed`` (0..1, the last word), ``geometry`` (a line
    of longitude and latitude in degrees, or a point where the track has one position). Raises
    InputError where ``tracks.parquet`` cannot be read.
    """
    likely = ["p_unregistered", "p_small", "p_fixed"]
    table = run.tracks.select(["time", "track", "lon", "lat", "status", "mmsi", *likely])
    frame = table.to_pandas(types_mapper=None)
    frame = frame[frame["status"].isin(["confirmed", "coasting"])]
    rows = frame.sort_values(["track", "time"]).groupby("track")
    last = rows.last()
    places = rows[["lon", "lat"]].apply(lambda g: _line(g.to_numpy()))
    lines = gpd.GeoDataFrame(
        {
            "track": last.index.to_numpy(),
            "mmsi": last["mmsi"].astype("Int64").array,
            "begin": rows["time"].first().to_numpy(),
            "end": last["time"].to_numpy(),
            **{name: last[name].to_numpy() for name in likely},
        },
        geometry=list(places),
        crs="EPSG:4326",
    )
    names = {mmsi: vessel.name for mmsi, vessel in run.vessels.items()}
    lines.insert(2, "name", [names.get(m) for m in lines["mmsi"]])
    return lines


def density(
    history: History,
    begin: datetime,
    end: datetime,
    what: str | None = None,
    size_m: float = HEXAGON_M,
) -> gpd.GeoDataFrame:
    """Where vessels spent their time in ``begin`` <= time < ``end`` (UTC): a row a hexagon.

    Columns: ``q``, ``r`` (axial coordinates of the cell), ``vessel_hours`` (its sum over all cells
    is the time of all tracks), ``geometry`` (polygons in EPSG:4326). ``what`` is "ais", "radar" or
    "small", None for all; cells are ``size_m`` metres from centre to centre. Not for navigation.
    Raises InputError where the history cannot be read. Cells: Red Blob Games, *Hexagonal grids*.
    """
    cells = history.hexagons(begin, end, size_m).to_pandas()
    if what is not None:
        cells = cells[cells["what"] == what]
    sums = cells.groupby(["q", "r"], as_index=False)["vessel_hours"].sum()
    corners = corners_of(sums["q"].to_numpy(), sums["r"].to_numpy(), size_m)
    lon, lat = Plane(history.site.origin).to_lonlat(*corners)
    shapes = shapely.polygons(np.stack([lon, lat], axis=-1)) if len(sums) else []
    return gpd.GeoDataFrame(sums, geometry=shapes, crs="EPSG:4326")


def _line(places: np.ndarray) -> shapely.Geometry:
    return shapely.LineString(places) if len(places) > 1 else shapely.Point(places[0])

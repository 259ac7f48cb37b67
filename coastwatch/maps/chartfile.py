"""One chart's file, read layer by layer in bounded pieces, cut to a window, in degrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyogrio  # type: ignore[import-untyped]
import pyogrio.errors  # type: ignore[import-untyped]
import pyproj
import shapely
from numpy.typing import NDArray
from pyogrio.raw import open_arrow  # type: ignore[import-untyped]
from shapely.geometry.base import BaseGeometry

from coastwatch.maps.base import tolerance_deg, world_strips
from coastwatch.maps.frame import Frame
from coastwatch.maps.objects import CLASS_FIELD, FIELDS, kind_of, label_of, value_of
from coastwatch.maps.text import words
from coastwatch.model import InputError

LAYERS_MOST = 300
FEATURES_MOST = 200_000  # of one file
VERTICES_MOST = 20_000_000  # of one file, looked at; what is kept is far less
AT_ONCE = 1_000
DEGREES = "EPSG:4326"
# Files that only name other files and addresses: a picture must not open those.
INDIRECT = (b"<OGRVRT", b"<OGRWFS", b"<OGRWMS")
ERRORS = (RuntimeError, ValueError, OSError, pyproj.exceptions.ProjError,
          shapely.errors.ShapelyError, pyogrio.errors.CRSError)  # fmt: skip

Shapes = NDArray[np.object_]
Turn = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class Piece(NamedTuple):
    """One feature inside the window: its kind, layer, depth in metres, words, and shape."""

    kind: str
    layer: str
    value: float | None
    label: str
    shape: BaseGeometry


class Found(NamedTuple):
    """What a file has in the window; how many features had no usable geometry, and whether it was
    too long to be read to its end."""

    pieces: list[Piece]
    odd: int
    cut: bool


def read_chart(path: Path, window: Frame) -> Found:
    """The features of a file in the window. Raises InputError for one that cannot be read."""
    try:
        with path.open("rb") as file:
            if any(mark in file.read(2_000) for mark in INDIRECT):
                raise ValueError("it only points to other files; give those")
        return _read(path, window)
    except ERRORS as error:
        raise InputError(
            f"{path}: cannot be read as a chart ({words(error, 160)}); give --chart an S-57 cell "
            "(.000), a GeoPackage, GeoJSON, FlatGeobuf or another vector file"
        ) from error


def _read(path: Path, window: Frame) -> Found:
    pieces: list[Piece] = []
    odd, features, vertices = 0, 0, 0
    for layer, geometry in pyogrio.list_layers(path)[:LAYERS_MOST].tolist():
        info = pyogrio.read_info(path, layer=layer)
        classed = CLASS_FIELD in info["fields"].tolist()
        if geometry is None or not kind_of(layer, geometry, classed):
            continue
        for shapes, rows, shift in _batches(path, layer, info, window):
            features += len(shapes)
            vertices += int(shapely.get_num_coordinates(shapes).sum())
            good = _finite(shapes)
            odd += len(shapes) - int(good.sum())
            for i in np.flatnonzero(good).tolist():
                kind = kind_of(layer, shapes[i].geom_type, classed)
                shape = _cut(shapes[i], window, shift)
                if not shape.is_empty:
                    told = value_of(kind, rows[i]), label_of(kind, rows[i])
                    pieces.append(Piece(kind, words(layer, 40), *told, shape))
            if features > FEATURES_MOST or vertices > VERTICES_MOST:
                return Found(pieces, odd, True)
    return Found(pieces, odd, False)


def _batches(
    path: Path, layer: str, info: Mapping[str, Any], window: Frame
) -> Iterator[tuple[Shapes, list[dict[str, Any]], float]]:
    """Shapes in degrees, their attributes, and the turn of the world that brings them here."""
    columns = [name for name in FIELDS if name in info["fields"].tolist()]
    to_degrees, box_of = _projection(info["crs"])
    for west, east, shift in world_strips(window):
        box = box_of((west, window.south, east, window.north))
        with open_arrow(
            path, layer=layer, columns=columns, bbox=box, batch_size=AT_ONCE, use_pyarrow=True
        ) as (meta, reader):
            where = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                wkb = np.array(batch.column(where).to_pylist(), dtype=object)
                with np.errstate(invalid="ignore"):  # NaN is looked for in ``_finite``
                    shapes = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
                if to_degrees is not None:
                    shapes = shapely.transform(shapes, to_degrees)
                yield shapes, batch.select(columns).to_pylist(), shift


def _projection(crs: str | None) -> tuple[Turn | None, Callable[[Any], Any]]:
    """From a file's coordinates to degrees, and a box in degrees to one in its coordinates."""
    if crs is None or pyproj.CRS.from_user_input(crs).equals(
        pyproj.CRS.from_user_input(DEGREES), ignore_axis_order=True
    ):
        return None, lambda box: box
    there = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
    back = pyproj.Transformer.from_crs(DEGREES, crs, always_xy=True)

    def turn(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(there.transform(places[:, 0], places[:, 1]))

    return turn, lambda box: back.transform_bounds(*box)


def _finite(shapes: Shapes) -> NDArray[np.bool_]:
    """Which are there, not empty, and of finite coordinates."""
    good = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    places, owner = shapely.get_coordinates(shapes, return_index=True)
    good[owner[~np.isfinite(places).all(axis=1)]] = False
    return np.asarray(good)


def _cut(shape: BaseGeometry, window: Frame, shift: float) -> BaseGeometry:
    """What of the shape lies in the window, thinned to what a screen can show."""
    if shift:
        shape = shapely.transform(shape, lambda places: places + np.array([shift, 0.0]))
    inside = shapely.clip_by_rect(shape, *window.bounds())
    # Ten million vertices are first brought down in one walk along them: what follows is slower.
    tolerance = tolerance_deg(window) / 4
    thin = shapely.simplify(shapely.remove_repeated_points(inside, tolerance), tolerance)
    return shapely.make_valid(thin)

"""A user's own charts under the picture: S-57 cells, and any vector file that GDAL reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from coastwatch.maps.base import drawn, simplified, tolerance_deg
from coastwatch.maps.chartfile import Piece, read_chart
from coastwatch.maps.frame import Frame
from coastwatch.maps.notes import Note, note
from coastwatch.maps.text import words
from coastwatch.model import ConfigError

CHART_VERTICES = 60_000
CHARTS_MOST, OBJECTS_MOST = 40, 4_000


def charts(paths: Sequence[Path], window: Frame) -> tuple[list[dict[str, Any]], list[Note]]:
    """The charts' objects in the window, ready for the page, and what was left out.

    Raises InputError for a file that cannot be read, ConfigError for too many files.
    """
    if len(paths) > CHARTS_MOST:
        raise ConfigError(f"--chart: {len(paths)} files; give {CHARTS_MOST} at most")
    pieces: list[Piece] = []
    notes: list[Note] = []
    for path in paths:
        found = read_chart(path, window)
        name = words(path.name, 60)
        pieces += found.pieces
        if not found.pieces:
            notes.append(
                note(
                    f"{name} has nothing in this picture's window",
                    f"{name} n'a rien dans la fenêtre de cette image",
                )
            )
        if found.odd:
            notes.append(
                note(
                    f"{found.odd} objects of {name} without a usable geometry left out",
                    f"{found.odd} objets de {name} sans géométrie utilisable omis",
                )
            )
        if found.cut:
            notes.append(
                note(
                    f"{name} is too long: its end is left out",
                    f"{name} est trop long : sa fin est omise",
                )
            )
    return _objects(pieces, window, notes), notes


def _objects(pieces: list[Piece], window: Frame, notes: list[Note]) -> list[dict[str, Any]]:
    """Pieces that say the same are one object; all outlines are thinned together."""
    thin = simplified([p.shape for p in pieces], tolerance_deg(window), CHART_VERTICES)
    groups: dict[tuple[Any, ...], list[BaseGeometry]] = {}
    for piece, shape in zip(pieces, thin, strict=True):
        if not shape.is_empty:
            groups.setdefault(piece[:4], []).append(shape)
    if (over := len(groups) - OBJECTS_MOST) > 0:
        notes.append(
            note(f"{over} objects of the charts left out", f"{over} objets des cartes omis")
        )
    objects = []
    for (kind, layer, value, label), shapes in list(groups.items())[:OBJECTS_MOST]:
        said = {"name": layer, "kind": kind, "value": value, "label": label}
        objects.append(said | drawn(shapely.GeometryCollection(shapes)))
    return objects

"""A run for other programs: tracks, positions, alerts, zones and the picture in eight formats.

A format is one file here and one line in ``FORMATS``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from coastwatch.model import ConfigError, InputError

if TYPE_CHECKING:
    from coastwatch.store.run import Run

WHAT = ("tracks", "positions", "picture", "alerts", "zones")
_ALL = {name: name for name in WHAT}
_ROWS = {"positions": "positions"} | _ALL
# With a time at each of its points a track is written from its positions.
_WAYS = _ALL | {"tracks": "ways"}


@dataclass(frozen=True, slots=True)
class Format:
    """``layers`` names what can be written and from which layer, the usual first."""

    module: str
    suffixes: tuple[str, ...]
    layers: Mapping[str, str]
    every_s: float = 0.0


FORMATS: Mapping[str, Format] = {
    "geojson": Format("geojson", (".geojson", ".json"), _ALL),
    "gpkg": Format("geopackage", (".gpkg",), _ALL),
    "flatgeobuf": Format("flatgeobuf", (".fgb",), _ALL),
    "kml": Format("kml", (".kml",), _WAYS),
    "gpx": Format("gpx", (".gpx",), {n: _WAYS[n] for n in ("tracks", "picture", "alerts")}),
    "csv": Format("csv_file", (".csv",), _ROWS),
    "geoparquet": Format("geoparquet", (".parquet", ".geoparquet"), _ROWS),
    # OpenCPN takes speed and course from two sentences and a clock of whole seconds.
    "tll": Format("tll", (".tll", ".nmea"), {n: n for n in ("positions", "picture")}, 10.0),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, how many things it does not hold by reason, and what else to know."""

    path: Path
    what: str
    left_out: Mapping[str, int]
    notes: tuple[str, ...] = ()


def export(
    run: Run,
    out: Path | str,
    to: str | None = None,
    what: str | None = None,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
    at: datetime | None = None,
    every_s: float | None = None,
) -> Exported:
    """Write part of a run to ``out``; the same run and options give the same bytes.

    ``to`` is a key of ``FORMATS``, else the file's suffix decides; ``what`` is one of ``WHAT``,
    else the format's usual. Rows of ``begin`` <= time < ``end``; ``at`` is the time of the
    picture (the last one without it). ``every_s`` thins each track to one row in so many seconds.
    Times are UTC with a zone. Five million rows were measured to go through in about 1 GB. Raises
    ConfigError for what a format cannot hold and for an ``out`` that is a file of a run or history,
    InputError where the run cannot be read or the file not written.
    """
    out = Path(out)
    name, form = _format(to, out)
    what = what or next(iter(form.layers))
    if what not in form.layers:
        raise ConfigError(f"{name} holds no {what}; it holds {', '.join(form.layers)}")
    if at is not None and what != "picture":
        raise ConfigError("a single time goes with the picture: add --what picture to --at")
    if begin is not None and end is not None and end <= begin:
        raise ConfigError("--to-time must be later than --from")
    # The rooms that need DuckDB, GDAL and shapely are opened only when something is exported.
    import_module("coastwatch.store.out_files").check_out({"--out": out}, of=run.folder)
    layers = import_module("coastwatch.exports.layers")
    positions = import_module("coastwatch.exports.positions")
    writer = import_module(f"coastwatch.exports.{form.module}")
    wanted = layers.Wanted(begin, end, at, form.every_s if every_s is None else every_s)
    with positions.Positions(run, begin, end) as rows:
        layer = layers.layer(form.layers[what], run, rows, wanted)
        _whole(out, form.suffixes, lambda path: writer.write(layer, path))
        layer.leave_out("positions without a usable place", rows.unplaced)
    notes = [*_removed(run.folder, what), *layer.notes]
    return Exported(out, what, dict(layer.left_out), tuple(notes))


def format_of(out: Path) -> str | None:
    """The format that a file's suffix names; None where it names none."""
    suffix = out.suffix.lower()
    return next((name for name, form in FORMATS.items() if suffix in form.suffixes), None)


def _removed(folder: Path, what: str) -> list[str]:
    """A word on what a pruned run has no more of: an export without it is no empty sea."""
    if what in ("alerts", "zones"):
        return []
    stones = import_module("coastwatch.store.tombstones")
    found = (stones.gone_of(folder, kind) for kind in ("positions", "names"))
    return [f"{folder}: {one.text}; this file is without them" for one in found if one]


def _format(to: str | None, out: Path) -> tuple[str, Format]:
    name = to or format_of(out)
    if name not in FORMATS or name is None:
        told = f"no format {to!r}" if to else f"{out.name}: its suffix names no format"
        raise ConfigError(f"{told}; give --to: {', '.join(FORMATS)}")
    return name, FORMATS[name]


def _whole(out: Path, suffixes: tuple[str, ...], write: Callable[[Path], None]) -> None:
    """Write beside the file and move it there, so that a broken export leaves no half of one.

    It is written under a suffix of the format: without it GDAL makes a folder of a FlatGeobuf.
    """
    out = Path(os.path.realpath(out))  # where a link leads, so that the link stays one
    named = out.name if out.suffix.lower() in suffixes else out.name + suffixes[0]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=out.parent) as folder:
            path = Path(folder) / named
            write(path)
            os.replace(path, out)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error}); give another --out"
        ) from error

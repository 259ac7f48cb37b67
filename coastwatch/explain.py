"""Tracks explained: each chosen track's life as two tables and a figure in the run's folder."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.cells import safe_cell
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import DEG, KNOT_MPS
from coastwatch.maps.life import draw_life
from coastwatch.model import InputError, Kind, Status
from coastwatch.site import Site
from coastwatch.store.alerts import iso
from coastwatch.store.run import read_run
from coastwatch.track.life import MODES, Candidate, Life, Lives, Look

Columns = dict[str, NDArray[Any]]

NEAR_MOST = 5
KIND_WORDS = {
    Kind.REPORT: "report",
    Kind.PLOT: "plot",
    Kind.SENSOR_TRACK: "sensor track",
    Kind.BEARING: "bearing",
    Kind.LOOK: "missed",
}
# Digits after the point; ids and numbers of things have none, d2 and probabilities six.
DIGITS = {"lon_deg": 7, "lat_deg": 7, "speed_kn": 2, "course_deg": 1, "azimuth_deg": 2}
METRES = ("_m", "_m2", "_mps")


def write_lives(lives: Lives, site: Site, plane: Plane, out: Path) -> dict[str, Any]:
    """Write ``track-ID.csv``, ``track-ID-associations.csv`` and ``track-ID.svg`` of each life.

    Returns by id how many looks and candidates it has, and how many were left out for their
    number; JSON-ready. Raises InputError where a file cannot be written.
    """
    written = {}
    for number, life in sorted(lives.lives.items()):
        looks, candidates = look_columns(life, site, plane), candidate_columns(life, site, plane)
        name = out / f"track-{number}"
        try:
            _write(looks, name.with_name(f"{name.name}.csv"))
            _write(candidates, name.with_name(f"{name.name}-associations.csv"))
            title = f"Track {number}, {site.name}"
            draw_life(title, looks, candidates, plane, name.with_name(f"{name.name}.svg"))
        except OSError as error:
            raise InputError(f"{name}: cannot be written ({error}); give another --out") from error
        written[str(number)] = {
            "looks": len(life.looks),
            "looks_left_out": life.looks_left_out,
            "candidates": len(candidates["look"]),
            "candidates_left_out": life.candidates_left_out,
        }
    return written


def check_ids(asked: Collection[int], explained: Mapping[str, Any], out: Path) -> None:
    """Raise InputError for the first id asked for that the run in ``out`` never had."""
    for number in asked:
        if str(number) not in explained:
            were = np.unique(read_run(out).tracks["track"].to_numpy())
            near = np.sort(were[np.argsort(np.abs(were - number), kind="stable")[:NEAR_MOST]])
            said = f"near it were {', '.join(map(str, near))}" if len(near) else "there was none"
            raise InputError(f"--explain {number}: the run had no such track; {said}")


def look_columns(life: Life, site: Site, plane: Plane) -> Columns:
    """One row a look: what was seen, and the track after it. Unknown numbers are NaN or -1."""
    looks = life.looks
    state = _floats(looks, "x_m", "y_m", "vx_mps", "vy_mps")
    lon, lat = plane.to_lonlat(state["x_m"], state["y_m"])
    speed, course = plane.course(lon, lat, state["vx_mps"], state["vy_mps"])
    modes = np.array([look.modes for look in looks], dtype=np.float64).T
    return {
        "look": np.arange(1, len(looks) + 1),
        **_floats(looks, "time_s"),
        "sensor": _sensors(looks, site),
        "kind": np.array([KIND_WORDS[look.kind] for look in looks]),
        "candidates": np.array([len(c) for c in life.candidates]),
        **_floats(looks, "existence_before", "existence", "p_visible", "p_missed"),
        **{f"p_{mode}": p for mode, p in zip(MODES, modes, strict=True)},
        "status": np.array([Status(look.status).name.lower() for look in looks]),
        "lon_deg": lon,
        "lat_deg": lat,
        **state,
        "speed_kn": speed / KNOT_MPS,
        "course_deg": course / DEG,
        **_floats(looks, "sigma_m", "cov_xx_m2", "cov_xy_m2", "cov_yy_m2"),
        "mmsi": np.array([look.mmsi for look in looks], dtype=np.int64),
        **_floats(looks, "p_fixed", "p_unregistered"),
    }


def candidate_columns(life: Life, site: Site, plane: Plane) -> Columns:
    """One row a candidate, the most probable of a look first; ``look`` is its row in the other."""
    counts = [len(c) for c in life.candidates]
    rows = list(chain.from_iterable(life.candidates))
    looks = [look for look, n in zip(life.looks, counts, strict=True) for _ in range(n)]
    place = _floats(rows, "x_m", "y_m")
    lon, lat = plane.to_lonlat(place["x_m"], place["y_m"])
    return {
        "look": np.repeat(np.arange(1, len(counts) + 1), counts),
        **_floats(rows, "time_s"),
        "sensor": _sensors(looks, site),
        "kind": np.array([KIND_WORDS[look.kind] for look in looks], dtype=np.str_),
        "lon_deg": lon,
        "lat_deg": lat,
        **place,
        "azimuth_deg": _floats(rows, "azimuth_rad")["azimuth_rad"] / DEG,
        **_floats(rows, "probability", "d2"),
        "mmsi": np.array([row.mmsi for row in rows], dtype=np.int64),
    }


def _floats(rows: Sequence[Look] | Sequence[Candidate], *names: str) -> Columns:
    return {n: np.array([getattr(row, n) for row in rows], dtype=np.float64) for n in names}


def _sensors(looks: Sequence[Look], site: Site) -> NDArray[np.str_]:
    """Their ids; empty for a sensor that the site does not name."""
    ids = [site.sensors[look.sensor].id if look.sensor >= 0 else "" for look in looks]
    return np.array(ids, dtype=np.str_)


def _write(columns: Columns, path: Path) -> None:
    """A table as CSV: times in ISO 8601, unknown cells empty, no cell that would run."""
    names = ["time" if name == "time_s" else name for name in columns]
    cells = [_cells(name, column) for name, column in columns.items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(names)
        rows.writerows(zip(*cells, strict=True))


def _cells(name: str, column: NDArray[Any]) -> list[Any]:
    if name == "time_s":
        return [iso(v) for v in column.tolist()]
    if column.dtype.kind == "f":
        digits = DIGITS.get(name, 3 if name.endswith(METRES) else 6)
        return [_number(v, digits) for v in column.tolist()]
    if name == "mmsi":
        return [v if v >= 0 else "" for v in column.tolist()]
    return [safe_cell(v) for v in column.tolist()]


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else ""

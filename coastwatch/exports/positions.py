"""A run's ``tracks.parquet`` -> rows for people: knots, degrees, names; read in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from coastwatch.exports.layer import GEOMETRY, TIME
from coastwatch.exports.text import clean
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats, InputError, Vessel
from coastwatch.rule_names import LIKELY, SMALL_RULE, STANDING
from coastwatch.store.history_files import whole_parts
from coastwatch.store.history_sql import BELIEVED, database, scan
from coastwatch.store.run import Run

ROWS_AT_ONCE = 50_000
MEMORY = "512MB"
POSITIONS = pa.schema(
    [
        ("time", TIME),
        ("track", pa.int64()),
        ("what", pa.string()),
        ("mmsi", pa.int64()),
        ("name", pa.string()),
        ("status", pa.string()),
        *[(name, pa.float64()) for name in ("sog_kn", "cog_deg", "heading_deg")],
        *[(name, pa.float64()) for name in ("sigma_m", "existence")],
        *[(name, pa.float64()) for name in ("p_unregistered", "p_small", "p_fixed")],
        GEOMETRY,
    ]
)
# Decimals that are written; what lies beyond is far below what a sensor knows.
DECIMALS = {"heading_deg": 1, "sigma_m": 1} | dict.fromkeys(
    ("existence", "p_unregistered", "p_small", "p_fixed"), 4
)
SHOWN = ("confirmed", "coasting")


@dataclass(frozen=True, slots=True)
class Known:
    """What a run says of its tracks as a whole; ``track`` is sorted and the others go with it."""

    track: NDArray[np.int64]
    what: list[str]
    mmsi: list[int | None]

    def of(self, ids: NDArray[np.int64]) -> list[str]:
        """What each track is: "ais", "radar" or "small" (a small unregistered craft)."""
        return [self.what[i] for i in np.searchsorted(self.track, ids)]


class Positions:
    """The rows of a run's tracks, sorted and filtered by an engine that spills to disk.

    A context manager. Raises InputError where the tracks cannot be read.
    """

    def __init__(self, run: Run, begin: datetime | None, end: datetime | None) -> None:
        self._plane, self._vessels = Plane(run.site.origin), run.vessels
        self._alerted = {a.get("track") for a in run.alerts if a.get("rule") == SMALL_RULE}
        self._begin, self._end = begin, end
        self._files = _files(run.folder)
        self._spill = tempfile.TemporaryDirectory(prefix="coastwatch-")
        self._database = database(self._spill.name, MEMORY)
        self._names = {m: clean(v.name) for m, v in self._vessels.items()}
        self.unplaced = 0
        self._known: Known | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._spill.cleanup()

    def vessel(self, mmsi: int | None) -> Vessel | None:
        """What the vessel of an MMSI said of itself."""
        return None if mmsi is None else self._vessels.get(mmsi)

    def span(self) -> tuple[datetime, datetime] | None:
        """First and last time (UTC) of what is asked for; None where nothing is."""
        table = self._ask("SELECT min(time) AS begin, max(time) AS last FROM {rows}").read_all()
        first, last = table["begin"][0].as_py(), table["last"][0].as_py()
        return None if first is None else (_plain(first), _plain(last))

    def known(self) -> Known:
        """What each track is by its last row in the span, as the weekly report has it.

        "small": the alert of the mission names it, or it was never one with an MMSI and by its
        last row ``p_small`` and ``p_unregistered`` are 0.8 or more and ``p_fixed`` is 0.5 at most;
        "ais": with an MMSI; else "radar".
        """
        if self._known is None:
            table = self._ask(
                "SELECT track, count(mmsi) AS heard, arg_max({{'m': mmsi, 's': p_small, "
                "'u': p_unregistered, 'f': p_fixed}}, time) AS last FROM {rows} AND {shown} "
                "GROUP BY track ORDER BY track"
            ).read_all()
            confirmed = table.select(["track"])  # noqa: F841  DuckDB finds it by its name
            self._database.execute("CREATE TEMP TABLE real AS SELECT track FROM confirmed")
            rows = table.to_pylist()
            mmsi = [row["last"]["m"] for row in rows]
            what = [self._what(row) for row in rows]
            self._known = Known(table["track"].to_numpy(), what, mmsi)
        return self._known

    def rows(
        self, order: str, statuses: tuple[str, ...], every_s: float
    ) -> Iterator[pa.RecordBatch]:
        """Rows as ``POSITIONS``, by "time" or by "track", of these statuses only.

        Only of tracks that were confirmed in the span. With ``every_s``, the first of each track
        in each such step of time; an ended track's last row stays. A row without a usable place
        is left out and counted in ``unplaced``.
        """
        known = self.known()
        keys = "time, track" if order == "time" else "track, time"
        words = ", ".join(f"'{status}'" for status in statuses)
        thin = ""
        if every_s > 0:
            # QUALIFY sorts within a span of one track only, and spills as the rest does.
            thin = (
                f"QUALIFY status = 'ended' OR row_number() OVER (PARTITION BY track, "
                f"epoch_ns(time) // {max(round(every_s * 1e9), 1)} ORDER BY time, lon, lat) = 1"
            )
        reader = self._ask(
            "SELECT time, track, lon, lat, vx_mps, vy_mps, heading_deg, sigma_m, existence, "
            f"status, mmsi, p_unregistered, p_small, p_fixed FROM {{rows}} AND status IN ({words}) "
            f"AND track IN (SELECT track FROM real) {thin} "
            f"ORDER BY {keys}, lon, lat"
        )
        return (self._shown(batch, known) for batch in self._read(reader))

    def at(self, time: datetime, within_s: float) -> Iterator[pa.RecordBatch]:
        """The picture at a time: the last row of each track that is not ended, if not older."""
        known = self.known()
        reader = self._ask(
            "SELECT * FROM (SELECT * FROM {rows} AND time <= $3::TIMESTAMPTZ "
            f"AND time > $3::TIMESTAMPTZ - to_microseconds({round(within_s * 1e6)}) "
            "QUALIFY row_number() OVER (PARTITION BY track ORDER BY time DESC, lon, lat) = 1) "
            "WHERE {shown} ORDER BY track",
            time,
        )
        return (self._shown(batch, known) for batch in self._read(reader))

    def _read(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        try:
            yield from reader
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._files, error) from error

    def _ask(self, query: str, *more: Any) -> pa.RecordBatchReader:
        where = "time >= $1::TIMESTAMPTZ AND time < $2::TIMESTAMPTZ AND track IS NOT NULL"
        span = [
            self._begin.isoformat() if self._begin else "-infinity",
            self._end.isoformat() if self._end else "infinity",
        ]
        try:
            rows = f"{scan(self._files)} WHERE {where}"
            found = self._database.sql(
                query.format(rows=rows, shown=BELIEVED),
                params=[*span, *(t.isoformat() for t in more)],
            )
            # DuckDB 2 calls by another name what 1.x calls fetch_arrow_reader.
            stream = getattr(found, "to_arrow_reader", None) or found.fetch_arrow_reader
            return stream(ROWS_AT_ONCE)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise _unreadable(self._files, error) from error

    def _what(self, row: dict[str, Any]) -> str:
        last = row["last"]
        if row["track"] in self._alerted:
            return "small"
        likely = (last["s"] or 0.0) >= LIKELY and (last["u"] or 0.0) >= LIKELY
        # Of what is not known, as NaN, nothing is said.
        if not row["heard"] and likely and not (last["f"] or 0.0) > STANDING:
            return "small"
        return "ais" if last["m"] is not None else "radar"

    def _shown(self, batch: pa.RecordBatch, known: Known) -> pa.RecordBatch:
        lon, lat = _floats(batch, "lon"), _floats(batch, "lat")
        with np.errstate(invalid="ignore"):
            fine = np.isfinite(lon) & (np.abs(lat) <= 90.0)
        if not fine.all():
            self.unplaced += int(len(fine) - fine.sum())
            batch = batch.filter(pa.array(fine))
            lon, lat = lon[fine], lat[fine]
        lon = wrapped(lon)
        speed, course = self._plane.course(
            lon, lat, _floats(batch, "vx_mps"), _floats(batch, "vy_mps")
        )
        columns = {
            "time": batch.column("time").cast(TIME, safe=False),
            "track": batch.column("track"),
            "what": pa.array(known.of(batch.column("track").to_numpy()), pa.string()),
            "mmsi": batch.column("mmsi").cast(pa.int64()),
            "name": self._named(batch.column("mmsi")),
            "status": batch.column("status").cast(pa.string()),
            "sog_kn": _finite(speed / KNOT_MPS, 2),
            # 359.96 degrees round to 360.0, which is 0.0.
            "cog_deg": _finite(np.round(np.degrees(course), 1) % 360.0, 1),
            "geometry": points(lon, lat),
        }
        for name, digits in DECIMALS.items():
            columns[name] = _finite(_floats(batch, name), digits)
        return pa.RecordBatch.from_arrays([columns[n] for n in POSITIONS.names], schema=POSITIONS)

    def _named(self, mmsi: pa.Array) -> pa.Array:
        coded = mmsi.dictionary_encode()
        names = [self._names.get(m) for m in coded.dictionary.to_pylist()]
        index = [None if i is None else names[i] for i in coded.indices.to_pylist()]
        return pa.array(index, pa.string())


def wrapped(lon: Floats) -> Floats:
    """Longitudes (degrees) within -180 and 180."""
    return np.where(np.abs(lon) <= 180.0, lon, np.remainder(lon + 180.0, 360.0) - 180.0)


def points(lon: Floats, lat: Floats) -> pa.Array:
    """Points as WKB."""
    return pa.array(shapely.to_wkb(shapely.points(lon, lat), byte_order=1), pa.binary())


def _files(folder: Path) -> list[Path]:
    whole = folder / "tracks.parquet"
    if whole.is_file():
        return [whole]
    parts = whole_parts(folder)
    if not parts:
        raise InputError(f"{folder}: no picture is kept in it yet; try again in a minute")
    return parts


def _unreadable(files: list[Path], error: Exception) -> InputError:
    said = " ".join(str(error).split())[:200]
    return InputError(
        f"{files[0]}: not readable ({said}); `coastwatch replay {files[0].parent} --out NEW` "
        "makes it again from the journal"
    )


def _plain(time: Any) -> datetime:
    """The datetime of a time that pandas may have made."""
    plain: datetime = time.to_pydatetime(warn=False) if hasattr(time, "to_pydatetime") else time
    return plain


def _floats(batch: pa.RecordBatch, name: str) -> Floats:
    values: Floats = batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _finite(values: NDArray[Any], digits: int) -> pa.Array:
    """The values rounded; null where one is not finite."""
    return pa.array(np.round(values, digits), pa.float64(), mask=~np.isfinite(values))

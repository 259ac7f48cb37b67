"""What can be exported of a run, each as a layer: tracks, positions, the picture, alerts, zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import shapely
from shapely.geometry import shape

from coastwatch.exports.layer import GEOMETRY, TIME, Layer
from coastwatch.exports.lines import LINES, lines
from coastwatch.exports.positions import POSITIONS, SHOWN, Positions
from coastwatch.exports.text import clean, number, one_line, whole
from coastwatch.model import ConfigError
from coastwatch.store.alert_list import read_alerts
from coastwatch.store.run import Run

# A track that was not updated for so long is not in the picture any more.
PICTURE_S = 15.0
BEGIN_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
ALERTS = pa.schema(
    [("id", pa.string()), ("time", TIME)]
    + [(n, pa.string()) for n in ("rule", "severity", "state")]
    + [("track", pa.int64()), ("mmsi", pa.int64())]
    + [(n, pa.string()) for n in ("zone", "text", "evidence")]
    + [("updated", TIME), ("said", TIME), GEOMETRY]
)
ZONES = pa.schema(
    [(n, pa.string()) for n in ("id", "name", "kind", "rules", "valid_from", "valid_to", "source")]
    + [("accuracy_m", pa.float64()), ("note", pa.string()), GEOMETRY]
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: times in UTC, None for no bound; ``every_s`` 0 for every row."""

    begin: datetime | None = None
    end: datetime | None = None
    at: datetime | None = None
    every_s: float = 0.0


def layer(name: str, run: Run, positions: Positions, wanted: Wanted) -> Layer:
    """The layer of that name: a key of ``LAYERS``."""
    span = positions.span()
    made = LAYERS[name](run, positions, wanted)
    stamp = span[1] if span else BEGIN_OF_TIME
    title = f"{one_line(run.site.name, 80)}: {made.name}"
    return Layer(made.name, title, made.geometry, made.schema, made.batches, stamp, made.left_out)


def _tracks(run: Run, positions: Positions, wanted: Wanted) -> Layer:
    left_out: dict[str, int] = {}
    rows = positions.rows("track", SHOWN, wanted.every_s)
    made = lines(rows, positions, left_out)
    return _layer("tracks", "MultiLineString", LINES, made, left_out)


def _ways(run: Run, positions: Positions, wanted: Wanted) -> Layer:
    rows = positions.rows("track", SHOWN, wanted.every_s)
    return _layer("tracks", "Point", POSITIONS, rows)


def _positions(run: Run, positions: Positions, wanted: Wanted) -> Layer:
    rows = positions.rows("time", (*SHOWN, "ended"), wanted.every_s)
    return _layer("positions", "Point", POSITIONS, rows)


def _picture(run: Run, positions: Positions, wanted: Wanted) -> Layer:
    span = positions.span()
    at = wanted.at or (span[1] if span else BEGIN_OF_TIME)
    if wanted.at and span and not span[0] <= at <= span[1] + timedelta(seconds=PICTURE_S):
        raise ConfigError(
            f"--at {_iso(at)}: this run's picture is from {_iso(span[0])} to {_iso(span[1])}"
        )
    return _layer("picture", "Point", POSITIONS, positions.at(at, PICTURE_S))


def _alerts(run: Run, positions: Positions, wanted: Wanted) -> Layer:
    left_out: dict[str, int] = {}
    rows = []
    for alert in read_alerts(run.folder):
        time = moment(alert.get("time"))
        if time is None:
            left_out["alerts without a usable time"] = (
                left_out.get("alerts without a usable time", 0) + 1
            )
        elif (wanted.begin is None or time >= wanted.begin) and (
            wanted.end is None or time < wanted.end
        ):
            rows.append(_alert(alert, time))
    return _layer("alerts", "Point", ALERTS, _batches(rows, ALERTS), left_out)


def _zones(run: Run, positions: Positions, wanted: Wanted) -> Layer:
    left_out: dict[str, int] = {}
    rows = []
    features = run.zones.get("features")
    for feature in features if isinstance(features, list) else []:
        row = _zone(feature)
        if row is None:
            left_out["zones without a usable geometry"] = (
                left_out.get("zones without a usable geometry", 0) + 1
            )
        else:
            rows.append(row)
    return _layer("zones", "Unknown", ZONES, _batches(rows, ZONES), left_out)


LAYERS: dict[str, Callable[[Run, Positions, Wanted], Layer]] = {
    "tracks": _tracks,
    "ways": _ways,
    "positions": _positions,
    "picture": _picture,
    "alerts": _alerts,
    "zones": _zones,
}


def moment(text: Any) -> datetime | None:
    """The UTC time of ISO 8601 text; without a zone it is UTC; None where it is no time."""
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _alert(alert: Mapping[str, Any], time: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"time": time, "evidence": clean(alert.get("evidence"))}
    for name in ("id", "rule", "severity", "state", "zone", "text"):
        row[name] = clean(alert.get(name))
    for name in ("track", "mmsi"):
        row[name] = whole(alert.get(name))
    for name in ("updated", "said"):
        row[name] = moment(alert.get(name))
    lon, lat = number(alert.get("lon")), number(alert.get("lat"))
    if lon is not None and lat is not None and abs(lon) <= 360 and abs(lat) <= 90:
        east = lon if abs(lon) <= 180 else (lon + 180) % 360 - 180
        row["geometry"] = shapely.to_wkb(shapely.Point(east, lat), byte_order=1)
    return row


def _zone(feature: Any) -> dict[str, Any] | None:
    try:
        geometry = shapely.to_wkb(shape(feature["geometry"]), byte_order=1, output_dimension=2)
        told = feature.get("properties") or {}
        row = {name: clean(told.get(name)) for name in ZONES.names if name not in _NOT_TEXT}
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
        return None
    rules = told.get("rules")
    row["rules"] = clean(", ".join(map(str, rules)) if isinstance(rules, list) else rules)
    return row | {"accuracy_m": number(told.get("accuracy_m")), "geometry": geometry}


_NOT_TEXT = ("rules", "accuracy_m", "geometry")


def _layer(
    name: str,
    geometry: str,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    left_out: dict[str, int] | None = None,
) -> Layer:
    return Layer(name, "", geometry, schema, batches, left_out={} if left_out is None else left_out)


def _batches(rows: list[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if rows:
        yield from pa.Table.from_pylist(rows, schema=schema).to_batches()


def _iso(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}Z"

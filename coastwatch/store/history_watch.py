"""When each sensor was heard in a run, from what the run said of itself; and hours made of that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

SILENT = "sensor-silent"
HOUR_S = 3600.0
Span = tuple[float, float]  # UTC seconds
UPTIME = pa.schema(
    [("sensor", pa.string()), ("kind", pa.string()), ("day", pa.date32()), ("hour", pa.int64()),
     ("share", pa.float64())]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """When a sensor was heard in one run; ``up`` is None where nothing tells."""

    sensor: str
    kind: str
    up: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True)
class Watched:
    """One run as the log of a history knows it: from when to when anything watched, and how."""

    run: str
    site: str
    from_s: float
    to_s: float
    feeds: Mapping[str, Any] = field(default_factory=dict)
    heard: tuple[Heard, ...] = ()


def heard_in(
    span: Span,
    sensors: Iterable[tuple[str, str]],
    summary: Mapping[str, Any],
    coverage: Mapping[str, Any],
    silences: Mapping[str, list[Span]],
) -> tuple[Heard, ...]:
    """Each sensor (id, kind) of a run over the run's span.

    A sensor was heard from the run's start, for nothing says when it was heard first, until its
    feeds were over, save the silences that ``coverage.json`` and the log of alerts have. What is
    blind in a sector is heard. ``silences`` are those of the log, by sensor.
    """
    told = summary.get("sensors", {})
    radars = coverage.get("radars", {})
    return tuple(
        Heard(name, kind, _up(span, told.get(name), radars.get(name, {}), silences.get(name, [])))
        for name, kind in sensors
    )


def silences_of(events: Iterable[Mapping[str, Any]]) -> list[Span]:
    """The silences that a sensor's alerts tell, from their events in order; inf: to the end."""
    found: list[Span] = []
    since: float | None = None
    for event in events:
        evidence = event["evidence"]
        if event["what"] in ("raised", "active again"):
            since = _number(evidence.get("silent_since_s"), event["time_s"])
        elif event["what"] == "rectified" and since is not None:
            lasted = _number(evidence.get("silent_s"), event["time_s"] - since)
            found.append((since, since + lasted))
            since = None
    return found if since is None else [*found, (since, math.inf)]


def uptime_table(runs: Iterable[Watched], begin: datetime, end: datetime) -> pa.Table:
    """A row a sensor and hour that begins in the span: the share of it in which it was heard.

    0 where no run watched; null where a run watched and nothing tells of the sensor.
    """
    first = begin.timestamp() // HOUR_S * HOUR_S
    first += HOUR_S * (first < begin.timestamp())
    hours = [
        first + k * HOUR_S for k in range(max(0, math.ceil((end.timestamp() - first) / HOUR_S)))
    ]
    kinds: dict[str, str] = {}
    ups: dict[str, list[Span]] = {}
    unknown: dict[str, list[Span]] = {}
    for run in runs:
        for heard in run.heard:
            kinds[heard.sensor] = heard.kind
            ups.setdefault(heard.sensor, []).extend(heard.up or ())
            if heard.up is None:
                unknown.setdefault(heard.sensor, []).append((run.from_s, run.to_s))
    rows: dict[str, list[Any]] = {name: [] for name in UPTIME.names}
    for sensor in sorted(kinds):
        spans, dark = union(ups[sensor]), union(unknown.get(sensor, []))
        for hour in hours:
            share = _within(spans, hour) / HOUR_S
            time = datetime.fromtimestamp(hour, UTC)
            known = not _within(dark, hour)
            values = (sensor, kinds[sensor], time.date(), time.hour, share if known else None)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return pa.table(rows, schema=UPTIME)


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans joined where they touch, in order."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        elif high > low:
            found.append((low, high))
    return found


def _up(
    span: Span, said: Mapping[str, Any] | None, radar: Mapping[str, Any], silences: list[Span]
) -> tuple[Span, ...] | None:
    if not said:
        return None
    if said.get("state") == "never heard":
        return ()
    down = list(silences)
    down += [
        (_seconds(episode["from"], span[0]), _seconds(episode["until"], math.inf))
        for episode in radar.get("episodes", [])
        if episode.get("what") == "silent"
    ]
    if said.get("silent_episodes", 0) > 0 and not down:
        return None
    if said.get("state") in ("over", "silent"):
        down.append((_seconds(said.get("last_heard"), span[1]), math.inf))
    return tuple(_less(span, union(down)))


def _less(span: Span, down: list[Span]) -> list[Span]:
    """What of a span is left outside of others, which are in order."""
    left, at = [], span[0]
    for low, high in down:
        if min(low, span[1]) > at:
            left.append((at, min(low, span[1])))
        at = max(at, high)
    return [*left, (at, span[1])] if at < span[1] else left


def _within(spans: list[Span], hour: float) -> float:
    return sum(max(0.0, min(high, hour + HOUR_S) - max(low, hour)) for low, high in spans)


def _seconds(text: Any, default: float) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return default


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else default

"""What a week's report counts: tracks, crossings and alerts of one span of event time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from coastwatch.model import Floats
from coastwatch.store.run import Run

# A line in the report needs no more vertices than paper shows.
POINTS_PER_TRACK = 120
LIKELY = 0.8


@dataclass(frozen=True, slots=True)
class Line:
    """One track's way over the week. ``what`` is "ais", "radar" or "small"."""

    what: str
    lon: Floats
    lat: Floats


@dataclass(frozen=True, slots=True)
class Week:
    """The figures of a span, each counted from the run's own files."""

    site: str
    begin: datetime
    end: datetime
    lines: list[Line]
    alerts: list[dict[str, Any]]
    alerts_by_day: list[tuple[datetime, int]]
    crossings: Counter[tuple[str, str]]
    zones: dict[str, Any]
    heard_from: datetime | None
    heard_until: datetime | None
    feeds: dict[str, Any]

    def count(self, what: str) -> int:
        """Confirmed tracks of a kind."""
        return sum(line.what == what for line in self.lines)


def week_of(run: Run, begin: datetime, end: datetime) -> Week:
    """The figures of ``begin`` <= time < ``end`` (UTC)."""
    tracks = _within(run.tracks, begin, end)
    alerts = [a for a in run.alerts if begin <= _time(a) < end]
    crossings = [c for c in run.crossings if begin <= _time(c) < end]
    days = [begin + timedelta(days=d) for d in range((end - begin).days)]
    per_day = Counter(_time(a).date() for a in alerts)
    heard = pc.min_max(tracks["time"]).as_py() if len(tracks) else {"min": None, "max": None}
    suspects = {a["track"] for a in alerts if a["rule"] == "small-unregistered-craft"}
    return Week(
        site=run.site.name,
        begin=begin,
        end=end,
        lines=_lines(tracks, suspects),
        alerts=alerts,
        alerts_by_day=[(day, per_day[day.date()]) for day in days],
        crossings=Counter((c["zone"], c["what"]) for c in crossings),
        zones=run.zones,
        heard_from=heard["min"],
        heard_until=heard["max"],
        feeds=run.summary.get("feeds", {}),
    )


def _within(tracks: pa.Table, begin: datetime, end: datetime) -> pa.Table:
    time = tracks["time"]
    kind = time.type
    inside = pc.and_(
        pc.greater_equal(time, pa.scalar(begin, kind)), pc.less(time, pa.scalar(end, kind))
    )
    believed = pc.is_in(tracks["status"], pa.array(["confirmed", "coasting"]))
    return tracks.filter(pc.and_(inside, believed))


def _lines(tracks: pa.Table, suspects: set[int]) -> list[Line]:
    if not len(tracks):
        return []
    order = pc.sort_indices(tracks, [("track", "ascending"), ("time", "ascending")])
    tracks = tracks.take(order)
    ids = tracks["track"].to_numpy()
    lon, lat = tracks["lon"].to_numpy(), tracks["lat"].to_numpy()
    identified = pc.is_valid(tracks["mmsi"]).to_numpy()
    small = np.minimum(tracks["p_small"].to_numpy(), tracks["p_unregistered"].to_numpy())
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    lines = []
    for start, stop in zip(starts, np.append(starts[1:], len(ids)), strict=True):
        pick = np.unique(np.linspace(start, stop - 1, POINTS_PER_TRACK).astype(int))
        what = "ais" if identified[stop - 1] else "radar"
        if int(ids[start]) in suspects or (what == "radar" and small[stop - 1] >= LIKELY):
            what = "small"
        lines.append(Line(what, lon[pick], lat[pick]))
    return lines


def _time(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["time"])

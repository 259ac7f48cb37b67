"""Which hours of a span were watched, by which sensor: so that no gap is read as an empty sea."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from coastwatch.model import Floats
from coastwatch.reports.span import Span
from coastwatch.store.history import History

# Below this share of an hour, the hour is drawn as not watched.
LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Watched:
    """``share`` (hours of the span,): of each, how much any sensor was heard; ``by`` each sensor
    (sensors, hours), NaN where nothing tells. ``first`` is when the first hour begins."""

    first: datetime
    share: Floats
    sensors: list[tuple[str, str]]  # id, kind
    by: Floats

    @property
    def hours(self) -> float:
        """Hours watched."""
        return float(self.share.sum())

    @property
    def dark(self) -> np.ndarray:
        """(hours,) whether the hour counts as not watched."""
        return np.asarray(self.share < LEAST)

    def day(self, k: int) -> Floats:
        """The share of each hour of the span's k-th day."""
        at = self.first.replace(hour=0, minute=0, second=0) + timedelta(days=k)
        start = int((at - self.first).total_seconds() // 3600)
        return self.share[max(start, 0) : max(start + 24, 0)]

    def gaps(self) -> list[tuple[datetime, datetime]]:
        """Spells of hours that were not watched, in order."""
        edges = np.diff(np.concatenate([[0], self.dark.astype(int), [0]]))
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        hour = timedelta(hours=1)
        return [(self.first + int(a) * hour, self.first + int(b) * hour)
                for a, b in zip(starts, ends, strict=True)]  # fmt: skip


def watched_in(history: History, span: Span) -> Watched:
    """The hours of a span. An hour of which no sensor tells counts as watched as far as a run
    covers it."""
    first = span.begin.replace(minute=0, second=0, microsecond=0)
    if first < span.begin:
        first += timedelta(hours=1)
    count = max(int(np.ceil((span.end - first) / timedelta(hours=1))), 0)
    ran = np.zeros(count)
    for run in history.runs(span.begin, span.end).to_pylist():
        low, high = ((_utc(run[k]) - first).total_seconds() / 3600 for k in ("from", "to"))
        hour = np.arange(count)
        ran = np.maximum(ran, np.clip(np.minimum(high, hour + 1) - np.maximum(low, hour), 0, 1))
    rows = history.uptime(span.begin, span.end).to_pylist()
    kinds = {row["sensor"]: row["kind"] for row in rows}
    order = sorted(kinds, key=lambda name: (kinds[name] != "radar", name))
    by = np.full((len(order), count), np.nan)
    for row in rows:
        at = datetime.combine(row["day"], datetime.min.time(), first.tzinfo)
        k = int((at - first).total_seconds() // 3600) + int(row["hour"])
        if 0 <= k < count and row["share"] is not None:
            by[order.index(row["sensor"]), k] = row["share"]
    told = np.isfinite(by).any(axis=0) if len(order) else np.zeros(count, dtype=bool)
    best = np.where(np.isfinite(by), by, 0.0).max(axis=0) if len(order) else np.zeros(count)
    return Watched(first, np.where(told, best, ran), [(n, kinds[n]) for n in order], by)


def _utc(time: datetime) -> datetime:
    stamp: datetime = time.to_pydatetime(warn=False) if hasattr(time, "to_pydatetime") else time
    return stamp

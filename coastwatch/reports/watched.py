"""Which time of a span was watched, by which sensor: so that no gap is read as an empty sea."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.reports.span import Span
from coastwatch.store.history_watch import Watched as Run
from coastwatch.store.history_watch import union

HOUR = timedelta(hours=1)
HOUR_S = 3600.0
# Below this share of an hour, the hour is drawn as not watched.
LEAST = 0.05
Spell = tuple[float, float]  # UTC seconds


@dataclass(frozen=True, slots=True)
class Watched:
    """The watch in a span, exactly and by hours of the clock, of which the first and the last may
    lie in it in part.

    ``first`` is when the first hour begins, ``lasts`` (hours,) how much of each lies in the span
    (h), ``share`` (hours,) how much of that any sensor was heard; ``by`` the same of each sensor
    (sensors, hours), NaN where nothing tells. ``spells`` are when any was heard, in order.
    """

    span: Span
    first: datetime
    lasts: Floats
    share: Floats
    sensors: list[tuple[str, str]]  # id, kind
    by: Floats
    spells: list[Spell]

    @property
    def hours(self) -> float:
        """Hours watched."""
        return sum(high - low for low, high in self.spells) / HOUR_S

    @property
    def dark(self) -> np.ndarray:
        """(hours,) whether the hour counts as not watched."""
        return np.asarray(self.share < LEAST)

    @property
    def place(self) -> Ints:
        """(hours,) the day of the span in which each hour lies."""
        return np.asarray((self.first.hour + np.arange(len(self.share))) // 24, dtype=np.int64)

    def day(self, k: int) -> Floats:
        """The share of each hour of the span's k-th day."""
        found: Floats = self.share[self.place == k]
        return found

    def day_hours(self, k: int) -> float:
        """Hours watched on the span's k-th day."""
        here = self.place == k
        return float((self.share * self.lasts)[here].sum())

    def gaps(self) -> list[tuple[datetime, datetime]]:
        """Spells of the span that were not watched, in order; none of under three minutes."""
        zone = self.span.begin.tzinfo
        edges = [self.span.begin.timestamp()]
        edges += [edge for spell in self.spells for edge in spell]
        edges.append(self.span.end.timestamp())
        return [
            (datetime.fromtimestamp(low, zone), datetime.fromtimestamp(high, zone))
            for low, high in zip(edges[::2], edges[1::2], strict=True)
            if high - low >= LEAST * HOUR_S
        ]


def watched_in(runs: Sequence[Run], span: Span, site: Iterable[tuple[str, str]] = ()) -> Watched:
    """The watch of runs in a span: when any sensor was heard; of a run that tells of none of its
    sensors, as far as it covers the span. ``site`` are the sensors (id, kind) where none ran."""
    first, last = _floor(span.begin), span.end
    starts = first.timestamp() + HOUR_S * np.arange(int(np.ceil((last - first) / HOUR)))
    low = np.maximum(starts, span.begin.timestamp())
    high = np.minimum(starts + HOUR_S, span.end.timestamp())
    spells = _cut(union(spell for run in runs for spell in _heard(run)), span)
    kinds = {one.sensor: one.kind for run in runs if _cut([_all(run)], span) for one in run.heard}
    kinds = kinds or dict(site)
    order = sorted(kinds, key=lambda name: (kinds[name] != "radar", name))
    by = np.array([_of_sensor(runs, name, low, high) for name in order]).reshape(-1, len(low))
    return Watched(
        span, first, (high - low) / HOUR_S, _share(spells, low, high),
        [(name, kinds[name]) for name in order], by, spells,
    )  # fmt: skip


def _floor(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _all(run: Run) -> Spell:
    return run.from_s, run.to_s


def _heard(run: Run) -> Sequence[Spell]:
    """When a run watched."""
    told = [one.up for one in run.heard if one.up is not None]
    return [spell for up in told for spell in up] if told else [_all(run)]


def _of_sensor(runs: Iterable[Run], sensor: str, low: Floats, high: Floats) -> Floats:
    up: list[Spell] = []
    unknown: list[Spell] = []
    for run in runs:
        for one in run.heard:
            if one.sensor == sensor:
                up += one.up or ()
                unknown += [_all(run)] if one.up is None else []
    share = _share(union(up), low, high)
    return np.where(_share(union(unknown), low, high) > 0, np.nan, share)


def _cut(spells: Iterable[Spell], span: Span) -> list[Spell]:
    low, high = span.begin.timestamp(), span.end.timestamp()
    return [(max(a, low), min(b, high)) for a, b in spells if min(b, high) > max(a, low)]


def _share(spells: Iterable[Spell], low: Floats, high: Floats) -> Floats:
    """How much of each piece of time lies in spells that do not overlap."""
    found = np.zeros(len(low))
    for a, b in spells:
        found += np.clip(np.minimum(high, b) - np.maximum(low, a), 0, None)
    return np.asarray(np.clip(found / (high - low), 0, 1))

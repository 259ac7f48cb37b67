"""Event-time order: detections of many feeds wait here until no earlier one is expected.

The picture is drawn in slices of ``picture_s`` of event time. A slice is released, whole and
sorted, when the watermark has passed its end; what comes for a released slice is late, counted
and left out. All decisions follow from the sequence of datagrams alone, never from a clock, so a
replay of the journal releases the same slices.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from coastwatch.model import Datagram, Detections

# A source that lags more than this no longer holds the picture back; what it sends is then late.
PATIENCE_S = 30.0
# A claimed time further than this from the receiver's clock is no delay but a wrong clock (or a
# log that somebody plays back): the receiver's clock counts instead.
CLOCK_WRONG_S = 86_400.0
CLOCK_AHEAD_S = 60.0
TIME_MAX_S = 1e10  # the year 2286
# The usual lag of a source is its greatest one, forgotten at this rate.
LAG_DECAY = 0.01


@dataclass(slots=True)
class _Source:
    """What is known of one feed's timeliness: ``lag_s`` where it is received, else ``time_s``."""

    rank: int
    received: bool = False
    lag_s: float = 0.0
    heard_s: float = -math.inf
    time_s: float = -math.inf
    ended: bool = False


class Reorder:
    """Buffers detections and releases them slice by slice in total order.

    The watermark is the least, over all sources, of (receiver's clock - usual lag) where
    reception times are known and of the median event time of the last chunk where not (a plain
    file, whose single wrong stamp must not carry the picture away), less ``lateness_s``.
    """

    def __init__(self, picture_s: float, lateness_s: float) -> None:
        self.late: Counter[str] = Counter()
        self.clock_replaced: Counter[str] = Counter()
        self.out_of_range: Counter[str] = Counter()
        self._picture_s = picture_s
        self._lateness_s = lateness_s
        self._sources: dict[str, _Source] = {}
        self._slices: dict[int, list[tuple[int, Detections]]] = {}
        self._released = -(2**62)
        self._clock_s = -math.inf

    def position_s(self, feed: str) -> float:
        """How far a feed has come in time, -inf where that is unknown: who to read from next."""
        source = self._source(feed)
        return source.heard_s if source.received else source.time_s

    def add(self, datagram: Datagram, detections: Detections) -> None:
        """Take what one datagram held. ``detections.time_s`` may be changed to received time.

        An empty datagram without a reception time announces its feed: until it speaks or ends,
        it holds the picture back.
        """
        source = self._source(datagram.feed)
        detections = self._timed(datagram.feed, detections)
        if datagram.received_ns:
            self._hear(source, datagram, detections)
        elif len(detections):
            middle = float(np.median(detections.time_s))
            source.time_s = max(source.time_s, middle)
            ahead = detections.time_s > source.time_s + CLOCK_WRONG_S
            if ahead.any():
                self.out_of_range[datagram.feed] += int(ahead.sum())
                detections = detections.take(~ahead)
        # A feed that ended may speak again, when an interrupted watch is continued.
        source.ended = datagram.end and not datagram.peer
        if len(detections):
            self._buffer(datagram.feed, source.rank, detections)

    def ready(self, final: bool = False) -> list[tuple[float, Detections]]:
        """The slices now complete, as (end of the slice in UTC seconds, sorted detections)."""
        mark = math.inf if final else self._watermark_s()
        if mark == -math.inf:
            return []
        bounded = mark < math.inf
        last = math.floor(mark / self._picture_s) - 1 if bounded else max(self._slices, default=0)
        due = sorted(k for k in self._slices if k <= last)
        if bounded or due:
            self._released = max(self._released, last)
        return [((k + 1) * self._picture_s, _sorted(self._slices.pop(k))) for k in due]

    @property
    def watermark_s(self) -> float:
        """No detection before this is waited for any more."""
        return (self._released + 1) * self._picture_s

    def _source(self, feed: str) -> _Source:
        if feed not in self._sources:
            self._sources[feed] = _Source(rank=len(self._sources))
        return self._sources[feed]

    def _timed(self, feed: str, detections: Detections) -> Detections:
        known = np.isfinite(detections.time_s) & (np.abs(detections.time_s) < TIME_MAX_S)
        if known.all():
            return detections
        self.out_of_range[feed] += int((~known).sum())
        return detections.take(known)

    def _hear(self, source: _Source, datagram: Datagram, detections: Detections) -> None:
        now_s = datagram.received_ns / 1e9
        if source.received:
            source.lag_s = max(0.0, source.lag_s - LAG_DECAY * max(0.0, now_s - source.heard_s))
        source.received, source.heard_s = True, now_s
        self._clock_s = max(self._clock_s, now_s)
        if not len(detections):
            return
        lag_s = now_s - detections.time_s
        wrong = (lag_s > CLOCK_WRONG_S) | (lag_s < -CLOCK_AHEAD_S)
        if wrong.any():
            self.clock_replaced[datagram.feed] += int(wrong.sum())
            detections.time_s[wrong] = now_s
            lag_s[wrong] = 0.0
        usual = lag_s[lag_s <= PATIENCE_S]
        if len(usual):
            source.lag_s = max(source.lag_s, float(usual.max()))

    def _watermark_s(self) -> float:
        marks = [
            self._clock_s - s.lag_s if s.received else s.time_s
            for s in self._sources.values()
            if not s.ended
        ]
        return min(marks, default=math.inf) - self._lateness_s

    def _buffer(self, feed: str, rank: int, detections: Detections) -> None:
        index = np.floor(detections.time_s / self._picture_s).astype(np.int64)
        late = index <= self._released
        if late.any():
            self.late[feed] += int(late.sum())
        for k in np.unique(index[~late]).tolist():
            self._slices.setdefault(k, []).append((rank, detections.take(index == k)))


def merge(
    sources: Mapping[str, Iterator[Datagram]], position_s: Callable[[str], float]
) -> Iterator[Datagram]:
    """The datagrams of several files, always next from the one that is furthest behind in time.

    That is the earliest reception, where it is known: a feed that paused must not carry the
    clock past what the others still hold. ``position_s(feed)`` says how far a feed without it has
    come (``Reorder.position_s``). Each feed is announced first by an empty datagram, so that the
    picture waits for all of them.
    """
    for feed in sources:
        yield Datagram(0, feed, b"")
    heads = {feed: next(source, None) for feed, source in sources.items()}
    waiting = {feed: head for feed, head in heads.items() if head is not None}

    def when_s(feed: str) -> float:
        received_ns = waiting[feed].received_ns
        return received_ns / 1e9 if received_ns else position_s(feed)

    while waiting:
        feed = min(waiting, key=when_s)
        yield waiting[feed]
        head = next(sources[feed], None)
        if head is None:
            del waiting[feed]
        else:
            waiting[feed] = head


def _sorted(parts: list[tuple[int, Detections]]) -> Detections:
    """Total order: event time, then feed, then what was seen, so that rows of one time have one
    order however they came; arrival decides only between rows that say the same."""
    batch = Detections.concat([d for _, d in parts])
    rank = np.concatenate([np.full(len(d), r) for r, d in parts])
    order = np.lexsort((rank, batch.time_s))
    if (np.diff(batch.time_s[order]) == 0).any():
        d = batch
        seen = (d.range_m, d.azimuth_rad, d.lat, d.lon, d.target, d.mmsi, d.kind, d.sensor)
        order = np.lexsort((*seen, rank, d.time_s))
    return batch.take(order)

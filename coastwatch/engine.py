"""The loop: feeds -> journal -> decode -> order -> track -> watch -> store.

Live, batch and replay differ only in where the datagrams come from: ``live`` reads the site's
feeds as they speak, ``files`` merges files by time, ``read_journal`` plays a journal.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.decode.base import Decoder
from coastwatch.flagging import Flagging
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.inbox import DESKS, Inbox
from coastwatch.model import (
    Alert,
    AlertEvent,
    Balance,
    Crossing,
    Datagram,
    Detections,
    InputError,
    Reject,
    Status,
    Tracks,
    Vessel,
    Zone,
)
from coastwatch.opening import check_editions, context_of, open_feed
from coastwatch.order import Reorder
from coastwatch.sensors.health import Health
from coastwatch.site import Feed, Site
from coastwatch.track import Tracker
from coastwatch.watch import Heard, Watch

# While nothing is heard, tracks coast; their pictures are this far apart.
HEARTBEAT_S = 10.0
STEP_MIN_S = 0.1
# Feeds that nobody declared (a journal of another site) are few; more than this is an attack.
FEEDS_MAX = 1_000
VESSELS_KEPT = 50_000


@dataclass(slots=True)
class Picture:
    """What one slice of event time brought."""

    tracks: Tracks
    alerts: list[Alert]
    crossings: list[Crossing]
    events: list[AlertEvent]


@dataclass(slots=True)
class FeedCount:
    """One feed's books, before its decoder's."""

    datagrams: int = 0
    bytes: int = 0
    detections: int = 0


@dataclass(slots=True)
class Counts:
    """The books of the run, from the first byte to the last alert."""

    feeds: dict[str, FeedCount] = field(default_factory=dict)
    pictures: int = 0
    tracks_confirmed: int = 0
    tracks_ended: int = 0
    alerts: Counter[str] = field(default_factory=Counter)
    crossings: int = 0
    first_s: float = math.inf
    last_s: float = -math.inf


class Engine:
    """The one step: ``take(datagram)`` gives the pictures that became complete by it.

    No clock, no randomness, no I/O: the same datagrams in the same order give the same pictures.
    The lives of the tracks ``explain`` are kept, look by look, in ``tracker.lives``.
    """

    def __init__(
        self, site: Site, zones: Sequence[Zone], explain: frozenset[int] = frozenset()
    ) -> None:
        self.site = site
        self.plane = Plane(site.origin)
        self.counts = Counts()
        self.order = Reorder(site.picture_s, site.lateness_s)
        self.tracker = Tracker(site, self.plane, explain)
        # Feeds that cannot be what they claim to be, with the reason; the others go on.
        self.refused: dict[str, str] = {}
        self._flagging = Flagging()
        self.desk = Inbox()
        self._said: list[Vessel] = []  # since the last picture, and what is dated after it
        self._told: deque[Vessel] = deque(maxlen=VESSELS_KEPT)  # for who writes them down
        self._sent = Transmissions()  # what one receiver delivered, another's is not new
        self.watch = Watch(site, zones, self.plane)
        self._health = Health(site, self.plane)
        self._feeds = {feed.id: feed for feed in site.feeds}
        self._decoders: dict[str, Decoder] = {}
        self._confirmed: set[int] = set()
        check_editions(site)
        self._time_s = -math.inf
        self._alive = False

    def take(self, datagram: Datagram) -> Iterator[Picture]:
        """Decode one datagram; yield the pictures that are complete now."""
        if datagram.feed.startswith(DESKS):
            zones = self.desk.take(datagram)
            if zones is not None:
                self.watch.exchange(zones)
            yield from self._coast_until(self.order.watermark_s)
            return
        detections = self._decode(datagram)
        if datagram.feed in self.counts.feeds:
            over = datagram.end and not datagram.peer
            self._health.feed(datagram.feed, detections, over)
        self.order.add(datagram, detections)
        for end_s, batch in self.order.ready():
            yield from self._advance(end_s, batch)
        yield from self._coast_until(self.order.watermark_s)

    def finish(self) -> Iterator[Picture]:
        """Yield the pictures that still waited for late sources: no more input will come."""
        for end_s, batch in self.order.ready(final=True):
            yield from self._advance(end_s, batch)
        if (acts := self.desk.late_acts()) and math.isfinite(self._time_s):
            # What was done about the alerts when all was over: no time passes for tracks.
            none = Tracks.empty(self._time_s, len(self.site.sensors))
            yield Picture(none, [], [], self.watch.act(acts, self._time_s))

    def take_vessels(self) -> list[Vessel]:
        """What vessels said of themselves since the last call."""
        told = list(self._told)
        self._told.clear()
        return told

    def take_rejects(self) -> list[Reject]:
        """Refused input since the last call, of each feed as much as its decoder kept."""
        taken: list[Reject] = []
        for decoder in self._decoders.values():
            taken.extend(decoder.rejects)
            decoder.rejects.clear()
        return taken

    def summary(self) -> dict[str, Any]:
        """Counts in and out at each stage, rejected by reason; JSON-ready."""
        c = self.counts
        return {
            "site": self.site.name,
            "event_from": _iso(c.first_s),
            "event_until": _iso(c.last_s),
            "feeds": {feed: self._feed_summary(feed) for feed in sorted(c.feeds)},
            "tracks": {
                "pictures": c.pictures,
                "confirmed": c.tracks_confirmed,
                "ended": c.tracks_ended,
                "counts": dict(sorted(self.tracker.counts.items())),
            },
            "crossings": c.crossings,
            "sensors": self._health.summary(),
            "registration": self.tracker.registration.summary(),
            "refused": self.refused,
            "alerts": {"total": c.alerts.total(), "by_rule": dict(sorted(c.alerts.items()))},
        }

    def coverage(self) -> dict[str, Any]:
        """What the radars achieved by range and azimuth against what the site promises, and what
        was heard of the AIS reports that were due."""
        return self._health.coverage() | {"ais": self.tracker.heard()}

    def _decode(self, datagram: Datagram) -> Detections:
        name = datagram.feed
        count = self.counts.feeds.get(name)
        if count is None:
            # An empty name is the live loop's tick: time passes, nothing was heard.
            if not name or len(self.counts.feeds) >= FEEDS_MAX:
                return Detections.empty()
            count = self.counts.feeds[name] = FeedCount()
            self._decoders[name] = self.open_feed(name)
        count.datagrams += 1 if datagram.data else 0
        count.bytes += len(datagram.data)
        if name in self.refused or not (datagram.data or datagram.end):
            return Detections.empty()
        decoder = self._decoders[name]
        repeated = decoder.counts["duplicates"]
        try:
            detections = decoder.detections(datagram)
        except InputError as error:
            self.refused[name] = str(error)
            return Detections.empty()
        count.detections += len(detections)
        self._listen(decoder.take_vessels())
        if decoder.counts["duplicates"] > repeated:
            # Its station lives, though another one was first with all that it heard.
            self._health.touch(self._sensor_of(name), self._heard_s(datagram))
        return detections

    def open_feed(self, name: str) -> Decoder:
        """A decoder for the feed of that name, which knows the site's sensors."""
        feed = self._feeds.get(name, Feed(url="", id=name))
        return open_feed(feed, context_of(self.site, feed, self._sent))

    def _sensor_of(self, feed: str) -> int:
        sensor = self._feeds[feed].sensor if feed in self._feeds else None
        return self.site.sensor_index(sensor) if sensor else -1

    def _heard_s(self, datagram: Datagram) -> float:
        known = datagram.received_ns > 0
        return datagram.received_ns / 1e9 if known else self.order.position_s(datagram.feed)

    def _advance(self, end_s: float, batch: Detections) -> Iterator[Picture]:
        yield from self._coast_until(end_s - self.site.picture_s)
        self.counts.first_s = min(self.counts.first_s, float(batch.time_s[0]))
        self.counts.last_s = max(self.counts.last_s, float(batch.time_s[-1]))
        yield self._draw(place(batch, self.site, self.plane), end_s)

    def _coast_until(self, until_s: float) -> Iterator[Picture]:
        while (next_s := self._next_s()) <= until_s:
            yield self._draw(Detections.empty(), next_s)

    def _next_s(self) -> float:
        """When a picture is due though nothing is heard: tracks coast, a sensor falls silent."""
        beat_s = self._time_s + HEARTBEAT_S if self._alive else math.inf
        due_s = min(beat_s, self._health.due_s)
        if math.isfinite(self._time_s):
            acted_s = self._time_s + self.site.picture_s if self.desk.waiting else math.inf
            due_s = min(due_s, acted_s, max(self.watch.due_s, self._time_s + STEP_MIN_S))
        return due_s

    def _draw(self, batch: Detections, time_s: float) -> Picture:
        tracks = self.tracker.step(batch, time_s)
        vessels = self._spoken(time_s)
        flags = self._flagging.step(batch, vessels)
        says = self._health.step(batch, tracks, time_s)
        heard = Heard(batch, vessels, flags, says, self.desk.acts())
        seen = self.watch.step(tracks, heard)
        self._time_s, self._alive = time_s, len(tracks) > 0
        self._count(tracks, seen.alerts, seen.crossings)
        return Picture(tracks, *seen)

    def _listen(self, vessels: list[Vessel]) -> None:
        """Statics are not measured: they wait for the picture of their time, and are never late."""
        self._told.extend(vessels)
        self._said += vessels
        del self._said[:-VESSELS_KEPT]

    def _spoken(self, time_s: float) -> list[Vessel]:
        due = [v for v in self._said if v.time_s <= time_s]
        self._said = [v for v in self._said if v.time_s > time_s]
        return sorted(due, key=lambda v: (v.time_s, v.mmsi))

    def _count(self, tracks: Tracks, alerts: list[Alert], crossings: list[Crossing]) -> None:
        c = self.counts
        c.pictures += 1
        c.crossings += len(crossings)
        c.alerts.update(alert.rule for alert in alerts)
        ended = set(tracks.id[tracks.status == Status.ENDED].tolist())
        believed = (tracks.status == Status.CONFIRMED) | (tracks.status == Status.COASTING)
        confirmed = set(tracks.id[believed].tolist())
        c.tracks_confirmed += len(confirmed - self._confirmed)
        c.tracks_ended += len(ended & self._confirmed)
        self._confirmed = (self._confirmed | confirmed) - ended

    def _feed_summary(self, feed: str) -> dict[str, Any]:
        decoder = self._decoders[feed]
        balance: Balance = decoder.balance
        books = asdict(self.counts.feeds[feed]) | asdict(balance)
        books["rejected"] = dict(sorted(balance.rejected.items()))
        books["difference"] = balance.difference
        books["late"] = self.order.late[feed]
        books["clock_replaced"] = self.order.clock_replaced[feed]
        books["time_out_of_range"] = self.order.out_of_range[feed]
        return books | {"decoder": dict(sorted(decoder.counts.items()))}


def _iso(time_s: float) -> str | None:
    if not math.isfinite(time_s):
        return None
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")

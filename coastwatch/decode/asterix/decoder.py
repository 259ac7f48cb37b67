"""Radar's ASTERIX bytes to records and to detections; what is damaged costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.detect import DAY_S, VIEWS, DayClock, Row, View, columns
from coastwatch.decode.asterix.editions import Block, Editions, NoEdition
from coastwatch.decode.asterix.structures import Malformed
from coastwatch.decode.asterix.tables import CATEGORIES
from coastwatch.decode.asterix.video import Video
from coastwatch.decode.base import RAW_KEPT, Books, Context
from coastwatch.decode.envelopes import Envelopes
from coastwatch.decode.framing import Blocks
from coastwatch.decode.stamps import iso
from coastwatch.decode.video.cat240 import BadVideo
from coastwatch.geo.geodesy import geodesic
from coastwatch.model import Datagram, Detections, Reject, Vessel

if TYPE_CHECKING:
    from coastwatch.decode.asterix.bulk import Reader

ADDRESSES_KEPT = 20
# The kernels cost half a second to load: they pay from a megabyte on, in chunks of some length.
BULK_FROM, BULK_CHUNK = 1 << 20, 1 << 14
MISPLACED_M = 500.0
VIDEO = 240
UNUSABLE = "CAT 240 video:"  # read well, but not as video

Needed = Callable[[int], Collection[str] | None]
Found = tuple[int, int, dict[str, Any]]  # category, number of the record, its items


class AsterixDecoder(Books):
    """One feed of ASTERIX data blocks; categories without a table are counted and ignored.

    A frame is a record; what cannot be read of a block is one rejected frame, and so is each
    place where the framing lost its way. ``unknown_sensors`` counts records by the SAC and SIC
    of radars that the site does not have (of the first twenty such addresses).
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.feed)
        self.unknown_sensors: Counter[tuple[int, int]] = Counter()
        self._context = context
        self._blocks = Blocks()
        self._envelopes = Envelopes()
        self._clock = DayClock(context.date_s)
        self._editions = Editions(context.editions)
        self._misplaced: dict[int, str] = {}
        self._video: Video | None = None
        self._extracted: list[Detections] = []
        self._is_stream = False
        self._bytes = 0
        self.reader: Reader | None = None  # of detections in bulk

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """Every record with all its items, JSON-ready; units are those of the specification."""
        received = _received(datagram.received_ns)
        found = [
            {
                "cat": category,
                "sac": items.get("010", {}).get("SAC"),
                "sic": items.get("010", {}).get("SIC"),
                "received": received,
                "line": line,
                "items": items,
            }
            for category, line, items in self._read(self.blocks(datagram), everything)
        ]
        self.count_lost()
        return found

    def detections(self, datagram: Datagram) -> Detections:
        """Plots, sensors' tracks and looks; only the items that they need are read."""
        blocks = list(self.blocks(datagram))
        self._is_stream = not datagram.whole
        if self._in_bulk(datagram) and not any(block[0] == VIDEO for block in blocks):
            from coastwatch.decode.asterix.bulk_detect import detections

            found = detections(self, blocks, datagram.received_ns)
        else:
            found = self._detections(blocks, datagram.received_ns)
        self.count_lost()
        if self._video:
            video = [*self._extracted, self._video.detections(datagram.end)]
            self._extracted = []
            found = Detections.concat([found, *video])
        return found

    def _in_bulk(self, datagram: Datagram) -> bool:
        if not datagram.received_ns:
            # A live picture must not wait for kernels to be compiled, and needs none.
            self._bytes += len(datagram.data)
        return len(datagram.data) >= BULK_CHUNK and self._bytes >= BULK_FROM

    def _detections(self, blocks: Iterable[bytes], received_ns: int) -> Detections:
        rows = []
        for category, line, items in self._read(blocks, needed):
            if category == VIDEO:
                self._take_video(items, line, received_ns)
                continue
            row = self._row(category, items, received_ns)
            if isinstance(row, str):
                self.counts[row] += 1
            else:
                rows.append(row)
        return columns(rows)

    def take_vessels(self) -> list[Vessel]:
        """None: radar knows no vessel's name."""
        return []

    # What the bulk reader needs of the decoder, too: blocks, what is in one, and the books.

    @property
    def has_lost(self) -> bool:
        """Whether the framing has lost bytes that are not yet in the books."""
        return bool(self._blocks.dropped or self._envelopes.dropped)

    def blocks(self, datagram: Datagram) -> Iterator[bytes]:
        """The blocks that a datagram completes."""
        return (b for d in self._envelopes.open(datagram) for b in self._blocks.push(d))

    def table(self, block: bytes) -> Category | None:
        """The table by which a block of a known category is read first; None: it has to tell."""
        return self._editions.table(block)

    def read_block(self, block: bytes, only: Needed) -> Block:
        """The records of a block of a known category, as far as they can be read."""
        try:
            return self._editions.read(block, only)
        except Malformed as error:
            return Block([], 3, error)

    def ignore(self, block: bytes) -> None:
        """Count a block of a category without a table; the caller counts its frame."""
        self.balance.ignored += 1
        self.counts[f"category {block[0]:03d}"] += 1

    def _read(self, blocks: Iterable[bytes], only: Needed) -> Iterator[Found]:
        for block in blocks:
            if block[0] in CATEGORIES:
                yield from self._block(block, only)
            else:
                self.balance.frames += 1
                self.ignore(block)

    def _block(self, block: bytes, only: Needed) -> Iterator[Found]:
        found = self.read_block(block, only)
        for items in found.records:
            self.balance.frames += 1
            self.balance.decoded += 1
            yield block[0], self.balance.frames, items
        if found.error:
            self.balance.frames += 1
            self.refuse(found.error, found.at, block)

    def refuse(self, error: Malformed, at: int, block: bytes) -> None:
        """Count what is left of a block as one frame; the kept text says also where it began."""
        item = f" item {error.item}" if error.item else ":"
        reason = f"CAT {block[0]:03d}{item} {error.reason}"
        self.balance.rejected[reason] += 1
        place = f"{reason}, record at octet {at} of {len(block)}"
        if isinstance(error, NoEdition):
            place = f"{reason} {len(block)} octets: {error.details}"
        raw = block[at : at + RAW_KEPT]
        self.rejects.append(Reject(place, self.balance.frames, raw, self._feed))

    def count_lost(self) -> None:
        """Enter what the framing could not make a block of: a frame each."""
        for framing in (self._envelopes, self._blocks):
            self.balance.frames += framing.dropped.total()
            self.balance.rejected.update(framing.dropped)
            self.rejects.extend(framing.rejects)
            framing.dropped.clear()
            framing.rejects.clear()

    def _row(self, category: int, items: dict[str, Any], received_ns: int) -> Row | str:
        view = VIEWS.get(category)
        if view is None:
            return f"category {category:03d} is no detection"
        time_s = self.time(view, items.get(view.time), received_ns)
        if isinstance(time_s, str):
            return time_s
        sensor = self.sensor(items.get("010"))
        if "120" in items and sensor >= 0:
            self.compare(sensor, items["120"])
        row = view.row(items, time_s, sensor)
        if isinstance(row, Row) and not self.is_dated:
            self.counts["undated"] += 1
        return row

    def _take_video(self, items: dict[str, Any], line: int, received_ns: int) -> None:
        """One record of video; one that cannot be used is refused after all."""
        self._video = self._video or Video(self._context, self.counts)
        of_day_s = items.get("140")
        if of_day_s is not None:
            time_s: float | None = self._clock.join(of_day_s % DAY_S, received_ns)
        else:
            time_s = received_ns / 1e9 if received_ns else None
        if self._video.is_full and self._is_stream:
            self._extracted.append(self._video.detections(False))
        try:
            self._video.add(items, time_s, self.sensor(items.get("010")))
        except BadVideo as error:
            self.balance.decoded -= 1
            self.reject(f"{UNUSABLE} {error}", line, b"")

    @property
    def is_dated(self) -> bool:
        """Whether times of day could be joined to a day."""
        return self._clock.is_dated

    def time(self, view: View, of_day_s: float | None, received_ns: int) -> float | str:
        """UTC seconds of a record, or the reason why nobody knows."""
        if of_day_s is None:
            truncated = view.wraps_s < DAY_S
            time_s = self._clock.now_s(received_ns) if truncated else None
            return "no time of day" if time_s is None else time_s
        of_day_s %= DAY_S  # a clock may run a little past midnight before it is set back
        time_s = self._clock.join(of_day_s, received_ns, view.wraps_s)
        return "no time of day before a truncated one" if time_s is None else time_s

    def compare(self, sensor: int, said: dict[str, float]) -> None:
        """Count where a radar's own word for its place (034/120) is far from the site's."""
        if sensor >= len(self._context.positions):
            return
        lon, lat = self._context.positions[sensor]
        away_m = float(geodesic(lon, lat, said["LON"], said["LAT"])[0])
        if away_m <= MISPLACED_M:
            return
        if sensor not in self._misplaced:
            names = {index: name for name, index in self._context.sensors.items()}
            self._misplaced[sensor] = (
                f"{names.get(sensor, f'sensor {sensor}')}: I034/120 says {said['LON']:.4f}, "
                f"{said['LAT']:.4f}: {away_m / 1e3:.1f} km from site.toml"
            )
        self.counts[self._misplaced[sensor]] += 1

    def sensor(self, address: dict[str, int] | None) -> int:
        """The site's sensor of that address; one that it does not have is counted."""
        if address is None:
            return self._context.sensor
        known = self._context.asterix(address["SAC"], address["SIC"])
        if known >= 0 or self._context.sensor >= 0:
            return known if known >= 0 else self._context.sensor
        key = address["SAC"], address["SIC"]
        if key in self.unknown_sensors or len(self.unknown_sensors) < ADDRESSES_KEPT:
            self.unknown_sensors[key] += 1
            self.counts[f"unknown sensor {key[0]}/{key[1]}"] += 1
        else:
            self.counts["unknown sensor, others"] += 1
        return -1


def everything(category: int) -> None:
    """No choice of items: all are read."""


def needed(category: int) -> Collection[str]:
    """The items that detections are made of."""
    return VIEWS[category].items if category in VIEWS else ()


def _received(received_ns: int) -> str | None:
    return iso(received_ns / 1e9) if 0 < received_ns < 1 << 63 else None

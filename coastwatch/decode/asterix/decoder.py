"""Radar's ASTERIX bytes to records and to detections; what is damaged costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from coastwatch.decode.asterix.cat034 import CAT_034
from coastwatch.decode.asterix.cat048 import CAT_048
from coastwatch.decode.asterix.cat062 import CAT_062
from coastwatch.decode.asterix.cat240 import CAT_240
from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.detect import DAY_S, VIEWS, DayClock, Row, columns
from coastwatch.decode.asterix.structures import Malformed
from coastwatch.decode.asterix.video import Video
from coastwatch.decode.base import RAW_KEPT, Books, Context
from coastwatch.decode.framing import Blocks
from coastwatch.decode.stamps import iso
from coastwatch.decode.video.cat240 import BadVideo
from coastwatch.model import Datagram, Detections, Reject, Vessel

CATEGORIES = {category.number: category for category in (CAT_034, CAT_048, CAT_062, CAT_240)}
ADDRESSES_KEPT = 20
UNUSABLE = "CAT 240 video:"  # read well, but not as video

Found = tuple[int, int, dict[str, Any]]  # category, number of the record, its items


class AsterixDecoder(Books):
    """One feed of ASTERIX data blocks: CAT 034, 048 and 062; others are counted and ignored.

    A frame is a record; what cannot be read of a block is one rejected frame, and so is each
    place where the framing lost its way. ``unknown_sensors`` counts records by the SAC and SIC
    of radars that the site does not have (of the first twenty such addresses).
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.feed)
        self.unknown_sensors: Counter[tuple[int, int]] = Counter()
        self._context = context
        self._blocks = Blocks()
        self._clock = DayClock(context.date_s)
        self._video: Video | None = None

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """Every record with all its items, JSON-ready; units are those of the specification."""
        received = _received(datagram.received_ns)
        return [
            {
                "cat": category,
                "sac": items.get("010", {}).get("SAC"),
                "sic": items.get("010", {}).get("SIC"),
                "received": received,
                "line": line,
                "items": items,
            }
            for category, line, items in self._read(datagram, whole=True)
        ]

    def detections(self, datagram: Datagram) -> Detections:
        """Plots (048), system tracks (062) and looks (034); only the items they need are read."""
        rows = []
        for category, line, items in self._read(datagram, whole=False):
            if category == CAT_240.number:
                self._take_video(items, line, datagram.received_ns)
                continue
            row = self._row(category, items, datagram.received_ns)
            if isinstance(row, str):
                self.counts[row] += 1
            else:
                rows.append(row)
        found = columns(rows)
        return (
            Detections.concat([found, self._video.detections(datagram.end)])
            if self._video
            else found
        )

    def take_vessels(self) -> list[Vessel]:
        """None: radar knows no vessel's name."""
        return []

    def _read(self, datagram: Datagram, whole: bool) -> Iterator[Found]:
        for block in self._blocks.push(datagram):
            category = CATEGORIES.get(block[0])
            if category is None:
                self.balance.frames += 1
                self.balance.ignored += 1
                self.counts[f"category {block[0]:03d}"] += 1
            else:
                only = None if whole else VIEWS[category.number].items
                yield from self._block(category, block, only)
        self._count_lost()

    def _block(
        self, category: Category, block: bytes, only: Collection[str] | None
    ) -> Iterator[Found]:
        at, end = 3, len(block)
        while at < end:
            self.balance.frames += 1
            start = at
            try:
                items, at = category.decode(block, at, end, only)
            except Malformed as error:
                self._refuse(category, error, start, block)
                return
            self.balance.decoded += 1
            yield category.number, self.balance.frames, items

    def _refuse(self, category: Category, error: Malformed, at: int, block: bytes) -> None:
        """Count what is left of a block as one frame; the kept text says also where it began."""
        reason = f"CAT {category.number:03d} item {error.item} {error.reason}"
        self.balance.rejected[reason] += 1
        place = f"{reason}, record at octet {at} of {len(block)}"
        raw = block[at : at + RAW_KEPT]
        self.rejects.append(Reject(place, self.balance.frames, raw, self._feed))

    def _count_lost(self) -> None:
        """Enter what the framing could not make a block of: a frame each."""
        blocks = self._blocks
        self.balance.frames += blocks.dropped.total()
        self.balance.rejected.update(blocks.dropped)
        self.rejects.extend(blocks.rejects)
        blocks.dropped.clear()
        blocks.rejects.clear()

    def _row(self, category: int, items: dict[str, Any], received_ns: int) -> Row | str:
        view = VIEWS[category]
        of_day_s = items.get(view.time)
        if of_day_s is None:
            return "no time of day"
        if of_day_s > DAY_S:
            return "time of day past 24 h"
        time_s = self._clock.join(of_day_s, received_ns)
        row = view.row(items, time_s, self._sensor(items.get("010")))
        if isinstance(row, Row) and not self._clock.is_dated:
            self.counts["undated"] += 1
        return row

    def _take_video(self, items: dict[str, Any], line: int, received_ns: int) -> None:
        """One record of video; one that cannot be used is refused after all."""
        self._video = self._video or Video(self._context, self.counts)
        of_day_s = items.get("140")
        if of_day_s is not None and of_day_s <= DAY_S:
            time_s: float | None = self._clock.join(of_day_s, received_ns)
        else:
            time_s = received_ns / 1e9 if received_ns else None
        try:
            self._video.add(items, time_s, self._sensor(items.get("010")))
        except BadVideo as error:
            self.balance.decoded -= 1
            self.reject(f"{UNUSABLE} {error}", line, b"")

    def _sensor(self, address: dict[str, int] | None) -> int:
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


def _received(received_ns: int) -> str | None:
    return iso(received_ns / 1e9) if 0 < received_ns < 1 << 63 else None

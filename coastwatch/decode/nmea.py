"""NMEA sentences of one feed: AIS reports and statics, radar targets, and the stream's clock."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coastwatch.decode import arpa, radardata, stamps, targets
from coastwatch.decode.ais import payload, reports
from coastwatch.decode.ais.antennas import Antennas
from coastwatch.decode.ais.columns import TIME_SOURCES, Messages, Statics
from coastwatch.decode.ais.fragments import Assembly
from coastwatch.decode.ais.rows import Rows
from coastwatch.decode.base import Books, Context
from coastwatch.decode.epochs import Lives
from coastwatch.decode.framing import Lines
from coastwatch.decode.ownship import BASE_STATION
from coastwatch.decode.sentence import Refused
from coastwatch.decode.stream import Part, Stream
from coastwatch.model import Datagram, Detections, Ints, Vessel

if TYPE_CHECKING:
    from coastwatch.decode.bulk.reader import Room

PEERS_MAX = 4_096
STATIONS_MAX = 65_536
# IEC 61162-450 datagrams of files (images, charts) and of NMEA 2000: their bytes are no lines.
NOT_SENTENCES = (b"RaUdP\0", b"RrUdP\0", b"RrTcP\0", b"RpUdP\0", b"NkPgN\0")
OWN_CLOCKS = ("RMC", "ZDA", BASE_STATION)
# The kernels cost a second to load: they pay from about a megabyte on, in chunks of some length.
BULK_FROM, BULK_CHUNK = 1 << 20, 1 << 14


class NmeaDecoder:
    """AIS (VDM, VDO), ARPA targets (TTM, TLL) and data (OSD, RSD) of any talker.

    Other sentences are ignored, but for those that tell of own ship (``ownship``).

    ``counts`` adds: where times came from, ``duplicates`` (a transmission that another station
    has delivered), ``untimed`` (reports that no clock could date), ``without position``, and of
    targets the ``lost``, those in ``query``, the ``reference`` ones and ``numbers used again``.
    """

    def __init__(self, context: Context) -> None:
        self.feed = context.feed
        self._context = context
        self._books = books = Books(context.feed)
        self.balance, self.counts, self.rejects = books.balance, books.counts, books.rejects
        self._lines = Lines()
        self._streams: OrderedDict[str, Stream] = OrderedDict()
        self._assembly = Assembly()
        self._register = reports.Register()
        self._antennas = Antennas()
        self._stations = Stations(context)
        self._target_s = context.date_s
        self._lives = Lives()
        self._bytes = 0
        # Memory that is used again: to touch new pages takes as long as to read.
        self._rows = Rows()
        self.room: Room | None = None
        self._bulk = False

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """One object a message, in input order: the fields of pyais, or those of TTM and TLL."""
        found: list[dict[str, Any]] = []
        self._read(datagram, lambda heard: found.append(self._record(heard)))
        return found

    def detections(self, datagram: Datagram) -> Detections:
        """AIS position reports (Kind.REPORT) and radar targets (Kind.SENSOR_TRACK)."""
        rows: list[tuple[int, targets.Row]] = []

        def take(heard: Heard) -> None:
            part = heard.part
            self._count_source(part)
            row = targets.row(heard.stream, part, heard.time_s, self.counts, self._lives)
            if row:
                sensor = self._stations.sensors[self._stations.number(part.station)]
                rows.append((part.line, row._replace(sensor=sensor)))

        self._rows.clear()
        self._gather(datagram, self._rows, take)
        messages, statics = self._rows.messages(self._stations.names, own=False)
        for vessel in reports.vessels(statics):
            self._register.add(vessel)
        for vessel in reports.safety_texts(messages):
            self._register.add(vessel)
        found, lines = reports.detections(
            messages, statics, self._antennas, self._stations.sensors, self.counts
        )
        if not rows:
            return found
        both = Detections.concat([found, targets.detections([row for _, row in rows])])
        all_lines = [*lines.tolist(), *(line for line, _ in rows)]
        return both.take(np.argsort(all_lines, kind="stable"))

    def columns(self, datagram: Datagram) -> tuple[Messages, Statics]:
        """The AIS messages, all types and all hearings, as columns; radar targets are left out."""
        self._rows.clear()
        self._gather(datagram, self._rows, lambda heard: None)
        return self._rows.messages(self._stations.names, own=True)

    def tables(self, datagram: Datagram) -> tuple[Messages, Statics, list[dict[str, Any]]]:
        """``columns``, and the radar's targets as records."""
        found: list[dict[str, Any]] = []
        self._rows.clear()
        self._gather(datagram, self._rows, lambda heard: found.append(self._record(heard)))
        return *self._rows.messages(self._stations.names, own=True), found

    def expect(self, size: int) -> None:
        """So many bytes will come: whether the kernels pay is known at once."""
        self._bytes += size

    def read_into(self, rows: Rows, datagram: Datagram) -> None:
        """Add the datagram's messages to rows that grow from call to call."""
        self._gather(datagram, rows, lambda heard: None)

    def gathered(self, rows: Rows) -> tuple[Messages, Statics]:
        """The columns of rows that ``read_into`` has filled."""
        return rows.messages(self._stations.names, own=False)

    def take_vessels(self) -> list[Vessel]:
        """What vessels said of themselves since the last call."""
        return self._register.take()

    # What the bulk reader asks of its decoder.

    @property
    def waiting(self) -> Ints:
        """Marks of the fragments that are kept here."""
        return self._assembly.waiting

    @property
    def oldest_waiting(self) -> float | None:
        """The clock of the oldest message that waits for fragments, NaN where it has none."""
        return self._assembly.oldest_s

    def station(self, name: str) -> int:
        """The number of a station."""
        return self._stations.number(name)

    def reject(self, reason: str, line: int, raw: bytes) -> None:
        """Enter a refused line in the books."""
        self._books.reject(reason, line, raw)

    def keep(
        self,
        stream: Stream,
        part: Part,
        received_s: float | None,
        take: Callable[[Heard], None],
    ) -> None:
        """Keep a fragment, already counted as a frame, for the message that it is of."""
        parts = self._join(stream, part, received_s)
        if parts:
            self._finish(stream, parts, take)

    def read_whole_line(
        self,
        stream: Stream,
        line: bytes,
        number: int,
        received_s: float | None,
        take: Callable[[Heard], None],
    ) -> None:
        """Read one line that is not plain."""
        for sentence in self._lines.sentences(line, number, self.feed):
            self._read_line(stream, sentence, number, received_s, take)
        self._books.take_framing(self._lines)

    def _gather(self, datagram: Datagram, rows: Rows, target: Callable[[Heard], None]) -> None:
        """Add a datagram's messages to the rows; hand the radar's targets to ``target``."""

        def take(heard: Heard) -> None:
            part = heard.part
            if part.target:
                target(heard)
            else:
                rows.add(part, heard.line, heard.sentences, heard.words, heard.nbits)

        start = rows.count
        received_s = datagram.received_ns / 1e9 if datagram.received_ns else math.nan
        if not datagram.received_ns:
            # A live picture must not wait for kernels to be compiled, and needs none.
            self._bytes += len(datagram.data)
        if len(datagram.data) >= BULK_CHUNK and self._bytes >= BULK_FROM:
            block = self._lines.block(datagram)
            if block:
                from coastwatch.decode.bulk.reader import read_block

                self._bulk, (data, text) = True, block
                stream = self._stream(datagram.peer)
                text.number = read_block(self, stream, data, text.number, received_s, rows, take)
                datagram = replace(datagram, data=b"")
        rows.station = self._stations.number
        self._read(datagram, take)
        rows.settle(received_s, self._context.sent, self._bulk)
        sources = np.bincount(rows.columns["time_source"][start : rows.count]).tolist()
        for name, count in zip(TIME_SOURCES, sources, strict=False):
            if count:
                self.counts[f"time from {name or 'nowhere'}"] += count

    def _read(self, datagram: Datagram, take: Callable[[Heard], None]) -> None:
        """Hand each message to ``take``, which may refuse it, and keep the books."""
        received_s = datagram.received_ns / 1e9 if datagram.received_ns else None
        if datagram.whole and datagram.data.startswith(NOT_SENTENCES):
            self.balance.frames += 1
            self.balance.ignored += 1
            self.counts["datagrams that hold no sentences"] += 1
            datagram = replace(datagram, data=b"")
        lines = self._lines.push(datagram)
        stream = self._stream(datagram.peer)
        for line, number in zip(lines, self._lines.numbers, strict=True):
            self._read_line(stream, line, number, received_s, take)
        self._books.take_framing(self._lines)
        if datagram.end:
            self._assembly.flush(datagram.peer)
            self._settle()

    def _read_line(
        self,
        stream: Stream,
        line: bytes,
        number: int,
        received_s: float | None,
        take: Callable[[Heard], None],
    ) -> None:
        balance = self.balance
        balance.frames += 1
        try:
            part = stream.read(line, number, received_s)
        except Refused as error:
            self._books.reject(str(error), number, line)
            return
        if part is None:
            balance.ignored += 1
            return
        parts = self._join(stream, part, received_s) if part.total > 1 else [part]
        if parts:
            self._finish(stream, parts, take)

    def _finish(self, stream: Stream, parts: list[Part], take: Callable[[Heard], None]) -> None:
        """Hand over the message in these sentences, unless it is refused."""
        try:
            take(self._understand(stream, parts))
        except Refused as error:
            for part in parts:
                self._books.reject(str(error), part.line, part.raw)
        else:
            self.balance.decoded += len(parts)

    def _join(self, stream: Stream, part: Part, received_s: float | None) -> list[Part] | None:
        """The fragments of the message that this one completes; None while it does not."""
        self.balance.pending += 1
        clock_s = part.time_s if received_s is None else received_s
        whole = self._assembly.push(stream.peer, part, clock_s)
        self._settle()
        if whole:
            self.balance.pending -= len(whole)
        return whole

    def _stream(self, peer: str) -> Stream:
        stream = self._streams.get(peer)
        if stream is None:
            stream = self._streams[peer] = Stream(peer, self.counts)
            self._context.ships[peer] = stream.ship
            if len(self._streams) > PEERS_MAX:
                forgotten, _ = self._streams.popitem(last=False)
                self._context.ships.pop(forgotten, None)
        self._streams.move_to_end(peer)
        return stream

    def _settle(self) -> None:
        """Enter in the books what assembly gave up."""
        balance, assembly = self.balance, self._assembly
        lost = len(assembly.expired) + len(assembly.ambiguous)
        if lost:
            balance.pending -= lost
            balance.expired += len(assembly.expired)
            assembly.expired.clear()
            while assembly.ambiguous:
                part = assembly.ambiguous.popleft()
                self._books.reject("AIS fragments ambiguous", part.line, part.raw)

    def _understand(self, stream: Stream, parts: list[Part]) -> Heard:
        """The message in these sentences. Raises Refused."""
        part = parts[0]
        if part.target:
            return Heard(stream, part, part.line, len(parts), self._target_time(part))
        line = part.line
        if len(parts) > 1:
            stamped = [p for p in parts if p.stamped]
            part = (stamped or parts)[0]._replace(
                payload=b"".join(p.payload for p in parts),
                fill_bits=parts[-1].fill_bits,
                station=next((p.station for p in parts if p.station), ""),
            )
            line = min(p.line for p in parts)
        words, nbits = payload.words(part.payload, part.fill_bits)
        if payload.kind(words) == 4:
            told_s = payload.clock_s(words)
            if told_s is not None:
                stream.ship.base_station(told_s)
        return Heard(stream, part, line, len(parts), part.time_s, words, nbits)

    def _target_time(self, part: Part) -> float | None:
        """When the radar measured; a stream without any clock goes on from the site's date."""
        time_s, replaced = targets.time_s(part, self._target_s, self._context.date_s)
        if part.time_s is None and time_s is not None:
            self._target_s = time_s
        if replaced:
            self.counts["radar clock replaced"] += 1
        return time_s

    def _count_source(self, part: Part) -> None:
        self.counts[f"time from {part.time_source or 'nowhere'}"] += 1

    def _record(self, heard: Heard) -> dict[str, Any]:
        part = heard.part
        self._count_source(part)
        target = part.target
        if isinstance(target, arpa.Target):
            record = arpa.to_record(target)
        elif target:
            record = radardata.to_record(target)
        else:
            record = payload.record(part.payload, part.fill_bits)
        if self._context.explain and not target:
            from coastwatch.decode.ais import meaning

            record["meaning"] = meaning.explain(record, part.payload, part.fill_bits)
        if part.text:
            record["tag_text"] = part.text
        own = part.time_source in OWN_CLOCKS
        record["received"] = None if own else stamps.iso(part.time_s)
        if own:
            record |= {"time": stamps.iso(part.time_s), "time_source": part.time_source}
        record["source"] = part.station or self.feed
        record["line"] = heard.line
        return record


class Heard(NamedTuple):
    """One whole message: its first stamped sentence, its first line, its event time and bits."""

    stream: Stream
    part: Part
    line: int
    sentences: int
    time_s: float | None
    words: list[int] = []  # noqa: RUF012
    nbits: int = 0


class Stations:
    """Numbers the stations that were heard of, and knows which sensor of the site each one is."""

    def __init__(self, context: Context) -> None:
        self.names = [""]
        self.sensors = [context.sensor]
        self._context = context
        self._numbers = {"": 0}

    def number(self, name: str) -> int:
        """The number of a name; too many names are one, the nameless."""
        number = self._numbers.get(name)
        if number is None:
            if len(self.names) >= STATIONS_MAX:
                return 0
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
            self.sensors.append(self._sensor(name))
        return number

    def _sensor(self, station: str) -> int:
        """The site's index of a station; a USCG station may stand there without its "r"."""
        sensors = self._context.sensors
        found = sensors.get(station)
        if found is None and station[:1] == "r":
            found = sensors.get(station[1:])
        return self._context.sensor if found is None else found

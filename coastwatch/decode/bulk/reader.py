"""Runs the kernel over a long text, and the decoder's own reading over the lines it leaves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais import payload
from coastwatch.decode.ais.columns import TIME_SOURCES
from coastwatch.decode.ais.fields import WORD_CHARACTERS, truncated
from coastwatch.decode.ais.rows import Rows
from coastwatch.decode.bulk import scan as kernel
from coastwatch.decode.bulk.state import *
from coastwatch.decode.stream import Hint, Part, Stream
from coastwatch.model import Floats, Ints

if TYPE_CHECKING:
    from coastwatch.decode.nmea import Heard, NmeaDecoder

# The shortest line that the kernel takes, "$ABC,*00", is longer; odd ones take no room.
BYTES_A_LINE = 8
# Own ship's position and heading are good for 10 s: of what it said before a stop, so many
# sentences are enough.
OWN_SHIP_LAST = 1024
RUN_MAX = 64
_REASONS = {
    CHECKSUM: "checksum",
    SHORT: payload.SHORT,
    LONG: payload.LONG,
    TYPE: payload.UNKNOWN,
    PART: payload.UNKNOWN_PART,
}


@dataclass(slots=True)
class Room:
    """The kernel's own memory, used again from text to text."""

    lines: int
    rejects: Ints
    nav: Ints
    nav_times: Floats
    open: Ints
    open_times: Floats
    names: NDArray[np.uint8]
    name_lengths: Ints
    name_table: NDArray[np.int32]
    stations: int = 0

    @classmethod
    def of(cls, lines: int) -> Room:
        return cls(
            lines,
            np.empty((lines, 5), dtype=np.int64),
            np.empty((lines, 2), dtype=np.int64),
            np.empty(lines),
            np.empty((OPEN_MAX, O_INTS), dtype=np.int64),
            np.empty((OPEN_MAX, 3)),
            np.empty((lines, STATION_MAX), dtype=np.uint8),
            np.empty(lines, dtype=np.int64),
            np.zeros(1 << (2 * lines - 1).bit_length(), dtype=np.int32),
        )


def read_block(
    decoder: NmeaDecoder,
    stream: Stream,
    data: bytes,
    line: int,
    received_s: float,
    rows: Rows,
    take: Callable[[Heard], None],
) -> int:
    """Add the messages of whole lines, ``line`` of which came before; the last one's number."""
    lines = len(data) // BYTES_A_LINE + 8
    rows.reserve(lines, len(data) // WORD_CHARACTERS + lines)
    if decoder.room is None or decoder.room.lines < lines:
        decoder.room = Room.of(lines)
    elif decoder.room.stations:
        decoder.room.name_table[:] = 0
    start, out = rows.count, _out(rows, decoder.room)
    text = _Text(decoder, stream, data, line, received_s, rows, out, take)
    while not kernel.scan(text.buf, text.ints, text.times, decoder.waiting, out):
        text.read_some()
    text.settle()
    text.take_counts()
    _number_stations(rows.columns["station"][start : rows.count], text.names(), decoder)
    decoder.room.stations = int(text.ints[STATIONS])
    return int(text.ints[LINE])


def _out(rows: Rows, room: Room) -> Out:
    c = rows.columns
    return Out(
        c["line"], c["sentences"], c["station"], c["time_s"], c["time_source"],
        c["msg_type"], c["mmsi"], rows.utc_s, rows.keys, rows.places, rows.motion, rows.altitude,
        rows.smalls, rows.kept, rows.words, room.rejects, room.nav, room.nav_times, room.open,
        room.open_times, room.names, room.name_lengths, room.name_table,
    )  # fmt: skip


def _number_stations(stations: NDArray[np.int32], names: list[str], decoder: NmeaDecoder) -> None:
    """From the text's numbers to the decoder's, which knows stations in order of their messages."""
    if len(names) == 1:
        return
    n = len(stations)
    first = np.full(len(names), n)
    first[stations[::-1]] = np.arange(n)[::-1]
    numbers = np.zeros(len(names), dtype=np.int32)
    for local in np.argsort(first, kind="stable").tolist():
        if first[local] < n:
            numbers[local] = decoder.station(names[local])
    stations[:] = numbers[stations]


class _Text:
    """One text under reading: the kernel's state, kept in step with the stream's."""

    def __init__(
        self,
        decoder: NmeaDecoder,
        stream: Stream,
        data: bytes,
        line: int,
        received_s: float,
        rows: Rows,
        out: Out,
        take: Callable[[Heard], None],
    ) -> None:
        self.buf = np.frombuffer(data, dtype=np.uint8)
        self.ints = np.zeros(INTS, dtype=np.int64)
        self.times = np.full(FLOATS, np.nan)
        self.ints[LINE], self.ints[SETTLED] = line, rows.settled
        self.times[RECEIVED_S] = received_s
        self._decoder, self._stream, self._data = decoder, stream, data
        self._rows, self._take, self.out = rows, take, out
        self._numbers, self._names = {"": 0}, {0: ""}
        self._run, self._stopped = 1, -1
        self._rows.station = self._number
        self._received_s = None if math.isnan(received_s) else received_s
        self._put_counts()
        self._load()

    def names(self) -> list[str]:
        """The stations of the text by their numbers; 0 has no name."""
        return [self._name(number) for number in range(int(self.ints[STATIONS]) + 1)]

    def settle(self) -> None:
        """Give the decoder what the kernel has counted, refused and left waiting."""
        ints, decoder = self.ints, self._decoder
        decoder.balance.frames += int(ints[FRAMES])
        decoder.balance.decoded += int(ints[DECODED])
        decoder.balance.ignored += int(ints[IGNORED])
        self._tell_rejects()
        self._hear()
        waiting = sorted(range(int(ints[OPEN])), key=lambda k: self.out.open[k, O_LINE])
        self.take_counts()
        for k in waiting:
            decoder.keep(self._stream, self._fragment(k), self._received_s, self._take)
        self._put_counts()
        for place in (FRAMES, DECODED, IGNORED, REJECTS, NAV, OPEN):
            ints[place] = 0
        self._store()

    def read_some(self) -> None:
        """Let the decoder read the line that the kernel stopped at.

        Where one such line follows another it reads more of them at once, up to 64: to start the
        kernel costs as much as a few lines.
        """
        self.settle()
        at, number = int(self.ints[AT]), int(self.ints[LINE])
        self._run = min(2 * self._run, RUN_MAX) if at == self._stopped else 1
        for _ in range(self._run):
            if at == len(self._data):
                break
            end = self._data.find(b"\n", at)
            cr = self._data.find(b"\r", at, end if end >= 0 else len(self._data))
            end = cr if cr >= 0 else end
            number += 1
            line = self._data[at:end]
            self._decoder.read_whole_line(self._stream, line, number, self._received_s, self._take)
            at = end + 2 if self._data[end : end + 2] == b"\r\n" else end + 1
        self._put_counts()
        self.ints[AT], self.ints[LINE], self._stopped = at, number, at
        self._load()

    def take_counts(self) -> None:
        """What the kernel has added, to the rows."""
        rows = self._rows
        counts = self.ints[[ROWS, KEPT, KEPT_WORDS]].tolist()
        rows.count, rows.kept_count, rows.word_count = counts

    def _put_counts(self) -> None:
        rows = self._rows
        self.ints[[ROWS, KEPT, KEPT_WORDS]] = rows.count, rows.kept_count, rows.word_count

    def _load(self) -> None:
        """The stream's state, to the kernel."""
        ints, times, stream = self.ints, self.times, self._stream
        hint, ship = stream.hint, stream.ship
        times[HINT_S] = math.nan if hint.time_s is None else hint.time_s
        ints[HINT_CHECK], ints[HINT_SOURCE] = _check(hint), PGHP if hint.checksum else TAG
        ints[HINT_STATION] = self._number(hint.station)
        ints[CLOCK_SOURCE] = TIME_SOURCES.index(ship.clock_source)
        times[CLOCK_S] = math.nan if ship.clock_s is None else ship.clock_s
        received_s = ship.clock_received_s
        times[CLOCK_RECEIVED_S] = math.nan if received_s is None else received_s
        ints[STAMPED] = stream.stamped
        oldest = self._decoder.oldest_waiting
        ints[WAITING] = oldest is not None
        times[WAITING_S] = math.nan if oldest is None else oldest

    def _store(self) -> None:
        """The kernel's state, to the stream."""
        ints, times, stream = self.ints, self.times, self._stream
        check = int(ints[HINT_CHECK])
        checksum = b"" if ints[HINT_SOURCE] == TAG else b"00" if check == UNSAID else b"?"
        if check >= 0:
            checksum = b"%02X" % check
        stream.hint = Hint(
            None if math.isnan(times[HINT_S]) else float(times[HINT_S]),
            self._name(int(ints[HINT_STATION])),
            checksum,
        )
        stream.stamped = bool(ints[STAMPED])
        ship = stream.ship
        if ints[CLOCK_SOURCE] == BASE:
            ship.base_station(float(times[CLOCK_S]))
        elif ints[CLOCK_SOURCE] != NOWHERE:
            received_s = float(times[CLOCK_RECEIVED_S])
            ship.clock_s = float(times[CLOCK_S])
            ship.clock_source = TIME_SOURCES[int(ints[CLOCK_SOURCE])]
            ship.clock_received_s = None if math.isnan(received_s) else received_s

    def _number(self, name: str) -> int:
        """A number for a name; the kernel's own table need not know that it has two."""
        if name in self._numbers:
            return self._numbers[name]
        self.ints[STATIONS] += 1
        number = int(self.ints[STATIONS])
        told = name.encode("ascii", "replace")[:STATION_MAX]
        out = self.out
        out.names[number, : len(told)] = np.frombuffer(told, dtype=np.uint8)
        out.name_lengths[number] = len(told)
        self._numbers[name] = number
        self._names[number] = name
        return number

    def _name(self, number: int) -> str:
        if number in self._names:
            return self._names[number]
        out = self.out
        return out.names[number, : int(out.name_lengths[number])].tobytes().decode("ascii")

    def _tell_rejects(self) -> None:
        for reason, kind, line, start, end in self.out.rejects[: self.ints[REJECTS]].tolist():
            why = truncated(kind) if reason == TRUNCATED else _REASONS[reason]
            self._decoder.reject(why, line, self._data[start:end])

    def _hear(self) -> None:
        """Tell the stream what its own ship has said; of very much, the last."""
        count = int(self.ints[NAV])
        last = slice(max(0, count - OWN_SHIP_LAST), count)
        spans, times = self.out.nav[last].tolist(), self.out.nav_times[last].tolist()
        for (start, end), time_s in zip(spans, times, strict=True):
            body = self._data[start + 1 : self._data.index(b"*", start, end)]
            spoken_s = None if math.isnan(time_s) else time_s
            self._stream.ship.hear(body.split(b","), spoken_s, self._received_s)

    def _fragment(self, k: int) -> Part:
        o = self.out.open[k].tolist()
        time_s = float(self.out.open_times[k, 0])
        return Part(
            line=o[O_LINE],
            raw=self._data[o[O_RAW] : o[O_RAW_END]],
            station=self._name(o[O_STATION]),
            text="",
            time_s=None if math.isnan(time_s) else time_s,
            time_source=TIME_SOURCES[o[O_SOURCE]],
            number=o[O_NUMBER],
            total=o[O_TOTAL],
            payload=self._data[o[O_PAYLOAD] : o[O_PAYLOAD_END]],
            fill_bits=o[O_FILL],
            group=str(o[O_GROUP]) if o[O_GROUP] >= 0 else "",
            channel=bytes([o[O_CHANNEL]]) if o[O_CHANNEL] else b"",
            sequence=bytes([o[O_SEQUENCE]]) if o[O_SEQUENCE] else b"",
        )


def _check(hint: Hint) -> int:
    if hint.checksum in (b"", b"00"):
        return UNSAID
    return _CHECKSUMS.get(hint.checksum, NEVER)


_CHECKSUMS = {b"%02X" % value: value for value in range(256)}

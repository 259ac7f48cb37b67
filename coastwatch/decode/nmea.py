"""NMEA sentences of one feed: AIS reports and statics, radar targets, and the stream's clock."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from coastwatch.decode import arpa, stamps
from coastwatch.decode.ais import payload, reports
from coastwatch.decode.ais.fragments import Assembly
from coastwatch.decode.base import Books, Context
from coastwatch.decode.framing import Lines
from coastwatch.decode.ownship import BASE_STATION
from coastwatch.decode.sentence import Refused
from coastwatch.decode.stream import Part, Stream
from coastwatch.model import Datagram, Detections, Kind, Vessel

PEERS_MAX = 4_096
OWN_CLOCKS = ("RMC", "ZDA", BASE_STATION)
# A radar whose clock is further off than this is not believed (many run on local time).
CLOCK_OFF_S = 60.0


class NmeaDecoder:
    """AIS (VDM, VDO of any talker) and ARPA targets (TTM, TLL); other sentences are ignored.

    ``counts`` adds: where times came from, ``duplicates`` (a transmission that two stations
    heard), ``untimed`` (reports that no clock could date), ``without position``.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._books = books = Books(context.feed)
        self.balance, self.counts, self.rejects = books.balance, books.counts, books.rejects
        self._lines = Lines()
        self._streams: OrderedDict[str, Stream] = OrderedDict()
        self._assembly = Assembly()
        self._repeats = reports.Repeats()
        self._register = reports.Register()
        self._target_s = context.date_s

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """One object a message, in input order: the fields of pyais, or those of TTM and TLL."""
        found: list[dict[str, Any]] = []
        self._read(datagram, lambda heard: found.append(self._record(heard)))
        return found

    def detections(self, datagram: Datagram) -> Detections:
        """AIS position reports (Kind.REPORT) and radar targets (Kind.SENSOR_TRACK)."""
        rows: list[_Row] = []
        self._read(datagram, lambda heard: self._detect(heard, rows))
        if not rows:
            return Detections.empty()
        return Detections.of(**dict(zip(_Row._fields, zip(*rows, strict=True), strict=True)))

    def take_vessels(self) -> list[Vessel]:
        """What vessels said of themselves since the last call."""
        return self._register.take()

    def _read(self, datagram: Datagram, take: Callable[[_Heard], None]) -> None:
        """Hand each message to ``take``, which may refuse it, and keep the books."""
        for stream, parts in self._messages(datagram):
            self._books.balance.pending -= len(parts) if len(parts) > 1 else 0
            try:
                heard = self._understand(stream, parts)
                take(heard)
            except Refused as error:
                for part in parts:
                    self._books.reject(str(error), part.line, part.raw)
            else:
                self._books.balance.decoded += len(parts)
                self._books.counts[f"time from {heard.part.time_source or 'nowhere'}"] += 1
        self._books.take_framing(self._lines)
        if datagram.end:
            self._assembly.flush(datagram.peer)
            self._settle()

    def _messages(self, datagram: Datagram) -> Iterator[tuple[Stream, list[Part]]]:
        received_s = datagram.received_ns / 1e9 if datagram.received_ns else None
        lines = self._lines.push(datagram)
        stream = self._stream(datagram.peer)
        balance = self._books.balance
        for line, number in zip(lines, self._lines.numbers, strict=True):
            balance.frames += 1
            try:
                part = stream.read(line, number, received_s)
            except Refused as error:
                self._books.reject(str(error), number, line)
                continue
            if part is None:
                balance.ignored += 1
            elif part.total == 1:
                yield stream, [part]
            else:
                balance.pending += 1
                clock_s = part.time_s if received_s is None else received_s
                whole = self._assembly.push(stream.peer, part, clock_s)
                self._settle()
                if whole:
                    yield stream, whole

    def _stream(self, peer: str) -> Stream:
        stream = self._streams.get(peer)
        if stream is None:
            stream = self._streams[peer] = Stream(peer, self._books.counts)
            if len(self._streams) > PEERS_MAX:
                self._streams.popitem(last=False)
        self._streams.move_to_end(peer)
        return stream

    def _settle(self) -> None:
        """Enter in the books what assembly gave up."""
        balance, assembly = self._books.balance, self._assembly
        lost = len(assembly.expired) + len(assembly.ambiguous)
        if lost:
            balance.pending -= lost
            balance.expired += len(assembly.expired)
            assembly.expired.clear()
            while assembly.ambiguous:
                part = assembly.ambiguous.popleft()
                self._books.reject("AIS fragments ambiguous", part.line, part.raw)

    def _understand(self, stream: Stream, parts: list[Part]) -> _Heard:
        """The message in these sentences. Raises Refused."""
        part = parts[0]
        if part.target:
            return _Heard(stream, part, part.line, self._target_time(part))
        if len(parts) > 1:
            stamped = [p for p in parts if p.time_source not in ("", "received", *OWN_CLOCKS)]
            part = (stamped or parts)[0]._replace(
                payload=b"".join(p.payload for p in parts),
                fill_bits=parts[-1].fill_bits,
                station=next((p.station for p in parts if p.station), ""),
            )
        kind, message = payload.read(part.payload, part.fill_bits)
        if kind == 4:
            clock_s = stamps.calendar_s(
                message.year, message.month, message.day,
                message.hour, message.minute, message.second,
            )  # fmt: skip
            if clock_s is not None:
                stream.ship.base_station(clock_s)
        elif kind in reports.STATIC_TYPES:
            vessel = reports.statics(kind, message, part.payload, part.time_s)
            if vessel:
                self._register.add(vessel)
        return _Heard(stream, part, min(p.line for p in parts), part.time_s, kind, message)

    def _target_time(self, part: Part) -> float | None:
        """When the radar measured: its time of day on the day of the stream's clock."""
        tod_s = part.target.tod_s if part.target else None
        if tod_s is None:
            return part.time_s
        if part.time_s is None:
            if self._target_s is None:
                return None
            first = self._target_s == self._context.date_s
            self._target_s = (
                self._target_s + tod_s if first else stamps.on_day_s(tod_s, self._target_s)
            )
            return self._target_s
        time_s = stamps.on_day_s(tod_s, part.time_s)
        if abs(time_s - part.time_s) <= CLOCK_OFF_S:
            return time_s
        self._books.counts["radar clock replaced"] += 1
        return part.time_s

    def _record(self, heard: _Heard) -> dict[str, Any]:
        part = heard.part
        target, message = part.target, heard.message
        record = arpa.to_record(target) if target else payload.to_record(message)
        if part.text:
            record["tag_text"] = part.text
        own = part.time_source in OWN_CLOCKS
        record["received"] = None if own else stamps.iso(part.time_s)
        if own:
            record |= {"time": stamps.iso(part.time_s), "time_source": part.time_source}
        record["source"] = part.station or self._context.feed
        record["line"] = heard.line
        return record

    def _detect(self, heard: _Heard, rows: list[_Row]) -> None:
        part, time_s = heard.part, heard.time_s
        if part.target:
            if not part.target.lost:
                self._detect_target(heard, part.target, rows)
            return
        if heard.kind not in reports.POSITION_TYPES:
            return
        report = reports.position(heard.kind, heard.message)
        if report is None:
            self._books.counts["without position"] += 1
        elif time_s is None:
            self._books.counts["untimed"] += 1
        elif self._repeats.seen(part.payload, time_s):
            self._books.counts["duplicates"] += 1
        else:
            rows.append(_Row(time_s, self._sensor(part.station), Kind.REPORT, *report))

    def _detect_target(self, heard: _Heard, target: arpa.Target, rows: list[_Row]) -> None:
        """Raises Refused where a relative bearing cannot be made true."""
        # Own-ship data goes by the stream's clock, not by the radar's.
        now_s, ship = heard.part.time_s, heard.stream.ship
        columns = arpa.measured(target, None if now_s is None else ship.heading_deg(now_s))
        if heard.time_s is None:
            self._books.counts["untimed"] += 1
            return
        own = ship.position(now_s) if now_s is not None and "range_m" in columns else None
        if own:
            columns |= {"sensor_lon": own[0], "sensor_lat": own[1]}
        sensor = self._sensor(heard.part.station)
        row = _Row(heard.time_s, sensor, Kind.SENSOR_TRACK, target=target.target)
        rows.append(row._replace(**columns))

    def _sensor(self, station: str) -> int:
        """The index of the station that heard it; a USCG station may stand without its "r"."""
        sensors = self._context.sensors
        found = sensors.get(station) if station else None
        if found is None and station[:1] == "r":
            found = sensors.get(station[1:])
        return self._context.sensor if found is None else found


class _Heard(NamedTuple):
    """One whole message: its first stamped sentence, its first line, its event time."""

    stream: Stream
    part: Part
    line: int
    time_s: float | None
    kind: int = -1
    message: Any = None


class _Row(NamedTuple):
    """One detection, in the columns of Detections that this room can fill."""

    time_s: float
    sensor: int
    kind: int
    lon: float = math.nan
    lat: float = math.nan
    sog_mps: float = math.nan
    cog_rad: float = math.nan
    heading_rad: float = math.nan
    nav_status: int = -1
    mmsi: int = -1
    sigma_m: float = math.nan
    range_m: float = math.nan
    azimuth_rad: float = math.nan
    target: int = -1
    sensor_lon: float = math.nan
    sensor_lat: float = math.nan

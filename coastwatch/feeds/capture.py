"""pcap and pcapng captures -> packets, lazily, in constant memory.

Sources: draft-ietf-opsawg-pcap-05 and draft-ietf-opsawg-pcapng-04.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

Report = Callable[[str], None]

# What tcpdump calls MAXIMUM_SNAPLEN: no packet of a sound capture is longer.
PACKET_MAX = 262_144
INTERFACES_MAX = 4_096


class Packet(NamedTuple):
    """One captured frame. ``time_ns`` is 0 where unknown; ``cut``: the capture holds a part."""

    time_ns: int
    link: int
    data: bytes
    cut: bool


def is_capture(head: bytes) -> bool:
    """Whether a file that begins so (at least 12 bytes) is a pcap or pcapng capture."""
    return head[:4] in _PCAP or (head[:4] == _SECTION and head[8:12] in _ORDER)


def packets(
    chunks: Iterator[bytes], name: str, report: Report, passed: Counter[str]
) -> Iterator[Packet]:
    """All whole packets; ``report`` hears where the capture breaks off, ``passed`` counts what
    is unusable by reason."""
    source = _Source(chunks)
    read = _pcap if source.peek(4) in _PCAP else _pcapng
    count = 0
    try:
        for packet in read(source, passed):
            count += 1
            yield packet
    except _BrokenError as error:
        report(
            f"{name}: the capture {error} at byte {source.at}; "
            f"the {count} whole packets before are used, the rest is not"
        )


class _BrokenError(Exception):
    """The capture cannot be followed any further."""


class _Source:
    """Bytes by count out of chunks; ``at`` is how many were taken."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.at = 0
        self._chunks = chunks
        self._buffer = b""
        self._next = 0

    def peek(self, n: int) -> bytes:
        """The next ``n`` bytes, fewer at the end, without taking them."""
        while len(self._buffer) - self._next < n and (chunk := next(self._chunks, b"")):
            self._buffer = self._buffer[self._next :] + chunk
            self._next = 0
        return self._buffer[self._next : self._next + n]

    def take(self, n: int, what: str) -> bytes:
        """The next ``n`` bytes. Raises _BrokenError where the capture ends before."""
        data = self.peek(n)
        if len(data) < n:
            raise _BrokenError(f"ends inside {what}")
        self.at += n
        self._next += n
        return data

    def skip(self, n: int, what: str) -> None:
        while n > 0:
            n -= len(self.take(min(n, PACKET_MAX), what))


# First bytes -> byte order and nanoseconds a tick.
_PCAP = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}


def _pcap(source: _Source, passed: Counter[str]) -> Iterator[Packet]:
    head = source.take(24, "its header")
    order, tick_ns = _PCAP[head[:4]]
    # The upper half of the field tells of check sums, not of the link.
    link = struct.unpack(order + "I", head[20:24])[0] & 0xFFFF
    record = struct.Struct(order + "IIII")
    while source.peek(1):
        seconds, ticks, size, full = record.unpack(source.take(16, "a packet's header"))
        if size > PACKET_MAX:
            raise _BrokenError(f"is damaged: a packet claims {size} bytes")
        data = source.take(size, "a packet")
        yield Packet(seconds * 10**9 + ticks * tick_ns, link, data, full > size)


class _Interface(NamedTuple):
    link: int
    snaplen: int
    ticks_a_second: int
    offset_s: int


def _pcapng(source: _Source, passed: Counter[str]) -> Iterator[Packet]:
    order = ""
    interfaces: list[_Interface] = []
    while source.peek(1):
        head = source.take(8, "a block's header")
        if head[:4] == _SECTION:
            order = _ORDER.get(source.peek(4), "")
            interfaces = []
            if not order:
                raise _BrokenError("is damaged: a section of unknown byte order begins")
        kind, size = struct.unpack(order + "II", head)
        if size < 12 or size % 4:
            raise _BrokenError(f"is damaged: a block claims {size} bytes")
        body = _block(source, order, kind, size)
        if kind == 1:
            if len(interfaces) >= INTERFACES_MAX:
                raise _BrokenError(f"is damaged: more than {INTERFACES_MAX} interfaces")
            interfaces.append(_interface(body, order))
        elif body and (packet := _packet(body, order, kind, interfaces, passed)):
            yield packet


def _block(source: _Source, order: str, kind: int, size: int) -> bytes:
    """The body of a block that matters; empty, and passed over in pieces, of any other."""
    body = b""
    if kind in _FIXED:
        if size > PACKET_MAX + 65_536:
            raise _BrokenError(f"is damaged: a packet's block claims {size} bytes")
        body = source.take(size - 12, "a block")
    else:
        source.skip(size - 12, "a block")
    if struct.unpack(order + "I", source.take(4, "a block"))[0] != size:
        raise _BrokenError("is damaged: a block's two lengths differ")
    return body


# Block type -> its fixed fields: interface, obsolete packet, simple packet, enhanced packet.
_FIXED = {1: "HHI", 2: "HHIIII", 3: "I", 6: "IIIII"}


def _packet(
    body: bytes, order: str, kind: int, interfaces: list[_Interface], passed: Counter[str]
) -> Packet | None:
    fixed = struct.Struct(order + _FIXED[kind])
    if len(body) < fixed.size:
        passed["damaged packet blocks"] += 1
        return None
    values = fixed.unpack_from(body)
    index = 0 if kind == 3 else values[0]
    if index >= len(interfaces):
        passed["packets of an unknown interface"] += 1
        return None
    interface = interfaces[index]
    if kind == 3:
        room = min(len(body) - fixed.size, interface.snaplen or PACKET_MAX)
        size, full, ticks = min(values[0], room), values[0], None
    else:
        size, full = values[-2:]
        ticks = values[-4] << 32 | values[-3]
    if fixed.size + size > len(body):
        passed["damaged packet blocks"] += 1
        return None
    data = body[fixed.size : fixed.size + size]
    return Packet(_time_ns(ticks, interface, passed), interface.link, data, full > size)


def _time_ns(ticks: int | None, interface: _Interface, passed: Counter[str]) -> int:
    if ticks is None:
        return 0
    time_ns = ticks * 10**9 // interface.ticks_a_second + interface.offset_s * 10**9
    if not 0 <= time_ns < 2**63:
        passed["capture times out of range (the packets are used)"] += 1
        return 0
    return time_ns


def _interface(body: bytes, order: str) -> _Interface:
    if len(body) < 8:
        raise _BrokenError("is damaged: an interface's block is too short")
    link, _, snaplen = struct.unpack_from(order + "HHI", body)
    resolution, offset_s, at = 6, 0, 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + size]
        if code == 0:
            break
        if code == 9 and len(value) == 1:
            resolution = value[0]
        if code == 14 and len(value) == 8:
            offset_s = struct.unpack(order + "q", value)[0]
        at += 4 + (size + 3 & ~3)
    power = resolution & 0x7F
    return _Interface(link, snaplen, 2**power if resolution & 0x80 else 10**power, offset_s)

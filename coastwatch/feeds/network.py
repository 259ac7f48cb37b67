"""Link-layer frames -> the UDP payloads in them; IP fragments are put together again.

Sources: RFC 791, 768, 5722, 8200; link types as registered at tcpdump.org/linktypes.html.
"""

from __future__ import annotations

import socket
from bisect import bisect
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

# Datagrams that wait for a missing fragment: so many, of so many bytes, and for so long (of the
# time told by the capture). RFC 791 and 8200 let a host wait between 15 and 60 s.
WAITING_MAX = 256
WAITING_BYTES = 8 << 20
WAITING_NS = 30 * 10**9
# What Python keeps beside the bytes of one fragment; many small ones would else be free.
FRAGMENT_COST = 200


class Unwrap:
    """Takes frames and gives UDP payloads; ``passed`` counts by reason what gave none."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self._waiting: OrderedDict[tuple[bytes, int], _Parts] = OrderedDict()
        self._cost = 0

    def packet(
        self, link: int, frame: bytes, cut: bool, time_ns: int = 0
    ) -> Iterator[tuple[str, bytes]]:
        """The (peer, payload) that this frame completes, if any.

        ``cut``: a part is missing. ``time_ns``: when it was captured, 0 where unknown.
        """
        if time_ns and self._waiting:
            self._expire(time_ns)
        try:
            yield self._datagram(_network_layer(link, frame), time_ns)
        except _PassedError as error:
            reason = error.args[0]
            if reason:
                self.passed[_CUT if cut and reason == _MALFORMED else reason] += 1

    def finish(self) -> None:
        """Count the datagrams whose fragments never came."""
        for key in list(self._waiting):
            self._give_up(key, _INCOMPLETE)

    def _datagram(self, packet: bytes, time_ns: int) -> tuple[str, bytes]:
        version = packet[0] >> 4 if packet else 0
        if version == 4:
            addresses, protocol, fragment, body = _ipv4(packet)
        elif version == 6:
            addresses, protocol, fragment, body = _ipv6(packet)
        else:
            raise _PassedError("packets that are not IP")
        if protocol != 17:
            raise _PassedError(_PROTOCOLS.get(protocol, "packets of another IP protocol"))
        if fragment is not None:
            body = self._assemble(addresses, fragment, body, time_ns)
        return _udp(addresses, body)

    def _assemble(
        self, addresses: bytes, fragment: tuple[int, int, bool], body: bytes, time_ns: int
    ) -> bytes:
        """The whole body when this was its last missing fragment."""
        identity, offset, more = fragment
        end = offset + len(body)
        if not body or end > 65_535 or (more and len(body) % 8):
            raise _PassedError(_MALFORMED)
        key = (addresses, identity)
        parts = self._waiting.get(key)
        if parts and not parts.refused and parts.renumbered(offset, body):
            self._give_up(key, _INCOMPLETE)
            parts = None
        if parts is None:
            parts = self._waiting[key] = _Parts(time_ns)
            self._cost += parts.cost
        if parts.refused:
            raise _PassedError("")
        if parts.bodies.get(offset) == body:
            raise _PassedError("fragments that came twice")
        if not parts.fits(offset, end, more):
            # Two tellings of the same bytes are an attack or a mixture: none is believed, and what
            # still comes of it is not taken for a datagram of its own (RFC 5722, 8200 4.5).
            self._cost -= parts.cost
            parts.refuse()
            self._cost += parts.cost
            raise _PassedError("datagrams with overlapping fragments")
        self._cost -= parts.cost
        parts.add(offset, body, more)
        self._cost += parts.cost
        if parts.size == parts.total:
            del self._waiting[key]
            self._cost -= parts.cost
            return _checked(addresses, parts.joined())
        while len(self._waiting) > WAITING_MAX or self._cost > WAITING_BYTES:
            self._give_up(next(iter(self._waiting)), "datagrams with a missing fragment, too many")
        raise _PassedError("")

    def _expire(self, time_ns: int) -> None:
        """Give up what has waited too long; the clock of a capture may jump either way."""
        while self._waiting:
            key, oldest = next(iter(self._waiting.items()))
            if not oldest.time_ns or abs(time_ns - oldest.time_ns) <= WAITING_NS:
                return
            self._give_up(key, "datagrams with a missing fragment for 30 s")

    def _give_up(self, key: tuple[bytes, int], reason: str) -> None:
        parts = self._waiting.pop(key)
        self._cost -= parts.cost
        if not parts.refused:
            self.passed[reason] += 1


@dataclass(slots=True)
class _Parts:
    """The fragments of one datagram: bodies by offset, bytes in hand and (once known) in all."""

    time_ns: int
    bodies: dict[int, bytes] = field(default_factory=dict)
    offsets: list[int] = field(default_factory=list)
    size: int = 0
    total: int = -1
    refused: bool = False

    @property
    def cost(self) -> int:
        return self.size + FRAGMENT_COST * (len(self.offsets) + 1)

    def renumbered(self, offset: int, body: bytes) -> bool:
        """Whether this begins a new datagram under the number of one that lacks a fragment.

        Senders number 65,536 datagrams; of a radar's video that is some seconds.
        """
        held = self.bodies.get(offset)
        return offset == 0 and held is not None and held != body

    def fits(self, offset: int, end: int, more: bool) -> bool:
        """Whether these bytes lie beside those in hand, and before the end where that is known."""
        k = bisect(self.offsets, offset)
        before = k == 0 or self.offsets[k - 1] + len(self.bodies[self.offsets[k - 1]]) <= offset
        after = k == len(self.offsets) or end <= self.offsets[k]
        last = more or (k == len(self.offsets) and self.total < 0)
        return before and after and last and (self.total < 0 or end <= self.total)

    def add(self, offset: int, body: bytes, more: bool) -> None:
        """Take in a fragment that fits."""
        self.offsets.insert(bisect(self.offsets, offset), offset)
        self.bodies[offset] = body
        self.size += len(body)
        if not more:
            self.total = offset + len(body)

    def refuse(self) -> None:
        """Keep no bytes, only that its number is not believed until it expires."""
        self.bodies, self.offsets, self.size, self.refused = {}, [], 0, True

    def joined(self) -> bytes:
        """The whole: as the parts do not overlap and make up its length, none is missing."""
        return b"".join(self.bodies[offset] for offset in self.offsets)


def _checked(addresses: bytes, body: bytes) -> bytes:
    """A body put together, held against UDP's checksum: fragments of two datagrams may be mixed."""
    length = int.from_bytes(body[4:6])
    if body[6:8] != b"\0\0" and length <= len(body):
        pseudo = addresses + (17).to_bytes(2) + length.to_bytes(4)
        # The sum in one's complement (RFC 1071) is the rest of the number that all bytes make.
        if int.from_bytes(pseudo + body[:length] + b"\0" * (length % 2)) % 0xFFFF:
            raise _PassedError("datagrams whose fragments do not belong together (checksum)")
    return body


class _PassedError(Exception):
    """This frame gives no payload, for the reason told; for none where it only waits."""


_MALFORMED = "malformed packets"
_CUT = "packets cut short when captured"
_INCOMPLETE = "datagrams with a missing fragment"
_PROTOCOLS = {6: "TCP packets", 1: "ICMP packets", 58: "ICMP packets", 2: "IGMP packets"}
_VLAN = (0x8100, 0x88A8, 0x9100)
_IP = (0x0800, 0x86DD)
# Link types: where the payload begins; where the EtherType stands is in the second table.
_PAYLOAD = {0: 4, 108: 4, 12: 0, 14: 0, 101: 0, 228: 0, 229: 0, 1: 14, 113: 16, 276: 20}
_ETHERTYPE = {1: 12, 113: 14, 276: 0}
# IPv6 headers that may stand before UDP: hop-by-hop, routing, fragment, destination options.
_EXTENSIONS = (0, 43, 44, 60)


def _network_layer(link: int, frame: bytes) -> bytes:
    if link not in _PAYLOAD:
        raise _PassedError(f"packets of the unknown link type {link}")
    at = _PAYLOAD[link]
    if link in _ETHERTYPE:
        place = _ETHERTYPE[link]
        kind = int.from_bytes(frame[place : place + 2])
        for _ in range(4):
            if kind not in _VLAN:
                break
            kind = int.from_bytes(frame[at + 2 : at + 4])
            at += 4
        if kind not in _IP:
            raise _PassedError("packets that are not IP")
    return frame[at:]


def _ipv4(packet: bytes) -> tuple[bytes, int, tuple[int, int, bool] | None, bytes]:
    """Addresses, protocol, (identity, offset, more to come) of a fragment, and the body."""
    header = (packet[0] & 15) * 4
    # Captured before the network card cut it up, a packet may have no total length yet.
    total = int.from_bytes(packet[2:4]) or len(packet)
    if not 20 <= header <= total <= len(packet):
        raise _PassedError(_MALFORMED)
    flags = int.from_bytes(packet[6:8])
    fragment = None
    if flags & 0x3FFF:
        identity = int.from_bytes(packet[4:6])
        fragment = (identity, (flags & 0x1FFF) * 8, bool(flags & 0x2000))
    return packet[12:20], packet[9], fragment, packet[header:total]


def _ipv6(packet: bytes) -> tuple[bytes, int, tuple[int, int, bool] | None, bytes]:
    total = 40 + int.from_bytes(packet[4:6])
    if not 40 <= total <= len(packet):
        raise _PassedError(_MALFORMED)
    protocol, at, fragment = packet[6], 40, None
    while protocol in _EXTENSIONS and fragment is None:
        if at + 8 > total:
            raise _PassedError(_MALFORMED)
        following, size = packet[at], (packet[at + 1] + 1) * 8
        if protocol == 44:
            size = 8
            flags = int.from_bytes(packet[at + 2 : at + 4])
            if flags & 0xFFF9:
                identity = int.from_bytes(packet[at + 4 : at + 8])
                fragment = (identity, flags & 0xFFF8, bool(flags & 1))
        protocol, at = following, at + size
    if at > total:
        raise _PassedError(_MALFORMED)
    return packet[8:40], protocol, fragment, packet[at:total]


def _udp(addresses: bytes, body: bytes) -> tuple[str, bytes]:
    length = int.from_bytes(body[4:6])
    if not 8 <= length <= len(body):
        raise _PassedError(_MALFORMED)
    if length == 8:
        raise _PassedError("empty datagrams")
    return _peer(addresses, body[:4]), body[8:length]


@lru_cache(maxsize=4096)
def _peer(addresses: bytes, ports: bytes) -> str:
    half = len(addresses) // 2
    names = []
    for host, port in ((addresses[:half], ports[:2]), (addresses[half:], ports[2:])):
        family = socket.AF_INET if half == 4 else socket.AF_INET6
        text = socket.inet_ntop(family, host)
        names.append(f"{text if half == 4 else f'[{text}]'}:{int.from_bytes(port)}")
    return ">".join(names)

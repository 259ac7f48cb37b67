"""Link-layer frames -> the UDP payloads in them; IP fragments are put together again.

Sources: RFC 791, 768, 8200; link types as registered at tcpdump.org/linktypes.html.
"""

from __future__ import annotations

import socket
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

# Datagrams that wait for a missing fragment, each of at most 64 KiB.
WAITING_MAX = 64


class Unwrap:
    """Takes frames and gives UDP payloads; ``passed`` counts by reason what gave none."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self._waiting: OrderedDict[tuple[bytes, int], _Parts] = OrderedDict()

    def packet(self, link: int, frame: bytes, cut: bool) -> Iterator[tuple[str, bytes]]:
        """The (peer, payload) that this frame completes, if any. ``cut``: a part is missing."""
        try:
            yield self._datagram(_network_layer(link, frame))
        except _PassedError as error:
            reason = error.args[0]
            if reason:
                self.passed[_CUT if cut and reason == _MALFORMED else reason] += 1

    def finish(self) -> None:
        """Count the datagrams whose fragments never came."""
        if self._waiting:
            self.passed[_INCOMPLETE] += len(self._waiting)
            self._waiting.clear()

    def _datagram(self, packet: bytes) -> tuple[str, bytes]:
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
            body = self._assemble(addresses, fragment, body)
        return _udp(addresses, body)

    def _assemble(self, addresses: bytes, fragment: tuple[int, int, bool], body: bytes) -> bytes:
        """The whole body when this was its last missing fragment."""
        identity, offset, more = fragment
        key = (addresses, identity)
        parts = self._waiting.setdefault(key, _Parts())
        if not parts.add(offset, body, more):
            # A new datagram under an old number, or nonsense: what waited is given up.
            del self._waiting[key]
            raise _PassedError(_INCOMPLETE)
        if parts.size == parts.total:
            del self._waiting[key]
            return parts.joined()
        if len(self._waiting) > WAITING_MAX:
            self._waiting.popitem(last=False)
            self.passed[_INCOMPLETE] += 1
        raise _PassedError("")


@dataclass(slots=True)
class _Parts:
    """The fragments of one datagram: bodies by offset, bytes in hand and (once known) in all."""

    bodies: dict[int, bytes] = field(default_factory=dict)
    size: int = 0
    total: int = -1

    def add(self, offset: int, body: bytes, more: bool) -> bool:
        """Take one fragment in; False where it contradicts the others."""
        if self.bodies.get(offset) == body:
            return True
        self.size += len(body)
        if offset in self.bodies or not body or self.size > 65_535 or offset > 65_535:
            return False
        self.bodies[offset] = body
        if not more:
            self.total = offset + len(body)
        return True

    def joined(self) -> bytes:
        whole = b""
        for offset, body in sorted(self.bodies.items()):
            if offset != len(whole):
                raise _PassedError(_MALFORMED)
            whole += body
        return whole


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

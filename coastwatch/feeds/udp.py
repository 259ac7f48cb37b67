"""UDP: unicast, broadcast and multicast."""

from __future__ import annotations

import ipaddress
import select
import socket
import struct

from coastwatch.feeds.address import Udp
from coastwatch.feeds.outlet import BURST_MAX, Outlet
from coastwatch.model import Datagram

POLL_MS = 200
RECEIVE_BUFFER = 16 << 20
# Linux's numbers, which the socket module does not name.
SO_RCVBUFFORCE = 33
SO_RXQ_OVFL = 40
IP_MULTICAST_ALL = 49
TOO_FAST = (
    "the system dropped datagrams (kernel_drops) because we were slow and its buffer is small; "
    f"enlarge it: sysctl -w net.core.rmem_max={RECEIVE_BUFFER}"
)
_COUNTER = struct.Struct("=I")


def listen(address: Udp, outlet: Outlet) -> None:
    """Receive until the outlet stops. Raises OSError where the socket cannot be opened."""
    with open_socket(address) as sock:
        outlet.books.receive_buffer = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        outlet.opened()
        ready = select.poll()
        ready.register(sock, select.POLLIN)
        dropped_before = outlet.books.kernel_drops
        while not outlet.stopping.is_set():
            if not ready.poll(POLL_MS):
                outlet.idle()
                continue
            datagrams, dropped = _burst(sock, outlet)
            if dropped:
                outlet.books.kernel_drops = dropped_before + dropped
                outlet.tell(TOO_FAST)
            if datagrams:
                outlet.put(datagrams)


def open_socket(address: Udp) -> socket.socket:
    """A bound socket that does not block, with the largest buffer that the system grants."""
    family, _, _, _, where = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        _enlarge(sock)
        if address.multicast:
            # Several listeners may share a group; a unicast port would be stolen.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(where)
        if address.multicast:
            _join(sock, family, address)
    except BaseException:
        sock.close()
        raise
    return sock


def _enlarge(sock: socket.socket) -> None:
    for option in (SO_RCVBUFFORCE, socket.SO_RCVBUF):
        try:
            sock.setsockopt(socket.SOL_SOCKET, option, RECEIVE_BUFFER)
            break
        except OSError:
            # Forcing needs a privilege; without it the system's own limit holds.
            continue
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    except OSError:
        return


def _join(sock: socket.socket, family: int, address: Udp) -> None:
    group = address.host.partition("%")[0]
    if family == socket.AF_INET6:
        name = address.interface or address.host.partition("%")[2]
        index = socket.if_nametoindex(name) if name else 0
        request = socket.inet_pton(family, group) + struct.pack("@I", index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
        return
    try:
        local, index = ipaddress.IPv4Address(address.interface or "0.0.0.0").packed, 0
    except ValueError:
        local, index = bytes(4), socket.if_nametoindex(address.interface)
    request = socket.inet_aton(group) + local + struct.pack("@i", index)
    # Else groups that other programs joined on this machine would be heard as well.
    sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)


def _burst(sock: socket.socket, outlet: Outlet) -> tuple[list[Datagram], int]:
    """What the socket holds, and the system's count of drops where it gave one."""
    datagrams: list[Datagram] = []
    dropped = 0
    room = socket.CMSG_SPACE(_COUNTER.size)
    for _ in range(BURST_MAX):
        try:
            data, extra, _, where = sock.recvmsg(65_535, room)
        except BlockingIOError:
            break
        for level, kind, value in extra:
            if level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL and len(value) == 4:
                dropped = _COUNTER.unpack(value)[0]
        if not data:
            outlet.books.empty += 1
            continue
        host = f"[{where[0]}]" if ":" in where[0] else where[0]
        datagrams.append(
            Datagram(outlet.clock(), outlet.feed, data, f"{host}:{where[1]}", whole=True)
        )
    return datagrams, dropped

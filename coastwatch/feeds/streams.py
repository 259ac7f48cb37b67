"""Byte streams: TCP connections, serial lines, and files or pipes of a live run."""

from __future__ import annotations

import select
import socket
import stat
from pathlib import Path

import serial

from coastwatch.feeds.address import File, Serial, Tcp
from coastwatch.feeds.files import CHUNK, STDIN, read_file
from coastwatch.feeds.outlet import Outlet
from coastwatch.model import Datagram

POLL_S = 0.2
# A connection whose other side vanished is found dead after this (Linux; elsewhere hours).
KEEPALIVE_IDLE_S, KEEPALIVE_EVERY_S, KEEPALIVE_TRIES = 10, 5, 3


def connect(address: Tcp, outlet: Outlet, timeout_s: float) -> None:
    """Receive until the other side closes. Raises OSError where it cannot be reached or is lost."""
    peer = f"{f'[{address.host}]' if ':' in address.host else address.host}:{address.port}"
    with socket.create_connection((address.host, address.port), timeout_s) as sock:
        _keep_alive(sock)
        outlet.opened()
        ready = select.poll()
        ready.register(sock, select.POLLIN)
        try:
            while not outlet.stopping.is_set():
                if not ready.poll(POLL_S * 1000):
                    outlet.idle()
                    continue
                data = sock.recv(CHUNK)
                if not data:
                    return
                outlet.put([Datagram(outlet.clock(), outlet.feed, data, peer)])
        finally:
            # What this connection left unfinished must not be glued to the next one's first.
            outlet.put([Datagram(outlet.clock(), outlet.feed, b"", peer, end=True)])


def tune_in(address: Serial, outlet: Outlet) -> None:
    """Read a serial line until it is lost. Raises OSError where it cannot be opened or is gone."""
    peer = address.device
    with serial.Serial(address.device, address.baud, timeout=POLL_S, exclusive=True) as port:
        outlet.opened()
        try:
            while not outlet.stopping.is_set():
                data = port.read(min(max(1, port.in_waiting), CHUNK))
                if data:
                    outlet.put([Datagram(outlet.clock(), outlet.feed, data, peer)])
                else:
                    outlet.idle()
        finally:
            outlet.put([Datagram(outlet.clock(), outlet.feed, b"", peer, end=True)])


def play(address: File, outlet: Outlet) -> None:
    """Read a file or pipe to its end. Raises InputError where nothing can be read from it.

    What comes through a pipe comes now: it is given the clock's time where it has none.
    """
    live = _is_pipe(address.path)
    outlet.opened()
    for datagram in read_file(address.path, outlet.feed, outlet.tell):
        if outlet.stopping.is_set():
            return
        if live and not datagram.received_ns:
            datagram = Datagram(
                outlet.clock(), datagram.feed, datagram.data, datagram.peer, end=datagram.end
            )
        if not datagram.end:
            outlet.put([datagram])


def _is_pipe(path: Path) -> bool:
    if path == STDIN:
        path = Path("/dev/stdin")
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", KEEPALIVE_IDLE_S),
        ("TCP_KEEPINTVL", KEEPALIVE_EVERY_S),
        ("TCP_KEEPCNT", KEEPALIVE_TRIES),
    ):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

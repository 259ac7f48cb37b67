"""What lies between the feeds' threads and the engine: one queue, each feed's share bounded."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from coastwatch.model import Datagram

# What one datagram costs in memory beside its bytes.
OVERHEAD = 250
BURST_MAX = 512
REPEAT_S = 60.0


@dataclass(slots=True)
class Books:
    """One feed's counts. ``state``: waiting, receiving, silent, unreachable or ended.

    ``kernel_drops`` are datagrams that the system dropped before we could take them;
    ``opened`` is how often the socket, connection or device was opened.
    """

    state: str = "waiting"
    notice: str = ""
    datagrams: int = 0
    bytes: int = 0
    empty: int = 0
    kernel_drops: int = 0
    receive_buffer: int = 0
    opened: int = 0
    last_ns: int = 0


class Queue:
    """Datagrams of all feeds in order of arrival. A feed that fills its share waits alone."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._items: deque[tuple[Outlet, list[Datagram], int]] = deque()
        self._closed = False

    def put(self, outlet: Outlet, datagrams: list[Datagram], size: int) -> None:
        with self._changed:
            while outlet.held >= outlet.limit and not self.stopping.is_set():
                self._changed.wait(0.5)
            if not self._closed:
                self._items.append((outlet, datagrams, size))
                outlet.held += size
                self._changed.notify_all()

    def take(self, timeout_s: float) -> list[Datagram]:
        """All that is here; where nothing is, what comes first within the time."""
        with self._changed:
            if not self._items and timeout_s > 0:
                self._changed.wait_for(lambda: bool(self._items), timeout_s)
            taken, self._items = self._items, deque()
            for outlet, _, size in taken:
                outlet.held -= size
            self._changed.notify_all()
        return [datagram for _, datagrams, _ in taken for datagram in datagrams]

    def close(self) -> None:
        """Refuse all that still comes; what is here can be taken."""
        with self._changed:
            self._closed = True


class Outlet:
    """One feed's way into the queue, and its books. All but ``books`` is for its own thread."""

    def __init__(
        self,
        feed: str,
        where: str,
        queue: Queue,
        limit: int,
        silence_s: float,
        clock: Callable[[], int],
        report: Callable[[str], None],
    ) -> None:
        self.feed = feed
        self.where = where
        self.books = Books()
        self.held = 0
        self.limit = limit
        self.clock = clock
        self.stopping = queue.stopping
        self._queue = queue
        self._silence_s = silence_s
        self._heard_s = time.monotonic()
        self._report = report
        self._told, self._told_s = "", 0.0

    def put(self, datagrams: list[Datagram]) -> None:
        """Hand on what came; waits while this feed's share of the queue is full."""
        size = sum(len(d.data) for d in datagrams)
        count = sum(1 for d in datagrams if d.data)
        if count:
            self.books.datagrams += count
            self.books.bytes += size
            self.books.last_ns = datagrams[-1].received_ns
            self._heard_s = time.monotonic()
            if self.books.state != "receiving":
                self.become("receiving")
        self._queue.put(self, datagrams, size + OVERHEAD * len(datagrams))

    def opened(self) -> None:
        """The feed is open; whether anything comes remains to be seen."""
        self.books.opened += 1
        self._heard_s = time.monotonic()
        if self.books.state == "unreachable":
            self.become("waiting")

    def idle(self) -> None:
        """Nothing came for a moment; after ``silence_s`` of that the feed is silent."""
        quiet_s = time.monotonic() - self._heard_s
        if quiet_s >= self._silence_s and self.books.state != "silent":
            self.become("silent", f"nothing heard for {quiet_s:.0f} s; still listening")

    def become(self, state: str, notice: str = "") -> None:
        """Enter a state; its notice stands in the books until the next, and is reported once."""
        self.books.state = state
        self.books.notice = notice
        if notice:
            self.tell(notice)

    def tell(self, notice: str) -> None:
        """Report a notice, the same one at most once a minute: a feed may come and go."""
        self.books.notice = notice
        now_s = time.monotonic()
        if notice != self._told or now_s - self._told_s >= REPEAT_S:
            self._told, self._told_s = notice, now_s
            self._report(f"feed {self.feed!r} ({self.where}): {notice}")

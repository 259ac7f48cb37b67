"""The site's feeds as they speak: a thread a feed, one queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coastwatch.feeds import streams, udp
from coastwatch.feeds.address import Address, File, Serial, Tcp, Udp, parse
from coastwatch.feeds.outlet import Outlet, Queue
from coastwatch.model import Datagram
from coastwatch.site import Feed

# What one feed may hold in the queue. A file waits gladly, so that it does not delay the others.
LIVE_BYTES_MAX = 16 << 20
FILE_BYTES_MAX = 1 << 18
RETRY_MIN_S = 0.5
RETRY_MAX_S = 30.0
STOP_S = 0.8


class Live:
    """Datagrams of all feeds, in order of arrival; those of one peer in their order.

    A feed that cannot be opened or is lost is tried again after 0.5 s, then twice that, up to
    30 s; it never holds up the others. ``report`` hears of it in one line, from the feed's thread.
    ``silence_s``: a feed that says nothing so long is reported silent. Raises ConfigError for a
    URL that cannot mean a feed.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        base: Path,
        clock: Callable[[], int] = time.time_ns,
        report: Callable[[str], None] | None = None,
        silence_s: float = 30.0,
        connect_s: float = 5.0,
    ) -> None:
        self._queue = Queue()
        self._connect_s = connect_s
        self._lanes: list[tuple[Address, Outlet, threading.Thread]] = []
        for feed in feeds:
            address = parse(feed, base)
            limit = FILE_BYTES_MAX if isinstance(address, File) else LIVE_BYTES_MAX
            outlet = Outlet(
                feed.id, feed.url, self._queue, limit, silence_s, clock, report or (lambda _: None)
            )
            thread = threading.Thread(
                target=self._run, args=(address, outlet), name=f"feed {feed.id}", daemon=True
            )
            self._lanes.append((address, outlet, thread))

    def start(self) -> None:
        """Open all feeds, each in its own thread; returns at once."""
        for _, _, thread in self._lanes:
            thread.start()

    def drain(self, timeout_s: float) -> list[Datagram]:
        """All that waits; where nothing does, what comes first within the time."""
        return self._queue.take(timeout_s)

    def stop(self) -> None:
        """Close all feeds, in less than a second. What was received can still be drained; last
        comes each feed's ``end``."""
        self._queue.stopping.set()
        deadline_s = time.monotonic() + STOP_S
        for _, outlet, thread in self._lanes:
            if thread.is_alive():
                # A thread that hangs in a name server or a pipe is left behind.
                thread.join(max(0.0, deadline_s - time.monotonic()))
            self._end(outlet)
        self._queue.close()

    def counts(self) -> dict[str, dict[str, Any]]:
        """Each feed's books by its id: state, notice, datagrams, bytes, drops (see Books)."""
        return {outlet.feed: asdict(outlet.books) for _, outlet, _ in self._lanes}

    def _run(self, address: Address, outlet: Outlet) -> None:
        if isinstance(address, File):
            self._play(address, outlet)
            return
        delay_s = RETRY_MIN_S
        while not outlet.stopping.is_set():
            before = outlet.books.datagrams
            try:
                self._receive(address, outlet)
                why = "the other side closed the connection"
            except Exception as error:  # one feed's failure, of any kind, is not the others'
                why = _reason(error, address)
            if outlet.stopping.is_set():
                return
            if outlet.books.datagrams > before:
                delay_s = RETRY_MIN_S
            outlet.become("unreachable", f"{why}; trying again, at least every {RETRY_MAX_S:.0f} s")
            outlet.stopping.wait(delay_s)
            delay_s = min(2 * delay_s, RETRY_MAX_S)

    def _receive(self, address: Udp | Tcp | Serial, outlet: Outlet) -> None:
        if isinstance(address, Udp):
            udp.listen(address, outlet)
        elif isinstance(address, Tcp):
            streams.connect(address, outlet, self._connect_s)
        else:
            streams.tune_in(address, outlet)

    def _play(self, address: File, outlet: Outlet) -> None:
        try:
            streams.play(address, outlet)
            why = ""
        except Exception as error:
            why = str(error)
        self._end(outlet, why)

    def _end(self, outlet: Outlet, why: str = "") -> None:
        if outlet.books.state != "ended":
            outlet.put([Datagram(0, outlet.feed, b"", end=True)])
            outlet.books.state = "ended"  # its last notice stays, for the books of the run
            if why:
                outlet.tell(why)


def _reason(error: Exception, address: Udp | Tcp | Serial) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if isinstance(address, Udp) and "assign requested address" in text:
        return f"{text}: this machine has no address {address.host}; to listen on all write udp://@"
    return text

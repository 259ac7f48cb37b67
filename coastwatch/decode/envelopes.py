"""What recorders wrap ASTERIX blocks in, told from the bytes and taken off: IOSS and ORADIS.

IOSS (the "final" format of older recorders): octets in all (2), board (1), line (1), day (1), time
of day in 0.01 s (3), blocks, four octets A5. ORADIS: octets in all (2), time (4), blocks. Both are
open to us only as far as Croatia Control's asterix tool tells; their clocks are not used.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from coastwatch.decode.framing import (
    BLOCK_PEERS_MAX,
    CATEGORY,
    FORGOTTEN,
    REJECTS_KEPT,
    SEEK_MAX,
)
from coastwatch.model import Datagram, Reject

NO_FRAME = "bytes that are no {} frame"
BAD_FRAME = "{} frame that its blocks do not fill"
UNFINISHED = "unfinished {} frame at the end of the stream"


class Wrapping(NamedTuple):
    """How many octets stand before the blocks of a frame, and which behind them."""

    name: str
    head: int
    tail: bytes


IOSS = Wrapping("IOSS", 8, b"\xa5\xa5\xa5\xa5")
ORADIS = Wrapping("ORADIS", 6, b"")
RAW = Wrapping("raw", 0, b"")
_SHORTEST = IOSS.head + 3  # what it takes to look at the first block of a frame


class Envelopes:
    """Gives the blocks of wrapped feeds as whole datagrams; raw feeds pass as they are.

    Each datagram, and each stream by its beginning, is one of the three. After a damaged frame
    the next one is sought that another follows. ``dropped`` and ``rejects`` as in
    ``Blocks``; one unfinished frame (64 KiB) is held per streaming peer.
    """

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.rejects: deque[Reject] = deque(maxlen=REJECTS_KEPT)
        self._peers: OrderedDict[str, _Stream] = OrderedDict()

    def open(self, datagram: Datagram) -> Iterator[Datagram]:
        """The datagrams within, in their order."""
        if datagram.whole:
            yield from self._whole(datagram)
        elif datagram.data:
            stream = self._stream(datagram)
            stream.data += datagram.data
            yield from self._take(stream, datagram, final=False)
        if datagram.end:
            for peer in [datagram.peer] if datagram.peer else list(self._peers):
                if peer in self._peers:
                    stream = self._peers.pop(peer)
                    yield from self._take(stream, replace(datagram, peer=peer), final=True)
            yield replace(datagram, data=b"")

    def _whole(self, datagram: Datagram) -> Iterator[Datagram]:
        kind = told(datagram.data, final=True)
        if kind in (None, RAW):
            yield replace(datagram, end=False)
        else:
            stream = _Stream(bytearray(datagram.data), kind)
            yield from self._take(stream, datagram, final=True)

    def _stream(self, datagram: Datagram) -> _Stream:
        stream = self._peers.get(datagram.peer)
        if stream is None:
            stream = self._peers[datagram.peer] = _Stream()
            if len(self._peers) > BLOCK_PEERS_MAX:
                _, old = self._peers.popitem(last=False)
                if old.data:
                    self._drop(FORGOTTEN, old, 0, datagram.feed)
        self._peers.move_to_end(datagram.peer)
        return stream

    def _take(self, stream: _Stream, datagram: Datagram, final: bool) -> Iterator[Datagram]:
        if stream.kind is None:
            stream.kind = told(stream.data, final)
        if stream.kind is RAW:
            if stream.data:
                yield replace(datagram, data=bytes(stream.data), end=False)
            stream.forget(len(stream.data))
        elif stream.kind:
            for blocks in self._frames(stream, stream.kind, datagram.feed, final):
                yield replace(datagram, data=blocks, whole=True, end=False)

    def _frames(self, stream: _Stream, kind: Wrapping, feed: str, final: bool) -> Iterator[bytes]:
        """The blocks of each frame that is complete; of a damaged one those before the damage."""
        data, at = stream.data, 0
        while at < len(data):
            if stream.lost:
                at, stream.lost = _seek(data, at, kind, final)
                if stream.lost:
                    break
            size = _size(data, at, kind)
            if size is None and not final:
                break
            if size and at + size > len(data) and not final:
                break
            if not size or at + size > len(data):
                self._drop(
                    (NO_FRAME if size == 0 else UNFINISHED).format(kind.name), stream, at, feed
                )
                stream.lost, at = True, at + 1
                continue
            begin, end = at + kind.head, at + size - len(kind.tail)
            filled = _filled(data, begin, end)
            if filled > begin:
                yield bytes(data[begin:filled])
            if filled == end and data.startswith(kind.tail, end):
                at += size
            else:
                self._drop(BAD_FRAME.format(kind.name), stream, filled, feed)
                stream.lost, at = True, max(filled, at + 1)
        stream.forget(len(data) if final else at)

    def _drop(self, reason: str, stream: _Stream, at: int, feed: str) -> None:
        self.dropped[reason] += 1
        place = f"{reason}, at octet {stream.gone + at}"
        self.rejects.append(Reject(place, 0, bytes(stream.data[at : at + 200]), feed))


@dataclass(slots=True)
class _Stream:
    """What waits of one peer, how it is wrapped (None: not yet told), and what went before."""

    data: bytearray = field(default_factory=bytearray)
    kind: Wrapping | None = None
    lost: bool = False
    gone: int = 0

    def forget(self, count: int) -> None:
        del self.data[:count]
        self.gone += count


def told(data: bytes | bytearray, final: bool) -> Wrapping | None:
    """How the bytes are wrapped, by their beginning; None while too few are here."""
    if len(data) < _SHORTEST and not final:
        return None
    fits = {kind: _fits(data, 0, kind) for kind in (IOSS, ORADIS)}
    for kind, fit in fits.items():
        if fit:
            return kind
    if final or None not in fits.values():
        return RAW
    # A frame's length is also a possible category; only what follows the block can tell.
    size = int.from_bytes(data[1:3])
    following = data[size : size + 1]
    is_raw = CATEGORY.match(data) and size > 3 and following and CATEGORY.match(following)
    return RAW if is_raw else None


def _fits(data: bytes | bytearray, at: int, kind: Wrapping) -> bool | None:
    """Whether a frame lies at ``at``, filled by its blocks; None while it is not all here."""
    size = _size(data, at, kind)
    if size == 0:
        return False
    if size is None or at + size > len(data):
        return None
    end = at + size - len(kind.tail)
    return data.startswith(kind.tail, end) and _filled(data, at + kind.head, end) == end


def _size(data: bytes | bytearray, at: int, kind: Wrapping) -> int | None:
    """The length of the frame at ``at``: 0 if it can be none, None while too little is here."""
    first = at + kind.head
    if first + 3 > len(data):
        return None
    size = int.from_bytes(data[at : at + 2])
    block = int.from_bytes(data[first + 1 : first + 3])
    fits = 3 < block <= size - kind.head - len(kind.tail)
    return size if fits and CATEGORY.match(data, first) else 0


def _filled(data: bytes | bytearray, at: int, end: int) -> int:
    """How far blocks of known categories reach without a gap."""
    while at + 3 <= end and CATEGORY.match(data, at):
        length = int.from_bytes(data[at + 1 : at + 3])
        if length <= 3 or at + length > end:
            break
        at += length
    return at


def _seek(data: bytearray, at: int, kind: Wrapping, final: bool) -> tuple[int, bool]:
    """Where the next frame begins, or how far it is certain that none does; whether still lost."""
    for match in CATEGORY.finditer(data, at + kind.head):
        start = match.start() - kind.head
        verdict = _followed(data, start, kind, final)
        if verdict is not False:
            return start, verdict is None
    return (len(data) if final else max(at, len(data) - _SHORTEST)), True


def _followed(data: bytearray, at: int, kind: Wrapping, final: bool) -> bool | None:
    """Whether a frame lies at ``at`` with another behind it; None while too few octets are here.

    It looks at their heads alone: to walk the blocks of every frame that could be is what made
    streams would want.
    """
    size = _size(data, at, kind)
    if not size or size > SEEK_MAX:
        return None if size is None and not final else False
    end = at + size
    if end > len(data):
        return False if final else None
    if not data.startswith(kind.tail, end - len(kind.tail)):
        return False
    if final and end == len(data):
        return True
    following = _size(data, end, kind)
    return bool(following) if following is not None or final else None

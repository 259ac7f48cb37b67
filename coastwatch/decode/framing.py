"""Where messages begin and end: lines and ASTERIX blocks out of datagrams and chunks, per peer.

A chunk boundary never loses or glues a message; what is damaged costs only itself and is counted.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

from coastwatch.model import Datagram, Reject

LINE_MAX = 1024
PEERS_MAX = 4096
# Each streaming peer may hold one unfinished block of up to 64 KiB; datagrams hold nothing.
BLOCK_PEERS_MAX = 256
REJECTS_KEPT = 100

TOO_LONG = "line longer than 1024 bytes"
FORGOTTEN = "unfinished, from a peer forgotten among too many"
BAD_LENGTH = "block length outside its datagram"
# Of 64 KiB, blocks of 16 octets and more are fewer; of five octets each they take too long to read.
DATAGRAM_BLOCKS_MAX = 4096
TOO_MANY = f"more than {DATAGRAM_BLOCKS_MAX} blocks in a datagram"
UNFINISHED = "unfinished block at the end of the stream"
NO_BLOCK = "bytes that are no ASTERIX block"

# While a lost stream is sought, a block longer than this is taken for junk.
SEEK_MAX = 4096
BLOCK_MAX = 1 << 16
# So often the octets of a stream may be handed out, where blocks are sought inside blocks.
AGAIN_MAX = 2
# Categories with a published specification, by which a lost stream is found again.
CATEGORIES = bytes((
    1, 2, 3, 4, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 30, 31, 32, 34,
    48, 62, 63, 65, 129, 150, 204, 205, 240, 247, 252,
))  # fmt: skip
CATEGORY = re.compile(b"[" + re.escape(CATEGORIES) + b"]")


class Lines:
    """Text lines without their ends (CR, LF or CRLF); blank ones are left out.

    ``push`` gives the lines that a datagram completes, and those of an ending peer. ``numbers``
    tells of each line that the last call gave where it stands in its peer's text, from 1.
    ``dropped`` counts what was refused by reason; ``rejects`` keeps the last of it.
    """

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.rejects: deque[Reject] = deque(maxlen=REJECTS_KEPT)
        self.numbers: list[int] = []
        self._peers: OrderedDict[str, Text] = OrderedDict()

    def push(self, datagram: Datagram) -> list[bytes]:
        """The lines that this datagram completes, in their order."""
        self.numbers = []
        lines: list[bytes] = []
        if datagram.data:
            text = self._peer(datagram)
            if datagram.whole:
                self._separate(text, datagram.data, lines, datagram.feed)
            self._cut(text, datagram.data, lines, datagram.feed)
            if datagram.whole:
                self._close(text, lines, datagram.feed)
        return lines + self._flush(datagram.peer, datagram.feed) if datagram.end else lines

    def flush(self, peer: str = "") -> list[bytes]:
        """The unfinished line of a peer that will send no more; of all peers where it is empty."""
        self.numbers = []
        return self._flush(peer, "")

    def block(self, datagram: Datagram) -> tuple[bytes, Text] | None:
        """The whole lines that a chunk completes, not cut apart, and the text they are of.

        The caller counts the lines in ``Text.number``. None where ``push`` has to look at it: in
        datagrams, inside a line that is too long, and where no line ends.
        """
        text = self._peer(datagram)
        if datagram.whole or text.skipping:
            return None
        data = datagram.data[1:] if text.follows_cr(datagram.data) else datagram.data
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not end:
            return None
        block = b"".join((text.tail, memoryview(data)[:end]))
        text.tail = data[end:]
        text.after_cr = data.endswith(b"\r")
        return block, text

    def sentences(self, line: bytes, number: int, feed: str) -> list[bytes]:
        """What stands glued together in one whole line; nothing where it is too long."""
        parts = [p for p in _sentences(line) if p]
        for part in parts:
            if len(part) > LINE_MAX:
                self._drop(TOO_LONG, number, part, feed)
        return [p for p in parts if len(p) <= LINE_MAX]

    def _flush(self, peer: str, feed: str) -> list[bytes]:
        lines: list[bytes] = []
        for name in [peer] if peer else list(self._peers):
            text = self._peers.pop(name, None)
            if text and text.tail and not text.skipping:
                self._emit(text, lines, feed)
        return lines

    def _peer(self, datagram: Datagram) -> Text:
        text = self._peers.get(datagram.peer)
        if text is None:
            text = self._peers[datagram.peer] = Text()
            if len(self._peers) > PEERS_MAX:
                _, old = self._peers.popitem(last=False)
                if old.tail and not old.skipping:
                    self._drop(FORGOTTEN, old.number + 1, old.tail, datagram.feed)
        self._peers.move_to_end(datagram.peer)
        return text

    def _cut(self, text: Text, chunk: bytes, lines: list[bytes], feed: str) -> None:
        """Split at line ends and between glued sentences; keep the rest as the tail."""
        if text.follows_cr(chunk):
            chunk = chunk[1:]
        text.after_cr = chunk.endswith(b"\r")
        data = text.tail + chunk
        pieces = data.splitlines()
        tail = pieces.pop() if pieces and data[-1] not in b"\r\n" else b""
        numbers = list(range(text.number + 1, text.number + 1 + len(pieces)))
        text.number += len(pieces)
        if _GLUED.search(data):
            pieces, numbers, tail = _unglue(pieces, numbers, tail, text.number + 1)
        if text.skipping and pieces:
            del pieces[0], numbers[0]
            text.skipping = False
        for number, piece in zip(numbers, pieces, strict=True):
            if len(piece) > LINE_MAX:
                self._drop(TOO_LONG, number, piece, feed)
            elif piece:
                lines.append(piece)
                self.numbers.append(number)
        # A last backslash may yet prove to begin the next sentence.
        if not text.skipping and len(tail) - tail.endswith(b"\\") > LINE_MAX:
            self._drop(TOO_LONG, text.number + 1, tail, feed)
            text.skipping = True
        text.tail = tail[-_GLUE_REACH:] if text.skipping else tail

    def _separate(self, text: Text, data: bytes, lines: list[bytes], feed: str) -> None:
        """End the line held from an earlier datagram if this one begins with a new sentence."""
        if data.startswith(_STARTS):
            if text.tail and not text.skipping:
                self._emit(text, lines, feed)
            text.tail, text.skipping = b"", False

    def _close(self, text: Text, lines: list[bytes], feed: str) -> None:
        """At a datagram's end: hold a line only if it is the beginning of a cut sentence."""
        if text.skipping:
            text.tail, text.skipping = b"", False
            text.number += 1
        elif text.tail and (_COMPLETE.search(text.tail) or not _OPENING.search(text.tail)):
            self._emit(text, lines, feed)

    def _emit(self, text: Text, lines: list[bytes], feed: str) -> None:
        text.number += 1
        found = self.sentences(text.tail, text.number, feed)
        lines += found
        self.numbers += [text.number] * len(found)
        text.tail = b""

    def _drop(self, reason: str, number: int, raw: bytes, feed: str) -> None:
        self.dropped[reason] += 1
        self.rejects.append(Reject(reason, number, raw[:200], feed))


@dataclass(slots=True)
class Text:
    """What is known of one peer's text: the unfinished line and how many lines ended before."""

    tail: bytes = b""
    number: int = 0
    after_cr: bool = False
    skipping: bool = False  # inside a line that was already dropped; the tail is only context

    def follows_cr(self, chunk: bytes) -> bool:
        """Whether a chunk begins with the second half of a CRLF."""
        return self.after_cr and chunk[:1] == b"\n"


_STARTS = (b"!", b"$", b"\\", b"UdPbC")  # the last is IEC 61162-450's token
_OPENING = re.compile(rb"[!$\\]")
_COMPLETE = re.compile(rb"\*[0-9A-Fa-f]{2}(?:[\s,;][^!$*]*)?\Z")
# A checksum and then a new sentence. "*hh\!" is no such place: there a tag block closes.
_GLUED = re.compile(rb"\*[0-9A-Fa-f]{2}(?=[!$]|\\[A-Za-z])")
_GLUE_REACH = 4


def _unglue(
    pieces: list[bytes], numbers: list[int], tail: bytes, tail_number: int
) -> tuple[list[bytes], list[int], bytes]:
    parts, at = [], []
    for number, piece in zip(numbers, pieces, strict=True):
        sentences = _sentences(piece)
        parts += sentences
        at += [number] * len(sentences)
    *ended, tail = _sentences(tail)
    return parts + ended, at + [tail_number] * len(ended), tail


def _sentences(piece: bytes) -> list[bytes]:
    return _GLUED.sub(rb"\g<0>\n", piece).split(b"\n")


class Blocks:
    """Raw ASTERIX data blocks: one byte category, two bytes length (big-endian, header included).

    In a datagram a bad length costs the rest of that datagram. In a stream the next place is
    sought where a block of a known category is followed by another. ``dropped`` counts each
    such loss once, by reason; ``rejects`` keeps the last of them.
    """

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.rejects: deque[Reject] = deque(maxlen=REJECTS_KEPT)
        self._peers: OrderedDict[str, _Stream] = OrderedDict()

    def push(self, datagram: Datagram) -> list[bytes]:
        """The blocks that this datagram completes, header included, in their order."""
        if datagram.whole:
            blocks = self._datagram(datagram)
        else:
            blocks = self._stream(datagram) if datagram.data else []
        return blocks + self._flush(datagram.peer, datagram.feed) if datagram.end else blocks

    def flush(self, peer: str = "") -> list[bytes]:
        """The last blocks of a peer that will send no more; of all peers where it is empty."""
        return self._flush(peer, "")

    def _datagram(self, datagram: Datagram) -> list[bytes]:
        data, at = datagram.data, 0
        blocks: list[bytes] = []
        while at < len(data):
            length = int.from_bytes(data[at + 1 : at + 3])
            if length < 3 or at + length > len(data):
                self._drop(BAD_LENGTH, at, data[at : at + 200], datagram.feed)
                break
            if len(blocks) == DATAGRAM_BLOCKS_MAX:
                self._drop(TOO_MANY, at, data[at : at + 200], datagram.feed)
                break
            blocks.append(data[at : at + length])
            at += length
        return blocks

    def _stream(self, datagram: Datagram) -> list[bytes]:
        stream = self._peers.get(datagram.peer)
        if stream is None:
            stream = self._peers[datagram.peer] = _Stream()
            if len(self._peers) > BLOCK_PEERS_MAX:
                _, old = self._peers.popitem(last=False)
                self._drop_rest(FORGOTTEN, old, datagram.feed)
        self._peers.move_to_end(datagram.peer)
        stream.data += datagram.data
        return self._take(stream, datagram.feed, final=False)

    def _flush(self, peer: str, feed: str) -> list[bytes]:
        blocks: list[bytes] = []
        for name in [peer] if peer else list(self._peers):
            if stream := self._peers.pop(name, None):
                blocks += self._take(stream, feed, final=True)
                self._drop_rest(UNFINISHED, stream, feed)
        return blocks

    def _take(self, stream: _Stream, feed: str, final: bool) -> list[bytes]:
        """The blocks that are complete. ``final``: no more bytes will come."""
        data, blocks = stream.data, []
        while len(data) - stream.at >= 3:
            if stream.lost:
                stream.at, found = _seek(data, stream.at, final)
                stream.last, stream.lost = stream.at, not found
                if not found:
                    break
            end = stream.at + int.from_bytes(data[stream.at + 1 : stream.at + 3])
            if not _plausible(data, stream.at) or (final and end > len(data)):
                # The last block's length may have been the damaged one: look inside it, too.
                raw = bytes(data[stream.at : stream.at + 200])
                self._drop(NO_BLOCK, stream.gone + stream.at, raw, feed)
                stream.look_back()
            elif end > len(data):
                break
            else:
                blocks.append(bytes(data[stream.at : end]))
                stream.given += end - stream.at
                stream.last, stream.at = stream.at, end
        del data[: stream.last]
        stream.gone += stream.last
        stream.at -= stream.last
        stream.last = 0
        return blocks

    def _drop_rest(self, reason: str, stream: _Stream, feed: str) -> None:
        if len(stream.data) > stream.at and not stream.lost:
            raw = bytes(stream.data[stream.at : stream.at + 200])
            self._drop(reason, stream.gone + stream.at, raw, feed)

    def _drop(self, reason: str, at: int, raw: bytes, feed: str) -> None:
        """Count a loss by its reason; the kept text says also at which octet it was."""
        self.dropped[reason] += 1
        self.rejects.append(Reject(f"{reason}, at octet {at}", 0, raw, feed))


@dataclass(slots=True)
class _Stream:
    """One peer's bytes from its last block on; ``at`` is where the next one begins, ``gone`` how
    many went before; blocks of ``given`` octets have been handed out.

    ``lost``: the beginning of a block is being sought from ``at``, its loss already counted.
    """

    data: bytearray = field(default_factory=bytearray)
    last: int = 0
    at: int = 0
    lost: bool = False
    gone: int = 0
    given: int = 0

    def look_back(self) -> None:
        """No block begins at ``at``: seek one from inside the last block on.

        Unless the stream's octets have come out of it several times over already: made for it, a
        stream of 10 MB would give 2 GB.
        """
        self.lost = True
        again = self.given <= AGAIN_MAX * (self.gone + self.at) + BLOCK_MAX
        self.at = self.last + 1 if again else self.at + 1


def _seek(data: bytearray, at: int, final: bool) -> tuple[int, bool]:
    """Where the next block begins and True; or how far it is certain that none does and False."""
    for match in _CATEGORY.finditer(data, at):
        verdict = _followed(data, match.start(), final)
        if verdict:
            return _likelier(data, match.start()), True
        if verdict is None:
            return match.start(), False
    return len(data), False


def _likelier(data: bytearray, at: int) -> int:
    """Where two blocks or more begin that fill the end of the one found; else where that begins.

    A long block that chance has made may end where a true one does, and swallow those between.
    """
    end = at + int.from_bytes(data[at + 1 : at + 3])
    blocks_to = {end: 0}
    for start in reversed([match.start() for match in _CATEGORY.finditer(data, at + 1, end)]):
        after = start + max(int.from_bytes(data[start + 1 : start + 3]), 3)
        if after in blocks_to:
            blocks_to[start] = blocks_to[after] + 1
    return min((start for start, blocks in blocks_to.items() if blocks > 1), default=at)


def _followed(data: bytearray, at: int, final: bool) -> bool | None:
    """Whether a block lies at ``at`` with another behind it; None while too few bytes are here."""
    if at + 3 > len(data):
        return False if final else None
    end = at + int.from_bytes(data[at + 1 : at + 3])
    if not at + 3 <= end <= at + SEEK_MAX:
        return False
    if end == len(data) and final:
        return True
    if end + 3 > len(data):
        return False if final else None
    return _plausible(data, end) and int.from_bytes(data[end + 1 : end + 3]) <= SEEK_MAX


def _plausible(data: bytearray, at: int) -> bool:
    return data[at] in CATEGORIES and int.from_bytes(data[at + 1 : at + 3]) >= 3


# A category and a length up to SEEK_MAX, or too few octets to know it.
_CATEGORY = re.compile(
    b"[" + re.escape(CATEGORIES) + rb"](?=[\x00-\x0f].|\x10\x00|.?\Z)", re.DOTALL
)

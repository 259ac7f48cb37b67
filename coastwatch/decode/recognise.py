"""Which format a feed speaks, told from its bytes; a decoder that finds out for each peer."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from coastwatch.decode.base import REJECTS_KEPT, Context, Decoder
from coastwatch.decode.envelopes import IOSS, ORADIS, told
from coastwatch.decode.framing import CATEGORIES
from coastwatch.decode.video.navico import is_frame
from coastwatch.model import Balance, Datagram, Detections, Reject, Vessel

HEAD_MAX = 4_096
PEERS_MAX = 4_096
VIDEO = 240
_IEC_450 = (b"UdPbC\0", b"RaUdP\0", b"RrUdP\0", b"RrTcP\0", b"RpUdP\0", b"NkPgN\0")
_SENTENCE = re.compile(rb"[!$][A-Za-z]{2,5}\w?,|^\\[a-z]+:", re.MULTILINE)


def recognise(head: bytes, name: str = "") -> str:
    """ "nmea", "asterix", "navico" or "plots" from the first bytes (and the file name); "" if
    undecided."""
    if _is_asterix(head):
        return "asterix"
    if is_frame(head):
        return "navico"
    if _SENTENCE.search(head) or head.startswith(_IEC_450):
        return "nmea"
    text = head.removeprefix(b"\xef\xbb\xbf")
    first, newline, _ = text.partition(b"\n")
    columns = {c.strip(b"\"' \t\r") for c in first.split(b",")}
    if newline and {b"time", b"sensor"} <= columns:
        return "plots"
    if newline and b"," in first and (name.endswith(".csv") or ".plots." in name):
        return "plots"
    binary = sum(1 for byte in head if byte < 9 or byte > 126)
    if len(head) >= 16 and binary > len(head) // 8:
        return "asterix"
    return ""


class AutoDecoder:
    """Recognises each peer's format from its first bytes, then decodes it as that.

    A peer that stays unknown for 4 KiB, or to its end, is read as NMEA, which refuses and counts
    what it cannot read.
    """

    def __init__(self, context: Context) -> None:
        self.rejects: deque[Reject] = deque(maxlen=REJECTS_KEPT)
        self._context = context
        self._formats: OrderedDict[str, str] = OrderedDict()
        self._heads: OrderedDict[str, bytes] = OrderedDict()
        self._decoders: dict[str, Decoder] = {}

    @property
    def balance(self) -> Balance:
        total = Balance()
        for decoder in self._decoders.values():
            total.add(decoder.balance)
        return total

    @property
    def counts(self) -> Counter[str]:
        return sum((d.counts for d in self._decoders.values()), Counter())

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """What the messages say, in the form of each peer's own format."""
        found: list[dict[str, Any]] = []
        self.route(datagram, lambda decoder, d: found.extend(decoder.records(d)))
        return found

    def detections(self, datagram: Datagram) -> Detections:
        """What was measured."""
        found: list[Detections] = []
        self.route(datagram, lambda decoder, d: found.append(decoder.detections(d)))
        return Detections.concat(found)

    def take_vessels(self) -> list[Vessel]:
        """What vessels said of themselves since the last call."""
        return [v for decoder in self._decoders.values() for v in decoder.take_vessels()]

    def route(self, datagram: Datagram, take: Callable[[Decoder, Datagram], None]) -> None:
        """Hand the datagram to ``take``, with the decoder of its peer's format."""
        peer = datagram.peer
        if datagram.data or peer in self._heads:
            held = self._heads.pop(peer, b"")
            whole = replace(datagram, data=held + datagram.data)
            format = self._formats.get(peer) or self._tell(whole)
            if format:
                take(self._decoder(format), whole)
            else:
                self._hold(whole, take)
        elif datagram.end and peer in self._formats:
            take(self._decoder(self._formats[peer]), datagram)
        if datagram.end and not peer:
            self._end_all(datagram, take)
        for decoder in self._decoders.values():
            self.rejects.extend(decoder.rejects)
            decoder.rejects.clear()

    def _tell(self, datagram: Datagram) -> str:
        """The format of a peer's first bytes; remembered once it is sure."""
        format = recognise(datagram.data[:HEAD_MAX], self._context.feed)
        if format:
            self._formats[datagram.peer] = format
            if len(self._formats) > PEERS_MAX:
                self._formats.popitem(last=False)
        elif datagram.whole or datagram.end or len(datagram.data) >= HEAD_MAX:
            return "nmea"
        return format

    def _hold(self, datagram: Datagram, take: Callable[[Decoder, Datagram], None]) -> None:
        self._heads[datagram.peer] = datagram.data
        if len(self._heads) > PEERS_MAX:
            peer, head = self._heads.popitem(last=False)
            take(self._decoder("nmea"), replace(datagram, data=head, peer=peer, end=True))

    def _end_all(self, datagram: Datagram, take: Callable[[Decoder, Datagram], None]) -> None:
        for peer, head in self._heads.items():
            take(self._decoder("nmea"), replace(datagram, data=head, peer=peer))
        self._heads.clear()
        for format in list(self._decoders):
            take(self._decoders[format], replace(datagram, data=b""))

    def _decoder(self, format: str) -> Decoder:
        if format not in self._decoders:
            from coastwatch.decode import open_decoder

            self._decoders[format] = open_decoder(format, self._context)
        return self._decoders[format]


def _is_asterix(head: bytes) -> bool:
    """Whether the bytes are a chain of ASTERIX blocks, as far as they reach, or a frame of them."""
    if told(head, final=False) in (IOSS, ORADIS):
        return True
    at = 0
    while at + 3 <= len(head):
        length = int.from_bytes(head[at + 1 : at + 3])
        if head[at] not in CATEGORIES or length < 4:
            return False
        # A printable second byte would be a block of 8 KiB or more: only video has such.
        if head[at + 1] >= 0x20 and head[at] != VIDEO:
            return False
        at += length
    return at > 0

"""The sentences of one peer: each with its time, its station and what framed it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from coastwatch.decode import arpa, radardata, stamps
from coastwatch.decode.ais.columns import STAMPS
from coastwatch.decode.ownship import BASE_STATION, OwnShip
from coastwatch.decode.sentence import COMMENT, Refused, Sentence, Tag, split, tag_blocks

AIS = (b"VDM", b"VDO")
_DIGIT = {b"%d" % i: i for i in range(10)}
_NO_TAG = Tag()


class Part(NamedTuple):
    """One sentence that matters to us: AIS or a fragment of it, a radar's target or data.

    ``time_source`` says where ``time_s`` is from: "tag block", "PGHP", "log prefix", "log suffix",
    "received", or the stream's own clock ("RMC", "ZDA", "base station"); empty if it is None.
    """

    line: int
    raw: bytes
    station: str
    text: str
    time_s: float | None
    time_source: str
    target: arpa.Target | radardata.Data | None = None
    number: int = 1
    total: int = 1
    payload: bytes = b""
    fill_bits: int = 0
    group: str = ""
    channel: bytes = b""
    sequence: bytes = b""

    @property
    def stamped(self) -> bool:
        """Whether its time came with it, rather than from a clock of the stream's or of ours."""
        return self.time_source in STAMPS


class Hint(NamedTuple):
    """What a line of its own said of the next sentence; ``checksum`` names that sentence."""

    time_s: float | None = None
    station: str = ""
    checksum: bytes = b""


class Stream:
    """What is known of one peer: its own ship and clock, and whether its lines are stamped.

    ``hint`` is what a line of its own said of the next sentence.
    """

    def __init__(self, peer: str, counts: Counter[str]) -> None:
        self.peer = peer
        self.ship = OwnShip()
        self._counts = counts
        self.stamped = False
        self.hint = Hint()

    def read(self, line: bytes, number: int, received_s: float | None) -> Part | None:
        """The sentence of one line; None where it is well-formed but not ours. Raises Refused."""
        if b"!" not in line and b"$" not in line:
            self._aside(line, number)
            return None
        said = split(line)
        tag = said.fields[0]
        if tag[-3:] in AIS:
            return self._ais(said, line, number, received_s)
        if tag == b"PGHP":
            self.hint = Hint(*stamps.gatehouse(said.fields))
            return None
        station, text, time_s, source, _ = self._when(said, received_s)
        if tag[-3:] in arpa.FORMATTERS and tag[:1] != b"P":
            target = arpa.read(said.fields)
            return Part(number, line, station, text, time_s, source, target)
        if tag[-3:] in radardata.FORMATTERS and tag[:1] != b"P":
            data = radardata.read(said.fields)
            self.ship.hear(said.fields, time_s, received_s)
            return Part(number, line, station, text, time_s, source, data)
        self.ship.hear(said.fields, time_s, received_s)
        return None

    def _aside(self, line: bytes, number: int) -> None:
        """A line without a sentence: a tag block of its own, a comment, the header of a log."""
        if line.startswith(b"\\"):
            _, tag = tag_blocks(line)
            self.hint = Hint(tag.time_s, tag.station)
        elif not COMMENT.match(line) and (number > 1 or not line.isascii()):
            raise Refused("no sentence")

    def _ais(self, said: Sentence, line: bytes, number: int, received_s: float | None) -> Part:
        station, text, time_s, source, group = self._when(said, received_s)
        self.hint = Hint()
        try:
            _, total, at, sequence, channel, payload, fill = said.fields
            count, index, fill_bits = _DIGIT[total], _DIGIT[at], _DIGIT[fill]
        except (ValueError, KeyError):
            raise Refused("AIS fields") from None
        if not 1 <= index <= count or fill_bits > 5:
            raise Refused("AIS fields")
        if not payload:
            raise Refused("AIS payload empty")
        return Part(
            number, line, station, text, time_s, source, None, index, count,
            payload, fill_bits, group, channel, sequence,
        )  # fmt: skip

    def _when(
        self, said: Sentence, received_s: float | None
    ) -> tuple[str, str, float | None, str, str]:
        """Station, text, time, its source, and group of a sentence: the best witness counts."""
        tag, before_s, tail_s, tail_station = _NO_TAG, None, None, ""
        if said.head:
            prefix, tag = self._head(said.head)
            before_s = self._prefix_s(prefix)
        if said.tail:
            tail_s, tail_station = stamps.suffix(said.tail)
        hint = self.hint if self.hint.time_s is not None or self.hint.station else None
        if hint and not _speaks_of(hint, said):
            hint = None
        station = tag.station or tail_station or (hint.station if hint else "")
        time_s, source = tag.time_s, "tag block"
        if time_s is None and hint:
            time_s, source = hint.time_s, "PGHP" if hint.checksum else "tag block"
        if time_s is None:
            time_s, source = before_s, "log prefix"
        if time_s is None:
            time_s, source = tail_s, "log suffix"
        if time_s is not None:
            self.stamped = True
        elif received_s is not None:
            time_s, source = self.ship.now_s(received_s), self.ship.clock_source
            if time_s is None:
                time_s, source = received_s, "received"
        elif not self.stamped or self.ship.clock_source != BASE_STATION:
            time_s, source = self.ship.clock_s, self.ship.clock_source
        return station, tag.text, time_s, source if time_s is not None else "", tag.group

    def _head(self, head: bytes) -> tuple[bytes, Tag]:
        """Log prefix and tag blocks; a damaged block is counted and its word not taken.

        The sentence has a checksum of its own, so it stands.
        """
        try:
            return tag_blocks(head)
        except Refused as error:
            self._counts[str(error)] += 1
            return head[: head.find(b"\\")], _NO_TAG

    def _prefix_s(self, prefix: bytes) -> float | None:
        prefix = prefix.strip(b" \t,;:|")
        time_s = stamps.prefix_s(prefix) if prefix else None
        if prefix and time_s is None and not prefix.startswith(b"UdPbC"):
            self._counts["prefix not understood"] += 1
        return time_s


def _speaks_of(hint: Hint, said: Sentence) -> bool:
    """A $PGHP carries the checksum of what it precedes; of several fragments, their exclusive or.

    So it is held only against a sentence that is a message whole.
    """
    whole = said.fields[1:2] == [b"1"]
    unsaid = hint.checksum in (b"", b"00")
    return unsaid or not whole or hint.checksum == b"%02X" % said.checksum

"""What people do, as datagrams of feeds that no site may name: acts about alerts, edits of zones.

They are inputs like any other: journalled, and played again with the rest.
"""

from __future__ import annotations

import json

import zstandard

from coastwatch.model import Act, ConfigError, Datagram, Zone
from coastwatch.store.acts import DESK, unpack_act
from coastwatch.watch.zones import read_zones

DESKS = "@"  # what the names of these feeds begin with
ZONES = "@zones"
CHUNK = 400_000  # a journal's frame holds half a mebibyte
PACK_MAX = 256 << 20


class Inbox:
    """The engine's side: datagrams of the desk -> acts that wait, and zones to be exchanged."""

    def __init__(self) -> None:
        self.row = 0  # of the last act taken from the log's queue
        self.refused = self.edits = 0
        self._acts: list[Act] = []
        self._late: list[Act] = []
        self._chunks = b""

    def take(self, datagram: Datagram) -> list[Zone] | None:
        """Take one datagram; the new zones where it is the last piece of an edit."""
        if datagram.feed == DESK:
            told = unpack_act(datagram.data)
            if told is None:
                self.refused += 1
            else:
                self.row = max(self.row, told[0])
                # What never waited in a queue was done when the run was over.
                (self._acts if told[0] else self._late).append(told[1])
        elif datagram.feed == ZONES:
            self._chunks = (self._chunks + datagram.data)[:PACK_MAX]
            if datagram.end:
                packed, self._chunks = self._chunks, b""
                return self._unpack(packed)
        else:
            self.refused += 1
        return None

    @property
    def waiting(self) -> bool:
        return bool(self._acts)

    def acts(self) -> list[Act]:
        """The acts that came since the last call."""
        acts, self._acts = self._acts, []
        return acts

    def late_acts(self) -> list[Act]:
        """All acts that are left when there are no more pictures."""
        acts, self._acts, self._late = [*self._acts, *self._late], [], []
        return acts

    def _unpack(self, packed: bytes) -> list[Zone] | None:
        try:
            text = zstandard.ZstdDecompressor().decompress(packed, PACK_MAX)
            zones = read_zones(json.loads(text))
        except (zstandard.ZstdError, ValueError, ConfigError):
            self.refused += 1
            return None
        self.edits += 1
        return zones


def pack_zones(document: object, time_ns: int) -> list[Datagram]:
    """A pack's GeoJSON as datagrams, the last of which has ``end``."""
    packed = zstandard.ZstdCompressor().compress(json.dumps(document).encode())
    pieces = [packed[k : k + CHUNK] for k in range(0, len(packed), CHUNK)]
    last = len(pieces) - 1
    return [Datagram(time_ns, ZONES, piece, end=k == last) for k, piece in enumerate(pieces)]

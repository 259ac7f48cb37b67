"""CAT 240, radar video: EUROCONTROL-SPEC-0149-240 edition 1.3.

Video blocks are hexadecimal digits, at most twice the 65,535 octets that a data block can have.
"""

from __future__ import annotations

from typing import Any

from coastwatch.decode.asterix.category import ADDRESS, RE, SP, TIME_OF_DAY, Category
from coastwatch.decode.asterix.fields import spare, uint
from coastwatch.decode.asterix.presence import Item
from coastwatch.decode.asterix.structures import TRUNCATED, Explicit, Fixed, Malformed
from coastwatch.model import InputError

_TURN_16 = 360 / 2**16


class Blocks(Explicit):
    """Octets in blocks of one size, their number before them in one octet, as hex digits."""

    def __init__(self, size: int) -> None:
        self.size = size

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = self.skip(data, at, end)
        return data[at + 1 : stop].hex().upper(), stop

    def skip(self, data: bytes, at: int, end: int) -> int:
        stop = at + 1 + (data[at] * self.size if at < end else 0)
        if stop > end:
            raise Malformed(TRUNCATED)
        return stop

    def encode(self, value: Any) -> bytes:
        octets = self._octets(value)
        count, rest = divmod(len(octets), self.size)
        if rest or count > 255:
            raise InputError(f"{len(octets)} octets are not 0 to 255 blocks of {self.size}")
        return bytes([count]) + octets

    def _octets(self, value: Any) -> bytes:
        try:
            return bytes.fromhex(value)
        except (TypeError, ValueError):
            raise InputError(f"{value!r} is not a text of hexadecimal digits") from None


class Characters(Blocks):
    """A text of 8-bit characters, their number before them in one octet."""

    def __init__(self) -> None:
        super().__init__(1)

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = self.skip(data, at, end)
        return data[at + 1 : stop].decode("latin-1"), stop

    def _octets(self, value: Any) -> bytes:
        try:
            return bytes(value.encode("latin-1"))
        except (AttributeError, UnicodeEncodeError):
            raise InputError(f"{value!r} is not a text of 8-bit characters") from None


def _header(unit: str) -> Fixed:
    """A radial: start and end azimuth, first cell (counted in cells), duration of a cell."""
    return Fixed(
        uint("STARTAZ", 16, _TURN_16, "deg"),
        uint("ENDAZ", 16, _TURN_16, "deg"),
        uint("STARTRG", 32),
        uint("CELLDUR", 32, 1, unit),
    )


CAT_240 = Category(
    240,
    "Radar video",
    "1.3",
    "1.1 and 1.2",
    Item("010", "Data source identifier", ADDRESS),
    Item("000", "Message type", Fixed(uint("", 8))),
    Item("020", "Video record header: message sequence", Fixed(uint("", 32))),
    Item("030", "Video summary", Characters()),
    Item("040", "Video header nano", _header("ns")),
    Item("041", "Video header femto", _header("fs")),
    Item("048", "Cell resolution and compression", Fixed(uint("C", 1), spare(7), uint("RES", 8))),
    Item("049", "Valid octets and cells", Fixed(uint("NBVB", 16), uint("NBCELLS", 24))),
    Item("050", "Video block, low volume", Blocks(4)),
    Item("051", "Video block, medium volume", Blocks(64)),
    Item("052", "Video block, high volume", Blocks(256)),
    Item("140", "Time of day", TIME_OF_DAY),
    RE,
    SP,
)

"""A category: its items in the order of its user application profile (UAP), to records and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from coastwatch.decode.asterix.fields import hexa, octal, sint, spare, uint
from coastwatch.decode.asterix.presence import Item, Presence
from coastwatch.decode.asterix.structures import Explicit, Fixed, Malformed, Structure
from coastwatch.model import InputError

BLOCK_MAX = 0xFFFF

# Shapes that several categories share.
ADDRESS = Fixed(uint("SAC", 8), uint("SIC", 8))
TIME_OF_DAY = Fixed(uint("", 24, 1 / 128, "s"))
LAT_LON_24 = (sint("LAT", 24, 180 / 2**23, "deg"), sint("LON", 24, 180 / 2**23, "deg"))
RE = Item("RE", "Reserved expansion field", Explicit())
SP = Item("SP", "Special purpose field", Explicit())


class Category:
    """One table: ``items`` in the order of the UAP, None where it leaves a gap."""

    def __init__(
        self, number: int, title: str, edition: str, also_reads: str, *items: Item | None
    ) -> None:
        self.number = number
        self.title = title
        self.edition = edition
        self.also_reads = also_reads
        self.items = items
        self._presence = Presence(items)

    def decode(
        self, data: bytes, at: int, end: int, only: Collection[str] | None = None
    ) -> tuple[dict[str, Any], int]:
        """The items of the record that begins at ``at``, and where it ends.

        With ``only``, the other items are stepped over. Raises Malformed, which names the item.
        """
        items: dict[str, Any] = {}
        name = "FSPEC"
        try:
            present, at = self._presence.read(data, at, end)
            if not present:
                raise Malformed("announces no item")
            for item in present:
                name = item.name
                if only is None or name in only:
                    items[name], at = item.structure.decode(data, at, end)
                else:
                    at = item.structure.skip(data, at, end)
        except Malformed as error:
            error.item = name
            raise
        return items, at

    def encode(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        """One data block of these records. Raises InputError, which names item and sub-field."""
        body = b""
        for number, record in enumerate(records, 1):
            try:
                if not record:
                    raise InputError("a record needs at least one item")
                body += self._presence.write(record)
            except InputError as error:
                raise InputError(f"CAT {self.number:03d} record {number}: {error}") from None
        if len(body) + 3 > BLOCK_MAX:
            raise InputError(f"{len(records)} records take {len(body)} octets: make more blocks")
        return bytes([self.number]) + (len(body) + 3).to_bytes(2) + body


def reply_code(name: str) -> Structure:
    """A transponder's reply in octal with its validated, garbled and smoothed bits."""
    return Fixed(uint("V", 1), uint("G", 1), uint("L", 1), spare(1), octal(name))


def register(name: str = "") -> Structure:
    """A transponder's register of 56 bits."""
    return Fixed(hexa(name, 56))

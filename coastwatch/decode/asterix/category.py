"""A category: its items in the order of its user application profile (UAP), to records and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from coastwatch.decode.asterix.fields import flags, hexa, octal, sint, spare, uint
from coastwatch.decode.asterix.presence import Item, Presence
from coastwatch.decode.asterix.structures import Explicit, Fixed, Malformed, Structure
from coastwatch.model import InputError

BLOCK_MAX = 0xFFFF

# Shapes that several categories share.
ADDRESS = Fixed(uint("SAC", 8), uint("SIC", 8))
# A clock may run a little past midnight before it is set back; bits that say more are no time.
TIME_OF_DAY = Fixed(uint("", 24, 1 / 128, "s", within=(0, 86_460)))
LAT_LON_24 = (sint("LAT", 24, 180 / 2**23, "deg"), sint("LON", 24, 180 / 2**23, "deg"))
MODE_C = Fixed(
    *flags("V G"), spare(2), uint("MODEC", 12), spare(4),
    *flags("QC1 QA1 QC2 QA2 QC4 QA4 QB1 QD1 QB2 QD2 QB4 QD4"),
)  # fmt: skip
CODE_CONFIDENCE = Fixed(spare(4), *flags("QA4 QA2 QA1 QB4 QB2 QB1 QC4 QC2 QC1 QD4 QD2 QD1"))
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
        parts = []
        for number, record in enumerate(records, 1):
            try:
                if not record:
                    raise InputError("a record needs at least one item")
                parts.append(self._write(record))
            except InputError as error:
                raise InputError(f"CAT {self.number:03d} record {number}: {error}") from None
        body = b"".join(parts)
        if len(body) + 3 > BLOCK_MAX:
            raise InputError(f"{len(records)} records take {len(body)} octets: make more blocks")
        return bytes([self.number]) + (len(body) + 3).to_bytes(2) + body

    def reads(self, edition: str) -> bool:
        """Whether a text such as "1.15" names an edition that this table reads."""
        oldest = self.also_reads.partition(" ")[0] or self.edition
        return _version(oldest) <= _version(edition) <= _version(self.edition)

    def _write(self, record: Mapping[str, Any]) -> bytes:
        return self._presence.write(record)


class Profiles(Category):
    """A category of two UAPs, told apart by the first bit of its item 020 (TYP): CAT 001.

    A record without that item is read as ``zero``. In both UAPs 020 is second, behind 010.
    """

    def __init__(self, zero: Category, one: Category) -> None:
        both = {item.name: item for table in (zero, one) for item in table.items if item}
        super().__init__(zero.number, zero.title, zero.edition, zero.also_reads, *both.values())
        self.tables = (zero, one)

    def decode(
        self, data: bytes, at: int, end: int, only: Collection[str] | None = None
    ) -> tuple[dict[str, Any], int]:
        return self.tables[self._bit(data, at, end)].decode(data, at, end, only)

    def _bit(self, data: bytes, at: int, end: int) -> bool:
        """TYP; what is too short to have it fails in either table."""
        bits, here = data[at] if at < end else 0, at
        while here < end and data[here] & 1:
            here += 1
        here += 1 + 2 * (bits >> 7)
        return bool(bits & 0x40) and here < end and data[here] >> 7 == 1

    def _write(self, record: Mapping[str, Any]) -> bytes:
        descriptor = record.get("020")
        one = isinstance(descriptor, Mapping) and descriptor.get("TYP") == 1
        return self.tables[one]._write(record)


def reply_code(name: str) -> Structure:
    """A transponder's reply in octal with its validated, garbled and smoothed bits."""
    return Fixed(uint("V", 1), uint("G", 1), uint("L", 1), spare(1), octal(name))


def register(name: str = "") -> Structure:
    """A transponder's register of 56 bits."""
    return Fixed(hexa(name, 56))


def lat_lon(bits: int, lsb: float) -> Fixed:
    """A position in WGS 84, of which bits that name no place on earth are refused."""
    return Fixed(
        sint("LAT", bits, lsb, "deg", within=(-90, 90)),
        sint("LON", bits, lsb, "deg", within=(-180, 180)),
    )


def _version(edition: str) -> tuple[int, ...]:
    return tuple(int(part) for part in edition.split("."))

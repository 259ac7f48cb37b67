"""Which edition a block is of: the site says, or else the block itself tells."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.structures import Malformed
from coastwatch.decode.asterix.tables import EDITIONS
from coastwatch.model import ConfigError, InputError

AUTO = "auto"
SOURCES_KEPT = 4096
# Radars send blocks of some hundred records. Of two octets each 64 KiB could hold 32,764, which
# take a tenth of a second; 4,096 of a dozen octets each take nearly as long.
RECORDS_MAX = 1024
TOO_MANY = f"more than {RECORDS_MAX} records in a block"
NO_EDITION = "no edition fits"

Source = tuple[int, int, int]  # category, SAC, SIC


class NoEdition(Malformed):
    """A block that no edition reads; ``details`` say why each does not."""

    def __init__(self, details: str) -> None:
        super().__init__(NO_EDITION)
        self.details = details


class Block(NamedTuple):
    """What was read of one data block: its records, and what broke it off, if anything.

    ``at`` is where the record that failed begins; ``table`` is by which it was read.
    """

    records: list[dict[str, Any]]
    at: int
    error: Malformed | None
    table: Category | None = None


class Editions:
    """Chooses a table for each block, per category, SAC and SIC, and remembers the choice.

    ``chosen(category, sac, sic)`` is the site's word: an edition, or "auto". Else of the editions
    of a category that one is taken which consumes the block to the octet, with all values within
    their limits; of several, one by which the block could have been written as it stands (spare
    bits zero); of these, the newest. Bounded to 4096 remembered sources.
    """

    def __init__(self, chosen: Callable[[int, int, int], str]) -> None:
        self._chosen = chosen
        self._known: OrderedDict[Source, Category] = OrderedDict()

    def table(self, block: bytes) -> Category | None:
        """The table that ``read`` takes first for a block; None where the block has to tell."""
        number = block[0]
        source = (number, *address(block))
        said = self._chosen(*source)
        if said != AUTO:
            return named(number, said)
        if len(EDITIONS[number]) == 1:
            return EDITIONS[number][0]
        known = self._known.get(source)
        if known:
            self._known.move_to_end(source)
        return known

    def read(self, block: bytes, only: Callable[[int], Collection[str] | None]) -> Block:
        """The records of a block of a known category, as far as they can be read.

        Raises NoEdition where several editions are possible and none fits. A block of a source
        that is known is read as far as it goes. Raises ConfigError for an edition that the site
        names and no table reads; an engine has looked at that before.
        """
        number = block[0]
        tables = EDITIONS[number]
        source = (number, *address(block))
        said = self._chosen(*source)
        if said != AUTO:
            tables = (named(number, said),)
        wanted = only(number)
        if len(tables) == 1:
            return read(tables[0], block, wanted)
        known = self._known.get(source)
        if known:
            self._known.move_to_end(source)
            found = read(known, block, wanted)
            if _fits(found):
                return found
        tried: list[tuple[Category, Block]] = []
        for table in tables:
            tried.append((table, read(table, block, wanted)))
            if _fits(tried[-1][1]) and _clean(table, block):
                return self._settle(source, *tried[-1])
        if known:  # damage may look like another edition with odd bits
            return found
        for table, one in tried:
            if _fits(one):
                return self._settle(source, table, one)
        raise NoEdition("; ".join(_why(table, one) for table, one in tried))

    def _settle(self, source: Source, table: Category, found: Block) -> Block:
        """What was read, and from now on by this table, if the source has a name."""
        if source[1] >= 0:
            self._known[source] = table
            if len(self._known) > SOURCES_KEPT:
                self._known.popitem(last=False)
        return found


def read(table: Category, block: bytes, only: Collection[str] | None) -> Block:
    """The block by one table; of each record only the items of ``only``, unless it is None."""
    records: list[dict[str, Any]] = []
    at, end = 3, len(block)
    while at < end:
        try:
            items, stop = table.decode(block, at, end, only)
            if len(records) == RECORDS_MAX:
                raise Malformed(TOO_MANY)
        except Malformed as error:
            return Block(records, at, error, table)
        records.append(items)
        at = stop
    return Block(records, at, None, table)


def named(number: int, edition: str) -> Category:
    """The table that reads an edition such as "1.12". Raises ConfigError, which names the known."""
    tables = EDITIONS.get(number, ())
    for table in tables:
        if table.reads(edition):
            return table
    if not tables:
        raise ConfigError(f"CAT {number:03d} has no table")
    known = "; ".join(
        f"{table.also_reads}, {table.edition}" if table.also_reads else table.edition
        for table in tables
    )
    raise ConfigError(f"CAT {number:03d} edition {edition!r} is not known; known are {known}")


def address(block: bytes) -> tuple[int, int]:
    """SAC and SIC of a block's first record: item 010 is first in all UAPs. -1, -1 if it is not."""
    at, end = 3, len(block)
    if at >= end or not block[at] & 0x80:
        return -1, -1
    while at < end and block[at] & 1:
        at += 1
    return (block[at + 1], block[at + 2]) if at + 2 < end else (-1, -1)


def _fits(found: Block) -> bool:
    """Whether a table reads the block, as far as any would."""
    return found.error is None or found.error.reason == TOO_MANY


def _why(table: Category, found: Block) -> str:
    error = found.error
    return f"{table.edition}: item {error.item} {error.reason} at {found.at}" if error else ""


def _clean(table: Category, block: bytes) -> bool:
    """Whether writing a block that fits gives its octets again: no spare bit is set.

    Its first records tell: 64 of them.
    """
    records: list[dict[str, Any]] = []
    at = 3
    while at < len(block) and len(records) < 64:
        items, at = table.decode(block, at, len(block))
        records.append(items)
    try:
        return table.encode(records)[3:] == block[3:at]
    except InputError:
        return False

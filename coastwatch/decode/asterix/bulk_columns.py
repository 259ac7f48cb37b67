"""The records of an input as columns by category: what ``coastwatch.read_asterix`` gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coastwatch.decode.asterix.bulk import Piece, Reader, joined
from coastwatch.decode.asterix.bulk_program import (
    Array,
    Column,
    columns_of,
    flat,
    plain_column,
    wanted,
)
from coastwatch.decode.asterix.tables import TABLES
from coastwatch.model import Balance, Datagram, Floats, InputError, Ints

if TYPE_CHECKING:
    from coastwatch.decode.asterix.decoder import AsterixDecoder


@dataclass(slots=True)
class Records:
    """The records of one category as columns, one row a record, in input order.

    ``line`` (n) numbers the records over all categories, as in the jsonl output; ``received_s``
    (n) is UTC seconds, NaN where the feed has no clock. ``records["040/RHO"]`` is a column (n) of
    the field of that name in docs/asterix.md, in the specification's units: float64 with NaN for
    a number with a unit, integers with -1 for counts, flags and codes (an octal code as the
    number it is), bytes for texts; the absent value throughout where no record has the field.
    """

    category: int
    line: Ints
    received_s: Floats
    values: dict[str, Array]
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.line)

    def __getitem__(self, name: str) -> Array:
        if name in self.values:
            return self.values[name]
        if name in self.columns:
            return self.columns[name].empty(len(self))
        raise InputError(f"CAT {self.category:03d} has no field {name!r}; see docs/asterix.md")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that at least one record has, in the order of the table."""
        return tuple(name for name in self.columns if name in self.values)


class Found(dict[int, Records]):
    """Records by category; ``balance`` has the books of the whole input."""

    def __init__(self, records: dict[int, Records], balance: Balance) -> None:
        super().__init__(records)
        self.balance = balance


def read_columns(
    decoder: AsterixDecoder, datagrams: Iterable[Datagram], only: Collection[str] | None = None
) -> Found:
    """All records of some datagrams as columns, by category; the rest is in the decoder's books.

    Raises InputError for a name in ``only`` that no category has.
    """
    _check_names(only)
    reader, pieces = Reader(decoder, lambda number: only), []
    for datagram in datagrams:
        reader.take(datagram)
        pieces += [as_columns(piece, only) for piece in reader.pieces]
        reader.pieces.clear()
    reader.read()
    pieces += [as_columns(piece, only) for piece in reader.pieces]
    by_category: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_category[piece.table.number].append(piece)
    return Found(
        {number: _records(number, parts) for number, parts in sorted(by_category.items())},
        decoder.balance,
    )


def as_columns(piece: Piece, only: Collection[str] | None = None) -> Piece:
    """The piece with its items, where it has any, as columns."""
    if piece.items is not None:
        rows = [flat(items) for items in piece.items]
        occur = {name for row in rows for name in row}
        columns = wanted(only, {c.name: c for c in columns_of(piece.table)})
        piece.values = {c.name: plain_column(c, rows) for c in columns if c.name in occur}
        piece.items = None
    return piece


def _check_names(only: Collection[str] | None) -> None:
    known = {c.name: c for table in TABLES for c in columns_of(table)}
    for name in only or ():
        if not wanted([name], known):
            raise InputError(f"no ASTERIX field {name!r}; docs/asterix.md names them all")


def _records(number: int, pieces: list[Piece]) -> Records:
    columns: dict[str, Column] = {}
    for table in {id(p.table): p.table for p in pieces}.values():
        columns |= {c.name: c for c in columns_of(table)} | columns
    line = np.concatenate([p.line for p in pieces])
    received_s = np.concatenate([p.received_s for p in pieces])
    lengths = [len(p.block) for p in pieces]
    values = joined([p.values for p in pieces], lengths, columns)
    if (np.diff(line) < 0).any():  # several tables of one category, in turns
        order = np.argsort(line, kind="stable")
        line, received_s = line[order], received_s[order]
        values = {name: column[order] for name, column in values.items()}
    return Records(number, line, received_s, values, columns)

"""Many ASTERIX blocks at once: to the columns of each category, with the decoder's own books.

The kernels (``bulk_kernel``) are loaded when the first batch is read, so this is for files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.asterix.bulk_program import (
    Array,
    Column,
    Program,
    Reading,
    Unsupported,
    columns_of,
    flat,
    plain_column,
    program,
    text,
    wanted,
)
from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.structures import Malformed
from coastwatch.model import Balance, Datagram, Floats, InputError, Ints

if TYPE_CHECKING:
    from coastwatch.decode.asterix.decoder import AsterixDecoder

BATCH = 1 << 20  # octets of blocks that are read at once
ROOM = 8_192  # records of one walk: their places fit the processor's cache


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


@dataclass(slots=True)
class Piece:
    """Records of one batch that one table reads; ``block`` is the index of each one's block."""

    table: Category
    block: Ints
    line: Ints
    received_s: Floats
    values: dict[str, Array]


class Reader:
    """Collects the blocks of a decoder's datagrams and reads them batch by batch.

    ``only`` names fields or whole items; None means all. What the batches hold is in ``pieces``.
    """

    def __init__(self, decoder: AsterixDecoder, only: Collection[str] | None = None) -> None:
        self.pieces: list[Piece] = []
        self._decoder = decoder
        self._only = only
        self._blocks: list[bytes] = []
        self._received: list[float] = []
        self._octets = 0
        self._where: dict[int, NDArray[np.int32]] = {}

    def take(self, datagram: Datagram) -> None:
        """The datagram's blocks; they are read now, or with those that follow."""
        blocks = self._decoder.blocks(datagram)
        self._blocks += blocks
        received_s = datagram.received_ns / 1e9 if datagram.received_ns > 0 else np.nan
        self._received += [received_s] * len(blocks)
        self._octets += sum(map(len, blocks))
        lost = self._decoder.has_lost
        if self._octets >= BATCH or lost:
            self.read()
        if lost:
            self._decoder.count_lost()

    def read(self) -> None:
        """Read what is collected."""
        blocks, self._blocks = self._blocks, []
        received_s, self._received = np.array(self._received), []
        self._octets = 0
        if not blocks:
            return
        tables = [self._decoder.table(block) for block in blocks]
        groups: dict[int, list[int]] = defaultdict(list)
        for n, table in enumerate(tables):
            groups[id(table)].append(n)
        counts = np.zeros(len(blocks), dtype=np.int64)
        pieces, faults = [], []
        for members in groups.values():
            table, index = tables[members[0]], np.array(members)
            if table is None:
                self._ignore([blocks[n] for n in members])
                counts[index] = 1
                continue
            piece, bad = self._group(table, [blocks[n] for n in members])
            piece.block = index[piece.block]
            counts += np.bincount(piece.block, minlength=len(blocks))
            faults += [(members[n], at, table) for n, at in bad]
            pieces.append(piece)
        self._settle(blocks, counts, sorted(faults, key=lambda fault: fault[0]), pieces)
        for piece in pieces:
            piece.received_s = received_s[piece.block]
        self.pieces += [piece for piece in pieces if len(piece.block)]

    def _settle(
        self,
        blocks: list[bytes],
        counts: Ints,
        faults: list[tuple[int, int, Category]],
        pieces: list[Piece],
    ) -> None:
        """Number the records, and enter them and what could not be read into the books."""
        decoder, balance = self._decoder, self._decoder.balance
        decoded = sum(len(piece.block) for piece in pieces)
        for n, _, _ in faults:
            counts[n] += 1
        ends = balance.frames + np.cumsum(counts)
        for piece in pieces:
            # Rows of a block follow one another: each one's place is what is before its block.
            first = np.flatnonzero(np.diff(piece.block, prepend=-1))
            place = np.arange(len(piece.block)) - np.repeat(
                first, np.diff(first, append=len(piece.block))
            )
            piece.line = ends[piece.block] - counts[piece.block] + place + 1
        for n, at, table in faults:
            balance.frames = int(ends[n])
            decoder.refuse(table, _why(table, blocks[n], at), at, blocks[n])
        balance.frames = int(ends[-1])
        balance.decoded += decoded

    def _ignore(self, blocks: list[bytes]) -> None:
        for block in blocks:
            self._decoder.ignore(block)

    def _group(self, table: Category, blocks: list[bytes]) -> tuple[Piece, list[tuple[int, int]]]:
        """The records of one table's blocks, and block and place of what cannot be read."""
        try:
            return self._walk(table, program(table), blocks)
        except Unsupported:
            return _plain(table, blocks, self._only)

    def _walk(
        self, table: Category, program: Program, blocks: list[bytes]
    ) -> tuple[Piece, list[tuple[int, int]]]:
        from coastwatch.decode.asterix import bulk_kernel as kernel

        buf = np.frombuffer(b"".join(blocks), dtype=np.uint8)
        ends = np.cumsum([len(block) for block in blocks])
        starts = np.concatenate(([0], ends[:-1]))
        spans = np.stack((starts + 3, ends), axis=1)
        faults = np.empty((len(blocks), 2), dtype=np.int64)
        state = np.zeros(kernel.STATE_INTS, dtype=np.int64)
        seen = np.zeros(program.leaves, dtype=np.uint8)
        rows = np.empty(ROOM, dtype=np.int64)
        where = self._where.get(id(table))
        if where is None:
            where = self._where[id(table)] = np.empty((program.leaves, ROOM), dtype=np.int32)
            where[:] = -1
        columns = wanted(self._only, program.columns)
        block_parts: list[Ints] = []
        parts: list[dict[str, Array]] = []
        done = False
        while not done:
            done = kernel.walk(
                buf, spans, state, program.nodes, program.slots, program.limits, where, seen,
                rows, faults,
            )  # fmt: skip
            n = int(state[kernel.ROWS])
            block_parts.append(rows[:n].copy())
            parts.append(dict(_gathered(buf, where[:, :n], seen, columns)))
            where[seen == 1] = -1
            seen[:] = 0
        values = _joined(parts, list(map(len, block_parts)), program.columns)
        bad = [(n, at - int(starts[n])) for n, at in faults[: state[kernel.FAULTS]].tolist()]
        nothing = np.empty(0)
        return Piece(table, np.concatenate(block_parts), nothing.astype(int), nothing, values), bad


def gathered(pieces: list[Piece], balance: Balance) -> Found:
    """The pieces of a whole input, by category."""
    by_category: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_category[piece.table.number].append(piece)
    return Found(
        {number: _records(number, parts) for number, parts in sorted(by_category.items())}, balance
    )


def check_names(only: Collection[str] | None, tables: Collection[Category]) -> None:
    """Raise InputError for a name that no table has."""
    known = {c.name: c for table in tables for c in columns_of(table)}
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
    values = _joined([p.values for p in pieces], lengths, columns)
    if (np.diff(line) < 0).any():  # several tables of one category, in turns
        order = np.argsort(line, kind="stable")
        line, received_s = line[order], received_s[order]
        values = {name: column[order] for name, column in values.items()}
    return Records(number, line, received_s, values, columns)


def _joined(
    parts: list[dict[str, Array]], lengths: list[int], columns: dict[str, Column]
) -> dict[str, Array]:
    """Parts one after the other; the parts are used up, so that memory is needed once."""
    if len(parts) == 1:
        return parts[0]
    joined = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        found = [part.pop(name, None) for part in parts]
        column = columns[name]
        dtype = np.result_type(column.dtype, *(p.dtype for p in found if p is not None))
        out, at = np.empty(sum(lengths), dtype=dtype), 0
        for values, length in zip(found, lengths, strict=True):
            out[at : at + length] = column.absent if values is None else values
            at += length
        joined[name] = out
    return joined


def _gathered(
    buf: Array, where: Array, seen: Array, columns: Sequence[Column]
) -> Iterator[tuple[str, Array]]:
    """The columns whose leaf at least one record has."""
    for column in columns:
        places = where[column.readings[0].leaf]
        if not seen[column.readings[0].leaf]:
            continue
        if column.only_case < 0 and len(column.readings) == 1:
            yield column.name, _read(buf, places, column, column.readings[0])
            continue
        # The first bit of the leaf says which reading holds.
        case = np.where(places < 0, -1, buf[places] >> 7)
        out = column.empty(len(places))
        cases = (0, 1) if column.only_case < 0 else (column.only_case,)
        for one, reading in zip(cases, column.readings, strict=True):
            values = _read(buf, places, column, reading)
            out[case == one] = values[case == one]
        yield column.name, out


def _read(buf: Array, places: Array, column: Column, reading: Reading) -> Array:
    from coastwatch.decode.asterix import bulk_kernel as kernel

    if column.dtype.kind == "S":
        raw = np.empty(len(places), dtype=np.int64)
        kernel.gather(buf, places, reading.bits, 1, -1, raw)
        return text(raw, reading.field)
    out = np.empty(len(places), dtype=column.dtype)
    if column.dtype.kind == "f":
        kernel.gather(buf, places, reading.bits, float(reading.field.lsb), np.nan, out)
    else:
        kernel.gather(buf, places, reading.bits, 1, -1, out)
    return out


def _why(table: Category, block: bytes, at: int) -> Malformed:
    """The plain decoder's own reason why the record at ``at`` cannot be read."""
    try:
        table.decode(block, at, len(block))
    except Malformed as error:
        return error
    raise AssertionError(f"CAT {table.number:03d}: the kernel refuses what the table reads")


def _plain(
    table: Category, blocks: list[bytes], only: Collection[str] | None
) -> tuple[Piece, list[tuple[int, int]]]:
    """The same without kernels, for a table that has no program."""
    rows, of, bad = [], [], []
    for n, block in enumerate(blocks):
        at = 3
        while at < len(block):
            start = at
            try:
                items, at = table.decode(block, at, len(block))
            except Malformed:
                bad.append((n, start))
                break
            rows.append(flat(items))
            of.append(n)
    occur = {name for row in rows for name in row}
    columns = wanted(only, {c.name: c for c in columns_of(table)})
    values = {c.name: plain_column(c, rows) for c in columns if c.name in occur}
    nothing = np.empty(0)
    return Piece(table, np.array(of, int), nothing.astype(int), nothing, values), bad

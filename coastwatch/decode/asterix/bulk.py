"""Many ASTERIX blocks at once: to the columns of each category, with the decoder's own books.

The kernels (``bulk_kernel``) are loaded when the first batch is read, so this is for files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.asterix.bulk_program import (
    Array,
    Column,
    Program,
    Reading,
    Unsupported,
    program,
    text,
    wanted,
)
from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.decoder import everything
from coastwatch.decode.asterix.editions import RECORDS_MAX, Block, address
from coastwatch.decode.asterix.tables import CATEGORIES
from coastwatch.model import Datagram, Floats, Ints

if TYPE_CHECKING:
    from coastwatch.decode.asterix.decoder import AsterixDecoder

BATCH = 1 << 20  # octets of blocks that are read at once
ROOM = 8_192  # records of one walk: their places fit the processor's cache


@dataclass(slots=True)
class Piece:
    """Records of one batch that one table reads: as columns, or as the plain decoder's items.

    ``block`` (n) is the index of each record's block within the batch.
    """

    table: Category
    block: Ints
    values: dict[str, Array]
    items: list[dict[str, Any]] | None = None
    line: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    received_s: Floats = field(default_factory=lambda: np.empty(0))


class Reader:
    """Collects the blocks of a decoder's datagrams and reads them batch by batch.

    ``only`` names the columns, or whole items, that are wanted of a category; None means all.
    ``need`` says of which items values are held to their limits. ``marks`` are compound items of
    which a column of that name says where they are. ``fast`` says which tables the
    kernels may read; what others read keeps its ``items``. What was read is in ``pieces``.
    """

    def __init__(
        self,
        decoder: AsterixDecoder,
        only: Callable[[int], Collection[str] | None] = everything,
        need: Callable[[int], Collection[str] | None] = everything,
        fast: Callable[[Category], bool] = lambda table: True,
        marks: Collection[str] = (),
    ) -> None:
        self.pieces: list[Piece] = []
        self._decoder = decoder
        self._only, self._need, self._fast, self._marks = only, need, fast, marks
        self._blocks: list[bytes] = []
        self._received: list[float] = []
        self._octets = 0
        self._programs: dict[int, Program | None] = {}
        self._where: dict[int, NDArray[np.int32]] = {}

    def take(self, datagram: Datagram) -> None:
        """The datagram's blocks; they are read now, or with those that follow."""
        self.add(list(self._decoder.blocks(datagram)), datagram.received_ns)
        lost = self._decoder.has_lost
        if self._octets >= BATCH or lost:
            self.read()
        if lost:
            self._decoder.count_lost()

    def add(self, blocks: list[bytes], received_ns: int) -> None:
        """Blocks to read."""
        self._blocks += blocks
        self._received += [received_ns / 1e9 if received_ns > 0 else np.nan] * len(blocks)
        self._octets += sum(map(len, blocks))

    def read(self) -> None:
        """Read what is collected."""
        blocks, self._blocks = self._blocks, []
        received_s, self._received = np.array(self._received), []
        self._octets = 0
        if not blocks:
            return
        counts = np.zeros(len(blocks), dtype=np.int64)
        groups, plain = self._sorted(blocks, counts)
        pieces, faults, crowded = [], [], set()
        for table, members in groups:
            piece, bad = self._walk(table, [blocks[n] for n in members])
            piece.block = np.array(members)[piece.block]
            crowded |= set(np.flatnonzero(np.bincount(piece.block) > RECORDS_MAX).tolist())
            faults += [members[n] for n in bad]
            pieces.append(piece)
        refused, again = self._reread(blocks, sorted({*faults} - crowded), plain)
        for n in crowded - again:
            plain[n] = self._decoder.read_block(blocks[n], self._need)
        again |= crowded
        if again:
            pieces = [_without(piece, again) for piece in pieces]
        refused |= {n: found for n, found in plain.items() if found.error}
        pieces = [p for p in (*pieces, *_plain(plain)) if len(p.block)]
        for piece in pieces:
            counts += np.bincount(piece.block, minlength=len(blocks))
            piece.received_s = received_s[piece.block]
        self._settle(blocks, counts, refused, pieces)
        self.pieces += pieces

    def _sorted(
        self, blocks: list[bytes], counts: Ints
    ) -> tuple[list[tuple[Category, list[int]]], dict[int, Block]]:
        """Which blocks the kernels read by which table, and what is in those they cannot."""
        groups: dict[int, tuple[Category, list[int]]] = {}
        plain: dict[int, Block] = {}
        for n, block in enumerate(blocks):
            if block[0] not in CATEGORIES:
                self._decoder.ignore(block)
                counts[n] = 1
                continue
            table = self._decoder.table(block)
            if table is None or self._program(table) is None:
                plain[n] = self._decoder.read_block(block, self._need)
            else:
                groups.setdefault(id(table), (table, []))[1].append(n)
        return list(groups.values()), plain

    def _program(self, table: Category) -> Program | None:
        if id(table) not in self._programs:
            need = self._need(table.number)
            try:
                known = program(table, None if need is None else frozenset(need))
            except Unsupported:
                known = None
            self._programs[id(table)] = known if self._fast(table) else None
        return self._programs[id(table)]

    def _reread(
        self, blocks: list[bytes], faults: list[int], plain: dict[int, Block]
    ) -> tuple[dict[int, Block], set[int]]:
        """Let the decoder say what is wrong with the blocks that the kernels could not read on.

        Where it finds that another edition reads a block, it reads that and all that follow from
        the same source; these are added to ``plain``, and told.
        """
        refused: dict[int, Block] = {}
        again: set[int] = set()
        sources: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for n in faults:
            if n in again:
                continue
            found = self._decoder.read_block(blocks[n], self._need)
            if found.error:
                refused[n] = found
                continue
            if not sources:
                for m, block in enumerate(blocks):
                    sources[block[0], *address(block)].append(m)
            plain[n] = found
            later = [m for m in sources[blocks[n][0], *address(blocks[n])] if m > n]
            again |= {n, *later}
            for m in later:
                plain[m] = self._decoder.read_block(blocks[m], self._need)
        return refused, again

    def _settle(
        self, blocks: list[bytes], counts: Ints, refused: dict[int, Block], pieces: list[Piece]
    ) -> None:
        """Number the records, and enter them and what could not be read into the books."""
        decoder, balance = self._decoder, self._decoder.balance
        decoded = sum(len(piece.block) for piece in pieces)
        for n in refused:
            counts[n] += 1
        ends = balance.frames + np.cumsum(counts)
        for piece in pieces:
            # Rows of a block follow one another: each one's place is what is before its block.
            first = np.flatnonzero(np.diff(piece.block, prepend=-1))
            place = np.arange(len(piece.block)) - np.repeat(
                first, np.diff(first, append=len(piece.block))
            )
            piece.line = ends[piece.block] - counts[piece.block] + place + 1
        for n, found in sorted(refused.items()):
            balance.frames = int(ends[n])
            assert found.error
            decoder.refuse(found.error, found.at, blocks[n])
        balance.frames = int(ends[-1])
        balance.decoded += decoded

    def _walk(self, table: Category, blocks: list[bytes]) -> tuple[Piece, list[int]]:
        """The records of blocks that the kernels read, and which of them they cannot read on."""
        from coastwatch.decode.asterix import bulk_kernel as kernel

        program = self._program(table)
        assert program
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
        columns = wanted(self._only(table.number), program.columns)
        columns += [program.marks[name] for name in self._marks if name in program.marks]
        block_parts: list[Ints] = []
        parts: list[dict[str, Array]] = []
        done = False
        while not done:
            done = kernel.walk(
                buf, spans, state, program.nodes, program.slots, program.limits, where, seen,
                rows, faults,
            )  # fmt: skip
            n = int(state[kernel.ROWS])
            if state[kernel.FAULTS]:  # what only records had that were then broken off
                seen &= (where[:, :n] >= 0).any(axis=1)
            block_parts.append(rows[:n].copy())
            parts.append(dict(_gathered(buf, where[:, :n], seen, columns)))
            where[seen == 1] = -1
            seen[:] = 0
        values = joined(parts, list(map(len, block_parts)), {c.name: c for c in columns})
        bad: list[int] = faults[: state[kernel.FAULTS], 0].tolist()
        return Piece(table, np.concatenate(block_parts), values), bad


def joined(
    parts: list[dict[str, Array]], lengths: list[int], columns: dict[str, Column]
) -> dict[str, Array]:
    """Parts one after the other; the parts are used up, so that memory is needed once."""
    if len(parts) == 1:
        return {n: v.astype(columns[n].dtype, copy=False) for n, v in parts[0].items()}
    joined = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        found = [part.pop(name, None) for part in parts]
        column = columns[name]
        out, at = np.empty(sum(lengths), dtype=column.dtype), 0
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


def _without(piece: Piece, blocks: set[int]) -> Piece:
    """What of a piece is not from these blocks."""
    keep = ~np.isin(piece.block, list(blocks))
    return Piece(
        piece.table, piece.block[keep], {name: v[keep] for name, v in piece.values.items()}
    )


def _plain(blocks: dict[int, Block]) -> list[Piece]:
    """What the decoder has read itself, by table, in order of the blocks."""
    tables: dict[int, tuple[Category, list[int], list[dict[str, Any]]]] = {}
    for n, found in sorted(blocks.items()):
        if found.table:
            _, of, items = tables.setdefault(id(found.table), (found.table, [], []))
            of += [n] * len(found.records)
            items += found.records
    return [Piece(table, np.array(of, int), {}, items) for table, of, items in tables.values()]

"""A category's table as integers: the program by which the kernels read it, and its columns.

A column is every field that a record has at most once: numbers, transponder codes (octal) and
texts; not the elements of lists, nor registers and explicit fields, whose meaning is elsewhere.
Its name is its place in the record, ``040/RHO``, as in docs/asterix.md.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.fields import Field
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import (
    Chained,
    Choice,
    Explicit,
    Extended,
    Fixed,
    Repetitive,
    Structure,
)

# Kinds of a node ...
FIXED, EXTENDED, REPETITIVE, CHAINED, EXPLICIT, COMPOUND = range(6)
# ... and its numbers: octets of it (of an element); children: where in ``slots``, how many; leaf;
# limits of values: where in ``limits``, how many.
KIND, SIZE, BASE, COUNT, LEAF, LIMIT, LIMITS, NODE_INTS = range(8)
DEPTH_MAX = 8  # compound items within one another, which a table may not exceed
OCTETS_MAX = 7  # of a field, so that it fits a signed word of 64 bits
PROGRAMS_KEPT = 64
_ICAO = np.frombuffer(b"?ABCDEFGHIJKLMNOPQRSTUVWXYZ????? ???????????????0123456789??????", np.uint8)

Array = NDArray[Any]
Bits = tuple[int, int, int, int, int]


class Unsupported(Exception):
    """A table with a shape that the kernels do not know; it is read the plain way."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One field of a leaf: which leaf, its bits as ``gather`` takes them, and its coding."""

    leaf: int
    bits: Bits
    field: Field


@dataclass(frozen=True, slots=True)
class Column:
    """A field as a column. Of a ``Choice`` it has two readings, for a first bit of 0 and of 1."""

    name: str
    unit: str
    dtype: np.dtype[Any]
    readings: tuple[Reading, ...]
    only_case: int = -1  # of a Choice, where one case alone has the field

    @property
    def absent(self) -> Any:
        """What stands where a record lacks the field: NaN, -1 or an empty text."""
        return {"f": np.nan, "i": -1}.get(self.dtype.kind, b"")

    def empty(self, rows: int) -> Array:
        """So many rows without the field."""
        return np.full(rows, self.absent, dtype=self.dtype)


@dataclass(slots=True)
class Program:
    """``nodes`` (nodes, NODE_INTS); node 0 is the record.

    ``slots`` are the nodes that presence bits announce, -1 where nothing may be; ``limits``
    (limits, 7): a field's bits as ``gather`` takes them, its least and its greatest value.
    """

    nodes: Array
    slots: Array
    limits: Array
    leaves: int
    columns: dict[str, Column]
    marks: dict[str, Column]  # of compound items: 0 where a record has one, be it empty


@lru_cache(PROGRAMS_KEPT)
def program(table: Category, only: frozenset[str] | None = None) -> Program:
    """The program of a table. Raises Unsupported where it has a shape that kernels do not know.

    With ``only``, values of other items are not held to their limits, as in ``Category.decode``.
    """
    if type(table) is not Category:
        raise Unsupported(type(table).__name__)
    build = _Build()
    build.slots_of(build.node(COMPOUND), table.items, 0, only)
    return Program(
        np.array(build.nodes, np.int32),
        np.array(build.slots, np.int32),
        np.array(build.limits, np.int64).reshape(-1, 7),
        build.leaves,
        {c.name: c for c in columns_of(table)},
        build.marks,
    )


def columns_of(table: Category) -> list[Column]:
    """All columns of a table, in the order of its items; leaves as ``_Build`` has them."""
    leaves = _Leaves()
    return [column for item in table.items if item for column in leaves.item(item, item.name)]


def wanted(names: Collection[str] | None, columns: Mapping[str, Column]) -> list[Column]:
    """The columns of these names, or of items of these names; all where ``names`` is None."""
    if names is None:
        return list(columns.values())
    parts = tuple(f"{name}/" for name in names)
    return [c for c in columns.values() if c.name in names or c.name.startswith(parts)]


def flat(items: Mapping[str, Any]) -> dict[str, Any]:
    """A plain record's values by column name; lists are left out."""
    values: dict[str, Any] = {}
    for name, value in items.items():
        if isinstance(value, Mapping):
            values |= {f"{name}/{last}": one for last, one in flat(value).items()}
        elif not isinstance(value, list):
            values[name] = value
    return values


def plain_column(column: Column, rows: Sequence[Mapping[str, Any]]) -> Array:
    """The column from flat records: what the kernels are held to."""
    out = column.empty(len(rows))
    octal = column.readings[0].field.code == "octal"
    for n, row in enumerate(rows):
        value = row.get(column.name)
        if value is not None:
            if octal:
                value = int(value, 8)
            out[n] = value.encode("latin-1") if isinstance(value, str) else value
    return out


def text(raw: NDArray[np.int64], field: Field) -> Array:
    """Texts (bytes, without trailing blanks) of the bits of them; -1 is an empty one."""
    width = 6 if field.code == "icao" else 8
    count = field.bits // width
    shifts = width * np.arange(count - 1, -1, -1)
    codes = raw[:, None] >> shifts & (1 << width) - 1
    characters = _ICAO[codes] if field.code == "icao" else codes.astype(np.uint8)
    characters[raw < 0] = 0
    joined = np.ascontiguousarray(characters).view(f"S{count}")[:, 0]
    return np.strings.rstrip(joined, b" ")


class _Build:
    """Nodes, slots and limits; leaves numbered in the order in which the table has them."""

    def __init__(self) -> None:
        self.nodes: list[list[int]] = []
        self.slots: list[int] = []
        self.limits: list[tuple[int, ...]] = []
        self.marks: dict[str, Column] = {}
        self.leaves = 0
        self._checks = True

    def node(self, kind: int, of: Fixed | None = None, leaf: int = -1) -> int:
        """A new node; ``of`` are the fields of a leaf or of a list's element."""
        found = _limits(of) if of and self._checks else []
        self.nodes.append([kind, of.size if of else 0, 0, 0, leaf, len(self.limits), len(found)])
        self.limits += found
        return len(self.nodes) - 1

    def slots_of(
        self, node: int, items: Sequence[Item | None], depth: int, only: Collection[str] | None
    ) -> None:
        if depth > DEPTH_MAX:
            raise Unsupported(f"more than {DEPTH_MAX} compound items within one another")
        children = []
        for item in items:
            if depth == 0 and item:
                self._checks = only is None or item.name in only
            if depth == 0 and item and isinstance(item.structure, Compound):
                mark = Reading(self.leaves, (0, 0, 0, 1, 0), Field(item.name, 1))
                self.marks[item.name] = Column(item.name, "", np.dtype(np.int8), (mark,))
            children.append(-1 if item is None else self._of(item.structure, depth))
        self._children(node, children)

    def _children(self, node: int, children: list[int]) -> None:
        self.nodes[node][BASE], self.nodes[node][COUNT] = len(self.slots), len(children)
        self.slots += children

    def _leaf(self, of: Fixed) -> int:
        self.leaves += 1
        return self.node(FIXED, of, self.leaves - 1)

    def _of(self, structure: Structure, depth: int) -> int:
        # Exactly these: a shape derived from one may read otherwise.
        kind = type(structure)
        if isinstance(structure, Fixed) and kind is Fixed:
            return self._leaf(structure)
        if isinstance(structure, Choice) and kind is Choice:
            zero, one = structure.cases
            if zero.size == one.size and not _limits(zero) + _limits(one):
                return self._leaf(zero)
        if isinstance(structure, Extended) and kind is Extended:
            node = self.node(EXTENDED)
            self._children(node, [self._leaf(part) for part in structure.parts])
            return node
        if isinstance(structure, Repetitive) and kind is Repetitive:
            return self.node(REPETITIVE, structure.of)
        if isinstance(structure, Chained) and kind is Chained:
            return self.node(CHAINED, structure.of)
        if kind is Explicit:
            return self.node(EXPLICIT)
        if isinstance(structure, Compound) and kind is Compound:
            node = self.node(COMPOUND, leaf=self.leaves)
            self.leaves += 1
            self.slots_of(node, structure.items, depth + 1, None)
            return node
        raise Unsupported(kind.__name__)


class _Leaves:
    """Columns, leaves numbered as ``_Build`` numbers them."""

    def __init__(self) -> None:
        self._count = 0

    def item(self, item: Item, path: str) -> Iterator[Column]:
        structure = item.structure
        if isinstance(structure, Compound):
            self._count += 1
            for part in structure.items:
                if part:
                    yield from self.item(part, f"{path}/{part.name}")
        elif isinstance(structure, Choice):
            yield from self._choice(structure, path)
        elif isinstance(structure, Extended):
            for fixed in structure.parts:
                yield from self._fixed(fixed, path)
        elif isinstance(structure, Fixed):
            yield from self._fixed(structure, path)

    def _fixed(self, structure: Fixed, path: str) -> Iterator[Column]:
        for name, reading in self._readings(structure, path).items():
            yield Column(name, reading.field.unit, _dtype(reading.field), (reading,))
        self._count += 1

    def _choice(self, structure: Choice, path: str) -> Iterator[Column]:
        zero, one = (self._readings(case, path) for case in structure.cases)
        self._count += 1
        for name in zero | one:
            readings = tuple(case[name] for case in (zero, one) if name in case)
            units = list(dict.fromkeys(r.field.unit for r in readings))
            dtype = np.result_type(*(_dtype(r.field) for r in readings))
            only = -1 if len(readings) == 2 else int(name in one)
            yield Column(name, " or ".join(units), dtype, readings, only)

    def _readings(self, structure: Fixed, path: str) -> dict[str, Reading]:
        return {
            f"{path}/{one.name}" if one.name else path: Reading(self._count, bits, one)
            for one, bits in _placed(structure)
            if one.code not in ("spare", "hex") and bits[1] <= OCTETS_MAX
        }


def _placed(structure: Fixed) -> Iterator[tuple[Field, Bits]]:
    """Each field and where its bits are, as ``gather`` takes them."""
    at = 0
    for one in structure.fields:
        first, end = at // 8, at + one.bits
        octets = (end + 7) // 8 - first
        at = end
        yield one, (first, octets, 8 * (first + octets) - end, one.bits, int(one.code == "signed"))


def _limits(structure: Fixed) -> list[tuple[int, ...]]:
    """The fields that hold only some values, with the least and greatest of their bits."""
    found: list[tuple[int, ...]] = []
    for one, bits in _placed(structure):
        within = one.within
        if within and one.code != "spare":
            steps = range(math.floor(within[0] / one.lsb) - 1, math.ceil(within[0] / one.lsb) + 2)
            low = min(n for n in steps if n * one.lsb >= within[0])
            steps = range(math.floor(within[1] / one.lsb) - 1, math.ceil(within[1] / one.lsb) + 2)
            high = max(n for n in steps if n * one.lsb <= within[1])
            found.append((*bits, low, high))
    return found


def _dtype(field: Field) -> np.dtype[Any]:
    """The narrowest that holds the field and -1 for none; floating where it has a unit or sign."""
    if field.code in ("icao", "ascii"):
        return np.dtype(f"S{field.bits // (6 if field.code == 'icao' else 8)}")
    if field.code == "signed" or field.unit or field.lsb != 1:
        return np.dtype(np.float64)
    size = next(size for size in (1, 2, 4, 8) if field.bits < 8 * size)
    return np.dtype(f"i{size}")

"""The kernels that read many ASTERIX blocks by a category's program, and gather its fields.

``walk`` does what the structures' ``skip`` does and notes where each leaf (a run of fields of fixed
length) begins; ``gather`` reads one field of a leaf for all records. ``bulk_program`` says what a
program is. Nothing here knows a category.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.asterix.bulk_program import (
    BASE,
    CHAINED,
    COMPOUND,
    COUNT,
    DEPTH_MAX,
    EXTENDED,
    FIXED,
    KIND,
    LEAF,
    LIMIT,
    LIMITS,
    REPETITIVE,
    SIZE,
)
from coastwatch.decode.bulk.state import sources
from coastwatch.kernels import uncounted

# Where the walk stands.
BLOCK, AT, ROWS, FAULTS, STATE_INTS = range(5)


def _entries(version: int) -> Any:
    """The kernels, closed over all that they are made of (see ``bulk.state.sources``)."""

    @njit(cache=True)
    def walk(
        buf: Any, spans: Any, state: Any, nodes: Any, slots: Any, limits: Any, where: Any,
        seen: Any, rows: Any, faults: Any,
    ) -> bool:  # fmt: skip
        open_ = np.empty((DEPTH_MAX if version else 0, 4), dtype=np.int64)
        _walk(
            uncounted(buf), uncounted(spans), uncounted(state), uncounted(nodes),
            uncounted(slots), uncounted(limits), uncounted(where), uncounted(seen),
            uncounted(rows), uncounted(faults), uncounted(open_),
        )  # fmt: skip
        return bool(state[BLOCK] == len(spans))

    @njit(cache=True)
    def gather(buf: Any, places: Any, bits: Any, lsb: Any, absent: Any, out: Any) -> None:
        _gather(uncounted(buf), uncounted(places), bits, lsb if version else 0, absent,
                uncounted(out))  # fmt: skip

    return walk, gather


@njit(forceinline=True)
def _walk(
    buf: Any, spans: Any, state: Any, nodes: Any, slots: Any, limits: Any, where: Any, seen: Any,
    rows: Any, faults: Any, open_: Any,
) -> None:  # fmt: skip
    room = where.shape[1]
    row = 0
    while state[BLOCK] < len(spans):
        block = state[BLOCK]
        end = spans[block, 1]
        at = state[AT] if state[AT] else spans[block, 0]
        while at < end:
            if row == room:
                state[AT], state[ROWS] = at, row
                return
            start = at
            at = _record(buf, at, end, nodes, slots, limits, where, row, seen, open_)
            if at < 0:
                where[:, row] = -1
                faults[state[FAULTS], 0], faults[state[FAULTS], 1] = block, start
                state[FAULTS] += 1
                break
            rows[row] = block
            row += 1
        state[BLOCK] += 1
        state[AT] = 0
    state[ROWS] = row


@njit(forceinline=True)
def _record(
    buf: Any, at: int, end: int, nodes: Any, slots: Any, limits: Any, where: Any, row: int,
    seen: Any, open_: Any,
) -> int:  # fmt: skip
    """Where the record at ``at`` ends; -1 where it cannot be read.

    ``open_`` (DEPTH_MAX, 4) keeps the compound parts around the present one. No recursion: Numba
    loads a recursive function from its cache broken.
    """
    node, first, n, depth, announced = 0, at, 0, 0, False
    at = stop = _presence_end(buf, first, end, nodes[node, COUNT])
    if at < 0:
        return -1
    while True:
        if first + (n >> 3) == stop:
            if depth == 0:
                return at if announced else -1
            depth -= 1
            node, first = open_[depth, 0], open_[depth, 1]
            stop, n = open_[depth, 2], open_[depth, 3]
            continue
        bit = n
        n += 1
        if bit & 7 == 7 or not (buf[first + (bit >> 3)] >> (7 - (bit & 7))) & 1:
            continue
        slot = bit - (bit >> 3)
        child = slots[nodes[node, BASE] + slot] if slot < nodes[node, COUNT] else -1
        if child < 0:
            return -1
        announced = True
        if nodes[child, KIND] == COMPOUND:
            where[nodes[child, LEAF], row] = at
            seen[nodes[child, LEAF]] = 1
            open_[depth, 0], open_[depth, 1] = node, first
            open_[depth, 2], open_[depth, 3] = stop, n
            depth += 1
            node, first, n = child, at, 0
            at = stop = _presence_end(buf, first, end, nodes[node, COUNT])
        else:
            at = _simple(buf, at, end, nodes, slots, limits, child, where, row, seen)
        if at < 0:
            return -1


@njit(forceinline=True)
def _presence_end(buf: Any, at: int, end: int, count: int) -> int:
    """Where presence bits for so many items end; -1 where they run too far."""
    stop = at
    while stop < end and buf[stop] & 1:
        stop += 1
    return stop + 1 if stop < end and stop - at < (count + 6) // 7 else -1


@njit(forceinline=True)
def _simple(
    buf: Any, at: int, end: int, nodes: Any, slots: Any, limits: Any, node: int, where: Any,
    row: int, seen: Any,
) -> int:  # fmt: skip
    """Where an item that is not compound ends; -1 where it cannot be read."""
    kind, size = nodes[node, KIND], nodes[node, SIZE]
    if kind == FIXED:
        return _leaf(buf, at, end, nodes, limits, node, where, row, seen)
    if kind == EXTENDED:
        base = nodes[node, BASE]
        for n in range(nodes[node, COUNT]):
            at = _leaf(buf, at, end, nodes, limits, slots[base + n], where, row, seen)
            if at < 0 or not buf[at - 1] & 1:
                return at
        return _chain(buf, at, end, 1, nodes, limits, node)  # what a later edition adds
    if kind == CHAINED:
        return _chain(buf, at, end, size, nodes, limits, node)
    if at >= end:
        return -1
    if kind == REPETITIVE:
        stop = at + 1 + buf[at] * size
        if stop > end:
            return -1
        if nodes[node, LIMITS]:
            for start in range(at + 1, stop, size):
                if not _sound(buf, start, nodes, limits, node):
                    return -1
        return int(stop)
    length = int(buf[at])
    return at + length if length and at + length <= end else -1


@njit(forceinline=True)
def _leaf(
    buf: Any, at: int, end: int, nodes: Any, limits: Any, node: int, where: Any, row: int, seen: Any
) -> int:
    stop = at + nodes[node, SIZE]
    if stop > end or not _sound(buf, at, nodes, limits, node):
        return -1
    leaf = nodes[node, LEAF]
    where[leaf, row] = at
    seen[leaf] = 1
    return int(stop)


@njit(forceinline=True)
def _chain(buf: Any, at: int, end: int, size: int, nodes: Any, limits: Any, node: int) -> int:
    while at + size <= end:
        if not _sound(buf, at, nodes, limits, node):
            return -1
        at += size
        if not buf[at - 1] & 1:
            return at
    return -1


@njit(forceinline=True)
def _sound(buf: Any, at: int, nodes: Any, limits: Any, node: int) -> bool:
    """Whether the fields at ``at`` that have limits are within them."""
    for n in range(nodes[node, LIMIT], nodes[node, LIMIT] + nodes[node, LIMITS]):
        value = _value(
            buf, at, limits[n, 0], limits[n, 1], limits[n, 2], limits[n, 3], limits[n, 4]
        )
        if value < limits[n, 5] or value > limits[n, 6]:
            return False
    return True


@njit(forceinline=True)
def _value(buf: Any, at: int, first: int, octets: int, shift: int, width: int, signed: int) -> int:
    word = np.int64(0)
    for n in range(at + first, at + first + octets):
        word = word << 8 | np.int64(buf[n])
    value = word >> shift & ((1 << width) - 1)
    return int(value - (1 << width) if signed and value >> (width - 1) else value)


@njit(forceinline=True)
def _gather(buf: Any, places: Any, bits: Any, lsb: Any, absent: Any, out: Any) -> None:
    first, octets, shift, width, signed = bits
    for row in range(len(out)):
        at = places[row]
        if at < 0:
            out[row] = absent
        else:
            out[row] = _value(buf, at, first, octets, shift, width, signed) * lsb


walk, gather = _entries(sources())
"""``walk(buf, spans, state, nodes, slots, limits, where, seen, rows, faults)`` reads records until
all blocks are read (True) or there is no more room for rows.

``spans`` (blocks, 2): where in ``buf`` (uint8) each block's records begin and end; ``state`` is
where it stands, zeros at first; node 0 is the record. ``where`` (leaves, room) gets the place of
each leaf, and must hold -1 before; ``seen`` (leaves) is set where one occurs. ``rows`` (room) gets
the block of each record, ``faults`` (blocks, 2) the blocks that cannot be read on, and where the
record began.

``gather(buf, places, bits, lsb, absent, out)`` reads one field where its leaf stands (``places``,
-1 where it does not). ``bits``: the first octet of the field within the leaf, how many it touches
(at most 7), how many bits follow it in the last, its width, and whether it is signed."""

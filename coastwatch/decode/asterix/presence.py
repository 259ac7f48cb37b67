"""What announces its parts in presence bits: a record (FSPEC) and a compound item.

EUROCONTROL-SPEC-0149 part 1, 4.3.5 and 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coastwatch.decode.asterix.structures import (
    TRUNCATED,
    Malformed,
    Structure,
    mapping,
    refuse,
    sequence,
)
from coastwatch.model import InputError

PLANS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Item:
    """A data item of a category, or a subfield of a compound one."""

    name: str
    title: str
    structure: Structure


class Compound:
    """Subfields, of which a first part (like a record's FSPEC) says which are there."""

    def __init__(self, *items: Item | None) -> None:
        self.items = items
        self._presence = Presence(items)

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        present, at = self._presence.read(data, at, end)
        value = {}
        for item in present:
            value[item.name], at = item.structure.decode(data, at, end)
        return value, at

    def skip(self, data: bytes, at: int, end: int) -> int:
        present, at = self._presence.read(data, at, end)
        for item in present:
            at = item.structure.skip(data, at, end)
        return at

    def encode(self, value: Any) -> bytes:
        return self._presence.write(mapping(value))


class AnyOrder:
    """Random field sequencing (RFS): a count, then as many items, each behind its number (FRN).

    Decoded it is a list of {item: value}, in their order. ``slots`` are the items of the UAP.
    """

    def __init__(self, slots: Sequence[Item | None]) -> None:
        self._by_number = {n: item for n, item in enumerate(slots, 1) if item}
        self.items = tuple(self._by_number.values())

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        value = []
        for item, start in self._walk(data, at, end):
            one, at = item.structure.decode(data, start, end)
            value.append({item.name: one})
        return value, at + (not value)

    def skip(self, data: bytes, at: int, end: int) -> int:
        return self.decode(data, at, end)[1]

    def _walk(self, data: bytes, at: int, end: int) -> Iterator[tuple[Item, int]]:
        """The items and where each begins; which ends where the next one's number stands."""
        if at >= end:
            raise Malformed(TRUNCATED)
        count, at = data[at], at + 1
        for _ in range(count):
            if at >= end:
                raise Malformed(TRUNCATED)
            item = self._by_number.get(data[at])
            if item is None:
                raise Malformed("undefined field number")
            yield item, at + 1
            at = item.structure.skip(data, at + 1, end)

    def encode(self, value: Any) -> bytes:
        numbers = {item.name: (n, item) for n, item in self._by_number.items()}
        parts = sequence(value)
        if len(parts) > 255:
            raise InputError(f"{len(parts)} fields are more than 255")
        out = bytes([len(parts)])
        for part in parts:
            if len(mapping(part)) != 1:
                raise InputError(f"{part!r} is not one item and its value")
            ((name, one),) = part.items()
            refuse({name: one} if name not in numbers else {})
            number, item = numbers[name]
            out += bytes([number]) + _within(item, one)
        return out


class Presence:
    """Which of a list of items are there: seven bits an octet, chained by the eighth."""

    def __init__(self, slots: Sequence[Item | None]) -> None:
        self._slots = slots
        self._octets = (len(slots) + 6) // 7
        self._plans: dict[bytes, tuple[Item, ...]] = {}

    def read(self, data: bytes, at: int, end: int) -> tuple[tuple[Item, ...], int]:
        """The items that are announced at ``at``, and where the announcement ends."""
        stop = at
        while True:
            if stop >= end:
                raise Malformed(TRUNCATED)
            stop += 1
            if not data[stop - 1] & 1:
                break
            if stop - at >= self._octets:
                raise Malformed("presence bits run past the last item")
        bits = data[at:stop]
        return self._plans.get(bits) or self._plan(bits), stop

    def write(self, values: Mapping[str, Any]) -> bytes:
        """The announcement of those items and their bytes, in order."""
        left = dict(values)
        bits, body, octets = 0, b"", 1
        for n, item in enumerate(self._slots):
            if item is not None and item.name in left:
                octets = n // 7 + 1
                bits |= 1 << 8 * self._octets - 1 - n // 7 * 8 - n % 7
                body += _within(item, left.pop(item.name))
        refuse(left)
        for n in range(octets - 1):
            bits |= 1 << 8 * (self._octets - 1 - n)
        return bits.to_bytes(self._octets)[:octets] + body

    def _plan(self, bits: bytes) -> tuple[Item, ...]:
        items = []
        for n in range(7 * len(bits)):
            if bits[n // 7] >> 7 - n % 7 & 1:
                item = self._slots[n] if n < len(self._slots) else None
                if item is None:
                    raise Malformed(f"undefined presence bit {n + 1}")
                items.append(item)
        # Hostile input could ask for every combination; the cache is bounded.
        if len(self._plans) >= PLANS_KEPT:
            self._plans.clear()
        self._plans[bits] = tuple(items)
        return tuple(items)


def _within(item: Item, value: Any) -> bytes:
    try:
        return item.structure.encode(value)
    except InputError as error:
        raise InputError(f"{item.name}: {error}") from None

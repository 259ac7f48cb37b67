"""Parts of long AIS messages -> whole messages, without ever mixing two senders."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from coastwatch.decode.stream import Part

WAIT_S = 10.0
WAITING_MAX = 4_096
# Two senders' fragments that carry no station and stand this close are interleaved; further
# apart, the earlier message has lost a fragment.
NEAR_LINES = 8
BURIED_MAX = 256
# Marks of what is kept here, by which the kernel leaves such fragments to this room.
FILTER = 1_024

_Key = tuple[str, str, bytes, bytes, int]


@dataclass(slots=True, eq=False)
class _Slot:
    """One message that waits for its other fragments."""

    id: int
    key: _Key
    station: str
    clock_s: float | None
    line: int
    parts: dict[int, Part] = field(default_factory=dict)


class Assembly:
    """Joins fragments of one key (peer, group, channel, sequence id, total).

    A fragment joins only what its own station sent. Where a fragment names no station and could
    belong to two messages, it is not guessed: all of them are ``ambiguous``. A message expires
    10 s of stream time after its first fragment; of more than 4,096 waiting the oldest does.
    What left without being whole stands in ``expired`` and ``ambiguous`` until it is taken.

    ``waiting`` (3, FILTER) counts the keys of what waits, alone and with their stations, and those
    of what was given up (see ``places``).
    """

    def __init__(self) -> None:
        self.expired: deque[Part] = deque()
        self.ambiguous: deque[Part] = deque()
        self.waiting = np.zeros((3, FILTER), dtype=np.int64)
        self._made = 0
        self._slots: OrderedDict[int, _Slot] = OrderedDict()
        self._by_key: dict[_Key, dict[str, list[_Slot]]] = {}  # and by station
        self._buried: OrderedDict[_Key, tuple[int, Counter[int]]] = OrderedDict()

    def push(self, peer: str, fragment: Part, clock_s: float | None) -> list[Part] | None:
        """The message's fragments in their order, if this one completes it.

        ``clock_s`` is the stream's time, by which messages expire; None if it has none.
        """
        self._expire(clock_s)
        f = fragment
        key = (peer, f.group, f.channel, f.sequence, f.total)
        slots = self._candidates(key, fragment)
        if len(slots) > 1 and any(not _alike(s, slots[0]) for s in slots):
            self._give_up(slots, fragment)
            return None
        if not slots and self._is_left_over(key, fragment):
            self.ambiguous.append(fragment)
            return None
        slot = slots[0] if slots else self._open(key, fragment, clock_s)
        slot.parts[fragment.number] = fragment
        if fragment.station and not slot.station:
            self._unlist(slot)
            slot.station = fragment.station
            self._list(slot)
        if len(slot.parts) < fragment.total:
            return None
        self._remove(slot)
        return [slot.parts[n] for n in sorted(slot.parts)]

    @property
    def oldest_s(self) -> float | None:
        """The clock of the message that waits for longest, NaN where it has none; None of none."""
        if not self._slots:
            return None
        clock_s = next(iter(self._slots.values())).clock_s
        return math.nan if clock_s is None else clock_s

    def flush(self, peer: str) -> None:
        """Expire all that waits: of one peer (the key's first part), or of all where empty."""
        for slot in list(self._slots.values()):
            if not peer or slot.key[0] == peer:
                self._drop(slot, self.expired)

    def _expire(self, clock_s: float | None) -> None:
        while self._slots:
            slot = next(iter(self._slots.values()))
            aged = (
                clock_s is not None
                and slot.clock_s is not None
                and abs(clock_s - slot.clock_s) > WAIT_S
            )
            if not aged and len(self._slots) < WAITING_MAX:
                return
            self._drop(slot, self.expired)

    def _candidates(self, key: _Key, fragment: Part) -> list[_Slot]:
        """The waiting messages that this fragment may belong to and that lack it."""
        named = fragment.station or fragment.group
        by_station = self._by_key.get(key, {})
        if fragment.station:
            slots = by_station.get(fragment.station) or by_station.get("", [])
        else:
            slots = [s for of in by_station.values() for s in of if _may_join(s, fragment)]
        lacking = []
        for slot in list(slots):
            other = slot.parts.get(fragment.number)
            if other is None:
                lacking.append(slot)
            elif other.payload != fragment.payload and (
                named or fragment.line - slot.line > NEAR_LINES
            ):
                # The sequence id came round again: the earlier message has lost a fragment.
                self._drop(slot, self.expired)
        return lacking

    def _open(self, key: _Key, fragment: Part, clock_s: float | None) -> _Slot:
        self._made += 1
        slot = _Slot(self._made, key, fragment.station, clock_s, fragment.line)
        self._slots[slot.id] = slot
        self._list(slot)
        return slot

    def _list(self, slot: _Slot) -> None:
        self._by_key.setdefault(slot.key, {}).setdefault(slot.station, []).append(slot)
        self._mark(slot, 1)

    def _unlist(self, slot: _Slot) -> None:
        by_station = self._by_key[slot.key]
        by_station[slot.station].remove(slot)
        if not by_station[slot.station]:
            del by_station[slot.station]
        if not by_station:
            del self._by_key[slot.key]
        self._mark(slot, -1)

    def _mark(self, slot: _Slot, by: int) -> None:
        alone, named = places(slot.key, slot.station)
        self.waiting[0, alone] += by
        self.waiting[1, named] += by

    def _give_up(self, slots: list[_Slot], fragment: Part) -> None:
        """Refuse what cannot be told apart, and remember which fragments will straggle in."""
        due = Counter(
            n for s in slots for n in range(1, fragment.total + 1) if n not in s.parts
        )  # fmt: skip
        due[fragment.number] -= 1
        if slots[0].key not in self._buried:
            self.waiting[2, places(slots[0].key, "")[0]] += 1
        self._buried[slots[0].key] = (fragment.line, +due)
        if len(self._buried) > BURIED_MAX:
            key, _ = self._buried.popitem(last=False)
            self.waiting[2, places(key, "")[0]] -= 1
        for slot in slots:
            self._drop(slot, self.ambiguous)
        self.ambiguous.append(fragment)

    def _is_left_over(self, key: _Key, fragment: Part) -> bool:
        line, due = self._buried.get(key, (0, Counter()))
        if not due[fragment.number] or fragment.line - line > NEAR_LINES:
            return False
        due[fragment.number] -= 1
        return True

    def _drop(self, slot: _Slot, where: deque[Part]) -> None:
        self._remove(slot)
        where.extend(slot.parts[n] for n in sorted(slot.parts))

    def _remove(self, slot: _Slot) -> None:
        del self._slots[slot.id]
        self._unlist(slot)


def places(key: _Key, station: str) -> tuple[int, int]:
    """Where a key stands in the filter: alone, and with its station."""
    _, group, channel, sequence, total = key
    digits = int(group) if group.isdigit() else -1
    number = ((total * 131 + _first(sequence)) * 131 + _first(channel)) * 131 + digits + 1
    return _place(number), _place(number + name_hash(station.encode("ascii", "replace")))


@lru_cache(maxsize=1_024)
def name_hash(name: bytes) -> int:
    """FNV-1a, folded to 31 bits; 0 for no name."""
    h = 2_166_136_261
    for byte in name:
        h = ((h ^ byte) * 16_777_619) & 0xFFFFFFFF
    return h >> 1 if name else 0


def _place(number: int) -> int:
    return (number * 2_654_435_761 >> 7) & (FILTER - 1)


def _first(text: bytes) -> int:
    return text[0] if text else 0


def _may_join(slot: _Slot, fragment: Part) -> bool:
    """Whether a fragment that names no station may be of a message that may name one."""
    return not slot.station or fragment.line - slot.line <= NEAR_LINES


def _alike(a: _Slot, b: _Slot) -> bool:
    return {n: p.payload for n, p in a.parts.items()} == {n: p.payload for n, p in b.parts.items()}

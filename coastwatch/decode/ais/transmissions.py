"""Numbers what was sent: one transmission that several stations heard has one number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais.fields import WORD_BITS
from coastwatch.model import Floats, Ints

MIX = np.uint64(0x9E3779B97F4A7C15)
_MASK = (1 << 64) - 1


class Transmissions:
    """Remembers payloads for 3 s, up to 65,536 of them; shared by all receivers of a site.

    A vessel repeats no payload so soon: it holds the second and the slot of its sending. Where
    more than four payloads fall on one place of the table, the oldest is forgotten.
    """

    WITHIN_S = 3.0
    PLACES, WAYS = 16_384, 4

    def __init__(self) -> None:
        self._keys = np.zeros((self.PLACES, self.WAYS), dtype=np.uint64)
        self._times = np.full((self.PLACES, self.WAYS), -np.inf)
        self._numbers = np.zeros((self.PLACES, self.WAYS), dtype=np.int64)
        self._last = 0

    def number(
        self, keys: NDArray[np.uint64], time_s: Floats, bulk: bool
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """The numbers of (n) payloads, from 1, and which are heard for the first time.

        ``keys`` are their ``payload_key``. One without a time is no repeat. ``bulk``: by kernel.
        """
        transmission = np.empty(len(keys), dtype=np.int64)
        first = np.empty(len(keys), dtype=np.bool_)
        if bulk:
            from coastwatch.decode.bulk.columns import number

            self._last = number(
                keys, time_s, self._keys, self._times, self._numbers, self._last,
                self.WITHIN_S, transmission, first,
            )  # fmt: skip
            return transmission, first
        for row, (key, t) in enumerate(zip(keys.tolist(), time_s.tolist(), strict=True)):
            transmission[row], first[row] = self._number(key, t)
        return transmission, first

    def _number(self, key: int, time_s: float) -> tuple[int, bool]:
        at = key & (self.PLACES - 1)
        keys, times = self._keys[at].tolist(), self._times[at].tolist()
        for way in range(self.WAYS):
            if keys[way] == key and abs(time_s - times[way]) <= self.WITHIN_S:
                return int(self._numbers[at, way]), False
        self._last += 1
        if time_s == time_s:
            oldest = times.index(min(times))
            self._keys[at, oldest] = key
            self._times[at, oldest] = time_s
            self._numbers[at, oldest] = self._last
        return self._last, True


def payload_key(words: Sequence[int], nbits: int) -> int:
    """64 bits that tell payloads apart, from their words of eight characters."""
    h = nbits
    for word in words[: nbits // WORD_BITS + 1]:
        h = ((h ^ word) * int(MIX)) & _MASK
        h ^= h >> 29
    return h

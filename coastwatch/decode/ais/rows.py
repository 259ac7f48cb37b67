"""Decoded payloads, row by row -> Messages and Statics."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais import payload, plain
from coastwatch.decode.ais.columns import (
    TIME_SOURCES,
    Clocks,
    Messages,
    Motion,
    Payloads,
    Small,
    Statics,
    Texts,
)  # fmt: skip
from coastwatch.decode.ais.fields import (
    COLUMN_TYPES,
    KINDS,
    LETTERS,
    MOTION,
    NUMBERS,
    PART_A,
    PART_B,
    PART_B_CRAFT,
    PLACES,
    POSITIONS,
    SMALLS,
    STATIC_TYPES,
    STATICS,
    TEXT_AT,
    TEXTS,
    UNKNOWN,
    WORD_BITS,
    Layout,
    numbers_layout,
    texts_layout,
)  # fmt: skip
from coastwatch.decode.ais.transmissions import Transmissions, payload_key
from coastwatch.decode.stream import Part
from coastwatch.model import Floats, Ints

RECEIVED, REFINED = TIME_SOURCES.index("received"), TIME_SOURCES.index("received, UTC second")
# A position's UTC second dates it better than the receiver does, unless it lies further off than
# any report waits for its slot, or its sender's clock is wrong.
REFINE_BACK_S, REFINE_AHEAD_S = 5.0, 1.0
_IS_STATIC = np.isin(np.arange(KINDS), list(STATIC_TYPES))
_IS_REST = ~np.isin(np.arange(KINDS), list(COLUMN_TYPES))
# Payloads that are kept: for their texts, or since their types have no columns.
KEEPS = _IS_STATIC | _IS_REST
_TYPES = {
    "line": np.int64, "sentences": np.int8, "station": np.int32,
    "time_s": np.float64, "time_source": np.int8,
    "transmission": np.int64, "first": np.bool_, "msg_type": np.int8, "mmsi": np.int32,
}  # fmt: skip


class Rows:
    """Room for messages, of which ``count`` stand in it, column by column.

    ``columns`` are those of Messages that do not come from the payload; ``keys`` has the payloads'
    keys from row ``settled`` on, and ``utc_s`` the clocks that they tell.
    ``places`` (2, room), ``motion`` (3, room), ``altitude`` and ``smalls`` (5, room) are what
    ``fields`` names. The first ``kept_count`` rows of ``kept`` (row, bits, start in ``words``) are
    the payloads that are needed further. ``station`` gives the number of a name.
    """

    def __init__(self, room: int = 16) -> None:
        self.count = self.settled = self.kept_count = self.word_count = 0
        self.station: Callable[[str], int] = len
        self.columns: dict[str, Any] = {n: np.empty(room, dtype) for n, dtype in _TYPES.items()}
        self.places: Floats = np.empty((len(PLACES), room))
        self.motion: Motion = np.empty((len(MOTION), room), dtype=np.float32)
        self.altitude = np.empty(room, dtype=np.int16)
        self.smalls: NDArray[np.int8] = np.empty((len(SMALLS) - 1, room), dtype=np.int8)
        self.keys: NDArray[np.uint64] = np.empty(16, dtype=np.uint64)
        self.utc_s: Floats = np.empty(16)
        self.kept: Ints = np.empty((16, 3), dtype=np.int64)
        self.words: Ints = np.empty(16, dtype=np.int64)
        self._received: list[tuple[int, float]] = []
        # One message in ten has statics; room for more is made when it is needed.
        self._statics, self._static_count = Statics.room(room // 8), 0
        self._rest: list[Payloads] = []
        self._clocks: list[Clocks] = []

    def __getstate__(self) -> dict[str, Any]:
        # Whose stations these are is told anew before each use.
        return {name: value for name, value in self.__dict__.items() if name != "station"}

    def clear(self) -> None:
        """Begin anew, in the same memory."""
        self.count = self.settled = self.kept_count = self.word_count = 0
        self._received, self._rest, self._clocks, self._static_count = [], [], [], 0

    def reserve(self, more: int, words: int) -> None:
        """Make room for so many more messages, and words of payloads that are kept."""
        if self.kept_count + more > len(self.kept):
            self.kept = _grown(self.kept, self.kept_count, more)
        if self.word_count + words > len(self.words):
            self.words = _grown(self.words, self.word_count, words)
        if self.count + more - self.settled > len(self.keys):
            self.keys = _grown(self.keys, self.count - self.settled, more)
            self.utc_s = _grown(self.utc_s, self.count - self.settled, more)
        if self.count + more <= len(self.altitude):
            return
        for name, column in self.columns.items():
            self.columns[name] = _grown(column, self.count, more)
        self.altitude = _grown(self.altitude, self.count, more)
        for name in ("places", "motion", "smalls"):
            wide = getattr(self, name)
            setattr(self, name, np.stack([_grown(column, self.count, more) for column in wide]))

    def add(self, part: Part, line: int, sentences: int, words: list[int], nbits: int) -> None:
        """One more message, by the reference: ``part`` says when and by whom it was heard."""
        self.reserve(1, len(words))
        at, kind = self.count, payload.kind(words)
        self.count += 1
        time_s = math.nan if part.time_s is None else part.time_s
        utc_s = payload.clock_s(words) if kind in (4, 11) else None
        row = {
            "line": line,
            "sentences": sentences,
            "station": self.station(part.station),
            "time_s": time_s,
            "time_source": TIME_SOURCES.index(part.time_source),
            "msg_type": kind,
            "mmsi": payload.mmsi(words),
        }
        self.keys[at - self.settled] = payload_key(words, nbits)
        self.utc_s[at - self.settled] = math.nan if utc_s is None else utc_s
        for name, value in row.items():
            self.columns[name][at] = value
        found = plain.position(words)
        self.places[:, at] = [found.get(name, math.nan) for name in PLACES]
        self.motion[:, at] = [found.get(name, math.nan) for name in MOTION]
        self.altitude[at], *self.smalls[:, at] = (found.get(n, UNKNOWN[n]) for n in SMALLS)
        if KEEPS[kind]:
            self.kept[self.kept_count] = at, nbits, self.word_count
            self.words[self.word_count : self.word_count + len(words)] = words
            self.kept_count += 1
            self.word_count += len(words)

    def settle(self, received_s: float, sent: Transmissions, bulk: bool) -> None:
        """Set what needs all rows of one datagram: best times, transmissions, statics."""
        n, of = self.count - self.settled, slice(self.settled, self.count)
        self.settled = self.count
        c = {name: column[of] for name, column in self.columns.items()}
        self._received.append((n, received_s))
        told = np.flatnonzero(~np.isnan(self.utc_s[:n]))
        self._clocks.append(Clocks(told + of.start, self.utc_s[told]))
        if not math.isnan(received_s):
            _refine(c["time_s"], c["time_source"], self.smalls[SMALLS.index("second") - 1, of])
        c["transmission"][:], c["first"][:] = sent.number(self.keys[:n], c["time_s"], bulk)
        if not self.kept_count:
            return
        row, nbits, at = self.kept[: self.kept_count].T.copy()
        kept = Payloads(row, nbits, at, self.words[: self.word_count])
        kinds = kept.words[at] >> (WORD_BITS - 6)
        if _IS_REST[kinds].any():
            self._rest.append(kept.pick(np.flatnonzero(_IS_REST[kinds])))
        static = np.flatnonzero(_IS_STATIC[kinds])
        if len(static):
            some = Payloads(row[static], nbits[static], at[static], kept.words)
            self._add_statics(some, kinds[static], bulk)
        self.kept_count = self.word_count = 0

    def messages(self, stations: list[str], own: bool) -> tuple[Messages, Statics]:
        """All of it. ``own``: as copies, so that these rows can be used again."""
        n = self.count

        def column(a: NDArray[Any]) -> NDArray[Any]:
            return a[:n].copy() if own else a[:n]

        messages = Messages(
            **{name: column(a) for name, a in self.columns.items()},
            **{name: column(a) for name, a in zip(PLACES, self.places, strict=True)},
            **{name: column(a) for name, a in zip(MOTION, self.motion, strict=True)},
            altitude_m=column(self.altitude),
            **{name: column(a) for name, a in zip(SMALLS[1:], self.smalls, strict=True)},
            received_s=self._received_s(),
            stations=stations,
            clocks=Clocks(
                np.concatenate([c.row for c in self._clocks]),
                np.concatenate([c.utc_s for c in self._clocks]),
            ),
            rest=Payloads.concat(self._rest, [0] * len(self._rest)),
        )
        statics = self._statics.take(slice(self._static_count))
        return messages, statics.take(np.arange(len(statics))) if own else statics

    def _received_s(self) -> Floats:
        told = {received_s for _, received_s in self._received if not math.isnan(received_s)}
        if len(told) <= 1 and (not told or len(told) == len(self._received)):
            # A view of one number: a file's rows have none, and a datagram's all the same.
            return np.broadcast_to(np.float64(told.pop() if told else math.nan), self.count)
        counts, times = zip(*self._received, strict=True)
        return np.repeat(np.array(times), counts)

    def _add_statics(self, payloads: Payloads, kinds: Ints, bulk: bool) -> None:
        mmsi = self.columns["mmsi"][payloads.row]
        part = (payloads.words[payloads.start] >> (WORD_BITS - 40)) & 3
        of = _static_kinds(kinds, mmsi, part)
        numbers = np.full((len(NUMBERS), len(kinds)), -1.0)
        letters = np.zeros((len(kinds), LETTERS), dtype=np.uint8)
        if bulk:
            from coastwatch.decode.bulk.columns import statics

            p = payloads
            statics(p.words, p.start, p.nbits, of, *_layout(), *_texts(), numbers, letters)
        else:
            plain.statics(payloads, of, numbers, letters)
        draught = numbers[NUMBERS.index("draught_m")]
        draught[draught < 0] = np.nan
        new = {
            "row": payloads.row,
            "msg_type": kinds,
            "mmsi": mmsi,
            "time_s": self.columns["time_s"][payloads.row],
            **{name: _text(letters, TEXT_AT[name], width) for name, width in TEXTS.items()},
            **dict(zip(NUMBERS, numbers, strict=True)),
        }
        start, end = self._static_count, self._static_count + len(kinds)
        for name, values in new.items():
            column = getattr(self._statics, name)
            if end > len(column):
                column = _grown(column, start, len(kinds))
                setattr(self._statics, name, column)
            column[start:end] = values
        self._static_count = end


def _grown(column: NDArray[Any], count: int, more: int) -> NDArray[Any]:
    """The first rows in an array that has room for more."""
    new = np.empty((max(2 * len(column), count + more), *column.shape[1:]), dtype=column.dtype)
    new[:count] = column[:count]
    return new


def _refine(time_s: Floats, source: Small, second: Small) -> None:
    """Date what only the receiver dated by its own UTC second, where that is near."""
    rows = np.flatnonzero((source == RECEIVED) & (second >= 0))
    if len(rows):
        ago_s = (time_s[rows] - second[rows] + 30.0) % 60.0 - 30.0
        near = (ago_s >= -REFINE_AHEAD_S) & (ago_s <= REFINE_BACK_S)
        time_s[rows[near]] -= ago_s[near]
        source[rows[near]] = REFINED


def _static_kinds(kinds: Small, mmsi: Ints, part: Ints) -> Ints:
    """The row of STATICS that each message follows: type 24 is three of them."""
    craft = (mmsi >= 980_000_000) & (mmsi <= 989_999_999)
    of_24 = np.where(part == 0, PART_A, np.where(craft, PART_B_CRAFT, PART_B))
    return np.where(kinds == 24, of_24, kinds)


def _text(letters: NDArray[np.uint8], at: int, width: int) -> Texts:
    """A column of texts, without blanks before or behind."""
    texts: Texts = np.ascontiguousarray(letters[:, at : at + width]).view(f"S{width}").reshape(-1)
    led = np.flatnonzero(letters[:, at] == 32)
    if len(led):
        texts[led] = np.char.lstrip(texts[led])
    return texts


def positions_tables() -> tuple[Ints, Ints, Floats]:
    """POSITIONS as a kernel reads them: fields of each type, their places, their divisors."""
    first, places, divisors = numbers_layout(POSITIONS, PLACES + MOTION + SMALLS)
    counts = np.diff(first)
    table = np.zeros((len(counts), counts.max(), places.shape[1]), dtype=np.int64)
    by = np.ones(table.shape[:2])
    for kind, count in enumerate(counts.tolist()):
        of = slice(first[kind], first[kind + 1])
        table[kind, :count], by[kind, :count] = places[of], divisors[of]
    return counts, table, by


@cache
def _texts() -> tuple[Ints, Ints]:
    return texts_layout()


@cache
def _layout() -> Layout:
    return numbers_layout(STATICS, NUMBERS)

"""Decoded payloads of one chunk -> Messages and Statics."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from coastwatch.decode.ais import plain
from coastwatch.decode.ais.columns import TIME_SOURCES, Messages, Payloads, Small, Statics
from coastwatch.decode.ais.fields import (
    COLUMN_TYPES, FLOATS, KINDS, LETTERS, NUMBERS, POSITIONS, SMALLS, STATIC_TYPES, STATICS,
    TEXT_AT, TEXTS, WORD_BITS, WORDS, Layout, numbers_layout, static_kind, texts_layout,
)  # fmt: skip
from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.model import Floats, Ints

# Columns of Rows.ints.
LINE, SENTENCES, STATION, SOURCE, KIND, MMSI, NBITS = range(7)
# Columns of Rows.times.
CLAIMED, EVENT, UTC = range(3)

RECEIVED, REFINED = TIME_SOURCES.index("received"), TIME_SOURCES.index("received, UTC second")
# A position's UTC second dates it better than the receiver does, unless it lies further off than
# any report waits for its slot, or its sender's clock is wrong.
REFINE_BACK_S, REFINE_AHEAD_S = 5.0, 1.0
_IS_STATIC = np.isin(np.arange(KINDS), list(STATIC_TYPES))
_IS_REST = ~np.isin(np.arange(KINDS), list(COLUMN_TYPES))


class Rows:
    """Room for the messages of one chunk: ``count`` of them stand in it.

    ``ints`` (n, 7), ``times`` (n, 3) and ``words`` (n, 18) have the columns that are named above.
    """

    def __init__(self, room: int) -> None:
        # The number of a station's name, as it stands in ``ints``.
        self.station: Callable[[str], int] = len
        self.ints = np.empty((room, 7), dtype=np.int64)
        self.times = np.empty((room, 3))
        self.words = np.empty((room, WORDS), dtype=np.int64)
        self.count = 0

    def add(self, ints: tuple[int, ...], times: tuple[float, ...], words: list[int]) -> None:
        """One more message; makes room where there is none."""
        if self.count == len(self.ints):
            for name in ("ints", "times", "words"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.empty_like(old)]))
        self.ints[self.count], self.times[self.count] = ints, times
        self.words[self.count] = words
        self.count += 1

    def columns(
        self, stations: list[str], received_s: float, sent: Transmissions, bulk: bool
    ) -> tuple[Messages, Statics]:
        """All of it as columns; ``bulk`` says whether kernels do it."""
        n = self.count
        ints, words = self.ints[:n], self.words[:n]
        floats, smalls = np.full((len(FLOATS), n), np.nan), np.full((len(SMALLS), n), -1, np.int16)
        smalls[SMALLS.index("turn")] = -128
        if bulk:
            from coastwatch.decode.bulk.columns import positions

            positions(words, *_layouts()[0], floats, smalls)
        else:
            plain.positions(words, floats, smalls)
        time_s, source = self.times[:n, EVENT].copy(), ints[:, SOURCE].astype(np.int16)
        _refine(time_s, source, smalls[SMALLS.index("second")])
        nbits = ints[:, NBITS].copy()
        transmission, first = sent.number(words, nbits, time_s, bulk)
        kinds = ints[:, KIND]
        rest = np.flatnonzero(_IS_REST[kinds])
        messages = Messages(
            line=ints[:, LINE].copy(),
            sentences=ints[:, SENTENCES].astype(np.int16),
            station=ints[:, STATION].copy(),
            received_s=np.full(n, received_s),
            claimed_s=self.times[:n, CLAIMED].copy(),
            time_s=time_s,
            time_source=source,
            transmission=transmission,
            first=first,
            msg_type=kinds.astype(np.int16),
            mmsi=ints[:, MMSI].copy(),
            utc_s=self.times[:n, UTC].copy(),
            **dict(zip(FLOATS, floats, strict=True)),
            **dict(zip(SMALLS, smalls, strict=True)),
            stations=stations,
            rest=_payloads(rest, words, nbits),
        )
        return messages, _statics(messages, words, nbits, bulk)


def _payloads(rows: Ints, words: Ints, nbits: Ints) -> Payloads:
    of = words[rows]
    of[np.arange(WORDS) > (nbits[rows] // WORD_BITS)[:, np.newaxis]] = 0
    return Payloads(rows, of, nbits[rows])


def _refine(time_s: Floats, source: Small, second: Small) -> None:
    """Date what only the receiver dated by its own UTC second, where that is near."""
    rows = np.flatnonzero((source == RECEIVED) & (second >= 0))
    if len(rows):
        ago_s = (time_s[rows] - second[rows] + 30.0) % 60.0 - 30.0
        near = (ago_s >= -REFINE_AHEAD_S) & (ago_s <= REFINE_BACK_S)
        time_s[rows[near]] -= ago_s[near]
        source[rows[near]] = REFINED


def _statics(messages: Messages, words: Ints, nbits: Ints, bulk: bool) -> Statics:
    rows = np.flatnonzero(_IS_STATIC[messages.msg_type])
    n = len(rows)
    words, nbits = words[rows], nbits[rows]
    kinds = np.array(
        [
            static_kind(kind, mmsi, (word >> 20) & 3)
            for kind, mmsi, word in zip(
                messages.msg_type[rows].tolist(),
                messages.mmsi[rows].tolist(),
                words[:, 0].tolist(),
                strict=True,
            )
        ],
        dtype=np.int64,
    )
    numbers, letters = np.full((len(NUMBERS), n), np.nan), np.zeros((n, LETTERS), dtype=np.uint8)
    if bulk:
        from coastwatch.decode.bulk.columns import statics

        statics(words, nbits, kinds, *_layouts()[1], *texts_layout(), numbers, letters)
    else:
        plain.statics(words, nbits, kinds, numbers, letters)
    values = dict(zip(NUMBERS, numbers, strict=True))
    whole = np.where(np.isnan(numbers), -1.0, numbers).astype(np.int64)
    return Statics(
        row=rows,
        msg_type=messages.msg_type[rows],
        mmsi=messages.mmsi[rows],
        time_s=messages.time_s[rows],
        **{name: _text(letters, TEXT_AT[name], width) for name, width in TEXTS.items()},
        **{
            name: column if name in ("imo", "mothership") else column.astype(np.int16)
            for name, column in zip(NUMBERS, whole, strict=True)
            if name != "draught_m"
        },
        draught_m=values["draught_m"],
    )


def _text(letters: np.ndarray, at: int, width: int) -> np.ndarray:
    """A column of texts, without blanks before or behind."""
    texts = np.ascontiguousarray(letters[:, at : at + width]).view(f"S{width}").reshape(-1)
    led = np.flatnonzero(letters[:, at] == 32)
    if len(led):
        texts[led] = np.char.lstrip(texts[led])
    return texts


@cache
def _layouts() -> tuple[Layout, Layout]:
    return numbers_layout(POSITIONS, FLOATS + SMALLS), numbers_layout(STATICS, NUMBERS)

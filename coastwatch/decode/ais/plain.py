"""The columns of payloads, field by field as the table says: the reference, and for small jobs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais.columns import Payloads
from coastwatch.decode.ais.fields import (
    NUMBERS,
    POSITIONS,
    STATICS,
    TEXT_AT,
    WORD_BITS,
    Field,
    Text,
)  # fmt: skip
from coastwatch.model import Floats, Ints


def position(words: Sequence[int]) -> dict[str, float]:
    """The values of PLACES, MOTION and SMALLS in the words of one payload that are known."""
    payload, nbits = _joined(words)
    found = {}
    for field in POSITIONS.get(payload >> (nbits - 6), ()):
        value = number(payload, nbits, field)
        if value is not None:
            found[field.column] = value
    return found


def statics(payloads: Payloads, kinds: Ints, numbers: Floats, letters: NDArray[np.uint8]) -> None:
    """Fill (10, n) NUMBERS, given as unknown, and (n, 61) letters, given as zeros, by STATICS."""
    for i, kind in enumerate(kinds.tolist()):
        payload, nbits = _joined(payloads.of(i))
        for field in STATICS.get(kind, ()):
            if isinstance(field, Text):
                at = TEXT_AT[field.column] + field.at
                if field.at and not letters[i, at - 1]:
                    continue
                told = text(payload, nbits, int(payloads.nbits[i]), field)
                letters[i, at : at + len(told)] = list(told)
            elif (value := number(payload, nbits, field)) is not None:
                numbers[NUMBERS.index(field.column), i] = value


def number(payload: int, nbits: int, field: Field) -> float | None:
    """The value of a field in a payload of so many bits; None where it is unknown."""
    value = (payload >> (nbits - field.start - field.width)) & ((1 << field.width) - 1)
    if field.signed and value >> (field.width - 1):
        value -= 1 << field.width
    return value / field.divisor if field.low <= value <= field.high else None


def text(payload: int, nbits: int, told: int, field: Text) -> bytes:
    """ASCII up to the first "@" or the last whole character told, without blanks behind."""
    letters = bytearray()
    for start in range(field.start, field.start + 6 * field.characters, 6):
        six = (payload >> (nbits - start - 6)) & 63 if start + 6 <= told else 0
        if six == 0:
            break
        letters.append(six + 64 if six < 32 else six)
    return bytes(letters).rstrip(b" ")


def _joined(words: Sequence[int]) -> tuple[int, int]:
    """All words as one number, a word of zeros behind, and its bits."""
    payload = 0
    for word in words:
        payload = payload << WORD_BITS | word
    return payload << WORD_BITS, WORD_BITS * (len(words) + 1)

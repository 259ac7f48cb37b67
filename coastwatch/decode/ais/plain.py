"""The columns of payloads, field by field as the table says: the reference, and for small jobs."""

from __future__ import annotations

from collections.abc import Sequence

from coastwatch.decode.ais.fields import (
    FLOATS, NUMBERS, POSITIONS, SMALLS, STATICS, TEXT_AT, WORD_BITS, WORDS, Field, Text,
)  # fmt: skip
from coastwatch.decode.ais.columns import Small
from coastwatch.model import Floats, Ints

_SPACE = WORD_BITS * WORDS


def positions(words: Ints, floats: Floats, smalls: Small) -> None:
    """Fill (6, n) FLOATS and (5, n) SMALLS, given as unknown, from the words (n, 18) of payloads."""
    for row, of in enumerate(words.tolist()):
        payload = _joined(of)
        for field in POSITIONS.get(payload >> (_SPACE - 6), ()):
            value = number(payload, field)
            if value is not None and field.column in FLOATS:
                floats[FLOATS.index(field.column), row] = value
            elif value is not None:
                smalls[SMALLS.index(field.column), row] = value


def statics(words: Ints, nbits: Ints, kinds: Ints, numbers: Floats, letters: Small) -> None:
    """Fill (9, n) NUMBERS, given as unknown, and (n, 61) letters, given as zeros, by STATICS."""
    rows = zip(words.tolist(), nbits.tolist(), kinds.tolist(), strict=True)
    for row, (of, length, kind) in enumerate(rows):
        payload = _joined(of)
        for field in STATICS.get(kind, ()):
            if isinstance(field, Text):
                at = TEXT_AT[field.column] + field.at
                letters_of = text(payload, length, field)
                letters[row, at : at + len(letters_of)] = list(letters_of)
            elif (value := number(payload, field)) is not None:
                numbers[NUMBERS.index(field.column), row] = value


def number(payload: int, field: Field) -> float | None:
    """The value of a field in a payload of 1,080 bits; None where it is unknown."""
    value = (payload >> (_SPACE - field.start - field.width)) & ((1 << field.width) - 1)
    if field.signed and value >> (field.width - 1):
        value -= 1 << field.width
    return value / field.divisor if field.low <= value <= field.high else None


def text(payload: int, nbits: int, field: Text) -> bytes:
    """ASCII up to the first "@" or the last whole character, without blanks behind."""
    letters = bytearray()
    for start in range(field.start, field.start + 6 * field.characters, 6):
        six = (payload >> (_SPACE - start - 6)) & 63
        if start + 6 > nbits or six == 0:
            break
        letters.append(six + 64 if six < 32 else six)
    return bytes(letters).rstrip(b" ")


def _joined(words: Sequence[int]) -> int:
    payload = 0
    for word in words:
        payload = payload << WORD_BITS | word
    return payload

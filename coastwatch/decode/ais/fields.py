"""The AIS messages that have columns, as a table (ITU-R M.1371-5, annex 8): decoders follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

# Least bits of each message; what is shorter is truncated. Type 5 lacks its last spare bits in
# many a set. Type 0 is none of the standard's; pyais reads it as type 1.
BITS_MIN = {
    0: 168, 1: 168, 2: 168, 3: 168, 4: 168, 5: 420, 6: 88, 7: 72, 8: 56, 9: 168, 10: 72, 11: 168,
    12: 72, 13: 72, 14: 40, 15: 88, 16: 92, 17: 80, 18: 168, 19: 312, 20: 72, 21: 272, 22: 168,
    23: 160, 24: 160, 25: 40, 26: 60, 27: 96, 28: 168,
}  # fmt: skip
BITS_MAX = 1_072  # type 26 in five slots, with its fill
KINDS = 64  # message types that six bits can count
# A payload is kept as words of eight characters, as a machine reads them at once; the first on
# the left, zeros behind.
WORD_CHARACTERS = 8
WORD_BITS = 6 * WORD_CHARACTERS


def truncated(kind: int) -> str:
    """The reason for a message of that type which is too short."""
    return f"AIS type {kind} truncated"


class Field(NamedTuple):
    """A number: its column, place and sign; in low..high it is value / divisor, else unknown."""

    column: str
    start: int
    width: int
    low: int
    high: int
    divisor: float = 1.0
    signed: bool = False


class Text(NamedTuple):
    """Six-bit characters from ``start`` on, behind ``at`` characters of the same column.

    What stands behind others goes on with them, so it says something only where they are full.
    """

    column: str
    start: int
    characters: int
    at: int = 0


# Columns of Messages that a payload fills, as the kernel counts them.
PLACES, MOTION = ("lon", "lat"), ("sog_kn", "cog_deg", "heading_deg")
SMALLS = ("altitude_m", "nav_status", "accuracy", "second", "turn", "raim")
UNKNOWN = dict.fromkeys(SMALLS, -1) | {"turn": -128}
# Columns of Statics: numbers, and texts with the characters they hold.
NUMBERS = (
    "imo", "ship_type", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m",
    "draught_m", "mothership", "part", "eta",
)  # fmt: skip
TEXTS = {"name": 34, "callsign": 7, "destination": 20}
TEXT_AT = {"name": 0, "callsign": 34, "destination": 41}  # where each begins, side by side
LETTERS = 61

CLASS_A, BASE, CLASS_B = (1, 2, 3), (4, 11), (18, 19)


def _place(lon: int, lat: int, per_degree: int = 600_000) -> list[Field]:
    wide = per_degree == 600_000
    east, north = 180 * per_degree, 90 * per_degree
    return [
        Field("lon", lon, 28 if wide else 18, -east, east, per_degree, signed=True),
        Field("lat", lat, 27 if wide else 17, -north, north, per_degree, signed=True),
    ]


def _flags(accuracy: int, raim: int) -> list[Field]:
    return [Field("accuracy", accuracy, 1, 0, 1), Field("raim", raim, 1, 0, 1)]


def _motion(sog: int, cog: int, heading: int, second: int) -> list[Field]:
    return [
        Field("sog_kn", sog, 10, 0, 1_021, 10.0),  # 1022 is 102.2 kn "or more"
        Field("cog_deg", cog, 12, 0, 3_599, 10.0),
        Field("heading_deg", heading, 9, 0, 359),
        Field("second", second, 6, 0, 59),
    ]


def _status(start: int) -> Field:
    return Field("nav_status", start, 4, 0, 14)


_CLASS_A = [
    _status(38), Field("turn", 42, 8, -127, 127, signed=True),
    *_motion(50, 116, 128, 137), *_place(61, 89), *_flags(60, 148),
]  # fmt: skip
_BASE = [*_place(79, 107), *_flags(78, 148)]
_CLASS_B = [*_motion(46, 112, 124, 133), *_place(57, 85)]

POSITIONS: dict[int, list[Field]] = {
    **dict.fromkeys(CLASS_A, _CLASS_A),
    **dict.fromkeys(BASE, _BASE),
    9: [
        Field("altitude_m", 38, 12, 0, 4_093),  # 4094 is "or more"
        Field("sog_kn", 50, 10, 0, 1_021),  # whole knots
        Field("cog_deg", 116, 12, 0, 3_599, 10.0),
        Field("second", 128, 6, 0, 59),
        *_place(61, 89),
        *_flags(60, 147),
    ],
    17: _place(40, 58, per_degree=600),
    18: [*_CLASS_B, *_flags(56, 147)],
    19: [*_CLASS_B, *_flags(56, 305)],
    21: [*_place(164, 192), Field("second", 253, 6, 0, 59), *_flags(163, 268)],
    27: [
        *_flags(38, 39),
        _status(40),
        *_place(44, 62, per_degree=600),
        Field("sog_kn", 79, 6, 0, 62),
        Field("cog_deg", 85, 9, 0, 359),
    ],
}

# Type 24 is two messages, and its part B three fields or four.
PART_A, PART_B, PART_B_CRAFT = 64, 65, 66


def _size(start: int) -> list[Field]:
    names = ("to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m")
    starts, widths = (0, 9, 18, 24), (9, 9, 6, 6)
    return [
        Field(name, start + at, width, 0, 511)
        for name, at, width in zip(names, starts, widths, strict=True)
    ]


def _type(start: int) -> Field:
    return Field("ship_type", start, 8, 1, 255)


_PART = Field("part", 38, 2, 0, 1)
_B = [_PART, _type(40)]

STATICS: dict[int, list[Field | Text]] = {
    5: [
        Field("imo", 40, 30, 1, 2**30), Text("callsign", 70, 7), Text("name", 112, 20),
        _type(232), *_size(240), Field("draught_m", 294, 8, 1, 255, 10.0),
        Text("destination", 302, 20), Field("eta", 274, 20, 1, 2**20 - 1),
    ],
    19: [Text("name", 143, 20), _type(263), *_size(271)],
    21: [
        Field("ship_type", 38, 5, 1, 31), Text("name", 43, 20), Text("name", 272, 14, at=20),
        *_size(219),
    ],
    PART_A: [_PART, Text("name", 40, 20)],
    PART_B: [*_B, Text("callsign", 90, 7), *_size(132)],
    PART_B_CRAFT: [*_B, Text("callsign", 90, 7), Field("mothership", 132, 30, 1, 2**30)],
}  # fmt: skip
STATIC_TYPES = frozenset({5, 19, 21, 24})
COLUMN_TYPES = frozenset(POSITIONS) | STATIC_TYPES


class Layout(NamedTuple):
    """A table's fields as arrays that a kernel can walk: type k has rows first[k] to first[k+1].

    ``places`` rows: column, word, end in that word, width, signed, low, high.
    """

    first: np.ndarray
    places: np.ndarray
    divisors: np.ndarray


def numbers_layout(table: Mapping[int, Sequence[Field | Text]], columns: tuple[str, ...]) -> Layout:
    """The numbers of a table."""
    first, rows, divisors = [0], [], []
    for kind in range(KINDS + 4):
        for f in table.get(kind, ()):
            if isinstance(f, Field):
                rows.append(
                    (columns.index(f.column), *_in_words(f), f.width, int(f.signed), f.low, f.high)
                )
                divisors.append(f.divisor)
        first.append(len(rows))
    return Layout(np.array(first), np.array(rows, dtype=np.int64), np.array(divisors))


def _in_words(f: Field) -> tuple[int, int]:
    return f.start // WORD_BITS, f.start % WORD_BITS + f.width


def texts_layout() -> tuple[np.ndarray, np.ndarray]:
    """The texts of STATICS: first rows by type; offset in the row of texts, start, characters,
    and how many of the same column must stand before."""
    first, rows = [0], []
    for kind in range(KINDS + 4):
        texts = [f for f in STATICS.get(kind, ()) if isinstance(f, Text)]
        rows += [(TEXT_AT[f.column] + f.at, f.start, f.characters, f.at) for f in texts]
        first.append(len(rows))
    return np.array(first), np.array(rows, dtype=np.int64)

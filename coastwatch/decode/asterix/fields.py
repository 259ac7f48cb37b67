"""One field of an ASTERIX item: its bits, coding, resolution and unit; to values and back.

EUROCONTROL-SPEC-0149 part 1: numbers are binary, signed ones in two's complement, big-endian.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coastwatch.model import InputError


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits of an item. ``name`` is empty where the item is this content and nothing else;
    "A/B" stands for B inside A. ``code`` says how the bits are read: unsigned and signed numbers
    count in ``lsb`` of ``unit``; octal, icao (6-bit characters), ascii and hex are texts.
    ``within`` are the least and greatest value that can be meant at all: bits that say more are
    of another edition, or damaged.
    """

    name: str
    bits: int
    code: str = "unsigned"
    lsb: float = 1
    unit: str = ""
    within: tuple[float, float] | None = None

    @property
    def low(self) -> float:
        """The least value that the bits can hold, in ``unit``."""
        return -(1 << self.bits - 1) * self.lsb if self.code == "signed" else 0

    @property
    def high(self) -> float:
        """The greatest value that the bits can hold, in ``unit``."""
        return ((1 << self.bits - (self.code == "signed")) - 1) * self.lsb

    @property
    def is_circle(self) -> bool:
        """A full turn fits exactly, so that values wrap around."""
        return self.code == "unsigned" and self.unit == "deg" and self.lsb * (1 << self.bits) == 360


def uint(
    name: str, bits: int, lsb: float = 1, unit: str = "", within: tuple[float, float] | None = None
) -> Field:
    """An unsigned number."""
    return Field(name, bits, "unsigned", lsb, unit, within)


def sint(
    name: str, bits: int, lsb: float = 1, unit: str = "", within: tuple[float, float] | None = None
) -> Field:
    """A signed number."""
    return Field(name, bits, "signed", lsb, unit, within)


def flags(names: str) -> tuple[Field, ...]:
    """One bit for each of the names, which are separated by blanks."""
    return tuple(Field(name, 1) for name in names.split())


def octal(name: str, bits: int = 12) -> Field:
    """A transponder code, as octal digits."""
    return Field(name, bits, "octal")


def icao(name: str, characters: int = 8) -> Field:
    """A text in the 6-bit characters of ICAO Annex 10, volume IV, 3.1.2.9.1.2."""
    return Field(name, 6 * characters, "icao")


def ascii_(name: str, characters: int) -> Field:
    """A text of 8-bit characters."""
    return Field(name, 8 * characters, "ascii")


def hexa(name: str, bits: int) -> Field:
    """Bits whose meaning is defined elsewhere (transponder registers), as hexadecimal digits."""
    return Field(name, bits, "hex")


def spare(bits: int) -> Field:
    """Bits without a meaning: read past, written as zero."""
    return Field("", bits, "spare")


def reader(field: Field) -> Callable[[int], Any]:
    """What turns the field's bits into its value. It takes any bits."""
    bits, lsb = field.bits, field.lsb
    if field.code == "signed":
        half, full = 1 << bits - 1, 1 << bits
        return lambda raw: (raw - full if raw >= half else raw) * lsb
    if field.code == "octal":
        return lambda raw: f"{raw:0{bits // 3}o}"
    if field.code == "hex":
        return lambda raw: f"{raw:0{bits // 4}X}"
    if field.code == "icao":
        return lambda raw: "".join(_ICAO[raw >> n & 63] for n in _steps(bits, 6)).rstrip(" ")
    if field.code == "ascii":
        return lambda raw: "".join(chr(raw >> n & 255) for n in _steps(bits, 8)).rstrip(" ")
    return (lambda raw: raw) if lsb == 1 else (lambda raw: raw * lsb)


def writer(field: Field) -> Callable[[Any], int]:
    """What turns a value into the field's bits, to the nearest step.

    It raises InputError for a value of the wrong kind or beyond the field's range.
    """
    if field.code in ("unsigned", "signed"):
        return lambda value: _number(field, value)
    if field.code in ("octal", "hex"):
        digit = 3 if field.code == "octal" else 4
        return lambda value: _digits(field, value, digit)
    width = 6 if field.code == "icao" else 8
    return lambda value: _text(field, value, width)


# Code 0 and other undefined ones read as "?"; "?" is written as code 0.
_ICAO = "?ABCDEFGHIJKLMNOPQRSTUVWXYZ????? ???????????????0123456789??????"


def _steps(bits: int, width: int) -> range:
    return range(bits - width, -1, -width)


def _number(field: Field, value: Any) -> int:
    low, high = field.within or (field.low, field.high)
    try:
        raw: int = round(value / field.lsb)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{field.name or 'value'} = {value!r} is not a finite number") from None
    size = 1 << field.bits
    if field.is_circle:
        return raw % size
    signed = field.code == "signed"
    fits = -(size >> 1) * signed <= raw < (size >> signed)
    if not fits or (field.within and not low <= raw * field.lsb <= high):
        raise InputError(
            f"{field.name or 'value'} = {value!r} is outside {low:g}..{high:g}"
            f"{' ' + field.unit if field.unit else ''}"
        )
    return raw & size - 1


def _digits(field: Field, value: Any, digit: int) -> int:
    count = field.bits // digit
    known = "01234567" if field.code == "octal" else "0123456789ABCDEFabcdef"
    if isinstance(value, str) and len(value) == count and set(value) <= set(known):
        return int(value, 1 << digit)
    raise InputError(f"{field.name or 'value'} = {value!r} is not {count} {field.code} digits")


def _text(field: Field, value: Any, width: int) -> int:
    count = field.bits // width
    if not isinstance(value, str) or len(value) > count:
        raise InputError(f"{field.name or 'value'} = {value!r} is not a text of up to {count}")
    raw = 0
    for character in value.ljust(count):
        code = _ICAO.find(character) if width == 6 else ord(character)
        if not 0 <= code < 1 << width:
            raise InputError(f"{field.name or 'value'}: {character!r} cannot be written")
        raw = raw << width | code
    return raw

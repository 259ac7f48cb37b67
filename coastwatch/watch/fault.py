"""Faults of zone files: what is wrong, where, and the mend."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

NOTE = "note"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a zone file. ``severity`` is "error", or "note" where it need not stop a
    run: we mended it, or it has no effect.

    """

    file: str
    where: str
    what: str
    mend: str
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}".rstrip(": ")
        return f"{place}: {self.what}; {self.mend}"


@dataclass(frozen=True, slots=True)
class At:
    """Where we are in a file, for the faults found there."""

    file: str
    where: str = ""

    def within(self, where: str) -> At:
        return At(self.file, f"{self.where} {where}".strip())

    def fault(self, what: str, mend: str, severity: str = "error") -> Fault:
        return Fault(self.file, self.where, what, mend, severity)


def is_real(value: Any) -> bool:
    """Whether it is a number that a float holds (NaN and infinity are)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 1 << 53


def is_number(value: Any) -> bool:
    """Whether it is a finite number."""
    return is_real(value) and math.isfinite(value)


def short(value: Any) -> str:
    """A value as a person reads it, cut to 60 characters."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        text = type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: Any, known: tuple[str, ...]) -> str:
    """The mend for an unknown word: the known one that it is like, or all of them."""
    like = get_close_matches(word, known, 1) if isinstance(word, str) else []
    return f"use {like[0]!r}" if like else f"use one of {', '.join(known)}"


def positions(points: list[Any], at: At) -> Iterator[Fault]:
    """What is wrong with a list of positions, vertex by vertex."""
    for i, point in enumerate(points):
        here = at.within(f"vertex {i}:")
        if not isinstance(point, list) or len(point) < 2 or not all(map(is_real, point[:2])):
            yield here.fault(f"{str(point)[:60]} is no position", "give [longitude, latitude]")
            continue
        lon, lat = point[:2]
        if not (math.isfinite(lon) and math.isfinite(lat)):
            yield here.fault(f"{point[:2]} holds NaN or infinity", "give finite degrees")
        elif abs(lat) > 90 or abs(lon) > 180:
            swapped = abs(lon) <= 90 and abs(lat) <= 180
            hint = "longitude comes first: exchange the two" if swapped else "give degrees"
            yield here.fault(f"{point[:2]} is out of range", hint)
        if len(point) > 3 or not all(map(is_number, point[2:])):
            what = f"{short(point[2:])} after longitude and latitude is no height"
            yield here.fault(what, "dropped here; remove it", NOTE)

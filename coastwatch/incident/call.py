"""One call for help, as it was taken down: a plain value, and what is kept of who called."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from coastwatch.shown import clipped

VIAS = ("telephone", "vhf", "text")
PHONE_DIGITS = 9  # the national number: +33 6..., 0033 6... and 06... are one phone


@dataclass(frozen=True, slots=True)
class Call:
    """What one call said. NaN and empty mean that it was not said.

    ``sigma_m`` is the position's one sigma an axis, ``clock_s`` that of the time it was true at.
    ``aboard_low`` to ``aboard_high`` is the number told (equal where it is one). ``words`` holds
    attributes of ``words.ATTRIBUTES``; ``text`` is raw, and hostile until shown by ``shown``.
    ``caller`` is a short salted hash; a call that is ``relayed`` is from somebody not aboard.
    """

    time_s: float
    via: str = "telephone"
    lon: float = math.nan
    lat: float = math.nan
    sigma_m: float = math.nan
    clock_s: float = 120.0
    aboard_low: float = math.nan
    aboard_high: float = math.nan
    course_rad: float = math.nan
    speed_mps: float = math.nan
    engine: str = ""
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    text: str = ""
    place: str = ""  # as it was said: "310 4 NM from Cap Gris-Nez"
    caller: str = ""
    relayed: bool = False
    taken_by: str = ""

    @property
    def placed(self) -> bool:
        return math.isfinite(self.lon + self.lat)

    @property
    def aboard(self) -> float:
        """The number told; the geometric middle of a range."""
        return math.sqrt(self.aboard_low * self.aboard_high)

    def row(self) -> dict[str, Any]:
        """As JSON has it: what was not said is null."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        told: dict[str, Any] = {k: math.nan if v is None else v for k, v in row.items()}
        return cls(**told)

    def digest(self) -> str:
        """The same for the same call entered twice."""
        text = json.dumps(self.row(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def caller_hash(phone: str, salt: str) -> str:
    """Six hexadecimal digits of a phone number or call sign: enough to know it again tonight.

    24 bits: two of 100 callers agree by chance once in 3,400 nights, while thousands of numbers
    share each hash, so that the hash alone does not give the number back.
    """
    digits = "".join(c for c in phone if c.isdecimal())[-PHONE_DIGITS:]
    name = digits if len(digits) >= PHONE_DIGITS else phone.strip().casefold()
    return hashlib.sha256(f"{salt}:{name}".encode()).hexdigest()[:6]


def shown(text: str, most: int = 300) -> str:
    """A caller's words as one safe line: no control, escape or direction mark survives."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    flat = " ".join(flat.split())
    return clipped(flat, most)

"""Free text of unknown origin -> text that every format can carry, and cells that no spreadsheet
takes for a formula."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from coastwatch.cells import APART, FORMULA, PARTED
from coastwatch.shown import clipped

_FORMULA = "^[" + re.escape("".join(FORMULA)) + "]"
# XML 1.0 has no C0 controls and no noncharacters, UTF-8 no lone surrogates; a C1 control or DEL
# moves a terminal that shows the file.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)


def clean(value: Any) -> str | None:
    """The value as text, None for none; what some format cannot carry becomes U+FFFD.

    Line ends become ``\\n``, which is what an XML parser makes of them. What is no text is told as
    JSON.
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(value: Any, most: int = 200) -> str:
    """The value as one line of at most ``most`` characters; empty for none."""
    text = " ".join((clean(value) or "").split())
    return clipped(text, most)


def whole(value: Any) -> int | None:
    """The value as a whole number of 64 bits; None where it is none."""
    fits = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if fits else None


def number(value: Any) -> float | None:
    """The value as a finite number; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def safe_cells(column: pa.Array) -> pa.Array:
    """A column of strings as ``cells.safe_cell`` has each; null stays null."""
    begins = pc.match_substring_regex(column, _FORMULA)
    apart = pc.replace_substring_regex(column, PARTED, APART)
    return pc.if_else(begins, pc.binary_join_element_wise("'", apart, ""), apart)

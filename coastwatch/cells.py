"""Cells of CSV files that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from typing import Any

# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# One that parts cells at ; or at a tab reads a comma's file as one cell, and there the quotes of a
# text count for nothing: what follows a ; or a line's end within the text is then a cell, too.
PARTED = '([;\t\r\n][ "\t\r\n]*)([=+\\-@＝＋－＠])'  # of Python's and of Arrow's expressions
APART = r"\1'\2"


def safe_cell(value: Any) -> Any:
    """The value as a cell: with an apostrophe where it, or what stands behind a ; or a line's end
    in it, would begin a formula; empty for none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    apart = re.sub(PARTED, APART, value)
    return "'" + apart if value.startswith(FORMULA) else apart

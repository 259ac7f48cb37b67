"""Text and times as XML 1.0 has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from coastwatch.exports.text import clean


def xml(value: Any) -> str:
    """The value as the content of an element."""
    return escape(clean(value) or "")


def element(name: str, value: Any) -> str:
    """An element with text in it; nothing where there is no value."""
    return "" if value is None else f"<{name}>{xml(value)}</{name}>"


def stamp(time: datetime) -> str:
    """ISO 8601 in UTC to the millisecond."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"

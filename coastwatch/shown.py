"""Alerts' texts for people: texts of unknown origin made harmless, and when they were said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def shown(value: object) -> str:
    """The text as it can be printed: what is not printed is shown as an escape, be it a control
    character or a mark that turns the direction of writing."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(value)
    )


def shown_lines(text: str) -> str:
    """As ``shown``, but its lines stay lines."""
    return "\n".join(shown(line) for line in text.replace("\r\n", "\n").split("\n"))


def shown_json(value: object) -> str:
    """JSON on one line that can be printed: the same value, what is not printed as an escape."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def clipped(text: str, most: int) -> str:
    """The text, cut after ``most`` characters with a mark that it was."""
    return text if len(text) <= most else text[: most - 1] + "…"


def said_when(row: Mapping[str, Any]) -> str:
    """When an alert's sentence was said, before it, where that was not when it was raised."""
    said = row.get("said")
    return f"[{shown(said[11:19])}Z] " if said and said != row["time"] else ""

"""Texts of unknown origin, made harmless for a terminal."""

from __future__ import annotations


def shown(value: object) -> str:
    """The text as it can be printed: what is not printed is shown as an escape, be it a control
    character or a mark that turns the direction of writing."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(value)
    )

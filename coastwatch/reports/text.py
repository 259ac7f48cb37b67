"""Texts of others -> what may stand in the report's HTML."""

from __future__ import annotations

import html

from coastwatch.shown import clipped

# More than a name or a reason needs. Without a bound one text of 10,000 letters makes a page of
# its own, and takes minutes to be broken into the lines of a PDF.
LONGEST = 160


def escape(text: str, most: int = LONGEST) -> str:
    """The text as HTML, in an element or in quotes; cut, and so marked, after ``most`` letters."""
    return html.escape(clipped(text, most))

"""Texts of others -> what may stand in the report's HTML."""

from __future__ import annotations

import html
import re

from coastwatch.shown import clipped

# More than a name or a reason needs. Without a bound one text of 10,000 letters makes a page of
# its own, and takes minutes to be broken into the lines of a PDF.
LONGEST = 160
# No word of ours in a table is longer; a longer one may be broken at any letter.
WORD = 24
# Text between tags, save that of drawings, whose words stand where they are put.
DRAWN = re.compile(r"(<svg.*?</svg>|<[^>]*>)", re.S)
LONG = re.compile(r"(?:&[^;\s]+;|[^\s&])+")


def escape(text: str, most: int = LONGEST) -> str:
    """The text as HTML, in an element or in quotes; cut, and so marked, after ``most`` letters."""
    return html.escape(clipped(text, most))


def breakable(told: str) -> str:
    """HTML whose longest words alone may be broken: a column is as wide as all others."""

    def marked(found: re.Match[str]) -> str:
        word = found[0]
        long = len(html.unescape(word)) > WORD
        return f'<span class="long">{word}</span>' if long else word

    parts = DRAWN.split(told)
    return "".join(part if k % 2 else LONG.sub(marked, part) for k, part in enumerate(parts))

"""What a bench writes into a page of the documentation, between its marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as Markdown has it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(page: Path, bench: str, text: str) -> None:
    """Put ``text`` between ``<!-- measured by BENCH -->`` and the next ``<!-- end -->``.

    Raises ValueError where the page has no such mark.
    """
    mark, end = f"<!-- measured by {bench} -->\n", "<!-- end -->\n"
    before, found, rest = page.read_text(encoding="utf-8").partition(mark)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"{page}: no {mark.strip()} with its {end.strip()}; add both")
    page.write_text(f"{before}{mark}\n{text}\n\n{end}{after}", encoding="utf-8")

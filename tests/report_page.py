"""What a report's HTML says, read as a stranger reads it: its tables, by name, key and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Table:
    """Rows are (key, cells); a cell is its text and its number, None where it has none."""

    rows: list[tuple[str, list[tuple[str, int | None]]]] = field(default_factory=list)
    total: list[tuple[str, int | None]] = field(default_factory=list)

    def numbers(self, column: int = 0) -> dict[str, int | None]:
        """The numbers of a column of those cells that hold numbers, by key."""
        return {key: cells[column][1] for key, cells in self.rows if len(cells) > column}

    def texts(self, column: int = 0) -> dict[str, str]:
        return {key: cells[column][0] for key, cells in self.rows if len(cells) > column}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, Table] = {}
        self.figures: dict[str, tuple[str, int | None]] = {}
        self._table: Table | None = None
        self._row: tuple[str, list[tuple[str, int | None]]] | None = None
        self._foot = False
        self._cell: list[str] | None = None
        self._number: int | None = None
        self._figure = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {k: v or "" for k, v in attrs}
        if tag == "table":
            self._table = self.tables.setdefault(told.get("data-table", ""), Table())
        elif tag == "tfoot":
            self._foot = True
        elif tag == "tr":
            self._row = (told.get("data-key", ""), [])
        elif (tag == "td" and told.get("class") == "n") or "data-figure" in told:
            self._cell = []
            self._number = int(told["data-n"]) if "data-n" in told else None
            self._figure = told.get("data-figure", "")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "p") and self._cell is not None:
            said = ("".join(self._cell), self._number)
            if self._figure:
                self.figures[self._figure] = said
            elif self._row is not None:
                self._row[1].append(said)
            self._cell, self._figure = None, ""
        elif tag == "tr" and self._row is not None and self._table is not None:
            if self._foot:
                self._table.total = self._row[1]
            elif self._row[0]:
                self._table.rows.append(self._row)
            self._row = None
        elif tag == "tfoot":
            self._foot = False


def read(html: str) -> tuple[dict[str, Table], dict[str, tuple[str, int | None]]]:
    """The tables and the key figures of a report."""
    reader = _Reader()
    reader.feed(html)
    return reader.tables, reader.figures

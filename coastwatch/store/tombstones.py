"""What was removed, when, under which policy: one line each, on disk before the thing goes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coastwatch.model import InputError
from coastwatch.shown import shown_json

TOMBSTONES = "tombstones.jsonl"


def removals(folder: Path) -> list[dict[str, Any]]:
    """The tombstones of a folder, oldest first; none where nothing was removed.

    A last line that a kill cut is passed over: what it told of is still there. Raises InputError
    where another line cannot be read.
    """
    path = folder / TOMBSTONES
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(_whole_lines(path)[0], 1):
        try:
            stone = json.loads(line)
            found.append({"what": stone["what"], "time": stone["time"]} | stone)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: line {number}: no tombstone ({error})") from error
    return found


def bury(folder: Path, stone: Mapping[str, Any]) -> bool:
    """Write a tombstone, on disk when this returns; False where the same thing has one already.

    The same thing is what has the same ``what``, ``file`` and ``sha256``: its removal was begun
    before and is only finished now. Raises InputError where the disk is full.
    """
    told = ("what", "file", "sha256")
    if any(all(old.get(k) == stone.get(k) for k in told) for old in removals(folder)):
        return False
    path = folder / TOMBSTONES
    try:
        size = _whole_lines(path)[1] if path.is_file() else 0
        with path.open("r+b" if path.is_file() else "wb") as file:
            file.seek(size)
            file.truncate()
            file.write(shown_json(dict(stone)).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); nothing is removed without its line"
        ) from error
    return True


@dataclass(frozen=True, slots=True)
class Gone:
    """All that was removed of one kind, in the texts of its tombstones: "" where none tells.

    ``begin`` and ``end`` bound the time that it was of; ``first`` and ``last`` are when it went.
    """

    what: str
    begin: str
    end: str
    first: str
    last: str
    policy: str
    rows: int | None

    @property
    def text(self) -> str:
        """In a sentence, what went, how much of it, of which time, when and why."""
        count = "" if self.rows is None else f" ({self.rows:,})"
        span = f" from {_hour(self.begin)} to {_hour(self.end)}" if self.begin and self.end else ""
        on = _hour(self.last)
        if self.first[:10] != self.last[:10]:
            on = f"{_hour(self.first)} and up to {on}"
        return f"{self.what}{count}{span} were removed on {on} (policy: {self.policy})"


def gone_of(folder: Path, what: str) -> Gone | None:
    """What was removed of one kind (positions, names, plots ...); None where nothing was.

    Raises InputError where the tombstones cannot be read.
    """
    found = [stone for stone in removals(folder) if stone["what"] == what]
    if not found:
        return None
    rows = [stone.get("rows") for stone in found]
    known = [n for n in rows if isinstance(n, int) and not isinstance(n, bool)]

    def texts(name: str) -> list[str]:
        return [str(stone[name]) for stone in found if stone.get(name)]

    return Gone(
        what, min(texts("from"), default=""), max(texts("to"), default=""), min(texts("time")),
        max(texts("time")), str(found[-1].get("policy") or ""),
        sum(known) if len(known) == len(rows) else None,
    )  # fmt: skip


def gone(folder: Path, what: str) -> str | None:
    """In one line, what of a folder was removed; None where nothing of ``what`` was."""
    found = gone_of(folder, what)
    return f"{folder}: its {found.text}" if found else None


def _hour(time: str) -> str:
    """A stone's time to the minute, where it is one."""
    try:
        return f"{datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    except (ValueError, OverflowError):
        return time


def _whole_lines(path: Path) -> tuple[list[str], int]:
    """The lines that end, and how many bytes they are."""
    data = path.read_bytes()
    size = data.rfind(b"\n") + 1
    lines = data[:size].decode("utf-8", "replace").split("\n")
    return [line for line in lines if line.strip()], size

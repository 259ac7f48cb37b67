"""What was removed, when, under which policy: one line each, on disk before the thing goes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
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


def gone(folder: Path, what: str) -> str | None:
    """In one line, what of a folder was removed last; None where nothing of ``what`` was."""
    found = [stone for stone in removals(folder) if stone["what"] == what]
    if not found:
        return None
    last = found[-1]
    return (
        f"{folder}: its {what} from {found[0].get('from')} to {last.get('to')} were removed on "
        f"{last['time']} (policy: {last.get('policy')})"
    )


def _whole_lines(path: Path) -> tuple[list[str], int]:
    """The lines that end, and how many bytes they are."""
    data = path.read_bytes()
    size = data.rfind(b"\n") + 1
    lines = data[:size].decode("utf-8", "replace").split("\n")
    return [line for line in lines if line.strip()], size

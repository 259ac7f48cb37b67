"""Acts of officers as bytes: how they wait in the log, and how a journal keeps them."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from coastwatch.model import Act

# The feed under whose name a journal keeps acts.
DESK = "@desk"
LONGEST = {"alert": 64, "what": 20, "by": 100, "role": 50, "reason": 1_000}


def pack_act(act: Act, row: int = 0) -> bytes:
    """The act as JSON; ``row`` is its place in the log's queue, 0 where it never waited there."""
    return json.dumps({"row": row} | asdict(act), ensure_ascii=False).encode("utf-8")


def unpack_act(data: bytes) -> tuple[int, Act] | None:
    """The row and the act; None for bytes that are no act (wrong type, too long, no time)."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.keys() != {"row", "time_s", *LONGEST}:
        return None
    row, time_s = told.pop("row"), told.pop("time_s")
    if not _whole(row) or isinstance(time_s, bool) or not isinstance(time_s, int | float):
        return None
    if not math.isfinite(time_s) or any(not _short(told[k], n) for k, n in LONGEST.items()):
        return None
    return row, Act(time_s=float(time_s), **told)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _short(value: Any, most: int) -> bool:
    # Lone surrogates, which JSON may hold, no file can.
    return (
        isinstance(value, str)
        and len(value) <= most
        and not any("\ud800" <= c <= "\udfff" for c in value)
    )

"""Evidence that is a table of its own (parts, thresholds) -> a row for each value, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

LOG_ODDS = "log_odds"


def unfolded(evidence: Mapping[Any, Any]) -> Iterator[tuple[str, str, Any, str]]:
    """Each value of the evidence as (what it belongs to, key, value, what is added).

    ``thresholds: {"sustained_s": 30}`` gives ``("thresholds", "sustained_s", 30, "")``; a part,
    ``{"value": v, "log_odds": w}``, its value, and by how much it weighed. What is not a table
    belongs to nothing.
    """
    for key, value in evidence.items():
        if not isinstance(value, Mapping) or not value:
            yield "", str(key), value, ""
            continue
        for name, inner in value.items():
            if isinstance(inner, Mapping) and "value" in inner:
                yield str(key), *_in_seconds(str(name), inner["value"]), _weight(inner)
            else:
                yield str(key), str(name), inner, ""


def _in_seconds(name: str, value: Any) -> tuple[str, Any]:
    """A part that is in minutes; elsewhere ``_min`` says that it is the least."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return (f"{name[:-4]}_s", value * 60) if known and name.endswith("_min") else (name, value)


def _weight(part: Mapping[Any, Any]) -> str:
    """How much a part spoke for (+) or against it, in log odds."""
    log_odds = part.get(LOG_ODDS)
    if isinstance(log_odds, bool) or not isinstance(log_odds, int | float):
        return ""
    return f" ({round(log_odds, 1) + 0.0:+.1f} log odds)"  # never -0.0

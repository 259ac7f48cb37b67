"""Values of unknown origin -> what may stand in the page's data: short text, finite numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.maps.evidence import unfolded
from coastwatch.shown import clipped

EVIDENCE_MOST = 60
IN_MINUTES = ("tcpa_min",)


def words(value: Any, most: int) -> str:
    """The value as one line of text of at most ``most`` characters, control characters blanked."""
    text = "".join(c if c.isprintable() else " " for c in str(value)[: most + 1])
    text = " ".join(text.split())
    return clipped(text, most)


def number(value: Any, digits: int) -> float | None:
    """The value rounded, or None where it is no finite number."""
    if isinstance(value, bool):
        return None
    try:
        finite = math.isfinite(value)
    except (TypeError, OverflowError):
        return None
    return round(float(value), digits) if finite else None


def seconds(value: Any) -> float | None:
    """UTC seconds of an ISO 8601 time; a time without a zone is taken as UTC."""
    try:
        time = datetime.fromisoformat(str(value))
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def evidence_rows(evidence: Any) -> list[list[str]]:
    """An alert's evidence as label and value, in the units that a watch officer reads."""
    if not isinstance(evidence, Mapping):
        return [["evidence", words(evidence, 300)]] if evidence is not None else []
    told = list(unfolded(evidence))
    rows = []
    for group, key, value, more in told[:EVIDENCE_MOST]:
        label, shown = evidence_row(key, value)
        within = words(group.replace("_", " "), 60)
        rows.append([f"{within}: {label}" if within else label, shown + more])
    if len(told) > EVIDENCE_MOST:
        rows.append(["and more", f"{len(told) - EVIDENCE_MOST} further values in alerts.jsonl"])
    return rows


def evidence_row(key: str, value: Any) -> list[str]:
    """One label and value: the unit leaves the key's end and joins the value.

    ``speed_mps: 2.5`` becomes ``speed: 4.9 kn``; a key without a known unit stays as it is.
    """
    stem, _, unit = key.rpartition("_")
    size = number(value, 6)
    if key in IN_MINUTES and size is not None:  # elsewhere _min says that it is the least
        return [stem, _SHOWN["s"](size * 60)]
    if stem and size is not None and unit in _SHOWN:
        return [words(stem.replace("_", " "), 60), _SHOWN[unit](size)]
    label = words((stem if value is None and unit in _SHOWN else key).replace("_", " "), 60)
    if isinstance(value, bool):
        return [label, "yes" if value else "no"]
    if size is not None:
        return [label, f"{size:g}" if abs(size) < 1e5 else f"{size:.0f}"]
    if isinstance(value, Mapping | list | tuple):
        return [label, words(json.dumps(value, default=str), 300)]
    return [label, "unknown" if value is None else words(value, 300)]


def _metres(value: float) -> str:
    return f"{value:.0f} m" if abs(value) < NM_M else f"{value / NM_M:.1f} NM"


def _seconds(value: float) -> str:
    if value > 1e8:
        try:
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
        except (OverflowError, ValueError, OSError):
            return f"{value:.0f} s"
    return f"{value:.0f} s" if abs(value) < 120 else f"{value / 60:.0f} min"


_SHOWN: dict[str, Callable[[float], str]] = {
    "m": _metres,
    "s": _seconds,
    "mps": lambda v: f"{v / KNOT_MPS:.1f} kn",
    "rad": lambda v: f"{math.degrees(v) % 360:.0f}°",
    "deg": lambda v: f"{v:.1f}°",
    "kn": lambda v: f"{v:.1f} kn",
    "nm": lambda v: f"{v:.1f} NM",
    "db": lambda v: f"{v:.1f} dB",
    "m2": lambda v: f"{v:.0f} m²",
}

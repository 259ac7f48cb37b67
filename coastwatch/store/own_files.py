"""A run's own files of JSON, held to their shape before they are believed.

A disk, another program or a person may have changed them since. The picture shows what it can; a
history and a report, whose counts must be right, refuse what is not as a run writes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from coastwatch.model import InputError, Vessel

TEXTS = ("name", "callsign", "destination", "eta", "safety_text")
MEND = "`coastwatch replay` makes the run again from its journal"
INTEGER_MOST = 2**63


def read_json(path: Path, default: Any) -> Any:
    """What a file of JSON holds; ``default`` where it is missing, or holds another kind of thing.

    Raises InputError where it is no JSON.
    """
    if not path.is_file():
        return default
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not readable as JSON ({error}); run it again") from error
    if not isinstance(found, type(default)):
        raise InputError(f"{path}: holds no {_kind(default)} as a run writes it; {MEND}")
    return found


def vessels_of(path: Path) -> dict[int, Vessel]:
    """What vessels said of themselves, by MMSI. Raises InputError, naming the vessel."""
    found = {}
    for place, row in enumerate(read_json(path, []), 1):
        try:
            if not (_whole(row["mmsi"]) and _finite(row["time_s"])):
                raise ValueError
            for name, value in row.items():
                fits = isinstance(value, str) if name in TEXTS else _finite(value)
                if value is not None and not fits:
                    raise ValueError
            found[row["mmsi"]] = Vessel(**row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _wrong(path, f"vessel {place}") from error
    return found


def checked_rows(path: Path, rows: Iterable[Any], texts: Iterable[str]) -> list[dict[str, Any]]:
    """Alerts or crossings whose ``texts`` are texts and whose track, MMSI and place are numbers or
    null. Raises InputError, naming the line."""
    found = []
    for place, row in enumerate(rows, 1):
        fits = isinstance(row, dict) and all(isinstance(row.get(name), str) for name in texts)
        fits = fits and isinstance(row.get("said") or "", str)
        fits = fits and all(_whole(row.get(n)) for n in ("track", "mmsi") if row.get(n) is not None)
        fits = fits and all(_finite(row.get(n)) for n in ("lon", "lat") if row.get(n) is not None)
        if not fits:
            raise _wrong(path, f"line {place}")
        found.append(row)
    return found


def checked_zones(path: Path, document: Mapping[str, Any]) -> dict[str, Any]:
    """A FeatureCollection whose features are zones: with an id, a name, a kind and a shape.

    Raises InputError, naming the feature.
    """
    features = document.get("features")
    for place, feature in enumerate(features if isinstance(features, list) else [None], 1):
        try:
            told = feature["properties"]
            if not all(isinstance(told[name], str) for name in ("id", "name", "kind")):
                raise ValueError
            shape(feature["geometry"])
        except (AttributeError, IndexError, KeyError, TypeError, ValueError,
                shapely.errors.ShapelyError) as error:  # fmt: skip
            raise _wrong(path, f"feature {place}") from error
    return dict(document)


def checked_feeds(path: Path, summary: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of each feed what was decoded and what rejected by reason; that of sensors is looked at, too.

    Raises InputError, naming the part of the summary.
    """
    parts = {name: summary.get(name, {}) for name in ("feeds", "sensors", "tracks")}
    for name, part in parts.items():
        if not isinstance(part, dict):
            raise _wrong(path, name)
    for name, said in parts["sensors"].items():
        if not isinstance(said, dict) or not _whole(said.get("silent_episodes", 0)):
            raise _wrong(path, f"sensor {name!r:.60}")
    found = {}
    for name, said in parts["feeds"].items():
        told: dict[str, Any] = said if isinstance(said, dict) else {"decoded": None}
        decoded, rejected = told.get("decoded", 0), told.get("rejected", {})
        whole = isinstance(rejected, dict) and all(map(_whole, [decoded, *rejected.values()]))
        if not whole:
            raise _wrong(path, f"feed {name!r:.60}")
        found[name] = {"decoded": decoded, "rejected": dict(rejected)}
    return found


def _wrong(path: Path, what: str) -> InputError:
    return InputError(f"{path}: {what} is not as a run writes it; {MEND}")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < INTEGER_MOST


def _finite(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < INTEGER_MOST and math.isfinite(value)


def _kind(default: Any) -> str:
    return "list" if isinstance(default, list) else "object"

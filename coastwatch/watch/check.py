"""What can be wrong with a zone file: every fault by feature, ring and vertex, each with its mend.

The file and its features are read here; properties are judged in ``check_properties``, geometry in
``check_shape``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coastwatch.model import InputError
from coastwatch.watch.check_properties import KINDS, moment, properties
from coastwatch.watch.check_shape import drawn, geometry
from coastwatch.watch.fault import At, Fault

__all__ = ["KINDS", "Fault", "drawn", "files_of", "moment", "read_features"]

FILE_BYTES_MAX = 64 << 20
FAULTS_MAX = 1_000  # of one file: nobody reads more
LEVELS_MAX = 32  # of lists in lists; GeoJSON needs ten


def files_of(path: Path) -> list[Path]:
    """The zone files that a path means. Raises InputError where there are none."""
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix in (".geojson", ".json"))
        if found:
            return found
        raise InputError(f"{path}: no .geojson file in this folder; give a zone pack or a file")
    if path.is_file():
        return [path]
    raise InputError(f"{path}: no such zone file or folder; check the path")


def read_features(
    path: Path, rules: Mapping[str, str], now_s: float
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The features of one file, and every fault in it; a feature with an error is left out.

    ``rules`` are known rules with their scope, "zone" or "site"; ``now_s`` tells what is over.
    """
    at = At(str(path))
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            size = f"the file is over {FILE_BYTES_MAX >> 20} MiB"
            return [], [at.fault(size, "split it or simplify its shapes")]
        document = json.loads(path.read_text(encoding="utf-8"))
        if _deep(document):
            raise RecursionError(f"nested more than {LEVELS_MAX} levels deep")
    except (OSError, ValueError, RecursionError) as error:
        return [], [at.fault(f"not readable as JSON ({error})", "give a GeoJSON file in UTF-8")]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        mend = 'wrap the features in {"type": "FeatureCollection", "features": [...]}'
        return [], [at.fault("not a FeatureCollection", mend)]
    good: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for index, feature in enumerate(features):
        name = _id(feature)
        found = list(_feature(feature, at.within(f"feature {index} {name!r}:"), rules, now_s))
        faults += found[: FAULTS_MAX - len(faults)]
        if not any(f.severity == "error" for f in found):
            good.append(feature)
    return good, faults


def _deep(document: Any) -> bool:
    level = [document]
    for _ in range(LEVELS_MAX):
        level = [
            inner
            for value in level
            if isinstance(value, list | dict)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


def _id(feature: Any) -> Any:
    told = feature.get("properties") if isinstance(feature, dict) else None
    return told.get("id") if isinstance(told, dict) else None


def _feature(feature: Any, at: At, rules: Mapping[str, str], now_s: float) -> Iterator[Fault]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        yield at.fault("not a Feature", 'give "type": "Feature" with properties and geometry')
        return
    told = feature.get("properties")
    if not isinstance(told, dict):
        yield at.fault("no properties", "give id, name, kind and source")
        return
    shape = feature.get("geometry")
    what = shape.get("type") if isinstance(shape, dict) else None
    yield from properties(told, what, at, rules, now_s)
    yield from geometry(shape, told.get("kind"), at)

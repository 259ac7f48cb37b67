"""A run's ``coverage.json`` -> what the page draws of it: cells in percent, and the episodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coastwatch.maps.frame import unwrap
from coastwatch.maps.notes import Note, note
from coastwatch.maps.rows import LAT_MAX
from coastwatch.maps.text import number, seconds, words

RADARS_MOST, CELLS_MOST, EPISODES_MOST = 50, 4_000, 200
RANGE_MAX_M = 500_000.0
FAULTS_FR = {
    "its grid is empty or too fine": "sa grille est vide ou trop fine",
    "its place or range is no number": "sa position ou sa portée n'est pas un nombre",
    "its range is out of bounds": "sa portée est hors limites",
    "its columns differ in length": "ses colonnes n'ont pas la même longueur",
}


def coverage(
    document: Mapping[str, Any], middle: float, start_s: float
) -> tuple[list[dict[str, Any]], list[Note]]:
    """One object a radar, and a line for each that cannot be drawn.

    Cells run ring by ring within azimuth by azimuth; a percentage is -1 where nothing was
    measured. Times are seconds from ``start_s``. A moving radar has no map.
    """
    radars = document.get("radars") if isinstance(document, Mapping) else None
    drawn: list[dict[str, Any]] = []
    notes: list[Note] = []
    for name, radar in list(radars.items())[:RADARS_MOST] if isinstance(radars, Mapping) else []:
        if isinstance(radar, Mapping) and radar.get("moving"):
            continue
        try:
            drawn.append({"id": words(name, 60)} | _radar(radar, middle, start_s))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            radar_id, why = words(name, 60), words(error, 80)
            notes.append(
                note(
                    f"coverage of {radar_id} cannot be drawn: {why}",
                    f"la couverture de {radar_id} ne peut être dessinée : {french_fault(why)}",
                )
            )
    return drawn, notes


def french_fault(why: str) -> str:
    """A fault of a coverage in French; of what a library says, only that it cannot be read."""
    return FAULTS_FR.get(why, "données illisibles")


def _radar(radar: Mapping[str, Any], middle: float, start_s: float) -> dict[str, Any]:
    shape = int(radar["azimuths"]), int(radar["ranges"])
    if min(shape) < 1 or shape[0] * shape[1] > CELLS_MOST:
        raise ValueError("its grid is empty or too fine")
    lon, lat, far = (number(radar[key], 5) for key in ("lon", "lat", "range_max_m"))
    if lon is None or lat is None or far is None or abs(lat) > LAT_MAX or abs(lon) > 540:
        raise ValueError("its place or range is no number")
    if not 0 < far <= RANGE_MAX_M:
        raise ValueError("its range is out of bounds")
    grids = {key: _percent(radar[key], shape) for key in ("achieved", "lower", "upper", "promised")}
    looks = np.array(radar["looks"], dtype=np.float64).reshape(shape)
    return {
        "lon": round(float(unwrap(np.array(lon), middle)), 5),
        "lat": lat,
        "range": far,
        "azimuths": shape[0],
        "rings": shape[1],
        "looks": np.clip(np.nan_to_num(looks), 0, 1e9).astype(np.int64).ravel().tolist(),
        **grids,
        "episodes": _episodes(radar.get("episodes"), start_s),
    }


def _percent(grid: Any, shape: tuple[int, int]) -> list[int]:
    share = np.array(grid, dtype=np.float64).reshape(shape)  # None becomes NaN
    percent: list[int] = np.where(
        (share >= 0) & (share <= 1), np.round(100 * np.nan_to_num(share)), -1
    ).astype(np.int64).ravel().tolist()  # fmt: skip
    return percent


def _episodes(episodes: Any, start_s: float) -> list[dict[str, Any]]:
    """Silent and blind: from when, until when (absent: to the end), and between which azimuths."""
    drawn = []
    for e in episodes[-EPISODES_MOST:] if isinstance(episodes, list) else []:
        begun = seconds(e.get("from"))
        silent = e.get("what") == "silent"
        low = 0.0 if silent else number(e.get("azimuth_from_deg"), 1)
        high = 360.0 if silent else number(e.get("azimuth_to_deg"), 1)
        if begun is None or low is None or high is None:
            continue
        one = {
            "what": "silent" if silent else "blind",
            "from": round(begun - start_s, 1),
            "low": low % 360,
            "width": 360.0 if high - low == 360.0 else (high - low) % 360,
        }
        ended = seconds(e.get("until"))
        drawn.append(one if ended is None else one | {"until": round(ended - start_s, 1)})
    return drawn

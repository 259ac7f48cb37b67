"""Positions as people say them -> longitude, latitude and how far that may be out."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from coastwatch.geo.geodesy import travel
from coastwatch.geo.units import DEG, NM_M
from coastwatch.incident.assumed import Assumed
from coastwatch.model import ConfigError

# Lights and harbours of the strait that callers name, to some 0.3 NM.
NAMED = {
    "Cap Gris-Nez": (1.584, 50.870), "Cap Blanc-Nez": (1.710, 50.925), "Calais": (1.840, 50.971),
    "Boulogne": (1.565, 50.744), "Gravelines": (2.110, 51.003), "Dunkirk": (2.350, 51.057),
    "Dover": (1.335, 51.118), "South Foreland": (1.371, 51.140), "Folkestone": (1.195, 51.078),
    "Dungeness": (0.976, 50.913), "Sandettie": (1.800, 51.103),
}  # fmt: skip
NAMED_M = 0.3 * NM_M
# A layman's bearing and distance: a point of the compass, and a fifth of the way.
BEARING_SIGMA_DEG, DISTANCE_SHARE = 11.25, 0.2
NEAR_M = 2 * NM_M  # "off Calais", and no more said
MEND = (
    'give LON,LAT in degrees ("1.508,50.887"), degrees and minutes ("50 53.2N 1 30.5E"), '
    'or "310 4NM from Cap Gris-Nez"'
)
_ANGLE = r"(\d+(?:[.,]\d+)?)(?:[\s°d]+(\d+(?:[.,]\d+)?))?(?:[\s'′m]+(\d+(?:[.,]\d+)?))?[\s°'′\"″]*"
_AFTER = re.compile(rf"^\s*{_ANGLE}([NS])[\s,;]*{_ANGLE}([EWO])\s*$", re.IGNORECASE)
_BEFORE = re.compile(rf"^\s*([NS])\s*{_ANGLE}[\s,;]*([EWO])\s*{_ANGLE}$", re.IGNORECASE)
_PAIR = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*$")
_FROM = re.compile(
    r"^\s*(\d+(?:\.\d+)?)\s*(?:°|deg|degrees)?[\s,]+(\d+(?:\.\d+)?)\s*(nm|km|m)\s+(?:from|off|of)\s+(.+?)\s*$",
    re.IGNORECASE,
)
_NEAR = re.compile(r"^\s*(?:off|near)\s+(.+?)\s*$", re.IGNORECASE)
_METRES = {"nm": NM_M, "km": 1000.0, "m": 1.0}


class Place(NamedTuple):
    """Degrees, and one sigma an axis in metres."""

    lon: float
    lat: float
    sigma_m: float


def read_position(text: str, named: Mapping[str, tuple[float, float]] | None = None) -> Place:
    """The place that a text tells: a pair, degrees and minutes, or from a named place.

    ``named`` adds names to NAMED (the site's own). Raises ConfigError, with the mend.
    """
    if pair := _PAIR.match(text):
        return _fix(float(pair[1]), float(pair[2]), text)
    if said := _AFTER.match(text):
        a, b, c, ns, d, e, f, ew = said.groups()
        return _fix(_degrees(d, e, f, ew, text), _degrees(a, b, c, ns, text), text)
    if said := _BEFORE.match(text):
        ns, a, b, c, ew, d, e, f = said.groups()
        return _fix(_degrees(d, e, f, ew, text), _degrees(a, b, c, ns, text), text)
    places = {**NAMED, **(named or {})}
    if said := _FROM.match(text):
        lon, lat = _named(said[4], places)
        return _from(lon, lat, float(said[1]), float(said[2]) * _METRES[said[3].lower()], text)
    if said := _NEAR.match(text):
        return Place(*_named(said[1], places), NEAR_M)
    raise ConfigError(f"--position {text!r}: not a position; {MEND}")


def _fix(lon: float, lat: float, text: str) -> Place:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ConfigError(
            f"--position {text!r}: not on the earth; {MEND}, longitude first in a pair"
        )
    return Place(lon, lat, Assumed().fix_m)


def _degrees(
    degrees: str, minutes: str | None, seconds: str | None, hemisphere: str, text: str
) -> float:
    parts = [float(p.replace(",", ".")) if p else 0.0 for p in (degrees, minutes, seconds)]
    if parts[1] >= 60 or parts[2] >= 60:
        raise ConfigError(f"--position {text!r}: minutes and seconds stay below 60; {MEND}")
    angle = parts[0] + parts[1] / 60 + parts[2] / 3600
    return -angle if hemisphere.upper() in "SWO" else angle


def _named(name: str, places: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    known = {key.casefold(): at for key, at in places.items()}
    found = known.get(name.casefold())
    if found is None:
        near = difflib.get_close_matches(name.casefold(), known, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(places))}"
        raise ConfigError(f"--position: no place named {name!r}; {hint}")
    return found


def _from(lon: float, lat: float, bearing_deg: float, distance_m: float, text: str) -> Place:
    if not (bearing_deg <= 360 and distance_m <= 200 * NM_M):
        raise ConfigError(
            f"--position {text!r}: a bearing is 0 to 360, a distance to 200 NM; {MEND}"
        )
    at = travel(lon, lat, bearing_deg * DEG, distance_m)
    across = distance_m * BEARING_SIGMA_DEG * DEG
    along = distance_m * DISTANCE_SHARE
    # One number for both axes: their root mean square, beside what the name itself is out.
    sigma = math.sqrt((across**2 + along**2) / 2 + NAMED_M**2)
    return Place(float(at[0]), float(at[1]), sigma)

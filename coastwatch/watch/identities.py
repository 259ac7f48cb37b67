"""What rules about identities share: who an MMSI is, where it was last, and what is said of it."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Detections, Floats, Ints, Say
from coastwatch.watch.ground import Mask
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene

# ITU-R M.585-9, annex 2: the first three digits of devices that signal distress.
BEACONS = {970: "AIS-SART", 972: "MOB device", 974: "EPIRB-AIS"}
# ITU-R M.1371-5, annex 1, table 1: of class A, knots up to which an interval (s) holds.
CLASS_A = ((14.0, 10.0), (23.0, 6.0), (math.inf, 2.0))
# And table 2: of class B "CS". Below these speeds both send every three minutes only.
STILL_A_KN, STILL_B_KN, STILL_S, CLASS_B_S = 3.0, 2.0, 180.0, 30.0
K = TypeVar("K")
V = TypeVar("V")
POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


class Place(NamedTuple):
    """Degrees; ``known`` is False where it only stands in for a place that nobody knows."""

    lon: float
    lat: float
    known: bool = True


def interval_s(speed_mps: Floats, class_a: Mask) -> Floats:
    """Seconds between the reports of a set under way, straight on, at each speed."""
    knots = speed_mps / KNOT_MPS
    row = np.searchsorted([limit for limit, _ in CLASS_A[:-1]], knots)
    a = np.where(knots <= STILL_A_KN, STILL_S, np.array([s for _, s in CLASS_A])[row])
    b = np.where(knots <= STILL_B_KN, STILL_S, CLASS_B_S)
    return np.where(class_a, a, b)


def is_imo(text: str) -> bool:
    """Whether seven digits keep to their check digit (IMO resolution A.1117(30))."""
    if len(text) != 7 or not text.isdecimal():
        return False
    digits = [int(c) for c in text]
    return sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]


def name_of(scene: Scene, mmsi: int) -> str:
    """An MMSI's name for people, such as "NORDIC (MMSI 227000001)"."""
    vessel = scene.memory.vessels.get(mmsi)
    return f"{vessel.name if vessel and vessel.name else 'vessel'} (MMSI {mmsi:09d})"


def place_of(scene: Scene, mmsi: int) -> Place:
    """Where an MMSI is: its report of now, else its track, else the site's origin, not known."""
    at = np.flatnonzero(scene.reports.mmsi == mmsi)
    at = at[np.isfinite(scene.reports.lon[at])]
    if len(at):
        return Place(float(scene.reports.lon[at[-1]]), float(scene.reports.lat[at[-1]]))
    row = scene.rows_of_mmsi.get(mmsi, -1)
    if row >= 0:
        return Place(float(scene.lon[row]), float(scene.lat[row]))
    return Place(*scene.ground.plane.origin, known=False)


def last_reports(reports: Detections, wanted: Iterable[int]) -> dict[int, int]:
    """MMSI -> the row of its last report, of those that are wanted and were heard."""
    keys = np.fromiter(wanted, dtype=np.int64)
    if not len(keys) or not len(reports):
        return {}
    return {int(reports.mmsi[i]): i for i in np.flatnonzero(np.isin(reports.mmsi, keys)).tolist()}


def counts_of(mmsi: Ints, reports: Detections) -> Ints:
    """(n,) how many of the reports carry each MMSI; 0 for those without one."""
    heard = np.sort(reports.mmsi)
    low, high = (np.searchsorted(heard, mmsi, side=side) for side in ("left", "right"))
    return np.where(mmsi >= 0, high - low, 0)


def way(a: Place, b: Place) -> tuple[float, str]:
    """Metres from one place to another, and whither: "NE"."""
    if not (a.known and b.known):
        return 0.0, ""
    distance, azimuth, _ = geodesic(a.lon, a.lat, b.lon, b.lat)
    return float(distance), POINTS[round(float(azimuth) / (math.pi / 4)) % 8]


def keep(book: OrderedDict[K, V], key: K, value: V, most: int) -> V | None:
    """Put a value last; of more than ``most`` the first one goes, and is given back."""
    book[key] = value
    book.move_to_end(key)
    return book.popitem(last=False)[1] if len(book) > most else None


def said_of(
    rule: RuleFile, scene: Scene, about: tuple[str | int, ...], mmsi: int, place: Place,
    text: str, evidence: Mapping[str, Any] | None = None, *, priority: str = "",
    track: int = -1, over: bool = False,
) -> Say:  # fmt: skip
    """What a rule says of an MMSI, which need not have a track.

    A situation with a track is over when the track ends; one without lasts until it is said over.
    """
    evidence = {} if over else dict(evidence or {}) | {"rule_version": rule.version}
    return Say(
        rule.name, rule.version, about, scene.time_s, priority or rule.priority, track, mmsi, "",
        place.lon, place.lat, text[:1].upper() + text[1:], evidence, over=over,
    )  # fmt: skip

"""What the tracker knows of one sensor: how it sees, its clutter and its last sign of life."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.site import Site
from coastwatch.track.clutter import Clutter

PD_MAX = 0.95
PD_UNKNOWN, SCAN_UNKNOWN_S = 0.8, 1.0


@dataclass(slots=True)
class Sensing:
    """One sensor of the site; the last one, of index -1, stands for all that the site does not
    name. ``clock_s`` is the time of its last sign of life."""

    index: int
    kind: str
    xy_m: Floats
    range_max_m: float
    scan_s: float
    pd: float
    small_db: float
    clutter: Clutter
    clock_s: float = -math.inf


def sensings(site: Site, plane: Plane) -> list[Sensing]:
    """One for each sensor of the site, and the unknown one."""
    named = [
        Sensing(
            index, s.kind, np.array(plane.to_xy(*s.position), dtype=float), s.range_max_m, s.scan_s,
            min(s.detection_probability, PD_MAX),
            math.nan if s.amplitude_small_db is None else s.amplitude_small_db, Clutter(s),
        )
        for index, s in enumerate(site.sensors)
    ]  # fmt: skip
    unknown = Sensing(-1, "", np.zeros(2), math.inf, SCAN_UNKNOWN_S, PD_UNKNOWN, math.nan,
                      Clutter(None))  # fmt: skip
    return [*named, unknown]

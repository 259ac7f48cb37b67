"""Where tracks have been in the last half hour: how far they sailed, and how far they came."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats, Ints
from coastwatch.watch.memory import LONG_S
from coastwatch.watch.scene import Scene

# One minute in so many may lack.
SHARE_MIN = 0.85


class Ways(NamedTuple):
    """The last minutes of k tracks.

    ``velocity`` (k, n, 2) m/s and ``knots`` (k, n), a minute apart, NaN where not known; (k,)
    ``radius_m`` of the area around the mean place, ``sailed_m`` and ``made_m`` good.
    """

    row: Ints
    velocity: Floats
    knots: Floats
    radius_m: Floats
    sailed_m: Floats
    made_m: Floats


def ways(scene: Scene, rows: Ints, minutes: float) -> Ways:
    """The ways of those ``rows`` that are known for nearly all of the last ``minutes``."""
    rows = rows[scene.memory.first_s.values[scene.slot[rows]] + 60 * minutes <= scene.time_s]
    times, past = scene.memory.long.past(scene.slot[rows], scene.time_s, 60 * minutes)
    known = np.isfinite(past[:, :, 0])
    enough = known.sum(axis=1) >= max(SHARE_MIN * 60 * minutes / LONG_S, 2)
    rows, past, known = rows[enough], past[enough], known[enough]
    xy, velocity = past[:, :, :2], past[:, :, 2:]
    count = np.maximum(known.sum(axis=1), 1)
    middle = np.where(known[:, :, None], xy, 0.0).sum(axis=1) / count[:, None]
    away = np.hypot(xy[:, :, 0] - middle[:, :1], xy[:, :, 1] - middle[:, 1:])
    speed = np.hypot(velocity[:, :, 0], velocity[:, :, 1])
    duration_s = float(times[-1] - times[0]) if len(times) else 0.0
    first = xy[np.arange(len(rows)), np.argmax(known, axis=1)] if len(times) else xy[:, :0]
    gone = scene.tracks.state[rows, :2] - first if len(rows) else np.empty((0, 2))
    return Ways(
        rows, velocity, speed / KNOT_MPS,
        radius_m=np.where(known, away, 0.0).max(axis=1, initial=0.0),
        sailed_m=np.where(known, speed, 0.0).sum(axis=1) / count * duration_s,
        made_m=np.hypot(gone[:, 0], gone[:, 1]),
    )  # fmt: skip

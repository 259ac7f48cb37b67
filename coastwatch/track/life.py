"""What the tracker believed of a few chosen tracks, look by look, so that it can be explained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from coastwatch.model import Kind, Status

LOOKS_MOST = 100_000  # of one track
CANDIDATES_MOST = 100  # of one look
MODES = ("quiet", "agile", "left", "right")


class Look(NamedTuple):
    """One look of a sensor that concerned a track, and the track after it.

    ``kind`` is that of the detections that were candidates, ``Kind.LOOK`` where there were none.
    ``p_missed`` is the probability that none of them is the track's. ``modes`` has the
    probabilities of ``MODES``. The position is in the site's plane; ``sigma_m`` is the root mean
    square of its two axes, and its covariance may follow. NaN or -1 means unknown.
    """

    time_s: float
    sensor: int  # index into site.sensors, -1 for one that the site does not name
    kind: Kind
    existence_before: float  # predicted to this look
    existence: float
    p_visible: float
    p_missed: float
    modes: tuple[float, float, float, float]
    status: Status
    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    sigma_m: float
    mmsi: int
    p_fixed: float
    p_unregistered: float
    cov_xx_m2: float = math.nan
    cov_xy_m2: float = math.nan
    cov_yy_m2: float = math.nan


class Candidate(NamedTuple):
    """One detection in a track's gate, and the probability that it was the track's.

    A bearing has no position, but its azimuth. ``d2`` is the squared Mahalanobis distance.
    """

    time_s: float
    x_m: float
    y_m: float
    probability: float
    d2: float
    mmsi: int = -1
    azimuth_rad: float = math.nan


@dataclass(slots=True)
class Life:
    """A track's looks in the order in which the tracker took them, and each one's candidates."""

    looks: list[Look] = field(default_factory=list)
    candidates: list[tuple[Candidate, ...]] = field(default_factory=list)
    looks_left_out: int = 0
    candidates_left_out: int = 0


class Lives:
    """The lives of the tracks ``ids``; of any other track nothing is kept.

    Bounded: the first ``LOOKS_MOST`` looks of a track, the ``CANDIDATES_MOST`` most probable
    candidates of a look. What is over is counted.
    """

    def __init__(self, ids: frozenset[int] = frozenset()) -> None:
        self.ids = ids
        self.lives: dict[int, Life] = {}

    def add(self, track_id: int, look: Look, candidates: Sequence[Candidate] = ()) -> None:
        """Keep a look of this track, if it is one of ``ids``."""
        if track_id not in self.ids:
            return
        life = self.lives.setdefault(track_id, Life())
        if len(life.looks) >= LOOKS_MOST:
            life.looks_left_out += 1
            return
        likely = sorted(candidates, key=lambda c: -c.probability)[:CANDIDATES_MOST]
        life.candidates_left_out += len(candidates) - len(likely)
        life.looks.append(look)
        life.candidates.append(tuple(likely))

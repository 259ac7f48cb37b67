"""All tracks as columns of one length; a row is taken by a birth and free again after the end."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.track.hearing import Grade
from coastwatch.track.motion import MODELS
from coastwatch.track.size import TRAITS

FREE = -1  # the status of a row that holds no track
# Running sums of where plots lay, and when the last did, for ``fixed``: over each of two windows.
SUMS = 9


class Rows(NamedTuple):
    """One row a track; n is the room, not the number of tracks.

    A state stands for ``time_s``; existence for ``exist_s``. ``x`` and ``C`` are the moments of
    all models together; covariances are packed as in ``imm``.
    """

    id: Ints
    status: Ints
    time_s: Floats
    X: Floats  # (n, 4 models, 4)
    P: Floats  # (n, 4 models, 10)
    mu: Floats  # (n, 4 models)
    x: Floats  # (n, 4)
    C: Floats  # (n, 10)
    visible: Floats  # probability that it exists and can be seen ...
    hidden: Floats  # ... and that it exists behind something
    exist_s: Floats
    born_s: Floats
    born_xy: Floats  # (n, 2)
    born_by: Ints  # sensor
    born_free: Floats  # probability that nobody else made its first plot
    hits: Floats  # the sum of what was associated
    found: Ints  # 1 once it had so many that it was no chance
    ashore: Ints  # 1 while it lies deep inland, as far as that was asked
    noise_m2: Floats  # variance of its plots' positions, the mean of both axes, of late
    missed: Ints  # looks since it was last more likely seen than not
    heard_s: Floats  # when any sensor last did
    pull: Floats  # (n, 2): detections and looks, forgotten slowly
    mmsi: Ints
    p_mmsi: Floats
    reports: Ints
    report: Floats  # (n, 6): time, x, y, vx, vy as it last said itself, 1 if of its middle
    told: Ints  # reports since ``evidence`` last counted them
    heading: Floats  # (n, 2): true, rad, as it last said, and when
    grade: Ints  # of its AIS set, see ``hearing``
    silence: Floats  # (n, 4), see ``hearing``
    fix: Floats  # (n, 2 windows, SUMS), see ``fixed``
    traits: Floats  # (n, TRAITS), see ``size``
    seen_s: Floats  # (n, sensors + 1): when each sensor last hit it
    look_s: Floats  # (n, sensors + 1): until when each sensor's looks are accounted for
    rest: Floats  # (n, sensors + 1): probability that the present look has not hit it yet
    target: Ints  # (n, sensors + 1): the number that a sensor's own tracker gave it


def empty(n: int, sensors: int) -> Rows:
    """Room for ``n`` tracks."""

    def nan(*shape: int) -> Floats:
        return np.full((n, *shape), np.nan)

    def ints(value: int, *shape: int) -> Ints:
        return np.full((n, *shape), value, dtype=np.int64)

    def zeros(*shape: int) -> Floats:
        return np.zeros((n, *shape))

    return Rows(
        id=ints(0), status=ints(FREE), time_s=nan(), X=zeros(MODELS, 4), P=zeros(MODELS, 10),
        mu=zeros(MODELS), x=zeros(4), C=zeros(10), visible=zeros(), hidden=zeros(), exist_s=nan(),
        born_s=nan(), born_xy=zeros(2), born_by=ints(-1), born_free=zeros(), hits=zeros(),
        found=ints(0), ashore=ints(0), noise_m2=zeros(), missed=ints(0), heard_s=nan(),
        pull=zeros(2), mmsi=ints(-1), p_mmsi=zeros(),
        reports=ints(0), report=nan(6), told=ints(0), heading=nan(2),
        grade=ints(Grade.UNKNOWN), silence=zeros(4), fix=zeros(2, SUMS),
        traits=zeros(TRAITS), seen_s=nan(sensors + 1), look_s=nan(sensors + 1),
        rest=np.ones((n, sensors + 1)), target=ints(-1, sensors + 1),
    )  # fmt: skip


def grown(rows: Rows, n: int) -> Rows:
    """The same rows with room for ``n``."""
    more = empty(n - len(rows.id), rows.seen_s.shape[1] - 1)
    columns: list[Any] = [np.concatenate(pair) for pair in zip(rows, more, strict=True)]
    return Rows(*columns)

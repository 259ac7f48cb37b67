"""What a track is, as it shows by and by: carries it AIS, how long is it, is it small or fixed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from coastwatch.model import Detections, Floats, Ints
from coastwatch.track import fixed, hearing, size
from coastwatch.track.hearing import Hearing
from coastwatch.track.motion import LEFT, RIGHT
from coastwatch.track.sensing import Sensing
from coastwatch.track.table import Rows

EVERY_S = 4.0  # nothing here changes sooner
SURE_P = 0.5  # a plot that is a track's, more likely than not, tells of its size
CARRIES_S = 600.0  # who was heard within it still has AIS on
UNREGISTERED_PRIOR = 0.3
NOISE_MIN_M2 = 0.25
HEADING_S = 180.0  # how long a heading stands that is not said again: the slowest report's rate
KNOWN_PRIOR = 0.98  # of what lies where the site says that something fixed does


class Evidence:
    """The running values behind ``p_unregistered``, ``p_small`` and length; kept in the rows.

    ``stations`` (s, 2) are the site's AIS stations, ``known`` (k, 3) its fixed objects: places in
    the plane and radii, m.
    """

    def __init__(self, stations: Floats, known: Floats) -> None:
        self._known, self._places = known, cKDTree(known[:, :2]) if len(known) else None
        self.hearing = Hearing(stations)
        self._time_s = -math.inf
        self._spoken = False  # whether any AIS was heard yet

    def take_plots(
        self, rows: Rows, sensing: Sensing, d: Detections, i: Ints, j: Ints, p: Floats
    ) -> None:
        """Amplitude and extent of the plots ``j`` that belong to rows ``i`` with probability."""
        sure = p > SURE_P
        i, j, p = i[sure], j[sure], p[sure]
        amplitude, extent = d.amplitude_db[j] - sensing.small_db, d.extent_m[j]
        told = np.isfinite(amplitude) | np.isfinite(extent)
        if told.any():
            i, j, p = i[told], j[told], p[told]
            blur = size.resolution_m(d.range_m[j], sensing.sigma_range_m, sensing.beamwidth_rad)
            rows.traits[i] = size.seen(rows.traits[i], amplitude[told], extent[told], blur, p)

    def take_reports(self, rows: Rows, d: Detections, where: Ints) -> None:
        """What the reports say beside their place; ``where`` is each one's row."""
        rows.traits[where] = size.told(rows.traits[where], d.extent_m)
        rows.grade[where] = hearing.grade(d)
        faces = np.isfinite(d.heading_rad)
        rows.heading[where[faces]] = np.column_stack([d.heading_rad, d.time_s])[faces]

    def pass_time(self, rows: Rows, shown: Ints, time_s: float) -> None:
        """Time has come to ``time_s``; ``shown`` are the rows that the picture shows."""
        dt = time_s - self._time_s
        if dt < EVERY_S:
            return
        self._time_s = time_s
        if not math.isfinite(dt):
            return
        velocity, C = rows.x[shown, 2:], rows.C[shown]
        sigma = np.sqrt((C[:, 7] + C[:, 9]) / 2)
        rows.traits[shown] = size.moved(rows.traits[shown], velocity, sigma, dt)
        speed = np.maximum(np.hypot(*velocity.T) - sigma, 0.0)
        turning = rows.mu[shown, LEFT] + rows.mu[shown, RIGHT] > 0.5
        self._listen(rows, shown, time_s, dt, (speed, turning))

    def _listen(
        self, rows: Rows, shown: Ints, time_s: float, dt: float, motion: tuple[Floats, Any]
    ) -> None:
        """What was heard of those who carry AIS, and what was not of the others."""
        (speed, turning), named = motion, rows.mmsi[shown] >= 0
        self._spoken |= bool(named.any())
        if not self._spoken:
            return
        xy = rows.x[shown, :2]
        # The report by which a vessel becomes known proves nothing of how many are missed.
        carries = (time_s - rows.report[shown, 0] < CARRIES_S) & (
            rows.reports[shown] > rows.told[shown]
        )
        self.hearing.learn(
            dt, xy[named], hearing.interval_s(rows.grade[shown], speed, turning)[named],
            carries[named], rows.told[shown][named],
        )  # fmt: skip
        rows.told[shown] = 0
        nameless = shown[~named]
        rows.silence[nameless] = hearing.silence(
            rows.silence[nameless], speed[~named], turning[~named],
            self.hearing.share(xy[~named]), dt,
        )  # fmt: skip

    def p_unregistered(self, rows: Rows, which: Ints) -> Floats:
        """0 with an identity; else by Bayes from the reports that were due and not heard."""
        unheard = hearing.p_unregistered(rows.silence[which], UNREGISTERED_PRIOR)
        return np.where(rows.mmsi[which] >= 0, 0.0, unheard)

    def heard_share(self, xy: Floats) -> Floats:
        """What share of the AIS reports sent at places (n, 2) of the plane is received."""
        share = np.zeros(len(xy))
        known = np.flatnonzero(np.isfinite(xy).all(axis=1))
        share[known] = self.hearing.share(xy[known])
        return share

    def heading_rad(self, rows: Rows, which: Ints, time_s: float) -> Floats:
        """True heading as each last said by AIS, NaN where that is more than three minutes ago."""
        said = rows.heading[which]
        return np.where(time_s - said[:, 1] <= HEADING_S, said[:, 0], np.nan)

    def p_fixed(self, rows: Rows, which: Ints) -> Floats:
        """That each is moored, at anchor, or part of the land; sooner so at a known object."""
        prior = np.full(len(which), fixed.PRIOR)
        if self._places is not None and len(which):
            apart, nearest = (np.asarray(c) for c in self._places.query(rows.x[which, :2]))
            prior[apart <= self._known[nearest, 2]] = KNOWN_PRIOR
        noise_m2 = np.maximum(rows.noise_m2[which], NOISE_MIN_M2) / 2
        return fixed.probability(rows.fix[which], noise_m2, prior)

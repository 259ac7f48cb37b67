"""Plots of one sensor: which track each belongs to, what it tells that track, and what is new."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Detections, Kind
from coastwatch.track import look
from coastwatch.track.look import Eye, Found, Plots
from coastwatch.track.sensing import Sensing
from coastwatch.track.shadow import hiders
from coastwatch.track.table import Rows
from coastwatch.track.unseen import Unseen

CORRELATED_S = 12.0  # another tracker's errors repeat for about so long
PLOTS_MAX = 20_000  # in one look: what is more is a flood


def scans(d: Detections, scan_s: float) -> list[Detections]:
    """The plots in turn, half a scan at most in each part: a track may take one of each part."""
    if not len(d) or d.time_s[-1] - d.time_s[0] < 0.5 * scan_s:
        return [d]
    part = np.floor((d.time_s - d.time_s[0]) / (0.5 * scan_s)).astype(np.int64)
    return [d.take(part == k) for k in np.unique(part).tolist()]


def take_plots(
    rows: Rows, high: int, d: Detections, sensing: Sensing, unseen: Unseen, end_s: float,
    whole: bool, next_id: int, room: int,
) -> Found:  # fmt: skip
    """Update the tracks by the plots of one look that ends at ``end_s``; start new ones.

    ``whole`` says that the look went all around.
    """
    d = d.take(slice(PLOTS_MAX)) if len(d) > PLOTS_MAX else d
    z = np.column_stack([d.x_m, d.y_m])
    cov = d.cov_m2
    tracker = bool(len(d)) and d.kind[0] == Kind.SENSOR_TRACK
    plots = Plots(
        z, np.column_stack([cov[:, 0, 0], cov[:, 0, 1], cov[:, 1, 1]]), d.time_s,
        sensing.clutter.density(z), unseen.density(z) * sensing.pd, d.target,
    )  # fmt: skip
    x, y = (float(v) for v in sensing.xy_m)
    begin_s = float(d.time_s[0]) if len(d) else end_s
    ships = hiders(rows, high, x, y, (begin_s + end_s) / 2)
    eye = Eye(
        sensing.index, x, y, sensing.range_max_m,
        sensing.scan_s, sensing.pd, whole, CORRELATED_S if tracker else 0.0,
        begin_s, end_s, sensing.sights, ships, sensing.shaded,
    )  # fmt: skip
    return Found(*look.take(rows, high, plots, eye, next_id, room))

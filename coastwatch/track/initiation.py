"""New tracks, from plots that no track claims and from reports that fit none."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Detections, Floats
from coastwatch.track import identity
from coastwatch.track.motion import SPEED_SIGMA_MPS
from coastwatch.track.plots import noise
from coastwatch.track.reports import SPEED_REPORTED_SIGMA_MPS
from coastwatch.track.sensing import Sensing
from coastwatch.track.table import Table

REPORT_ODDS = 2.0


def from_plots(d: Detections, sensing: Sensing, sensors: int, first_id: int) -> Table:
    """One tentative track a plot, of unknown velocity."""
    new = _born(d, sensors, first_id)
    s = sensing.index
    new.seen_s[:, s] = new.due_s[:, s] = d.time_s
    new.target[:, s] = d.target
    new.cov[:, :2, :2] = noise(d)
    new.cov[:, 2, 2] = new.cov[:, 3, 3] = SPEED_SIGMA_MPS**2
    new.odds[:] = sensing.clutter.birth_odds(sensing.clutter.density(new.state[:, :2]))
    new.amplitude_db[:] = d.amplitude_db - sensing.small_db
    new.length_m[:] = d.extent_m
    return new


def from_reports(d: Detections, velocity: Floats, sensors: int, first_id: int) -> Table:
    """One track a report, with its MMSI; ``velocity`` (n, 2) is NaN where unknown."""
    new = _born(d, sensors, first_id)
    new.seen_s[np.arange(len(d)), d.sensor] = d.time_s
    new.cov[:, :2, :2] = d.cov_m2
    new.state[:, 2:] = np.nan_to_num(velocity)
    sigma = np.where(np.isfinite(velocity), SPEED_REPORTED_SIGMA_MPS, SPEED_SIGMA_MPS)
    new.cov[:, [2, 3], [2, 3]] = sigma**2
    new.mmsi[:], new.odds[:], new.reports[:] = d.mmsi, REPORT_ODDS, 1
    return new


def _born(d: Detections, sensors: int, first_id: int) -> Table:
    new = Table.of_size(len(d), sensors)
    new.id[:] = np.arange(first_id, first_id + len(d))
    new.time_s[:] = new.born_s[:] = d.time_s
    new.state[:, 0], new.state[:, 1] = d.x_m, d.y_m
    new.born_xy[:] = new.state[:, :2]
    new.unregistered[:] = identity.odds(identity.UNREGISTERED_PRIOR)
    new.window[:] = new.looks[:] = new.hits[:] = 1
    return new

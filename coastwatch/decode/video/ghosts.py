"""Echoes that are no boats of their own: what they are taken for, or why they are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.video.assemble import STEP, Geometry, Sector
from coastwatch.decode.video.cfar import power
from coastwatch.decode.video.cluster import Clusters
from coastwatch.decode.video.clutter import SECTORS
from coastwatch.decode.video.settings import VideoSettings
from coastwatch.model import Floats

BESIDE = 2  # cells in range that a side lobe may lie beside its source
SURE = 4.0  # over its threshold, an echo's power cannot fall below it within half the beam
OPEN_MAX_RAD = 0.5  # a cluster wider than this is cut
SMEARED = 2.0  # beams: wider, an echo near by comes from far away


class Ring:
    """The strongest echo of every range in each sector of the last turn, land and all."""

    def __init__(self, settings: VideoSettings, shape: Geometry) -> None:
        self._settings, self._full = settings, 2**shape.bits - 1
        self._peaks = np.zeros((SECTORS, shape.cells), np.dtype(shape.dtype))
        self._latest = -1

    def take(self, sector: Sector) -> None:
        """Learns a sector; those that were not seen since the one before are forgotten."""
        at = sector.turn * SECTORS + sector.number
        if self._latest >= 0:
            for missed in range(max(self._latest + 1, at - SECTORS), at):
                self._peaks[missed % SECTORS] = 0
        self._latest = at
        self._peaks[sector.number] = sector.cells.max(axis=0)

    def side_lobes(self, clusters: Clusters) -> NDArray[np.bool_]:
        """Whether each is weaker than an echo of its range by what side lobes are.

        An echo at full scale may be stronger than it looks, by ``saturation_db``.
        """
        s = self._settings
        near, far = 10 ** (s.sidelobe_db / 10), 10 ** (s.sidelobe_far_db / 10)
        reach = math.ceil(s.sidelobe_rad / STEP)
        out = np.zeros(len(clusters), bool)
        for i in range(len(clusters)):
            low = max(int(clusters.first_cell[i]) - BESIDE, 0)
            most = self._peaks[:, low : int(clusters.last_cell[i]) + BESIDE + 1].max(axis=1)
            echo = power(most, s) * np.where(most >= self._full, 10 ** (s.saturation_db / 10), 1.0)
            own = int(clusters.along_rad[i] // STEP)
            beside = echo[np.arange(own - reach, own + reach + 1) % SECTORS].max()
            out[i] = beside > clusters.peak[i] * near or echo.max() > clusters.peak[i] * far
        return out


def extents_m(clusters: Clusters, shape: Geometry, settings: VideoSettings) -> Floats:
    """Length of each, less what the pulse and the beam make of a point.

    A Gaussian beam that is 6 dB down, two ways, at half its width is 24 (angle / width)^2 dB down.
    """
    pulse = max(settings.pulse_m, shape.cell_m)
    deep = np.maximum(clusters.deep_cells * shape.cell_m - pulse, 0.0)
    range_m = np.abs(shape.range0_m + (clusters.cell + 0.5) * shape.cell_m)
    point_rad = 2 * settings.beamwidth_rad * np.sqrt(10 * np.log10(clusters.height) / 24)
    wide = np.maximum(clusters.wide_rad - point_rad, 0.0) * range_m
    out: Floats = np.hypot(deep, wide)
    return out


def reasons(
    clusters: Clusters, extent_m: Floats, spacing_rad: float, settings: VideoSettings
) -> NDArray[Any]:
    """Why each cluster by itself is no plot: a text, empty for a plot."""
    out = np.full(len(clusters), "", dtype=object)
    wide = clusters.cut | (clusters.last_rad - clusters.first_rad >= OPEN_MAX_RAD)
    out[(extent_m > settings.extent_max_m) | wide] = "too large"
    # An echo comes through the whole beam; another radar's pulse, or an echo of the pulse before
    # where pulses are jittered, comes on one spoke.
    least = settings.beamwidth_rad / max(2 * spacing_rad, 1e-9) - 1
    sure = clusters.peak > SURE * clusters.limit
    out[(out == "") & sure & (clusters.spokes < least)] = "interference"
    out[clusters.cells < settings.min_cells] = "too few cells"
    return out


def second_trace(
    clusters: Clusters, beyond: NDArray[np.uint8], settings: VideoSettings
) -> NDArray[np.bool_]:
    """Whether each is land from beyond the unambiguous range, folded back.

    ``beyond`` is the land of the ranges one trace further out. Far land is many beams wide and
    keeps that angle when it is folded, while a boat near by is not. A second-trace ship of one
    beam looks like a ship, and is one plot, unless the radar jitters its pulses.
    """
    row = (np.remainder(clusters.along_rad, 2 * math.pi) / (2 * math.pi) * len(beyond)).astype(int)
    cell = np.clip(clusters.cell.round().astype(int), 0, beyond.shape[1] - 1)
    smeared = clusters.last_rad - clusters.first_rad > SMEARED * settings.beamwidth_rad
    out: NDArray[np.bool_] = smeared & (beyond[np.minimum(row, len(beyond) - 1), cell] != 0)
    return out

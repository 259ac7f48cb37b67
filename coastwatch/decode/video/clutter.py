"""The learned map of clutter: how spiky the echoes are in each block of range and azimuth."""

from __future__ import annotations

import numpy as np

from coastwatch.decode.video.cfar import BLOCK, Hits
from coastwatch.decode.video.law import BANDS, Scales
from coastwatch.decode.video.settings import CELLS_MAX
from coastwatch.model import Floats, Ints

SECTORS = 64  # of a turn; plots are made sector by sector
PRIOR = 500.0  # cells of noise that every block is thought to have had
SURPRISE = 3.0  # standard deviations above the map at which one look is believed at once
TRUSTED = 50.0  # cells in the rarer band with which it counts as much as the commoner ones
FLOOR = 0.2  # of the block's mean: no reference is believed to be lower


class ClutterMap:
    """Shares of weak hits by sector and block, averaged over scans, that raise thresholds.

    Noise gives the bands of `law.BANDS` known shares of all cells, spiky clutter more; a target or
    a buoy next to nothing, being few cells and strong ones. So a thing that stands still keeps
    being detected, and a patch of breaking sea, rain or turbine blades lifts the threshold by what
    K clutter of the same share needs.
    """

    def __init__(self, scales: Scales, scans: int, cells: int) -> None:
        self._scales, self._keep = scales, 1 - 1 / scans
        self._blocks = -(-min(cells, CELLS_MAX) // BLOCK)
        rows = len(BANDS) + 1
        # Counts of hits in each band and of cells: of a sector, and of the sector before.
        self._known = np.zeros((SECTORS, rows, self._blocks))
        self._before = np.zeros((rows, self._blocks))

    def detections(self, sector: int, hits: Hits, sea: Ints, means: Floats) -> tuple[Hits, Floats]:
        """The hits that are detections and the scale each had to pass; learns the sector.

        ``sea`` (m) counts the unmasked cells of each column, ``means`` is of ``Detector.means``.
        The map knows the sector itself already when it decides.
        """
        block = hits.col // BLOCK
        level = hits.power / hits.ratio
        # Texture as long as the window leaves windows that look calm beside a wave.
        floor = FLOOR * means[block] * self._scales.level[hits.reference]
        ratio = hits.power / np.maximum(level, floor)
        noise = np.maximum(hits.noise, FLOOR * means[block])
        look = self._look(ratio, hits.reference, block, sea)
        scale = self._scales.asked[hits.reference] * self._factor(sector, look)[block]
        kept = ratio > scale
        raised = hits._replace(ratio=ratio, noise=noise)
        return raised.only(kept), scale[kept]

    def _look(self, ratio: Floats, reference: Ints, block: Ints, sea: Ints) -> Floats:
        """Counts (bands and cells, blocks) of this sector, the one before, and blocks beside."""
        now = np.empty_like(self._before)
        for band in range(len(BANDS)):
            low, high = self._scales.low[band][reference], self._scales.high[band][reference]
            inside = (ratio > low) & (ratio <= high)
            now[band] = np.bincount(block[inside], minlength=self._blocks)
        now[-1] = np.add.reduceat(sea, np.arange(0, len(sea), BLOCK))
        both = np.pad(now + self._before, ((0, 0), (1, 1)))
        self._before = now
        out: Floats = both[:, :-2] + both[:, 1:-1] + both[:, 2:]
        return out

    def _factor(self, sector: int, look: Floats) -> Floats:
        """What the asked scale is multiplied by, by block."""
        known = self._known[sector]
        known *= self._keep
        known += look
        shares, factors = self._scales.share, self._scales.factor
        bands = [
            np.interp(_share(known, band), shares[band], factors[band])
            for band in range(len(BANDS))
        ]
        factor = bands[0]
        for count, rarer in zip(known[1:-1], bands[1:], strict=True):
            weight = count / (count + TRUSTED)
            factor = factor ** (1 - weight) * rarer**weight
        # Rain that has just come, or a calm sector that the sea has reached.
        share, now = _share(known, 0), _share(look, 0)
        spread = np.sqrt(share / (look[-1] + PRIOR))
        sudden = np.interp(now, shares[0], factors[0])
        out: Floats = np.where(now > share + SURPRISE * spread, np.maximum(sudden, factor), factor)
        return out


def _share(counts: Floats, band: int) -> Floats:
    low, high = BANDS[band]
    out: Floats = (counts[band] + PRIOR * (low - high)) / (counts[-1] + PRIOR)
    return out

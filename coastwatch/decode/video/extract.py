"""Raw radar video to plots: sector by sector, as the antenna turns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.video.assemble import (
    RANGE_MAX_M,
    STEP,
    TURN,
    Assembler,
    Geometry,
    Sector,
    geometry,
)
from coastwatch.decode.video.cfar import NO_LAND, Detector
from coastwatch.decode.video.cluster import Clusters, Points, join, label, measure
from coastwatch.decode.video.clutter import ClutterMap
from coastwatch.decode.video.ghosts import OPEN_MAX_RAD, Ring, extents_m, reasons, second_trace
from coastwatch.decode.video.settings import VideoSettings
from coastwatch.decode.video.spokes import Spokes
from coastwatch.model import Floats

Mask = Callable[[Floats, Floats], NDArray[np.bool_]]

LINK_SPOKES, LINK_BEAM = 2.2, 0.75  # one spoke, or most of the beam, may be missing within an echo
POINTS_MAX = 1 << 20  # cells of clusters that are not complete
HELD_MAX = 1 << 16  # clusters that wait for what lies beside them
LANDS_MAX = 4  # a radar may switch to and fro between range scales
MASK_CELLS = 1 << 25
MASK_ROWS = (360, 4096)


def _none() -> Floats:
    return np.empty(0)


@dataclass(slots=True)
class Plots:
    """Plots as columns, in order of azimuth as the antenna turns."""

    time_s: Floats = field(default_factory=_none)  # of its own azimuths; NaN undated
    range_m: Floats = field(default_factory=_none)
    azimuth_rad: Floats = field(default_factory=_none)
    sigma_range_m: Floats = field(default_factory=_none)
    sigma_azimuth_rad: Floats = field(default_factory=_none)
    amplitude_db: Floats = field(default_factory=_none)  # of the peak: 20 log10 of counts
    snr_db: Floats = field(default_factory=_none)  # of the peak
    extent_m: Floats = field(default_factory=_none)
    lon: Floats = field(default_factory=_none)  # of the radar; NaN: the site's
    lat: Floats = field(default_factory=_none)
    scans: list[tuple[float]] = field(default_factory=list)  # times at which a turn was complete

    def __len__(self) -> int:
        return len(self.time_s)


class Extractor:
    """Spokes of one radar in, plots out; a pure step from state to state.

    ``mask(range_m, azimuth_rad)`` gives land as (n, m) for m ranges and n azimuths. Counts:
    ``spokes`` taken, ``rejected`` spokes by reason, ``clusters`` made, ``suppressed`` clusters by
    reason: spokes = processed + rejected + pending, clusters = plots + suppressed + held.
    """

    def __init__(self, settings: VideoSettings, mask: Mask | None = None) -> None:
        self.settings, self._mask = settings, mask
        self._picture: _Picture | None = None
        self._lands: dict[tuple[Geometry, float], NDArray[np.uint8]] = {}
        self.counts: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.suppressed: Counter[str] = Counter()

    @property
    def pending(self) -> int:
        """Spokes that wait for the end of their sector."""
        return self._picture.assembler.pending if self._picture else 0

    @property
    def held(self) -> int:
        """Clusters that wait for what lies beside them."""
        return self._picture.held if self._picture else 0

    def take(self, spokes: Spokes) -> Plots:
        """The plots whose sector, and what it takes to judge them, is now complete."""
        shape = geometry(spokes)
        count = (
            len(spokes.cells) if isinstance(spokes.cells, np.ndarray) and spokes.cells.ndim else 0
        )
        self.counts["spokes"] += count
        if shape is None:
            self.rejected["spokes of no geometry"] += count
            return Plots()
        if shape.cells == 0:
            self.rejected["spoke without cells"] += count
            return Plots()
        found: list[Plots] = []
        if self._picture is None or self._picture.shape != shape:
            found.append(self.flush())
            self.counts["pictures"] += 1
            self._picture = _Picture(shape, self)
        picture = self._picture
        found.extend(picture.take(sector) for sector in picture.assembler.take(spokes))
        return _together(found)

    def flush(self) -> Plots:
        """What waits, judged by what has been seen; afterwards all begins anew."""
        if self._picture is None:
            return Plots()
        picture, self._picture = self._picture, None
        found = [picture.take(sector) for sector in picture.assembler.flush()]
        return _together([*found, picture.finish()])

    def land(self, shape: Geometry, further_m: float = 0.0) -> NDArray[np.uint8]:
        """Land over azimuth and range; ``further_m`` out it is that of the second trace."""
        end_m = shape.range0_m + shape.cells * shape.cell_m + further_m
        if self._mask is None or end_m > RANGE_MAX_M:
            return NO_LAND
        if (shape, further_m) in self._lands:
            return self._lands[shape, further_m]
        rows = int(np.clip(TURN / max(shape.width_rad, 1e-6), *MASK_ROWS))
        rows = max(min(rows, MASK_CELLS // shape.cells), 1)
        range_m = (np.arange(shape.cells, dtype=np.float64) + 0.5) * shape.cell_m
        azimuth_rad = (np.arange(rows, dtype=np.float64) + 0.5) * (TURN / rows)
        land = np.asarray(self._mask(range_m + shape.range0_m + further_m, azimuth_rad), np.uint8)
        land = land if land.any() else NO_LAND
        if len(self._lands) >= LANDS_MAX:
            del self._lands[next(iter(self._lands))]
        self._lands[shape, further_m] = land
        return land


class _Picture:
    """All that is known of one geometry; a change of range scale begins another."""

    def __init__(self, shape: Geometry, owner: Extractor) -> None:
        self.shape, self._owner, self._settings = shape, owner, owner.settings
        self.assembler = Assembler(shape, owner.rejected)
        self._detector = Detector(self._settings)
        self._clutter = ClutterMap(self._detector.scales, self._settings.clutter_scans, shape.cells)
        self._ring = Ring(self._settings, shape)
        self._land = owner.land(shape)
        further = self._settings.unambiguous_m
        self._beyond = owner.land(shape, further) if math.isfinite(further) else NO_LAND
        self._gap = 2 + min(int(self._settings.gap_m / shape.cell_m), shape.cells)
        self._wait_rad = self._settings.sidelobe_rad
        self._open: list[Points] = []
        self._held: list[tuple[Clusters, Floats]] = []
        self._spacing = 0.0
        self._turn: int | None = None
        self._latest_s = math.nan
        self._ends: list[tuple[int, float]] = []

    @property
    def held(self) -> int:
        return sum(len(clusters) for clusters, _ in self._held)

    def take(self, sector: Sector) -> Plots:
        """The plots that this sector completes."""
        self._end_of_turn(sector)
        self._owner.counts["processed"] += len(sector.along_rad)
        self._spacing = min(sector.spacing_rad, STEP)
        self._ring.take(sector)
        self._open.append(self._points(sector))
        self._close(sector.end_rad)
        return self._judged(sector.end_rad)

    def finish(self) -> Plots:
        """What is left, when nothing more comes."""
        self._close(math.inf)
        return self._judged(math.inf)

    def _end_of_turn(self, sector: Sector) -> None:
        if self._turn is not None and sector.turn > self._turn:
            self._ends.append((sector.turn, self._latest_s))
        self._turn = sector.turn
        dated = sector.time_s[np.isfinite(sector.time_s)]
        self._latest_s = float(dated[-1]) if len(dated) else self._latest_s

    def _points(self, sector: Sector) -> Points:
        """The detected cells of a sector."""
        land = NO_LAND
        if self._land.size:
            angle = np.remainder(sector.along_rad, TURN) / TURN
            rows = self._land[
                np.minimum((angle * len(self._land)).astype(int), len(self._land) - 1)
            ]
            land = rows if rows.any() else NO_LAND
        sea = np.full(self.shape.cells, len(sector.along_rad))
        sea = sea - land.sum(axis=0, dtype=np.int64) if land.size else sea
        hits = self._detector.hits(sector.cells, land)
        means = self._detector.means(sector.cells, land)
        hits, scale = self._clutter.detections(sector.number, hits, sea, means)
        row, n = hits.row, len(hits.row)
        return Points(
            sector.along_rad[row], hits.col, sector.time_s[row], hits.power, hits.noise,
            hits.power / hits.ratio * scale, np.full(n, sector.lon), np.full(n, sector.lat),
            np.zeros(n, np.bool_),
        )  # fmt: skip

    def _close(self, seen_rad: float) -> None:
        """Clusters that nothing after ``seen_rad`` can join go on to be judged."""
        points = join(self._open)
        self._open = [points]
        if not len(points):
            return
        link = max(LINK_SPOKES * self._spacing, LINK_BEAM * self._settings.beamwidth_rad)
        labels = label(points.along_rad, points.col, link, self._gap)
        last = np.full(len(points), -math.inf)
        np.maximum.at(last, labels, points.along_rad)
        unclosed = last[labels] + link >= seen_rad
        # The first of a cluster is its first along the turn.
        long = points.along_rad[labels] <= seen_rad - OPEN_MAX_RAD
        waits = unclosed & ~long
        if waits.sum() > POINTS_MAX:
            waits[:] = False
        # Of a cluster that is cut, what may still be joined to waits too, and is known as cut.
        end = unclosed & long & (points.along_rad + link >= seen_rad)
        self._open = [points[waits | end]]
        self._open[0].cut = self._open[0].cut | end[waits | end]
        done = ~waits
        if done.any():
            clusters = measure(
                points[done], labels[done], self._spacing, self._settings.beamwidth_rad,
                max(self._settings.pulse_m / self.shape.cell_m, 1.0),
            )  # fmt: skip
            self._owner.counts["clusters"] += len(clusters)
            self._sift(clusters)

    def _sift(self, clusters: Clusters) -> None:
        """Drop what by itself is no plot; hold the others."""
        extent = extents_m(clusters, self.shape, self._settings)
        why = reasons(clusters, extent, self._spacing, self._settings)
        if self._beyond.size:
            why[(why == "") & second_trace(clusters, self._beyond, self._settings)] = "second trace"
        kept = why == ""
        kept[np.cumsum(kept) > HELD_MAX - self.held] = False
        why[(why == "") & ~kept] = "too many"
        self._owner.suppressed.update(why[~kept].tolist())
        if kept.any():
            self._held.append((clusters[kept], extent[kept]))

    def _judged(self, seen_rad: float) -> Plots:
        """The held clusters beside which all has been seen, less side lobes."""
        ready, waiting = [], []
        for clusters, extent in self._held:
            now = clusters.along_rad + self._wait_rad <= seen_rad
            ready.append((clusters[now], extent[now]))
            if not now.all():
                waiting.append((clusters[~now], extent[~now]))
        self._held = waiting
        plots = _together([self._plots(*some) for some in ready if len(some[0])])
        plots.scans = self._ended()
        return plots

    def _plots(self, clusters: Clusters, extent: Floats) -> Plots:
        ghost = self._ring.side_lobes(clusters)
        self._owner.suppressed.update(["side lobe"] * int(ghost.sum()))
        c, extent = clusters[~ghost], extent[~ghost]
        self._owner.counts["plots"] += len(c)
        cell_m = self.shape.cell_m
        with np.errstate(divide="ignore"):
            amplitude_db, snr_db = 10 * np.log10(c.peak), 10 * np.log10(c.peak / c.noise)
        range_m = self.shape.range0_m + (c.cell + 0.5) * cell_m
        return Plots(
            c.time_s, range_m, np.remainder(c.along_rad, TURN),
            c.sigma_cell * cell_m, c.sigma_along_rad, amplitude_db, snr_db, extent, c.lon, c.lat,
        )  # fmt: skip

    def _ended(self) -> list[tuple[float]]:
        """Ends of turns of which no plot is still to come."""
        firsts = [clusters.along_rad.min() for clusters, _ in self._held]
        firsts += [p.along_rad.min() for p in self._open if len(p)]
        oldest = min(firsts, default=math.inf)
        out = [(time_s,) for turn, time_s in self._ends if turn * TURN <= oldest]
        self._ends = self._ends[len(out) :]
        return out


def _together(found: list[Plots]) -> Plots:
    """Plots one after the other, sorted within what came at once."""
    some = [p for p in found if len(p)]
    out = Plots(scans=[end for p in found for end in p.scans])
    for f in fields(Plots):
        if f.name != "scans" and some:
            columns: list[Any] = [getattr(p, f.name) for p in some]
            setattr(out, f.name, np.concatenate(columns))
    return out

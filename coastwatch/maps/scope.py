"""One scan of a radar as a picture in plan position: video over the coast, plots, tracks and AIS.

Drawn at twice its size and then halved, which smooths every line. Distances and bearings are true:
the picture is an azimuthal equidistant map about the radar, north up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from coastwatch.geo.coast import coast
from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import NM_M, format_position
from coastwatch.maps.strokes import (
    AIS,
    GRID,
    LAND,
    LAND_SHOWN,
    NIGHT,
    PLOT,
    QUIET,
    SCALE,
    SEA,
    SHORE,
    TEXT,
    UNKNOWN,
    Colour,
    colours,
    dot,
    fitting,
    font,
    ship,
    square,
)
from coastwatch.model import Floats, InputError

SIZE, PANEL, MARGIN = 1400, 380, 64
VECTOR_S = 180.0
RINGS_NM = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0)
LABELS_MOST = 60


@dataclass(slots=True)
class Mark:
    """Something at a place, with its way and its name."""

    lon: float
    lat: float
    sog_mps: float = math.nan
    cog_rad: float = math.nan
    name: str = ""
    unknown: bool = False  # a track that no AIS report stands behind


@dataclass(slots=True)
class Scope:
    """What is drawn. ``cells`` is (spokes, cells) at ``azimuth_rad``, full scale 2**bits - 1.

    ``lon`` and ``lat`` are where the radar is, NaN where nobody knows: then without a coast.
    """

    title: str
    time_s: float
    lon: float
    lat: float
    azimuth_rad: Floats
    width_rad: float
    range0_m: float
    cell_m: float
    bits: int
    cells: NDArray[Any]
    plots: list[Mark] = field(default_factory=list)  # lon, lat: metres east, north where unplaced
    tracks: list[Mark] = field(default_factory=list)
    ais: list[Mark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    range_max_m: float = math.inf

    @property
    def range_m(self) -> float:
        """How far the picture reaches."""
        cells: int = self.cells.shape[1]
        return min(self.range0_m + self.cell_m * cells, self.range_max_m)


def draw_scope(scope: Scope, out: Path) -> None:
    """Write the picture, a PNG. Raises InputError where it cannot be written."""
    image = _Picture(scope).draw()
    try:
        image.save(out, "PNG", optimize=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error}); give another --out") from error


class _Picture:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._placed = math.isfinite(scope.lon) and math.isfinite(scope.lat)
        self._middle = SIZE * SCALE / 2.0
        self._radius = (SIZE / 2.0 - MARGIN) * SCALE
        self._pixel_m = scope.range_m / self._radius
        self._taken: list[tuple[float, float, float, float]] = []

    def draw(self) -> Image.Image:
        """The layers from the bottom up."""
        image = Image.new("RGB", ((SIZE + PANEL) * SCALE, SIZE * SCALE), NIGHT)
        draw = ImageDraw.Draw(image)
        self._circle(draw, self._radius, fill=SEA)
        land = Image.new("L", (SIZE * SCALE, SIZE * SCALE), 0)
        if self._placed:
            self._coast(ImageDraw.Draw(land))
            image.paste(LAND, (0, 0), land)
        self._video(image, np.asarray(land) > 0)
        if self._placed:
            self._coast(draw, outline=True)
        self._outside(image)
        self._rings(draw)
        self._marks(draw)
        self._panel(draw)
        return image.resize((SIZE + PANEL, SIZE), Image.Resampling.LANCZOS)

    def _coast(self, draw: ImageDraw.ImageDraw, outline: bool = False) -> None:
        scope = self._scope
        reach = scope.range_m / 111_000.0 * 1.05
        wide = reach / max(math.cos(math.radians(scope.lat)), 0.01)
        land = coast(scope.lon - wide, scope.lat - reach, scope.lon + wide, scope.lat + reach)
        for polygon in shapely.get_parts(land):
            for n, ring in enumerate((polygon.exterior, *polygon.interiors)):
                points = self._points(*np.asarray(ring.coords)[:, :2].T)
                if outline:
                    draw.line([*points, points[0]], fill=SHORE, width=SCALE)
                else:
                    draw.polygon(points, fill=0 if n else 255)

    def _video(self, image: Image.Image, land: NDArray[np.bool_]) -> None:
        """Each pixel of the disc in the colour of its cell, lighter than what is under it."""
        scope, size = self._scope, SIZE * SCALE
        order = np.argsort(scope.azimuth_rad)
        azimuth = scope.azimuth_rad[order]
        base = np.asarray(image)[:, :size].astype(np.uint8)
        out = base.copy()
        palette = colours()
        x = np.arange(size) - self._middle
        for row in range(0, size, 200):
            y = self._middle - np.arange(row, min(row + 200, size))
            east, north = np.broadcast_arrays(x[None, :], y[:, None])
            range_m = np.hypot(east, north) * self._pixel_m
            bearing = np.arctan2(east, north) % math.tau
            spoke, off = _nearest(azimuth, bearing)
            cell = ((range_m - scope.range0_m) / scope.cell_m).astype(np.int64)
            seen = (cell >= 0) & (cell < scope.cells.shape[1]) & (range_m <= scope.range_m)
            seen &= off <= 0.75 * scope.width_rad
            level = scope.cells[order[spoke], np.where(seen, cell, 0)] / (2.0**scope.bits - 1.0)
            strength = np.where(seen, np.clip(level, 0.0, 1.0) ** 0.6, 0.0)
            strength[land[row : row + len(y)]] *= LAND_SHOWN
            shown = palette[(strength * 255).astype(np.int64)]
            out[row : row + len(y)] = np.maximum(base[row : row + len(y)], shown)
        image.paste(Image.fromarray(out), (0, 0))

    def _outside(self, image: Image.Image) -> None:
        """Night around the disc."""
        mask = Image.new("L", (SIZE * SCALE, SIZE * SCALE), 255)
        self._circle(ImageDraw.Draw(mask), self._radius, fill=0)
        image.paste(NIGHT, (0, 0), mask)

    def _rings(self, draw: ImageDraw.ImageDraw) -> None:
        reach_nm = self._scope.range_m / NM_M
        step = next((s for s in RINGS_NM if reach_nm / s <= 6.5), RINGS_NM[-1])
        for n in range(1, int(reach_nm / step) + 1):
            radius = n * step * NM_M / self._pixel_m
            self._circle(draw, radius, outline=GRID)
            place = self._middle + 6 * SCALE, self._middle - radius + 3 * SCALE
            self._text(draw, place, f"{n * step:g} NM", 12, QUIET)
        self._circle(draw, self._radius, outline=QUIET)
        for degrees in range(0, 360, 10):
            long = degrees % 30 == 0
            sin, cos = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
            ends = [
                (self._middle + r * sin, self._middle - r * cos)
                for r in (self._radius, self._radius + (12 if long else 6) * SCALE)
            ]
            draw.line(ends, fill=QUIET, width=SCALE)
            if long:
                spoke = [(self._middle, self._middle), ends[0]]
                draw.line(spoke, fill=tuple(c * 2 // 3 for c in GRID), width=1)
                r = self._radius + 30 * SCALE
                place = self._middle + r * sin, self._middle - r * cos
                self._text(draw, place, f"{degrees:03d}", 15, TEXT, "mm")
        cross = 7 * SCALE
        draw.line([(self._middle - cross, self._middle), (self._middle + cross, self._middle)],
                  fill=TEXT, width=SCALE)  # fmt: skip
        draw.line([(self._middle, self._middle - cross), (self._middle, self._middle + cross)],
                  fill=TEXT, width=SCALE)  # fmt: skip

    def _marks(self, draw: ImageDraw.ImageDraw) -> None:
        scope = self._scope
        for mark in scope.plots:
            dot(draw, self._at(mark), 3.5 * SCALE, PLOT)
        for mark in scope.ais:
            if self._inside(mark):
                self._vector(draw, mark, AIS)
                ship(draw, self._at(mark), mark.cog_rad, AIS)
        for mark in scope.tracks:
            if self._inside(mark):
                colour = UNKNOWN if mark.unknown else AIS
                self._vector(draw, mark, colour)
                square(draw, self._at(mark), 6 * SCALE, colour)
        # Names last, and those without AIS first: they matter most where there is little room.
        half = 7 * SCALE
        inside = [m for m in (*scope.tracks, *scope.ais) if self._inside(m)]
        for x, y in map(self._at, inside):
            self._taken.append((x - half, y - half, x + half, y + half))
        named = sorted((m for m in inside if m.name), key=lambda m: not m.unknown)
        for mark in named[:LABELS_MOST]:
            self._label(draw, self._at(mark), mark.name[:20], UNKNOWN if mark.unknown else AIS)

    def _panel(self, draw: ImageDraw.ImageDraw) -> None:
        scope, x, y = self._scope, (SIZE + 8) * SCALE, MARGIN * SCALE
        self._text(draw, (x, y), fitting(scope.title, 22, (PANEL - 30) * SCALE), 22, PLOT)
        y += 40 * SCALE
        when = datetime.fromtimestamp(scope.time_s, UTC) if math.isfinite(scope.time_s) else None
        lines = [
            f"{when:%Y-%m-%d  %H:%M:%S} UTC" if when else "time unknown",
            format_position(scope.lon, scope.lat) if self._placed else "position unknown: no coast",
            f"range {scope.range_m / NM_M:.1f} NM, north up",
            *scope.notes,
        ]
        for line in lines:
            self._text(draw, (x, y), fitting(line, 15, (PANEL - 30) * SCALE), 15, TEXT)
            y += 25 * SCALE
        y += 26 * SCALE
        for sign, colour, words in (
            (dot, PLOT, f"plot of this scan ({len(scope.plots)})"),
            (square, UNKNOWN, f"track without AIS ({sum(m.unknown for m in scope.tracks)})"),
            (square, AIS, f"track with AIS ({sum(not m.unknown for m in scope.tracks)})"),
            (ship, AIS, f"AIS report ({len(scope.ais)})"),
        ):
            place = x + 10 * SCALE, y + 9 * SCALE
            if sign is ship:
                ship(draw, place, 0.0, colour)
            else:
                sign(draw, place, (4 if sign is dot else 6) * SCALE, colour)
            self._text(draw, (x + 30 * SCALE, y), words, 15, TEXT)
            y += 30 * SCALE
        minutes = f"lines: way in {VECTOR_S / 60:.0f} minutes"
        self._text(draw, (x, y), minutes, 15, QUIET)
        y += 44 * SCALE
        self._bar(draw, x, y)
        foot = SIZE * SCALE - MARGIN * SCALE
        if self._placed:
            self._text(draw, (x, foot), "coast: GSHHG. Not for navigation.", 12, QUIET)

    def _bar(self, draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
        palette, width = colours(), (PANEL - 60) * SCALE
        for n in range(width):
            level = (n / width) ** 0.6
            colour = tuple(int(c) for c in palette[int(level * 255)])
            draw.line([(x + n, y), (x + n, y + 14 * SCALE)], fill=colour)
        self._text(draw, (x, y + 20 * SCALE), "video: no echo", 12, QUIET)
        self._text(draw, (x + width, y + 20 * SCALE), "full scale", 12, QUIET, "ra")

    def _points(self, lon: Floats, lat: Floats) -> list[tuple[float, float]]:
        distance, azimuth, _ = geodesic(self._scope.lon, self._scope.lat, lon, lat)
        r = distance / self._pixel_m
        x, y = self._middle + r * np.sin(azimuth), self._middle - r * np.cos(azimuth)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def _at(self, mark: Mark) -> tuple[float, float]:
        if not self._placed:
            return self._middle + mark.lon / self._pixel_m, self._middle - mark.lat / self._pixel_m
        return self._points(np.array([mark.lon]), np.array([mark.lat]))[0]

    def _inside(self, mark: Mark) -> bool:
        x, y = self._at(mark)
        return math.hypot(x - self._middle, y - self._middle) <= self._radius

    def _vector(self, draw: ImageDraw.ImageDraw, mark: Mark, colour: Colour) -> None:
        if mark.sog_mps > 0.3 and math.isfinite(mark.cog_rad):
            x, y = self._at(mark)
            r = mark.sog_mps * VECTOR_S / self._pixel_m
            end = x + r * math.sin(mark.cog_rad), y - r * math.cos(mark.cog_rad)
            draw.line([(x, y), end], fill=colour, width=round(1.5 * SCALE))

    def _circle(self, draw: ImageDraw.ImageDraw, radius: float, **how: Any) -> None:
        m = self._middle
        how = {"width": SCALE, **how} if "outline" in how else how
        draw.ellipse((m - radius, m - radius, m + radius, m + radius), **how)

    def _label(
        self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: Colour
    ) -> None:
        """A name beside its mark, on the first side where it covers nothing; else none."""
        gap = 10 * SCALE
        for dx, dy, anchor in ((gap, 0, "lm"), (-gap, 0, "rm"), (0, -gap, "mb"), (0, gap, "mt")):
            place = at[0] + dx, at[1] + dy
            box = draw.textbbox(place, text, font=font(13), anchor=anchor)
            if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3]
                       for b in self._taken):  # fmt: skip
                self._taken.append(box)
                self._text(draw, place, text, 13, colour, anchor)
                return

    def _text(
        self,
        draw: ImageDraw.ImageDraw,
        place: tuple[float, float],
        text: str,
        size: int,
        colour: Colour,
        anchor: str = "la",
    ) -> None:
        draw.text(place, text, font=font(size), fill=colour, anchor=anchor,
                  stroke_width=SCALE, stroke_fill=NIGHT)  # fmt: skip


def _nearest(azimuth: Floats, bearing: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Index of the spoke nearest to each bearing, and how far off it is; azimuths ascend."""
    wrapped = np.concatenate([azimuth[-1:] - math.tau, azimuth, azimuth[:1] + math.tau])
    right = np.searchsorted(wrapped, bearing)
    right = np.clip(right, 1, len(wrapped) - 1)
    nearer = bearing - wrapped[right - 1] < wrapped[right] - bearing
    index = np.where(nearer, right - 1, right)
    return (index - 1) % len(azimuth), np.abs(wrapped[index] - bearing)

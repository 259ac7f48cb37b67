"""Drawing: numbers to SVG, in millimetres of paper, with colours that hold in grey print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from shapely.geometry.base import BaseGeometry

from coastwatch.geo.coast import seamless_coast
from coastwatch.geo.hexagons import corners_of
from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.reports.text import escape

INK, SOFT, RULE, FAINT, PAPER = "#16222d", "#4c5a68", "#c9d2da", "#e8edf1", "#ffffff"
SEA, LAND, SHORE, DARK = "#f3f7fa", "#e7e2d6", "#8d8471", "#7d8893"
NAVY, AIS, RADAR, SMALL = "#0e2a47", "#2a6a9e", "#7a838c", "#b0125b"
# Matplotlib's cividis (Nunez and others 2018), light to dark so that paper reads much as dark.
CIVIDIS = (
    "#fde737",
    "#e3cd53",
    "#c7b764",
    "#aba171",
    "#928d78",
    "#7c7b78",
    "#666a70",
    "#4f576c",
    "#30446b",
    "#00306f",
)
FONT = (
    "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica Neue, Arial, Liberation Sans, "
    "DejaVu Sans Condensed, DejaVu Sans, sans-serif"
)


def svg(width: float, height: float, title: str, body: str, kind: str = "") -> str:
    """A figure as wide as its column; ``title`` is what it says to who cannot see it."""
    told = escape(title, 600)
    fit = ' preserveAspectRatio="none"' if kind == "inline" else ""  # a strip fills its cell
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" '
        f'viewBox="0 0 {width:g} {height:g}"{fit} role="img" '
        f'aria-label="{told}" font-family="{FONT}" fill="{INK}">'
        f"<title>{told}</title>{body}</svg>"
    )


def text(
    x: float,
    y: float,
    said: str,
    size: float = 2.6,
    anchor: str = "start",
    fill: str = INK,
    weight: str = "normal",
) -> str:
    bold = "" if weight == "normal" else f' font-weight="{weight}"'
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" fill="{fill}"{at}{bold}>'
        f"{escape(said)}</text>"
    )


def rect(
    x: float, y: float, width: float, height: float, fill: str, stroke: str = "", thick: float = 0.2
) -> str:
    line = f' stroke="{stroke}" stroke-width="{thick:g}"' if stroke else ""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" '
        f'height="{max(height, 0):.2f}" fill="{fill}"{line}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, thick: float = 0.2) -> str:
    return (
        f'<path d="M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}" fill="none" stroke="{stroke}" '
        f'stroke-width="{thick:g}"/>'
    )


def hatch(x: float, y: float, width: float, height: float, step: float = 1.1) -> str:
    """A rectangle that nothing watched: diagonal lines, on no colour of any value."""
    parts = []
    for k in np.arange(step / 2, width + height, step).tolist():
        x1, y1 = (x + k, y) if k <= width else (x + width, y + k - width)
        x2, y2 = (x, y + k) if k <= height else (x + k - height, y + height)
        parts.append(f"M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}")
    return rect(x, y, width, height, PAPER) + (
        f'<path d="{"".join(parts)}" fill="none" stroke="{DARK}" stroke-width="0.22"/>'
    )


def hour_strip(
    x: float, y: float, width: float, height: float, shares: Sequence[float], colour: str = NAVY
) -> str:
    """Hours from left to right: watched (filled, paler where in part), not watched (hatched),
    nothing told (dotted outline)."""
    step = width / max(len(shares), 1)
    drawn = []
    start = 0
    levels = [_level(share) for share in shares]
    for k in range(1, len(levels) + 1):
        if k < len(levels) and levels[k] == levels[start]:
            continue
        at, wide = x + start * step, (k - start) * step
        if levels[start] == 0:
            drawn.append(hatch(at, y, wide, height, 0.9))
        elif levels[start] < 0:
            drawn.append(rect(at, y, wide, height, PAPER))
            drawn.append(
                f'<path d="M{at:.2f} {y + height / 2:.2f}h{wide:.2f}" stroke="{SOFT}" '
                'stroke-width="0.3" stroke-dasharray="0.4 0.6" fill="none"/>'
            )
        else:
            fill = colour if levels[start] == 2 else "#8fa3b5"
            drawn.append(rect(at, y, wide, height, fill))
        start = k
    return "".join(drawn) + (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="none" '
        f'stroke="{RULE}" stroke-width="0.15"/>'
    )


def _level(share: float) -> int:
    if not np.isfinite(share):
        return -1
    return 0 if share < 0.05 else 2 if share >= 0.95 else 1


class Frame:
    """The site's plane on a drawing of ``width`` by ``height``, centred on a window in metres."""

    def __init__(
        self, plane: Plane, window: tuple[float, float, float, float], width: float, height: float
    ) -> None:
        self.plane, self.width, self.height = plane, width, height
        west, south, east, north = window
        self.m_per_mm = max((east - west) / width, (north - south) / height)
        self._west = (west + east) / 2 - self.m_per_mm * width / 2
        self._north = (south + north) / 2 + self.m_per_mm * height / 2

    @property
    def window(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the drawing, in the plane (m)."""
        return (
            self._west,
            self._north - self.height * self.m_per_mm,
            self._west + self.width * self.m_per_mm,
            self._north,
        )

    def at(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        return (x_m - self._west) / self.m_per_mm, (self._north - y_m) / self.m_per_mm

    def of(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        return self.at(*self.plane.to_xy(lon, lat))

    def land(self) -> str:
        """The coast as one path's data, cut to the window and as fine as the drawing shows."""
        from shapely import box, transform

        west, south, east, north = self.window
        xs, ys = np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9))
        lon, lat = self.plane.to_lonlat(xs, ys)
        fine = "f" if east - west < 1_000_000 else "h"
        # Around the site's own longitude, for a window over the antimeridian has -180 and 180.
        middle = self.plane.origin[0]
        lon = middle + (lon - middle + 180.0) % 360.0 - 180.0
        found = seamless_coast(
            float(np.min(lon)), float(np.min(lat)), float(np.max(lon)), float(np.max(lat)), fine
        )

        def placed(points: np.ndarray) -> np.ndarray:
            return np.column_stack(self.of(points[:, 0], points[:, 1]))

        flat = transform(found, placed).simplify(0.12)
        return area(flat.buffer(0).intersection(box(-1, -1, self.width + 1, self.height + 1)))

    def hexagons(self, q: Floats, r: Floats, size_m: float) -> list[str]:
        """Each hexagon's path data."""
        x, y = self.at(*corners_of(q, r, size_m))
        return [
            f"M{a[0]:.2f} {b[0]:.2f}"
            + "".join(f"L{c:.2f} {d:.2f}" for c, d in zip(a[1:], b[1:], strict=True))
            + "Z"
            for a, b in zip(x.tolist(), y.tolist(), strict=True)
        ]


def area(geometry: BaseGeometry) -> str:
    """Polygons as path data."""
    rings = []
    for part in getattr(geometry, "geoms", [geometry]):
        if part.geom_type != "Polygon" or part.is_empty or part.area < 0.05:
            continue
        rings += [
            path(*np.asarray(ring.coords).T[:2]) + "Z" for ring in (part.exterior, *part.interiors)
        ]
    return "".join(rings)


def path(x: Iterable[float], y: Iterable[float]) -> str:
    """Points as path data."""
    return "M" + "L".join(f"{a:.2f} {b:.2f}" for a, b in zip(x, y, strict=True))

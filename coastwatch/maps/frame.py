"""Where the picture looks: a window around what was seen, on either side of the antimeridian."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coastwatch.model import Floats

# Places further out than this many times the usual spread are shown but do not widen the window:
# one report with a broken position must not turn a strait into a world map.
STRAY = 10.0
LEAST_SPREAD_DEG = 0.2
MARGIN = 0.75
MARGIN_MAX_DEG = 5.0


@dataclass(frozen=True, slots=True)
class Frame:
    """West, south, east, north in degrees; west may be below -180 or east above 180, not both."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre_lon(self) -> float:
        return (self.west + self.east) / 2

    def bounds(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north

    def padded(self) -> Frame:
        """A wider frame, so that a screen of any shape is filled when it shows this one."""
        squeeze = max(np.cos(np.radians((self.south + self.north) / 2)), 0.1)
        size = max((self.east - self.west) * squeeze, self.north - self.south)
        pad = min(size * MARGIN, MARGIN_MAX_DEG)
        west, east = self.west - pad / squeeze, self.east + pad / squeeze
        if east - west >= 360.0:
            west, east = self.centre_lon - 180.0, self.centre_lon + 180.0
        return Frame(west, max(self.south - pad, -85.0), east, min(self.north + pad, 85.0))


def unwrap(lon: Floats, centre_lon: float) -> Floats:
    """The same longitudes, each within 180 degrees of the centre."""
    return np.asarray(lon - 360.0 * np.round((lon - centre_lon) / 360.0))


def centre(lon: Floats) -> float:
    """The middle of the shortest arc that holds every longitude, in -180..180."""
    around = np.unique(np.mod(lon, 360.0))
    gaps = np.diff(np.append(around, around[0] + 360.0))
    widest = int(np.argmax(gaps))
    # The arc starts after the widest gap and has what the gap leaves of the circle.
    start = around[(widest + 1) % len(around)]
    middle = start + (360.0 - gaps[widest]) / 2
    return float((middle + 180.0) % 360.0 - 180.0)


def frame_of(lon: Floats, lat: Floats, least_deg: float = LEAST_SPREAD_DEG) -> Frame:
    """The frame that holds the places, save strays. ``lon`` is unwrapped and not empty."""
    near = _near(lon) & _near(lat)
    if not near.any():
        near[:] = True
    west, east = float(lon[near].min()), float(lon[near].max())
    south, north = float(lat[near].min()), float(lat[near].max())
    grow_lon = max(0.0, least_deg - (east - west)) / 2
    grow_lat = max(0.0, least_deg / 2 - (north - south)) / 2
    return Frame(west - grow_lon, max(south - grow_lat, -85.0),
                 east + grow_lon, min(north + grow_lat, 85.0))  # fmt: skip


def _near(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    away = np.abs(values - np.median(values))
    return np.asarray(away <= STRAY * max(float(np.median(away)), LEAST_SPREAD_DEG))

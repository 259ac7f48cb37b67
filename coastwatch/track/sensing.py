"""What the tracker knows of one sensor: how it looks and sees, and its last sign of life."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Kind
from coastwatch.site import Sensor, Site
from coastwatch.track.bearings import BearingClutter, Pointing
from coastwatch.track.clutter import Clutter

PD_MAX = 0.95
PD_UNKNOWN, SCAN_UNKNOWN_S = 0.8, 1.0
RANGE_UNKNOWN_M = 1e9
SIGHT_RINGS, SIGHT_SECTORS = 8, 16
SIGHT_LOOKS = 30.0  # what the site says is worth so many looks in each cell
# Plots of one time but of so different directions come from no antenna that turns.
SPREAD_RAD, AT_ONCE_SCANS, GAP_SCANS = 0.35, 0.05, 0.6
VOTES, VOTES_MAX = 2, 4


@dataclass(slots=True)
class Sensing:
    """One sensor of the site; the last one, of index -1, stands for all that the site does not
    name. ``xy_m`` is where it is now."""

    index: int
    kind: str
    xy_m: Floats
    range_max_m: float
    scan_s: float
    pd: float
    small_db: float
    clutter: Clutter
    sights: Floats
    sigma_range_m: float = math.nan
    beamwidth_rad: float = math.nan
    sigma_azimuth_rad: float = math.nan
    bearings: BearingClutter = field(default_factory=lambda: BearingClutter(1.0))
    pointing: Pointing = field(default_factory=lambda: Pointing(math.nan))
    shaded: Floats = field(default_factory=lambda: np.zeros(2))
    looked_s: float = -math.inf
    votes: int = 0
    _last_s: float = -math.inf
    _lonlat: tuple[float, float] = (math.nan, math.nan)

    def stand(self, d: Detections, plane: Plane) -> None:
        """Where it is now, as the last row says (``geo.place`` fills in what the site says)."""
        lon, lat = float(d.sensor_lon[-1]), float(d.sensor_lat[-1])
        if (lon, lat) != self._lonlat and abs(lon) <= 360 and abs(lat) <= 90:
            self._lonlat = lon, lat
            self.xy_m = np.array(plane.to_xy(lon, lat), dtype=float)
            self.clutter.stand(self.xy_m)

    def notice(self, d: Detections) -> None:
        """Whether it turns or looks everywhere at once, from the plots of half a scan."""
        if not len(d):
            return
        gap = (d.time_s[0] - self._last_s) / self.scan_s
        whole = (d.time_s[-1] - d.time_s[0]) / self.scan_s
        self._last_s = float(d.time_s[-1])
        if gap < GAP_SCANS or whole > AT_ONCE_SCANS or (d.kind == Kind.SENSOR_TRACK).any():
            self.votes = 0
        elif len(d) >= 2:
            azimuth = np.arctan2(d.x_m - self.xy_m[0], d.y_m - self.xy_m[1])
            off = np.remainder(azimuth - azimuth[0] + math.pi, 2 * math.pi) - math.pi
            if np.ptp(off) > SPREAD_RAD:
                self.votes = min(self.votes + 1, VOTES_MAX)

    @property
    def at_once(self) -> bool:
        """Whether a look is a look everywhere."""
        return self.votes >= VOTES


def sensings(site: Site, plane: Plane) -> list[Sensing]:
    """One for each sensor of the site, and the unknown one."""
    named = [_named(index, sensor, plane) for index, sensor in enumerate(site.sensors)]
    unknown = Sensing(
        -1, "", np.zeros(2), RANGE_UNKNOWN_M, SCAN_UNKNOWN_S, PD_UNKNOWN, math.nan,
        Clutter(None, np.zeros(2)), _sights(PD_UNKNOWN),
    )  # fmt: skip
    return [*named, unknown]


def _named(index: int, s: Sensor, plane: Plane) -> Sensing:
    xy = np.array(plane.to_xy(*s.position), dtype=float)
    pd = min(s.detection_probability, PD_MAX)
    small = math.nan if s.amplitude_small_db is None else s.amplitude_small_db
    return Sensing(
        index,
        s.kind,
        xy,
        s.range_max_m,
        s.scan_s,
        pd,
        small,
        Clutter(s, xy),
        _sights(pd),
        s.sigma_range_m,
        s.beamwidth_rad,
    )


def _sights(pd: float) -> Floats:
    """Detections and looks by ring and sector, (rings, sectors, 2)."""
    sights = np.empty((SIGHT_RINGS, SIGHT_SECTORS, 2))
    sights[:] = SIGHT_LOOKS * pd, SIGHT_LOOKS
    return sights

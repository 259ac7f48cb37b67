"""The site's plane: azimuthal equidistant on WGS 84, exact in distance and azimuth from origin."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from pyproj import Proj

from coastwatch.geo.geodesy import geodesic
from coastwatch.model import Floats

A_M, E2 = 6378137.0, 0.0066943799901413165  # WGS 84 semi-major axis and eccentricity squared


class Plane:
    """A plane that touches the ellipsoid at ``origin`` (lon, lat in degrees); +x east, +y north.

    Every method takes scalars or arrays that broadcast, and gives NaN for what is not a position.
    The whole earth maps, so a report from anywhere is safe; only its scale across the radius grows
    with the distance s from the origin (s^2/6R^2: 1.5e-5 at 60 km).
    """

    def __init__(self, origin: tuple[float, float]) -> None:
        self.origin = origin
        self._proj = Proj(proj="aeqd", lon_0=origin[0], lat_0=origin[1], ellps="WGS84")
        # Gaussian radius at the origin: what the scale across the radius needs.
        self._radius_m = A_M * math.sqrt(1 - E2) / (1 - E2 * math.sin(math.radians(origin[1])) ** 2)

    def __reduce__(self) -> tuple[type[Plane], tuple[tuple[float, float]]]:
        return Plane, (self.origin,)

    def to_xy(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Plane coordinates (m) of positions in degrees."""
        return _project(self._proj, lon, lat, inverse=False)

    def to_lonlat(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """Degrees of plane coordinates."""
        return _project(self._proj, x_m, y_m, inverse=True)

    def north_rad(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Plane direction of true north (radians clockwise from +y, -pi..pi): the convergence.

        ``plane_course = true_course + north_rad``, to the 1e-5 that the plane is not conformal.
        """
        at_origin, onward, stretch = self._radial(lon, lat)
        tilted = np.arctan2(-stretch * np.sin(onward), np.cos(onward))
        north: Floats = np.remainder(at_origin + tilted + np.pi, 2 * np.pi) - np.pi
        return north

    def velocity(
        self, lon: ArrayLike, lat: ArrayLike, sog_mps: ArrayLike, cog_rad: ArrayLike
    ) -> tuple[Floats, Floats]:
        """Plane velocity (vx, vy) of a true speed and course at a position."""
        at_origin, onward, stretch = self._radial(lon, lat)
        off = np.asarray(cog_rad, dtype=np.float64) - onward
        along = np.asarray(sog_mps, dtype=np.float64) * np.cos(off)
        across = np.asarray(sog_mps, dtype=np.float64) * np.sin(off) * stretch
        vx = along * np.sin(at_origin) + across * np.cos(at_origin)
        return vx, along * np.cos(at_origin) - across * np.sin(at_origin)

    def course(
        self, lon: ArrayLike, lat: ArrayLike, vx: ArrayLike, vy: ArrayLike
    ) -> tuple[Floats, Floats]:
        """True speed (m/s) and course (radians, 0..2 pi) of a plane velocity at a position."""
        at_origin, onward, stretch = self._radial(lon, lat)
        vx, vy = np.asarray(vx, dtype=np.float64), np.asarray(vy, dtype=np.float64)
        along = vx * np.sin(at_origin) + vy * np.cos(at_origin)
        across = (vx * np.cos(at_origin) - vy * np.sin(at_origin)) / stretch
        return np.hypot(along, across), np.remainder(np.arctan2(across, along) + onward, 2 * np.pi)

    def _radial(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Azimuth of the radius at the origin and at the point, and the scale across it.

        On a circle of geodesic radius s the plane is stretched by s/m(s), m the reduced length,
        here the sphere's R sin(s/R). Bounded, since it is infinite at the antipode.
        """
        distance, at_origin, onward = geodesic(*self.origin, lon, lat)
        angle = np.minimum(distance / self._radius_m, 0.99 * np.pi)
        return at_origin, onward, 1 / np.sinc(angle / np.pi)


def _project(proj: Proj, a: ArrayLike, b: ArrayLike, inverse: bool) -> tuple[Floats, Floats]:
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    u, v = proj(a.ravel(), b.ravel(), inverse=inverse)
    bad = ~(np.isfinite(u) & np.isfinite(v))
    u[bad] = v[bad] = np.nan
    return u.reshape(a.shape)[()], v.reshape(a.shape)[()]

"""Where the sun stands: day, twilight and night."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Floats

J2000_S = 946_728_000.0  # UTC seconds of 2000-01-01 12:00
CIVIL_RAD = np.radians(-6.0)  # the end of civil twilight


def elevation_rad(lon: Floats, lat: Floats, time_s: float) -> Floats:
    """(n,) elevation of the sun's centre (radians) at degrees and UTC seconds, without refraction.

    The Astronomical Almanac's low-precision formulae, page C5: right to 0.01 degrees from 1950 to
    2050.
    """
    n = (time_s - J2000_S) / 86_400.0
    L, g = np.radians(280.460 + 0.9856474 * n), np.radians(357.528 + 0.9856003 * n)
    ecliptic = L + np.radians(1.915 * np.sin(g) + 0.020 * np.sin(2 * g))
    tilt = np.radians(23.439 - 4e-7 * n)
    ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    sidereal = np.radians(280.46062 + 360.98564737 * n)
    hour = sidereal + np.radians(lon) - ascension
    phi = np.radians(lat)
    up = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour)
    return np.asarray(np.arcsin(np.clip(up, -1.0, 1.0)))

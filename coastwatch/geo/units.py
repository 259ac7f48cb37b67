"""Units of the faces, and how a position, a speed and a distance are written there."""

from __future__ import annotations

import math

NM_M = 1852.0  # international nautical mile, exact
KNOT_MPS = 1852 / 3600
DEG = math.pi / 180  # radians in a degree


def format_position(lon: float, lat: float) -> str:
    """Degrees and decimal minutes as on a chart: ``50°58.2'N 001°45.1'E``; "position unknown"."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return "position unknown"
    return f"{_degrees_minutes(lat, 2, 'NS')} {_degrees_minutes(lon, 3, 'EW')}"


def format_speed(speed_mps: float) -> str:
    """A speed in knots: ``12.3 kn``; "speed unknown" for what is not a number."""
    return f"{speed_mps / KNOT_MPS:.1f} kn" if math.isfinite(speed_mps) else "speed unknown"


def format_distance(distance_m: float) -> str:
    """A distance in nautical miles, in metres below 0.2 NM: ``2.4 NM``, ``150 m``."""
    if not math.isfinite(distance_m):
        return "distance unknown"
    if abs(distance_m) < 0.2 * NM_M:
        return f"{distance_m:.0f} m"
    return f"{distance_m / NM_M:.1f} NM"


def format_course(course_rad: float) -> str:
    """A course or bearing in three figures: ``045°``; "course unknown" for not a number."""
    if not math.isfinite(course_rad):
        return "course unknown"
    return f"{round(course_rad / DEG) % 360:03d}°"


def _degrees_minutes(angle_deg: float, digits: int, signs: str) -> str:
    # Round once, in tenths of a minute, so that 59.96' becomes the next degree and not 60.0'.
    tenths = round(abs(angle_deg) * 600)
    degrees, rest = divmod(tenths, 600)
    hemisphere = signs[1] if angle_deg < 0 and tenths else signs[0]
    return f"{degrees:0{digits}d}°{rest / 10:04.1f}'{hemisphere}"

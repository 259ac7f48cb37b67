"""A quiet chart for figures: Matplotlib axes with the coast, true in shape at their middle."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import shapely
from matplotlib.ticker import MultipleLocator

from coastwatch.geo.coast import coast
from coastwatch.model import ConfigError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LAND, SHORE, INK, FAINT = "#ece7d8", "#b5ab90", "#33414d", "#8a949c"
NM_A_DEGREE = 60.0
FIGURE_WIDTH_IN = 7.5
TICKS_MIN = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300)  # minutes of arc
TICKS_MOST = 7
SCALES_NM = (1, 2, 5, 10, 20, 50, 100, 200)
SCALE_SHARE = 0.25  # of the width, at most


def sea_axes(bounds: tuple[float, float, float, float], ax: Axes | None = None) -> Axes:
    """Axes in degrees with the land of GSHHG, a scale in nautical miles and degrees as ticks.

    ``bounds`` are west, south, east, north in degrees of WGS 84, as ``total_bounds`` of a
    GeoDataFrame gives them; plot longitudes and latitudes onto the result. A new figure is made
    where ``ax`` is None. One degree of longitude is drawn as long as it is at the middle latitude,
    so keep windows under some 300 NM. Not for navigation.

    Raises ConfigError where the bounds are not finite, are empty, or reach beyond the poles or the
    antimeridian. Coast: Wessel and Smith (1996), doi:10.1029/96JB00104.
    """
    west, south, east, north = map(float, bounds)
    if not (-180 <= west < east <= 180 and -90 < south < north < 90):
        raise ConfigError(f"bounds {bounds}: give west < east and south < north in degrees")
    aspect = 1 / math.cos(math.radians((south + north) / 2))
    if ax is None:
        from matplotlib import pyplot as plt

        height = FIGURE_WIDTH_IN * aspect * (north - south) / (east - west)
        _, ax = plt.subplots(figsize=(FIGURE_WIDTH_IN, min(height, 1.4 * FIGURE_WIDTH_IN)))
    for part in shapely.get_parts(coast(west, south, east, north)):
        ax.fill(*part.exterior.xy, facecolor=LAND, edgecolor=SHORE, linewidth=0.6, zorder=0)
        for lake in part.interiors:
            ax.fill(*lake.xy, facecolor="white", edgecolor=SHORE, linewidth=0.4, zorder=0)
    ax.set(xlim=(west, east), ylim=(south, north), aspect=aspect)
    ax.set_autoscale_on(False)  # what is plotted later does not widen the window
    ax.tick_params(length=0, labelsize=8, labelcolor=FAINT)
    for axis, sides, span in ((ax.xaxis, "EW", east - west), (ax.yaxis, "NS", north - south)):
        step = next((m for m in TICKS_MIN if 60 * span / m <= TICKS_MOST), 600)
        axis.set_major_locator(MultipleLocator(step / 60))
        axis.set_major_formatter(partial(_degrees, sides=sides))
    ax.grid(color="#000000", alpha=0.06, linewidth=0.6)
    ax.set_axisbelow(True)
    for name in (ax.set_xlabel, ax.set_ylabel):
        name(" ", fontsize=1)  # GeoPandas names axes that have no name, and the ticks say it all
    for spine in ax.spines.values():
        spine.set_visible(False)
    _scale(ax, aspect)
    return ax


def _degrees(value: float, place: int | None = None, sides: str = "EW") -> str:
    """Degrees and whole minutes, such as 1°30′E."""
    minutes = round(abs(value) * 60)
    side = sides[0] if value >= 0 else sides[1]
    return f"{minutes // 60}°{minutes % 60:02d}′{side}"


def _scale(ax: Axes, aspect: float) -> None:
    """A bar of a round number of nautical miles in the lower left corner."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    across_nm = (east - west) / aspect * NM_A_DEGREE
    fitting = [nm for nm in SCALES_NM if nm <= SCALE_SHARE * across_nm]
    if not fitting:
        return
    long = fitting[-1] / NM_A_DEGREE * aspect
    x, y = west + 0.03 * (east - west), south + 0.035 * (north - south)
    ax.plot([x, x + long], [y, y], color=INK, linewidth=1.5, solid_capstyle="butt", zorder=9)
    above = y + 0.012 * (north - south)
    ax.text(x + long / 2, above, f"{fitting[-1]} NM", ha="center", va="bottom", fontsize=8,
            color=INK, zorder=9)  # fmt: skip

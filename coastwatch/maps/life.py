"""A track's life as one figure for print: what it was taken for over time, and where it went.

Colours are those of Okabe and Ito (2008): the colour-blind tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib import dates as untyped_dates
from matplotlib import style
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Patch
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from coastwatch.geo.coast import coast
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import NM_M
from coastwatch.maps.text import words
from coastwatch.model import Floats

Columns = Mapping[str, NDArray[Any]]
dates: Any = untyped_dates

A4_LANDSCAPE_IN = (11.69, 8.27)
STATUS = {"tentative": "#bbbbbb", "confirmed": "#0072b2", "coasting": "#e69f00", "ended": "#000000"}
MODES = {"quiet": "#56b4e9", "agile": "#e69f00", "left": "#009e73", "right": "#cc79a7"}
SIGNS = {"plot": "o", "report": "^", "sensor track": "s", "bearing": "D"}
LIKELY = LinearSegmentedColormap.from_list("likely", ["#c9d3dd", "#3f7fb5", "#08254d"])
LAND, INK, FAINT, VERMILION = "#ece7d8", "#222222", "#8a8a8a", "#d55e00"
POINTS_DRAWN = 500  # more of them are one image, not as many shapes
ELLIPSES = 8
TITLE_MOST, NAME_MOST = 120, 24  # letters: what fits the sheet, and a lane's margin
MAP_SHAPE = np.array([1.0, 1.5])  # east and north
CHI2_95 = 5.991  # of two degrees of freedom
NEAR_M = 2_000.0  # a smaller map is in metres
RC: Any = {
    "font.size": 8, "axes.titlesize": 9, "axes.titlelocation": "left", "axes.edgecolor": FAINT,
    "axes.labelcolor": INK, "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "legend.fontsize": 7, "svg.hashsalt": "coastwatch", "savefig.dpi": 300,
    "text.parse_math": False,  # a name with two $ is a name
}  # fmt: skip


def draw_life(title: str, looks: Columns, candidates: Columns, plane: Plane, out: Path) -> None:
    """Write the figure, by the suffix of ``out`` (.svg, .pdf, .png); the same for the same columns.

    ``looks`` and ``candidates`` are those of ``explain.look_columns`` and ``candidate_columns``,
    at least one look. Raises OSError where ``out`` cannot be written.
    """
    with style.context("default"), mpl.rc_context(RC):
        fig = Figure(figsize=A4_LANDSCAPE_IN, layout="constrained")
        fig.suptitle(
            f"{words(title, TITLE_MOST)}\n{_summary(looks)}", fontsize=10, x=0.01, ha="left"
        )
        grid = fig.add_gridspec(6, 2, width_ratios=[3, 2], height_ratios=[0.25, 2, 1.5, 2, 1.6, 1])
        panels = [fig.add_subplot(grid[0, 0])]
        panels += [fig.add_subplot(grid[row, 0], sharex=panels[0]) for row in range(1, 6)]
        t = _dates(looks["time_s"])
        _status(panels[0], t, looks)
        _existence(panels[1], t, looks)
        _modes(panels[2], t, looks)
        _associations(panels[3], looks, candidates)
        _motion(panels[4], t, looks)
        _nature(panels[5], t, looks)
        _time_axis(panels, t)
        _map(fig.add_subplot(grid[:, 1]), looks, candidates, plane)
        fig.savefig(out, metadata={"Date": None} if out.suffix == ".svg" else None)


def _summary(looks: Columns) -> str:
    """Born, confirmed, coasting and ended, in words with their times."""
    time, status = looks["time_s"], looks["status"]
    begins = np.flatnonzero(np.append(True, status[1:] != status[:-1]))
    told = [f"first look {_clock(time[0])}"]
    for word in ("confirmed", "coasting", "ended"):
        when = [i for i in begins.tolist() if status[i] == word]
        if when:
            more = f" ({len(when)} times)" if len(when) > 1 else ""
            told.append(f"{word} {_clock(time[when[0]])}{more}")
    if status[-1] != "ended":
        told.append(f"last look {_clock(time[-1])}")
    names = looks["mmsi"]
    new = np.flatnonzero((names >= 0) & (names != np.append(-1, names[:-1])))
    told += [f"MMSI {names[i]:09d} from {_clock(time[i])}" for i in new[:2].tolist()]
    if len(new) > 2:
        told.append(f"{len(new) - 2} more changes of MMSI")
    return "; ".join([*told, f"{len(time):,} looks"])


def _status(ax: Any, t: Floats, looks: Columns) -> None:
    """A colour band: one stretch a status."""
    status = looks["status"]
    begins = np.flatnonzero(np.append(True, status[1:] != status[:-1]))
    ends = np.append(t[begins[1:]], t[-1])
    ax.barh(0, ends - t[begins], left=t[begins], height=1.0,
            color=[STATUS[s] for s in status[begins].tolist()], linewidth=0)  # fmt: skip
    if status[-1] == "ended":
        ax.plot(t[-1:], [0], "x", color=STATUS["ended"], clip_on=False)
    ax.set(yticks=[], ylim=(-0.5, 0.5), title="Status")
    ax.spines[:].set_visible(False)
    signs = [Patch(color=colour, label=word) for word, colour in STATUS.items()]
    ax.legend(handles=signs, ncols=4, loc="lower right", bbox_to_anchor=(1.0, 0.9))


def _existence(ax: Any, t: Floats, looks: Columns) -> None:
    """Predicted and updated in turn, so that each look's push is seen."""
    before_after = np.column_stack([looks["existence_before"], looks["existence"]]).ravel()
    ax.plot(np.repeat(t, 2), before_after, color=STATUS["confirmed"], lw=1.0, label="exists")
    ax.plot(t, looks["p_visible"], color=VERMILION, lw=0.9, ls="--", label="visible")
    _probability(ax, "Existence, and visibility given existence")


def _modes(ax: Any, t: Floats, looks: Columns) -> None:
    rows = [looks[f"p_{mode}"] for mode in MODES]
    ax.stackplot(t, rows, labels=list(MODES), colors=list(MODES.values()), lw=0)
    _probability(ax, "How it moves: quiet, agile, turning left or right")


def _associations(ax: Any, looks: Columns, candidates: Columns) -> None:
    """A lane a sensor: each candidate at the height of its probability, misses at the bottom."""
    lanes = {name: n for n, name in enumerate(sorted(set(looks["sensor"].tolist())))}
    t, lane = _dates(looks["time_s"]), _lane(looks, lanes)
    missed = looks["kind"] == "missed"
    ax.plot(t[missed], lane[missed] + 0.04, "|", color=VERMILION, ms=5, mew=0.8,
            rasterized=missed.sum() > POINTS_DRAWN, label="missed")  # fmt: skip
    p, lane = candidates["probability"], _lane(candidates, lanes)
    _dots(ax, _dates(candidates["time_s"]), lane + 0.1 + 0.8 * p, candidates, legend=True)
    for bottom in lanes.values():
        ax.axhline(bottom, color=FAINT, lw=0.4)
    names = [words(name, NAME_MOST) or "unnamed" for name in lanes]
    ax.set(yticks=np.arange(len(names)) + 0.5, yticklabels=names, ylim=(0, max(len(names), 1)))
    ax.set_title("Associations: each detection in the gate, higher in its lane = more probable")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _motion(ax: Any, t: Floats, looks: Columns) -> None:
    ax.plot(t, looks["speed_kn"], color=STATUS["confirmed"], lw=1.0)
    ax.set_ylabel("speed (kn)", color=STATUS["confirmed"])
    ax.set_ylim(0, max(1.0, 1.1 * float(np.nanmax(looks["speed_kn"], initial=0.0))))
    ax.set_title("Speed and course over ground")
    other = ax.twinx()
    other.plot(t, looks["course_deg"], ".", color=VERMILION, ms=2, rasterized=len(t) > POINTS_DRAWN)
    other.set(ylim=(0, 360), yticks=[0, 90, 180, 270, 360])
    other.set_ylabel("course (deg true)", color=VERMILION)


def _nature(ax: Any, t: Floats, looks: Columns) -> None:
    ax.plot(t, looks["p_fixed"], color="#009e73", lw=1.0, label="fixed")
    ax.plot(t, looks["p_unregistered"], color="#cc79a7", lw=1.0, ls="--", label="unregistered")
    _probability(ax, "What it is")


def _probability(ax: Any, title: str) -> None:
    ax.set(ylim=(-0.02, 1.02), yticks=[0, 0.5, 1], ylabel="probability", title=title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _time_axis(panels: list[Any], t: Floats) -> None:
    """One axis of time for all; a single look has a minute about it."""
    half = 30 / 86_400 if t[-1] <= t[0] else 0.01 * (t[-1] - t[0])
    panels[0].set_xlim(t[0] - half, t[-1] + half)
    axis = panels[-1].xaxis
    axis.set_major_locator(dates.AutoDateLocator(minticks=4, maxticks=9))
    axis.set_major_formatter(dates.DateFormatter("%H:%M:%S" if t[-1] - t[0] < 1 else "%d, %H:%M"))
    panels[-1].set_xlabel(f"UTC, from {dates.DateFormatter('%Y-%m-%d %H:%M:%SZ')(t[0])}")
    for ax in panels[:-1]:
        ax.tick_params(labelbottom=False, bottom=False)


def _map(ax: Any, looks: Columns, candidates: Columns, plane: Plane) -> None:
    """The path over its detections in the site's plane, true to scale, with the coast."""
    xy = np.column_stack([looks["x_m"], looks["y_m"]])
    seen = np.column_stack([candidates["x_m"], candidates["y_m"]])
    low, high = _window(np.concatenate([xy, seen[np.isfinite(seen).all(axis=1)]]))
    unit, word = (1.0, "m") if (high - low).max() < NEAR_M else (NM_M, "NM")
    _land(ax, low, high, plane, unit)
    _dots(ax, seen[:, 0] / unit, seen[:, 1] / unit, candidates)
    cased = [withStroke(linewidth=2.6, foreground="white")]
    ax.plot(*(xy / unit).T, color=VERMILION, lw=1.2, zorder=4, label="path", path_effects=cased)
    coasting = np.where((looks["status"] == "coasting")[:, None], xy, np.nan) / unit
    ax.plot(*coasting.T, color=STATUS["coasting"], lw=2.0, zorder=5, label="coasting")
    ax.plot(*(xy[0] / unit), "o", mfc="white", mec=INK, ms=6, zorder=6, label="first look")
    ax.plot(*(xy[-1] / unit), "s", color=INK, ms=5, zorder=6, label="last look")
    for n, i in enumerate(np.unique(np.linspace(0, len(xy) - 1, ELLIPSES).astype(int)).tolist()):
        ax.add_patch(ellipse_95(looks, i, unit, "95 % of the position" if n == 0 else None))
    ax.set(xlim=(low[0] / unit, high[0] / unit), ylim=(low[1] / unit, high[1] / unit))
    ax.set_aspect("equal", adjustable="box")
    ax.set_xlabel(f"{word} east of the site's origin")
    ax.set_ylabel(f"{word} north of the site's origin")
    ax.set_title("Where: detections darker the more probable")
    ax.spines[:].set_visible(True)
    ax.grid(color="#dddddd", lw=0.4)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)


def _window(xy: Floats) -> tuple[Floats, Floats]:
    """What is drawn: all of it, in the panel's shape."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = max(0.55 * float(((high - low) / MAP_SHAPE).max()), 50.0) * MAP_SHAPE
    middle: Floats = (low + high) / 2
    return middle - half, middle + half


def _land(ax: Any, low: Floats, high: Floats, plane: Plane, unit: float) -> None:
    lon, lat = plane.to_lonlat(
        [low[0], high[0], low[0], high[0]], [low[1], low[1], high[1], high[1]]
    )
    if not np.isfinite(lon).all() or np.ptp(lon) > 20:  # at the antimeridian or a pole: no coast
        return
    land = coast(lon.min(), lat.min(), lon.max(), lat.max())
    for polygon in shapely.get_parts(land):
        ring = np.array(plane.to_xy(*np.asarray(polygon.exterior.coords)[:, :2].T)) / unit
        ax.fill(*ring, fc=LAND, ec=FAINT, lw=0.5, zorder=1)


def ellipse_95(looks: Columns, i: int, unit: float, label: str | None) -> Ellipse:
    """Where the track is with 95 %; a circle where only one sigma is known."""
    xx, xy, yy = (float(looks[f"cov_{c}_m2"][i]) for c in ("xx", "xy", "yy"))
    if not np.isfinite(xx + xy + yy):
        xx, xy, yy = float(looks["sigma_m"][i]) ** 2, 0.0, float(looks["sigma_m"][i]) ** 2
    values, vectors = np.linalg.eigh([[xx, xy], [xy, yy]])
    long, short = 2 * np.sqrt(CHI2_95 * np.maximum(values[::-1], 0.0)) / unit
    angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
    return Ellipse((looks["x_m"][i] / unit, looks["y_m"][i] / unit), long, short, angle=angle,
                   fill=False, ec=INK, lw=0.8, zorder=5, label=label)  # fmt: skip


def _dots(ax: Any, x: Floats, y: Floats, candidates: Columns, legend: bool = False) -> None:
    """Detections, larger and darker the more probable, on top; a sign a kind."""
    p = np.nan_to_num(candidates["probability"])
    for kind, sign in SIGNS.items():
        rows = np.flatnonzero((candidates["kind"] == kind) & np.isfinite(x + y))
        rows = rows[np.argsort(p[rows], kind="stable")]
        if len(rows):
            ax.scatter(x[rows], y[rows], s=3 + 14 * p[rows], c=p[rows], cmap=LIKELY, vmin=0, vmax=1,
                       marker=sign, lw=0, zorder=3, rasterized=len(rows) > POINTS_DRAWN,
                       label=kind if legend else None)  # fmt: skip


def _lane(rows: Columns, lanes: Mapping[str, int]) -> Floats:
    return np.array([lanes[name] for name in rows["sensor"].tolist()], dtype=np.float64)


def _dates(time_s: Floats) -> Floats:
    """UTC seconds as matplotlib counts days."""
    days: Floats = np.asarray(dates.date2num(np.round(time_s * 1e3).astype("datetime64[ms]")))
    return days


def _clock(time_s: float) -> str:
    return f"{np.datetime64(round(float(time_s)), 's')}".split("T")[1] + "Z"

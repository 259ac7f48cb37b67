"""One radar's health: antenna, signs of life, sectors, noise, bias and coverage, step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Detections, Floats, Ints, Kind, Tracks
from coastwatch.sensors.antenna import SECTORS, TURN, Antenna
from coastwatch.sensors.coverage import Grid
from coastwatch.sensors.sight import Blind, Sight
from coastwatch.sensors.silence import Life
from coastwatch.site import Sensor

SIGMAS2, LEVER_M = 16.0, 30.0  # a plot this near to a track that it hit at that instant is its own
PAIRS_MAX = 2_000_000
NOISE_GAIN = 0.01
FIX_SIGMA_MAX_M = 300.0  # a vessel less surely placed is no test of coverage
REPORT_AGE_MAX_S = 12.0
VESSELS_MAX, PLOTS_A_VESSEL, VESSELS_MIN = 2_000, 5, 3
SPEED_MAX_MPS = 60.0


@dataclass(slots=True)
class Reports:
    """The last AIS report of each vessel near a radar, sorted by MMSI; velocities in the plane."""

    mmsi: Ints
    time_s: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats


class Bias:
    """Mean residual of a radar's plots against AIS, vessel by vessel: a hint, not a registration.

    The AIS report itself is carried to the plot's time: a track would follow the radar's own
    error. Antennas stand off the echo's middle, so vessels, not plots, are what is independent.
    """

    def __init__(self) -> None:
        self._vessels: dict[int, list[float]] = {}

    def add(self, mmsi: Ints, range_m: Floats, azimuth_rad: Floats) -> None:
        """Residuals (measured less true) of plots of the vessels named."""
        for vessel, r, a in zip(mmsi.tolist(), range_m.tolist(), azimuth_rad.tolist(), strict=True):
            if vessel not in self._vessels and len(self._vessels) >= VESSELS_MAX:
                continue
            sums = self._vessels.setdefault(vessel, [0.0, 0.0, 0.0])
            sums[0] += 1
            sums[1] += r
            sums[2] += a

    def document(self) -> dict[str, Any] | None:
        """Mean and its sigma over vessels; None below three vessels with enough plots."""
        sums = np.array([s for s in self._vessels.values() if s[0] >= PLOTS_A_VESSEL])
        if len(sums) < VESSELS_MIN:
            return None
        means = sums[:, 1:] / sums[:, :1]
        r, a = means.mean(axis=0)
        r_sigma, a_sigma = means.std(axis=0, ddof=1) / math.sqrt(len(means))
        return {
            "range_m": round(float(r), 1),
            "range_sigma_m": round(float(r_sigma), 1),
            "azimuth_deg": round(math.degrees(a), 3),
            "azimuth_sigma_deg": round(math.degrees(a_sigma), 3),
            "vessels": len(means),
            "plots": int(sums[:, 0].sum()),
        }


class Radar:
    """All that is known of one radar of the site; ``step`` takes its rows of one picture."""

    def __init__(self, index: int, sensor: Sensor, plane: Plane) -> None:
        self.sensor = sensor
        self.antenna = Antenna(sensor.scan_s)
        self.life = Life(self.antenna)
        self.sight = Sight()
        self.grid = Grid(sensor)
        self.bias = Bias()
        self.plots = self.unclaimed = 0
        self.noise_db = math.nan
        self.lon, self.lat = sensor.position
        self.moved = False
        self._index, self._plane = index, plane
        self._place()

    def _place(self) -> None:
        self.x_m, self.y_m = (float(v) for v in self._plane.to_xy(self.lon, self.lat))
        self._north_rad = float(self._plane.north_rad(self.lon, self.lat))

    @property
    def turns(self) -> float:
        return float(self.sight.passes.mean())

    def polar(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Ground range and azimuth of places in the plane, good to 1e-4: for sectors and cells."""
        dx, dy = x_m - self.x_m, y_m - self.y_m
        return np.hypot(dx, dy), np.remainder(np.arctan2(dx, dy) - self._north_rad, TURN)

    def step(
        self, d: Detections, tracks: Tracks, held: NDArray[np.bool_], reports: Reports, now_s: float
    ) -> bool:
        """Take its rows (plots, sensor tracks, looks) of one picture, in any order of equal times.

        ``tracks`` are those believed, ``held`` which of them others than this radar see. True
        where the antenna passed anything.
        """
        if not len(d):
            return False
        # Whatever order rows of one time come in, they are taken in this one.
        last = (d.sensor_lat, d.sensor_lon, d.y_m, d.x_m, d.target)
        d = d.take(np.lexsort((*last, d.amplitude_db, d.range_m, d.azimuth_rad, d.kind, d.time_s)))
        self._move(d)
        self.life.hear(d.time_s)
        plot = d.kind != Kind.LOOK
        _, azimuth = self.polar(d.x_m, d.y_m)
        azimuth = np.where(
            np.isfinite(d.azimuth_rad), d.azimuth_rad, np.where(plot, azimuth, np.nan)
        )
        # What another tracker gives out comes in its own order, and times no antenna.
        timed = np.where(d.kind == Kind.SENSOR_TRACK, np.nan, azimuth)
        passes = self.antenna.turn(d.time_s, timed, (~plot).astype(np.int64), now_s)
        claimed = self._claimed(d, tracks, now_s)
        free = plot & (claimed < 0)
        sector = np.full(len(d), -1, dtype=np.int64)
        known = plot & np.isfinite(azimuth)
        sector[known] = _sector(azimuth[known])
        self.sight.count(sector, free, d.time_s, passes)
        self._noise(d, plot, free)
        self._compare(d, claimed, tracks, reports)
        self._cover(tracks, held)
        return bool(passes)

    def _move(self, d: Detections) -> None:
        """A radar on a ship is where its last row says."""
        known = np.flatnonzero((np.abs(d.sensor_lon) <= 360) & (np.abs(d.sensor_lat) <= 90))
        if not len(known):
            return
        place = float(d.sensor_lon[known[-1]]), float(d.sensor_lat[known[-1]])
        if place != (self.lon, self.lat):
            self.lon, self.lat = place
            self.moved = True
            self._place()

    def _claimed(self, d: Detections, tracks: Tracks, now_s: float) -> Ints:
        """The row of the believed track that took each plot, -1 for none (looks, false plots).

        A track that took a plot was last seen at the plot's own time; where several plots have
        one time, the nearest is it.
        """
        claimed = np.full(len(d), -1, dtype=np.int64)
        seen = tracks.last_seen_s[:, self._index]
        order = np.argsort(seen, kind="stable")
        plots = np.flatnonzero((d.kind != Kind.LOOK) & np.isfinite(d.x_m))
        low, high = (np.searchsorted(seen[order], d.time_s[plots], s) for s in ("left", "right"))
        many = high - low
        if not 0 < many.sum() <= PAIRS_MAX:
            return claimed
        j = np.repeat(plots, many)
        i = order[
            np.arange(len(j)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
        ]
        ago = now_s - d.time_s[j]
        dx = tracks.state[i, 0] - tracks.state[i, 2] * ago - d.x_m[j]
        dy = tracks.state[i, 1] - tracks.state[i, 3] * ago - d.y_m[j]
        off2 = dx * dx + dy * dy
        spread2 = sum(c[k][:, a, a] for c, k in ((d.cov_m2, j), (tracks.cov, i)) for a in (0, 1))
        near = np.flatnonzero(off2 <= SIGMAS2 * spread2 + LEVER_M**2)
        near = near[np.lexsort((j[near], off2[near]))]
        _, one = np.unique(i[near], return_index=True)
        chosen = near[np.sort(one)]
        claimed[j[chosen]] = i[chosen]
        return claimed

    def _noise(self, d: Detections, plot: NDArray[np.bool_], free: NDArray[np.bool_]) -> None:
        self.plots += int(plot.sum())
        self.unclaimed += int(free.sum())
        level = d.amplitude_db[free & np.isfinite(d.amplitude_db)]
        if len(level):
            keep = (1 - NOISE_GAIN) ** len(level) if math.isfinite(self.noise_db) else 0.0
            old = self.noise_db if keep else 0.0
            self.noise_db = keep * old + (1 - keep) * float(np.clip(level, -300, 300).mean())

    def _compare(self, d: Detections, claimed: Ints, tracks: Tracks, r: Reports) -> None:
        """Residuals of polar plots against the AIS report of the vessel that took them."""
        mmsi = np.where(claimed >= 0, tracks.mmsi[claimed] if len(tracks) else -1, -1)
        rows = np.flatnonzero(
            (mmsi >= 0)
            & np.isfinite(d.range_m)
            & np.isfinite(d.azimuth_rad)
            & (d.kind == Kind.PLOT)
        )
        if not (len(rows) and len(r.mmsi)):
            return
        at = np.minimum(np.searchsorted(r.mmsi, mmsi[rows]), len(r.mmsi) - 1)
        age = d.time_s[rows] - r.time_s[at]
        fits = (r.mmsi[at] == mmsi[rows]) & (np.abs(age) <= REPORT_AGE_MAX_S)
        rows, at, age = rows[fits], at[fits], age[fits]
        if not len(rows):
            return
        x, y = r.x_m[at] + r.vx_mps[at] * age, r.y_m[at] + r.vy_mps[at] * age
        lon, lat = self._plane.to_lonlat(x, y)
        true = lonlat_to_polar(self.lon, self.lat, self.sensor.height_m, lon, lat)
        off_range = d.range_m[rows] - true[0]
        off = np.remainder(d.azimuth_rad[rows] - true[1] + np.pi, TURN) - np.pi
        sound = np.isfinite(off_range) & np.isfinite(off)
        self.bias.add(mmsi[rows][sound], off_range[sound], off[sound])

    def _cover(self, tracks: Tracks, held: NDArray[np.bool_]) -> None:
        range_m, azimuth = self.polar(tracks.state[:, 0], tracks.state[:, 1])
        near = np.flatnonzero(range_m < self.sensor.range_max_m)
        near = near[np.argsort(tracks.id[near], kind="stable")]
        sector = _sector(azimuth[near])
        seen_s = tracks.last_seen_s[near, self._index]
        looks, hits = self.sight.vessels(tracks.id[near], sector, seen_s, held[near])
        sigma2 = (tracks.cov[near, 0, 0] + tracks.cov[near, 1, 1]) / 2
        sure = held[near] & (sigma2 < FIX_SIGMA_MAX_M**2) & (looks > 0)
        # The promise is of a vessel; a buoy or a dinghy that another radar sees is no test of it.
        vessel = (tracks.p_fixed < 0.5) & (tracks.p_small < 0.5)
        sure &= ((tracks.mmsi >= 0) | vessel)[near]
        if sure.any() and not self.moved:
            self.grid.add(sector[sure], range_m[near][sure], looks[sure], hits[sure])

    def judge(self) -> tuple[list[Blind], list[Blind]]:
        """Sectors gone blind, and those that see again."""
        return self.sight.judge()


def _sector(azimuth_rad: Floats) -> Ints:
    part = np.remainder(azimuth_rad, TURN) / TURN * SECTORS
    return np.floor(part).astype(np.int64) % SECTORS


def reports_of(
    d: Detections, old: Reports | None, plane: Plane, radars: list[Radar], now_s: float
) -> Reports:
    """The last usable report of each vessel in any radar's range, none older than a few seconds."""
    slow = (d.sog_mps >= 0) & (d.sog_mps < 0.3)
    usable = (d.kind == Kind.REPORT) & (d.mmsi >= 0) & np.isfinite(d.x_m) & np.isfinite(d.y_m)
    usable &= (d.sog_mps >= 0) & (d.sog_mps < SPEED_MAX_MPS) & (np.isfinite(d.cog_rad) | slow)
    near = np.zeros(len(d), dtype=bool)
    for radar in radars:
        near |= np.hypot(d.x_m - radar.x_m, d.y_m - radar.y_m) < radar.sensor.range_max_m
    rows = np.flatnonzero(usable & near)
    sog, cog = np.where(slow, 0.0, d.sog_mps)[rows], np.where(slow, 0.0, d.cog_rad)[rows]
    vx, vy = plane.velocity(d.lon[rows], d.lat[rows], sog, cog) if len(rows) else (sog, cog)
    new = (d.mmsi[rows], d.time_s[rows], d.x_m[rows], d.y_m[rows], vx, vy)
    if old is None:
        columns: list[NDArray[Any]] = list(new)
    else:
        before = (old.mmsi, old.time_s, old.x_m, old.y_m, old.vx_mps, old.vy_mps)
        columns = [np.concatenate(pair) for pair in zip(before, new, strict=True)]
    keep = np.flatnonzero(columns[1] > now_s - 2 * REPORT_AGE_MAX_S)
    order = keep[np.lexsort((columns[2][keep], columns[1][keep], columns[0][keep]))]
    mmsi = columns[0][order]
    last = order[np.append(mmsi[1:] != mmsi[:-1], True)] if len(order) else order
    return Reports(*(c[last] for c in columns))

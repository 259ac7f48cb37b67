"""A sea of ships and small craft before two radars: the scene of `bench/tracker.py`, seeded.

Hulls steer as people do: they hold a course and a speed, then put the rudder over or the throttle
elsewhere, with the lag of a hull. Nothing here is a tracker's motion model or uses one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Detections, Floats, Ints, Kind
from coastwatch.site import Sensor, Site

KNOT = 1852 / 3600
ORIGIN = (1.50, 51.00)
START_S = 1_795_000_000.0  # event time of the first scan
SEA_M = (24_000.0, 16_000.0)
SCAN_S, BETWEEN_S, STEP_S = 2.5, 1.25, 0.25  # a turn, from one radar's scan to the other's, a step
SIGMA_RANGE_M, SIGMA_AZIMUTH_RAD = 15.0, float(np.radians(0.35))
FALSE_PER_SCAN = 60.0
HEIGHT_M = 40.0
PD_SHIP = 0.95
PD_SMALL = (0.90, 0.60)  # beside the radar, at the far corner of the sea
EDGE_M = 800.0  # nearer to the sea's edge a vessel turns back
RUDDER_S = {"ship": 6.0, "small": 1.5}  # until a rate of turn is reached
AIS_A_S, AIS_A_FAST_S, AIS_B_S = 10.0, 6.0, 30.0  # ITU-R M.1371-5, table 1 (class A above 14 kn)
AIS_HEARD = 0.9
GNSS_M = 5.0


@dataclass(frozen=True, slots=True)
class Scene:
    """``times_s`` (k) are the scans', radar 0 and 1 in turn. Truth is (k, n): place and velocity in
    the plane, ``present``, ``turn_rad_s`` and ``accel_mps2``. ``small``, ``born_s``, ``mmsi`` and
    ``length_m`` are (n); ``mmsi`` is -1 for vessels without AIS. ``scans`` are placed plots, one
    batch a scan; ``origin`` of scan i names each plot's vessel, -1 where it is false."""

    site: Site
    plane: Plane
    times_s: Floats
    x: Floats
    y: Floats
    vx: Floats
    vy: Floats
    turn_rad_s: Floats
    accel_mps2: Floats
    present: NDArray[np.bool_]
    small: NDArray[np.bool_]
    born_s: Floats
    mmsi: Ints
    length_m: Floats
    scans: list[Detections]
    origin: list[Ints]
    reports: Detections  # all AIS, placed, by time; empty without AIS

    def batches(self) -> Iterator[tuple[float, Detections]]:
        """(time, all that came since the scan before), what ``Tracker.step`` takes."""
        ends = np.searchsorted(self.reports.time_s, self.times_s, side="right")
        begin = 0
        for time_s, scan, end in zip(self.times_s.tolist(), self.scans, ends.tolist(), strict=True):
            yield time_s, Detections.concat([self.reports.take(slice(begin, end)), scan])
            begin = end


def make(
    vessels: int,
    scans: int = 120,
    seed: int = 1,
    ais: bool = False,
    growth: float | None = None,
    sigma_azimuth_rad: float = SIGMA_AZIMUTH_RAD,
) -> Scene:
    """``vessels`` hulls, half of them small craft; half of the small ones come late.

    The sea and its false plots are ``growth`` times the issue's in area: by default 1, or what
    keeps the density of 1,000 vessels where there are more.
    The same seed gives the same hulls and plots with and without ``ais``.
    """
    growth = max(1.0, vessels / 1_000) if growth is None else growth
    sea = np.array(SEA_M) * np.sqrt(growth)
    plane = Plane(ORIGIN)
    site = _site(plane, sea, FALSE_PER_SCAN * growth, sigma_azimuth_rad, ais)
    motion, plots, radio = (np.random.default_rng([seed, part]) for part in range(3))
    times_s = START_S + BETWEEN_S * np.arange(scans)
    small = np.arange(vessels) % 2 == 1
    late = np.arange(vessels) % 4 == 3
    born = np.where(late, motion.uniform(0.2, 0.7, vessels) * BETWEEN_S * scans, -np.inf)
    path = _sail(small, sea, int(BETWEEN_S / STEP_S) * scans + 2, motion)
    truth = {name: column[:: int(BETWEEN_S / STEP_S)][:scans] for name, column in path.items()}
    present = times_s[:, None] >= START_S + born
    found = [
        _look(site, plane, i % 2, times_s[i], truth["x"][i], truth["y"][i], present[i], small,
              sea, FALSE_PER_SCAN * growth, plots)
        for i in range(scans)
    ]  # fmt: skip
    length = np.where(small, radio.uniform(5, 15, vessels), radio.uniform(40, 250, vessels))
    has_ais = ~small | (radio.random(vessels) < 1 / 3)
    mmsi = np.where(has_ais & ais, 227_000_001 + np.arange(vessels), -1)
    reports = _reports(site, plane, path, times_s, born, small, mmsi, length, radio)
    return Scene(
        site, plane, times_s, truth["x"], truth["y"], truth["vx"], truth["vy"], truth["w"],
        truth["a"], present, small, START_S + born, mmsi, length,
        [batch for batch, _ in found], [who for _, who in found], reports,
    )  # fmt: skip


def _site(plane: Plane, sea: Floats, false: float, sigma_azimuth_rad: float, ais: bool) -> Site:
    """Two radars on the southern coast, and the sea before them."""
    reach = float(np.hypot(sea[0] * 5 / 6, sea[1])) + 500.0

    def station(name: str, kind: str, x: float) -> Sensor:
        lon, lat = plane.to_lonlat(x * sea[0], -sea[1] / 2)
        return Sensor(
            name, kind, (float(lon), float(lat)), HEIGHT_M, reach, SCAN_S, SIGMA_RANGE_M,
            sigma_azimuth_rad, detection_probability=0.8, clutter_per_scan=false,
        )  # fmt: skip

    radars = (station("west", "radar", -1 / 3), station("east", "radar", 1 / 3))
    heard = (station("ais", "ais", 0.0),) if ais else ()
    return Site("bench", ORIGIN, sensors=radars + heard, land=False)


def _sail(
    small: NDArray[np.bool_], sea: Floats, steps: int, rng: np.random.Generator
) -> dict[str, Floats]:
    """Place, velocity, rate of turn ``w`` (clockwise) and acceleration of each hull, (steps, n)."""
    n = len(small)
    x, y = (rng.uniform(-0.47, 0.47, (2, n)).T * sea).T
    heading = rng.uniform(0, 2 * np.pi, n)
    speed = _speeds(small, rng)
    aim, pace = heading.copy(), speed.copy()  # the course and speed that the helm wants
    rate, push, w = np.full(n, 0.01), np.full(n, 0.1), np.zeros(n)
    hold = np.where(small, 40.0, 150.0)  # mean time between orders of each kind
    lag = np.where(small, RUDDER_S["small"], RUDDER_S["ship"])
    out: dict[str, list[Floats]] = {name: [] for name in ("x", "y", "vx", "vy", "w", "a")}
    accel = np.zeros(n)
    for _ in range(steps):
        values = (x, y, speed * np.sin(heading), speed * np.cos(heading), w, accel)
        for name, value in zip(out, values, strict=True):
            out[name].append(np.array(value))
        turning = rng.random(n) < STEP_S / hold
        aim = np.where(turning, aim + rng.normal(0, np.where(small, 1.2, 0.7), n), aim)
        degrees = rng.uniform(0.5, np.where(small, 10.0, 3.0), n)
        rate = np.where(turning, np.radians(degrees), rate)
        changing = rng.random(n) < STEP_S / (1.5 * hold)
        pace = np.where(changing, _speeds(small, rng, stops=0.2), pace)
        push = np.where(changing, np.where(small, rng.uniform(0.3, 2.0, n),
                                           rng.uniform(0.02, 0.1, n)), push)  # fmt: skip
        outward = ((np.abs(x) > sea[0] / 2 - EDGE_M) & (x * np.sin(aim) > 0)) | (
            (np.abs(y) > sea[1] / 2 - EDGE_M) & (y * np.cos(aim) > 0)
        )
        aim = np.where(outward, np.arctan2(-x, -y) + rng.uniform(-0.7, 0.7, n), aim)
        rate = np.where(outward, np.maximum(rate, np.radians(1.0)), rate)
        off = np.arctan2(np.sin(aim - heading), np.cos(aim - heading))
        wanted = np.clip(off / 4.0, -rate, rate) * np.minimum(1.0, speed / 1.0)
        w = w + (wanted - w) * STEP_S / lag
        accel = np.clip((pace - speed) / STEP_S, -push, push)
        heading = heading + w * STEP_S
        speed = np.maximum(speed + accel * STEP_S, 0.0)
        x = x + speed * np.sin(heading) * STEP_S
        y = y + speed * np.cos(heading) * STEP_S
    return {name: np.array(column) for name, column in out.items()}


def _speeds(small: NDArray[np.bool_], rng: np.random.Generator, stops: float = 0.0) -> Floats:
    """Ships 6 to 20 kn, small craft 4 to 30 kn; of the latter a share ``stops`` lies still."""
    n = len(small)
    knots = np.where(small, rng.uniform(4, 30, n), rng.uniform(6, 20, n))
    knots = np.where(small & (rng.random(n) < stops), rng.uniform(0, 0.5, n), knots)
    return np.asarray(knots * KNOT)


def _look(
    site: Site, plane: Plane, radar: int, time_s: float, x: Floats, y: Floats,
    present: NDArray[np.bool_], small: NDArray[np.bool_], sea: Floats, false: float,
    rng: np.random.Generator,
) -> tuple[Detections, Ints]:  # fmt: skip
    """One instantaneous scan: placed plots in random order, and the vessel of each."""
    s = site.sensors[radar]
    count = int(rng.poisson(false))
    places = (rng.uniform(-0.5, 0.5, (2, count)).T * sea).T
    lon, lat = plane.to_lonlat(np.append(x, places[0]), np.append(y, places[1]))
    range_m, azimuth = lonlat_to_polar(*s.position, s.height_m, lon, lat)
    share = np.minimum(range_m[: len(x)] / s.range_max_m, 1.0)
    pd = np.where(small, PD_SMALL[0] + (PD_SMALL[1] - PD_SMALL[0]) * share, PD_SHIP)
    seen = np.append(present & (rng.random(len(x)) < pd), np.ones(count, dtype=bool))
    noise = rng.normal(size=(2, len(seen)))
    noise[:, len(x) :] = 0.0  # what is false anywhere needs none
    who = np.append(np.arange(len(x)), np.full(count, -1))
    rows = rng.permutation(np.flatnonzero(seen))
    batch = Detections.of(
        time_s=np.full(len(rows), time_s), sensor=np.full(len(rows), radar),
        kind=np.full(len(rows), int(Kind.PLOT)),
        range_m=np.maximum(range_m + s.sigma_range_m * noise[0], 1.0)[rows],
        azimuth_rad=np.remainder(azimuth + s.sigma_azimuth_rad * noise[1], 2 * np.pi)[rows],
    )  # fmt: skip
    return place(batch, site, plane), who[rows]


def _reports(
    site: Site, plane: Plane, path: dict[str, Floats], times_s: Floats, born: Floats,
    small: NDArray[np.bool_], mmsi: Ints, length: Floats, rng: np.random.Generator,
) -> Detections:  # fmt: skip
    """What the AIS station hears: the antenna's place of up to a second and a half ago."""
    parts = []
    until = BETWEEN_S * (len(times_s) - 1)
    for i in np.flatnonzero(mmsi >= 0).tolist():
        fast = np.hypot(path["vx"][0, i], path["vy"][0, i]) > 14 * KNOT
        every = AIS_B_S if small[i] else AIS_A_FAST_S if fast else AIS_A_S
        sent = rng.uniform(0, every) + every * np.arange(int(until / every) + 1)
        sent = sent + rng.uniform(-0.1, 0.1, len(sent)) * every
        sent = sent[
            (sent > max(born[i], 1.5)) & (sent < until) & (rng.random(len(sent)) < AIS_HEARD)
        ]
        if len(sent):
            parts.append(
                _told(path, i, sent, bool(small[i]), int(mmsi[i]), float(length[i]), plane, rng)
            )
    if not parts:
        return Detections.empty()
    together = Detections.concat(parts)
    together.sensor[:] = site.sensor_index("ais")
    return place(together.take(np.argsort(together.time_s, kind="stable")), site, plane)


def _told(
    path: dict[str, Floats], i: int, sent: Floats, small: bool, mmsi: int, length: float,
    plane: Plane, rng: np.random.Generator,
) -> Detections:  # fmt: skip
    """One vessel's reports. Its antenna stands aft of the middle of a ship, as on most."""
    n = len(sent)
    position = np.clip((sent - rng.uniform(0.1, 1.5, n)) / STEP_S, 0, None)
    low = position.astype(np.int64)
    share = position - low
    x, y, vx, vy = (
        path[name][low, i] * (1 - share) + path[name][low + 1, i] * share
        for name in ("x", "y", "vx", "vy")
    )
    aft = rng.uniform(0.2, 0.4) * length
    heading, speed = np.arctan2(vx, vy), np.hypot(vx, vy)
    offset = rng.normal(0, GNSS_M / 2, (2, 1)) + rng.normal(0, GNSS_M / 2, (2, n))
    x = x - aft * np.sin(heading) + offset[0]
    y = y - aft * np.cos(heading) + offset[1]
    lon, lat = plane.to_lonlat(x, y)
    north = plane.north_rad(lon, lat)
    course = heading - north + np.radians(2.0) * rng.normal(size=n) / np.maximum(speed / 2, 0.3)
    told = Detections.of(
        time_s=START_S + sent, kind=np.full(n, int(Kind.REPORT)), lon=lon, lat=lat,
        sog_mps=np.maximum(np.round((speed + 0.1 * rng.normal(size=n)) / KNOT, 1) * KNOT, 0),
        cog_rad=np.remainder(course, 2 * np.pi), mmsi=np.full(n, mmsi),
    )  # fmt: skip
    if not small:
        told.heading_rad[:] = np.remainder(heading - north + np.radians(1.0) * rng.normal(size=n),
                                           2 * np.pi)  # fmt: skip
        told.extent_m[:], told.ahead_m[:], told.starboard_m[:] = length, aft, 0.0
    return told

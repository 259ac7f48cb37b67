"""A recorded radar against the AIS recorded with it: `python -m bench.halo CAPTURE`.

How many moving vessels have a radar plot within 120 m of where their AIS puts them, before and
after `coastwatch radar register` has told the radar's bias, and how many would by chance.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from coastwatch.engine import Engine
from coastwatch.feeds import read_file
from coastwatch.geo.geodesy import geodesic, travel
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Kind
from coastwatch.registering import register_radars
from coastwatch.sensors.registration import Registration
from coastwatch.site import Sensor, Site, load

SITE = Path(__file__).with_name("halo.toml")
GATE_M = 120.0
MOVING_MPS = 1.0
REACH_M = 22_000.0
TURNS_DEG = np.arange(20.0, 341.0, 8.0)  # of the plots about the radar: what chance would give


@dataclass(slots=True)
class Measured:
    """Vessels under way within reach, and of how many a plot lies within the gate."""

    vessels: int
    as_recorded: int
    registered: int
    by_chance: float
    median_m: float  # of those within the gate, registered
    plots: int
    registration: Registration


def measure(capture: Path, site: Site) -> Measured:
    """Read the capture three times: for the bias, with it and without."""
    (registration,) = register_radars(site, [capture])
    mended = replace(site, sensors=(mend(site, registration),))
    raw, true = plots_and_reports(capture, site), plots_and_reports(capture, mended)
    nearest = distances(*true)
    chance = [int((distances(*true, turn) < GATE_M).sum()) for turn in TURNS_DEG.tolist()]
    return Measured(
        vessels=len(nearest),
        as_recorded=int((distances(*raw) < GATE_M).sum()),
        registered=int((nearest < GATE_M).sum()),
        by_chance=float(np.mean(chance)),
        median_m=float(np.median(nearest[nearest < GATE_M])),
        plots=len(true[0]),
        registration=registration,
    )


def mend(site: Site, found: Registration) -> Sensor:
    """The site's radar with the bias that was found."""
    azimuth, offset, scale, _ = found.theta.tolist()
    return replace(
        site.sensors[0],
        azimuth_bias_rad=azimuth, range_bias_m=offset, range_scale=1.0 + scale,
    )  # fmt: skip


def plots_and_reports(capture: Path, site: Site) -> tuple[Detections, Detections]:
    """Radar plots with their places, and the last report of each vessel under way in reach."""
    decoder = Engine(site, []).open_feed(site.feeds[0].id)
    found = [decoder.detections(d) for d in read_file(capture, site.feeds[0].id)]
    d = place(Detections.concat(found), site, Plane(site.origin))
    plots = d.take((d.kind == Kind.PLOT) & np.isfinite(d.lon))
    ais = d.take((d.kind == Kind.REPORT) & np.isfinite(d.lon) & (d.sog_mps > MOVING_MPS))
    away, _, _ = geodesic(plots.sensor_lon[0], plots.sensor_lat[0], ais.lon, ais.lat)
    ais = ais.take(away < REACH_M)
    _, last = np.unique(ais.mmsi[::-1], return_index=True)
    return plots, ais.take(len(ais) - 1 - last)


def distances(plots: Detections, ais: Detections, turn_deg: float = 0.0) -> Floats:
    """Of each vessel the distance (m) to the nearest plot, at the plot's time."""
    lon, lat = plots.lon, plots.lat
    if turn_deg:
        far, azimuth, _ = geodesic(plots.sensor_lon, plots.sensor_lat, lon, lat)
        lon, lat = travel(plots.sensor_lon, plots.sensor_lat, azimuth + np.radians(turn_deg), far)
    nearest = []
    for i in range(len(ais)):
        way_m = ais.sog_mps[i] * (plots.time_s - ais.time_s[i])
        at = travel(ais.lon[i], ais.lat[i], ais.cog_rad[i], way_m)
        nearest.append(float(np.min(geodesic(*at, lon, lat)[0])))
    return np.array(nearest)


def main() -> None:
    """Print what was measured."""
    m = measure(Path(sys.argv[1]), load(SITE))
    sigma = np.degrees(m.registration.sigma[0])
    there, there_sigma = m.registration.range_bias_at(m.registration.range_at_m)
    print(f"azimuth bias {np.degrees(m.registration.theta[0]):+.2f} ± {sigma:.2f} deg")
    print(
        f"range bias {there:+.0f} ± {there_sigma:.0f} m at {m.registration.range_at_m:.0f} m, "
        f"{there / m.registration.range_at_m:+.1%}"
    )
    print(f"{m.plots} plots, {m.vessels} vessels under way within {REACH_M / 1e3:.0f} km")
    print(
        f"with a plot within {GATE_M:.0f} m: {m.as_recorded} as recorded, {m.registered} "
        f"registered (median {m.median_m:.0f} m), {m.by_chance:.1f} by chance"
    )


if __name__ == "__main__":
    main()

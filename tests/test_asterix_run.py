"""A boat seen by each kind of radar feed, from the wire to a confirmed track where it is."""

import math

import numpy as np
import pytest

from coastwatch.decode.asterix import encode_block
from coastwatch.engine import Engine
from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.geo.units import NM_M
from coastwatch.model import Datagram, Status
from coastwatch.site import Asterix, Sensor, Site

START_S = 1_782_907_200.0 + 43_200.0 - 60.0  # a minute before midnight
SCAN_S = 3.0
SOURCE = {"SAC": 8, "SIC": 17}
RADAR = Sensor(
    "gris-nez", "radar", (1.583, 50.87), 60.0, scan_s=SCAN_S, sigma_range_m=15.0,
    sigma_azimuth_rad=math.radians(0.3), detection_probability=0.9, clutter_per_scan=1.0,
    asterix=Asterix(8, 17, {"010": "1.1"}),
)  # fmt: skip
SITE = Site("Strait", (1.5, 51.0), sensors=(RADAR,))
PLANE = Plane(SITE.origin)


def old_radar(t, of_day, lon, lat, seen):
    mark = encode_block(2, [{"010": SOURCE, "000": 1, "030": of_day}])
    polar = {"RHO": seen[0] / NM_M, "THETA": math.degrees(seen[1])}
    plot = {"010": SOURCE, "020": {"SSRPSR": 1}, "040": polar, "141": of_day % 512}
    return mark + encode_block(1, [plot])


def surface_radar(t, of_day, lon, lat, seen):
    cycle = {"010": SOURCE, "000": 2, "140": of_day}
    plot = {"010": SOURCE, "000": 1, "020": {"TYP": 3}, "140": of_day}
    plot |= {"040": {"RHO": round(seen[0]), "TH": math.degrees(seen[1])}}
    return encode_block(10, [cycle, plot | {"500": {"DEVX": 15.0, "DEVY": 15.0}}])


def old_tracker(t, of_day, lon, lat, seen):
    track = {"010": SOURCE, "070": of_day, "040": 7, "105": {"LAT": lat, "LON": lon}}
    track |= {"500": {"APC": {"APC_X": 1 / 64, "APC_Y": 1 / 64}}}
    return encode_block(62, [track], edition="0.17")


def multilateration(t, of_day, lon, lat, seen):
    heard = {"010": SOURCE, "020": {"OT": 1}, "140": of_day, "041": {"LAT": lat, "LON": lon}}
    return encode_block(20, [heard | {"500": {"SDP": {"X": 10.0, "Y": 10.0}}}])


@pytest.mark.parametrize("feed", [old_radar, surface_radar, old_tracker, multilateration])
def test_a_boat_over_midnight_is_one_confirmed_track_where_it_is(feed):
    engine = Engine(SITE, [])
    rng = np.random.default_rng(4)
    pictures, truth = [], {}
    for n in range(40):
        t = START_S + n * SCAN_S
        x, y = -2_000.0 + 5.0 * n * SCAN_S, -6_000.0 + 3.0 * n * SCAN_S
        truth[t] = x, y
        noise = rng.normal(0, 12.0, 2)
        lon, lat = (float(v) for v in PLANE.to_lonlat(x + noise[0], y + noise[1]))
        seen = lonlat_to_polar(*RADAR.position, RADAR.height_m, lon, lat)
        of_day = round(t % 86_400.0 * 128) / 128
        data = feed(t, of_day, lon, lat, [float(v) for v in seen])
        pictures += engine.take(Datagram(round((t + 0.4) * 1e9), "radar", data, "p", whole=True))
    pictures += engine.finish()
    books = engine.summary()["feeds"]["radar"]
    assert books["difference"] == 0 and not books["rejected"] and books["late"] == 0
    last = pictures[-1].tracks
    (i,) = np.flatnonzero(last.status == Status.CONFIRMED)
    x, y = truth[START_S + 39 * SCAN_S]
    assert np.hypot(last.state[i, 0] - x, last.state[i, 1] - y) < 40.0
    assert last.state[i, 2:] == pytest.approx([5.0, 3.0], abs=1.0)
    assert engine.counts.tracks_confirmed == 1

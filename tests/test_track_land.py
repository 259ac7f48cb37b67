"""Land: what is seen deep inland is not confirmed, what lies near a shore or reports itself may."""

import json
from dataclasses import replace

import numpy as np
import pytest

from coastwatch.geo import coast
from coastwatch.geo.plane import Plane
from coastwatch.model import ConfigError, Status
from coastwatch.site import Sensor, Site, parse
from coastwatch.track import Tracker
from coastwatch.track import land as module
from coastwatch.track.land import DEEP_M, Land
from tests.test_track_life import PLANE, T0, confirmed, plots, report

GUINES = 1.868, 50.868  # some 10 km inland of Calais
CALAIS_ROADS = 1.75, 50.99
RADAR = Sensor("nez", "radar", (1.58, 50.87), scan_s=3.0, clutter_per_scan=10.0)
AIS = Sensor("ais", "ais", (1.58, 50.87))
SITE = Site("Calais", (1.5, 51.0), sensors=(RADAR, AIS))


def drive(tracker: Tracker, place: tuple[float, float], scans: int, begin_s: float = T0):
    """Something that goes north at 5 m/s and is seen in every scan."""
    x, y = (float(v) for v in PLANE.to_xy(*place))
    for k in range(scans):
        t = begin_s + 3.0 * k
        picture = tracker.step(plots(t, x, y + 15.0 * k), t + 0.5)
    return picture


def test_what_drives_inland_is_counted_and_never_confirmed_and_the_same_at_sea_is():
    tracker = Tracker(SITE, PLANE)
    picture = drive(tracker, GUINES, 60)
    assert picture.status.tolist() == [Status.TENTATIVE]
    assert tracker.counts["tracks held back inland"] == 1
    afloat = Tracker(SITE, PLANE)
    assert len(confirmed(drive(afloat, CALAIS_ROADS, 20))) == 1
    assert afloat.counts["tracks held back inland"] == 0


def test_inland_is_what_lies_deeper_than_the_shores_are_wrong_by():
    window = 1.4, 50.7, 2.2, 51.1
    mask = coast.land_mask(window)
    random = np.random.default_rng(1)
    lon, lat = random.uniform(1.45, 2.1, 4000), random.uniform(50.75, 51.05, 4000)
    got = Land(PLANE).inland(np.column_stack(PLANE.to_xy(lon, lat)))
    dry, far = mask.contains(lon, lat), mask.distance_to_coast_m(lon, lat)
    # A cell is 100 m: this far from the margin it cannot tell.
    deep, shallow = dry & (far > DEEP_M + 200.0), ~dry | (far < DEEP_M - 50.0)
    assert deep.sum() > 500 and shallow.sum() > 500
    assert got[deep].all() and not got[shallow].any()


def test_on_a_river_the_site_may_say_that_the_coast_knows_no_better():
    tracker = Tracker(replace(SITE, land=False), PLANE)
    assert len(confirmed(drive(tracker, GUINES, 20))) == 1


def test_the_sites_word_on_land_survives_writing_and_must_be_a_truth_value():
    for said in (True, False):
        written = json.loads(json.dumps(replace(SITE, land=said).to_document([])))
        assert parse(written, SITE.base).land is said
    written["site"]["land"] = "no"
    with pytest.raises(ConfigError, match="land"):
        parse(written, SITE.base)


def test_a_vessel_that_reports_itself_inland_shows_water_for_those_without_ais():
    tracker = Tracker(SITE, PLANE)
    assert len(confirmed(drive(tracker, GUINES, 10))) == 0
    x, y = (float(v) for v in PLANE.to_xy(*GUINES))
    for k in range(60):
        t = T0 + 60.0 + 10.0 * k
        tracker.step(report(t, x + 100.0, y + 15.0 * k, 227_000_001, vy=1.5), t)
    # An hour later she is gone, and the water is still there.
    assert len(confirmed(drive(tracker, GUINES, 20, T0 + 4_000.0))) == 1


def test_a_helicopter_that_reports_itself_makes_no_water():
    tracker = Tracker(SITE, PLANE)
    drive(tracker, GUINES, 10)
    x, y = (float(v) for v in PLANE.to_xy(*GUINES))
    tracker.step(report(T0 + 60.0, x, y, 111_227_001, vy=60.0), T0 + 60.0)
    assert len(confirmed(drive(tracker, GUINES, 20, T0 + 4_000.0))) == 0


def test_what_was_confirmed_at_sea_stays_so_on_its_way_up_a_river():
    tracker = Tracker(SITE, PLANE)
    x, y = (float(v) for v in PLANE.to_xy(*CALAIS_ROADS))
    for k in range(400):
        picture = tracker.step(plots(T0 + 3 * k, x + 20.0 * k, y - 30.0 * k), T0 + 3 * k + 0.5)
    assert tracker._land.inland(picture.state[:, :2]).all()
    assert confirmed(picture).id.tolist() == [1]
    assert tracker.counts["tracks held back inland"] == 0


@pytest.mark.parametrize("origin", [(-30.0, 40.0), (179.6, -17.3), (0.0, 89.95), (0.0, -89.9)])
def test_any_place_on_earth_may_be_asked_with_or_without_a_coast_within_reach(origin):
    xy = np.array([[0.0, 0.0], [2e4, -2e4], [9e7, 9e7]])
    assert Land(Plane(origin)).inland(xy).tolist() == [origin[1] < -80.0] * 2 + [False]
    assert Land(Plane(origin)).inland(np.empty((0, 2))).tolist() == []


def test_the_two_sides_of_the_antimeridian_are_told_apart():
    taveuni, strait = (-179.97, -16.85), (179.55, -17.1)  # Fiji: an island across it, and open sea
    plane = Plane((179.95, -17.0))
    xy = np.column_stack(plane.to_xy(*np.array([taveuni, strait]).T))
    expected = [bool(coast.land_mask((-180.0, -17.5, -179.5, -16.5)).contains(*taveuni)), False]
    assert expected[0]
    assert Land(plane).inland(xy).tolist() == expected


def test_tiles_are_made_once_and_are_bounded(monkeypatch):
    made = []
    monkeypatch.setattr(module, "TILES_MAX", 3)
    monkeypatch.setattr(
        module, "_deep", lambda plane, i, j: made.append((i, j)) or np.ones((512, 512), bool)
    )
    land = Land(PLANE)
    xy = np.column_stack([np.arange(10) * 51_200.0 + 5.0, np.full(10, 5.0)])
    for _ in range(3):
        assert land.inland(xy).tolist() == [True] * 3 + [False] * 7
    assert made == [(0, 0), (1, 0), (2, 0)]

"""Coverage achieved and promised: cells, intervals, the horizon and the shadow of the land."""

import math

import numpy as np
import pytest
from scipy.stats import beta

from coastwatch.geo.polar import horizon_m
from coastwatch.sensors.antenna import SECTORS
from coastwatch.sensors.coverage import AZIMUTHS, RANGES, Grid, interval, promise
from coastwatch.site import Sensor
from tests.sensor_scene import Scene, run

GRIS_NEZ = Sensor("gris-nez", "radar", (1.583, 50.870), height_m=60.0, detection_probability=0.85)
OPEN_SEA = Sensor("rig", "radar", (3.0, 55.0), height_m=30.0, range_max_m=60_000.0)


def cell(azimuth_deg, range_m, sensor):
    return int(azimuth_deg * AZIMUTHS / 360), int(range_m / sensor.range_max_m * RANGES)


def test_the_horizon_is_that_of_a_smooth_earth_of_four_thirds():
    # 4.12 km * (sqrt(h1) + sqrt(h2)): ITU-R P.453 and any radar handbook.
    assert horizon_m(60.0, 10.0) == pytest.approx(4_124 * (60**0.5 + 10**0.5), rel=2e-3)
    assert horizon_m(0.0, 0.0) == 0.0 and horizon_m(-5.0, 9.0) == horizon_m(0.0, 9.0)
    assert np.isnan(horizon_m(math.nan, 10.0))
    assert horizon_m([10.0, 90.0], 0.0)[1] == pytest.approx(3 * float(horizon_m(10.0, 0.0)))


def test_the_open_sea_is_promised_to_the_horizon():
    said = promise(OPEN_SEA)
    reach = float(horizon_m(30.0, 10.0))
    assert reach < 60_000
    edges = np.arange(RANGES) * 6_000.0
    assert (said[:, edges + 6_000 <= reach] == OPEN_SEA.detection_probability).all()
    assert (said[:, edges > reach] == 0).all()


def test_land_and_what_lies_behind_it_are_not_promised():
    said = promise(GRIS_NEZ)
    assert said[cell(300.0, 20_000, GRIS_NEZ)] == 0.85  # the strait
    assert said[cell(20.0, 20_000, GRIS_NEZ)] == 0.85
    for azimuth in (90.0, 120.0, 150.0):  # France
        assert said[cell(azimuth, 20_000, GRIS_NEZ)] == 0.0
    # The cape that it stands on hides nothing of the sea before it.
    assert said[cell(300.0, 5_000, GRIS_NEZ)] == 0.85


def test_the_interval_is_jeffreys():
    hits, looks = np.array([0, 3, 17, 20, 0]), np.array([10, 10, 20, 20, 0])
    low, high = interval(hits, looks)
    a, b = hits + 0.5, looks - hits + 0.5
    assert low[1:3] == pytest.approx(beta.ppf(0.05, a, b)[1:3])
    assert high[:3] == pytest.approx(beta.ppf(0.95, a, b)[:3])
    assert low[0] == 0.0 and high[3] == 1.0 and (low[4], high[4]) == (0.0, 1.0)


def test_looks_fall_into_their_cells_and_the_rest_is_unmeasured():
    grid = Grid(OPEN_SEA)
    grid.add(np.array([0, 1, 71]), np.array([1.0, 5_999.0, 59_999.0]), np.array([2, 1, 3]),
             np.array([1, 1, 0]))  # fmt: skip
    assert (grid.looks[0, 0], grid.hits[0, 0], grid.looks[35, 9]) == (3, 2, 3)
    assert grid.looks.sum() == 6 and SECTORS == 2 * AZIMUTHS
    document = grid.document()
    assert document["achieved"][0][0] == pytest.approx(2.5 / 4)
    assert document["achieved"][1][0] is None and document["upper"][1][0] is None
    assert document["lower"][35][9] == 0.0


def test_the_share_of_cells_that_keep_the_promise():
    grid = Grid(OPEN_SEA)
    said = promise(OPEN_SEA)
    assert grid.fraction(said) is None
    every = np.repeat(np.arange(SECTORS), 3)
    ranges = np.tile([3_000.0, 9_000.0, 15_000.0], SECTORS)
    looks = np.full(len(every), 50)
    grid.add(every, ranges, looks, np.where(every < SECTORS // 2, 48, 5))
    assert grid.fraction(said) == pytest.approx(0.5)


@pytest.mark.parametrize("marks", [1, 8])
@pytest.mark.parametrize("pd", [0.6, 0.9])
def test_the_detection_probability_of_a_scene_is_found(pd, marks):
    _, health = run(Scene(700, vessels=40, pd=pd, marks=marks))
    radar = health.coverage()["radars"]["gris-nez"]
    looks, hits = np.array(radar["looks"]), np.array(radar["hits"])
    inside = slice(0, 8)  # the scene's radar ends at 36 of 40 km
    found = hits[:, inside].sum() / looks[:, inside].sum()
    assert looks.sum() > 5_000
    assert found == pytest.approx(pd, abs=0.02)
    assert looks[:, 9].sum() == 0 or hits[:, 9].sum() / looks[:, 9].sum() < 0.1


def test_a_blind_sector_is_a_hole_in_the_coverage_and_stands_in_the_episodes():
    _, health = run(Scene(900, vessels=90, blind=(200.0, 900.0, 60.0, 100.0)))
    radar = health.coverage()["radars"]["gris-nez"]
    looks, hits = (np.array(radar[key])[:, :8].sum(axis=1) for key in ("looks", "hits"))
    share = np.where(looks > 100, hits / np.maximum(looks, 1), np.nan)
    assert np.nanmax(share[6:10]) < 0.45
    assert np.nanmin(np.delete(share, slice(6, 10))) > 0.7
    (episode,) = radar["episodes"]
    assert episode["what"] == "blind" and episode["until"] is None
    assert (episode["azimuth_from_deg"], episode["azimuth_to_deg"]) == (60.0, 100.0)
    assert health.summary()["gris-nez"]["state"] == "blind in a sector"

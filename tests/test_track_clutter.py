"""The clutter map: what it makes of counts, and what the tracker teaches it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import Detections, Kind
from coastwatch.site import Sensor, Site
from coastwatch.track import Tracker
from coastwatch.track import clutter as module
from coastwatch.track.clutter import CROWD_SCANS, FORGET_SCANS, RINGS, SECTORS, Clutter
from tests.test_track_life import ORIGIN, PLANE, T0, plots

SCAN_S, RANGE_M = 3.0, 40_000.0
AREA_M2 = math.pi * RANGE_M**2
SAID = 20.0 / AREA_M2
RADAR = Sensor("radar", "radar", ORIGIN, clutter_per_scan=20.0, scan_s=SCAN_S)
SITE = Site("Test", ORIGIN, sensors=(RADAR,))


def disc(random, n: int, radius_m: float = RANGE_M) -> np.ndarray:
    r, a = radius_m * np.sqrt(random.random(n)), random.uniform(0, math.tau, n)
    return np.column_stack([r * np.sin(a), r * np.cos(a)])


def lean(coarse: float, worth: float, count: float, area: float, scans: float) -> float:
    """The mean of a gamma law after ``count`` plots on ``area`` in so many scans."""
    return (worth * coarse + count / area) / (worth + scans)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000), st.integers(70, 130))
def test_density_is_a_plain_gamma_estimate_by_cell_ring_and_disc(seed, scans):
    random, clutter = np.random.default_rng(seed), Clutter(RADAR, np.zeros(2))
    weight, heard, counted = 0.0, [], []
    for _ in range(scans):
        clutter.pass_scans(1.0)
        counted = [c * math.exp(-1 / FORGET_SCANS) for c in counted]
        weight = weight * math.exp(-1 / FORGET_SCANS) + 1.0
        xy, share = disc(random, 30), random.uniform(0, 1, 30)
        clutter.learn(xy, share)
        heard += xy.tolist()
        counted += share.tolist()
    cells: dict[tuple[int, int], float] = {}
    for (x, y), share in zip(heard, counted, strict=True):
        ring = int(math.hypot(x, y) / (RANGE_M / RINGS))
        sector = int(math.atan2(x, y) % math.tau / (math.tau / SECTORS))
        cells[ring, sector] = cells.get((ring, sector), 0.0) + share
    places = disc(random, 100)
    for (x, y), found in zip(places.tolist(), clutter.density(places), strict=True):
        ring = int(math.hypot(x, y) / (RANGE_M / RINGS))
        sector = int(math.atan2(x, y) % math.tau / (math.tau / SECTORS))
        area = math.pi * (RANGE_M / RINGS) ** 2 * ((ring + 1) ** 2 - ring**2)
        around = sum(cells.get((ring, s), 0.0) for s in range(SECTORS))
        disc_ = lean(SAID, module.LEANS_SITE, sum(cells.values()), AREA_M2, weight)
        ring_ = lean(disc_, module.LEANS_ALL, around, area, weight)
        cell = lean(
            ring_, module.LEANS_RING, cells.get((ring, sector), 0.0), area / SECTORS, weight
        )
        assert found == pytest.approx(cell, rel=1e-9)


def test_what_is_not_learned_again_is_forgotten_and_what_the_site_says_never_quite():
    clutter, here = Clutter(RADAR, np.zeros(2)), np.array([[10_000.0, 0.0]])
    for _ in range(200):
        clutter.pass_scans(1.0)
        clutter.learn(here, np.ones(1))
    high = clutter.density(here)[0]
    clutter.pass_scans(3 * FORGET_SCANS)
    assert clutter.density(here)[0] < 0.1 * high
    clutter.pass_scans(1e9)
    assert module.DENSITY_MIN <= clutter.density(here)[0] < SAID


def test_a_crowded_first_look_is_clutter_and_an_empty_sea_is_what_the_site_says():
    random, clutter = np.random.default_rng(1), Clutter(RADAR, np.zeros(2))
    crowd = random.normal([8_000, 3_000], 200, (100, 2))
    lone = np.array([[-20_000.0, 0.0]])
    density = clutter.density(np.vstack([crowd, lone]))
    assert np.median(density[:-1]) > 100 * SAID
    assert density[-1] == pytest.approx(SAID)
    clutter.pass_scans(2 * CROWD_SCANS)
    assert clutter.density(crowd) == pytest.approx(clutter.density(crowd[:1])[0], rel=0.2)


def test_places_beyond_the_range_and_an_unknown_sensor_have_a_density():
    far = np.array([[1e8, -1e8], [0.0, 0.0], [-9e7, 3.0], [4e4, 0.0], [5e4, 5e4]])
    for clutter in (Clutter(RADAR, np.zeros(2)), Clutter(None, np.zeros(2))):
        clutter.learn(far, np.ones(5))
        clutter.pass_scans(1.0)
        assert (clutter.density(far) > 0).all()
        assert np.isfinite(clutter.density(far)).all()


def watched(scans: int, seen, site: Site = SITE) -> Clutter:
    """The map after the tracker had ``seen(k)``, plots (n, 2), in each of so many scans."""
    tracker = Tracker(site, PLANE)
    for k in range(scans):
        t, xy = T0 + SCAN_S * k, seen(k)
        look = Detections.of(time_s=[t], kind=[Kind.LOOK], sensor=[0])
        tracker.step(Detections.concat([plots(np.full(len(xy), t), *xy.T), look]), t)
    return tracker._sensings[0].clutter


def test_steady_targets_teach_it_nothing():
    random = np.random.default_rng(2)
    start, v = disc(random, 20, 20_000.0), random.normal(0, 6, (20, 2))

    def seen(k: int) -> np.ndarray:
        xy = start + v * SCAN_S * k + random.normal(0, 30, (20, 2))
        return xy[random.random(20) < 0.9]

    clutter = watched(200, seen)
    along = np.vstack([start + v * t for t in np.linspace(0, 600, 40)])
    assert clutter.density(along).max() <= SAID


# A bank of rain, of no shape that the map's cells have: 5 km by 3 km, aslant.
ASLANT = np.array([[math.cos(0.6), -math.sin(0.6)], [math.sin(0.6), math.cos(0.6)]])
BANK_XY, BANK_M, BANK_PLOTS = np.array([9_000.0, 12_000.0]), np.array([5_000.0, 3_000.0]), 12.0


def in_bank(xy: np.ndarray) -> np.ndarray:
    return (np.abs((xy - BANK_XY) @ ASLANT) < BANK_M / 2).all(axis=1)


def field(random) -> np.ndarray:
    """One look: 25 false plots over all, and a dozen in the bank."""
    bank = random.uniform(-0.5, 0.5, (random.poisson(BANK_PLOTS), 2)) * BANK_M @ ASLANT.T + BANK_XY
    return np.vstack([disc(random, random.poisson(25.0)), bank])


def test_a_true_field_of_clutter_with_a_bank_of_rain_is_learned_within_a_factor_of_two():
    random = np.random.default_rng(3)
    clutter = watched(200, lambda k: field(random))
    every = disc(random, 200_000)
    truth = 25.0 / AREA_M2 + in_bank(every) * BANK_PLOTS / BANK_M.prod()
    cell = clutter._cell(every)
    area = np.bincount(cell, minlength=RINGS * SECTORS)
    mean = np.bincount(cell, truth, RINGS * SECTORS) / np.maximum(area, 1)
    found = clutter.density(every)
    ratio = found / mean[cell]
    assert 0.5 < np.median(ratio[in_bank(every)]) < 2.0
    assert (np.abs(np.log2(ratio)) < 1.0).mean() > 0.9


def test_a_radar_that_sails_far_off_knows_the_clutter_where_it_is():
    """In two hours 70 km, more than it sees; 20 false plots a scan are about it all the time."""
    radar = Sensor("radar", "radar", ORIGIN, clutter_per_scan=5.0, scan_s=SCAN_S, moving=True)
    tracker, random = (
        Tracker(Site("Test", ORIGIN, sensors=(radar,)), PLANE),
        np.random.default_rng(4),
    )
    for k in range(1_200):
        t, here = T0 + SCAN_S * k, np.array([20.0 * SCAN_S * k, 0.0])
        xy = here + disc(random, random.poisson(20.0))
        lon, lat = PLANE.to_lonlat(*here)
        look = Detections.of(time_s=[t], kind=[Kind.LOOK], sensor=[0])
        d = Detections.concat([plots(np.full(len(xy), t), *xy.T), look])
        d.sensor_lon[:], d.sensor_lat[:] = lon, lat
        tracker.step(d, t)
    found = tracker._sensings[0].clutter.density(here + disc(random, 5_000, 30_000.0))
    assert 0.5 < np.median(found) / (20.0 / AREA_M2) < 2.0
    assert (np.abs(np.log2(found / (20.0 / AREA_M2))) < 1.5).mean() > 0.9

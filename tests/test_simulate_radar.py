"""The radar model: rates, noise, amplitudes and shadows are those that it states."""

import numpy as np
import pytest

from coastwatch.geo.coast import land_mask
from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar, polar_to_lonlat
from coastwatch.simulate import SCENARIOS, _cast
from coastwatch.simulate.motion import at, move
from coastwatch.simulate.radar import (
    AMPLITUDE_SMALL_DBM,
    detection_probability,
    horizon_m,
    look,
    threshold_dbm,
)
from coastwatch.simulate.scenario import Craft

SCENARIO = SCENARIOS["dover-crossing"]
RADAR = SCENARIO.radars[0]
PLANE = Plane(SCENARIO.origin)
DURATION_S = 2400.0


@pytest.fixture(scope="module")
def night():
    """The default cast as the first radar sees it: craft, motion, plots, true polar at plots."""
    rng = np.random.default_rng(3)
    craft, motion = _cast(SCENARIO, PLANE, DURATION_S, rng)
    lonlat = PLANE.to_lonlat(motion.x_m, motion.y_m)
    plots = look(RADAR, craft, motion, lonlat, DURATION_S, rng)
    return craft, motion, lonlat, plots


def watch_still(kind: str, places: list[tuple[float, float]], length_m: float = 9.0):
    """Plots of craft that lie still at (range, azimuth in degrees) of the radar."""
    lonlat = [polar_to_lonlat(*RADAR.position, RADAR.height_m, r, np.radians(a)) for r, a in places]
    craft = [Craft("probe", kind, length_m, ((float(x), float(y)),)) for x, y in lonlat]
    rng = np.random.default_rng(5)
    motion = move(craft, PLANE, DURATION_S, rng)
    grid = PLANE.to_lonlat(motion.x_m, motion.y_m)
    return look(RADAR, craft, motion, grid, DURATION_S, rng)


def scans() -> int:
    return len(np.arange(RADAR.phase_s, DURATION_S - RADAR.scan_s, RADAR.scan_s))


@pytest.mark.parametrize("range_m", [4_000.0, 14_000.0, 20_000.0])
def test_a_dinghy_is_detected_as_often_as_the_model_says(range_m):
    plots = watch_still("dinghy", [(range_m, 300.0)])
    share = (plots.craft == 0).sum() / scans()
    expected = float(detection_probability(1.0, 1.0, range_m))
    assert share == pytest.approx(expected, abs=4 * np.sqrt(0.25 / scans()))


def test_a_dinghy_shows_in_most_scans_within_15_km_and_hardly_at_35():
    near, far = detection_probability(1.0, 1.0, np.array([5_000.0, 15_000.0]))
    assert 0.75 < near < 0.85
    assert 0.6 < far < 0.75
    assert detection_probability(1.0, 1.0, 35_000.0) < 0.02


def test_ships_are_seen_across_the_whole_disc_at_the_nominal_rate(night):
    craft, _, lonlat, plots = night
    for i, one in enumerate(craft):
        if one.kind in ("cargo", "tanker", "ferry"):
            r, _ = lonlat_to_polar(
                *RADAR.position, RADAR.height_m, lonlat[0][:, i], lonlat[1][:, i]
            )
            covered = (r < RADAR.range_max_m).mean()
            if covered > 0.5:
                share = (plots.craft == i).sum() / (scans() * covered)
                assert 0.85 < share < 0.97, one.name


def test_noise_in_range_and_azimuth_is_as_stated_and_unbiased(night):
    _, _, lonlat, plots = night
    own = plots.craft >= 0
    lon = at(lonlat[0], plots.time_s[own], plots.craft[own])
    lat = at(lonlat[1], plots.time_s[own], plots.craft[own])
    r, a = lonlat_to_polar(*RADAR.position, RADAR.height_m, lon, lat)
    range_error = plots.range_m[own] - r
    azimuth_error = np.angle(np.exp(1j * (plots.azimuth_rad[own] - a)))
    sigma_a = np.radians(RADAR.sigma_azimuth_deg)
    assert range_error.std() == pytest.approx(RADAR.sigma_range_m, rel=0.03)
    assert azimuth_error.std() == pytest.approx(sigma_a, rel=0.03)
    assert abs(range_error.mean()) < 4 * RADAR.sigma_range_m / np.sqrt(own.sum())
    assert abs(azimuth_error.mean()) < 4 * sigma_a / np.sqrt(own.sum())


def test_a_plot_is_made_when_the_beam_passes_its_true_azimuth(night):
    _, _, lonlat, plots = night
    own = plots.craft >= 0
    lon = at(lonlat[0], plots.time_s[own], plots.craft[own])
    lat = at(lonlat[1], plots.time_s[own], plots.craft[own])
    _, a = lonlat_to_polar(*RADAR.position, RADAR.height_m, lon, lat)
    beam = 2 * np.pi * (plots.time_s[own] - RADAR.phase_s) / RADAR.scan_s
    assert np.abs(np.angle(np.exp(1j * (beam - a)))).max() < np.radians(0.01)
    assert np.all(np.diff(plots.time_s) >= 0)


def test_clutter_comes_at_the_stated_rate_and_fills_the_disc_evenly(night):
    *_, plots = night
    false = plots.craft < 0
    expected = (RADAR.false_per_scan + RADAR.sea_clutter_per_scan) * scans()
    assert false.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))
    outer = false & (plots.range_m > 15_000.0)
    share = 1.0 - (15_000.0 / RADAR.range_max_m) ** 2
    expected = RADAR.false_per_scan * scans() * share
    assert outer.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_sea_clutter_is_near_weak_and_on_the_water(night):
    *_, plots = night
    near = (plots.craft < 0) & (plots.range_m < 5_000.0)
    density = near.sum() / 5_000.0**2
    far = (plots.craft < 0) & (plots.range_m > 20_000.0)
    assert density > 10 * far.sum() / (RADAR.range_max_m**2 - 20_000.0**2)
    assert np.median(plots.amplitude_dbm[near]) < AMPLITUDE_SMALL_DBM - 10.0
    lon, lat = polar_to_lonlat(*RADAR.position, RADAR.height_m, plots.range_m[near],
                               plots.azimuth_rad[near])  # fmt: skip
    dry = land_mask((1.2, 50.6, 2.0, 51.2)).contains(lon, lat)
    assert dry.mean() < 0.1  # the even clutter of the disc only


def test_amplitude_tells_small_craft_from_ships(night):
    craft, _, _, plots = night
    mean = {}
    for kind in ("dinghy", "yacht", "fishing", "cargo", "ferry"):
        index = [i for i, c in enumerate(craft) if c.kind == kind]
        mean[kind] = plots.amplitude_dbm[np.isin(plots.craft, index)].mean()
    assert mean["dinghy"] < mean["yacht"] < AMPLITUDE_SMALL_DBM
    assert AMPLITUDE_SMALL_DBM + 5.0 < mean["fishing"] < mean["cargo"]
    assert mean["ferry"] - mean["dinghy"] > 30.0


def test_every_plot_is_above_the_threshold_of_its_range(night):
    *_, plots = night
    slack = 40.0 * np.log10(1.0 + 6 * RADAR.sigma_range_m / plots.range_m)
    assert np.all(plots.amplitude_dbm > threshold_dbm(plots.range_m) - slack)


def test_a_dinghy_behind_a_ship_is_lost_and_beside_it_is_not():
    ship = polar_to_lonlat(*RADAR.position, RADAR.height_m, 8_000.0, np.radians(300.0))
    behind = polar_to_lonlat(*RADAR.position, RADAR.height_m, 8_400.0, np.radians(300.0))
    beside = polar_to_lonlat(*RADAR.position, RADAR.height_m, 8_400.0, np.radians(303.0))
    craft = [Craft("ship", "cargo", 200.0, ((float(ship[0]), float(ship[1])),), beam_m=60.0)]
    craft += [Craft("probe", "dinghy", 9.0, ((float(x), float(y)),)) for x, y in (behind, beside)]
    rng = np.random.default_rng(5)
    motion = move(craft, PLANE, DURATION_S, rng)
    grid = PLANE.to_lonlat(motion.x_m, motion.y_m)
    plots = look(RADAR, craft, motion, grid, DURATION_S, rng)
    assert (plots.craft == 1).sum() < 0.1 * (plots.craft == 2).sum()


def test_nothing_is_seen_beyond_the_horizon_or_the_range():
    assert horizon_m(60.0, 1.0) == pytest.approx(36_033.0, rel=1e-3)
    plots = watch_still("cargo", [(39_500.0, 20.0), (41_000.0, 20.0)], 200.0)
    assert (plots.craft == 0).sum() > 500
    assert (plots.craft == 1).sum() == 0
    assert plots.range_m.max() < RADAR.range_max_m + 6 * RADAR.sigma_range_m

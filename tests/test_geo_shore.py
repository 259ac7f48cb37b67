"""Distance to the shore against the exact one, and the sun against almanac times."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.geo.coast import LandMask
from coastwatch.geo.plane import Plane
from coastwatch.geo.shore import FAR_M, TILES_MAX, Shore
from coastwatch.geo.sun import CIVIL_RAD, elevation_rad

PLANE = Plane((1.50, 51.00))


def test_the_distance_is_that_of_the_shore_to_some_hundred_metres():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-40e3, 40e3, (2, 400))
    lon, lat = PLANE.to_lonlat(x, y)
    mask = LandMask((0.2, 50.2, 2.8, 51.8))
    exact = np.where(mask.contains(lon, lat), 0.0, mask.distance_to_coast_m(lon, lat))
    told = Shore(PLANE).distance_m(x, y)
    off = np.abs(told - np.minimum(exact, FAR_M))
    assert np.quantile(off, 0.5) < 50
    assert off.max() < 200
    assert (exact == 0).sum() > 50


def test_far_out_it_is_said_to_be_far_and_inland_it_is_negative():
    ocean = Plane((-30.0, 45.0))
    assert Shore(ocean).distance_m(np.zeros(1), np.zeros(1)) == pytest.approx([FAR_M])
    assert Shore(Plane((2.35, 48.85))).signed_m(np.zeros(1), np.zeros(1)) == pytest.approx([-FAR_M])


def test_what_is_no_place_is_unknown_and_memory_is_bounded():
    shore = Shore(Plane((-30.0, 45.0)))
    told = shore.distance_m(np.array([np.nan, np.inf, 1e12, 0.0]), np.zeros(4))
    assert np.isnan(told[:3]).all()
    assert told[3] == FAR_M
    shore._tiles |= {(k, 99): np.zeros((257, 257), np.float32) for k in range(TILES_MAX)}
    assert np.isnan(shore.distance_m(np.array([3e5]), np.array([3e5]))).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(-30e3, 30e3), st.floats(-30e3, 30e3), st.floats(-300, 300))
def test_it_changes_no_faster_than_one_moves(x, y, step):
    a, b = SHORE.signed_m(np.array([x, x + step]), np.array([y, y]))
    assert abs(b - a) <= 1.5 * abs(step) + 1.0


SHORE = Shore(PLANE)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("when", "elevation_deg"),
    [
        # Noon at the solstices and an equinox, Greenwich meridian, 51 N: 90 - 51 +- 23.44.
        ("2026-06-21T12:02:00", 39 + 23.44),
        ("2026-12-21T11:58:00", 39 - 23.44),
        ("2026-03-20T12:07:00", 39.0),
    ],
)
def test_the_sun_stands_at_noon_where_the_almanac_has_it(when, elevation_deg):
    told = np.degrees(elevation_rad(np.zeros(1), np.array([51.0]), utc(when)))
    assert told == pytest.approx([elevation_deg], abs=0.1)


def test_it_is_night_over_the_strait_in_november_at_five_and_day_at_noon():
    lon, lat = np.array([1.5]), np.array([51.0])
    assert elevation_rad(lon, lat, utc("2026-11-20T05:00:00")) < CIVIL_RAD
    assert elevation_rad(lon, lat, utc("2026-11-20T12:00:00")) > 0

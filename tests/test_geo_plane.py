import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from coastwatch.geo.plane import Plane

ORIGIN = (1.5, 51.0)
GEOD = Geod(ellps="WGS84")
near_lon, near_lat = st.floats(-1.0, 4.0), st.floats(49.5, 52.5)


@settings(max_examples=100)
@given(near_lon, near_lat)
def test_distance_and_azimuth_from_the_origin_are_the_geodesic_ones(lon, lat):
    x, y = Plane(ORIGIN).to_xy(lon, lat)
    azimuth, _, distance = GEOD.inv(*ORIGIN, lon, lat)
    assert math.hypot(x, y) == pytest.approx(distance, abs=1e-6)
    expected = distance * np.array(
        [math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))]
    )
    np.testing.assert_allclose([x, y], expected, atol=1e-5)


@settings(max_examples=100)
@given(near_lon, near_lat)
def test_there_and_back_again(lon, lat):
    plane = Plane(ORIGIN)
    back = plane.to_lonlat(*plane.to_xy(lon, lat))
    np.testing.assert_allclose(back, (lon, lat), atol=1e-10)


@settings(max_examples=200)
@given(near_lon, near_lat, st.floats(0.1, 30.0), st.floats(0, 2 * math.pi))
def test_velocity_is_the_derivative_of_position(lon, lat, sog_mps, cog_rad):
    plane, dt = Plane(ORIGIN), 1.0
    ahead = GEOD.fwd(lon, lat, math.degrees(cog_rad), sog_mps * dt)
    behind = GEOD.fwd(lon, lat, math.degrees(cog_rad) + 180, sog_mps * dt)
    moved = np.subtract(plane.to_xy(*ahead[:2]), plane.to_xy(*behind[:2])) / (2 * dt)
    np.testing.assert_allclose(plane.velocity(lon, lat, sog_mps, cog_rad), moved, atol=3e-6)


@pytest.mark.parametrize("origin", [ORIGIN, (179.9, -60.0), (0.0, 0.0), (-60.0, 82.0)])
def test_north_is_the_plane_direction_of_a_step_north(origin):
    plane = Plane(origin)
    azimuths = np.radians(np.arange(0, 360, 15))
    for distance_m in (50.0, 60_000.0, 500_000.0):
        n = len(azimuths)
        lon, lat, _ = GEOD.fwd(
            [origin[0]] * n, [origin[1]] * n, np.degrees(azimuths), [distance_m] * n
        )
        step_m = 100.0
        up = GEOD.fwd(lon, lat, [0.0] * n, [step_m] * n)
        down = GEOD.fwd(lon, lat, [180.0] * n, [step_m] * n)
        dx, dy = np.subtract(plane.to_xy(*up[:2]), plane.to_xy(*down[:2]))
        difference = np.arctan2(dx, dy) - plane.north_rad(lon, lat)
        np.testing.assert_allclose(np.remainder(difference + 1, 2 * np.pi) - 1, 0, atol=2e-6)


def test_convergence_matters_at_sixty_kilometres():
    plane = Plane(ORIGIN)
    lon, lat = plane.to_lonlat(60_000.0, 0.0)
    assert math.degrees(plane.north_rad(lon, lat)) == pytest.approx(-0.665, abs=0.01)
    assert plane.north_rad(*ORIGIN) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=100)
@given(near_lon, near_lat, st.floats(0.1, 30.0), st.floats(0, 6.28))
def test_course_undoes_velocity(lon, lat, sog_mps, cog_rad):
    plane = Plane(ORIGIN)
    sog, cog = plane.course(lon, lat, *plane.velocity(lon, lat, sog_mps, cog_rad))
    assert sog == pytest.approx(sog_mps, rel=1e-12)
    assert math.remainder(cog - cog_rad, 2 * math.pi) == pytest.approx(0, abs=1e-9)


def test_one_and_many_give_the_same():
    plane = Plane(ORIGIN)
    lon, lat = np.linspace(0, 3, 7), np.linspace(50, 52, 7)
    many = np.array(
        [*plane.to_xy(lon, lat), plane.north_rad(lon, lat), *plane.velocity(lon, lat, 5, 1)]
    )
    for i in range(7):
        place = lon[i], lat[i]
        one = [*plane.to_xy(*place), plane.north_rad(*place), *plane.velocity(*place, 5, 1)]
        assert np.array_equal(many[:, i], one)
        assert all(np.ndim(value) == 0 for value in one)
    assert plane.to_xy(np.empty(0), np.empty(0))[0].shape == (0,)


wild = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=200)
@given(wild, wild)
def test_nonsense_gives_nan_and_never_raises(a, b):
    plane = Plane(ORIGIN)
    for pair in (plane.to_xy(a, b), plane.to_lonlat(a, b)):
        assert np.isfinite(pair).all() or np.isnan(pair).all()
    plane.north_rad(a, b)


@settings(max_examples=200)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_on_earth_has_a_place_in_the_plane(lon, lat):
    plane = Plane(ORIGIN)
    x, y = plane.to_xy(lon, lat)
    assert math.hypot(x, y) < 20_100_000
    assert GEOD.inv(lon, lat, *plane.to_lonlat(x, y))[2] < 0.01
    assert np.isfinite([plane.north_rad(lon, lat), *plane.velocity(lon, lat, 5.0, 1.0)]).all()

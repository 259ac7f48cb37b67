import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import (
    lonlat_to_polar,
    polar_covariance,
    polar_to_lonlat,
    unbiased_range,
)

GEOD = Geod(ellps="WGS84")
SENSORS = [(1.583, 50.870, 60.0), (1.3, 51.1, 200.0), (-70.0, -52.0, 1000.0), (20.0, 79.0, 5.0)]


def seen(sensor_lon, sensor_lat, height_m, lon, lat):
    """Slant range and azimuth by pyproj's geocentric and topocentric path (EPSG:4978, 9836)."""
    to_earth = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    to_horizon = Transformer.from_pipeline(
        f"+proj=topocentric +ellps=WGS84 +lon_0={sensor_lon} +lat_0={sensor_lat} +h_0={height_m}"
    )
    centred = to_earth.transform(lon, lat, np.zeros_like(lon))
    east, north, up = to_horizon.transform(*centred)
    return np.sqrt(east**2 + north**2 + up**2), np.arctan2(east, north)


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize(("distance_m", "limit_m"), [(500, 0.1), (40_000, 0.1), (100_000, 1.0)])
def test_polar_agrees_with_the_geocentric_path(sensor, distance_m, limit_m):
    azimuth_deg = np.arange(0.0, 360.0, 7.5)
    n = len(azimuth_deg)
    lon, lat, _ = GEOD.fwd([sensor[0]] * n, [sensor[1]] * n, azimuth_deg, [distance_m] * n)
    lon, lat = np.array(lon), np.array(lat)
    range_m, azimuth_rad = seen(*sensor, lon, lat)
    found = polar_to_lonlat(*sensor, range_m, azimuth_rad)
    assert np.max(GEOD.inv(lon, lat, *found)[2]) < limit_m
    back_m, back_rad = lonlat_to_polar(*sensor, lon, lat)
    np.testing.assert_allclose(back_m, range_m, atol=limit_m)
    off = np.remainder(back_rad - azimuth_rad + 1, 2 * np.pi) - 1
    assert np.max(np.abs(off) * distance_m) < limit_m


@settings(max_examples=200)
@given(
    st.floats(-180, 180),
    st.floats(-89, 89),
    st.floats(0, 1000),
    st.floats(1.01, 150),
    st.floats(0, 2 * math.pi),
)
def test_there_and_back_again(lon, lat, height_m, ratio, azimuth_rad):
    range_m = max(height_m, 100.0) * ratio
    target = polar_to_lonlat(lon, lat, height_m, range_m, azimuth_rad)
    back_m, back_rad = lonlat_to_polar(lon, lat, height_m, *target)
    assert back_m == pytest.approx(range_m, abs=1e-4)
    assert abs(math.remainder(back_rad - azimuth_rad, 2 * math.pi)) * range_m < 1e-2


def test_a_range_below_the_height_is_a_target_under_the_antenna():
    lon, lat = polar_to_lonlat(1.5, 51.0, 60.0, [0.0, 59.0, 60.0], 1.0)
    np.testing.assert_allclose([lon, lat], [[1.5] * 3, [51.0] * 3], atol=1e-12)


def test_nonsense_gives_nan_and_never_raises():
    ranges = [-1.0, math.nan, math.inf, 1e9, 100.0]
    lon, lat = polar_to_lonlat(1.5, 51.0, 10.0, ranges, [0, 0, 0, 0, math.nan])
    assert np.isnan(lon).all() and np.isnan(lat).all()


@pytest.mark.parametrize("range_m", [500.0, 40_000.0])
@pytest.mark.parametrize("sigma_azimuth_deg", [0.35, 3.0])
def test_covariance_and_bias_hold_against_samples(range_m, sigma_azimuth_deg):
    """What the sensor measures again and again, each with its own covariance, is consistent."""
    sigma_range_m, sigma = 15.0, math.radians(sigma_azimuth_deg)
    bearing = math.radians(70.0)
    random = np.random.default_rng(7)
    r = random.normal(range_m, sigma_range_m, 200_000)
    b = random.normal(bearing, sigma, 200_000)
    u = unbiased_range(r, sigma)
    error = np.column_stack([u * np.sin(b), u * np.cos(b)])
    error -= range_m * np.array([math.sin(bearing), math.cos(bearing)])
    cov = polar_covariance(r, b, sigma_range_m, sigma)
    # Own bearings turn each ellipse: a few parts in a thousand of its length show up across it.
    sample = np.cov(error.T)
    np.testing.assert_allclose(sample, cov.mean(axis=0), atol=0.01 * np.trace(sample))
    nees = np.einsum("ni,nij,nj->n", error, np.linalg.inv(cov), error)
    assert nees.mean() == pytest.approx(2.0, abs=0.05)
    spread = np.sqrt(np.diag(np.cov(error.T)) / len(error))
    assert np.all(np.abs(error.mean(axis=0)) < 5 * spread)


def test_without_compensation_a_poor_azimuth_is_biased():
    """The criterion sigma^2 r / sigma_r is 7.3 here, far above 0.4: the correction is needed."""
    sigma, range_m = math.radians(3.0), 40_000.0
    b = np.random.default_rng(7).normal(0.0, sigma, 200_000)
    plain, mended = range_m * np.cos(b), unbiased_range(range_m, sigma) * np.cos(b)
    assert plain.mean() - range_m == pytest.approx(-range_m * sigma**2 / 2, rel=0.02)
    assert abs(mended.mean() - range_m) < 1.0


@settings(max_examples=200)
@given(st.floats(0, 1e6), st.floats(-10, 10), st.floats(1e-3, 1e5), st.floats(1e-9, 1e6))
def test_covariance_is_symmetric_and_positive(range_m, bearing, sigma_range_m, sigma_azimuth):
    cov = polar_covariance(range_m, bearing, sigma_range_m, sigma_azimuth)
    assert np.array_equal(cov, cov.T)
    assert np.isfinite(cov).all() and np.trace(cov) > 0
    assert np.linalg.det(cov / np.trace(cov)) > -1e-12


def test_small_errors_give_the_linear_ellipse_in_a_turned_plane():
    """Along the line of sight the range error, across it range times azimuth error."""
    plane = Plane((1.5, 51.0))
    sensor = plane.to_lonlat(60_000.0, 0.0)  # where the convergence is 0.67 degrees
    random = np.random.default_rng(3)
    r = random.normal(20_000.0, 15.0, 100_000)
    azimuth = random.normal(0.0, math.radians(0.35), 100_000)
    sample = np.cov(plane.to_xy(*polar_to_lonlat(*sensor, 0.0, r, azimuth)))
    bearing = 0.0 + plane.north_rad(*sensor)
    cov = polar_covariance(20_000.0, bearing, 15.0, math.radians(0.35))
    np.testing.assert_allclose(sample, cov, rtol=0.02, atol=20.0)
    assert abs(cov[0, 1]) > 100.0  # without the convergence it would be zero

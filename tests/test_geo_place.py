import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Detections, Kind
from coastwatch.site import Sensor, Site

RADAR = Sensor("radar", "radar", (1.583, 50.870), 60.0, sigma_range_m=15.0,
               sigma_azimuth_rad=math.radians(0.35))  # fmt: skip
CAMERA = Sensor("camera", "camera", (1.6, 50.9), 30.0)
SITE = Site("Strait", (1.5, 51.0), sensors=(RADAR, CAMERA))
PLANE = Plane(SITE.origin)


def one(**columns) -> Detections:
    return Detections.of(**{"time_s": [0.0], **{k: [v] for k, v in columns.items()}})


def axes_m(cov):
    return np.sqrt(np.linalg.eigvalsh(cov))


def test_a_radar_plot_lands_where_the_target_is():
    range_m, azimuth_rad = lonlat_to_polar(*RADAR.position, RADAR.height_m, 1.45, 51.02)
    plot = one(kind=Kind.PLOT, sensor=0, range_m=range_m, azimuth_rad=azimuth_rad)
    placed = place(plot, SITE, PLANE)
    x, y = PLANE.to_xy(1.45, 51.02)
    bias_m = range_m * RADAR.sigma_azimuth_rad**2 / 2
    assert math.hypot(placed.x_m[0] - x, placed.y_m[0] - y) == pytest.approx(bias_m, rel=0.01)
    assert Geod(ellps="WGS84").inv(placed.lon[0], placed.lat[0], 1.45, 51.02)[2] < 0.5
    along, across = axes_m(placed.cov_m2[0])
    assert along == pytest.approx(15.0, rel=0.01)
    assert across == pytest.approx(range_m * RADAR.sigma_azimuth_rad, rel=0.01)
    assert np.isnan(plot.x_m[0])  # the input stays as it was


def test_the_cloud_of_noisy_plots_has_the_covariance_that_each_plot_claims():
    random = np.random.default_rng(5)
    n = 50_000
    true_range, true_azimuth = lonlat_to_polar(*RADAR.position, RADAR.height_m, 1.2, 50.95)
    plots = Detections.of(
        kind=np.full(n, Kind.PLOT),
        sensor=np.zeros(n),
        range_m=random.normal(true_range, RADAR.sigma_range_m, n),
        azimuth_rad=random.normal(true_azimuth, RADAR.sigma_azimuth_rad, n),
    )
    placed = place(plots, SITE, PLANE)
    sample = np.cov(placed.x_m, placed.y_m)
    np.testing.assert_allclose(sample, placed.cov_m2.mean(axis=0), rtol=0.03, atol=10.0)
    error = np.column_stack([placed.x_m, placed.y_m]) - PLANE.to_xy(1.2, 50.95)
    nees = np.einsum("ni,nij,nj->n", error, np.linalg.inv(placed.cov_m2), error)
    assert nees.mean() == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(
    ("columns", "sigma_m"),
    [
        ({"kind": Kind.REPORT}, 15.0),
        ({"kind": Kind.REPORT, "sigma_m": 30.0}, 30.0),
        ({"kind": Kind.REPORT, "sigma_m": 0.0}, 15.0),
        ({"kind": Kind.REPORT, "sigma_m": math.inf}, 15.0),
        ({"kind": Kind.SENSOR_TRACK, "sensor": 0}, 50.0),
        ({"kind": Kind.PLOT}, 50.0),
        ({"kind": Kind.PLOT, "sensor": 0, "sigma_m": 8.0}, 8.0),
        ({"kind": Kind.PLOT, "sensor": 1}, 50.0),
    ],
)
def test_a_given_position_stands_with_its_own_or_its_kinds_sigma(columns, sigma_m):
    placed = place(one(lon=1.4, lat=51.05, **columns), SITE, PLANE)
    np.testing.assert_allclose((placed.x_m[0], placed.y_m[0]), PLANE.to_xy(1.4, 51.05))
    np.testing.assert_allclose(placed.cov_m2[0], sigma_m**2 * np.eye(2), atol=1e-9)


def test_a_plot_with_a_position_gets_its_sensors_ellipse_unless_the_row_knows_better():
    where = {"kind": Kind.PLOT, "sensor": 0, "lon": 1.583, "lat": 51.05}  # due north, 20 km
    by_site = place(one(**where), SITE, PLANE).cov_m2[0]
    by_row = place(one(**where, sigma_range_m=5.0, sigma_azimuth_rad=0.001), SITE, PLANE).cov_m2[0]
    np.testing.assert_allclose(axes_m(by_site), [15.0, 20_027 * RADAR.sigma_azimuth_rad], rtol=0.01)
    np.testing.assert_allclose(axes_m(by_row), [5.0, 20.03], rtol=0.01)
    assert by_site[1, 1] < by_site[0, 0]


def test_a_moving_sensor_is_where_its_row_says():
    plot = one(kind=Kind.PLOT, sensor=-1, sensor_lon=1.5, sensor_lat=51.0, range_m=1000.0,
               azimuth_rad=math.pi / 2, sigma_range_m=2.0, sigma_azimuth_rad=0.01)  # fmt: skip
    placed = place(plot, SITE, PLANE)
    assert placed.x_m[0] == pytest.approx(1000.05, abs=0.01)
    np.testing.assert_allclose(axes_m(placed.cov_m2[0]), [2.0, 10.0], rtol=0.01)


def test_bearings_and_looks_know_their_sensor_and_have_no_position():
    rows = Detections.of(kind=[Kind.BEARING, Kind.LOOK], sensor=[1, 0], azimuth_rad=[1.0, np.nan],
                         lon=[np.nan, 1.5], lat=[np.nan, 51.0])  # fmt: skip
    placed = place(rows, SITE, PLANE)
    assert np.isnan(placed.x_m).all() and np.isnan(placed.cov_m2).all()
    assert placed.sensor_lon.tolist() == [1.6, 1.583]
    assert placed.sensor_lat.tolist() == [50.9, 50.870]


def test_rows_that_say_too_little_stay_unplaced():
    rows = Detections.of(
        kind=[Kind.PLOT] * 5,
        sensor=[-1, 0, 0, 99, -7],
        range_m=[500.0, np.nan, -4.0, 500.0, 500.0],
        azimuth_rad=[1.0] * 5,
    )
    placed = place(rows, SITE, PLANE)
    assert np.isnan(placed.x_m).all() and np.isnan(placed.lon).all()
    assert np.isnan(placed.cov_m2).all()


def test_one_row_and_many_rows_pass_the_same_way():
    n = 200
    random = np.random.default_rng(1)
    rows = Detections.of(
        kind=random.integers(0, 5, n),
        sensor=random.integers(-1, 2, n),
        range_m=random.uniform(0, 40_000, n),
        azimuth_rad=random.uniform(0, 6, n),
        lon=np.where(random.random(n) < 0.5, random.uniform(-180, 180, n), np.nan),
        lat=random.uniform(-90, 90, n),
    )
    together = place(rows, SITE, PLANE)
    apart = Detections.concat([place(rows.take(slice(i, i + 1)), SITE, PLANE) for i in range(n)])
    np.testing.assert_array_equal(together.x_m, apart.x_m)
    np.testing.assert_allclose(together.cov_m2, apart.cov_m2, rtol=1e-12)
    assert len(place(Detections.empty(), SITE, PLANE)) == 0


wild = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-90, 90),
    st.floats(0, 1e5),
    st.just(math.nan),
)


NAMES = ("lon", "lat", "range_m", "azimuth_rad", "sigma_m", "sigma_range_m",
         "sigma_azimuth_rad", "sensor_lon", "sensor_lat")  # fmt: skip


@settings(max_examples=300)
@given(st.integers(0, 4), st.integers(-3, 5), st.fixed_dictionaries(dict.fromkeys(NAMES, wild)))
def test_hostile_rows_get_a_whole_placement_or_none(kind, sensor, columns):
    with np.errstate(all="raise", under="ignore"):  # nor may it litter a log with warnings
        placed = place(one(kind=kind, sensor=sensor, **columns), SITE, PLANE)
    whole = np.isfinite([placed.x_m[0], placed.y_m[0], placed.lon[0], placed.lat[0]])
    assert whole.all() or not whole.any()
    assert np.isfinite(placed.cov_m2).all() == whole.all()
    if whole.all():
        assert np.trace(placed.cov_m2[0]) > 0


def test_a_known_bias_is_taken_off_fixed_and_moving_radars():
    biased = replace(
        RADAR, azimuth_bias_rad=math.radians(1.5), range_bias_m=-40.0, range_scale=1.02
    )
    site = replace(SITE, sensors=(biased, CAMERA))
    for where in (RADAR.position, (1.7, 51.1)):
        moving = {} if where is RADAR.position else {"sensor_lon": where[0], "sensor_lat": where[1]}
        r, azimuth = lonlat_to_polar(*where, RADAR.height_m, 1.45, 51.02)
        plot = one(
            kind=Kind.PLOT, sensor=0, range_m=1.02 * r - 40.0,
            azimuth_rad=azimuth + math.radians(1.5), **moving,
        )  # fmt: skip
        true = one(kind=Kind.PLOT, sensor=0, range_m=r, azimuth_rad=azimuth, **moving)
        placed, expected = place(plot, site, PLANE), place(true, SITE, PLANE)
        for name in ("x_m", "y_m", "range_m", "azimuth_rad", "cov_m2"):
            np.testing.assert_allclose(getattr(placed, name), getattr(expected, name), rtol=1e-9)


def test_a_bias_is_of_its_own_sensor_and_leaves_unknowns_unknown():
    biased = replace(RADAR, azimuth_bias_rad=0.1, range_bias_m=100.0)
    site = replace(SITE, sensors=(biased, CAMERA))
    rows = Detections.of(
        kind=[Kind.BEARING, Kind.PLOT, Kind.REPORT, Kind.LOOK, Kind.PLOT],
        sensor=[1, -1, -1, 0, 0],
        azimuth_rad=[0.05, 0.05, np.nan, np.nan, 0.05],
        range_m=[np.nan, 500.0, np.nan, np.nan, 50.0],
    )
    placed = place(rows, site, PLANE)
    np.testing.assert_allclose(placed.azimuth_rad, [0.05, 0.05, np.nan, np.nan, 2 * np.pi - 0.05])
    np.testing.assert_allclose(placed.range_m, [np.nan, 500.0, np.nan, np.nan, 0.0])


def test_the_course_of_a_fixed_radars_tracks_turns_with_it():
    site = replace(SITE, sensors=(replace(RADAR, azimuth_bias_rad=0.1), CAMERA))
    row = {"kind": Kind.SENSOR_TRACK, "sensor": 0, "range_m": 900.0, "azimuth_rad": 1.0}
    assert place(one(**row, cog_rad=0.05), site, PLANE).cog_rad[0] == pytest.approx(
        2 * math.pi - 0.05
    )
    moving = one(**row, cog_rad=0.05, sensor_lon=1.5, sensor_lat=51.0)
    assert place(moving, site, PLANE).cog_rad[0] == pytest.approx(0.05)


def test_a_covariance_of_the_row_s_own_goes_before_all_others_and_is_turned_into_the_plane():
    """3 m east, 40 m north far off the origin, where north is half a degree off the plane's y."""
    own = [[9.0, 0.0], [0.0, 1600.0]]
    row = one(kind=Kind.SENSOR_TRACK, sensor=0, lon=2.2, lat=51.0, sigma_m=500.0, cov_m2=own)
    (cov,) = place(row, SITE, PLANE).cov_m2
    assert axes_m(cov) == pytest.approx([3.0, 40.0], rel=1e-9)
    (x0, y0), (x1, y1) = PLANE.to_xy(2.2, 51.0), PLANE.to_xy(2.2, 51.01)
    north = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
    assert abs(north[0]) > 5e-3
    assert north @ cov @ north == pytest.approx(1600.0, rel=1e-6)


@pytest.mark.parametrize(
    "bad",
    [[[9.0, 20.0], [20.0, 16.0]], [[9.0, 1.0], [2.0, 16.0]], [[0.0, 0.0], [0.0, 16.0]],
     [[-1.0, 0.0], [0.0, -1.0]], [[math.inf, 0.0], [0.0, 1.0]], [[1e30, 0.0], [0.0, 1.0]]],
)  # fmt: skip
def test_what_is_no_covariance_counts_as_none(bad):
    row = one(kind=Kind.SENSOR_TRACK, sensor=0, lon=1.6, lat=51.0, sigma_m=7.0, cov_m2=bad)
    assert place(row, SITE, PLANE).cov_m2[0] == pytest.approx(49.0 * np.eye(2))

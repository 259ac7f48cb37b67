"""Registration on line, row by row: what it takes, what it gives back, and what it withstands."""

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.registration import BOTH
from bench.registration_scene import PLANE, RADAR, T0, Scene
from coastwatch.model import Detections, Kind
from coastwatch.site import Sensor
from coastwatch.track import registration_kernel as kernel
from coastwatch.track.registration import Registration

X0, Y0 = (float(c) for c in PLANE.to_xy(*RADAR.position))
STATION = Sensor("ais", "ais", RADAR.position)


def learned(scene: Scene, seed: int = 0) -> Registration:
    registration = Registration([scene.radar], PLANE)
    for scan in scene.scans(seed):
        registration.learn(0, *scan)
    return registration


@pytest.fixture(scope="module")
def sure() -> Registration:
    """One that takes off half a degree and 60 m."""
    registration = learned(Scene(**BOTH, minutes=8.0))
    azimuth, away, clock = registration.correction(0)
    assert azimuth and away and not clock
    return registration


def plots(bearing: np.ndarray, away: np.ndarray, **columns: np.ndarray) -> Detections:
    x, y = X0 + away * np.sin(bearing), Y0 + away * np.cos(bearing)
    n = len(bearing)
    columns = {
        "time_s": np.full(n, T0), "kind": np.full(n, int(Kind.PLOT)),
        "x_m": x, "y_m": y, "range_m": away, "azimuth_rad": bearing,
        "cov_m2": np.tile(np.eye(2) * 900.0, (n, 1, 1)),
        "sensor_lon": np.full(n, RADAR.position[0]), "sensor_lat": np.full(n, RADAR.position[1]),
    } | columns  # fmt: skip
    return Detections.of(**columns)


@given(bearing=st.floats(0, 6.28), away=st.floats(500, 25_000))
def test_what_is_taken_off_is_the_bias_about_the_radar(sure, bearing, away):
    given_ = plots(np.array([bearing]), np.array([away]))
    azimuth, off, _ = sure.correction(0)
    got = sure.corrected(0, given_)
    wanted = plots(np.array([bearing - azimuth]), np.array([away - off]))
    assert got.x_m == pytest.approx(wanted.x_m, abs=1e-3)
    assert got.y_m == pytest.approx(wanted.y_m, abs=1e-3)
    assert got.range_m == pytest.approx(wanted.range_m)
    turned = math.remainder(got.azimuth_rad[0] - bearing, math.tau)
    assert turned == pytest.approx(-azimuth, abs=1e-9)


def test_a_radar_under_way_is_corrected_about_where_it_was(sure):
    here = plots(np.array([1.0]), np.array([5_000.0]))
    lon, lat = PLANE.to_lonlat([X0 + 3_000.0], [Y0])
    there = replace(here, x_m=here.x_m + 3_000.0, sensor_lon=lon, sensor_lat=lat)
    a, b = sure.corrected(0, here), sure.corrected(0, there)
    assert b.x_m - 3_000.0 == pytest.approx(a.x_m, abs=0.01)
    assert b.y_m == pytest.approx(a.y_m, abs=0.01)


def test_the_rows_given_are_not_changed_and_come_back_as_they_are_where_nothing_is_sure(sure):
    given_ = plots(np.array([1.0, 2.0]), np.array([5_000.0, 900.0]))
    kept = given_.take(np.arange(2))
    assert sure.corrected(0, given_) is not given_
    for column in fields(kept):
        now, before = (getattr(d, column.name) for d in (given_, kept))
        assert np.array_equal(now, before, equal_nan=True), column.name
    fresh = Registration([RADAR, STATION], PLANE)
    assert all(fresh.corrected(sensor, given_) is given_ for sensor in (0, 1, -1))


def test_a_place_that_the_radar_did_not_measure_stays(sure):
    lonlat = plots(np.array([1.0]), np.array([5_000.0]), range_m=[np.nan], azimuth_rad=[np.nan])
    got = sure.corrected(0, lonlat)
    assert (got.x_m[0], got.y_m[0]) == (lonlat.x_m[0], lonlat.y_m[0])


def test_a_clock_moves_time_and_nothing_else():
    told = Scene(clock_s=5.0, vessels=20, ahead_m=0.0, told=True, minutes=15.0)
    registration = learned(told)
    azimuth, away, clock = registration.correction(0)
    assert (azimuth, away) == (0.0, 0.0) and 4.0 < clock < 6.0
    given_ = plots(np.array([1.0]), np.array([5_000.0]))
    got = registration.corrected(0, given_)
    assert got.time_s[0] == pytest.approx(T0 - clock)
    assert (got.x_m[0], got.y_m[0]) == pytest.approx((given_.x_m[0], given_.y_m[0]))


def test_the_summary_is_plain_and_says_what_is_taken_off(sure):
    said = json.loads(json.dumps(sure.summary()))["nez"]
    assert said["azimuth_bias_deg"] == pytest.approx(0.5, abs=0.1)
    assert said["range_bias_m"] == pytest.approx(60.0, abs=12.0)
    assert said["applied"] and said["azimuth_bias_deg_applied"] and said["range_bias_m_applied"]
    assert not said["clock_offset_s_applied"]
    assert said["vessels"] >= 10 and said["pairs"] > 1_000
    fresh = Registration([STATION, RADAR], PLANE).summary()
    assert list(fresh) == ["nez"] and fresh["nez"]["azimuth_bias_deg"] is None
    assert fresh["nez"]["clock_offset_s_sigma"] is None and not fresh["nez"]["applied"]


def test_the_same_pairs_give_the_same_numbers_and_radars_do_not_mix():
    pair = Registration([RADAR, replace(RADAR, id="other"), STATION], PLANE)
    alone = learned(Scene(minutes=3.0))
    for scan in Scene(minutes=3.0).scans(0):
        pair.learn(0, *scan)
        pair.learn(2, *scan)
        pair.learn(-1, *scan)
    assert pair.summary()["nez"] == alone.summary()["nez"]
    assert pair.summary()["other"]["pairs"] == 0


HOSTILE = st.sampled_from([np.nan, np.inf, -np.inf, 1e300, -1e300, 1e9, 0.0, -1.0])
NAMES = ("x_m", "y_m", "range_m", "azimuth_rad", "time_s", "cov_m2", "sensor_lon", "sensor_lat")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([*NAMES, "x", "y", "vx", "vy", "t"]), HOSTILE), max_size=4)
)
def test_hostile_rows_do_not_poison_what_is_known(faults):
    registration = Registration([RADAR], PLANE)
    for n, (d, mmsi, reported, reported_s, centred) in enumerate(Scene(minutes=0.5).scans(1)):
        if n == 6:
            for name, value in faults:
                if name in NAMES:
                    getattr(d, name)[0] = value
                elif name == "t":
                    reported_s[0] = value
                else:
                    reported[0, ("x", "y", "vx", "vy").index(name)] = value
            mmsi[1] = -1
        registration.learn(0, d, mmsi, reported, reported_s, centred)
    x, cov = registration.estimate(0)
    assert np.isfinite(x).all() and np.isfinite(cov).all()
    assert (np.linalg.eigvalsh(cov / np.outer(*[np.sqrt(np.diag(cov))] * 2)) > 0).all()
    assert np.isfinite(registration.corrected(0, plots(np.ones(1), np.full(1, 900.0))).x_m).all()


def test_old_reports_sensor_tracks_and_plots_without_a_measured_place_say_nothing():
    lonlat = {"range_m": np.nan}, {"azimuth_rad": np.nan}
    for change in ({"reported_s": -16.0}, *lonlat, {"kind": Kind.SENSOR_TRACK}):
        registration = Registration([RADAR], PLANE)
        for d, mmsi, reported, reported_s, centred in Scene(minutes=1.0, anchored=0).scans(0):
            for name, value in change.items():
                if name == "reported_s":
                    reported_s = d.time_s + value
                else:
                    getattr(d, name)[:] = value
            registration.learn(0, d, mmsi, reported, reported_s, centred)
        assert registration.summary()["nez"]["pairs"] == 0


def test_no_rows_and_an_empty_site_are_fine():
    registration = Registration([], PLANE)
    none = Detections.empty()
    registration.learn(0, none, np.empty(0, np.int64), np.empty((0, 4)), np.empty(0))
    assert registration.corrected(0, none) is none and registration.summary() == {}


def test_one_pair_is_the_textbook_update():
    """Of biases and one vessel's offsets, by the dense Kalman filter of Bar-Shalom, Li and
    Kirubarajan 2001, 5.2.3, with the noise of one fix and one plot."""
    registration = Registration([RADAR], PLANE)
    registration._radars[0].books[kernel.DUE_S] = math.inf  # the prior is not to be judged yet
    away, v, e = 8_000.0, np.array([3.0, -6.0]), np.array([40.0, 55.0])
    turn = np.array([[math.sin(0.7), math.cos(0.7)], [math.cos(0.7), -math.sin(0.7)]])
    R = turn.T @ np.diag([900.0, 2_500.0]) @ turn
    d = plots(np.array([0.7 + e[1] / away]), np.array([away + e[0]]), cov_m2=R[None])
    reported = np.array([[*(np.array([X0, Y0]) + away * turn[0]), *v]])
    registration.learn(0, d, np.array([9]), reported, np.array([T0]))

    bow = v / np.linalg.norm(v)
    beam = np.array([bow[1], -bow[0]])
    biases = np.array([[0.0, 1.0], [away, 0.0]])
    H = np.column_stack([biases, -turn @ v, turn @ bow, turn @ bow, turn @ beam])
    prior = kernel.PRIOR_SIGMA[:4] ** 2
    P = np.diag([*prior, *(kernel.FRESH * kernel.USUAL_SIGMA_M[:2] ** 2)])
    noise = np.diag([900.0, 2_500.0]) + np.eye(2) * kernel.AIS_SIGMA_M**2
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + noise)
    x, cov = registration.estimate(0)
    assert x == pytest.approx((K @ e)[:3], rel=1e-6)
    assert np.allclose(cov, (P - K @ H @ P)[:3, :3], rtol=1e-9, atol=1e-12)


@given(st.floats(1.02, 1.5), st.booleans(), st.integers(0, 1_000))
def test_a_prior_exchanged_in_retrospect_is_as_if_it_had_been_so_from_the_start(by, wider, seed):
    rng = np.random.default_rng(seed)
    seen = [(rng.normal(0, 1, 6), rng.normal(0, 30.0), rng.uniform(100, 900)) for _ in range(8)]
    at = np.array([0, 1, 2, 3, 5, 6])
    own = 400.0
    new = own * by if wider else own / by

    def filtered(first: float) -> tuple[np.ndarray, np.ndarray]:
        x, P = np.zeros(kernel.SIZE), np.zeros((kernel.SIZE, kernel.SIZE))
        np.fill_diagonal(P[:7, :7], [1.0, 900.0, 4.0, 100.0, 100.0, first, 80.0])
        for h, z, r in seen:
            off, s = kernel._off(x, P, at, h, z, r)
            kernel._update(x, P, 7, at, h, off, s)
        return x, P

    x, P = filtered(own)
    hulls = np.zeros((kernel.VESSELS_MAX, kernel.COLUMNS))
    hulls[0, kernel.PRIOR] = own
    books = np.zeros(kernel.BOOKS)
    books[kernel.USED] = 1.0
    kernel._exchange(x, P, hulls, books, 0, 0, new)
    wanted_x, wanted = filtered(new)
    assert hulls[0, kernel.PRIOR] == new
    assert np.allclose(x, wanted_x, rtol=1e-6, atol=1e-8)
    assert np.allclose(P, wanted, rtol=1e-6, atol=1e-8)

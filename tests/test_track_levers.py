"""From the antenna to the hull: what a report's place is made of, and how unsure it is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections
from coastwatch.track.levers import LATENCY_S, to_centre

STILL = (0.0, 0.0)
NONE = (math.nan, math.nan)


def centre(velocity=NONE, **known):
    """Place and added covariance of one report of a vessel at (100, 200)."""
    row = {"x_m": [100.0], "y_m": [200.0]} | {k: [v] for k, v in known.items()}
    xy, cov = to_centre(Detections.of(**row), np.array([velocity], dtype=float))
    return xy[0], cov[0]


def sigmas(cov, direction_rad):
    """1-sigma along a direction, and across it."""
    u = np.array([math.sin(direction_rad), math.cos(direction_rad)])
    w = np.array([u[1], -u[0]])
    return math.sqrt(u @ cov @ u), math.sqrt(w @ cov @ w)


@pytest.mark.parametrize(
    ("heading_deg", "expected"),
    [(0, (110.0, 260.0)), (90, (160.0, 190.0)), (180, (90.0, 140.0)), (270, (40.0, 210.0))],
)
def test_the_centre_lies_ahead_and_to_starboard_of_the_antenna(heading_deg, expected):
    xy, cov = centre(
        STILL, ahead_m=60.0, starboard_m=10.0, extent_m=180.0, heading_rad=math.radians(heading_deg)
    )
    assert xy == pytest.approx(expected)
    along, across = sigmas(cov, math.radians(heading_deg))
    assert along < 1.0 and across == pytest.approx(60.0 * math.radians(2.0), rel=0.05)


def test_without_a_heading_the_course_of_who_moves_points_the_bow():
    xy, cov = centre((8.0, 0.0), ahead_m=60.0, starboard_m=0.0, extent_m=180.0, cog_rad=math.pi / 2)
    assert xy == pytest.approx((160.0, 200.0))
    assert sigmas(cov, math.pi / 2)[1] == pytest.approx(60.0 * math.radians(10.0), rel=0.01)


def test_a_moored_ship_without_a_compass_may_point_anywhere():
    xy, cov = centre((0.2, 0.1), ahead_m=60.0, starboard_m=0.0, extent_m=180.0)
    assert xy == pytest.approx((100.0, 200.0))
    assert np.sqrt(np.diag(cov)) == pytest.approx([60.0 / math.sqrt(2)] * 2, rel=0.01)


def test_a_heading_against_the_course_of_a_fast_ship_is_a_fault():
    how = {"ahead_m": 60.0, "starboard_m": 0.0, "extent_m": 180.0, "heading_rad": 0.0}
    assert centre((0.0, -8.0), cog_rad=math.pi, **how)[0] == pytest.approx((100.0, 140.0))
    assert centre((0.0, -1.0), cog_rad=math.pi, **how)[0] == pytest.approx((100.0, 260.0))


def test_an_antenna_somewhere_on_a_known_hull_spreads_along_it():
    xy, cov = centre(STILL, extent_m=200.0, heading_rad=math.pi / 2)
    assert xy == pytest.approx((100.0, 200.0))
    along, across = sigmas(cov, math.pi / 2)
    assert 40.0 < along < 80.0 and across < 15.0


def test_of_an_unknown_hull_the_class_tells_how_far_its_antenna_may_be():
    ship, boat = (math.sqrt(centre(nav_status=status)[1][0, 0]) for status in (0, -1))
    assert 25.0 < ship < 40.0 and 2.0 < boat < 8.0
    along, across = sigmas(centre(heading_rad=1.0)[1], 1.0)
    assert 35.0 < along < 60.0 and across < 10.0


def test_latency_spreads_a_fast_vessel_along_her_way():
    how = {"ahead_m": 0.0, "starboard_m": 0.0, "extent_m": 8.0, "cog_rad": 0.0}
    along, across = sigmas(centre((0.0, 20.0), **how)[1], 0.0)
    assert along == pytest.approx(20.0 * LATENCY_S, rel=0.01)
    assert across < 1.0


def test_true_headings_are_led_into_the_plane():
    plane = Plane((1.5, 51.0))
    lon, lat = 9.0, 60.0  # where north of the plane is six degrees off
    x, y = plane.to_xy(lon, lat)
    bow_lat = lat + 80.0 / 111_420.0
    velocity = np.column_stack(plane.velocity([lon], [lat], [5.0], [0.0]))
    d = Detections.of(x_m=[x], y_m=[y], cog_rad=[0.0], heading_rad=[0.0], ahead_m=[80.0],
                      starboard_m=[0.0], extent_m=[200.0])  # fmt: skip
    xy, _ = to_centre(d, velocity)
    assert np.hypot(*(xy[0] - plane.to_xy(lon, bow_lat))) < 1.0


def test_no_report_is_no_row():
    xy, cov = to_centre(Detections.empty(), np.empty((0, 2)))
    assert xy.shape == (0, 2) and cov.shape == (0, 2, 2)


unknown = st.just(math.nan)
metres = st.floats(-250, 250) | unknown
angles = st.floats(-10, 10) | unknown


@given(metres, metres, st.floats(0, 500) | unknown, angles, angles, metres, metres,
       st.integers(-1, 14))  # fmt: skip
def test_every_mixture_of_known_and_unknown_gives_a_place_and_a_covariance(
    ahead, right, length, heading, cog, vx, vy, status
):
    xy, cov = centre((vx, vy), ahead_m=ahead, starboard_m=right, extent_m=length, nav_status=status,
                     heading_rad=heading, cog_rad=cog)  # fmt: skip
    assert np.isfinite(xy).all() and np.hypot(*(xy - (100, 200))) <= 500.0
    assert cov[0, 1] == pytest.approx(cov[1, 0])
    assert np.linalg.eigvalsh(cov)[0] > 0.1


@pytest.mark.parametrize("absurd", [1e308, -1e308, math.inf, 600.0])
def test_a_lever_that_no_hull_has_is_none(absurd):
    told = {"heading_rad": 1.0, "sog_mps": 5.0, "cog_rad": 1.0}
    for known in ({"ahead_m": absurd}, {"starboard_m": absurd}, {"extent_m": abs(absurd) * 2}):
        without = centre(**told)
        with_it = centre(**told, **known)
        assert np.array_equal(with_it[0], without[0]) and np.array_equal(with_it[1], without[1])

"""The window of the picture, also across the antimeridian and with stray positions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.maps.frame import centre, frame_of, unwrap

LONS = st.lists(st.floats(-180, 180), min_size=1, max_size=20).map(np.array)


@given(LONS)
def test_unwrapped_longitudes_are_the_same_places_on_one_side_of_the_earth(lon):
    middle = centre(lon)
    flat = unwrap(lon, middle)
    assert -180 <= middle < 180
    assert (np.abs(flat - middle) <= 180 + 1e-9).all()
    assert np.cos(np.radians(flat - lon)) == pytest.approx(1.0)


def test_ships_on_both_sides_of_the_antimeridian_are_near_each_other():
    lon = np.array([179.5, -179.4])
    flat = unwrap(lon, centre(lon))
    assert np.ptp(flat) == pytest.approx(1.1)


def test_one_broken_position_does_not_widen_the_window():
    lon = np.append(np.linspace(1.2, 1.8, 50), 0.0)
    lat = np.append(np.linspace(50.8, 51.2, 50), -77.0)
    frame = frame_of(lon, lat)
    assert (frame.south, frame.north) == pytest.approx((50.8, 51.2), abs=0.01)


def test_ships_all_over_the_world_are_all_inside():
    lon, lat = np.meshgrid(np.linspace(-170, 170, 12), np.linspace(-60, 70, 9))
    frame = frame_of(lon.ravel(), lat.ravel())
    assert (frame.west, frame.east) == (-170, 170)
    padded = frame.padded()
    assert padded.east - padded.west <= 360
    assert padded.south >= -85
    assert padded.north <= 85


def test_a_single_ship_gets_room_around_it():
    frame = frame_of(np.array([1.5]), np.array([51.0]))
    assert frame.west < 1.5 < frame.east
    assert frame.south < 51 < frame.north


@given(LONS, st.lists(st.floats(-85, 85), min_size=20, max_size=20).map(np.array))
def test_any_places_give_a_frame_with_an_inside(lon, lat):
    frame = frame_of(unwrap(lon, centre(lon)), lat[: len(lon)])
    padded = frame.padded()
    assert padded.west < frame.west < frame.east < padded.east or padded.east - padded.west <= 360
    assert -85 <= padded.south < padded.north <= 85

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.geo.units import (
    KNOT_MPS,
    NM_M,
    format_course,
    format_distance,
    format_position,
    format_speed,
)


@pytest.mark.parametrize(
    ("lon", "lat", "text"),
    [
        (1.751667, 50.97, "50°58.2'N 001°45.1'E"),
        (-0.99999, -59.99999, "60°00.0'S 001°00.0'W"),  # minutes never show 60.0
        (-1e-9, 0.0, "00°00.0'N 000°00.0'E"),
        (179.99999, 90.0, "90°00.0'N 180°00.0'E"),
        (math.nan, 50.0, "position unknown"),
    ],
)
def test_a_position_is_written_in_degrees_and_minutes(lon, lat, text):
    assert format_position(lon, lat) == text


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_written_position_reads_back_within_its_rounding(lon, lat):
    texts = format_position(lon, lat).split(" ")
    for text, value in zip(texts, (lat, lon), strict=True):
        degrees, minutes = text[:-2].split("°")
        sign = -1 if text[-1] in "SW" else 1
        read = sign * (int(degrees) + float(minutes) / 60)
        assert abs(read - value) <= 0.0501 / 60
        assert float(minutes) < 60


def test_speed_distance_and_course_carry_their_units_and_survive_nan():
    assert format_speed(10 * KNOT_MPS) == "10.0 kn"
    assert format_distance(2.4 * NM_M) == "2.4 NM"
    assert format_distance(150.0) == "150 m"
    assert format_course(math.radians(359.7)) == "000°"
    unknown = format_speed(math.nan), format_distance(math.inf), format_course(math.nan)
    assert all("unknown" in text for text in unknown)

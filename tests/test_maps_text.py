"""Texts and numbers of unknown origin, as the page may show them."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.maps.page import page
from coastwatch.maps.text import evidence_row, evidence_rows, number, words


@pytest.mark.parametrize(
    ("key", "value", "row"),
    [
        ("sog_mps", 2.5722, ["sog", "5.0 kn"]),
        ("distance_m", 420.0, ["distance", "420 m"]),
        ("distance_m", 3704.0, ["distance", "2.0 NM"]),
        ("time_to_zone_s", 540, ["time to zone", "9 min"]),
        ("first_seen_s", 1_778_558_400.0, ["first seen", "2026-05-12 04:00:00 UTC"]),
        ("cog_rad", math.pi / 2, ["cog", "90°"]),
        ("p_small", 0.94, ["p small", "0.94"]),
        ("moored", False, ["moored", "no"]),
        ("sog_mps", None, ["sog", "unknown"]),
        ("sensors", ["gris-nez", "dover"], ["sensors", '["gris-nez", "dover"]']),
        ("speed_mps", math.nan, ["speed mps", "nan"]),
    ],
)
def test_evidence_reads_in_the_units_of_a_watch(key, value, row):
    assert evidence_row(key, value) == row


def test_evidence_of_any_shape_is_bounded():
    assert evidence_rows(None) == []
    assert evidence_rows("just words") == [["evidence", "just words"]]
    assert len(evidence_rows({f"k{i}": i for i in range(1000)})) == 61


@given(st.one_of(st.text(), st.binary(), st.floats(), st.none()), st.integers(1, 50))
def test_words_are_one_bounded_line_without_control_characters(value, most):
    text = words(value, most)
    assert len(text) <= most
    assert text.isprintable()


@given(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans()))
def test_numbers_are_finite_or_none(value):
    got = number(value, 3)
    assert got is None or math.isfinite(got)


@given(st.text())
def test_no_text_can_end_the_island_or_start_markup(text):
    html = page({"name": text})
    island = html.split('<script type="application/json" id="island">')[1].split("</script>")[0]
    assert json.loads(island) == {"name": text}
    assert not set("<>&") & set(island)


def test_evidence_that_is_a_table_is_a_row_for_each_of_its_values():
    evidence = {
        "speed_mps": 2.5,
        "parts": {
            "speed_kn": {"value": 4.9, "log_odds": 2.17},
            "watched_min": {"value": 32.3, "log_odds": -0.1},
            "began_shore_nm": {"value": None, "log_odds": -0.01},
        },
        "thresholds": {"probability_min": 0.9, "sustained_s": 30.0},
    }
    assert evidence_rows(evidence) == [
        ["speed", "4.9 kn"],
        ["parts: speed", "4.9 kn (+2.2 log odds)"],
        ["parts: watched", "32 min (-0.1 log odds)"],
        ["parts: began shore", "unknown (+0.0 log odds)"],
        ["thresholds: probability min", "0.9"],
        ["thresholds: sustained", "30 s"],
    ]


def test_a_time_to_the_closest_point_is_told_in_minutes():
    assert evidence_row("tcpa_min", 9.2) == ["tcpa", "9 min"]
    assert evidence_row("speed_min", 9.2) == ["speed min", "9.2"]

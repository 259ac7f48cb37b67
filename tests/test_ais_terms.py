"""Ship types, navigational status and inland vessel types in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.decode.ais.terms import inland_type_words, nav_status_words, ship_type_words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "not available"),
        (20, "wing in ground"),
        (21, "wing in ground, hazard category X"),
        (30, "fishing"),
        (36, "sailing"),
        (42, "high speed craft, hazard category Y"),
        (49, "high speed craft, no additional information"),
        (51, "search and rescue vessel"),
        (56, "local vessel (56)"),
        (60, "passenger ship"),
        (73, "cargo ship, hazard category Z"),
        (84, "tanker, hazard category OS"),
        (99, "other type of ship, no additional information"),
    ],
)
def test_assigned_ship_types_have_their_words(code, words):
    assert ship_type_words(code) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "reserved (1)"),
        (19, "reserved (19)"),
        (25, "wing in ground, reserved (25)"),
        (38, "reserved (38)"),
        (78, "cargo ship, reserved (78)"),
        (100, "regional use (100)"),
        (199, "regional use (199)"),
        (200, "reserved (200)"),
        (255, "reserved (255)"),
        (256, "unknown (256)"),
        (-1, "unknown (-1)"),
    ],
)
def test_unassigned_ship_types_keep_their_number(code, words):
    assert ship_type_words(code) == words


def test_no_two_ship_types_share_their_words():
    assert len({ship_type_words(code) for code in range(256)}) == 256


@given(st.integers())
def test_any_number_has_words(code):
    assert ship_type_words(code)
    assert nav_status_words(code)


def test_navigational_status_in_words():
    assert nav_status_words(0) == "under way using engine"
    assert nav_status_words(5) == "moored"
    assert nav_status_words(14) == "AIS-SART, MOB or EPIRB active"
    assert nav_status_words(15) == "undefined"
    assert nav_status_words(16) == "unknown (16)"
    assert len({nav_status_words(code) for code in range(16)}) == 16


def test_inland_vessel_types_in_words():
    assert inland_type_words(8010) == "motor freighter"
    assert inland_type_words(8210) == "pushtow, cargo barges: one"
    assert inland_type_words(8290) == "pushtow, cargo barges: nine or more"
    assert inland_type_words(8340) == "pushtow, barges: four, at least one with tanks or gas"
    assert inland_type_words(8440) == "passenger ship"
    assert inland_type_words(70) is None

"""Positions and words as callers say them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import NM_M, format_position
from coastwatch.incident.call import Call, caller_hash, shown
from coastwatch.incident.place import NAMED, read_position
from coastwatch.incident.words import ATTRIBUTES, engine_of, log_evidence, predicted, read
from coastwatch.model import ConfigError


@pytest.mark.parametrize(
    "text",
    [
        "1.508333,50.886667",
        "50 53.2N 1 30.5E",
        "50°53.2'N 001°30.5'E",
        "50 53 12 N, 1 30 30 E",
        "N50 53.2 E1 30.5",
        "50 53,2N 1 30,5E",
    ],
)
def test_one_place_said_in_many_ways(text):
    lon, lat, sigma = read_position(text)
    assert (lon, lat) == pytest.approx((1.508333, 50.886667), abs=1e-5)
    assert sigma == pytest.approx(0.1 * NM_M)


def test_west_is_negative_in_english_and_in_french():
    assert read_position("50 30N 1 30W").lon == read_position("50 30N 1 30O").lon == -1.5
    assert read_position("50 30S 1 30W").lat == -50.5


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_we_write_ourselves_is_read_back_to_a_tenth_of_a_minute(lon, lat):
    read_back = read_position(format_position(lon, lat))
    assert read_back.lon == pytest.approx(lon, abs=0.051 / 60)
    assert read_back.lat == pytest.approx(lat, abs=0.051 / 60)


def test_a_bearing_and_distance_from_a_named_place_is_as_far_out_as_laymen_are():
    lon, lat, sigma = read_position("310 4NM from cap gris-nez")
    off, azimuth, _ = geodesic(*NAMED["Cap Gris-Nez"], lon, lat)
    assert off == pytest.approx(4 * NM_M)
    assert math.degrees(azimuth) % 360 == pytest.approx(310)
    assert 0.5 * NM_M < sigma < NM_M
    assert read_position("off Calais").sigma_m == 2 * NM_M
    assert read_position("90 1 km from dover-radar", {"dover-radar": (1.3, 51.1)}).lat < 51.101


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("somewhere", "LON,LAT"),
        ("50.88,150.5", "longitude first"),
        ("50 63.2N 1 30.5E", "below 60"),
        ("310 4NM from Cap Grisnez", "did you mean 'cap gris-nez'"),
        ("400 4NM from Calais", "0 to 360"),
        ("", "LON,LAT"),
    ],
)
def test_a_position_that_is_none_names_the_mend(text, mend):
    with pytest.raises(ConfigError, match="--position") as error:
        read_position(text)
    assert mend in str(error.value)


def test_words_are_read_from_what_was_said():
    said = "We are in a BLACK rubber dinghy, 40 people, women and babies! Engine is dead"
    assert read(said) == {"kind": "inflatable", "colour": "black", "women": "yes",
                          "children": "yes"}  # fmt: skip
    assert engine_of(said) == engine_of("the motor has stopped") == "stopped"
    assert engine_of("the engine is running") == ""
    assert read("bateau pneumatique gris, pas de moteur, enfants") == {
        "kind": "inflatable", "colour": "grey", "children": "yes",
    }  # fmt: skip


def test_denials_contradictions_and_other_things_colours_are_not_taken_for_the_boat():
    assert read("no children, no women") == {"children": "no", "women": "no"}
    assert read("a grey boat, no, black") == {}
    assert read("red light, orange lifejackets") == {}
    assert read("") == {}


@pytest.mark.parametrize("name", list(ATTRIBUTES))
def test_what_may_be_told_of_a_craft_sums_to_one_whatever_was_told_before(name):
    attribute = ATTRIBUTES[name]
    first = next(iter(attribute.share))
    assert sum(attribute.share.values()) == pytest.approx(1)
    assert sum(predicted(attribute, []).values()) == pytest.approx(1)
    again = predicted(attribute, [first, first])
    assert sum(again.values()) == pytest.approx(1)
    assert again[first] > attribute.share[first]


def test_a_rare_word_told_twice_says_more_than_a_common_one():
    colour = ATTRIBUTES["colour"]

    def ratio(value):
        return log_evidence(colour, [value] * 2) - 2 * log_evidence(colour, [value])

    assert ratio("orange") > ratio("black") > 0
    assert log_evidence(colour, ["orange", "black"]) < sum(
        log_evidence(colour, [value]) for value in ("orange", "black")
    )


def test_a_phone_is_known_again_however_it_is_written_and_is_not_kept():
    kept = {caller_hash(p, "salt") for p in ("+33 6 12 34 56 78", "0612345678", "0033612345678")}
    assert len(kept) == 1
    (one,) = kept
    assert len(one) == 6 and "345678" not in one
    assert caller_hash("0612345678", "another night") != one
    assert caller_hash("MAYFLOWER", "s") == caller_hash(" mayflower ", "s")
    assert caller_hash("MAYFLOWER", "s") != caller_hash("SPEEDWELL", "s")


@given(st.text(max_size=400))
def test_whatever_a_caller_says_is_shown_as_one_line_that_changes_no_terminal(text):
    line = shown(text)
    assert len(line) <= 300
    assert line.isprintable()


@given(st.text(max_size=50), st.none() | st.floats(0, 1e6))
def test_a_call_comes_back_from_its_row_as_it_was(text, sigma):
    call = Call(
        5.0, text=text, words={"colour": "grey"}, sigma_m=math.nan if sigma is None else sigma
    )
    again = Call.of_row(call.row())
    assert again.digest() == call.digest()
    assert again.text == text
    assert math.isnan(again.lon)

"""identity-change: names and numbers that are new twice, an MMSI that goes on as another one."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import Tracks, Vessel
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.identity_change import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, SITE, T0, picture, reports

SHIP, OTHER = 227_000_001, 235_000_002


def told(*vessels, every=360, mmsi=SHIP):
    """What the rule says of statics, one every six minutes."""

    def heard(time_s):
        return Heard(vessels=[Vessel(mmsi, time_s, **vessels[round(time_s - T0) // every])])

    pictures = [Tracks.empty(T0 + every * k, 0) for k in range(len(vessels))]
    return says_of(Watch(SITE, [], PLANE), RULE.name, pictures, heard)


NORDIC, ATLAS = {"name": "NORDIC STAR"}, {"name": "ATLAS"}


def test_another_name_is_said_when_it_is_heard_for_the_second_time_and_only_then():
    (say,) = told(NORDIC, NORDIC, ATLAS, ATLAS, ATLAS, ATLAS)
    assert (say.time_s, say.priority, say.mmsi) == (T0 + 3 * 360, "caution", SHIP)
    assert "changed its name from NORDICSTAR to ATLAS" in say.text
    assert say.evidence["name_after"] == "ATLAS"
    json.dumps(dict(say.evidence), allow_nan=False)


@pytest.mark.parametrize(
    "after",
    [{"name": "Nordic  Star"}, {"name": "NORDIC-STAR@"}, {"name": "NORDIC STAP"}, {"name": None},
     {"name": "  "}],
)  # fmt: skip
def test_other_cases_spaces_slips_and_silence_are_no_change(after):
    assert told(NORDIC, after, after, after) == []


def test_a_name_that_is_heard_once_is_a_garbled_one():
    assert told(NORDIC, ATLAS, NORDIC, ATLAS, NORDIC) == []


def test_call_sign_and_imo_number_count_too_and_a_false_imo_number_does_not():
    first = {"callsign": "FABC", "imo": 9_074_729}
    (say,) = told(first, *[{"callsign": "MXYZ", "imo": 9_241_061}] * 2)
    assert "call sign from FABC to MXYZ" in say.text
    assert "IMO number from 9074729 to 9241061" in say.text
    assert told(first, *[{"imo": 9_074_728}] * 3) == []


def test_what_was_not_told_before_is_no_change():
    assert told({"callsign": "FABC"}, NORDIC, NORDIC, NORDIC) == []


def test_aids_and_base_stations_may_be_renamed():
    assert told(NORDIC, ATLAS, ATLAS, mmsi=992_351_000) == []


def test_it_is_over_after_an_hour_without_another_change():
    said = told(NORDIC, *[ATLAS] * 15)
    assert [s.over for s in said] == [False, True]
    assert said[1].time_s == T0 + 2 * 360 + 3600


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["ALPHA", "BRAVO", "CHARLIE"]), min_size=1, max_size=9))
def test_it_is_said_exactly_when_two_in_a_row_are_new(names):
    accepted, once, changes = names[0], None, 0
    for name in names[1:]:
        if name == accepted:
            once = None
        elif name == once:
            accepted, once, changes = name, None, changes + 1
        else:
            once = name
    assert len(told(*({"name": n} for n in names), every=60)) == changes


def passing(seconds, new_at=120, off=(20.0, 0.0), velocity=(6.0, 0.0), old_again=None, last=90,
            step=10):  # fmt: skip
    """A ship that falls silent just before another MMSI speaks up at its place."""
    rows, pictures, told_at = {1: SHIP, 2: OTHER}, [], {}
    for s in range(0, seconds, step):
        ids = [1] if s < new_at else [1, 2]
        craft = [(6.0 * s, 0.0, 6.0, 0.0), (6.0 * s + off[0], off[1], *velocity)][: len(ids)]
        tracks = picture(T0 + s, *craft)
        tracks.mmsi = np.array([rows[i] for i in ids])
        tracks.born_s = np.array([T0, T0 + new_at])[: len(ids)]
        pictures.append(tracks)
        speaks = [0] if s <= last or s == old_again else []
        speaks += [1] if s >= new_at else []
        told_at[T0 + s] = [
            {"mmsi": rows[k + 1], "x_m": craft[k][0], "y_m": craft[k][1]} for k in speaks
        ]
    watch = Watch(SITE, [], PLANE)
    return says_of(watch, RULE.name, pictures, lambda t: Heard(reports(t, *told_at[t])))


def test_one_mmsi_that_goes_on_as_another_is_said_when_it_kept_to_it():
    (say,) = passing(900)
    assert say.time_s == T0 + 120 + 240
    assert say.mmsi == OTHER
    assert str(SHIP) in say.text
    assert say.evidence["mmsi_before"] == SHIP


@pytest.mark.parametrize(
    "near_miss",
    [{"old_again": 200}, {"off": (900.0, 0.0)}, {"velocity": (-6.0, 0.0)},
     {"new_at": 400, "last": 90}],
    ids=lambda case: " ".join(case),
)  # fmt: skip
def test_two_vessels_are_not_one(near_miss):
    assert passing(1200, **near_miss) == []

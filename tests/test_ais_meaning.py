"""One decoded message explained: what its codes say, and nothing where they say nothing."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais import decode, encode_dict

from coastwatch.decode.ais.binary import LAYOUTS
from coastwatch.decode.ais.meaning import explain
from coastwatch.decode.ais.mmsi import MmsiClass


def explained(sentence):
    fields = sentence.split(",")
    record = decode(sentence).asdict(enum_as_int=True)
    return explain(record, fields[5].encode(), int(fields[6][0]))


def sent(**fields):
    return explained(encode_dict(fields, talker_id="AI")[0])


def test_a_ship_under_way():
    assert sent(type=1, mmsi=265_000_001, status=0, lon=11.8, lat=57.6) == {
        "mmsi_class": "ship",
        "flag": "SE",
        "flag_name": "Sweden",
        "nav_status": "under way using engine",
    }


def test_what_is_undefined_or_not_available_has_no_key():
    assert sent(type=1, mmsi=265_000_001, status=15, lon=11.8, lat=57.6) == {
        "mmsi_class": "ship",
        "flag": "SE",
        "flag_name": "Sweden",
    }
    assert "ship_type" not in sent(type=24, partno=1, mmsi=265_000_001, ship_type=0)


@pytest.mark.parametrize(
    ("ship_type", "words"), [(52, "tug"), (38, "reserved (38)"), (200, "reserved (200)")]
)
def test_a_ship_type_in_words_an_unassigned_one_with_its_number(ship_type, words):
    record = {"msg_type": 5, "mmsi": 265_000_001, "ship_type": ship_type}
    assert explain(record, b"", 0)["ship_type"] == words


@pytest.mark.parametrize(
    ("mmsi", "kind"),
    [(970_010_001, "ais_sart"), (972_010_001, "mob_device"), (974_010_001, "epirb_ais")],
)
def test_a_locating_device_in_distress_and_in_test(mmsi, kind):
    distress = sent(type=1, mmsi=mmsi, status=14, lon=11.8, lat=57.6)
    assert distress == {
        "mmsi_class": kind,
        "nav_status": "AIS-SART, MOB or EPIRB active",
        "test": False,
    }
    assert sent(type=1, mmsi=mmsi, status=15) == {"mmsi_class": kind, "test": True}
    assert sent(type=14, mmsi=mmsi, text="SART TEST") == {"mmsi_class": kind, "test": True}
    assert sent(type=14, mmsi=mmsi, text="MOB ACTIVE") == {"mmsi_class": kind, "test": False}


def test_an_aid_and_an_aircraft_tell_their_use():
    aid = sent(type=21, mmsi=992_356_001, name="VIRTUAL", lon=-5.1, lat=55.0)
    assert (aid["mmsi_class"], aid["mmsi_use"]) == ("aid_to_navigation", "virtual")
    assert aid["flag_name"] == "United Kingdom"
    aircraft = sent(type=9, mmsi=111_265_501, lon=11.8, lat=57.6)
    assert (aircraft["mmsi_class"], aircraft["mmsi_use"]) == ("sar_aircraft", "helicopter")


def test_an_mmsi_of_0_is_kept_and_called_impossible():
    assert sent(type=1, mmsi=0, status=5) == {"mmsi_class": "impossible", "nav_status": "moored"}


def test_the_content_of_a_binary_message():
    said = explained("!AIVDM,1,1,,A,839df?Pj2d=><<>=t29Po?b`4HP0,0*24")
    assert said["flag"] == "DE"
    assert said["application"]["load"] == "loaded"
    assert said["application"]["eni"] == "04800870"
    assert json.loads(json.dumps(said)) == said


def test_a_binary_message_of_another_kind_has_no_application():
    assert "application" not in sent(type=8, mmsi=265_000_001, dac=366, fid=56, data=b"\x01")


def test_it_does_not_change_between_calls_nor_share_its_answer():
    record = {"msg_type": 1, "mmsi": 265_000_001, "status": 5}
    first = explain(record, b"", 0)
    again = dict(first)
    first["flag"] = "XX"
    assert explain(record, b"", 0) == again


def test_the_docs_tell_every_class_and_what_their_example_gives():
    page = (Path(__file__).parents[1] / "docs" / "ais-meaning.md").read_text(encoding="utf-8")
    assert {kind.name.lower() for kind in MmsiClass} <= set(re.findall(r"^\| `(\w+)`", page, re.M))
    assert all(f"| {dac}/{fi} |" in page for dac, fi in LAYOUTS)
    code = page.partition("```python\n")[2].partition("```")[0]
    scope = {}
    exec(code, scope)
    assert scope["said"] == json.loads(page.partition("```json\n")[2].partition("```")[0])


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


@given(
    st.fixed_dictionaries(
        {"msg_type": st.integers(0, 28) | JUNK},
        optional=dict.fromkeys(("mmsi", "status", "ship_type", "text"), JUNK),
    ),
    st.binary(max_size=80),
    st.integers(-3, 9),
)
@settings(max_examples=200, deadline=None)
def test_hostile_records_are_explained_without_a_fault(record, payload, fill_bits):
    json.dumps(explain(record, payload, fill_bits), allow_nan=False)

"""MMSI classes of ITU-R M.585, flags by MID, and the test mode of locating devices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.constants import COUNTRY_MAPPING

from coastwatch.decode.ais import mmsi
from coastwatch.decode.ais.mmsi import MmsiClass, flag_state, mmsi_class, special_use, under_test

CLASSES = {
    MmsiClass.SHIP: [265_000_001, 201_000_000, 775_999_999],
    MmsiClass.GROUP_OF_SHIPS: [26_512_345, 36_699_999],
    MmsiClass.COAST_STATION: [2_655_619, 3_669_702, 2_320_061],
    MmsiClass.GROUP_OF_COAST_STATIONS: [2_650_000, 9_990_000],
    MmsiClass.SAR_AIRCRAFT: [111_265_501, 111_232_000],
    MmsiClass.HANDHELD_VHF: [826_512_345],
    MmsiClass.AID_TO_NAVIGATION: [992_351_039, 992_656_001],
    MmsiClass.CRAFT_OF_PARENT_SHIP: [982_651_234],
    MmsiClass.AIS_SART: [970_010_001],
    MmsiClass.MOB_DEVICE: [972_010_001],
    MmsiClass.EPIRB_AIS: [974_010_001],
    MmsiClass.AMRD_GROUP_B: [979_111_111],
    MmsiClass.UNASSIGNED: [123_456_789, 112_232_000, 950_000_000, 971_010_001, 973_010_001],
    MmsiClass.IMPOSSIBLE: [
        0, -1, 1, 972, 1_000_000_000, 2**30 - 1, 200_000_001, 799_999_999, 12_345_678,
        9_990_001, 111_999_001, 899_912_345, 989_991_234, 999_991_234,
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", CLASSES)
def test_each_format_gives_its_class(kind):
    assert [mmsi_class(number) for number in CLASSES[kind]] == [kind] * len(CLASSES[kind])


def test_an_array_gives_the_classes_of_its_numbers_in_its_shape():
    rows = [(number, kind) for kind, numbers in CLASSES.items() for number in numbers]
    numbers = np.array([number for number, _ in rows])
    found = mmsi_class(numbers)
    assert found.dtype == np.int8
    assert found.tolist() == [int(kind) for _, kind in rows]
    assert mmsi_class(numbers[:4].reshape(2, 2)).shape == (2, 2)
    assert mmsi_class(numbers[:0]).shape == (0,)


@given(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 999_999_999))
@settings(max_examples=200, deadline=None)
def test_scalar_and_array_agree_and_a_mid_goes_with_a_flag(number):
    kind, digits = mmsi_class(number), mmsi.mid(number)
    assert mmsi_class(np.array([number]))[0] == kind
    assert mmsi.mid(np.array([number]))[0] == digits
    assert (digits == 0) == (flag_state(number) is None)
    if digits:
        assert str(digits) in str(number)
        assert kind not in (MmsiClass.IMPOSSIBLE, MmsiClass.UNASSIGNED, *mmsi.LOCATING)


def test_a_number_beyond_64_bits_is_impossible():
    assert mmsi_class(2**70) == mmsi_class(-(2**70)) == MmsiClass.IMPOSSIBLE
    assert mmsi.mid(2**70) == 0


@pytest.mark.parametrize(
    ("number", "flag"),
    [
        (265_000_001, ("SE", "Sweden")),
        (2_655_619, ("SE", "Sweden")),
        (36_699_999, ("US", "United States")),
        (111_232_501, ("GB", "United Kingdom")),
        (992_351_039, ("GB", "United Kingdom")),
        (982_651_234, ("SE", "Sweden")),
        (826_512_345, ("SE", "Sweden")),
        (204_000_001, ("PT", "Portugal")),
        (970_265_001, None),
        (0, None),
        (200_000_001, None),
        (1_265_000_001, None),
    ],
)
def test_the_flag_is_of_the_mid_wherever_the_format_puts_it(number, flag):
    assert flag_state(number) == flag


def test_the_mid_table_mends_the_reference_where_it_errs():
    ours, theirs = mmsi.FLAGS, COUNTRY_MAPPING
    assert set(theirs) <= set(ours)
    differing = {n: ours[n][0] for n in ours if n not in theirs or ours[n][0] != theirs[n][0]}
    assert differing == {
        550: "TL",  # Timor-Leste and South Sudan are missing there
        638: "SS",
        608: "SH",  # Ascension is no part of the British Indian Ocean Territory
        618: "TF",  # Crozet and Kerguelen lie north of Antarctica
        635: "TF",
        740: "FK",  # "UK" is no code of ISO 3166
    }
    assert all(len(code) == 2 and code.isupper() and name for code, name in ours.values())


def test_the_digit_behind_the_mid_tells_the_use():
    uses = {
        2_651_001: "coast radio station",
        2_652_001: "harbour radio station",
        2_653_001: "pilot station",
        2_654_001: "AIS repeater station",
        2_655_619: "AIS base station",
        2_320_061: None,
        111_265_101: "fixed-wing aircraft",
        111_265_501: "helicopter",
        111_265_000: "group of aircraft",
        992_651_001: "physical",
        992_656_001: "virtual",
        992_658_001: "mobile",
        992_650_001: None,
        265_101_501: None,
        0: None,
    }
    assert {number: special_use(number) for number in uses} == uses


@pytest.mark.parametrize("number", [970_010_001, 972_010_001, 974_010_001])
def test_a_locating_device_in_test_is_told_from_one_in_distress(number):
    assert under_test(number, 14) is False
    assert under_test(number, 15) is True
    assert under_test(number, None, "SART TEST") is True
    assert under_test(number, None, "mob active") is False
    assert under_test(number, None, "EPIRB TEST ") is True
    assert under_test(number, 0) is None
    assert under_test(number, None, "") is None
    assert under_test(number, None, "CONTESTED") is None


def test_doubt_between_test_and_distress_is_distress():
    assert under_test(970_010_001, 15, "SART ACTIVE") is False
    assert under_test(970_010_001, 14, "SART TEST") is False


@pytest.mark.parametrize("number", [265_000_001, 2_655_619, 979_111_111, 971_010_001, 0])
def test_no_other_station_is_in_test(number):
    assert under_test(number, 15) is None
    assert under_test(number, 14, "SART TEST") is None

"""Kinds of MMSI, and what is known of the vessel of a row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.decode.ais.mmsi import MmsiClass, mmsi_class
from coastwatch.watch.vessels import is_aid, is_aircraft, is_base, is_beacon, is_vessel

KINDS = (is_vessel, is_aid, is_base, is_beacon, is_aircraft)


@pytest.mark.parametrize(
    ("mmsi", "kind"),
    [
        (227_000_001, is_vessel),
        (982_270_001, is_vessel),
        (812_345_678, is_vessel),
        (992_351_234, is_aid),
        (2_320_001, is_base),
        (970_123_456, is_beacon),
        (972_123_456, is_beacon),
        (974_123_456, is_beacon),
        (111_232_001, is_aircraft),
        (-1, None),
        (0, None),
    ],
)
def test_each_number_is_of_one_kind_at_most(mmsi, kind):
    assert [bool(k(mmsi)) for k in KINDS] == [k is kind for k in KINDS]


@given(st.lists(st.integers(-1, 999_999_999), min_size=1))
def test_the_kinds_agree_with_those_of_the_decoder(numbers):
    mmsi = np.array(numbers)
    kinds = mmsi_class(mmsi)
    ships = np.isin(kinds, (MmsiClass.SHIP, MmsiClass.CRAFT_OF_PARENT_SHIP, MmsiClass.HANDHELD_VHF))
    assert is_vessel(mmsi)[ships].all()
    assert is_aid(mmsi)[kinds == MmsiClass.AID_TO_NAVIGATION].all()
    devices = (MmsiClass.AIS_SART, MmsiClass.MOB_DEVICE, MmsiClass.EPIRB_AIS)
    assert is_beacon(mmsi)[np.isin(kinds, devices)].all()
    assert is_aircraft(mmsi)[kinds == MmsiClass.SAR_AIRCRAFT].all()
    assert (sum(k(mmsi).astype(int) for k in KINDS) <= 1).all()

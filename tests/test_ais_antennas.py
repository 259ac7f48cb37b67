"""Where on her hull a vessel's antenna stands, and how long she is, beside each of her reports."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode import nmea
from coastwatch.decode.ais import antennas
from coastwatch.model import Datagram, Kind
from tests.ais_columns import LANES
from tests.ais_columns import decoder as reader
from tests.nmea import POSITION, T0, VOYAGE, ais, decoder, detections, tagged, text

SHIP = VOYAGE["mmsi"]
CLASS_B = {"type": 18, "mmsi": 235001234, "lon": 1.5, "lat": 51.0, "speed": 5, "course": 90.0}
PART_B = {"type": 24, "mmsi": 235001234, "partno": 1, "callsign": "MABC", "ship_type": 37,
          "to_bow": 6, "to_stern": 5, "to_port": 2, "to_starboard": 1}  # fmt: skip
EXTENDED = {"type": 19, "mmsi": 235001234, "lon": 1.5, "lat": 51.0, "speed": 5, "course": 90.0,
            "shipname": "GULL", "to_bow": 2, "to_stern": 7, "to_port": 1,
            "to_starboard": 2}  # fmt: skip


def size(bow, stern, port, starboard):
    return {"to_bow": bow, "to_stern": stern, "to_port": port, "to_starboard": starboard}


def report(n=0, **changes):
    """A position report; each n is another transmission."""
    return ais(POSITION, lat=51.0 + n / 1000, **changes)


def told(d):
    """Ahead, starboard and length of each report."""
    return np.column_stack([d.ahead_m, d.starboard_m, d.extent_m])


def heard(*lines):
    return told(detections(decoder(), text(*lines), received_s=T0))


def test_before_her_dimensions_are_heard_nothing_is_known():
    found = heard(*report(), *ais(VOYAGE, seq_id=1), *report(1))
    np.testing.assert_array_equal(found, [[np.nan] * 3, [40.0, 2.0, 120.0]])


def test_the_centre_lies_ahead_of_an_antenna_aft():
    ahead, starboard, length = heard(*ais(VOYAGE, seq_id=1, **size(150, 30, 20, 8)), *report())[0]
    assert (ahead, starboard, length) == (60.0, -6.0, 180.0)


def test_part_b_of_class_b_tells_and_part_a_does_not():
    part_a = ais({"type": 24, "mmsi": 235001234, "partno": 0, "shipname": "GULL"})
    assert np.isnan(heard(*part_a, *ais(CLASS_B))).all()
    found = heard(*part_a, *ais(PART_B), *part_a, *ais(CLASS_B))
    np.testing.assert_array_equal(found, [[0.5, -0.5, 11.0]])


def test_an_extended_report_carries_its_own():
    np.testing.assert_array_equal(heard(*ais(EXTENDED)), [[-2.5, 0.5, 9.0]])
    later = heard(*ais(PART_B), *ais(EXTENDED), *ais(CLASS_B))
    np.testing.assert_array_equal(later, [[-2.5, 0.5, 9.0]] * 2)


def test_a_dinghy_names_its_mother_ship_where_others_tell_their_size():
    craft = {"mmsi": 982350012}
    b = ais({"type": 24, "partno": 1, "mothership_mmsi": 235001234, "ship_type": 36} | craft)
    assert np.isnan(heard(*b, *ais(CLASS_B | craft))).all()


@pytest.mark.parametrize(
    ("dimensions", "expected"),
    [
        (size(0, 0, 0, 0), [np.nan, np.nan, np.nan]),
        (size(0, 120, 0, 20), [np.nan, np.nan, 120.0]),
        (size(0, 120, 8, 12), [np.nan, 2.0, 120.0]),
        (size(100, 20, 0, 20), [40.0, np.nan, 120.0]),
        (size(120, 0, 20, 0), [60.0, -10.0, 120.0]),
        (size(511, 511, 63, 63), [np.nan, np.nan, np.nan]),
    ],
)
def test_a_reference_point_of_zero_is_unknown_on_a_hull_of_known_length(dimensions, expected):
    found = heard(*ais(VOYAGE, seq_id=1, **dimensions), *report())
    np.testing.assert_array_equal(found, [expected])


def test_not_available_takes_nothing_back_and_a_newer_word_stands():
    lines = [*ais(VOYAGE, seq_id=1), *ais(VOYAGE, seq_id=2, **size(0, 0, 0, 0)), *report()]
    lines += [*ais(VOYAGE, seq_id=3, **size(20, 100, 8, 12)), *report(1)]
    np.testing.assert_array_equal(heard(*lines)[:, 0], [40.0, -40.0])


def test_several_stations_of_a_feed_tell_each_other():
    voyage = [tagged(line, s="dover", c=T0) for line in ais(VOYAGE, seq_id=1)]
    found = heard(*voyage, tagged(report()[0], s="calais", c=T0 + 5))
    np.testing.assert_array_equal(found, [[40.0, 2.0, 120.0]])


def test_what_is_no_identity_lends_its_hull_to_nobody():
    found = heard(*ais(VOYAGE, seq_id=1, mmsi=0), *report(mmsi=0), *report(1))
    assert np.isnan(found).all()


def test_a_buoys_size_is_no_hulls():
    buoy = {"type": 21, "mmsi": SHIP, "lon": 1.5, "lat": 51.0, "name": "CS 4"}
    assert np.isnan(heard(*ais(buoy | size(3, 3, 2, 2)), *report())).all()


def test_the_memory_is_bounded_and_forgets_who_was_not_heard_for_longest(monkeypatch):
    monkeypatch.setattr(antennas, "VESSELS_KEPT", 3)
    of = decoder()
    for n, mmsi in enumerate((101, 102, 103, 101, 104)):
        detections(of, text(*ais(VOYAGE, seq_id=n, mmsi=mmsi)), received_s=T0 + n)
    asked = [line for n, m in enumerate((101, 102, 103, 104)) for line in report(n, mmsi=m)]
    known = np.isfinite(detections(of, text(*asked), received_s=T0 + 9).extent_m)
    assert known.tolist() == [True, False, True, True]


vessels = st.tuples(st.integers(1, 3), st.integers(0, 60), st.integers(0, 60), st.booleans())


@settings(max_examples=40, deadline=None)
@given(st.lists(vessels, min_size=1, max_size=14), st.data())
def test_batches_make_no_difference_and_each_report_has_the_newest_word(rows, data):
    last, expected, messages = {}, [], []
    for n, (mmsi, bow, stern, static) in enumerate(rows):
        if static:
            messages.append(ais(VOYAGE, seq_id=n % 10, mmsi=mmsi, **size(bow, stern, 3, 3)))
            last[mmsi] = bow + stern or last.get(mmsi, np.nan)
        else:
            messages.append(report(n, mmsi=mmsi))
            expected.append(last.get(mmsi, np.nan))
    of, found, at = decoder(), [], 0
    while at < len(messages):
        end = data.draw(st.integers(at + 1, len(messages)))
        lines = [line for message in messages[at:end] for line in message]
        found.append(detections(of, text(*lines), received_s=T0).extent_m)
        at = end
    np.testing.assert_array_equal(np.concatenate(found), expected)


@pytest.mark.parametrize("bulk", LANES)
def test_both_readers_tell_the_same(monkeypatch, bulk):
    monkeypatch.setattr(nmea, "BULK_CHUNK", 1)
    lines = [*ais(VOYAGE, seq_id=1), *report(), *ais(PART_B), *ais(CLASS_B), *ais(EXTENDED)]
    data = text(*lines)
    d = reader(bulk).detections(Datagram(round(T0 * 1e9), "test", data, end=True))
    assert d.kind.tolist() == [Kind.REPORT] * 3
    np.testing.assert_array_equal(told(d), [[40, 2, 120], [0.5, -0.5, 11], [-2.5, 0.5, 9]])

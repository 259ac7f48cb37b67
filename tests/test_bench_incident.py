"""The bench of calls: its books balance, and its tables say what was counted."""

from bench.incident import JOIN_AT, PEER, measure, outcome_table, reliability_table
from bench.incident_scene import night


def test_every_call_of_a_night_has_one_fate_under_every_rule():
    found = measure(range(1000, 1003))
    assert list(found) == [*(f"joins at {at:.2f}" for at in JOIN_AT), PEER]
    for marks in found.values():
        assert sum(marks.fate.values()) == marks.calls
        assert marks.masked <= marks.boats <= marks.incidents + marks.masked
    assert PEER in outcome_table(found)
    assert "Expected calibration error" in reliability_table(found["joins at 0.90"])


def test_a_higher_threshold_joins_no_more_calls():
    found = measure(range(1006, 1009))
    joined = [
        sum(n for what, n in found[f"joins at {at:.2f}"].fate.items() if "joined" in what)
        for at in JOIN_AT
    ]
    assert joined == sorted(joined, reverse=True)


def test_a_night_is_the_same_for_the_same_seed():
    one, other = night(7), night(7)
    assert [c.digest() for c in one.calls] == [c.digest() for c in other.calls]
    assert one.boat == other.boat

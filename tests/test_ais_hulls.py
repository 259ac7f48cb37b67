"""One MMSI in two places; and the pass itself: any batches, compiled or interpreted, bounded."""

import subprocess
import sys
import tracemalloc
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode.ais import integrity
from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.integrity import CHECKS, COURSE, JUMP, PLACES, SPEED, Integrity
from coastwatch.decode.ais.integrity_kernel import SENDERS_KEPT
from tests.test_ais_integrity import OTHER, SHIP, T0, check, messages, statics, straight, told


def test_one_mmsi_in_two_places_is_split_into_two_hulls():
    here, there = straight(SHIP, 40), straight(SHIP, 40, lon=3.0, start_s=T0 + 5, seed=2)
    flags = check(messages(sorted(here + there)))
    assert flags.hull.tolist() == [0, 1] * 40
    assert told(flags).count("jump") == 1
    places = flags.check == PLACES
    assert places.sum() >= 75 and flags.value[places].min() == pytest.approx(56.6, abs=1)
    assert SPEED not in flags.check and COURSE not in flags.check


def test_each_hull_is_held_to_its_own_reports():
    here = straight(SHIP, 40)
    there = straight(SHIP, 40, lon=3.0, start_s=T0 + 5, seed=2)
    there = [(*row[:4], 40.0, row[5]) for row in there]
    flags = check(messages(sorted(here + there)))
    speed = flags.row[flags.check == SPEED]
    assert len(speed) == 6 and set(flags.hull[speed].tolist()) == {1}


def test_three_ships_of_one_mmsi_are_three_hulls():
    rows = [row for lon in (1, 3, 6) for row in straight(SHIP, 30, lon=lon, start_s=T0 + lon)]
    assert check(messages(sorted(rows))).hull.tolist() == [0, 1, 2] * 30


def test_a_ship_that_reappears_elsewhere_for_good_has_jumped_and_is_not_in_two_places():
    rows = straight(SHIP, 20) + straight(SHIP, 20, lon=3.0, start_s=T0 + 200)
    flags = check(messages(rows))
    assert told(flags) == ["jump"] and flags.hull.tolist() == [0] * 20 + [1] * 20


def test_faults_of_one_position_now_and_then_make_no_lasting_hull():
    rows = straight(SHIP, 400)
    for i, lat in ((50, 60.0), (150, 60.0), (250, 20.0), (350, 0.0)):
        rows[i] = (*rows[i][:3], lat, *rows[i][4:])
    flags = check(messages(rows))
    assert told(flags) == ["jump"] * 4 and flags.row.tolist() == [50, 150, 250, 350]
    assert np.flatnonzero(flags.hull).tolist() == [50, 150, 250, 350]


def test_an_aircraft_may_fly_and_a_long_absence_explains_a_long_way():
    fast = straight(111_232_001, 60, knots=140.0, every_s=20.0)
    assert told(check(messages(fast, msg_type=9))) == []
    assert "jump" in told(check(messages(fast)))
    apart = straight(SHIP, 5) + straight(SHIP, 5, lat=55.0, start_s=T0 + 86_400)
    assert told(check(messages(apart))) == []


def test_jumps_of_a_lone_hull_are_those_that_simple_arithmetic_finds():
    """Steps of any length: of two positions alone, a jump is over 0.5 NM and over 50 kn."""
    random = Random(6)
    for _ in range(300):
        seconds, metres = random.choice([1, 5, 20, 60, 600]), 10 ** random.uniform(1, 5)
        rows = [(T0, SHIP, 1.5, 51.0, 5.0, 0.0),
                (T0 + seconds, SHIP, 1.5, 51.0 + metres / 111_195, 5.0, 0.0)]  # fmt: skip
        expected = metres > 926 and metres / seconds > 50 * 1852 / 3600
        flags = check(messages(rows))
        assert (JUMP in flags.check) == expected
        if expected:
            assert flags.value[0] == pytest.approx(metres / 1852, rel=1e-3)
            assert flags.extra[0] == pytest.approx(metres / seconds * 3600 / 1852, rel=1e-3)


FLOATS = {
    "time_s": st.one_of(st.integers(0, 1_000).map(lambda s: T0 + s), st.just(np.nan)),
    "lon": st.sampled_from([1.5, 1.501, 1.6, 3.0, -180.0, 180.0, 1e300, np.inf, np.nan]),
    "lat": st.sampled_from([51.0, 51.001, 51.01, 51.3, 90.0, -90.0, 0.0, np.nan]),
    "sog_kn": st.sampled_from([0.0, 0.1, 5.0, 12.0, 102.2, np.nan]),
    "cog_deg": st.sampled_from([0.0, 90.0, 359.9, np.nan]),
}
WHOLE = {
    "mmsi": st.sampled_from([SHIP, OTHER, SHIP + 1, 0, -1, 2**30 - 1, 111_232_001]),
    "msg_type": st.sampled_from([1, 3, 4, 9, 17, 18, 21, 27]),
    "second": st.sampled_from([-1, 0, 17, 59]),
}
ROW = st.fixed_dictionaries(FLOATS | WHOLE | {"first": st.booleans()})
SAID = st.fixed_dictionaries({"name": st.sampled_from([b"", b"A", b"B" * 20]),
                              "ship_type": st.sampled_from([-1, 0, 70, 255]),
                              "to_bow_m": st.sampled_from([0, 1, 511]),
                              "imo": st.sampled_from([-1, 9074729])})  # fmt: skip


@st.composite
def feeds(draw):
    """Messages of any content in a rough order of time, and what some of them say."""
    rows = draw(st.lists(ROW, min_size=1, max_size=60))
    m = Messages.blank(len(rows))
    for name in rows[0]:
        getattr(m, name)[:] = [row[name] for row in rows]
    m.station[:] = 0
    if draw(st.booleans()):
        m.time_s.sort()
    said = draw(st.lists(SAID, max_size=len(rows)))
    at = sorted(draw(st.permutations(range(len(rows))))[: len(said)])
    s = statics([(m.time_s[i], m.mmsi[i]) for i in at], [d["name"] for d in said], row=at,
                ship_type=[d["ship_type"] for d in said], to_bow_m=[d["to_bow_m"] for d in said],
                imo=[d["imo"] for d in said])  # fmt: skip
    return m, s


def flagged(checker, m, s, cuts):
    """Hulls, and flags as one list, of messages given in pieces; then the scores."""
    hulls, seen = [], []
    for start, end in zip([0, *cuts], [*cuts, len(m)], strict=True):
        part = s.take((s.row >= start) & (s.row < end))
        part.row = part.row - start
        flags = checker.check(m.take(slice(start, end)), part)
        hulls += flags.hull.tolist()
        numbers = (flags.row + start, flags.mmsi, flags.check, flags.aspect, flags.value,
                   flags.limit, flags.extra)  # fmt: skip
        seen += [tuple(repr(v) for v in row) for row in zip(*(n.tolist() for n in numbers),
                                                            strict=True)]  # fmt: skip
        assert all(flags.sentence(i).startswith("MMSI ") for i in range(len(flags)))
    return hulls, seen, checker.scores()


@settings(max_examples=150, deadline=None)
@given(feeds(), st.data())
def test_how_messages_are_cut_into_batches_makes_no_difference(feed, data):
    m, s = feed
    cuts = sorted(data.draw(st.lists(st.integers(0, len(m)), max_size=6)))
    assert flagged(Integrity(), m, s, cuts) == flagged(Integrity(), m, s, [])


@settings(max_examples=100, deadline=None)
@given(feeds())
def test_the_compiled_pass_and_the_interpreted_one_are_one(feed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrity, "BULK", 0)
        compiled = flagged(Integrity(), *feed, [])
    hulls, seen, scores = flagged(Integrity(), *feed, [])
    assert compiled[0] == hulls and compiled[2] == scores
    assert [row[:4] for row in compiled[1]] == [row[:4] for row in seen]
    for a, b in zip(compiled[1], seen, strict=True):
        numbers = [[float(v) for v in row[4:]] for row in (a, b)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("senders", [60_000, 600])
def test_batches_make_no_difference_to_whom_a_crowd_makes_forgotten(senders):
    random = np.random.default_rng(9)
    n = 120_000
    m = Messages.blank(n)
    m.mmsi[:] = 200_000_000 + random.integers(0, senders, n)
    m.time_s[:], m.lon[:], m.lat[:] = T0 + np.arange(n) / 100, random.choice([1.5, 3.0], n), 51.0
    m.sog_kn[:], m.cog_deg[:], m.msg_type[:], m.station[:] = 5.0, 0.0, 1, 0
    cuts = sorted(random.integers(0, n, 9).tolist())
    none = statics([], [])
    assert flagged(Integrity(), m, none, cuts) == flagged(Integrity(), m, none, [])


def test_a_flood_of_senders_is_bounded():
    checker, n = Integrity(), 20_000
    checker.check(messages(straight(SHIP, 3_000)), Statics.none())
    tracemalloc.start()
    try:
        checker = Integrity()
        for start in range(0, 1_000_000, n):
            m = Messages.blank(n)
            m.mmsi[:], m.msg_type[:], m.station[:] = np.arange(start, start + n) + 200_000_000, 1, 0
            m.time_s[:], m.lon[:], m.lat[:], m.sog_kn[:] = T0 + start, 1.5, 51.0, 5.0
            checker.check(m, Statics.none())
            del m
        kept_mb = tracemalloc.get_traced_memory()[0] / 1e6
    finally:
        tracemalloc.stop()
    assert kept_mb < 20 and len(checker.scores()) == SENDERS_KEPT
    latest = 200_000_000 + 999_999
    assert latest in checker.scores() and 200_000_000 not in checker.scores()


def test_a_small_job_does_without_the_compiler():
    code = (
        "import sys, numpy as np\n"
        "from tests.test_ais_integrity import check, messages, straight, told\n"
        "assert told(check(messages(straight(227006760, 1999)))) == []\n"
        "assert 'numba' not in sys.modules\n"
        "check(messages(straight(227006760, 2000)))\n"
        "assert 'numba' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_check_has_a_sentence_with_its_numbers():
    for kind in CHECKS:
        assert kind.sentence.format(value=12.5, limit=7.5, extra=3.5, aspect="name")
        assert 0 < kind.severity <= 1

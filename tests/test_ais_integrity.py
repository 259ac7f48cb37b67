"""Integrity of AIS: what is flagged, with which numbers; what honest traffic must not raise."""

import math
from random import Random

import numpy as np
import pytest

from coastwatch import read_ais
from coastwatch.decode.ais.columns import Clocks, Messages, Statics
from coastwatch.decode.ais.integrity import (
    CHECKS,
    CLOCK,
    COURSE,
    JUMP,
    PLACES,
    RANGE,
    SPEED,
    STATICS,
    Integrity,
    StationPlace,
)  # fmt: skip
from tests.shared import SHARED, needs_shared

T0 = 1_600_000_000.0
SHIP, OTHER = 227_006_760, 244_660_000
DEG_M = 111_195.0


def messages(rows, **columns):
    """Position reports: (time_s, mmsi, lon, lat, sog_kn, cog_deg), and any other column."""
    m = Messages.blank(len(rows))
    m.time_s[:], m.mmsi[:], m.lon[:], m.lat[:], m.sog_kn[:], m.cog_deg[:] = zip(*rows, strict=True)
    m.msg_type[:], m.line[:], m.station[:] = 1, range(1, len(rows) + 1), 0
    for name, values in columns.items():
        getattr(m, name)[:] = values
    return m


def straight(mmsi, n, lon=1.5, lat=51.0, knots=12.0, every_s=10.0, start_s=T0, noise_m=8.0, seed=1):
    """A ship that runs north, as its GPS sees it."""
    random = Random(seed)
    north = knots * 1852 / 3600 * every_s / DEG_M
    return [
        (
            start_s + i * every_s,
            mmsi,
            lon + random.gauss(0, noise_m) / 70_000,
            lat + i * north + random.gauss(0, noise_m) / DEG_M,
            round(knots + random.gauss(0, 0.2), 1),
            abs(random.gauss(0, 2.0)),
        )
        for i in range(n)
    ]


def check(m, statics=None, **stations):
    places = {name: StationPlace(*place) for name, place in stations.items()}
    return Integrity(places).check(m, statics if statics is not None else Statics.none())


def told(flags):
    return [CHECKS[i].name for i in flags.check.tolist()]


def test_a_ship_that_runs_straight_raises_nothing():
    assert told(check(messages(straight(SHIP, 300)))) == []


def test_a_moored_ship_raises_nothing_though_its_course_wanders():
    random = Random(3)
    rows = [(T0 + 10 * i, SHIP, 1.5 + random.gauss(0, 1e-4), 51 + random.gauss(0, 1e-4),
             0.1, random.uniform(0, 360)) for i in range(300)]  # fmt: skip
    assert told(check(messages(rows))) == []


def test_a_turning_ship_raises_nothing():
    rows, lon, lat, course = [], 1.5, 51.0, 0.0
    for i in range(120):
        rows.append((T0 + 10 * i, SHIP, lon, lat, 15.0, course % 360))
        for _ in range(10):  # 1.5 degrees a second
            course += 1.5
            lat += 15 * 1852 / 3600 * math.cos(math.radians(course)) / DEG_M
            lon += 15 * 1852 / 3600 * math.sin(math.radians(course)) / 70_000
    assert told(check(messages(rows))) == []


def test_one_wrong_position_is_a_jump_with_its_numbers_and_no_second_hull():
    rows = straight(SHIP, 20)
    rows[10] = (*rows[10][:2], 1.5, 52.0, *rows[10][4:])
    flags = check(messages(rows))
    assert told(flags) == ["jump"] and flags.row.tolist() == [10]
    assert flags.value[0] == pytest.approx(59.7, abs=0.5)  # NM
    assert flags.limit[0] == pytest.approx(59.7 * 360, rel=0.01)  # kn, over 10 s
    assert flags.hull.tolist() == [0] * 10 + [1] + [0] * 9
    assert "227006760 jumped 59.7 NM" in flags.sentence(0)


def test_fast_craft_below_50_kn_and_small_jumps_are_let_pass():
    assert JUMP not in check(messages(straight(SHIP, 60, knots=45.0))).check
    rows = straight(SHIP, 20)
    rows[10] = (*rows[10][:3], rows[10][3] + 0.4 / 60, *rows[10][4:])  # 0.4 NM
    assert JUMP not in check(messages(rows)).check


def test_one_mmsi_in_two_places_is_split_into_two_hulls():
    here, there = straight(SHIP, 40), straight(SHIP, 40, lon=3.0, start_s=T0 + 5, seed=2)
    rows = sorted(here + there)
    flags = check(messages(rows))
    assert flags.hull.tolist() == [0, 1] * 40
    assert told(flags).count("jump") == 1
    places = flags.check == PLACES
    assert places.sum() >= 75 and flags.value[places].min() == pytest.approx(56.6, abs=1)
    assert SPEED not in flags.check and COURSE not in flags.check


def test_a_ship_that_reappears_elsewhere_for_good_has_jumped_and_is_not_in_two_places():
    rows = straight(SHIP, 20) + straight(SHIP, 20, lon=3.0, start_s=T0 + 200)
    flags = check(messages(rows))
    assert told(flags) == ["jump"] and flags.hull.tolist() == [0] * 20 + [1] * 20


def test_a_reported_speed_that_the_way_belies_is_flagged():
    rows = [(*row[:4], 25.0, row[5]) for row in straight(SHIP, 30, knots=5.0, every_s=30.0)]
    flags = check(messages(rows))
    assert set(told(flags)) == {"speed"} and len(flags) >= 28
    assert flags.value[0] == pytest.approx(20.0, abs=1.5) and flags.limit[0] < 15


def test_a_reported_course_that_the_way_belies_is_flagged():
    rows = [(*row[:5], 180.0) for row in straight(SHIP, 30, every_s=60.0)]
    flags = check(messages(rows))
    assert set(told(flags)) == {"course"} and flags.value[0] == pytest.approx(180, abs=10)


@pytest.mark.parametrize("mmsi", [0, 1_073_741_823, 999_999_996, 133_310])
def test_an_mmsi_that_cannot_be_is_flagged(mmsi):
    flags = check(messages([(T0, mmsi, 1.5, 51.0, 5.0, 0.0)]))
    assert told(flags) == ["impossible MMSI"] and flags.mmsi.tolist() == [mmsi]


def test_what_no_radio_carries_is_beyond_range():
    rows = [(T0, SHIP, 1.5, 51.0, 5.0, 0.0), (T0, OTHER, 1.5, 56.0, 5.0, 0.0)]
    m = messages(rows, station=1)
    m.stations = ["", "dover"]
    flags = check(m, dover=(1.4, 51.1, 100.0))
    assert told(flags) == ["beyond range"] and flags.row.tolist() == [1]
    assert flags.value[0] == pytest.approx(545, abs=2) and flags.limit[0] == pytest.approx(202, 1)


def statics(rows, names, **columns):
    s = Statics.none()
    n = len(rows)
    fill = {"row": range(n), "msg_type": 5, "mmsi": [r[1] for r in rows],
            "time_s": [r[0] for r in rows], "name": names, "callsign": b"PABC",
            "destination": [b"D%d" % i for i in range(n)], "imo": 9074729, "ship_type": 70,
            "to_bow_m": 100, "to_stern_m": 20, "to_port_m": 8, "to_starboard_m": 12,
            "draught_m": np.arange(n) / 10, "mothership": -1, "part": -1} | columns  # fmt: skip
    return Statics(
        **{
            name: np.array(np.broadcast_to(np.array(v), n), dtype=getattr(s, name).dtype)
            for name, v in fill.items()
        }
    )


def test_statics_that_change_within_a_day_are_flagged_but_destination_and_draught_may():
    rows = straight(SHIP, 3, every_s=3_600.0, knots=0.0)
    flags = check(messages(rows), statics(rows, [b"DOVER STAR", b"DOVER STAR", b"OTHER NAME"]))
    assert told(flags) == ["statics changed"] and flags.row.tolist() == [2]
    assert flags.value[0] == pytest.approx(1.0) and "its name after 1.0 h" in flags.sentence(0)
    slow = straight(SHIP, 3, every_s=90_000.0, knots=0.0)
    assert told(check(messages(slow), statics(slow, [b"A", b"B", b"C"]))) == []


def test_clocks_that_disagree_are_flagged():
    rows = straight(SHIP, 4)
    m = messages(rows, second=[40, 50, 20, -1], time_source=1,
                 received_s=[T0 + 1, T0 + 11, T0 + 22, T0 + 95])  # fmt: skip
    m.clocks = Clocks(np.array([1]), np.array([rows[1][0] + 12]))
    flags = check(m)
    assert told(flags) == ["clock"] * 3 and flags.row.tolist() == [1, 2, 3]
    assert flags.value.tolist() == pytest.approx([12.0, 20.0, 65.0])
    assert flags.check.tolist() == [CLOCK] * 3


def test_a_score_is_the_weight_of_flags_over_messages():
    rows = sorted(straight(SHIP, 40) + straight(OTHER, 40))
    rows[30] = (*rows[30][:2], 5.0, 53.0, *rows[30][4:])
    integrity = Integrity()
    integrity.check(messages(rows), Statics.none())
    scores = integrity.scores()
    wrong = rows[30][1]
    assert scores[wrong] == pytest.approx(1 / 40)
    assert [s for mmsi, s in scores.items() if mmsi != wrong] == [0.0]


def test_the_size_of_batches_makes_no_difference():
    rows = sorted(
        straight(SHIP, 60) + straight(SHIP, 60, lon=3.0, start_s=T0 + 3, seed=2)
        + straight(OTHER, 60) + straight(OTHER + 1, 60, knots=3.0, seed=5)
    )  # fmt: skip
    rows[100] = (*rows[100][:2], 1.0, 49.0, *rows[100][4:])
    m = messages(rows)
    whole = check(m)
    for size in (1, 7, 50):
        integrity, hulls, seen = Integrity(), [], []
        for at in range(0, len(rows), size):
            flags = integrity.check(m.take(slice(at, at + size)), Statics.none())
            hulls += flags.hull.tolist()
            seen += [(r + at, c, v) for r, c, v in
                     zip(flags.row.tolist(), flags.check.tolist(), flags.value.tolist(),
                         strict=True)]  # fmt: skip
        assert hulls == whole.hull.tolist()
        assert [s[:2] for s in seen] == list(
            zip(whole.row.tolist(), whole.check.tolist(), strict=True)
        )
        assert [s[2] for s in seen] == pytest.approx(whole.value.tolist())


def test_a_flood_of_senders_is_bounded():
    integrity = Integrity()
    for start in range(0, 100_000, 20_000):
        rows = [(T0, 200_000_000 + start + i, 1.5, 51.0, 5.0, 0.0) for i in range(20_000)]
        integrity.check(messages(rows), Statics.none())
    assert len(integrity.scores()) == len(integrity._hulls._vessels) == 20_000


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(
    "name", ["AisAbnormal__ais-sample.txt", "OpenCPN__Hakefjord.log", "risky__ais.txt",
             "vessels-monitoring__log_ais_cw17.csv.log"]
)  # fmt: skip
def test_honest_traffic_is_hardly_flagged_for_its_motion(name):
    m, s, _ = read_ais(SHARED / "ais" / name)
    flags = Integrity().check(m, s)
    for kind in (JUMP, SPEED, COURSE, PLACES, STATICS):
        assert (flags.check == kind).sum() / len(m) < 1e-3, CHECKS[kind].name
    assert RANGE not in flags.check  # no station's place is known


@pytest.mark.shared
@needs_shared
def test_a_log_in_local_time_is_told_by_its_base_station():
    m, s, _ = read_ais(SHARED / "ais" / "vessels-monitoring__ais_vernon_20160401.log")
    flags = Integrity().check(m, s)
    off = flags.value[(flags.check == CLOCK) & (m.msg_type[flags.row] == 4)]
    assert np.median(off) == pytest.approx(7_200, abs=5)

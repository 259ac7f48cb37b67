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


def test_a_turn_just_before_a_report_raises_nothing():
    """A minute straight on, then 100 degrees in a moment: what is told is not the way between."""
    rows, lon, lat = [], 1.5, 51.0
    for i in range(30):
        course = (0.0, 100.0)[i % 2]
        rows.append((T0 + 60 * i, SHIP, lon, lat, 15.0, course))
        lat += 15 * 1852 / 60 * math.cos(math.radians(course)) / DEG_M
        lon += 15 * 1852 / 60 * math.sin(math.radians(course)) / 70_000
    assert told(check(messages(rows))) == []


def test_one_wrong_position_is_a_jump_with_its_numbers_and_no_second_hull():
    rows = straight(SHIP, 20)
    rows[10] = (*rows[10][:2], 1.5, 52.0, *rows[10][4:])
    flags = check(messages(rows))
    assert told(flags) == ["jump"] and flags.row.tolist() == [10]
    assert flags.value[0] == pytest.approx(59.7, abs=0.5) and flags.limit[0] == 0.5  # NM
    assert flags.extra[0] == pytest.approx(59.7 * 360, rel=0.01)  # kn, over 10 s
    assert flags.severity.tolist() == [1.0]
    assert flags.hull.tolist() == [0] * 10 + [1] + [0] * 9
    assert flags.sentence(0) == "MMSI 227006760 jumped 59.7 NM (limit 0.5), which takes 21508 kn"


def test_fast_craft_below_50_kn_and_small_jumps_are_let_pass():
    assert JUMP not in check(messages(straight(SHIP, 60, knots=45.0))).check
    rows = straight(SHIP, 20)
    rows[10] = (*rows[10][:3], rows[10][3] + 0.4 / 60, *rows[10][4:])  # 0.4 NM
    assert JUMP not in check(messages(rows)).check


@pytest.mark.parametrize("every_s", [2.0, 10.0, 30.0])
def test_a_reported_speed_that_the_way_belies_is_flagged(every_s):
    n = int(900 / every_s)
    rows = [(*row[:4], 25.0, row[5]) for row in straight(SHIP, n, knots=5.0, every_s=every_s)]
    flags = check(messages(rows))
    assert set(told(flags)) == {"speed"} and len(flags) == 14  # once a minute
    assert flags.value == pytest.approx(np.full(14, 20.0), abs=1.5)
    assert flags.limit.max() < 10 and flags.extra.tolist() == [60.0] * 14


def test_a_speed_told_too_low_is_flagged_at_the_rate_of_a_ship_at_anchor():
    rows = [(*row[:4], 0.0, np.nan) for row in straight(SHIP, 10, knots=15.0, every_s=180.0)]
    flags = check(messages(rows))
    assert told(flags) == ["speed"] * 9 and flags.value[0] == pytest.approx(15, abs=0.5)


@pytest.mark.parametrize("every_s", [10.0, 60.0])
def test_a_reported_course_that_the_way_belies_is_flagged(every_s):
    rows = [(*row[:5], 180.0) for row in straight(SHIP, 61, every_s=every_s)]
    flags = check(messages(rows))
    assert set(told(flags)) == {"course"} and len(flags) == every_s
    assert flags.value[0] == pytest.approx(180, abs=10)
    assert "tells a course 1" in flags.sentence(0) and "in 60 s" in flags.sentence(0)


@pytest.mark.parametrize("north", [0.0, 70.0, -85.0])
def test_the_antimeridian_and_high_latitudes_raise_nothing(north):
    degrees = 12 * 1852 / 3600 * 30 / DEG_M / math.cos(math.radians(north))
    rows = [(T0 + 30 * i, SHIP, (359.99 + i * degrees) % 360 - 180, north, 12.0, 90.0)
            for i in range(40)]  # fmt: skip
    assert told(check(messages(rows))) == []


@pytest.mark.parametrize("lag_s", [0.0, 15.0, 33.0])
def test_late_stamps_are_mended_by_the_utc_second_of_the_position(lag_s):
    """Stamped late by a lag, give or take 9 s: the ways between are right all the same."""
    rows, random = straight(SHIP, 300, knots=45.0), Random(4)
    seconds = [int(row[0]) % 60 for row in rows]
    late = [(row[0] + lag_s + random.uniform(-9, 9), *row[1:]) for row in rows]
    assert set(told(check(messages(late, second=seconds)))) <= {"clock"}
    lies = [(*row[:4], 5.0, row[5]) for row in late]
    assert "speed" in told(check(messages(lies, second=seconds)))


def test_a_way_is_not_held_against_stamps_that_scatter():
    """What a satellite kept comes in any order: most of what follows from its stamps is untrue."""
    rows, random = straight(SHIP, 400, knots=20.0, every_s=60.0), Random(5)
    stamps = sorted(row[0] + random.uniform(0, 3_000) for row in rows)
    random.shuffle(rows)
    scattered = [(t, *row[1:]) for t, row in zip(stamps, rows, strict=True)]
    flags = check(messages(scattered, second=[int(row[0]) % 60 for row in rows]))
    late = flags.check[flags.row > 60].tolist()
    assert CLOCK in late and {JUMP, PLACES, SPEED, COURSE}.isdisjoint(late)


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
    assert flags.value[0] == pytest.approx(545, abs=2) and flags.limit[0] == pytest.approx(
        201.8, abs=0.5
    )
    assert flags.extra[0] == pytest.approx(343, abs=2)
    assert "343 km too far" in flags.sentence(0)


def statics(rows, names, **columns):
    s = Statics.none()
    n = len(rows)
    fill = {"row": range(n), "msg_type": 5, "mmsi": [r[1] for r in rows],
            "time_s": [r[0] for r in rows], "name": names, "callsign": b"PABC",
            "destination": [b"D%d" % i for i in range(n)], "imo": 9074729, "ship_type": 70,
            "to_bow_m": 100, "to_stern_m": 20, "to_port_m": 8, "to_starboard_m": 12,
            "draught_m": np.arange(n) / 10, "mothership": -1, "part": -1,
            "eta": -1} | columns  # fmt: skip
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
    assert flags.value[0] == pytest.approx(1.0) and "its name after 1.00 h" in flags.sentence(0)
    slow = straight(SHIP, 3, every_s=90_000.0, knots=0.0)
    assert told(check(messages(slow), statics(slow, [b"A", b"B", b"C"]))) == []


@pytest.mark.parametrize(
    ("column", "values", "aspect"),
    [("callsign", [b"AB", b"CD"], "call sign"), ("imo", [9074729, 9074731], "IMO number"),
     ("ship_type", [70, 80], "ship type"), ("to_bow_m", [100, 120], "length"),
     ("to_port_m", [8, 20], "beam")],
)  # fmt: skip
def test_each_that_should_not_change_is_told_by_its_name(column, values, aspect):
    rows = straight(SHIP, 2, every_s=360.0, knots=0.0)
    flags = check(messages(rows), statics(rows, [b"A", b"A"], **{column: values}))
    assert told(flags) == ["statics changed"] and flags.value[0] == pytest.approx(0.1)
    assert f"changed its {aspect} after 0.10 h" in flags.sentence(0)


@pytest.mark.parametrize(
    "columns",
    [{"ship_type": [70, 0, -1, 70]}, {"callsign": [b"", b"AB", b"", b"AB"]},
     {"to_bow_m": [100, 0, 0, 60], "to_stern_m": [20, 0, 0, 60]}, {"imo": [-1, 9074729, -1, -1]},
     {"names": [b"A", b"A\0TO N", b"A", b"A\0B"]},
     {"names": [b"A", b"", b"A", b""], "callsign": [b"", b"X", b"", b"X"], "msg_type": 24}],
)  # fmt: skip
def test_what_is_not_available_or_moves_only_the_antenna_is_no_change(columns):
    rows = straight(SHIP, 4, every_s=360.0, knots=0.0)
    columns = {"names": [b"A"] * 4} | columns
    assert told(check(messages(rows), statics(rows, **columns))) == []


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


def test_a_flag_of_speed_weighs_for_each_report_that_it_is_the_sum_of():
    integrity = Integrity()
    rows = [(*row[:4], 25.0, row[5]) for row in straight(SHIP, 61, knots=5.0)]
    assert len(integrity.check(messages(rows), Statics.none())) == 10
    assert integrity.scores() == {SHIP: pytest.approx(0.3 * 60 / 61)}


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
        assert (flags.check == kind).sum() / len(m) < 5e-4, CHECKS[kind].name
    assert RANGE not in flags.check  # no station's place is known


@pytest.mark.shared
@needs_shared
def test_a_log_in_local_time_is_told_by_its_base_station():
    m, s, _ = read_ais(SHARED / "ais" / "vessels-monitoring__ais_vernon_20160401.log")
    flags = Integrity().check(m, s)
    off = flags.value[(flags.check == CLOCK) & (m.msg_type[flags.row] == 4)]
    assert np.median(off) == pytest.approx(7_200, abs=5)


@pytest.mark.shared
@needs_shared
def test_real_ships_that_lie_are_found_among_honest_ones():
    """Of each real ship that runs at over 8 kn, speed and course are told 15 kn and 90 deg off."""
    m, s, _ = read_ais(SHARED / "ais" / "AisAbnormal__ais-sample.txt")
    assert {SPEED, COURSE}.isdisjoint(Integrity().check(m, s).check.tolist())
    counts = dict(zip(*np.unique(m.mmsi[m.sog_kn > 8], return_counts=True), strict=True))
    liars = [mmsi for mmsi, n in counts.items() if n >= 20]
    lies = np.isin(m.mmsi, liars)
    m.sog_kn = np.where(lies, m.sog_kn + 15, m.sog_kn)
    flags = Integrity().check(m, s)
    found = set(flags.mmsi[flags.check == SPEED].tolist())
    assert found <= set(liars) and len(found) > 0.9 * len(liars) > 50
    m.sog_kn = np.where(lies, m.sog_kn - 15, m.sog_kn)
    m.cog_deg = np.where(lies, (m.cog_deg + 90) % 360, m.cog_deg)
    flags = Integrity().check(m, s)
    found = set(flags.mmsi[flags.check == COURSE].tolist())
    assert found <= set(liars) and len(found) > 0.9 * len(liars)

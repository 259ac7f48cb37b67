"""The AIS model: what is sent, how often, and what each station's log holds."""

import re
from functools import reduce
from operator import xor

import numpy as np
import pyais
import pytest

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.geo.units import KNOT_MPS
from coastwatch.simulate import SCENARIOS, _cast
from coastwatch.simulate.ais import hear, hearing_probability, interval_s, transmit
from coastwatch.simulate.motion import at

SCENARIO = SCENARIOS["dover-crossing"]
PLANE = Plane(SCENARIO.origin)
START_S = 1_795_152_600.0
DURATION_S = 900.0
LINE = re.compile(
    r"\\(?P<tag>(?:g:(?P<part>\d)-2-(?P<group>\d+),)?s:(?P<source>[A-Z-]+),c:(?P<ms>\d{13}))"
    r"\*(?P<check>[0-9A-F]{2})\\(?P<sentence>!AIVDM.*)"
)


@pytest.fixture(scope="module")
def night():
    """Craft, motion, truth in degrees, what was sent, and one log for each station."""
    rng = np.random.default_rng(4)
    craft, motion = _cast(SCENARIO, PLANE, DURATION_S, rng)
    lonlat = PLANE.to_lonlat(motion.x_m, motion.y_m)
    sent = transmit(craft, motion, PLANE, START_S, DURATION_S, rng)
    logs = [hear(s, craft, sent, lonlat, START_S, rng) for s in SCENARIO.stations]
    return craft, motion, lonlat, sent, logs


def parsed(log: bytes) -> list[re.Match[str]]:
    lines = log.decode("ascii").split("\r\n")
    assert lines.pop() == ""
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found)
    return found


def sizes_told(sent) -> dict[int, tuple[int, int, int, int]]:
    """What the sets say of their antennas: to bow, stern, port, starboard."""
    told = {}
    for message in sent:
        m = pyais.decode(*message.sentences)
        if m.msg_type == 5 or (m.msg_type == 24 and m.partno == 1):
            told[m.mmsi] = m.to_bow, m.to_stern, m.to_port, m.to_starboard
    return told


@pytest.mark.parametrize(
    ("grade", "knots", "turn_deg_s", "expected"),
    [
        ("A", 0.0, 0.0, 10.0), ("A", 13.9, 0.0, 10.0), ("A", 13.9, 0.5, 10.0 / 3.0),
        ("A", 14.1, 0.0, 6.0), ("A", 14.1, -0.5, 2.0), ("A", 24.0, 0.0, 2.0),
        ("B", 1.0, 0.0, 180.0), ("B", 6.0, 0.5, 30.0), ("B", 15.0, 0.0, 15.0),
        ("B", 30.0, 0.0, 5.0),
    ],
)  # fmt: skip
def test_reporting_intervals_follow_the_recommendation(grade, knots, turn_deg_s, expected):
    assert interval_s(grade, knots * KNOT_MPS, np.radians(turn_deg_s)) == expected


def test_each_set_reports_as_often_as_its_speed_asks(night):
    craft, motion, _, sent, _ = night
    for i, one in enumerate(craft):
        mine = [m for m in sent if m.craft == i and pyais.decode(*m.sentences).msg_type in (1, 18)]
        if one.transponder is None:
            assert mine == []
            continue
        gaps = np.diff([m.time_s for m in mine])
        longest = 33.1 if one.transponder.grade == "B" else 11.1
        assert gaps.max() < longest, one.name
        straight = np.abs(motion.turn_rad_s[:900, i]).max() < np.radians(0.2)
        if straight and one.transponder.grade == "A":
            speed = float(motion.speed_mps[:900, i].mean())
            assert gaps.mean() == pytest.approx(interval_s("A", speed, 0.0), rel=0.1), one.name


def test_reports_tell_where_the_antenna_is_within_gnss_noise_and_rounding(night):
    craft, motion, _, sent, _ = night
    off, antennas = [], sizes_told(sent)
    for message in sent:
        report = pyais.decode(*message.sentences)
        if report.msg_type not in (1, 18):
            continue
        when, who = np.array([message.time_s]), np.array([message.craft])
        x, y = PLANE.to_xy(report.lon, report.lat)
        bow, stern, port, starboard = antennas[report.mmsi]
        heading = at(motion.heading_rad, when, who)[0]
        sin, cos = np.sin(heading), np.cos(heading)
        ahead, right = (stern - bow) / 2, (port - starboard) / 2
        x, y = x - ahead * sin - right * cos, y - ahead * cos + right * sin
        off.append(
            (float(x - at(motion.x_m, when, who)[0]), float(y - at(motion.y_m, when, who)[0]))
        )
        speed = at(motion.speed_mps, when, who)[0] / KNOT_MPS
        assert abs(report.speed - speed) < 0.6
        assert report.second == int(START_S + message.time_s) % 60
        assert report.mmsi == craft[message.craft].transponder.mmsi
        assert report.accuracy
    off = np.array(off)
    assert off.std(axis=0) == pytest.approx([5.0, 5.0], rel=0.06)
    assert np.abs(off.mean(axis=0)).max() < 0.5


def test_antennas_stand_on_the_hull_and_aft_on_cargo_ships(night):
    craft, _, _, sent, _ = night
    antennas = sizes_told(sent)
    for one in craft:
        if one.transponder:
            bow, stern, port, starboard = antennas[one.transponder.mmsi]
            assert min(bow, port) >= 1 and min(stern, starboard) >= 0
            assert bow + stern == round(one.length_m) and port + starboard == round(one.beam_m)
            if one.kind in ("cargo", "tanker"):
                assert bow > 2 * stern


def test_course_and_heading_are_true_not_of_the_plane(night):
    _, _, lonlat, sent, _ = night
    for message in sent:
        report = pyais.decode(*message.sentences)
        if report.msg_type == 1 and report.speed > 10.0:
            when, who = np.array([message.time_s]), np.array([message.craft])
            lon, lat = at(lonlat[0], when, who), at(lonlat[1], when, who)
            later = when + 1.0
            _, true = lonlat_to_polar(
                lon, lat, 0.0, at(lonlat[0], later, who), at(lonlat[1], later, who)
            )
            difference = np.degrees(np.angle(np.exp(1j * (np.radians(report.course) - true))))
            assert np.abs(difference).max() < 3.0
            assert abs((report.heading - np.degrees(true[0]) + 180) % 360 - 180) < 1.5


def test_statics_name_every_vessel_within_six_minutes(night):
    craft, _, _, sent, _ = night
    named: dict[int, str] = {}
    sizes = sizes_told(sent)
    for message in sent:
        static = pyais.decode(*message.sentences)
        if static.msg_type in (5, 24) and getattr(static, "shipname", None):
            named[static.mmsi] = static.shipname
    for one in craft:
        if one.transponder:
            assert named[one.transponder.mmsi] == one.name
            assert one.transponder.mmsi in sizes


def test_tag_blocks_carry_station_milliseconds_and_a_true_checksum(night):
    *_, logs = night
    for station, log in zip(SCENARIO.stations, logs, strict=True):
        rows = parsed(log)
        assert len(rows) > 1000
        stamps = [int(row["ms"]) for row in rows]
        assert stamps == sorted(stamps)
        assert stamps[0] >= START_S * 1e3
        assert stamps[-1] < (START_S + DURATION_S + 1.0) * 1e3
        for row in rows:
            assert row["source"] == station.name
            assert reduce(xor, row["tag"].encode()) == int(row["check"], 16)
            assert len(row["sentence"]) <= 80


def test_parts_of_one_message_share_a_group_and_stand_together(night):
    *_, logs = night
    rows = parsed(logs[0])
    parts = [n for n, row in enumerate(rows) if row["part"]]
    assert len(parts) > 20
    for first, second in zip(parts[::2], parts[1::2], strict=True):
        assert second == first + 1
        assert (rows[first]["part"], rows[second]["part"]) == ("1", "2")
        assert rows[first]["group"] == rows[second]["group"]
        assert rows[first]["ms"] == rows[second]["ms"]


def test_stations_lose_the_stated_share_and_hear_mostly_the_same(night):
    *_, sent, logs = night
    bodies = [{row["sentence"] for row in parsed(log)} for log in logs]
    first = {m.sentences[0] for m in sent}
    heard = [len(first & body) / len(first) for body in bodies]
    assert heard[0] == pytest.approx(1.0 - SCENARIO.stations[0].loss, abs=0.06)
    assert heard[1] == pytest.approx(1.0 - SCENARIO.stations[1].loss, abs=0.06)
    assert len(bodies[0] & bodies[1]) > 0.6 * len(first)
    assert len(first - bodies[0] - bodies[1]) > 0.005 * len(first)


def test_every_set_is_heard_and_no_dinghy_is(night):
    craft, *_, logs = night
    heard = set()
    for log in logs:
        for row in parsed(log):
            if row["part"] is None:
                heard.add(pyais.decode(row["sentence"]).mmsi)
    assert heard == {c.transponder.mmsi for c in craft if c.transponder}


def test_hearing_fades_beyond_the_horizon():
    station = SCENARIO.stations[0]
    near, far = hearing_probability(station, np.array([5.0, 5.0]), np.array([20e3, 75e3]))
    assert near == pytest.approx(1.0 - station.loss, abs=0.01)
    assert far < 0.05

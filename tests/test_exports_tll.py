"""The fused picture as NMEA TLL: read by our decoder and by a plain reading of the standard."""

import re
from datetime import UTC, datetime, timedelta
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.decode import open_decoder
from coastwatch.decode.base import Context
from coastwatch.decoding import decode_file
from coastwatch.exports import export
from coastwatch.exports.tll import NAME_MOST, REST_S, Numbers, plain, tll
from coastwatch.model import Datagram
from coastwatch.store.run import read_run
from tests.maps_run import START_S, strait, track, write_run
from tests.payloads import PAYLOADS

SENTENCE = re.compile(
    r"\\c:(?P<epoch>\d+),s:(?P<source>[^*]+)\*(?P<tagsum>[0-9A-F]{2})\\"
    r"\$RATLL,(?P<number>\d{2,5}),(?P<lat>\d{2})(?P<latmin>\d{2}\.\d{4}),(?P<ns>[NS]),"
    r"(?P<lon>\d{3})(?P<lonmin>\d{2}\.\d{4}),(?P<ew>[EW]),(?P<name>[^,*$!\\^~]{0,20}),"
    r"(?P<clock>\d{6}\.\d{2}),(?P<status>[LQT]),\*(?P<sum>[0-9A-F]{2})\r\n"
)


def parsed(data):
    """Each line of a file by the letter of IEC 61162-1, with its checksums proved."""
    rows = []
    for line in data.decode("ascii").splitlines(keepends=True):
        found = SENTENCE.fullmatch(line)
        assert found, line
        body = line[line.index("$") + 1 : line.rindex("*")]
        assert int(found["sum"], 16) == reduce(lambda a, b: a ^ b, body.encode())
        tag = line[1 : line.index("*")]
        assert int(found["tagsum"], 16) == reduce(lambda a, b: a ^ b, tag.encode())
        # NMEA 0183: at most 82 characters with $ and CR LF; OpenCPN refuses beyond 100.
        assert len(line) - line.index("$") <= 82
        lat = int(found["lat"]) + float(found["latmin"]) / 60
        lon = int(found["lon"]) + float(found["lonmin"]) / 60
        assert float(found["latmin"]) < 60 and float(found["lonmin"]) < 60
        rows.append({"time": datetime.fromtimestamp(int(found["epoch"]), UTC),
                     "lat": -lat if found["ns"] == "S" else lat, "clock": found["clock"],
                     "lon": -lon if found["ew"] == "W" else lon, "number": int(found["number"]),
                     "name": found["name"], "status": found["status"]})  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return read_run(strait(tmp_path_factory.mktemp("strait"), step_s=30.0))


def test_every_position_comes_back_by_the_letter_of_the_standard(run, tmp_path):
    rows = parsed(export(run, tmp_path / "p.tll", every_s=0).path.read_bytes())
    frame = run.tracks.to_pandas().sort_values(["time", "track"])
    frame = frame[frame["status"].isin(["confirmed", "coasting"])]
    kept = [row for row in rows if row["status"] == "T"]
    assert [row["time"] for row in kept] == [
        t.floor("s").to_pydatetime(warn=False) for t in frame["time"]
    ]
    for name in ("lon", "lat"):
        told = np.array([row[name] for row in kept])
        # Four decimals of a minute: half of the last is 0.1 m.
        assert np.abs(told - frame[name]).max() <= 0.5e-4 / 60 + 1e-12
    names = {row["name"] for row in kept}
    assert {"SMALL 901", "SMALL 902", "SMALL 903", "PRIDE OF CALAIS"} <= names
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)


def test_our_decoder_reads_it_back_with_its_times(run, tmp_path):
    path = export(run, tmp_path / "p.tll", every_s=0).path
    out = tmp_path / "out.csv"
    balance = decode_file(path, "auto", "csv", out)
    rows = parsed(path.read_bytes())
    assert balance.frames == balance.decoded == len(rows)
    decoder = open_decoder("auto", Context(feed="tll"))
    found = decoder.detections(Datagram(0, "tll", path.read_bytes(), end=True))
    kept = [row for row in rows if row["status"] == "T"]
    assert found.time_s.tolist() == [row["time"].timestamp() for row in kept]
    assert np.abs(found.lon - [row["lon"] for row in kept]).max() < 1e-9


def test_a_number_means_one_track_until_it_is_lost_and_has_rested(tmp_path):
    """Three dinghies one after the other; the second ends, the others only vanish."""
    a = track(5, [(1.4, 50.9), (1.42, 50.9)], 0.0, 100.0, 10.0)
    b = track(6, [(1.5, 50.9), (1.52, 50.9)], 200.0, 300.0, 10.0)
    b["status"] = ["confirmed"] * 10 + ["ended"]
    c = track(7, [(1.6, 50.9), (1.62, 50.9)], 1000.0, 1100.0, 10.0)
    other = track(8, [(1.7, 50.9), (1.72, 50.9)], 0.0, 1200.0, 10.0)
    path = export(read_run(write_run(tmp_path / "run", [a, b, c, other])), tmp_path / "p.tll").path
    rows = parsed(path.read_bytes())
    lives = {}
    for row in rows:
        lives.setdefault((row["name"], row["number"]), []).append(row["status"])
    assert {key: told[-1] for key, told in lives.items()} == {
        ("RADAR 5", 1): "L", ("RADAR 8", 2): "T", ("RADAR 6", 3): "L", ("RADAR 7", 1): "L",
    }  # fmt: skip
    assert all(set(told[:-1]) == {"T"} for told in lives.values())
    lost = {row["name"]: row["time"].timestamp() - START_S for row in rows if row["status"] == "L"}
    assert lost["RADAR 6"] == 300.0 and 160.0 <= lost["RADAR 5"] <= 170.0


def test_small_craft_without_ais_keep_a_label_of_their_own(run, tmp_path):
    done = export(run, tmp_path / "p.tll", what="picture")
    rows = parsed(done.path.read_bytes())
    assert {"SMALL 901"} == {row["name"] for row in rows if row["name"].startswith("SMALL")} - {
        "SMALL 902", "SMALL 903"
    }  # fmt: skip
    assert len({row["number"] for row in rows}) == len(rows)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=300))
def test_numbers_are_never_shared_nor_used_before_their_rest(steps):
    numbers, now = Numbers(), datetime(2026, 11, 28, tzinfo=UTC)
    live, lost = [], {}
    for take, seconds in steps:
        now += timedelta(seconds=seconds)
        if take or not live:
            number = numbers.take(now)
            assert number not in live
            assert number not in lost or now - lost[number] >= timedelta(seconds=REST_S)
            live.append(number)
        else:
            number = live.pop(0)
            numbers.give_back(number, now)
            lost[number] = now


@given(st.floats(-180, 180), st.floats(-90, 90), st.text(max_size=40),
       st.datetimes(datetime(1997, 1, 1), datetime(2099, 1, 1)))  # fmt: skip
def test_any_place_name_and_time_make_a_sentence_that_reads_back(lon, lat, name, time):
    time = time.replace(tzinfo=UTC)
    row = parsed(tll(7, lon, lat, name, time, "T"))[0]
    assert abs(row["lon"] - lon) <= 0.5e-4 / 60 + 1e-9
    assert abs(row["lat"] - lat) <= 0.5e-4 / 60 + 1e-9
    assert row["time"] == time.replace(microsecond=0)
    assert row["clock"] == f"{time:%H%M%S}.{time.microsecond // 10_000:02d}"


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_name_breaks_a_sentence(text):
    made = plain(text)
    assert len(made) <= NAME_MOST and made.isascii() and made == made.strip()
    parsed(tll(1, 1.5, 51.0, text, datetime(2026, 11, 28, tzinfo=UTC), "T"))

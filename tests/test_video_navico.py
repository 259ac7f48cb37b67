"""Navico spokes: layout, range scales, headings from the radar or its ship, and what is refused."""

import csv
import math
import struct

import numpy as np
import pytest

from coastwatch.decode.base import Context
from coastwatch.decode.navico import NavicoDecoder
from coastwatch.decode.recognise import AutoDecoder, recognise
from coastwatch.decode.video.navico import read_frame
from coastwatch.decode.video.radars import CHANGE_SPOKES
from coastwatch.decoding import decode_file
from coastwatch.feeds import read_file
from coastwatch.model import Datagram
from coastwatch.site import Sensor, Video
from tests.shared import SHARED, needs_shared

RECEIVED_NS = 1_723_368_343_000_000_000
BOAT = Sensor("halo", "radar", (5.27, 53.18), moving=True)
SHORE = Sensor("quay", "radar", (5.27, 53.18), video=Video(heading_deg=30.0))
NO_HEADING = 0x8000


def frame(angles, heading=NO_HEADING, large=25465, small=512, cells=None, status=2, mark=0x4400):
    """The octets of a frame; ``cells`` are the amplitudes of every line."""
    cells = np.zeros(1024, int) if cells is None else np.asarray(cells)
    video = (cells[0::2] | cells[1::2] << 4).astype(np.uint8).tobytes()
    lines = b"".join(
        struct.pack("<BBHHHHHHHII", 24, status, n, mark, large, a, heading, small, 0, 0, 0) + video
        for n, a in enumerate(angles)
    )
    return bytes([1, 0, 0, 0, 0, len(angles), 0, 2]) + lines


def nmea(body, seconds=0.0):
    sum_ = 0
    for character in body.encode():
        sum_ ^= character
    data = f"${body}*{sum_:02X}\r\n".encode()
    return Datagram(RECEIVED_NS + int(seconds * 1e9), "f", data, peer="ship", whole=True)


def video(data, seconds=0.0):
    return Datagram(RECEIVED_NS + int(seconds * 1e9), "f", data, peer="radar", whole=True)


def feed(sensor, datagrams, index=0):
    """What the feed's decoder heard of spokes, and the decoder itself."""
    heard = []
    context = Context(
        feed="f",
        sensor=index,
        described=(sensor,) if sensor else (),
        on_spokes=lambda radar, spokes: heard.append(spokes),
    )
    decoder = AutoDecoder(context)
    for datagram in datagrams:
        decoder.detections(datagram)
    assert decoder.balance.difference == 0
    return heard, decoder


def test_lines_have_1024_cells_the_low_half_of_an_octet_first():
    cells = np.arange(1024) % 16
    found = read_frame(frame([0, 2], cells=cells))
    assert found.cells.tolist() == [cells.tolist()] * 2
    assert np.degrees(found.angle_rad).tolist() == [0.0, 2 * 360 / 4096]


@pytest.mark.parametrize(
    ("large", "small", "mark", "range_m"),
    [
        (25465, 512, 0x4400, 25465.0),  # Halo, 4G at long ranges
        (25465, 256, 0x4400, 12732.5),
        (0x80, 439, 0x4400, 109.75),  # 4G at short ranges
        (0x0E0D, 300, 0x4400, 300 * 10 / math.sqrt(2)),  # BR24
    ],
)
def test_range_scales(large, small, mark, range_m):
    found = read_frame(frame([0], large=large, small=small, mark=mark))
    assert found.range_m.tolist() == pytest.approx([range_m])


@pytest.mark.parametrize(
    ("word", "degrees"),
    [(0x4000 | 1024, 90.0), (1024, math.nan), (NO_HEADING, math.nan), (0xFFFF, math.nan)],
)
def test_a_heading_counts_only_where_it_is_said_to_be_true(word, degrees):
    found = read_frame(frame([0], heading=word))
    assert np.degrees(found.heading_rad).tolist() == pytest.approx([degrees], nan_ok=True)


POSITION = "GPGLL,5310.7378,N,00516.0582,E,120000,A,A"


def test_the_spokes_own_heading_counts_before_that_of_the_ship():
    told = [nmea(POSITION), nmea("HEHDT,10.0,T")]
    (spokes,), _ = feed(BOAT, [*told, video(frame([1024], heading=0x4000 | 1024))])
    assert np.degrees(spokes.azimuth_rad) == pytest.approx([180.0])
    assert (spokes.lon, spokes.lat) == pytest.approx((5 + 16.0582 / 60, 53 + 10.7378 / 60))
    assert spokes.time_s.tolist() == [RECEIVED_NS / 1e9]
    assert spokes.cell_m == pytest.approx(25465 / 1024)
    (spokes,), _ = feed(BOAT, [*told, video(frame([1024]))])
    assert np.degrees(spokes.azimuth_rad) == pytest.approx([100.0])


@pytest.mark.parametrize(
    ("sentence", "degrees"),
    [("HEHDG,10.0,,,2.5,E", 12.5), ("HETHS,11.0,A", 11.0), ("HEHDT,350.0,T", 350.0)],
)
def test_headings_of_the_ship(sentence, degrees):
    (spokes,), _ = feed(BOAT, [nmea(POSITION), nmea(sentence), video(frame([0]))])
    assert np.degrees(spokes.azimuth_rad) == pytest.approx([degrees])


@pytest.mark.parametrize(
    "sentence",
    [
        "GPGGA,120000,5310.7378,N,00516.0582,E,1,08,1.0,0,M,0,M,,",
        "GNGNS,120000,5310.7378,N,00516.0582,E,ANN,08,1.0,0,0,,",
        "GPRMC,092543,A,5310.7378,N,00516.0582,E,0,0,110824,,",
    ],
)
def test_positions_of_the_ship(sentence):
    (spokes,), _ = feed(BOAT, [nmea(sentence), video(frame([0], heading=0x4000))])
    assert (spokes.lon, spokes.lat) == pytest.approx((5 + 16.0582 / 60, 53 + 10.7378 / 60))


@pytest.mark.parametrize(
    ("told", "later_s", "reason"),
    [
        ([POSITION], 0.0, "no heading"),
        ([POSITION, "HEHDT,10.0,T"], 11.0, "no position"),
        ([POSITION, "HEHDG,10.0,,,,"], 0.0, "no heading"),  # a compass without its variation
        ([POSITION, "HETHS,10.0,V"], 0.0, "no heading"),
        (["GPGLL,5310.7,N,00516.0,E,120000,V,N", "HEHDT,10.0,T"], 0.0, "no position"),
        (["GNGNS,120000,5310.7,N,00516.0,E,NN,00,,,,,", "HEHDT,10.0,T"], 0.0, "no position"),
    ],
)
def test_a_spoke_that_nobody_can_turn_or_place_is_refused_by_reason(told, later_s, reason):
    heard, decoder = feed(BOAT, [*map(nmea, told), video(frame([0, 2]), later_s)])
    assert heard == []
    assert decoder.balance.rejected == {reason: 2}


def test_a_fixed_radar_has_its_zero_and_place_from_the_site():
    (spokes,), _ = feed(SHORE, [video(frame([1024]))])
    assert np.degrees(spokes.azimuth_rad) == pytest.approx([120.0])


def test_a_feed_without_a_sensor_is_that_of_the_sites_one_radar_without_an_address():
    decoder = NavicoDecoder(Context(described=(SHORE,)))
    decoder.detections(video(frame([0])))
    assert decoder.balance.decoded == 1


def test_two_range_scales_in_one_frame_are_two_batches():
    head, line = 8, 536
    short, long = (frame([0, 2], 0x4000, large=n) for n in (1000, 2000))
    mixed = long[: head + line] + short[head + line :]
    heard, _ = feed(SHORE, [video(mixed)])
    assert [(len(s.time_s), s.cell_m) for s in heard] == [(1, 2000 / 1024), (1, 1000 / 1024)]


def test_damage_costs_only_its_own_lines():
    data = bytearray(frame([0, 2, 4], heading=0x4000))
    data[8 + 536 + 1] = 0x77  # the second line's status
    heard, decoder = feed(SHORE, [video(bytes(data[:-100])), video(b"\1\0\0\0\0")])
    assert [len(s.time_s) for s in heard] == [1]
    assert decoder.balance.rejected == {"damaged spoke": 2, "no Navico spokes": 1}


def test_any_octets_keep_the_books():
    rng = np.random.default_rng(3)
    good = np.frombuffer(frame(range(0, 64, 2), heading=0x4000), np.uint8)
    decoder = NavicoDecoder(Context(described=(SHORE,)))
    for _ in range(300):
        data = good[: rng.integers(0, len(good))].copy() if rng.random() < 0.5 else good.copy()
        at = rng.integers(0, max(len(data), 1), 20)
        data[at[at < len(data)]] = rng.integers(0, 256, int((at < len(data)).sum()))
        decoder.detections(video(data.tobytes()))
        decoder.records(video(data.tobytes()))
    assert decoder.balance.difference == 0
    assert decoder.balance.decoded > 1000


def test_a_ship_that_jumps_about_costs_no_land_mask_a_frame(monkeypatch):
    made = []

    def mask(*args):
        made.append(args[:2])
        return np.zeros((len(args[3]), len(args[2])), bool)

    monkeypatch.setattr("coastwatch.decode.video.radars.land_mask", mask)
    datagrams = []
    for n in range(24):
        datagrams.append(nmea(f"GPGLL,{5310 + 40 * (n % 2)}.0,N,00516.0,E,120000,A,A", 0.05 * n))
        angles = [(64 * n + 2 * k) % 4096 for k in range(32)]
        datagrams.append(video(frame(angles, heading=0x4000), 0.05 * n))
    _, decoder = feed(BOAT, datagrams)
    assert decoder.balance.rejected == {}
    assert 1 <= len(made) <= 1 + 24 * 32 // CHANGE_SPOKES


def test_spokes_as_a_table_are_no_targets(tmp_path):
    raw = tmp_path / "spokes.bin"
    raw.write_bytes(frame([0, 2], heading=0x4000))
    decode_file(raw, "navico", "csv", tmp_path / "a.csv")
    (row,) = csv.DictReader((tmp_path / "a.csv").open())
    assert row["sensor"] == "navico" and row["range_m"] == row["azimuth_deg"] == ""


def test_a_frame_is_recognised_and_text_is_not():
    assert recognise(frame([0])[:4096]) == "navico"
    assert recognise(b"\1\0\0\0\0\x20\0\2" + b"text" * 20) != "navico"


@pytest.mark.shared
@needs_shared
def test_a_recording_reads_as_three_turns_of_a_halo():
    path = SHARED / "radar" / "halo_and_0183.pcap"
    decoder = AutoDecoder(Context(feed="halo"))
    records = [r for d in read_file(path, "halo") for r in decoder.records(d)]
    frames = [r for r in records if r.get("radar") == "navico"]
    assert len(frames) == 204
    assert {(f["spokes"], f["cells"], f["range_m"]) for f in frames} == {(32, 1024, 25465.0)}
    assert {round(f["heading_deg"], 2) for f in frames} == {295.93, 296.02}
    turned = sum((f["last_angle_deg"] - f["first_angle_deg"]) % 360 + 360 / 2048 for f in frames)
    assert turned == pytest.approx(204 * 32 / 2048 * 360)
    assert sum("msg_type" in r for r in records) == 134  # in 138 sentences
    assert decoder.balance.difference == 0

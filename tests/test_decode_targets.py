"""Radar targets that are lost, sought and renumbered; datagrams of IEC 61162-450; their noise."""

import math

import numpy as np
import pytest

from bench.fuzz import radar_nmea
from coastwatch.decode.epochs import LIFE, TARGETS_MAX, Lives
from coastwatch.model import Datagram, Detections, Kind
from tests.nmea import POSITION, T0, ais, decoder, signed, tagged, text

NM = 1852.0


def ttm(number=7, distance="4.0", bearing="90.0,T", status="T", reference=""):
    return signed(f"$RATTM,{number},{distance},{bearing},10.0,20.0,T,,,N,,{status},{reference},,A")


def tll(number=7, lat="5100.000,N", lon="00130.000,E", status="T"):
    return signed(f"$RATLL,{number:02d},{lat},{lon},,,{status},")


def spoken(*said):
    """Detections of lines said at these seconds, and the decoder."""
    of = decoder()
    found = [of.detections(Datagram(round((T0 + s) * 1e9), "test", text(line))) for s, line in said]
    assert of.balance.difference == 0
    return Detections.concat(found), of


def numbers(*said):
    return spoken(*said)[0].target.tolist()


def test_a_number_stays_while_its_target_goes_on():
    steps = [(3 * k, ttm(distance=f"{4 + 0.02 * k:.2f}")) for k in range(20)]
    assert numbers(*steps) == [7] * 20


@pytest.mark.parametrize(
    ("far", "near"),
    [
        (ttm(distance="9.0"), ttm(distance="4.02")),
        (ttm(bearing="270.0,T"), ttm(bearing="90.4,T")),
    ],
)
def test_lost_and_back_far_away_is_another_target_but_near_by_the_same(far, near):
    assert numbers((0, ttm()), (3, ttm(status="L")), (9, far)) == [7, 7 + LIFE]
    assert numbers((0, ttm()), (3, ttm(status="L")), (9, near)) == [7, 7]


def test_the_same_of_tll():
    far = tll(lat="5105.000,N")
    assert numbers((0, tll()), (3, tll(status="L")), (9, far), (12, far)) == [7, 7 + LIFE, 7 + LIFE]
    assert numbers((0, tll()), (3, tll(status="L")), (9, tll(lat="5100.020,N"))) == [7, 7]


def test_a_leap_without_a_loss_is_another_target():
    d, of = spoken((0, ttm()), (3, ttm(distance="9.0")), (6, ttm(distance="9.0")))
    assert d.target.tolist() == [7, 7 + LIFE, 7 + LIFE]
    assert of.counts["target numbers used again"] == 1


def test_a_long_silence_makes_a_new_target_of_the_same_place():
    assert numbers((0, ttm()), (601, ttm())) == [7, 7 + LIFE]
    assert numbers((0, ttm()), (59, ttm())) == [7, 7]


def test_each_life_has_a_number_of_its_own():
    said, at = [], 0
    for k in range(5):
        said += [(at, ttm(distance=str(2 + 2 * (k % 2)))), (at + 1, ttm(status="L"))]
        at += 3
    found = numbers(*said)
    assert len(set(found)) == 5 and found == numbers(*said), "and a replay numbers as before"


def test_a_target_over_the_date_line_goes_on():
    assert numbers((0, tll(lon="17959.990,E")), (3, tll(lon="17959.990,W"))) == [7, 7]


def test_two_radars_of_one_feed_do_not_share_numbers():
    one, two = tagged(ttm(), s="RA0001"), tagged(ttm(distance="4.01"), s="RA0002")
    found = numbers((0, one), (1, two), (3, one), (4, two))
    assert found[0] == found[2] == 7 and found[1] == found[3] != 7


def test_lost_targets_are_counted_and_give_no_detection():
    d, of = spoken((0, ttm()), (3, ttm(status="L")))
    assert len(d) == 1 and of.counts["targets lost"] == 1 and of.balance.decoded == 2


def test_a_target_in_query_is_a_plot_without_a_motion():
    d, of = spoken((0, ttm(status="Q")), (3, ttm()))
    assert d.kind.tolist() == [Kind.PLOT, Kind.SENSOR_TRACK]
    assert math.isnan(d.sog_mps[0]) and math.isnan(d.cog_rad[0]) and d.sog_mps[1] > 0
    assert of.counts["targets in query"] == 1


def test_a_reference_target_is_counted():
    d, of = spoken((0, ttm(reference="R")))
    assert len(d) == 1 and of.counts["targets of reference"] == 1


def test_a_bearing_without_a_reference_is_not_guessed():
    d, of = spoken((0, ttm(bearing="90.0,")))
    assert len(d) == 0 and of.balance.rejected == {"bearing neither true nor relative": 1}


def test_many_numbers_cost_bounded_memory_and_are_never_joined_after():
    lives = Lives()
    at = ("ship", 0.0, 0.0)
    for k in range(TARGETS_MAX + 10):
        lives.number("", k, 0.0, at)
    assert len(lives._places) == TARGETS_MAX
    assert lives.number("", 0, 1.0, at)[0] >= LIFE
    for k in range(TARGETS_MAX + 10):
        lives.number(f"radar {k}", 1, 0.0, at)
    assert len(lives._places) == len(lives._sources) == TARGETS_MAX


# IEC 61162-450: a datagram begins with its kind; lines have tag blocks.
DATAGRAM = b"UdPbC\0" + text(
    tagged(signed("$HEHDT,100.0,T"), s="GY0001", d="RA0001", n=12),
    tagged(ttm(bearing="350.0,R"), g="1-2-34", s="RA0001", n=13),
    tagged(ttm(number=8), g="2-2-34", s="RA0001", n=14),
)


def test_a_datagram_of_iec_61162_450_is_read_with_its_tag_blocks():
    of = decoder(sensors={"RA0001": 3})
    d = of.detections(Datagram(T0 * 10**9, "test", DATAGRAM, "peer", whole=True))
    assert d.target.tolist() == [7, 8] and d.sensor.tolist() == [3, 3]
    assert math.degrees(d.azimuth_rad[0]) == pytest.approx(90.0)
    assert of.counts["prefix not understood"] == 0 and of.balance.rejected == {}
    found = decoder().records(Datagram(T0 * 10**9, "test", DATAGRAM, "peer", whole=True))
    assert [r["source"] for r in found] == ["RA0001", "RA0001"]
    assert found[0]["received"] == "2020-09-13T12:26:40Z"


@pytest.mark.parametrize("format", ["nmea", "auto"])
@pytest.mark.parametrize("kind", [b"RaUdP", b"RrUdP", b"RrTcP", b"NkPgN"])
def test_datagrams_of_files_are_counted_and_ignored(format, kind):
    of = decoder(format)
    junk = kind + b"\0" + bytes(range(256)) + text(ttm())
    for data, count in ((junk, 0), (DATAGRAM, 2), (junk, 0), (DATAGRAM, 2)):
        d = of.detections(Datagram(T0 * 10**9, "test", data, "peer", whole=True))
        assert len(d) == count
    assert of.balance.rejected == {} and of.balance.difference == 0
    assert of.counts["datagrams that hold no sentences"] == 2 == of.balance.ignored - 2


def test_kernels_give_the_radar_what_the_plain_reader_gives():
    of_ship = [signed("$" + s) for s in SENTENCES[2:]] + [signed("$HCHDM,97.0,M")]
    lines: list[str] = []
    for k in range(400):
        lines += ais(POSITION, mmsi=200_000_000 + k)
        lines += [
            of_ship[k % len(of_ship)],
            ttm(distance=f"{2 + k % 7}.5", bearing=f"{k % 360}.0,R"),
        ]
    data = text(*lines)
    plain, bulk = decoder(), decoder()
    bulk.expect(1 << 22)
    one = Detections.concat([plain.detections(Datagram(0, "test", text(line))) for line in lines])
    other = bulk.detections(Datagram(0, "test", data))
    assert bulk._bulk and not plain._bulk
    assert len(one) == len(other) > 600
    for name in ("time_s", "kind", "target", "range_m", "azimuth_rad", "sensor_lon", "lon"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert plain.balance == bulk.balance


SENTENCES = [
    "RATTM,11,11.4,13.6,T,7.0,20.0,T,0.5,-3.0,N,WRECK,Q,R,122639.50,A",
    "RATLL,03,5057.500,N,00130.300,W,BUOY,122639.00,T,R",
    "RAOSD,35.1,A,36.0,P,10.2,P,15.3,0.1,N",
    "RARSD,0.5,10.0,1.0,20.0,0.4,15.0,2.0,30.0,4.5,270.5,6.0,N,H",
    "GPRMC,122640.00,A,5100.000,N,00130.000,E,5.2,28.2,130920,2.0,E,A",
    "GPVTG,90.0,T,88.0,M,20.0,N,37.04,K,A",
    "HCHDG,98.0,1.0,E,3.0,E",
    "GPGNS,122640.00,5100.000,N,00130.000,E,AA,08,0.9,10.0,47.0,,",
]


def test_mutated_radar_sentences_never_raise_and_all_are_accounted_for():
    report = radar_nmea.run(20_000, seed=7)
    assert report.defects == {}
    for balance in report.books.values():
        assert balance.frames >= 20_000 and balance.difference == 0
        assert balance.decoded > 2_000 and sum(balance.rejected.values()) > 2_000
    assert {"TTM fields", "TLL fields", "OSD fields", "RSD fields"} <= set(balance.rejected)

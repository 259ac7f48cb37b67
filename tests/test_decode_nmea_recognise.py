"""Formats recognised from their first bytes, for each peer apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode import FORMATS, open_decoder, recognise
from coastwatch.decode.base import Context
from coastwatch.model import ConfigError, Datagram, Kind
from tests.nmea import POSITION, T0, ais, tagged, text

AIVDM = ais(POSITION)[0]
PLOTS = b"time,sensor,lon,lat\n1600000000,r,1.5,51\n"
# CAT 034, a north marker: FSPEC, SAC/SIC, type 1, time of day.
BLOCK = bytes([34, 0, 10, 0b11100000, 8, 17, 1, 0x59, 0x33, 0x00])
PIECES = st.sampled_from([text(AIVDM), PLOTS, BLOCK, BLOCK[:5]]) | st.binary(max_size=60)


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (text(AIVDM), "nmea"),
        (text(tagged(AIVDM, s="x")), "nmea"),
        (text(f"{T0}\t{AIVDM}"), "nmea"),
        (text("# a log", AIVDM), "nmea"),
        (text("epoch,AIS_Sentences", f"{T0},{AIVDM}"), "nmea"),
        (b"$GPRMC,", "nmea"),
        (BLOCK * 3, "asterix"),
        (BLOCK + BLOCK[:5], "asterix"),
        (PLOTS, "plots"),
        (b"\xef\xbb\xbf" + PLOTS, "plots"),
        (b"sensor,lat,lon,time\r\n", "plots"),
        (b"", ""),
        (b"hello", ""),
    ],
)
def test_the_first_bytes_tell_the_format(head, format):
    assert recognise(head) == format


def test_the_name_tells_where_the_header_is_wrong():
    assert recognise(b"when,sensor,lon,lat\n", "ferry.plots.csv") == "plots"


def test_an_unknown_format_is_a_configuration_error_that_names_the_known():
    with pytest.raises(ConfigError, match="auto, nmea, asterix, navico, plots"):
        open_decoder("pigeon", Context())
    assert set(FORMATS) == {"auto", "nmea", "asterix", "navico", "plots"}


def test_each_peer_of_one_feed_has_its_own_format():
    of = open_decoder("auto", Context(feed="f", sensors={"r": 0}, date_s=1_599_955_200.0))
    now = T0 * 10**9
    of.detections(Datagram(now, "f", text(AIVDM)[:10], peer="a"))
    of.detections(Datagram(now, "f", PLOTS, peer="b"))
    found = of.detections(Datagram(now, "f", text(AIVDM)[10:], peer="a"))
    assert found.kind.tolist() == [Kind.REPORT]
    assert of.records(Datagram(now, "f", BLOCK, peer="c", whole=True))[0]["cat"] == 34
    assert of.balance.difference == 0 and of.balance.decoded == 3


@pytest.mark.parametrize("step", [1, 5, 100_000])
def test_a_stream_is_recognised_however_it_is_cut(step):
    data = text("# a log", AIVDM, AIVDM)
    of = open_decoder("auto", Context(feed="f"))
    found = []
    for i in range(0, len(data), step):
        found += of.records(Datagram(0, "f", data[i : i + step]))
    found += of.records(Datagram(0, "f", b"", end=True))
    assert [r["line"] for r in found] == [2, 3]


def test_what_nothing_recognises_is_refused_and_counted():
    of = open_decoder("auto", Context(feed="f"))
    of.records(Datagram(0, "f", b"hello\nworld\nagain\n", end=True))
    assert of.balance.frames == 3 and of.balance.rejected == {"no sentence": 2}
    assert [r.line for r in of.rejects] == [2, 3]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), PIECES), max_size=8))
def test_no_mixture_of_peers_and_bytes_raises(pieces):
    of = open_decoder("auto", Context(feed="f", date_s=1_599_955_200.0))
    for peer, whole, data in pieces:
        of.detections(Datagram(T0 * 10**9, "f", data, peer=peer, whole=whole))
        assert of.balance.difference == 0
    of.detections(Datagram(T0 * 10**9, "f", b"", end=True))
    assert of.balance.difference == 0 and of.balance.pending == 0

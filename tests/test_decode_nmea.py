"""NMEA streams: where a sentence begins, whether it is whole, and when it was received."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode import open_decoder
from coastwatch.decode.base import Context
from coastwatch.decode.stamps import epoch_s, on_day_s
from coastwatch.model import Datagram
from tests.nmea import POSITION, T0, VOYAGE, ais, decoder, detections, records, signed, tagged, text
from tests.shared import SHARED, needs_shared

AIVDM = ais(POSITION)[0]
BASE = {"type": 4, "mmsi": 2190047, "year": 2020, "month": 9, "day": 13, "hour": 12, "minute": 26,
        "second": 40}  # fmt: skip
STAMP = "2020-09-13T12:26:40Z"


def one(*lines, **context):
    of = decoder(**context)
    found = records(of, text(*lines))
    assert of.balance.difference == 0
    return found[0]


@pytest.mark.parametrize(
    "line",
    [
        tagged(AIVDM, s="dover", c=T0),
        tagged(AIVDM, g="1-1-77", s="dover", c=T0 * 1000, t="x"),
        tagged(tagged(AIVDM, c=T0), s="dover"),
        "2020-09-13 12:26:40, " + AIVDM,
        "[2020-09-13T14:26:40+02:00] " + AIVDM,
        f"{T0},{AIVDM}",
        f"{T0}\t{AIVDM}",
        f"{T0}.000 {AIVDM}",
        f"{T0}000 {AIVDM}",
        f"{T0}000000 {AIVDM}",
        f"{T0}000000000 {AIVDM}",
        f"{AIVDM},{T0}000",
        f"{AIVDM},r003669987,{T0}",
        f"{AIVDM},x161433,s25723,d-112,T34.35063660,r3669961,{T0}",
    ],
)
def test_a_stamp_of_any_common_form_gives_the_reception_time(line):
    assert one(line)["received"] == STAMP


def test_a_stamp_keeps_its_fraction_to_the_microsecond():
    assert one(f"1550303566167726840 {AIVDM}")["received"] == "2019-02-16T07:52:46.167727Z"


def test_a_number_that_could_be_an_mmsi_is_no_time():
    of = decoder()
    assert records(of, text(f"244660000 {AIVDM}"))[0]["received"] is None
    assert of.counts["prefix not understood"] == 1


def test_the_tag_block_outweighs_the_log_prefix():
    assert one(f"{T0 + 99} " + tagged(AIVDM, c=T0))["received"] == STAMP


def test_without_any_time_received_is_null_and_source_is_the_feed():
    record = one(AIVDM)
    assert (record["received"], record["source"], record["line"]) == (None, "test", 1)


def test_a_live_sentence_without_a_stamp_has_the_time_of_its_datagram():
    of = decoder()
    assert records(of, text(AIVDM), received_s=T0)[0]["received"] == STAMP
    assert of.counts["time from received"] == 1


def test_pghp_dates_the_sentence_it_names_and_no_other():
    other = ais(POSITION, mmsi=244660001)[0]
    pghp = signed(f"$PGHP,1,2020,9,13,12,26,40,500,219,,2190047,1,{AIVDM[-2:]}")
    of = decoder()
    found = records(of, text(pghp, other, pghp, AIVDM, AIVDM))
    assert [r["received"] for r in found] == [None, "2020-09-13T12:26:40.500000Z", None]
    assert [r["source"] for r in found] == ["test", "2190047", "test"]
    assert of.balance.ignored == 2


def test_the_station_is_the_source():
    assert one(tagged(AIVDM, s="dover", c=T0))["source"] == "dover"
    assert one(f"{AIVDM},r003669987,{T0}")["source"] == "r003669987"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        (signed("$GPRMC,122640.00,A,5100.0,N,00130.0,E,5.2,28.2,130920,,,A"), "RMC"),
        (signed("$GPZDA,122640.00,13,09,2020,,"), "ZDA"),
        (ais(BASE)[0], "base station"),
    ],
)
def test_a_stream_without_stamps_is_dated_by_its_own_clock(sentence, source):
    of = decoder()
    record = records(of, text(sentence, AIVDM))[-1]
    assert (record["received"], record["time"], record["time_source"]) == (None, STAMP, source)
    assert detections(decoder(), text(sentence, AIVDM)).time_s.tolist() == [T0]


def test_a_base_station_does_not_date_a_stream_that_has_stamps():
    base = ais({"type": 4, "mmsi": 1, "year": 2021, "month": 1, "day": 1})[0]
    of = decoder()
    assert len(detections(of, text(f"{T0} {base}", AIVDM))) == 0
    assert of.counts["untimed"] == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (AIVDM[:-1] + "?", "no checksum"),
        (AIVDM[:-3], "no checksum"),
        (AIVDM.replace(",A,", ",B,"), "checksum"),
        ("$GPRMC,122640.00,A*00", "checksum"),
        (signed("!AIVDM,1,1,,A,15"), "AIS fields"),
        (signed("!AIVDM,2,3,1,A,15MwkT1P37G?fl0,0"), "AIS fields"),
        (signed("!AIVDM,1,1,,A,15MwkT1P37G?fl0,7"), "AIS fields"),
        (signed("!AIVDM,1,1,,A,,0"), "AIS payload empty"),
        (signed("!AIVDM,1,1,,A,15M[kT1P37G?fl0EJbR0OwT0@MS,0"), "AIS payload characters"),
        (signed("!AIVDM,1,1,,A,15M,0"), "AIS payload too short"),
        (signed("!AIVDM,1,1,,A,15MwkT1P37G?fl0,0"), "AIS type 1 truncated"),
        (signed("!AIVDM,1,1,,A,w5MwkT1P37G?fl0,0"), "AIS message type unknown"),
        (signed("!AIVDM,1,1,,A,H5MwkT800000000000000000000,2"), "AIS type 24 with unknown part"),
        (signed("!AIVDM,1,1,,A," + "8" * 200 + ",0"), "AIS payload too long"),
        ("some junk", "no sentence"),
    ],
)
def test_a_bad_sentence_is_refused_by_reason_and_kept(line, reason):
    of = decoder()
    assert [r["line"] for r in records(of, text("# log", line, AIVDM))] == [3]
    assert dict(of.balance.rejected) == {reason: 1}
    assert (of.rejects[0].reason, of.rejects[0].line) == (reason, 2)
    assert of.rejects[0].raw == line.encode()[:200]
    assert of.balance.difference == 0


def test_comments_headers_and_other_sentences_are_ignored_not_refused():
    of = decoder()
    lines = ("epoch,AIS_Sentences", "# note", "// note", signed("$IIMTW,16.8,C"), "\\si:AISD*3F\\")
    assert records(of, text(*lines, "", AIVDM))[0]["line"] == 7
    assert (of.balance.ignored, of.balance.frames, of.balance.decoded) == (5, 6, 1)


def test_a_damaged_tag_block_is_not_believed_but_its_sentence_stands():
    of = decoder(sensors={"dover": 3})
    bad = tagged(AIVDM, s="dover", c=T0).replace("dover", "dovar", 1)
    record = records(of, text(bad))[0]
    assert (record["received"], record["source"]) == (None, "test")
    assert of.counts["tag block checksum"] == 1


def test_a_broken_sentence_does_not_take_the_next_one_along():
    of = decoder()
    assert len(records(of, text(AIVDM[:20] + AIVDM, AIVDM + AIVDM))) == 3
    assert of.balance.difference == 0


def test_an_endless_line_is_refused_and_costs_only_itself():
    of = decoder()
    found = records(of, text(AIVDM) + b"x" * 5000 + b"\r\n" + text(AIVDM))
    assert [r["line"] for r in found] == [1, 3]
    assert of.balance.frames == 3 and of.balance.difference == 0


def test_any_talker_and_own_ship_reports_are_ais():
    lines = [signed(f"!{t}{AIVDM[6:-3]}") for t in ("BSVDM", "ABVDM", "AIVDO", "SAVDM")]
    assert [r["mmsi"] for r in records(decoder(), text(*lines))] == [244660000] * 4


def test_peers_do_not_share_lines_or_clocks():
    of = decoder()
    rmc = signed("$GPRMC,122640.00,A,5100.0,N,00130.0,E,5.2,28.2,130920,,,A")
    of.records(Datagram(0, "test", text(rmc) + AIVDM[:9].encode(), peer="a"))
    found = of.records(Datagram(0, "test", text(AIVDM), peer="b"))
    assert "time" not in found[0]
    found = of.records(Datagram(0, "test", AIVDM[9:].encode() + b"\n", peer="a"))
    assert found[0]["time"] == STAMP and found[0]["line"] == 2


def test_a_time_of_day_falls_on_the_right_side_of_midnight():
    midnight = 1_600_041_600.0
    assert on_day_s(10.0, midnight - 5.0) == midnight + 10.0
    assert on_day_s(86_395.0, midnight + 5.0) == midnight - 5.0


@given(st.binary(max_size=30))
def test_an_epoch_of_any_bytes_is_a_plausible_time_or_none(raw):
    value = epoch_s(raw)
    assert value is None or 8.2e8 < value < 4.2e9


LINES = [AIVDM, tagged(AIVDM, s="dover", c=T0), *ais(VOYAGE, seq_id=3), f"{AIVDM},r0036,{T0}",
         signed("$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A,"),
         signed("$GPRMC,122640.00,A,5100.0,N,00130.0,E,5.2,28.2,130920,,,A"),
         signed("$RATLL,3,5100.5,N,00130.5,E,,122640.0,T,")]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(LINES).map(str.encode), st.binary(max_size=90)), max_size=12
    ),
    st.randoms(use_true_random=False),
)
def test_no_bytes_ever_raise_and_every_frame_is_accounted_for(lines, rng):
    data = bytearray(b"\n".join(lines))
    for _ in range(rng.randrange(4) if data else 0):
        data[rng.randrange(len(data))] = rng.randrange(256)
    for read in ("records", "detections"):
        of = open_decoder("nmea", Context(feed="f", sensors={"dover": 0}))
        cut = rng.randrange(len(data) + 1)
        getattr(of, read)(Datagram(0, "f", bytes(data[:cut])))
        assert of.balance.difference == 0
        getattr(of, read)(Datagram(0, "f", bytes(data[cut:]), end=True))
        assert of.balance.difference == 0 and of.balance.pending == 0


def test_mutated_sentences_with_sound_checksums_never_raise():
    rng = random.Random(7)
    of = decoder()
    bodies = [line.rpartition("*")[0] for line in LINES if line[0] in "!$" and "*" in line]
    for _ in range(4000):
        body = list(rng.choice(bodies))
        for _ in range(rng.randrange(1, 4)):
            body[rng.randrange(1, len(body))] = chr(rng.randrange(33, 127))
        clean = "".join(c for i, c in enumerate(body) if i == 0 or c not in "*!$\\")
        of.detections(Datagram(T0 * 10**9, "f", text(signed(clean))))
        assert of.balance.difference == 0
    assert of.balance.decoded > 500 and len(of.balance.rejected) > 5


# Decoded sentences and least number of MMSIs, from a count of each file made apart from this code.
REAL = {
    "AISdb__test_data_20211101.nm4": (997, 843),
    "Ais.Net__Ais1000Lines.nm4": (1000, 832),
    "AisAbnormal__ais-sample.txt": (26146, 1508),
    "AisLib__stream_example.txt": (4482, 1933),
    "OpenCPN__Hakefjord.log": (15912, 41),
    "go-ais__aistest.nmea": (980, 803),
    "noaadata__test.ais": (985, 734),
    "risky__ais.txt": (32517, 2249),
    "risky__exact-earth-augmented.txt": (3950, 1075),
    "risky__exact-earth-with-tag-block.txt": (221, 120),
    "vessels-monitoring__ais_vernon_20160401.log": (55990, 39),
    "vessels-monitoring__ais_vernon_20160404.log": (51100, 30),
    "vessels-monitoring__log_ais_cw17.csv.log": (27860, 41),
}


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("name", sorted(REAL))
def test_real_logs_decode_whole_with_balanced_books(name):
    of = decoder()
    data = (SHARED / "ais" / name).read_bytes()[: 2**22]
    mmsis = set()
    for start in range(0, len(data), 60_000):
        found = of.records(Datagram(0, "test", data[start : start + 60_000]))
        mmsis |= {r["mmsi"] for r in found if "mmsi" in r}
        assert of.balance.difference == 0
    of.records(Datagram(0, "test", b"", end=True))
    assert of.balance.difference == 0 and of.balance.pending == 0
    sentences, vessels = REAL[name]
    assert of.balance.decoded >= sentences
    assert len(mmsis) >= vessels
    assert sum(of.balance.rejected.values()) < 0.02 * of.balance.frames

"""Fragments: whole messages from any order, and never one from two senders."""

from itertools import permutations

import pytest

from coastwatch.decode.ais.fragments import WAITING_MAX
from coastwatch.model import Datagram
from tests.nmea import T0, VOYAGE, ais, decoder, records, signed, tagged, text

A1, A2 = ais(VOYAGE, seq_id=3)
B1, B2 = ais(
    VOYAGE,
    mmsi=235000001,
    shipname="OTHER",
    callsign="MXYZ",
    destination="DUNKERQUE EAST LOCK",
    seq_id=3,
)


def names(found):
    return [(r["mmsi"], r["shipname"], r["destination"]) for r in found]


STAR, OTHER = (
    (244660000, "DOVER STAR", "ROTTERDAM EUROPOORT"),
    (235000001, "OTHER", "DUNKERQUE EAST LOCK"),
)


def test_a_message_in_two_is_one_record_at_its_first_line():
    of = decoder()
    found = records(of, text("# log", A1, A2))
    assert names(found) == [STAR] and found[0]["line"] == 2
    assert of.balance.decoded == 2


def test_swapped_fragments_join():
    assert names(records(decoder(), text(A2, A1))) == [STAR]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_two_stations_in_any_order_never_make_a_chimera(order):
    lines = [tagged(A1, s="a"), tagged(A2, s="a"), tagged(B1, s="b"), tagged(B2, s="b")]
    of = decoder()
    assert sorted(names(records(of, text(*(lines[i] for i in order))))) == [OTHER, STAR]
    assert of.balance.decoded == 4


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_groups_in_any_order_never_make_a_chimera(order):
    lines = [tagged(A1, g="1-2-8", s="a", c=T0), tagged(A2, g="2-2-8"),
             tagged(B1, g="1-2-9", s="b", c=T0), tagged(B2, g="2-2-9")]  # fmt: skip
    of = decoder()
    found = records(of, text(*(lines[i] for i in order)))
    assert sorted(names(found)) == [OTHER, STAR]
    assert {r["source"] for r in found} == {"a", "b"} and all(r["received"] for r in found)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_two_senders_without_a_station_are_told_apart_or_refused(order):
    lines = [A1, A2, B1, B2]
    of = decoder()
    found = records(of, text(*(lines[i] for i in order)))
    first, second = order[:2]
    if first // 2 == second // 2:
        assert sorted(names(found)) == [OTHER, STAR]
    elif first % 2 == second % 2:
        assert found == []
        assert of.balance.rejected == {"AIS fragments ambiguous": 4}
    # The first half of one and then the second of the other: nothing in the bytes tells.
    assert of.balance.difference == 0


def test_interleaved_twins_of_one_transmission_both_come_out():
    assert names(records(decoder(), text(A1, A1, A2, A2))) == [STAR, STAR]


def test_what_an_interleaving_left_over_does_not_join_the_next_message():
    of = decoder()
    c1, c2 = ais(VOYAGE, mmsi=227000001, shipname="THIRD", seq_id=3)
    found = records(of, text(A1, B1, A2, B2, c1, c2))
    assert [n[0] for n in names(found)] == [227000001]
    assert of.balance.rejected == {"AIS fragments ambiguous": 4}


def test_a_sequence_id_that_comes_round_again_replaces_the_broken_message():
    of = decoder()
    filler = [signed("$IIMTW,16.8,C")] * 20
    assert names(records(of, text(A1, *filler, B1, B2))) == [OTHER]
    assert (of.balance.expired, of.balance.decoded) == (1, 2)


def test_fragments_expire_after_ten_seconds_of_stream_time():
    of = decoder()
    late = f"{T0 + 11} {A2}"
    assert records(of, text(f"{T0} {A1}", late)) == []
    assert of.balance.expired == 2
    assert names(records(decoder(), text(f"{T0} {A1}", f"{T0 + 9} {A2}"))) == [STAR]


def test_the_waiting_are_bounded_and_the_oldest_goes_first():
    of = decoder()
    lines = [tagged(A1, s=f"s{i}") for i in range(WAITING_MAX + 50)]
    of.records(Datagram(0, "test", text(*lines)))
    assert (of.balance.pending, of.balance.expired) == (WAITING_MAX, 50)
    assert of.balance.difference == 0
    assert names(of.records(Datagram(0, "test", text(tagged(A2, s="s60"), tagged(A2, s="s0")))))


def test_channels_and_talkers_of_other_peers_do_not_mix():
    of = decoder()
    of.records(Datagram(0, "test", text(A1), peer="x"))
    assert of.records(Datagram(0, "test", text(B2), peer="y")) == []
    of.records(Datagram(0, "test", b"", peer="x", end=True))
    assert (of.balance.expired, of.balance.pending) == (1, 1)

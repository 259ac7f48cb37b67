"""Editions of one category with other layouts: told from the block, or said by the site."""

import tomllib
from random import Random

import pytest
import tomli_w

from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.asterix.cat010 import CAT_010, CAT_010_0_31
from coastwatch.decode.asterix.cat062 import CAT_062
from coastwatch.decode.asterix.cat062_0_17 import CAT_062_0_17
from coastwatch.decode.asterix.editions import SOURCES_KEPT, address, named
from coastwatch.decode.asterix.structures import Fixed
from coastwatch.decode.base import Context
from coastwatch.engine import Engine
from coastwatch.model import ConfigError, Datagram, Kind
from coastwatch.site import parse
from tests.asterix_records import random_items

SOURCE = {"SAC": 8, "SIC": 17}
OLD = {
    "010": SOURCE,
    "070": 45_827.5,
    "040": 4711,
    "105": {"LAT": 50.87, "LON": 1.583},
    "180": {"GSP": 2**-8, "HDG": 90.0},
    "500": {"APC": {"APC_X": 1 / 64, "APC_Y": 3 / 64}},
}
NEW = {"010": SOURCE, "070": 45_827.5, "105": {"LAT": 50.87, "LON": 1.583}, "040": 4711}


def decoder(**chosen):
    editions = {key: value for key, value in chosen.items() if isinstance(key, str)}
    return AsterixDecoder(
        Context(feed="radar", sensor=0, editions=lambda n, *_: editions.get(f"cat{n:03d}", "auto"))
    )


def whole(data):
    return Datagram(1_800_000_000_000_000_000, "radar", data, whole=True)


def records(data, d=None):
    d = d or decoder()
    found = d.records(whole(data))
    assert d.balance.difference == 0
    return [r["items"] for r in found], d


def latitude(items):
    return items["105"]["LAT"]


def test_an_old_block_is_told_from_a_new_one_by_the_block_itself():
    for table, record in ((CAT_062_0_17, OLD), (CAT_062, NEW)):
        (found,), d = records(table.encode([record]))
        assert latitude(found) == pytest.approx(50.87, abs=3e-5)
        assert found["040"] == 4711
        assert not d.balance.rejected


def test_read_by_the_wrong_edition_it_would_lie_thousands_of_degrees_off():
    """The same octets by the new table, were its limits not there: what must never come out."""
    data = CAT_062_0_17.encode([{k: OLD[k] for k in ("010", "070", "105")}])
    assert data[3] == 0xA8  # to the new edition: 010, 015, 105, and just as long
    fields = next(i for i in CAT_062.items if i and i.name == "105").structure.fields
    limitless = Fixed(*(type(f)(f.name, f.bits, f.code, f.lsb, f.unit) for f in fields))
    assert abs(limitless.decode(data, 7, len(data))[0]["LAT"]) > 1_000
    (found,), _ = records(data)
    assert latitude(found) == pytest.approx(50.87, abs=3e-5)


@pytest.mark.parametrize("table", [CAT_062, CAT_062_0_17], ids=lambda t: t.edition)
def test_random_blocks_with_a_source_are_read_by_their_own_edition(table):
    """Full ones: a record of three items may fit more than one edition."""
    rng = Random(table.edition)
    right = 0
    for _ in range(200):
        record = random_items(table, rng, 0.6) | {"010": SOURCE, "070": 1.5}
        found, _ = records(table.encode([record]))
        right += found == [record]
    assert right == 200


def test_the_choice_is_remembered_for_the_source_and_made_anew_when_it_no_longer_fits():
    d = decoder()
    records(CAT_062_0_17.encode([OLD]), d)
    # To either edition a time, by itself, of the same octets.
    both = {"010": SOURCE, "015": 7}
    ambiguous = CAT_062_0_17.encode([both])
    assert records(ambiguous, d)[0] == [both]
    assert records(CAT_062.encode([NEW]), d)[0][0]["070"] == 45_827.5
    assert records(CAT_062_0_17.encode([OLD]), d)[0][0]["180"]["HDG"] == 90.0
    assert not d.balance.rejected


def test_each_source_has_its_own_edition_in_one_feed():
    d = decoder()
    other = {"SAC": 8, "SIC": 18}
    for _ in range(3):
        old, _ = records(CAT_062_0_17.encode([OLD]), d)
        new, _ = records(CAT_062.encode([NEW | {"010": other}]), d)
        assert latitude(old[0]) == pytest.approx(latitude(new[0]), abs=3e-5)
    assert not d.balance.rejected


def test_a_block_that_no_edition_fits_is_refused_as_such_and_says_why_for_each():
    body = bytes.fromhex("A8 0811 FF7FFF 7FFFFF 7FFFFF")
    data = b"\x3e" + (len(body) + 3).to_bytes(2) + body
    found, d = records(data + CAT_062.encode([NEW]))
    assert len(found) == 1
    assert d.balance.rejected == {"CAT 062: no edition fits": 1}
    (reject,) = d.rejects
    assert "1.21: item 105 LAT outside -90..90 deg at 3" in reject.reason
    assert "0.17: item 070 value outside 0..86460 s at 3" in reject.reason
    assert reject.raw == data[3:]


def test_a_damaged_block_of_a_known_source_keeps_the_records_before_the_damage():
    d = decoder()
    records(CAT_062.encode([NEW]), d)
    data = CAT_062.encode([NEW, NEW])[:-4]
    data = data[:1] + len(data).to_bytes(2) + data[3:]
    found, _ = records(data, d)
    assert len(found) == 1
    assert d.balance.rejected == {"CAT 062 item 105 runs past the end of its block": 1}


def test_the_site_s_word_goes_before_what_the_block_tells():
    data = CAT_010_0_31.encode([{"010": SOURCE, "041": {"LAT": 50.87, "LON": 1.583}}])
    (found,), _ = records(data)
    assert found["041"]["LAT"] == pytest.approx(50.87 / 64)  # fits the newest, which is taken
    (found,), _ = records(data, decoder(cat010="0.31"))
    assert found["041"]["LAT"] == pytest.approx(50.87, abs=6e-6)
    assert records(CAT_062.encode([NEW]))[0][0]["070"] == 45_827.5
    found, _ = records(CAT_062.encode([NEW]), decoder(cat062="0.17"))
    assert all(items.get("070") != 45_827.5 for items in found)


def test_a_block_of_the_new_edition_never_fits_the_old_one_s_step():
    data = CAT_010.encode([{"010": SOURCE, "041": {"LAT": 50.87, "LON": 1.583}}])
    found, d = records(data, decoder(cat010="0.31"))
    assert found == []
    assert d.balance.rejected == {"CAT 010 item 041 LAT outside -90..90 deg": 1}
    (found,), _ = records(data)
    assert found["041"]["LAT"] == pytest.approx(50.87, abs=1e-7)


def test_of_editions_that_fit_one_without_spare_bits_set_is_taken():
    # 010 and the ninth item: 060 with a spare bit to the new edition, 135 without one to the old.
    for value, item in ((0x1267, "135"), (0x0267, "060")):
        body = bytes.fromhex("8140 0811") + value.to_bytes(2)
        (found,), _ = records(b"\x3e" + (len(body) + 3).to_bytes(2) + body)
        assert set(found) == {"010", item}


def test_a_block_of_an_earlier_edition_can_be_written():
    assert encode_block(62, [OLD], edition="0.17") == CAT_062_0_17.encode([OLD])
    assert encode_block(62, [NEW]) == encode_block(62, [NEW], "1.15") == CAT_062.encode([NEW])
    with pytest.raises(ConfigError, match=r"'0\.9'"):
        encode_block(62, [NEW], "0.9")


@pytest.mark.parametrize(
    ("number", "edition", "table"),
    [(62, "1.21", "1.21"), (62, "1.12", "1.21"), (62, "0.17", "0.17"), (48, "1.15", "1.32"),
     (34, "1.26", "1.29"), (10, "1.1", "1.1"), (10, "0.31", "0.31"), (20, "1.10", "1.11"),
     (1, "1.2", "1.4"), (65, "1.3", "1.6")],
)  # fmt: skip
def test_an_edition_s_name_finds_the_table_that_reads_it(number, edition, table):
    assert named(number, edition).edition == table


@pytest.mark.parametrize(
    ("number", "edition", "words"),
    [(62, "1.30", ["'1.30'", "1.12 to 1.20, 1.21; 0.17"]), (62, "0.5", ["'0.5'"]),
     (99, "1.0", ["CAT 099 has no table"])],
)  # fmt: skip
def test_an_edition_that_no_table_reads_is_named_with_those_that_are(number, edition, words):
    with pytest.raises(ConfigError) as error:
        named(number, edition)
    for word in words:
        assert word in str(error.value)


def site(editions, tmp_path):
    sensor = {"id": "gris-nez", "kind": "radar", "position": [1.583, 50.87]}
    sensor["asterix"] = {"sac": 8, "sic": 17, "editions": editions}
    document = {"site": {"name": "Strait", "origin": [1.5, 51.0]}, "sensor": [sensor]}
    return parse(document, tmp_path)


def test_site_toml_says_the_edition_of_a_category(tmp_path):
    found = site({"062": "1.12", "048": "auto"}, tmp_path)
    assert found.asterix_edition(62, 8, 17) == "1.12"
    assert found.asterix_edition(48, 8, 17) == found.asterix_edition(34, 8, 17) == "auto"
    assert found.asterix_edition(62, 8, 18) == "auto"
    assert found.asterix_index(8, 17) == 0
    again = parse(tomllib.loads(tomli_w.dumps(found.to_document([]))), tmp_path)
    assert again.asterix_edition(62, 8, 17) == "1.12"
    assert hash(found.sensors) == hash(again.sensors)


@pytest.mark.parametrize(
    "editions", [{"62": "1.12"}, {"062": "newest"}, {"062": 1.12}, "1.12", {"062": "1.12.3"}]
)
def test_what_is_no_edition_in_site_toml_is_named(editions, tmp_path):
    with pytest.raises(ConfigError, match=r"asterix\.editions"):
        site(editions, tmp_path)


def test_a_site_with_an_unknown_edition_does_not_start(tmp_path):
    with pytest.raises(ConfigError, match=r"'gris-nez'.*CAT 062 edition '1\.30' is not known"):
        Engine(site({"062": "1.30"}, tmp_path), [])
    Engine(site({"062": "1.12", "048": "auto"}, tmp_path), [])


def test_tracks_of_the_old_edition_become_detections_with_velocity_and_covariance():
    d = decoder()
    found = d.detections(whole(CAT_062_0_17.encode([OLD])))
    assert found.kind.tolist() == [Kind.SENSOR_TRACK]
    assert found.target[0] == 4711
    assert found.sog_mps[0] == pytest.approx(1852 / 256)
    assert found.cog_rad[0] == pytest.approx(3.14159265 / 2)
    assert found.cov_m2[0].tolist() == [[(1852 / 64) ** 2, 0], [0, (3 * 1852 / 64) ** 2]]


def test_remembered_sources_are_bounded():
    d = decoder()
    for n in range(3 * SOURCES_KEPT):
        source = {"SAC": n >> 8, "SIC": n & 255}
        d.records(whole(CAT_062.encode([{"010": source, "070": 1.0}])))
    assert len(d._editions._known) <= SOURCES_KEPT
    assert not d.balance.rejected


def test_a_block_s_address_is_that_of_its_first_record_or_none():
    assert address(CAT_062.encode([NEW])) == (8, 17)
    assert address(encode_block(48, [{"010": SOURCE, "SP": "00"}])) == (8, 17)
    assert address(encode_block(48, [{"140": 1.0}])) == (-1, -1)
    for data in (b"", b"\x3e\x00\x03", b"\x3e\x00\x04\x80", b"\x3e\x00\x05\x81\x01"):
        assert address(data) == (-1, -1)

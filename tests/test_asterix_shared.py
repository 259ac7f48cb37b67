"""Recordings of real radars, against another decoder's reading of them."""

import re
from pathlib import Path

import pytest

from coastwatch.decode.asterix import CATEGORIES, AsterixDecoder
from coastwatch.decode.base import Context
from coastwatch.feeds import read_file
from coastwatch.model import Datagram
from tests.shared import SHARED, needs_shared

pytestmark = [pytest.mark.shared, needs_shared]
RADAR = SHARED / "radar"

# The other decoder's labels, in the order of our sub-fields.
LABELS = {
    (48, "140"): {"": "Time Of Day"},
    (48, "040"): {"RHO": "RHO", "THETA": "THETA"},
    (48, "070"): {"MODE3A": "Mode-3/A reply code"},
    (48, "090"): {"FL": "FlightLevel"},
    (48, "042"): {"X": "X component", "Y": "Y component"},
    (48, "110"): {"3DH": "3D_Height"},
    (48, "161"): {"TRN": "Track Number"},
    (48, "200"): {"HDG": "Calculated heading"},
    (48, "220"): {"": "AircraftAddress"},
    (48, "130"): {"SRL": "SSR Plot Runlength", "SAM": "SSR-Reply amplitude"},
    (34, "030"): {"": "Time of day"},
    (34, "041"): {"": "Antenna rotation speed"},
    (34, "000"): {"": "Message Type"},
}


def reference(path: Path) -> list[dict[str, tuple[bytes, str]]]:
    """Per record: item number -> (its octets, the lines that explain it)."""
    records = []
    for part in path.read_text().split("Data Record ")[1:]:
        items = {}
        for item in re.split(r"^Item ", part, flags=re.M)[1:]:
            number, octets = item[:3], item[item.index("[") + 1 : item.index("]")]
            items[number] = bytes.fromhex(octets), item
        records.append(items)
    return records


def decode(name: str) -> tuple[list[dict], AsterixDecoder]:
    decoder = AsterixDecoder(Context(feed=name))
    records = [r for datagram in read_file(RADAR / name, name) for r in decoder.records(datagram)]
    assert decoder.balance.difference == 0
    return records, decoder


def test_a_capture_reads_as_another_decoder_reads_it():
    records, decoder = decode("cat_034_048.pcap")
    expected = reference(RADAR / "cat_034_048.txt")
    assert len(records) == len(expected) == 162
    assert not decoder.balance.rejected
    compared = 0
    for record, items in zip(records, expected, strict=True):
        assert set(record["items"]) == set(items)
        table = {item.name: item for item in CATEGORIES[record["cat"]].items if item}
        for number, (octets, text) in items.items():
            value = record["items"][number]
            assert table[number].structure.encode(value) == octets, (record["line"], number)
            compared += compare(record["cat"], number, value, text)
    assert compared > 1000


def compare(category: int, number: str, value, text: str) -> int:
    """Hold our values to the numbers in the other decoder's text; how many there were."""
    compared = 0
    for name, label in LABELS.get((category, number), {}).items():
        if name and name not in value:
            continue
        found = re.search(rf"^\t{re.escape(label)}: (\S+)(?: \((\S+) \S+\))?", text, re.M)
        assert found, (number, label)
        mine = value[name] if name else value
        if (category, number) == (48, "220"):
            assert f"{mine:06X}" == found[1]
        elif isinstance(mine, str):
            assert mine == found[1].zfill(4)
        else:
            assert mine == pytest.approx(float(found[2] or found[1]), abs=1e-6)
        compared += 1
    return compared


@pytest.mark.parametrize(
    ("name", "category", "count"),
    [
        ("cat034.raw", 34, 1),
        ("cat034ed1.26.bin", 34, 1),
        ("cat048.raw", 48, 1),
        ("cat048ed1.15.bin", 48, 1),
        ("cat062ed1.12.bin", 62, 1),
    ],
)
def test_single_blocks_of_several_editions_decode_whole(name, category, count):
    records, decoder = decode(name)
    assert [r["cat"] for r in records] == [category] * count
    assert not decoder.balance.rejected


def test_a_system_track_of_edition_1_12_says_where_and_what_it_is():
    (record,), _ = decode("cat062ed1.12.bin")
    items = record["items"]
    assert items["105"]["LAT"] == pytest.approx(45.465224, abs=1e-6)
    assert items["105"]["LON"] == pytest.approx(17.332499, abs=1e-6)
    assert items["060"]["MODE3A"] == "7621"
    assert items["380"]["ID"] == items["390"]["CS"] == "DLH9CK"
    assert (items["390"]["DEP"], items["390"]["DST"]) == ("EDDF", "LBSF")
    assert items["040"] == 5086


def test_all_octets_of_the_capture_cut_into_odd_chunks_give_the_same_records():
    whole, _ = decode("cat_034_048.pcap")
    payload = b"".join(d.data for d in read_file(RADAR / "cat_034_048.pcap", "f"))
    decoder = AsterixDecoder(Context())
    found = []
    for at in range(0, len(payload), 97):
        found += decoder.records(Datagram(0, "f", payload[at : at + 97], peer="p"))
    found += decoder.records(Datagram(0, "f", b"", peer="p", end=True))
    assert [r["items"] for r in found] == [r["items"] for r in whole]

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

# The other decoder's labels of our sub-fields; a path into the item, "" where that is bare.
LABELS = {
    (48, "010"): {"SAC": "System Area Code", "SIC": "System Identification Code"},
    (48, "140"): {"": "Time Of Day"},
    (48, "020"): dict.fromkeys(["TYP", "SIM", "RDP", "SPI", "RAB"]),
    (48, "040"): {"RHO": "RHO", "THETA": "THETA"},
    (48, "070"): {"V": "V", "G": "G", "L": "L", "MODE3A": "Mode-3/A reply code"},
    (48, "090"): {"V": "V", "G": "G", "FL": "FlightLevel"},
    (48, "220"): {"": "AircraftAddress"},
    (48, "240"): {"": "Characters 1-8 (coded on 6 bits each) defining target identification"},
    (48, "042"): {"X": "X component", "Y": "Y component"},
    (48, "110"): {"3DH": "3D_Height"},
    (48, "161"): {"TRN": "Track Number"},
    (48, "200"): {"GSP": "Calculated groundspeed", "HDG": "Calculated heading"},
    (48, "170"): dict.fromkeys(["CNF", "RAD", "DOU", "MAH", "CDM", "TRE", "GHO", "SUP", "TCC"]),
    (48, "130"): {
        "SRL": "SSR Plot Runlength",
        "SRR": "SSR-Number of received reply",
        "SAM": "SSR-Reply amplitude",
        "PRL": "Primary Plot Runlength",
    },
    (48, "230"): {
        "COM": "COM",
        "STAT": "STAT",
        "SI": "SI/II Transponder Capability",
        "MSSC": "ModeS Specific Service Capability",
        "ARC": "Altitude reporting capability",
        "AIC": "Aircraft identification capability",
        "B1A": "BDS 1,0 bit 16",
        "B1B": "BDS 1,0 bits 37/40",
    },
    (34, "010"): {"SAC": "System Area Code", "SIC": "System Identification Code"},
    (34, "000"): {"": "Message Type"},
    (34, "020"): {"": "Antenna azimuth"},
    (34, "030"): {"": "Time of day"},
    (34, "041"): {"": "Antenna rotation speed"},
    (34, "050"): {
        "COM/NOGO": "Operational Release Status of the System",
        "COM/RDPC": "Radar Data Processor Chain Selection Status",
        "COM/RDPR": "Event to signal a reset/restart of the selected Radar Data Processor Chain",
        "COM/OVLRDP": "Radar Data Processor Overload Indicator",
        "COM/OVLXMT": "Transmission Subsystem Overload Status",
        "COM/MSC": "Monitoring System Connected Status",
        "COM/TSV": "Time Source Validity",
        "PSR/ANT": "Selected PSR antenna",
        "PSR/CHAB": "PSR Channel A/B selection status",
        "PSR/OVL": "PSSR Overload condition",
        "PSR/MSC": "PSSR Monitoring System Connected Status",
        "SSR/ANT": "Selected SSR antenna",
        "SSR/CHAB": "SSR Channel A/B selection status",
        "SSR/OVL": "SSR Overload condition",
        "SSR/MSC": "SSR Monitoring System Connected Status",
        "MDS/ANT": "Mode S Selected antenna",
        "MDS/CHAB": "Mode S Channel A/B selection status for surveillance",
        "MDS/OVLSUR": "Mode S Overload condition",
        "MDS/MSC": "Mode S Monitoring System Connected Status",
        "MDS/SCF": "Mode S Channel A/B sellection for Surveillance Co-ordination Function",
        "MDS/DLF": "Mode S Channel A/B sellection for Data Link Function",
        "MDS/OVLSCF": "Mode S Overload in Surveillance Co-ordination Function",
        "MDS/OVLDLF": "Mode S Overload in Data Link Function",
    },
    (34, "060"): {
        "COM/REDRDP": "Reduction Steps in use for an overload of the RDP",
        "COM/REDXMT": "Reduction Steps in use for an overload of the Transmission subsystem",
        "MDS/REDRAD": "Reduction Steps in use as result of an overload within the Mode S subsystem",
        "MDS/CLU": "Cluster State",
    },
    (34, "120"): {
        "HGT": "Signed Height of the Data Source, expressed in meters above WGS 84 reference "
        "ellipsoid.",
        "LAT": "Latitude in WGS-84",
        "LON": "Longitude in WGS-84",
    },
}

# It shows the marks of extension and the spare bits, which carry nothing and we do not give.
EMPTY = {"FX", "spare bit set to 0", "spare bits set to 0"}
# It takes 180 / 2**23 degrees for 0.00002145767, which is 0.5 m off at this radar.
ROUNDED_STEP = {"Latitude in WGS-84", "Longitude in WGS-84"}
KNOTS = 3600  # it turns the ground speed of 048/200, NM/s in the specification, into knots


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
    compared = registers = 0
    for record, items in zip(records, expected, strict=True):
        assert set(record["items"]) == set(items)
        table = {item.name: item for item in CATEGORIES[record["cat"]].items if item}
        for number, (octets, text) in items.items():
            value = record["items"][number]
            assert table[number].structure.encode(value) == octets, (record["line"], number)
            if (record["cat"], number) == (48, "250"):
                registers += compare_registers(value, text)
            else:
                compared += compare(record["cat"], number, value, text)
    assert compared == sum(len(lines_of(text)) for r in expected for n, (_, text) in r.items()
                           if n != "250")  # fmt: skip
    assert registers == 124


def lines_of(text: str) -> dict[str, str]:
    """What the other decoder says of an item, by its labels, where it says something."""
    lines = (line[1:].partition(": ") for line in text.splitlines() if line.startswith("\t"))
    return {label: said for label, _, said in lines if label not in EMPTY}


def compare(category: int, number: str, value, text: str) -> int:
    """Hold our values to every line of the other decoder's text; how many lines there were."""
    said = lines_of(text)
    mine = {}
    for path, label in LABELS[category, number].items():
        part, there = value, True
        for name in filter(None, path.split("/")):
            there = there and name in part
            part = part[name] if there else None
        if there:
            mine[label or path] = part
    assert mine.keys() == said.keys(), (category, number)
    for label, ours in mine.items():
        raw, _, scaled = said[label].partition(" (")
        if (category, number) == (48, "220"):
            assert f"{ours:06X}" == raw
        elif isinstance(ours, str):
            # Of characters that are not defined it shows nothing, we a "?".
            assert ours.replace("?", "") == said[label].rstrip()
        else:
            if label in ROUNDED_STEP:
                assert ours == int(raw) * 180 / 2**23
                continue
            figure = re.match(r"-?\d+\.\d+(?= )", scaled)
            knots = KNOTS if label == "Calculated groundspeed" else 1
            assert ours * knots == pytest.approx(float(figure[0] if figure else raw), abs=1e-6)
    return len(said)


def compare_registers(value, text: str) -> int:
    """It opens some of the transponder's registers, whose meaning is no part of ASTERIX (ICAO Doc
    9871) and of no use for vessels: we give their octets, which the test holds to its own."""
    found = re.findall(r"^\tBDS register: (\w\w)$", text, re.M)
    assert [f"{one['BDS1']:X}{one['BDS2']:X}" for one in value] == found
    unopened = re.findall(r"^\tBDS value: (\w+)", text, re.M)
    assert set(unopened) <= {one["MBDATA"] for one in value}
    return len(found)


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

"""Bad input, through the command line: one clear line, the right status, and no lost picture."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

SITE = """
[site]
name = "Test"
origin = [1.5, 51.0]
zones = [{zones}]

[[sensor]]
id = "radar"
kind = "radar"
position = [1.5, 51.0]
"""
AIS = (
    "2026-11-20 05:30:0{}, !AIVDM,1,1,,B,15NOdr?001o?v:RK@p@QDQBv0D1<,0*44\n"
    "2026-11-20 05:30:1{}, !AIVDM,1,1,,B,15NOdr?001o?v:RK@p@QDQBv0D1<,0*45\n"
)


def coastwatch(*words: object, **extra) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "coastwatch", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **extra)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE.format(zones=""))
    return path


@pytest.fixture
def ais(tmp_path: Path) -> Path:
    path = tmp_path / "ais.nmea"
    path.write_text("".join(AIS.format(i, i) for i in range(9)))
    return path


def one_line(result: subprocess.CompletedProcess, status: int, *words: str) -> None:
    assert result.returncode == status, result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    for word in words:
        assert word in lines[0]


def test_a_wrong_key_in_the_site_is_named_with_its_mend(site, ais, tmp_path):
    site.write_text(site.read_text().replace("position", "positon"))
    result = coastwatch("track", site, ais, "--out", tmp_path / "run")
    one_line(result, 2, "site.toml", "positon", "position")


def test_a_damaged_sentence_is_counted_and_the_picture_goes_on(site, ais, tmp_path):
    result = coastwatch("track", site, ais, "--out", tmp_path / "run")
    assert result.returncode == 0, result.stderr
    summary = json.loads((tmp_path / "run/summary.json").read_text())
    (feed,) = summary["feeds"].values()
    assert feed["frames"] == 18
    assert feed["decoded"] == 9
    assert sum(feed["rejected"].values()) == 9
    assert feed["difference"] == 0
    kept = (tmp_path / "run/rejects.jsonl").read_text().splitlines()
    assert len(kept) == 9
    assert "15NOdr" in json.loads(kept[0])["raw"]


def test_a_truncated_capture_gives_its_whole_packets_and_says_so(site, tmp_path):
    payload = AIS.format(1, 1).splitlines()[0].encode() + b"\r\n"
    udp = struct.pack(">HHHH", 5000, 10110, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                     bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1]))  # fmt: skip
    packet = ip + udp
    record = struct.pack("<IIII", 1_700_000_000, 0, len(packet), len(packet)) + packet
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    path = tmp_path / "cut.pcap"
    path.write_bytes(head + record * 3 + record[: len(record) // 2])
    result = coastwatch("decode", path)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 3
    assert "cut.pcap" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        ([[1, 51], [2, 51], [float("nan"), 52], [1, 51]], ["NaN"]),
        ([[1, 51], [2, 52], [2, 51], [1, 52], [1, 51]], ["cross"]),
        ([[1, 51], [2, 51], [2, 52], [1, 52]], ["open"]),
    ],
)
def test_a_zone_with_a_broken_ring_is_refused_by_name(site, ais, tmp_path, ring, words):
    feature = {
        "type": "Feature",
        "properties": {"id": "z1", "name": "Z", "kind": "exclusion", "source": "test"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "bad.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    checked = coastwatch("zones", "check", path)
    assert checked.returncode == 1
    said = checked.stdout + checked.stderr
    assert "Traceback" not in said
    for word in ["bad.geojson", "z1", *words]:
        assert word.lower() in said.lower()
    site.write_text(SITE.format(zones='"bad.geojson"'))
    result = coastwatch("track", site, ais, "--out", tmp_path / "run")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "z1" in result.stderr


def test_a_plots_file_with_a_missing_column_is_refused_and_the_others_go_on(site, ais, tmp_path):
    path = tmp_path / "bad.plots.csv"
    path.write_text("time,lon,lat\n2026-11-20T05:30:00Z,1.5,51.0\n")
    result = coastwatch("track", site, path, ais, "--out", tmp_path / "run")
    one_line(result, 1, "bad.plots.csv", "sensor")
    summary = json.loads((tmp_path / "run/summary.json").read_text())
    assert summary["feeds"]["ais.nmea"]["decoded"] == 9
    assert summary["tracks"]["confirmed"] == 1


def test_a_compressed_file_that_breaks_is_refused_and_the_others_go_on(site, ais, tmp_path):
    path = tmp_path / "broken.nmea.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00broken")
    result = coastwatch("track", site, path, ais, "--out", tmp_path / "run")
    assert "broken.nmea.gz" in result.stderr + result.stdout
    assert "Traceback" not in result.stderr
    summary = json.loads((tmp_path / "run/summary.json").read_text())
    assert summary["tracks"]["confirmed"] == 1


def test_an_output_folder_that_cannot_be_is_one_clear_line(site, ais, tmp_path):
    (tmp_path / "taken").write_text("a file stands here")
    result = coastwatch("track", site, ais, "--out", tmp_path / "taken" / "run")
    one_line(result, 1, "taken", "--out")


def test_an_output_folder_that_nobody_may_write_is_one_clear_line(site, ais):
    # Root may write to any ordinary folder, but not there.
    one_line(coastwatch("track", site, ais, "--out", "/sys/coastwatch"), 1, "/sys", "--out")


def test_a_missing_input_is_one_clear_line(site, tmp_path):
    one_line(
        coastwatch("track", site, tmp_path / "no.nmea", "--out", tmp_path / "run"), 1, "no.nmea"
    )
    one_line(coastwatch("decode", tmp_path / "no.nmea"), 1, "no.nmea")


def test_a_feed_of_an_unknown_kind_is_refused_with_its_name(site, tmp_path):
    site.write_text(site.read_text() + '\n[[feed]]\nid = "x"\nurl = "ftp://host/file"\n')
    one_line(coastwatch("watch", site, "--out", tmp_path / "run"), 2, "ftp", "'x'")


def test_random_bytes_decode_to_counted_rejects(tmp_path):
    path = tmp_path / "noise.bin"
    path.write_bytes(bytes((i * 7919 + i // 251) % 256 for i in range(100_000)))
    for form in ("auto", "nmea", "asterix", "plots"):
        result = coastwatch("decode", path, "--format", form)
        assert "Traceback" not in result.stderr
        assert result.returncode in (0, 1)
        assert result.stderr.strip()

"""decode of a whole file: words and flags on demand, tables by columns however it is cut."""

import gzip
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from coastwatch import decode_file, read_ais
from coastwatch.decode import nmea
from coastwatch.model import ConfigError, InputError
from tests.nmea import POSITION, T0, VOYAGE, ais, signed, tagged, text

TTM = signed("$RATTM,11,2.0,13.5,T,7.0,20.0,T,0.0,0.0,N,,T,,122640.00,A")


def fleet(n):
    """Positions and statics of n ships, with a radar's target now and then."""
    lines = []
    for i in range(n):
        stamp = {"s": f"st{i % 3}", "c": T0 + i}
        mmsi = 227_000_000 + i
        lines.append(tagged(ais(POSITION, mmsi=mmsi, lon=1 + i / n)[0], **stamp))
        statics = ais(VOYAGE, mmsi=mmsi, shipname=f"SHIP {i}", seq_id=i % 10)
        lines += [tagged(line, **stamp) for line in statics]
        if i % 50 == 0:
            lines.append(f"{T0 + i} {TTM}")
    return text(*lines)


def test_a_table_of_many_chunks_has_what_the_columns_have(tmp_path, monkeypatch):
    monkeypatch.setattr(nmea, "BULK_FROM", 50_000)
    path = tmp_path / "a.nmea"
    path.write_bytes(fleet(6_000))  # of 1.3 MB: by the plain reader first, then in bulk
    balance = decode_file(path, "auto", "parquet", tmp_path / "a.parquet")
    messages, statics, books = read_ais(path)
    assert balance == books and balance.difference == 0
    table = pq.read_table(tmp_path / "a.parquet").to_pydict()
    moved = messages.take(messages.msg_type == 1)
    assert table["mmsi"] == moved.mmsi.tolist() == [227_000_000 + i for i in range(6_000)]
    assert table["lon"] == moved.lon.tolist() and set(table["sog_kn"]) == {12.5}
    assert table["source"] == [f"st{i % 3}" for i in range(6_000)]
    assert [t.timestamp() for t in table["time"]] == moved.time_s.tolist()
    beside = pq.read_table(tmp_path / "a.statics.parquet").to_pydict()
    assert beside["mmsi"] == statics.mmsi.tolist() == table["mmsi"]
    assert beside["name"] == [f"SHIP {i}" for i in range(6_000)]
    assert pq.read_table(tmp_path / "a.radar.parquet").num_rows == 120


def test_explain_adds_what_the_codes_mean(tmp_path):
    path = tmp_path / "a.nmea"
    path.write_bytes(text(*ais(POSITION), *ais(VOYAGE, seq_id=1), TTM))
    decode_file(path, "nmea", "jsonl", tmp_path / "a.jsonl", explain=True)
    first, second, target = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert first["meaning"] == {"mmsi_class": "ship", "flag": "NL", "flag_name": "Netherlands",
                                "nav_status": "under way using engine"}  # fmt: skip
    assert second["meaning"]["ship_type"].startswith("cargo") and "meaning" not in target
    decode_file(path, "nmea", "jsonl", tmp_path / "b.jsonl")
    assert "meaning" not in (tmp_path / "b.jsonl").read_text()
    with pytest.raises(ConfigError, match="--to jsonl"):
        decode_file(path, "nmea", "csv", tmp_path / "a.csv", explain=True)


@pytest.mark.parametrize("format", ["nmea", "auto"])
def test_check_writes_the_flags_with_numbers_and_sentences(tmp_path, capsys, format):
    lines = [tagged(ais(POSITION, lat=51.0 if i != 5 else 53.0)[0], c=T0 + 10 * i)
             for i in range(10)]  # fmt: skip
    path = tmp_path / "a.nmea"
    path.write_bytes(text(*lines, tagged(ais(POSITION, mmsi=0)[0], c=T0 + 200)))
    flags = tmp_path / "flags.jsonl"
    decode_file(path, format, "jsonl", tmp_path / "a.jsonl", check=flags)
    found = [json.loads(line) for line in flags.read_text().splitlines()]
    jump = next(f for f in found if f["check"] == "jump")
    assert (jump["line"], jump["mmsi"]) == (6, 244660000)
    assert jump["value"] == pytest.approx(120, abs=0.5) and "jumped 120" in jump["text"]
    assert [f["line"] for f in found if f["check"] == "impossible MMSI"] == [11]
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 11  # nothing is dropped
    assert "integrity: " in capsys.readouterr().err
    with pytest.raises(InputError, match="cannot be written"):
        decode_file(path, format, "jsonl", tmp_path / "b", check=tmp_path / "no" / "f")


def test_columns_of_a_compressed_file_are_the_same(tmp_path):
    path, packed = tmp_path / "a.nmea", tmp_path / "a.nmea.gz"
    path.write_bytes(fleet(200))
    packed.write_bytes(gzip.compress(path.read_bytes()))
    a, b = read_ais(path)[0], read_ais(packed)[0]
    np.testing.assert_array_equal(a.lon, b.lon)
    np.testing.assert_array_equal(a.transmission, b.transmission)


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_ais(tmp_path / "nothing")

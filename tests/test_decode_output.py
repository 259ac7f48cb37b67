"""Decoded records as jsonl, csv and parquet, and the books on standard error."""

import csv
import io
import json
import re

import pyarrow.parquet as pq
import pytest

from coastwatch.decode import open_decoder
from coastwatch.decode.base import Context
from coastwatch.decode.output import write_records
from coastwatch.model import ConfigError, Datagram, InputError
from tests.nmea import POSITION, T0, VOYAGE, ais, signed, tagged, text
from tests.shared import SHARED, needs_shared

TTM = signed("$RATTM,11,2.0,13.5,T,7.0,20.0,T,0.0,0.0,N,,T,,122640.00,A")
LINES = [tagged(ais(POSITION)[0], s="dover", c=T0), *ais(VOYAGE, seq_id=1), f"{T0 + 1} {TTM}"]


def write(data, to, out, errors=False, step=64, format="auto", **context):
    of = open_decoder(format, Context(feed="a.nmea", **context))
    chunks = [Datagram(0, "f", data[i : i + step]) for i in range(0, len(data), step)]
    return write_records([*chunks, Datagram(0, "f", b"", end=True)], of, to, out, errors)


def test_jsonl_is_one_object_a_message_in_order(tmp_path):
    write(text(*LINES), "jsonl", tmp_path / "a.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [r.get("msg_type", r.get("sentence")) for r in rows] == [1, 5, "TTM"]
    assert rows[0]["received"] == "2020-09-13T12:26:40Z" and rows[0]["source"] == "dover"
    assert [r["line"] for r in rows] == [1, 2, 4]


def test_jsonl_goes_to_standard_output_without_out(capsys):
    write(text(*LINES), "jsonl", None)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_csv_has_fixed_columns_and_real_units(tmp_path):
    write(text(*LINES), "csv", tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    assert list(rows[0])[:10] == ["time", "mmsi", "msg_type", "lon", "lat", "sog_kn", "cog_deg",
                                  "heading_deg", "nav_status", "source"]  # fmt: skip
    assert (rows[0]["lon"], rows[0]["sog_kn"], rows[0]["time"]) == (
        "1.5", "12.5", "2020-09-13T12:26:40Z")  # fmt: skip
    assert (rows[1]["name"], rows[1]["length_m"], rows[1]["lon"]) == ("DOVER STAR", "120.0", "")
    assert (rows[2]["target"], rows[2]["range_m"], rows[2]["azimuth_deg"]) == (
        "11", "3704.0", "13.5")  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_csv_never_starts_a_formula(tmp_path, name):
    fields = {"type": 21, "mmsi": 992190047, "lon": 1.5, "lat": 51.0, "name": name.lstrip("@")}
    line = tagged(ais(fields)[0], s=name.replace(",", ""))
    write(text(line), "csv", tmp_path / "a.csv")
    row = next(csv.DictReader((tmp_path / "a.csv").open()))
    assert row["source"] == "'" + name
    assert not row["name"].startswith(("=", "+", "-", "@"))
    assert row["lon"] == "1.5"


def test_csv_leaves_negative_numbers_alone(tmp_path):
    write(text(*ais(POSITION, lon=-1.5)), "csv", tmp_path / "a.csv")
    assert next(csv.DictReader((tmp_path / "a.csv").open()))["lon"] == "-1.5"


def test_parquet_has_the_bulk_columns_statics_beside_and_radar_beside(tmp_path):
    nothing = ais(POSITION, lon=181.0, lat=91.0, speed=102.3, course=360.0, heading=511, status=15)
    write(text(*LINES, *nothing), "parquet", tmp_path / "a.parquet")
    bulk = pq.read_table(tmp_path / "a.parquet")
    assert bulk.column_names == ["time", "mmsi", "msg_type", "lon", "lat", "sog_kn", "cog_deg",
                                 "heading_deg", "nav_status", "source"]  # fmt: skip
    first, second = bulk.to_pylist()
    assert first["time"].isoformat() == "2020-09-13T12:26:40+00:00"
    assert (first["mmsi"], first["sog_kn"], first["heading_deg"]) == (244660000, 12.5, 91.0)
    gone = ("time", "lon", "lat", "sog_kn", "cog_deg", "heading_deg", "nav_status")
    assert [second[k] for k in gone] == [None] * 7
    statics = pq.read_table(tmp_path / "a.statics.parquet").to_pylist()
    assert [(s["name"], s["imo"], s["beam_m"]) for s in statics] == [("DOVER STAR", 9074729, 20.0)]
    radar = pq.read_table(tmp_path / "a.radar.parquet").to_pylist()
    assert [(r["target"], r["range_m"]) for r in radar] == [(11, 3704.0)]


def test_parquet_of_nothing_is_still_two_readable_tables(tmp_path):
    write(b"", "parquet", tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "a.statics.parquet"]


def test_parquet_needs_a_file_and_a_wrong_output_is_clear(tmp_path):
    with pytest.raises(ConfigError, match="--out"):
        write(b"", "parquet", None)
    with pytest.raises(ConfigError, match="jsonl, csv or parquet"):
        write(b"", "xml", None)
    for to in ("jsonl", "csv", "parquet"):
        with pytest.raises(InputError, match="cannot be written"):
            write(b"", to, tmp_path / "nowhere" / "a")


def test_plots_become_rows_too(tmp_path):
    data = b"time,sensor,lon,lat,amplitude\n1600000000,=cmd,1.5,51,-60\n"
    write(data, "csv", tmp_path / "a.csv")
    row = next(csv.DictReader((tmp_path / "a.csv").open()))
    assert (row["sensor"], row["lon"], row["amplitude"]) == ("'=cmd", "1.5", "-60.0")


def test_errors_tell_every_reject_as_json_however_many(tmp_path, capsys):
    bad = ["x"] * 3000
    balance = write(text(*LINES, *bad), "jsonl", tmp_path / "a", errors=True, step=1 << 16)
    *told, closing = capsys.readouterr().err.splitlines()
    rows = [json.loads(line) for line in told]
    assert rows == [{"line": n, "error": "no sentence", "raw": "x"} for n in range(5, 3005)]
    assert balance.rejected["no sentence"] == 3000 and "rejected 3000 (no sentence 3000)" in closing


def test_without_errors_only_the_books_are_told(tmp_path, capsys):
    write(text(*LINES, "x"), "jsonl", tmp_path / "a")
    err = capsys.readouterr().err
    assert err.startswith("frames 5 = decoded 4 + rejected 1 (no sentence 1) + pending 0")
    assert err.count("\n") == 1 and "{" not in err


@pytest.mark.shared
@needs_shared
def test_the_closing_line_of_a_real_log_adds_up(tmp_path, capsys):
    data = (SHARED / "ais" / "risky__ais.txt").read_bytes()[:400_000]
    balance = write(data, "jsonl", tmp_path / "a", step=1 << 16)
    line = capsys.readouterr().err
    frames, *parts = (int(n) for n in re.findall(
        r"(?:frames|decoded|rejected|pending|expired|ignored) (\d+)", line))  # fmt: skip
    assert frames == sum(parts) == balance.frames
    rows = io.StringIO((tmp_path / "a").read_text())
    assert sum(1 for _ in rows) <= balance.decoded

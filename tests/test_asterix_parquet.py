"""ASTERIX to parquet: a file a category with all fields, and the columns that radars share."""

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from coastwatch.decode import open_decoder
from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.base import Context
from coastwatch.decode.flat import radar
from coastwatch.decode.output import write_records
from coastwatch.model import Datagram
from tests.test_asterix_bulk import random_blocks, stream

PLOT = {
    "010": {"SAC": 8, "SIC": 17},
    "140": 43_200.5,
    "040": {"RHO": 5.0, "THETA": 45.0},
    "070": {"V": 0, "G": 0, "L": 0, "MODE3A": "7700"},
    "161": {"TRN": 9},
}
TRACK = {"010": {"SAC": 8, "SIC": 100}, "245": {"STI": 0, "CHR": "DOVER 1"}, "040": 7}


def write(datagrams, folder, errors=False, format_="asterix"):
    decoder = open_decoder(format_, Context(feed="radar"))
    return write_records(datagrams, decoder, "parquet", folder / "a.parquet", errors)


@pytest.mark.parametrize("format_", ["asterix", "auto"])
def test_each_category_has_a_file_with_its_fields_null_where_absent(tmp_path, format_):
    data = encode_block(48, [PLOT, {"140": 1.0}]) + encode_block(62, [TRACK])
    balance = write(stream(data, 1 << 16), tmp_path, format_=format_)
    assert (balance.frames, balance.decoded) == (3, 3)
    plots = pq.read_table(tmp_path / "a.cat048.parquet").to_pylist()
    assert [p["140"] for p in plots] == [43_200.5, 1.0]
    assert [p["line"] for p in plots] == [1, 2]
    assert plots[0]["040/RHO"] == 5.0
    assert plots[0]["070/MODE3A"] == 0o7700
    assert plots[1]["040/RHO"] is plots[1]["070/MODE3A"] is plots[1]["received"] is None
    (track,) = pq.read_table(tmp_path / "a.cat062.parquet").to_pylist()
    assert (track["245/CHR"], track["040"], track["line"]) == ("DOVER 1", 7, 3)
    assert not (tmp_path / "a.cat034.parquet").exists()


def test_the_shared_radar_columns_are_those_of_the_records(tmp_path):
    blocks = random_blocks(1, count=80)
    datagrams = [Datagram(n * 10**9, "radar", b, whole=True) for n, b in enumerate(blocks)]
    write([*datagrams, replace(datagrams[0], data=b"", end=True)], tmp_path)
    decoder = AsterixDecoder(Context())
    told = [radar(r) for d in datagrams for r in decoder.records(d)]
    found = pq.read_table(tmp_path / "a.radar.parquet").to_pylist()
    names = ("time", "sensor", "target", "range_m", "azimuth_deg", "lon", "lat", "source")
    assert [{n: row[n] for n in names} for row in found] == [
        {n: row.get(n) for n in names} for row in told
    ]


def test_every_reject_is_told(tmp_path, capsys):
    bad = [encode_block(48, [PLOT])[:-1] for _ in range(30)]
    datagrams = [
        Datagram(0, "radar", b[:1] + (len(b)).to_bytes(2) + b[3:], whole=True) for b in bad
    ]
    balance = write(datagrams, tmp_path, errors=True)
    assert balance.rejected.total() == 30
    assert capsys.readouterr().err.count('"error"') == 30

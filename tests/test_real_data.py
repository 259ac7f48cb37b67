"""Real recordings: every AIS log decodes and maps; the Autoferry plots are tracked and scored."""

import csv
import json
from pathlib import Path

import pytest

from coastwatch.decoding import decode_file
from coastwatch.maps import draw_picture
from coastwatch.runner import track_files
from coastwatch.score import score
from coastwatch.store.run import read_run
from tests.shared import SHARED, needs_shared

pytestmark = [pytest.mark.shared, needs_shared]
LOGS = sorted(p.name for p in (SHARED / "ais").glob("*") if p.suffix != ".tsv")
SCENARIOS = sorted(p.name.split(".")[0] for p in (SHARED / "autoferry").glob("*.plots.csv"))


def manifest() -> dict[str, dict[str, int]]:
    """Per log: sentences, bad checksums and vessels, as counted by another decoder."""
    counts = {}
    for row in csv.reader((SHARED / "ais/MANIFEST.tsv").open(), delimiter="\t"):
        words = row[4].replace("|", " ").split()
        counts[row[0]] = {k: int(words[words.index(k) + 1]) for k in ("sent", "badck", "mmsi")}
    return counts


@pytest.mark.parametrize("name", LOGS)
def test_every_ais_log_decodes_tracks_and_maps(name, tmp_path):
    path = SHARED / "ais" / name
    balance = decode_file(path, "auto", "jsonl", tmp_path / "out.jsonl")
    assert balance.difference == 0
    expected = manifest()[name]
    accounted = balance.decoded + sum(balance.rejected.values()) + balance.pending + balance.expired
    assert accounted >= expected["sent"]
    assert balance.decoded >= 0.97 * (expected["sent"] - expected["badck"])
    vessels = set()
    first = None
    for line in (tmp_path / "out.jsonl").open():
        row = json.loads(line)
        vessels.add(row.get("mmsi"))
        if first is None and row.get("lat") is not None and abs(row["lat"]) <= 90:
            first = (row["lon"], row["lat"])
    # A damaged sentence shows the counting decoder an MMSI that is none.
    assert len(vessels) >= (0.95 * expected["mmsi"] if not expected["badck"] else 25)
    site = tmp_path / "site.toml"
    site.write_text(f'[site]\nname = "Log"\norigin = [{first[0]}, {first[1]}]\n')
    summary = track_files(site, [path], tmp_path / "run")
    run = read_run(tmp_path / "run")
    draw_picture(run, tmp_path / "picture.html")
    # Two logs hold one second of a whole coast: each vessel once, so none is confirmed.
    assert summary["tracks"]["rows"] >= len(vessels) / 3
    assert (tmp_path / "picture.html").stat().st_size < 8_000_000


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_autoferry_scenario_is_tracked_and_scored(name, tmp_path):
    folder = SHARED / "autoferry"
    track_files(folder / "site.toml", [folder / f"{name}.plots.csv"], tmp_path)
    scores = score(folder / f"{name}.truth.csv", tmp_path / "tracks.parquet", gate_m=20.0)
    # Two GNSS boats in a canal, one of them often hidden: most of the time must be covered.
    assert scores["completeness"] > 0.5
    assert scores["position_rmse_m"] < 10.0
    assert Path(tmp_path / "alerts.jsonl").read_text() == ""

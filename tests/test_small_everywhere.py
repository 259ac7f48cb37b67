"""What a small craft without AIS is, is the same on the picture, on paper and in a file."""

import geopandas as gpd
import numpy as np
import pytest

from coastwatch.exports import export
from coastwatch.maps.contents import island
from coastwatch.store.history import open_history
from coastwatch.store.run import read_run
from tests.maps_run import alert, track, write_run

WAY = [(1.4, 50.9), (1.5, 51.0)]
SURE = {"p_unregistered": 0.95, "p_small": 0.95}
# Track: what it is like, whether an alert of the mission's rule names it, and what it is.
CASES = {
    1: (SURE | {"p_fixed": 0.02}, False, "small"),
    2: (SURE | {"p_fixed": 0.5}, False, "small"),
    3: (SURE | {"p_fixed": 0.97}, False, "radar"),  # a buoy
    4: (SURE | {"p_fixed": 0.97}, True, "small"),  # what an officer was told of stays one
    5: (SURE | {"p_fixed": np.nan}, False, "small"),
    6: (SURE | {"p_fixed": 0.02, "p_small": 0.79}, False, "radar"),
    7: (SURE | {"p_fixed": 0.02, "mmsi": 227_000_001}, False, "ais"),
    8: (SURE | {"p_fixed": 0.6}, False, "radar"),
    9: (SURE | {"p_fixed": 0.02, "p_small": np.nan}, False, "radar"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    tracks = [track(n, WAY, 0, 600, **told) for n, (told, _, _) in CASES.items()]
    alerts = [alert(n, n, "2026-05-12T04:05:00.000Z", 1.4, 50.9)
              for n, (_, named, _) in CASES.items() if named]  # fmt: skip
    return write_run(tmp_path_factory.mktemp("run"), tracks, alerts)


def test_the_report_counts_a_buoy_as_no_craft(run):
    with open_history(run) as history:
        begin, end = history.span()
        found = history.tracks(begin, end.replace(year=end.year + 1)).to_pylist()
    assert {row["track"]: row["what"] for row in found} == {n: c[2] for n, c in CASES.items()}


def test_an_export_tells_the_same(run, tmp_path):
    export(read_run(run), tmp_path / "tracks.parquet", what="tracks")
    found = gpd.read_parquet(tmp_path / "tracks.parquet")
    told = dict(zip(found["track"], found["what"], strict=True))
    assert told == {n: c[2] for n, c in CASES.items()}


def test_the_picture_draws_the_same(run):
    """A thing that stands has a symbol of its own there."""
    found = {one["id"]: one["kind"] for one in island(read_run(run))["tracks"]}
    assert found == {n: c[2] for n, c in CASES.items()} | {3: "fixed"}

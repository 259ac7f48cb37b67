"""Where the sensors saw, on their page: summed over runs, drawn, and never more than told."""

from __future__ import annotations

import copy
import json
import re
import sqlite3

import numpy as np
import pytest

from coastwatch.reporting import gather, report
from coastwatch.reports.coverage import coverage_of
from coastwatch.reports.figure_map import SEEING, unseen, window_of
from coastwatch.reports.span import week
from coastwatch.reports.svg import Frame, Plane
from coastwatch.store.history import open_history
from coastwatch.store.keep import keep_run
from tests.report_week import write_week

SPAN = week("2026-W47")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_week(tmp_path_factory.mktemp("coverage") / "run", step_s=3600.0)


@pytest.fixture
def told(run):
    return json.loads((run / "coverage.json").read_text(encoding="utf-8"))


def made(run, folder, lang="en", public=False):
    report(run, SPAN, folder / "r.html", lang=lang, public=public)
    return (folder / "r.html").read_text(encoding="utf-8")


def test_a_kept_history_tells_the_coverage_of_its_runs(run, told, tmp_path):
    keep_run(run, tmp_path / "history")
    with open_history(tmp_path / "history") as history:
        assert history.coverage(SPAN.begin, SPAN.end) == [told]
        assert history.coverage(SPAN.end, SPAN.end + (SPAN.end - SPAN.begin)) == []
    with sqlite3.connect(tmp_path / "history/log.sqlite") as log:
        log.execute("DROP TABLE coverage")
    log.close()
    with open_history(tmp_path / "history") as history:  # as an earlier coastwatch left it
        assert history.coverage(SPAN.begin, SPAN.end) == []


def test_grids_of_one_place_are_summed_and_of_another_replaced(told):
    twice = coverage_of([told, told])
    once = coverage_of([told])
    for name in ("dover", "gris-nez"):
        assert (twice.radars[name].looks == 2 * once.radars[name].looks).all()
        assert (twice.radars[name].hits == 2 * once.radars[name].hits).all()
    assert twice.ais.due.sum() == 2 * once.ais.due.sum()
    moved = copy.deepcopy(told)
    moved["radars"]["dover"]["lon"] += 0.01
    assert (coverage_of([told, moved]).radars["dover"].looks == once.radars["dover"].looks).all()


@pytest.mark.parametrize(
    "damage",
    [{"looks": [[1]]}, {"hits": None}, {"range_max_m": "far"}, {"azimuths": 10**9}, {"lat": 1e9},
     {"moving": True}, {"promised": [["x"] * 10] * 36}],
)  # fmt: skip
def test_a_grid_that_is_none_is_left_out_and_the_rest_told(told, damage):
    told["radars"]["dover"] |= damage
    told["ais"] = {"lon": [1, 2], "lat": "x"}
    found = coverage_of([told, [], {"radars": 7}])
    assert list(found.radars) == ["gris-nez"]
    assert found.ais is None


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_of_sensors_tells_what_each_radar_saw_by_azimuth(run, told, tmp_path, lang):
    page = made(run, tmp_path, lang)
    table = re.search(r'<table data-table="coverage".*?</table>', page, re.S)[0]
    grid = told["radars"]["dover"]
    azimuth = np.arange(36) * 10 + 5
    east = (azimuth > 67.5) & (azimuth < 112.5)
    looks, hits = (np.array(grid[key])[east].sum() for key in ("looks", "hits"))
    cells = re.search(r">dover</th>(.*?)</tr>", table, re.S)[1]
    shares = re.findall(r">([^<]+)</td>", cells)
    assert len(shares) == 8
    assert re.match(r"\d+", shares[2])[0] == f"{100 * hits / looks:.0f}"
    assert shares[7] == ("land or too far" if lang == "en" else "terre ou trop loin")


def test_the_public_edition_says_nothing_of_fewer_than_five_looks(run, told, tmp_path):
    grid = told["radars"]["dover"]
    few = np.minimum(np.array(grid["looks"]), 0)
    few[9, 5] = 4
    grid["looks"], grid["hits"] = few.tolist(), few.tolist()
    folder = tmp_path / "run"
    folder.mkdir()
    for path in run.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "coverage.json").write_text(json.dumps(told), encoding="utf-8")
    for public, said in ((False, "90%"), (True, "not measured")):
        page = made(folder, tmp_path, public=public)
        table = re.search(r'<table data-table="coverage".*?</table>', page, re.S)[0]
        cells = re.search(r">dover</th>(.*?)</tr>", table, re.S)[1]
        assert re.findall(r">([^<]+)</td>", cells)[2] == said


def test_the_sea_that_only_ais_reaches_is_marked_as_unseen_for_small_craft(run):
    w = gather(run, SPAN)
    frame = Frame(Plane(w.origin), window_of(w), 180.0, 146.0)
    all_dark, no_radar = unseen(w, frame), unseen(w, frame, SEEING)
    assert no_radar.area > all_dark.area > 0
    assert no_radar.buffer(0.1).contains(all_dark)


def test_a_run_without_coverage_says_so(run, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for path in run.iterdir():
        if path.is_file() and path.name != "coverage.json":
            (folder / path.name).write_bytes(path.read_bytes())
    assert "kept a measure of where its radars saw" in made(folder, tmp_path)

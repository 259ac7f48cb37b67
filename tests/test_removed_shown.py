"""A map and an export of a pruned run say what was removed, when and why; none is silent."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.maps.choice import Choice
from coastwatch.maps.contents import island
from coastwatch.maps.removed import removed
from coastwatch.store.prune import Policy, prune
from coastwatch.store.run import read_run
from tests.browser import chromium, needs_browser
from tests.history_runs import MONDAY, incident, write_run

OLD = Policy(timedelta(hours=72), timedelta(days=30), MONDAY + timedelta(days=40))


@pytest.fixture
def pruned(tmp_path):
    folder = write_run(tmp_path / "run", MONDAY + timedelta(hours=23))
    prune(folder, OLD, "test", clock=lambda: MONDAY + timedelta(days=41))
    return folder


def export(folder, *words):
    return CliRunner().invoke(main, ["export", str(folder), *words])


def test_a_map_says_in_both_languages_what_is_gone(pruned):
    notes = island(read_run(pruned), Choice())["notes"]
    assert notes[0] == {
        "en": "Removed by policy (plots 72h, tracks 30d) on 2026-12-27: 455 positions of tracks of "
        "2026-11-16 to 2026-11-17. What is missing here is no empty sea",
        "fr": "Retiré selon la règle de conservation (plots 72 h, pistes 30 j) le 2026-12-27 : 455 "
        "positions de pistes du 2026-11-16 au 2026-11-17. Ce qui manque ici n’est pas une mer vide",
    }
    assert "2 names of vessels" in notes[1]["en"] and "2 noms de navires" in notes[1]["fr"]


def test_what_an_incident_left_is_not_shown_as_all(tmp_path):
    folder = write_run(tmp_path / "run")
    incident(folder, [3])
    assert island(read_run(folder), Choice())["notes"] == []
    prune(folder, OLD, "test")
    told = island(read_run(folder), Choice())
    assert len(told["tracks"]) == 1 and told["removed"]
    assert "364 positions" in told["notes"][0]["en"]


def test_tombstones_that_cannot_be_read_are_told_and_stop_no_map(pruned):
    (pruned / "tombstones.jsonl").write_text('{"what": 1}\n')
    told = island(read_run(pruned), Choice())
    assert "cannot be told" in told["notes"][0]["en"] and told["removed"]


def test_foreign_words_in_a_tombstone_stay_short(pruned):
    stone = {"what": "positions", "time": "x" * 9999, "policy": "\x1b[2J" * 999, "rows": "many",
             "from": "<b>", "to": 7}  # fmt: skip
    (pruned / "tombstones.jsonl").write_text(json.dumps(stone) + "\n")
    for text in removed(pruned)[0].values():
        assert len(text) < 300 and "\x1b" not in text
    assert "\x1b" not in export(pruned, "--to", "csv", "--out", str(pruned / "e.csv")).stderr


@pytest.mark.parametrize("to", ["csv", "gpkg", "kml", "tll", "geoparquet"])
def test_an_export_tells_on_standard_error(pruned, tmp_path, to):
    done = export(pruned, "--to", to, "--out", str(tmp_path / "x"))
    assert done.exit_code == 0
    assert (
        "positions (455) from 2026-11-16T00:00Z to 2026-11-18T00:00Z were removed on "
        "2026-12-27T00:00Z (policy: plots 72h, tracks 30d)"
    ) in done.stderr
    assert done.stdout.strip() == str(tmp_path / "x")


def test_what_was_not_removed_is_exported_without_a_word(pruned, tmp_path):
    for what in ("alerts", "zones"):
        done = export(pruned, "--what", what, "--out", str(tmp_path / "x.csv"))
        assert (done.exit_code, done.stderr) == (0, "")


def test_a_way_too_long_for_a_spreadsheets_cell_is_told(tmp_path):
    folder = write_run(tmp_path / "run", minutes=1600)
    done = export(folder, "--what", "tracks", "--out", str(tmp_path / "x.csv"))
    assert done.exit_code == 0 and "4 cells are longer than the 32,767" in done.stderr
    done = export(folder, "--what", "tracks", "--every", "600", "--out", str(tmp_path / "x.csv"))
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("to", ["gpkg", "flatgeobuf", "geojson"])
def test_another_suffix_than_the_formats_is_no_matter(tmp_path, to, recwarn):
    folder = write_run(tmp_path / "run")
    done = export(folder, "--to", to, "--out", str(tmp_path / "x.csv"))
    assert (done.exit_code, done.stderr) == (0, "") and not recwarn.list


@pytest.mark.browser
@needs_browser
def test_the_page_itself_does_not_say_that_there_was_nothing(pruned, tmp_path):
    CliRunner().invoke(main, ["map", str(pruned), "--out", str(tmp_path / "map.html")])
    with chromium() as browser:
        browser.get(f"file://{tmp_path}/map.html")
        assert browser.find_element("id", "span").text == "Tracks removed by policy, see Notes"

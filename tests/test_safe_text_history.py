"""Runs of hostile texts gathered into a history and forgotten by policy: harmless throughout."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.store.tombstones import removals
from coastwatch.watch.zones import check_zones
from tests.browser import chromium, needs_browser, open_page, settle
from tests.hostile_run import write_texts
from tests.hostile_wire import SPAN, write_site
from tests.payloads import GROUPS, PAYLOADS
from tests.report_page import read
from tests.test_safe_text import FORBIDDEN, assert_unharmed, elements

ONE = " ".join(text for texts in GROUPS.values() for text in texts[:4])
LATER = "2026-07-30T00:00Z"
# How a person's name reaches the command line: as bytes, and never with a NUL.
BY = [text.replace("\0", "") for text in PAYLOADS if not re.search("[\ud800-\udfff]", text)]


def invoke(*args, status=0):
    """What the command line says, none of which moves a terminal."""
    result = CliRunner().invoke(main, [str(a) for a in args])
    said = result.stdout + result.stderr
    assert result.exit_code == status, said[-500:]
    assert "Traceback" not in said and "unexpected" not in said, said[-500:]
    assert all(line.isprintable() for line in said.split("\n")), said[:500]
    return said


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """By kind of text: the run, its history, and both once pruned."""
    found = {}
    for what, texts, one in (
        ("harmless", [f"word {i:03d}" for i in range(len(PAYLOADS))], "word"),
        ("hostile", PAYLOADS, ONE),
    ):
        folder = tmp_path_factory.mktemp(what)
        run = write_texts(folder / "run", texts, one)
        invoke("keep", run, "--to", folder / "history")
        for name in ("run", "history"):
            shutil.copytree(folder / name, folder / f"{name} pruned")
            invoke("prune", folder / f"{name} pruned", "--now", LATER, "--by", one)
        found[what] = folder
    return found


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


@pytest.mark.parametrize("public", [[], ["--public"]])
def test_a_history_counts_what_its_run_counts_before_and_after_it_is_pruned(
    folders, public, tmp_path
):
    told = {}
    for name in ("run", "history", "run pruned", "history pruned"):
        page = tmp_path / f"{name}.html"
        invoke("report", folders["hostile"] / name, *SPAN, "--out", page, *public)
        told[name] = read(page.read_text(encoding="utf-8"))
    tables, figures = told["run"]
    assert len(tables) > 5 and len(figures) > 2
    for name in ("history", "history pruned", "run pruned"):
        assert told[name][0].keys() == tables.keys()
        for key, table in tables.items():
            assert told[name][0][key] == table, (name, key)
        assert told[name][1] == figures


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("name", ["history", "history pruned", "run pruned"])
def test_its_report_is_the_page_of_harmless_texts(name, folders, browser, tmp_path):
    made = {}
    for what, folder in folders.items():
        page = tmp_path / f"{what}.html"
        invoke("report", folder / name, *SPAN, "--out", page, "--lang", "fr")
        open_page(browser, page)
        settle(browser)
        made[what] = elements(browser)
        assert_unharmed(browser)
    assert not FORBIDDEN & set(made["hostile"]) - set(made["harmless"])
    for tag in ("script", "style", "img", "svg", "a", "meta", "h1", "h2", "table"):
        assert made["hostile"][tag] == made["harmless"][tag], tag


def test_tombstones_say_who_removed_and_hold_no_text_raw(folders):
    for name in ("run pruned", "history pruned"):
        folder = folders["hostile"] / name
        lines = (folder / "tombstones.jsonl").read_text(encoding="utf-8").split("\n")
        assert all(line.isprintable() for line in lines)
        stones = removals(folder)
        assert len(stones) == len(lines) - 1 >= 3
        assert {stone["by"] for stone in stones} == {ONE}


def test_its_incidents_are_listed_and_shown(folders):
    for what in ("harmless", "hostile"):
        listed = invoke("incident", "list", folders[what] / "history pruned")
        assert listed.count("\n") == 10
    for i in range(1, 11):
        said = invoke("incident", "show", folders["hostile"] / "history", f"I{i}")
        assert f"I{i} open" in said


def test_acts_by_each_name_are_kept_as_text_and_reported(folders, browser, tmp_path):
    """Outcomes, closings and acts about alerts, typed at the command line."""
    run = tmp_path / "run"
    shutil.copytree(folders["harmless"] / "run", run)
    (tmp_path / "run" / "incidents.sqlite").unlink()
    for i in range(5):
        call = ["--at", f"2026-05-12T04:{20 + i}Z", "--position", "1.4,50.9"]
        words = "\n".join(BY[i::5])
        invoke("incident", "open", run, *call, "--text", words, "--by", words, "--phone", words)
    rows = [json.loads(line) for line in (run / "alerts.jsonl").read_text().split("\n") if line]
    told = ["--operation", "SAR", "--event", "sinking", "--persons", "rescued=3"]
    for i, by in enumerate(BY):
        status = 0 if by.strip() else 2
        one = f"I{i % 5 + 1}"
        said = invoke(
            "incident", "outcome", run, one, *told, "--by", by, "--means", by, status=status
        )
        assert one in said or status
        if i % 3:
            continue
        act = ["--act", "acknowledge", "--id", rows[i]["id"], "--role", "watch-officer"]
        # It is closed already; a name that is no name by its length is refused before.
        status = 2 if len(by) > 100 else 1
        invoke("alerts", run, *act, "--by", by, "--reason", by, status=status)
    for i, by in enumerate(BY[:5], 1):
        invoke("incident", "close", run, f"I{i}", "--by", by, "--reason", "\n".join(BY))
    shown = json.loads(invoke("incident", "show", run, "I1", "--json"))
    ends = [event for event in shown["events"] if event["what"] == "outcome"]
    assert [event["by"] for event in ends] == [by.strip() for by in BY[::5]]
    assert [event["body"]["means"] for event in ends] == [[by.strip()] for by in BY[::5]]
    page = tmp_path / "r.html"
    invoke("report", run, *SPAN, "--out", page)
    open_page(browser, page)
    assert_unharmed(browser)
    assert not FORBIDDEN & set(elements(browser)) - {"link"}


def test_a_name_that_is_no_utf8_is_refused_in_one_line(folders, tmp_path):
    """As a terminal of another encoding gives it: nothing is written."""
    run = tmp_path / "run"
    shutil.copytree(folders["harmless"] / "run", run)
    before = invoke("incident", "show", run, "I1", "--json")
    fire = ["--operation", "SAR", "--event", "fire"]
    for act, *told in (["close", "--reason", "over"], ["outcome", *fire]):
        said = invoke("incident", act, run, "I1", *told, "--by", "Andr\udce9", status=2)
        assert said.count("\n") == 1 and "no UTF-8 text" in said
    assert invoke("incident", "show", run, "I1", "--json") == before


def test_half_a_character_in_any_word_of_a_zone_is_a_fault(tmp_path):
    site = write_site(tmp_path, "Strait", "dover", ["lane"])
    path = tmp_path / "zones.geojson"
    pack = json.loads(path.read_text(encoding="utf-8"))
    for key in ("id", "name", "source", "note"):
        pack["features"][0]["properties"] |= {"note": "", key: "half \ud800"}
        path.write_text(json.dumps(pack), encoding="utf-8")
        (fault,) = [f for f in check_zones(path) if "half a character" in f.what]
        assert fault.what.startswith(key)
        (tmp_path / "log.nmea").write_bytes(b"")
        said = invoke("track", site, tmp_path / "log.nmea", "--out", tmp_path / "run", status=2)
        assert "half a character" in said
        pack["features"][0]["properties"][key] = "lane"


WRONG = ["<script>\x1b[2J\u202e", None, {"a": 1}, float("inf")]


@pytest.mark.parametrize(
    ("file", "way"),
    [
        ("vessels.json", [0]),
        ("vessels.json", [0, "mmsi"]),
        ("vessels.json", [0, "time_s"]),
        ("vessels.json", [0, "name"]),
        ("zones.geojson", ["features"]),
        ("zones.geojson", ["features", 0]),
        ("zones.geojson", ["features", 0, "properties"]),
        ("zones.geojson", ["features", 0, "properties", "kind"]),
        ("zones.geojson", ["features", 0, "geometry", "type"]),
        ("crossings.jsonl", [0]),
        ("crossings.jsonl", [0, "zone"]),
        ("crossings.jsonl", [0, "what"]),
        ("summary.json", ["feeds"]),
        ("summary.json", ["feeds", "word"]),
        ("summary.json", ["feeds", "word", "rejected"]),
        ("summary.json", ["event_from"]),
        ("summary.json", ["sensors"]),
        ("summary.json", ["tracks"]),
    ],
    ids=lambda told: str(told),
)
def test_a_file_of_the_run_that_another_hand_changed_is_told_or_harmless(file, way, tmp_path):
    """Every command that reads it ends well, or with one line that names the file."""
    run = write_texts(tmp_path / "run", [f"word {i}" for i in range(10)], "word")
    path = run / file
    text = path.read_text(encoding="utf-8")
    lines = file.endswith("l")
    whole = [json.loads(line) for line in text.split("\n") if line] if lines else json.loads(text)
    for value in WRONG:
        changed = part = json.loads(json.dumps(whole))
        for step in way[:-1]:
            part = part[step]
        part[way[-1]] = value
        told = "".join(json.dumps(row) + "\n" for row in changed) if lines else json.dumps(changed)
        path.write_text(told, encoding="utf-8")
        for command in (["report", run, *SPAN, "--out", tmp_path / "r.html"],
                        ["map", run, "--out", tmp_path / "m.html"],
                        ["keep", run, "--to", tmp_path / "history"]):  # fmt: skip
            result = CliRunner().invoke(main, [str(a) for a in command])
            said = result.stdout + result.stderr
            assert result.exit_code in (0, 1), said
            assert "unexpected" not in said and said.count("\n") <= 4, (value, said)
            assert all(line.isprintable() for line in said.split("\n")), (value, said)
        shutil.rmtree(tmp_path / "history", ignore_errors=True)

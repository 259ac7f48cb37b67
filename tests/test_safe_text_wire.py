"""Hostile texts on the air: from a receiver's bytes by the command line into every output."""

import csv
import io
import json
import re
import shutil

import pytest
from click.testing import CliRunner

from coastwatch.cells import FORMULA, PARTED
from coastwatch.cli import main
from coastwatch.exports import FORMATS
from coastwatch.maps.text import words
from coastwatch.store.tombstones import removals
from tests.browser import chromium, needs_browser, open_page, settle
from tests.hostile_wire import SPAN, carried, in_tag, junk, write_log, write_site
from tests.payloads import PAYLOADS
from tests.test_safe_text import FORBIDDEN, assert_unharmed, elements, features, number

TEXTS = carried()
STATION = "<script>canary()</script>"
# What a site and its zones can be called: TOML and the watch refuse the rest.
ZONES = [text for text in PAYLOADS if text.strip() and not re.search("[\ud800-\udfff]", text)]
SITE = "".join(c for c in " ".join(PAYLOADS[:12]) if c.isprintable())


def invoke(*args, status=0):
    """What the command line says, none of which moves a terminal."""
    result = CliRunner().invoke(main, [str(a) for a in args])
    said = result.stdout + result.stderr
    assert result.exit_code == status, said[-500:]
    assert "Traceback" not in said and "unexpected" not in said, said[-500:]
    if "--to" not in args or args[0] not in ("alerts", "decode"):
        bad = [line for line in said.split("\n") if not line.isprintable()]
        assert not bad, bad[0][:200]
    return result.stdout


def tracked(folder, texts, site, station, zones):
    """A run of ``coastwatch track``, with a call for help beside its vessels."""
    path = write_site(folder, site, station, zones)
    log = write_log(folder / "log.nmea", texts, station)
    (folder / "junk.nmea").write_bytes(junk())
    run = folder / "run"
    invoke("track", path, log, folder / "junk.nmea", "--out", run)
    call = ["--at", "2026-05-12T04:05Z", "--position", "1.3,50.9", "--by", zones[0]]
    invoke("incident", "open", run, *call, "--text", " ".join(texts[:20]))
    return run


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return tracked(tmp_path_factory.mktemp("hostile"), TEXTS, SITE, STATION, ZONES)


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    names = [f"word {i:03d}" for i in range(len(ZONES))]
    texts = [f"WORD {i:03d}" for i in range(len(TEXTS))]
    return tracked(tmp_path_factory.mktemp("calm"), texts, "Strait", "dover", names)


@pytest.fixture(scope="module")
def kept(hostile, calm, tmp_path_factory):
    """The histories of both, and the same once all is removed that the policy does not keep."""
    found = {}
    for name, run in (("hostile", hostile), ("calm", calm)):
        whole = tmp_path_factory.mktemp("kept") / name
        invoke("keep", run, "--to", whole)
        less = whole.with_name(f"{name}-less")
        shutil.copytree(whole, less)
        invoke("prune", less, "--now", "2026-07-30T00:00Z", "--by", "\x1b[2J<b>=1+1\u202e")
        found[name] = (whole, less)
    return found


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


def test_what_a_transmitter_can_send_is_kept_as_text(hostile):
    vessels = json.loads((hostile / "vessels.json").read_text(encoding="utf-8"))
    assert len(vessels) == len(TEXTS) > 90
    for i, (vessel, text) in enumerate(zip(vessels, TEXTS, strict=True)):
        assert vessel["name"] == text[:20].strip()
        assert vessel["callsign"] == text[:7].strip()
        assert vessel["safety_text"] == text[:150].strip()
        if i % 3 == 0:
            assert vessel["destination"] == (text[20:40].strip() or text[:20].strip())


def test_bytes_that_are_no_text_are_counted_and_kept_apart(hostile):
    feeds = json.loads((hostile / "summary.json").read_text(encoding="utf-8"))["feeds"]
    books = feeds["junk.nmea"]
    assert books["frames"] == books["decoded"] + sum(books["rejected"].values()) + books["ignored"]
    assert sum(books["rejected"].values()) >= 10
    assert sum(feeds["log.nmea"]["rejected"].values()) == 0
    lines = (hostile / "rejects.jsonl").read_bytes().decode("ascii").splitlines()
    assert [json.loads(line)["feed"] for line in lines] == ["junk.nmea"] * len(lines)
    assert all(line.isprintable() and len(line) < 10_000 for line in lines)


def test_each_message_is_decoded_to_its_text(hostile):
    lines = invoke("decode", hostile.parent / "log.nmea").splitlines()
    rows = [json.loads(line) for line in lines]
    told = {
        key: {str(row[key]).strip() for row in rows if row.get(key)}
        for key in ("shipname", "callsign", "destination", "text", "name", "source")
    }
    for i, text in enumerate(TEXTS):
        assert text[:20].strip() in told["shipname"] & told["name"]
        assert text[:7].strip() in told["callsign"]
        assert text[:150].strip() in told["text"]
        assert in_tag(text).strip() in told["source"], i


# -- pages ---------------------------------------------------------------------------------------


PAGES = ["picture", "report en", "report fr --public", "whole", "less"]


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_hostile_vessels_is_the_page_of_calm_ones(
    name, hostile, calm, kept, browser, tmp_path
):
    made = {}
    for what, run in (("calm", calm), ("hostile", hostile)):
        page = tmp_path / f"{what}.html"
        if name == "picture":
            invoke("map", run, "--out", page)
        else:
            lang, *public = name.split()[1:] or ["en"]
            source = {"whole": kept[what][0], "less": kept[what][1]}.get(name, run)
            invoke("report", source, *SPAN, "--out", page, "--lang", lang, *public)
        open_page(browser, page)
        settle(browser)
        made[what] = elements(browser)
        assert_unharmed(browser)
    assert not FORBIDDEN & set(made["hostile"]) - set(made["calm"])
    for tag in ("script", "style", "img", "svg", "a", "input", "button", "details", "meta", "h2"):
        assert made["hostile"][tag] == made["calm"][tag], tag


@pytest.mark.browser
@needs_browser
def test_the_picture_that_track_draws_finds_each_vessel_by_its_name(hostile, browser):
    open_page(browser, hostile / "picture.html")
    settle(browser)
    kept = browser.execute_script("return document.getElementById('island').textContent")
    island = json.dumps(json.loads(kept), ensure_ascii=False)
    for text in TEXTS:
        assert json.dumps(words(text[:20], 20))[1:-1] in island
    field = browser.find_element("css selector", "input[type=search]")
    for text in TEXTS[::12]:
        field.clear()
        field.send_keys(text[:20])
        settle(browser)
        assert words(text[:20], 20)[:12] in browser.execute_script(
            "return document.body.innerText.replace(/\\s+/g, ' ')"
        )
    assert_unharmed(browser)


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "what"), [(name, what) for name, f in FORMATS.items() for what in f.layers]
)
def test_every_export_has_as_many_things_as_of_calm_vessels(form, what, hostile, calm, tmp_path):
    counts = []
    for run in (hostile, calm):
        path = tmp_path / f"{run.parent.name}{FORMATS[form].suffixes[0]}"
        invoke("export", run, "--to", form, "--what", what, "--out", path)
        counts.append(features(path))
    assert counts[0] == counts[1] > 0


def test_tables_hold_no_formula_however_their_cells_are_parted(hostile):
    tables = [invoke("alerts", hostile, "--to", "csv"),
              invoke("decode", hostile.parent / "log.nmea", "--to", "csv")]  # fmt: skip
    for table in tables:
        rows = list(csv.reader(io.StringIO(table)))
        assert {len(row) for row in rows} == {len(rows[0])}
        cells = [cell for row in rows for cell in row if not number(cell)]
        assert not [c for c in cells if c.startswith(FORMULA) or re.search(PARTED, c)]


def test_a_history_pruned_keeps_no_word_of_a_vessel(kept):
    """But those of craft that an incident names, and of zones and alerts, which stay."""
    whole, less = kept["hostile"]
    for name in ("log.sqlite", "tombstones.jsonl"):
        data = (less / name).read_bytes()
        gone = [text for text in TEXTS if text[:150].encode() in data and len(text) > 20]
        assert len(gone) <= 2, gone
    assert sum(text.encode() in (whole / "log.sqlite").read_bytes() for text in TEXTS) > 80
    raw = (less / "tombstones.jsonl").read_bytes()
    assert {stone["what"] for stone in removals(less)} == {"positions", "crossings", "names"}
    assert b"\x1b" not in raw and all(line.isprintable() for line in raw.decode().splitlines())

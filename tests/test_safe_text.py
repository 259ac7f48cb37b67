"""A hundred hostile texts through every free text into every output: shown, never obeyed."""

import csv
import io
import json
import re
from collections import Counter

import pytest
from click.testing import CliRunner

from coastwatch.cells import FORMULA
from coastwatch.cli import main
from coastwatch.exports import FORMATS, export
from coastwatch.maps import draw_picture
from coastwatch.maps.text import words
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, requests, settle
from tests.hostile_run import write_texts
from tests.payloads import GROUPS, PAYLOADS

SPAN = ["--from", "2026-05-11T00:00Z", "--to", "2026-05-18T00:00Z"]
# What a page may never hold because a text said so.
FORBIDDEN = {"iframe", "object", "embed", "base", "form", "video", "audio", "marquee", "math",
             "plaintext", "link", "frame", "animate", "applet", "portal"}  # fmt: skip
# What the report's ways of writing a text are made of, for a search of its words.
SPACE = re.compile(r"\s+")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    one = " ".join(text for texts in GROUPS.values() for text in texts[:4])
    return write_texts(tmp_path_factory.mktemp("hostile"), PAYLOADS, one)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    texts = [f"word {i:03d}" for i in range(len(PAYLOADS))]
    return write_texts(tmp_path_factory.mktemp("harmless"), texts, "word")


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


def invoke(*args, status=0):
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == status, result.output[-500:] + result.stderr[-500:]
    return result


def test_there_are_a_hundred_payloads():
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 100


# -- pages ---------------------------------------------------------------------------------------


def elements(driver):
    """How many elements of each name the page has, and which have a handler of an event."""
    counts, handlers, hrefs = driver.execute_script(
        "const all = [...document.querySelectorAll('*')]; const n = {};"
        "for (const e of all) n[e.localName] = (n[e.localName] || 0) + 1;"
        "return [n, all.filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name)))"
        ".map((e) => e.outerHTML), all.map((e) => e.getAttribute('href')).filter(Boolean)]"
    )
    assert handlers == []
    assert all(href.startswith(("#", "data:", "https://")) for href in hrefs), hrefs
    return Counter(counts)


def assert_unharmed(driver, widest=0):
    assert driver.execute_script("return typeof window.canary") == "undefined"
    assert driver.execute_script("return ({}).canary === undefined")
    assert requests(driver) == []
    assert complaints(driver) == []
    over = driver.execute_script(
        "const d = document.documentElement; return d.scrollWidth - d.clientWidth"
    )
    assert over <= widest


def page_of(name, folder, out):
    if name == "picture":
        draw_picture(read_run(folder), out)
        return out
    lang, *public = name.split()[1:]
    invoke("report", folder, *SPAN, "--out", out, "--lang", lang, *public)
    return out


PAGES = ["picture", "report en", "report fr", "report en --public"]


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_hostile_texts_is_the_page_of_harmless_ones(
    name, hostile, harmless, browser, tmp_path
):
    made = {}
    for what, folder in (("harmless", harmless), ("hostile", hostile)):
        path = page_of(name, folder, tmp_path / f"{what}.html")
        open_page(browser, path)
        settle(browser)
        made[what] = elements(browser)
        headings = browser.execute_script(
            "return [...document.querySelectorAll('h1, h2')].map((h) => h.localName)"
        )
        made[what + " headings"] = headings
        assert_unharmed(browser)
    assert made["hostile headings"] == made["harmless headings"]
    assert not FORBIDDEN & set(made["hostile"]) - set(made["harmless"])
    for tag in ("script", "style", "img", "svg", "a", "input", "button", "details", "meta", "body"):
        assert made["hostile"][tag] == made["harmless"][tag], tag


@pytest.mark.browser
@needs_browser
def test_the_picture_shows_each_text_as_text(hostile, browser, tmp_path):
    open_page(browser, page_of("picture", hostile, tmp_path / "picture.html"))
    settle(browser)
    shown = SPACE.sub(" ", browser.execute_script("return document.body.textContent"))
    island = json.loads(
        browser.execute_script("return document.getElementById('island').textContent")
    )
    kept = json.dumps(island, ensure_ascii=False)
    for text in PAYLOADS:
        assert words(text, 20).rstrip("…") in shown
        assert json.dumps(words(text, 20).rstrip("…"), ensure_ascii=False)[1:-1] in kept
    assert "49" not in browser.title
    # Every panel that a click can open.
    for button in browser.find_elements("css selector", "#alerts button")[::9]:
        browser.execute_script("arguments[0].click()", button)
        settle(browser)
    assert_unharmed(browser)


@pytest.mark.parametrize("public", [[], ["--public"]])
def test_the_paper_holds_no_action(hostile, tmp_path, public):
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("weasyprint")
    pdf = tmp_path / "r.pdf"
    invoke("report", hostile, *SPAN, "--out", tmp_path / "r.html", "--pdf", pdf, *public)
    reader = pypdf.PdfReader(pdf)
    assert len(reader.pages) >= 1
    whole = [o.get_object() for page in reader.pages for o in page.get("/Annots", [])]
    actions = {a.get("/A", {}).get("/S") for a in whole}
    assert actions <= {None, "/GoTo", "/URI"}
    assert not [a for a in whole if "canary" in str(a.get("/A", ""))]
    root = reader.trailer["/Root"]
    assert "/OpenAction" not in root and "/AA" not in root
    assert "/JavaScript" not in root.get("/Names", {})


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "what"), [(name, what) for name, f in FORMATS.items() for what in f.layers]
)
def test_every_export_is_read_back(form, what, hostile, harmless, tmp_path):
    """As many features as of harmless texts: none breaks the file or adds to it."""
    counts = []
    for folder in (hostile, harmless):
        path = tmp_path / f"{folder.name}{FORMATS[form].suffixes[0]}"
        export(read_run(folder), path, form, what)
        counts.append(features(path))
    assert counts[0] == counts[1] > 0


def features(path):
    from xml.etree import ElementTree

    import geopandas
    import pyogrio

    if path.suffix in (".kml", ".gpx"):
        root = ElementTree.parse(path).getroot()
        return sum(1 for _ in root.iter())
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [c for row in rows for c in row if c.startswith(FORMULA) and not number(c)]
        return len(rows)
    if path.suffix == ".tll":
        return len(path.read_bytes().splitlines())
    read = geopandas.read_parquet if path.suffix == ".parquet" else pyogrio.read_dataframe
    return len(read(path))


def number(cell):
    return re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", cell) is not None


def test_the_alerts_as_data_are_whole(hostile):
    rows = [json.loads(line) for line in invoke("alerts", hostile, "--to", "jsonl").stdout.split(
        "\n") if line]  # fmt: skip
    assert len(rows) == len(PAYLOADS)
    found = json.loads(invoke("alerts", hostile, "--to", "geojson").stdout)
    assert len(found["features"]) == len(PAYLOADS)
    cells = list(csv.reader(io.StringIO(invoke("alerts", hostile, "--to", "csv").stdout)))
    assert len(cells) == 1 + len(PAYLOADS)
    assert not [c for row in cells for c in row if c.startswith(FORMULA) and not number(c)]


# -- the terminal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("alerts", "DIR"),
        ("alerts", "DIR", "--explain", "a00000000000005c"),
        ("incident", "list", "DIR"),
        *[("incident", "show", "DIR", f"I{i}") for i in range(1, 11)],
        ("zones", "check", "DIR/zones.geojson"),
        ("export", "DIR", "--out", "DIR/out.csv"),
        ("map", "DIR", "--out", "DIR/out.html"),
    ],
    ids=" ".join,
)
def test_a_terminal_is_shown_nothing_that_it_would_obey(args, hostile):
    result = CliRunner().invoke(main, [a.replace("DIR", str(hostile)) for a in args])
    said = result.stdout + result.stderr
    assert said and "Traceback" not in said and "unexpected" not in said, said[-300:]
    bad = {line for line in said.split("\n") if not line.isprintable()}
    assert not bad, sorted(bad)[0][:200]

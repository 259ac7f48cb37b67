"""The report in a real browser and on paper: accessible, self-contained, tagged, the same bytes."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from selenium_axe_python import Axe

from coastwatch.reporting import report
from coastwatch.reports.span import week
from tests.browser import chromium, complaints, needs_browser, open_page, requests
from tests.report_week import write_weather, write_week

pypdf = pytest.importorskip("pypdf")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
A4_PT = (595.28, 841.89)


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")
    write_week(folder / "run", step_s=1800.0)
    write_weather(folder / "weather.csv")
    for name, lang, public in (("en", "en", False), ("fr", "fr", False), ("public", "en", True)):
        report(folder / "run", week("2026-W47"), folder / f"{name}.html", folder / f"{name}.pdf",
               lang, folder / "weather.csv", public)  # fmt: skip
    return folder


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (390, 844)])
def test_the_page_is_accessible_asks_for_nothing_and_fits(papers, size):
    with chromium(size) as driver:
        for name in ("en", "fr", "public"):
            driver.set_script_timeout(120)
            open_page(driver, papers / f"{name}.html")
            assert requests(driver) == []
            assert complaints(driver) == []
            assert driver.execute_script("return document.compatMode") == "CSS1Compat"
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= size[0]
            driver.execute_script(
                "document.querySelectorAll('details').forEach(d => { d.open = true; })"
            )
            axe = Axe(driver)
            axe.inject()
            found = axe.run(options={"runOnly": RULES})
            said = [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]]
            assert said == [], name


@pytest.mark.parametrize("name", ["en", "fr", "public"])
def test_the_paper_is_tagged_a4_and_speaks_its_language(papers, name):
    reader = pypdf.PdfReader(papers / f"{name}.pdf")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == ("fr" if name == "fr" else "en")
    assert "Dover Strait" in reader.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert 2 <= len(reader.pages) <= 8
    for page in reader.pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        assert size == pytest.approx(A4_PT, abs=0.5)
    kinds = list(elements(root["/StructTreeRoot"]))
    figures = [e for e in kinds if e.get("/S") == "/Figure"]
    assert figures
    assert all(e.get("/Alt") for e in figures)
    heads = [int(e["/S"][2]) for e in kinds if re.fullmatch(r"/H[1-6]", str(e.get("/S")))]
    assert heads[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(heads))
    assert len(reader.outline) >= 1
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert ("provisoire" if name == "fr" else "provisional").casefold() in text.casefold()
    assert ("Franchissements de zones" if name == "fr" else "Crossings of zones") in text
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = below["/FontDescriptor"].get_object()
            assert any(key.startswith("/FontFile") for key in descriptor)


def elements(node):
    """Every element of a structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from elements(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K", []))


def test_the_same_run_gives_the_same_bytes(papers, tmp_path):
    report(papers / "run", week("2026-W47"), tmp_path / "a.html", tmp_path / "a.pdf", "en",
           papers / "weather.csv")  # fmt: skip
    assert (tmp_path / "a.html").read_bytes() == (papers / "en.html").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes() == (papers / "en.pdf").read_bytes()


def test_the_page_runs_nothing_and_is_one_file(papers):
    html = (papers / "en.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!#)', html.replace('xlink:href="#', 'x="#'))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))

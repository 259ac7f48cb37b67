"""The documentation builds with strict links, asks no network for anything, and can be searched."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser import chromium, needs_browser

pytest.importorskip("mkdocs", reason="install the extra: pip install 'coastwatch[docs]'")

ROOT = Path(__file__).resolve().parents[1]
LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
# A link to a page, which loads nothing until somebody follows it.
ONLY_NAMES = {"canonical", "prev", "next", "edit"}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(out)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


class Loads(HTMLParser):
    """The addresses that a page loads when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag in LOADS and told.get("rel") not in ONLY_NAMES:
            self.found.append(told.get(LOADS[tag]) or "")


def test_no_page_loads_anything_from_elsewhere(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        outside = [url for url in loads.found if re.match(r"(https?:)?//", url)]
        assert not outside, f"{page.name}: {outside}"
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", text), style.name


def test_what_builds_the_pages_is_not_part_of_the_site(site):
    assert not [path for path in site.rglob("*") if path.suffix in (".py", ".pyc", ".md")]


def test_the_api_has_signatures_and_docstrings(site):
    page = (site / "api.html").read_text(encoding="utf-8")
    assert 'id="coastwatch.track_files"' in page
    assert "GSHHG" in page and "Raises" in page


@pytest.mark.browser
@needs_browser
def test_a_page_opened_from_a_disk_finds_words(site):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    with chromium() as driver:
        driver.get((site / "index.html").as_uri())
        driver.execute_script("document.querySelector('#__search').click()")
        driver.find_element(By.CSS_SELECTOR, ".md-search__input").send_keys("GOSPA")
        WebDriverWait(driver, 30).until(
            lambda page: "Scores" in page.find_element(By.CSS_SELECTOR, ".md-search-result").text
        )
        asked = "return performance.getEntriesByType('resource').map(one => one.name)"
        assert not [url for url in driver.execute_script(asked) if url.startswith("http")]

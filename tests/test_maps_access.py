"""The picture for everyone: axe-core in a real Chromium, the keyboard, narrow screens and paper."""

from itertools import product

import pytest
from selenium_axe_python import Axe

from coastwatch.maps import draw_picture
from coastwatch.store.run import read_run
from tests.browser import chromium, needs_browser, open_page, settle, viewport
from tests.maps_run import strait

pytestmark = [pytest.mark.browser, needs_browser, pytest.mark.xdist_group("browser")]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"wide": (1920, 1080), "laptop": (1366, 768), "phone": (390, 844), "reflow": (320, 640)}


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def strait_page(tmp_path_factory):
    folder = strait(tmp_path_factory.mktemp("strait"))
    draw_picture(read_run(folder), folder / "picture.html")
    return folder / "picture.html"


@pytest.fixture
def page(browser, strait_page):
    viewport(browser, 1600, 1000)
    open_page(browser, strait_page)
    yield browser
    browser.execute_script("localStorage.clear()")


def pick(driver, id, value):
    driver.execute_script(
        "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
        "s.dispatchEvent(new Event('change'))",
        id, value,
    )  # fmt: skip
    settle(driver)


def violations(driver):
    axe = Axe(driver)
    axe.inject()
    found = axe.run(options={"runOnly": {"type": "tag", "values": TAGS}})
    assert len(found["passes"]) > 20
    return [
        (v["id"], v["help"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found["violations"]
    ]


@pytest.mark.parametrize(("palette", "language"), product(("night", "dusk", "day"), ("en", "fr")))
def test_axe_finds_nothing_with_panels_open_or_closed(page, palette, language):
    pick(page, "palette", palette)
    pick(page, "language", language)
    page.execute_script("document.querySelector('#alerts button').click()")
    page.execute_script("document.querySelector('#measure-button').click()")
    settle(page)
    assert violations(page) == []
    page.execute_script("document.querySelector('#tracks-tab').click()")
    page.execute_script(
        "for (const id of ['layers-button', 'close']) document.getElementById(id).click()"
    )
    settle(page)
    assert violations(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_any_screen(page, size):
    viewport(page, *SIZES[size])
    open_page(page, page.current_url_path)
    settle(page)

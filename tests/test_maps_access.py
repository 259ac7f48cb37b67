"""The picture for everyone: axe-core in a real Chromium, the keyboard, narrow screens and paper."""

import base64
import io
import re
import unicodedata
from importlib.resources import files
from itertools import combinations, product

import numpy as np
import pytest
from pypdf import PdfReader
from selenium.webdriver.common.keys import Keys
from selenium_axe_python import Axe

from coastwatch.geo.geodesy import geodesic
from coastwatch.maps import draw_picture
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, settle, viewport
from tests.maps_run import strait, track, write_run

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


@pytest.mark.parametrize(
    ("palette", "language"), list(product(("night", "dusk", "day"), ("en", "fr")))
)
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


@pytest.mark.parametrize(
    ("size", "palette", "language"),
    [*((size, "night", "en") for size in SIZES), ("laptop", "dusk", "fr"), ("phone", "day", "fr"),
     ("phone", "dusk", "en"), ("reflow", "dusk", "fr"), ("reflow", "day", "en")],
)  # fmt: skip
def test_axe_finds_nothing_on_any_screen_and_none_scrolls_sideways(
    page, strait_page, size, palette, language
):
    viewport(page, *SIZES[size])
    open_page(page, strait_page)
    pick(page, "palette", palette)
    pick(page, "language", language)
    for act in ("#alerts button", "#tracks-tab", "#layers-button"):
        page.execute_script("document.querySelector(arguments[0]).click()", act)
        settle(page)
        assert violations(page) == []
        wide = page.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


@pytest.mark.parametrize("size", ["phone", "reflow"])
def test_on_a_narrow_screen_a_chosen_alert_is_seen_above_its_explanation(page, strait_page, size):
    viewport(page, *SIZES[size])
    open_page(page, strait_page)
    page.execute_script("document.querySelector('#alerts button').click()")
    settle(page)
    y, top = page.execute_script(
        "const data = JSON.parse(document.getElementById('island').textContent);"
        "const alert = data.alerts[data.alerts.length - 1];"
        "const box = map_picture.getContainer().getBoundingClientRect();"
        "const at = map_picture.latLngToContainerPoint([alert.lat, alert.lon]);"
        "return [box.top + at.y, document.getElementById('side').getBoundingClientRect().top]"
    )
    header = page.execute_script("return document.querySelector('header').offsetHeight")
    assert header < y < top
    assert page.switch_to.active_element.get_attribute("id") == "close"
    assert not page.find_element("id", "alerts").is_displayed()
    page.find_element("id", "alerts-tab").click()
    assert page.find_element("id", "alerts").is_displayed()


WRITTEN = """
window.written = [];
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const { width } = this.measureText(text);
  if (this.canvas.className === 'symbols') window.written.push([text, x, width, y]);
  return fillText.call(this, text, x, y);
};
"""


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_no_edge_of_the_screen_cuts_a_name(page, strait_page, size):
    script = page.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WRITTEN})
    viewport(page, *SIZES[size])
    open_page(page, strait_page)
    written, left, right, start = page.execute_script(
        "const box = document.querySelector('.folium-map').getBoundingClientRect();"
        "return [written, box.left, box.right,"
        "document.querySelector('canvas.symbols').getBoundingClientRect().left]"
    )
    page.execute_cdp_cmd(
        "Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]}
    )
    spans = [(text, start + x, start + x + width) for text, x, width, _ in written]
    assert any(left <= a and b <= right for _, a, b in spans)
    cut = [text for text, a, b in spans if a < left < b or a < right < b]
    assert cut == []


def test_a_crowd_of_small_craft_keeps_its_names_apart(browser, tmp_path):
    craft = [
        track(n + 1, [(1.2 + 0.05 * (n % 4), 50.9 + 0.03 * (n // 4))] * 2, end_s=600.0,
              p_small=0.95, p_unregistered=0.97, p_fixed=0.0)
        for n in range(12)
    ]  # fmt: skip
    ships = [track(50, [(0.7, 50.6), (2.1, 51.4)], mmsi=235000001, p_small=0.1,
                   p_unregistered=0.0, p_fixed=0.0)]  # fmt: skip
    folder = write_run(tmp_path / "crowd", craft + ships)
    draw_picture(read_run(folder), tmp_path / "crowd.html")
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WRITTEN})
    viewport(browser, *SIZES["laptop"])
    open_page(browser, tmp_path / "crowd.html")
    written = browser.execute_script("return written")
    browser.execute_cdp_cmd(
        "Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]}
    )
    names = [one for one in written if one[0].startswith("track ") or "small craft" in one[0]]
    assert len(names) >= 6
    for (_, x, wide, y), (_, u, far, v) in combinations(names, 2):
        assert x + wide <= u or u + far <= x or abs(y - v) >= 12


def test_a_run_of_more_than_a_day_tells_the_date_and_forgets_old_marks(browser, tmp_path):
    ship = track(1, [(1.2, 50.9), (1.6, 51.1)], end_s=2 * 86400.0, step_s=600.0, mmsi=235000001,
                 p_small=0.1, p_unregistered=0.0, p_fixed=0.0)  # fmt: skip
    told = {"rule": "loitering", "severity": "warning", "track": 1, "lon": 1.4, "lat": 51.0,
            "text": "It loiters.", "evidence": {}}  # fmt: skip
    over = {"state": "normal", "updated": "2026-05-12T06:00:00Z"}
    alerts = [told | {"id": "a", "time": "2026-05-12T05:00:00Z"} | over,
              told | {"id": "b", "time": "2026-05-13T05:00:00Z", "state": "active"}]  # fmt: skip
    draw_picture(read_run(write_run(tmp_path / "days", [ship], alerts)), tmp_path / "days.html")
    discs = (
        "window.discs = []; const arc = CanvasRenderingContext2D.prototype.arc;"
        "CanvasRenderingContext2D.prototype.arc = function (x, y, r, ...more) {"
        "if (this.canvas.className === 'symbols' && r === 8) window.discs.push(r);"
        "return arc.call(this, x, y, r, ...more); };"
    )
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": discs})
    viewport(browser, *SIZES["laptop"])
    open_page(browser, tmp_path / "days.html")
    browser.execute_cdp_cmd(
        "Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]}
    )
    times = [one.text for one in browser.find_elements("css selector", "#alerts time")]
    assert times == ["2026-05-13 05:00 UTC", "2026-05-12 05:00 UTC"]
    settle(browser)
    browser.execute_script("discs.length = 0")
    slider = "const s = document.getElementById('time'); s.value = arguments[0];"
    for at, marks in ((2 * 3600 + 1800, 1), (12 * 3600, 0), (30 * 3600, 1)):
        browser.execute_script("discs.length = 0")
        browser.execute_script(slider + "s.dispatchEvent(new Event('input'))", at)
        settle(browser)
        assert len(browser.execute_script("return discs")) == marks, at


def test_what_is_found_says_by_what(page):
    page.find_element("id", "find").send_keys("2")
    found = page.find_elements("css selector", "#found button")
    assert found
    assert all("MMSI" in one.text for one in found if not one.text.startswith("track"))


def test_alerts_and_tracks_are_walked_by_arrows(page):
    first = page.find_element("css selector", "#alerts button")
    first.send_keys(Keys.ARROW_DOWN)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    settle(page)
    assert page.execute_script("return document.getElementById('status').textContent") != ""
    tab = page.find_element("id", "alerts-tab")
    tab.send_keys(Keys.ARROW_RIGHT)
    assert page.switch_to.active_element.get_attribute("id") == "tracks-tab"
    settle(page)
    row = page.find_element("css selector", "#tracks button")
    name = row.find_element("css selector", ".name").text
    row.send_keys(Keys.ENTER)
    assert page.find_element("id", "chosen-title").text == name


def test_single_keys_step_and_play_and_can_be_turned_off(page):
    clock = lambda: page.find_element("id", "clock").text  # noqa: E731
    chart = page.find_element("css selector", ".folium-map")
    chart.send_keys(",")
    assert clock() == "2026-05-12 04:59:50 UTC"
    chart.send_keys(".")
    assert clock() == "2026-05-12 05:00:00 UTC"
    chart.send_keys(" ")
    assert page.find_element("id", "play").text == "Pause"
    chart.send_keys(" ")
    assert page.find_element("id", "play").text == "Play"
    page.find_element("css selector", "[data-layer=keys]").click()
    stood = clock()
    chart.send_keys(",")
    assert clock() == stood


def test_a_leg_measured_from_the_keyboard_is_that_of_the_ellipsoid(page):
    page.execute_script("map_picture.setView([51, 1.4], 10, {animate: false})")
    page.find_element("id", "measure-button").click()
    chart = page.find_element("css selector", ".folium-map")
    chart.send_keys(Keys.ENTER)
    page.execute_script("map_picture.setView([51.1, 1.7], 10, {animate: false})")
    chart.send_keys(Keys.ENTER)
    settle(page)
    metres, azimuth, _ = geodesic(1.4, 51.0, 1.7, 51.1)
    row = page.find_element("css selector", "#measure tr").text
    miles, bearing = re.search(r"([\d.]+)\s*NM\s+(\d{3})° T", row).groups()
    # The middle of the chart is a whole pixel: 100 m at this zoom.
    assert float(miles) == pytest.approx(metres / 1852, abs=0.08)
    assert int(bearing) == pytest.approx(np.degrees(azimuth), abs=1)
    chart.send_keys(Keys.ESCAPE)
    assert not page.find_element("id", "measure").is_displayed()


def test_french_says_its_numbers_and_rules_and_marks_a_sentence_that_stays_english(page):
    pick(page, "language", "fr")
    assert page.execute_script("return document.documentElement.lang") == "fr"
    page.execute_script("document.querySelector('#alerts button').click()")
    body = page.find_element("id", "side").text
    assert "Petite embarcation non immatriculée" in body
    assert re.search(r"\d\d°\d\d,\d\d′N", body)
    said = page.find_elements("css selector", ".said")
    assert len(said) > 3
    assert all(one.get_attribute("lang") == "en" for one in said)
    assert page.find_element("css selector", "#status span").get_attribute("lang") == "en"
    rows = {
        row.find_element("css selector", "th").text: row.get_attribute("lang")
        for row in page.find_elements("css selector", "#chosen-body tr")
    }
    assert not rows["petite (probabilité)"]
    assert rows["sog"] == "en"
    pick(page, "language", "en")
    assert not page.find_elements("css selector", "#side [lang]")


def test_each_word_is_there_in_both_languages(page):
    text = (files("coastwatch.maps") / "assets" / "words.js").read_text(encoding="utf-8")
    pairs = re.findall(r"\['([^']+)',\s+'([^']+)'\]", text)
    assert len(pairs) > 120
    for english, french in pairs:
        holes = [set(re.findall(r"\{\d\}", words)) for words in (english, french)]
        assert holes[0] == holes[1], english


def test_choices_of_colours_and_language_outlast_the_page(page, strait_page):
    pick(page, "palette", "dusk")
    pick(page, "language", "fr")
    open_page(page, strait_page)
    root = "return [document.documentElement.dataset.palette, document.documentElement.lang]"
    assert page.execute_script(root) == ["dusk", "fr"]


def test_reduced_motion_stops_the_flashing(page):
    still = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    names = []
    for features in ({"features": []}, still):
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
        names.append(page.execute_script(
            "const d = document.body.appendChild(document.createElement('div'));"
            "d.className = 'flash'; return getComputedStyle(d).animationName"
        ))  # fmt: skip
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert names == ["flash", "none"]


def sheets(driver):
    """The text of each sheet of paper, and its size in points."""
    printed = driver.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True}
    )
    pdf = PdfReader(io.BytesIO(base64.b64decode(printed["data"])))
    width, height = (float(v) for v in pdf.pages[0].mediabox[2:])
    settle(driver)
    said = [unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in pdf.pages]
    return said, (round(width), round(height))


def test_one_sheet_of_paper_has_the_chart_and_its_legend_and_the_next_the_alerts(page):
    layout = "return [...document.body.children].map((n) => n.tagName + '#' + n.id)"
    before = page.execute_script(layout)
    (chart, alerts), size = sheets(page)
    assert size == (842, 595)
    for said in (
        "Dover Strait", "2026-05-12 04:00:00 to 05:00:00 UTC", "Shown: 2026-05-12 05:00:00 UTC",
        "Not for navigation", "NM", "Tracks at the time shown", "AIS, under way (18)",
        "Small, unregistered (3)", "Traffic lane", "20 kn and more", "GSHHG (LGPL)",
    ):  # fmt: skip
        assert said in chart, said
    for offered in (
        "Single keys",
        "Tentative",
        "Distress beacon",
        "Colour by",
        "whole run",
        "Play",
    ):
        assert offered not in chart, offered
    assert alerts.count("about to enter the SW lane") == 3
    assert "Alerts raised by 2026-05-12 05:00:00 UTC (3)" in alerts
    assert page.execute_script("return document.documentElement.dataset.palette") == "night"
    assert page.execute_script(layout) == before
    assert complaints(page) == []


def test_paper_knows_no_more_than_the_time_shown(page):
    page.execute_script(
        "const s = document.getElementById('time'); s.value = 1400;"
        "s.dispatchEvent(new Event('input'))"
    )
    text, _ = sheets(page)
    assert "Alerts raised by 2026-05-12 04:23:20 UTC (1)" in text[1]
    assert text[1].count("about to enter the SW lane") == 1
    page.execute_script(
        "const s = document.getElementById('time'); s.value = 60;"
        "s.dispatchEvent(new Event('input'))"
    )
    text, _ = sheets(page)
    assert len(text) == 1
    assert "Shown: 2026-05-12 04:01:00 UTC" in text[0]


def test_paper_of_a_phone_has_the_same_sheets_in_french(page):
    viewport(page, 390, 800)
    pick(page, "language", "fr")
    settle(page)
    (chart, alerts), size = sheets(page)
    viewport(page, 1600, 1000)
    assert size == (842, 595)
    for said in ("Ne pas utiliser pour la navigation", "Affiché : 2026-05-12 05:00:00 UTC",
                 "AIS, en route (", "Voie de circulation"):  # fmt: skip
        assert said in chart, said
    assert "Alertes déclenchées jusqu’à 2026-05-12 05:00:00 UTC (3)" in alerts

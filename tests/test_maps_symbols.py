"""Dangerous and lost targets, roles, groups of small craft, and tiles, in a real browser."""

import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import WebDriverWait

from coastwatch.maps.contents import island
from coastwatch.maps.page import page
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, requests, settle
from tests.maps_run import START_S, alert, track, write_run
from tests.test_maps_browser import pixels, set_time, text

DANGER, SMALL, BEACON = (0xFF, 0x5F, 0x50, 255), (0xFF, 0x5C, 0x9F, 255), (0xFF, 0x73, 0x61, 255)
STILL = [(1.5, 51.0), (1.5, 51.0)]


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


def drawn(driver, folder, change):
    data = island(read_run(folder))
    change(data)
    out = folder / "picture.html"
    out.write_text(page(data), encoding="utf-8")
    open_page(driver, out)
    return driver


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_a_target_is_dangerous_while_its_alert_of_collision_is_open(browser, tmp_path):
    told = alert(1, 1, "2026-05-12T04:20:00Z", 1.4, 50.9, rule="close-approach")
    ways = [track(1, STILL, mmsi=227000001), track(2, [(1.3, 50.9), (1.4, 50.8)], mmsi=227000002)]

    def change(data):
        data["alerts"][0] |= {"danger": True, "until": START_S + 2400}

    seen = drawn(browser, write_run(tmp_path, ways, [told]), change)
    by_time = []
    for seconds in (600, 1800, 3000):
        set_time(seen, seconds)
        by_time.append(DANGER in pixels(seen, 1.5, 51.0, 16))
    assert by_time == [False, True, False]


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_small_craft_near_each_other_are_counted_and_beacons_are_named(browser, tmp_path):
    small = {"p_unregistered": 0.97, "p_small": 0.95}
    ways = [track(i, [(1.5 + i * 1e-4, 51.0), (1.5 + i * 1e-4, 51.0)], **small) for i in (1, 2, 3)]
    ways.append(track(9, [(1.2, 50.8), (1.2, 50.8)], mmsi=970123456))

    def change(data):
        one = next(t for t in data["tracks"] if t["id"] == 9)
        one |= {"role": "beacon", "beacon": "sart"}

    seen = drawn(browser, write_run(tmp_path, ways), change)
    assert SMALL in pixels(seen, 1.5001, 51.0, 16)
    assert BEACON in pixels(seen, 1.2, 50.8, 12)
    seen.find_element("id", "tracks-tab").click()
    assert "Distress beacon" in text(seen, "#tracks")
    assert text(seen, "#tracks-tab") == "Tracks in view (4)"


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_tiles_are_asked_of_their_origin_and_of_no_other(browser, tmp_path):
    tiles = {"url": "https://tiles.example.org/a/{z}/{x}/{y}.png", "attribution": "Me", "max": 12}
    seen = drawn(browser, write_run(tmp_path, [track(1, STILL)]), lambda d: d.update(tiles=tiles))
    assert "img-src data: https://tiles.example.org;" in seen.page_source
    asked = requests(seen)
    assert asked
    assert all(url.startswith("https://tiles.example.org/a/") for url in asked)
    assert not [c for c in complaints(seen) if "Content Security Policy" in c["message"]]
    assert "Tiles: Me" in text(seen, ".credit")


def along(driver, lon, lat, bearing_deg):
    """How wide the drawing is, in pixels, at each pixel from a place along a bearing."""
    return driver.execute_script(
        "const [lon, lat, bearing] = arguments, b = bearing * Math.PI / 180;"
        "const p = map_picture.latLngToContainerPoint([lat, lon]);"
        "const canvas = document.querySelector('canvas.symbols');"
        "const at = canvas.getBoundingClientRect();"
        "const box = map_picture.getContainer().getBoundingClientRect();"
        "const pen = canvas.getContext('2d'), x = p.x + box.x - at.x, y = p.y + box.y - at.y;"
        "const east = (r, side) => Math.round(x + r * Math.sin(b) + side * Math.cos(b));"
        "const south = (r, side) => Math.round(y - r * Math.cos(b) + side * Math.sin(b));"
        "const at1 = (r, side) => pen.getImageData(east(r, side), south(r, side), 1, 1).data;"
        "const seen = (r, side) => at1(r, side)[3] / 255;"
        "return Array.from({ length: 80 }, (_, r) => "
        " [-3, -2, -1, 0, 1, 2, 3].reduce((sum, side) => sum + seen(r, side), 0))",
        lon, lat, bearing_deg,
    )  # fmt: skip


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_the_heading_line_is_solid_and_thin_and_the_vector_broken_and_stronger(browser, tmp_path):
    ways = [track(1, [(1.40, 51.0), (1.45, 51.0)], 0, 500, mmsi=227000001)]

    def change(data):
        one = data["tracks"][0]
        one |= {"h": [0] * len(one["t"])}  # heading north, going east

    seen = drawn(browser, write_run(tmp_path, ways), change)
    hide = (
        "for (const n of ['names', 'sensors']) document.querySelector(`[data-layer=${n}]`).click()"
    )
    seen.execute_script(hide)
    settle(seen)
    heading, vector = along(seen, 1.45, 51.0, 0.0), along(seen, 1.45, 51.0, 90.0)
    line = heading[13:43]
    assert min(line) > 0.5 and max(line) < 1.6
    assert max(heading[47:]) == 0
    dashes = vector[14:60]
    assert min(dashes) < 0.2 and max(dashes) > 1.6
    gaps = re.findall("#(-+)(?=#)", "".join("-" if width < 1 else "#" for width in dashes))
    assert {len(gap) for gap in gaps} <= {3, 4, 5}  # twice the width of its line


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "tiles could not be loaded"), ("fr", "fond de carte n’a pu être chargé")],
)
def test_tiles_that_are_missing_are_told_once_and_the_land_is_drawn(browser, tmp_path, lang, said):
    tiles = {"url": "tiles/{z}/{x}/{y}.png", "attribution": "", "max": 12}

    def change(data):
        data |= {"tiles": tiles, "lang": lang}

    browser.execute_script("try { localStorage.clear() } catch { }")
    seen = drawn(browser, write_run(tmp_path, [track(1, STILL)]), change)
    WebDriverWait(seen, 5).until(lambda page: text(page, "#tiles-told"))
    assert said in text(seen, "#tiles-told")
    assert said in text(seen, "#status")
    asked = len(requests(seen))
    seen.execute_script("map_picture.panBy([300, 0], { animate: false })")
    settle(seen)
    settle(seen)
    assert asked and requests(seen) == []
    assert not seen.execute_script("return document.querySelector('[data-layer=tiles]').checked")
    assert "ile" not in text(seen, ".credit").split("·")[-1]
    assert len(text(seen, ".credit").split("·")) == 2


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_an_alert_stands_beside_its_beacon_and_is_found_there(browser, tmp_path):
    told = alert(1, 9, "2026-05-12T04:10:00Z", 1.5, 51.0, rule="distress-beacon",
                 severity="emergency", text="AIS-SART heard")  # fmt: skip
    ways = [track(9, STILL, mmsi=970123456), track(1, [(1.4, 50.9), (1.6, 51.1)])]
    seen = drawn(browser, write_run(tmp_path, ways, [told]), lambda data: None)
    chart = seen.find_element("css selector", ".folium-map")
    x, y = seen.execute_script(
        "const p = map_picture.latLngToContainerPoint([51, 1.5]), s = map_picture.getSize();"
        "return [p.x - s.x / 2, p.y - s.y / 2]"
    )
    titles = []
    for left in (0, 27):
        ActionChains(seen).move_to_element_with_offset(
            chart, round(x) - left, round(y)
        ).click().perform()
        titles.append(text(seen, "#chosen-title"))
    assert titles == ["MMSI 970123456", "Alert · Distress beacon"]


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_a_beacon_that_is_lost_is_crossed_beyond_its_circle(browser, tmp_path):
    ways = [track(8, [(1.4, 51.0), (1.4, 51.0)], mmsi=972123456),
            track(9, STILL, 0, 1800, mmsi=972123457)]  # fmt: skip
    seen = drawn(browser, write_run(tmp_path, ways), lambda data: None)
    at = [along(seen, lon, 51.0, 225.0)[14:17] for lon in (1.4, 1.5)]
    assert (max(at[0]) < 0.5, min(at[1][:2]) > 1.0) == (True, True)
    assert BEACON in pixels(seen, 1.5, 51.0, 12)

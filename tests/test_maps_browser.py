"""The picture in a real browser without a network: what it shows, and what it refuses to run."""

import json

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from coastwatch.maps import draw_picture
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, requests, settle
from tests.maps_run import START_S, alert, strait, track, write_run, zone

pytestmark = [pytest.mark.browser, needs_browser, pytest.mark.xdist_group("browser")]

HOSTILE = [
    "{{7*7}}",
    "{% raw %}",
    '<IMG SRC ONERROR="/*',
    "<img src=x onerror=\"document.title='pwned'\">",
    "`;document.title='pwned';`",
    "</script><script>document.title='pwned'</script>",
    "<!--",
    "<!--<script>",
    "${alert(1)}",
    "]]>&lt;b&gt;",
    "'\"\\u003c/script>\u2028\u2029",
]
ALL = " ".join(HOSTILE)


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def strait_page(tmp_path_factory):
    return drawn(strait(tmp_path_factory.mktemp("strait")))


@pytest.fixture
def page(browser, strait_page):
    open_page(browser, strait_page)
    return browser


def drawn(folder):
    draw_picture(read_run(folder), folder / "picture.html")
    return folder / "picture.html"


def text(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector).text


def set_time(driver, seconds):
    driver.execute_script(
        "const s = document.getElementById('time'); s.value = arguments[0];"
        "s.dispatchEvent(new Event('input'))",
        seconds,
    )
    settle(driver)


def pixels(driver, lon, lat, reach=3):
    """Red, green, blue, opacity of the symbol canvas around a place, as a list of quadruples."""
    flat = driver.execute_script(
        "const p = map_picture.latLngToContainerPoint([arguments[1], arguments[0]]);"
        "const r = arguments[2], canvas = document.querySelector('canvas.symbols');"
        "const pen = canvas.getContext('2d'), at = canvas.getBoundingClientRect();"
        "const box = map_picture.getContainer().getBoundingClientRect();"
        "p.x += box.x - at.x; p.y += box.y - at.y;"
        "return [...pen.getImageData(p.x - r, p.y - r, 2 * r, 2 * r).data]",
        lon, lat, reach,
    )  # fmt: skip
    return [tuple(flat[i : i + 4]) for i in range(0, len(flat), 4)]


SMALL = (0xFF, 0x5C, 0x9F, 255)
DINGHY_END = (1.50, 50.97)


def test_the_page_asks_the_network_for_nothing_and_the_console_stays_empty(page):
    assert requests(page) == []
    assert complaints(page) == []
    assert page.title == "Dover Strait · coastwatch"


def test_the_page_may_not_reach_out_even_when_something_inside_tries(page):
    page.execute_async_script(
        "const done = arguments[0];"
        "document.addEventListener('securitypolicyviolation', () => done());"
        "document.body.append(Object.assign(new Image(), {src: 'https://example.com/x.png'}))"
    )
    page.execute_script(
        "const s = document.createElement('script'); s.textContent = 'document.title = \"pwned\"';"
        "document.body.append(s)"
    )
    # The log has what was tried, so an empty log above means that nothing was.
    assert requests(page) == ["https://example.com/x.png"]
    refused = [c["message"] for c in complaints(page) if "Content Security Policy" in c["message"]]
    assert len(refused) == 2
    assert page.title == "Dover Strait · coastwatch"


def test_small_unregistered_craft_stand_out_and_hide_with_their_layer(page):
    assert SMALL in pixels(page, *DINGHY_END)
    page.find_element(By.CSS_SELECTOR, "[data-layer=small]").click()
    settle(page)
    assert SMALL not in pixels(page, *DINGHY_END)


def test_the_legend_counts_every_class(page):
    rows = page.find_elements(By.CSS_SELECTOR, "#layers details:first-child label")
    counts = {row.text.split("\n")[0]: int(row.text.split("\n")[1]) for row in rows}
    assert counts == {
        "Small, unregistered": 3, "AIS, under way": 18, "Radar only": 6, "Moored or fixed": 4,
        "Tentative": 0, "Lost": 1, "Distress beacon": 0, "Rescue aircraft": 0,
        "AIS base station": 0, "Aid to navigation": 0,
    }  # fmt: skip


def test_an_alert_is_reached_by_keyboard_pans_and_shows_its_evidence(page):
    button = page.find_elements(By.CSS_SELECTOR, "#alerts button")[-1]
    assert "04:21:35 UTC" in button.text
    assert "alarm" in button.text.lower()
    button.send_keys(Keys.ENTER)
    settle(page)
    shown = text(page, "#chosen")
    assert "Small unregistered craft (track 901)" in shown
    assert "time to zone\n9 min" in shown.replace(" 9 min", "\n9 min")
    assert "50°56.64′N 001°32.88′E" in shown
    centre = page.execute_script(
        "return [map_picture.getCenter().lat, map_picture.getCenter().lng]"
    )
    assert centre == pytest.approx([50.944, 1.548], abs=0.01)
    page.find_element(By.XPATH, "//button[.='Show the picture at that time']").click()
    assert text(page, "#clock") == "2026-05-12 04:21:35 UTC"


def test_the_slider_moves_the_ships_and_play_runs_to_the_end(page):
    assert text(page, "#clock") == "2026-05-12 05:00:00 UTC"
    set_time(page, 0)
    assert text(page, "#clock") == "2026-05-12 04:00:00 UTC"
    assert SMALL not in pixels(page, *DINGHY_END)
    assert SMALL in pixels(page, 1.575, 50.925)
    speed = page.find_element(By.ID, "speed")
    speed.send_keys("3600")
    page.find_element(By.ID, "play").click()
    page.execute_async_script(
        "const done = arguments[0], play = document.getElementById('play');"
        "const look = () => play.textContent === 'Play' ? done() : setTimeout(look, 50); look()"
    )
    settle(page)
    assert text(page, "#clock") == "2026-05-12 05:00:00 UTC"
    assert SMALL in pixels(page, *DINGHY_END)


def test_a_ship_is_found_by_name_and_by_mmsi(page):
    for wanted in ("spirit of", "227000002"):
        box = page.find_element(By.ID, "find")
        box.clear()
        box.send_keys(wanted, Keys.ENTER)
        assert text(page, "#chosen-title") == "SPIRIT OF DOVER"
        assert "227000002" in text(page, "#chosen-body")


def test_a_click_on_a_ship_or_zone_says_what_it_is(page):
    chart = page.find_element(By.CSS_SELECTOR, ".folium-map")

    def click(lon, lat):
        x, y = page.execute_script(
            "const p = map_picture.latLngToContainerPoint([arguments[1], arguments[0]]);"
            "const s = map_picture.getSize(); return [p.x - s.x / 2, p.y - s.y / 2]", lon, lat,
        )  # fmt: skip
        ActionChains(page).move_to_element_with_offset(chart, round(x), round(y)).click().perform()
        settle(page)

    click(*DINGHY_END)
    assert text(page, "#chosen-title") == "track 901"
    assert "Small, unregistered" in text(page, "#chosen-body")
    click(1.12, 50.68)
    assert "SW-bound lane" in text(page, "#chosen-body")
    assert "Rule 10." in text(page, "#chosen-body")


def test_the_scale_is_in_nautical_miles_and_the_pointer_in_degrees_and_minutes(page):
    chart = page.find_element(By.CSS_SELECTOR, ".folium-map")
    ActionChains(page).move_to_element_with_offset(chart, 5, 5).perform()
    cursor = text(page, "#cursor")
    at = page.execute_script(
        "const s = map_picture.getSize();"
        "return map_picture.containerPointToLatLng([s.x / 2 + 5, s.y / 2 + 5])"
    )
    minutes = round((at["lat"] - int(at["lat"])) * 60, 2)
    assert cursor.startswith(f"{int(at['lat'])}°{minutes:05.2f}′N 00")
    assert "Not for navigation" in text(page, "header.bar")
    assert "GSHHG (LGPL)" in text(page, "footer")


def test_every_control_has_a_name_and_takes_the_focus(page):
    unnamed = page.execute_script(
        "return [...document.querySelectorAll('button, input, select')].filter((n) =>"
        "!(n.textContent.trim() || n.getAttribute('aria-label') || n.labels?.length))"
        ".map((n) => n.outerHTML)"
    )
    assert unnamed == []
    assert page.execute_script("return document.documentElement.lang") == "en"
    assert page.execute_script("return document.querySelector('.folium-map').tabIndex") == 0


def test_hostile_names_and_notes_show_as_text_and_run_nothing(browser, tmp_path):
    craft = track(7, [(1.4, 50.9), (1.5, 51.0)], 0, 600)
    ship = track(8, [(1.3, 50.9), (1.2, 51.0)], 0, 600, mmsi=227000008)
    square = [[[1.1, 50.7], [1.6, 50.7], [1.6, 51.1], [1.1, 51.1], [1.1, 50.7]]]
    zones = [
        zone(f"z{i} {bad}", bad, "other", square, note=bad, source=ALL)
        for i, bad in enumerate(HOSTILE)
    ]
    zones.append(zone("k", "kind", ALL, square))
    bad_alert = alert(
        1, 7, "2026-05-12T04:10:00.000Z", 1.45, 50.95, text=ALL, zone=ALL, rule=ALL, id=ALL,
        severity=ALL, evidence={ALL: ALL, "list": HOSTILE, "map": {ALL: 1}},
    )  # fmt: skip
    vessels = [
        {"mmsi": 227000008, "time_s": START_S, "name": ALL, "destination": ALL, "callsign": ALL}
    ]
    folder = write_run(
        tmp_path, [craft, ship], [bad_alert], zones, vessels, name=ALL.replace("\u2028", " ")
    )
    html = drawn(folder).read_text(encoding="utf-8")
    assert html.count("</script>") == html.count("<script") == 4
    open_page(browser, folder / "picture.html")
    assert requests(browser) == []
    seen = "\n".join(_every_panel(browser))
    for bad in HOSTILE:
        assert " ".join(bad.split()) in seen, bad
    assert "49" not in text(browser, "#site")
    assert browser.title.startswith("{{7*7}} {% raw %}")
    assert browser.execute_script("return document.querySelectorAll('img, b, iframe').length") == 0
    assert browser.execute_script("return document.scripts.length") == 4
    assert complaints(browser) == []


def _every_panel(driver):
    """The text of each panel that the page can show, one after the other."""
    settle(driver)
    yield driver.execute_script("return document.body.textContent.replace(/\\s+/g, ' ')")
    driver.find_element(By.CSS_SELECTOR, "#alerts button").click()
    yield text(driver, "#chosen-body").replace("\n", " ")
    driver.find_element(By.ID, "find").send_keys("227000008", Keys.ENTER)
    yield text(driver, "#chosen-title") + " " + text(driver, "#chosen-body").replace("\n", " ")
    chart = driver.find_element(By.CSS_SELECTOR, ".folium-map")
    ActionChains(driver).move_to_element_with_offset(chart, 40, -160).click().perform()
    settle(driver)
    yield text(driver, "#chosen-body").replace("\n", " ")


@pytest.mark.parametrize("severity", ["caution", "warning", "alarm", "emergency"])
def test_an_alert_of_any_priority_can_be_read_to_its_end(browser, tmp_path, severity):
    words = "Possible vulnerable craft, safety check: " + "a long sentence about it " * 6
    told = [alert(1, 1, "2026-05-12T04:10:00Z", 1.4, 50.9, severity=severity, text=words)]
    rows = [track(1, [(1.4, 50.9), (1.41, 50.9)])]
    open_page(browser, drawn(write_run(tmp_path, rows, told)))
    settle(browser)
    hidden, colour, plain = browser.execute_script(
        "const b = document.querySelector('#alerts button');"
        "const last = b.lastElementChild;"
        "return [b.scrollWidth - b.clientWidth, getComputedStyle(last).color,"
        " getComputedStyle(document.body).color]"
    )
    assert hidden <= 0
    assert colour == plain


LONE_ALERT = alert(1, 99, "2026-05-12T04:10:00Z", 1.4, 50.9)


@pytest.mark.parametrize("case", ["empty", "alert without a track", "one row", "date line"])
def test_odd_runs_still_open(browser, tmp_path, case):
    tracks, alerts, origin, sensors = {
        "empty": ([], [], (1.5, 51.0), ""),
        "alert without a track": ([], [LONE_ALERT], (1.5, 51), ""),
        "one row": ([track(1, [(1.4, 50.9), (1.4, 50.9)], 0, 0)], [], (1.5, 51.0), ""),
        "date line": ([track(1, [(179.9, -16.5), (180.1, -16.6)])], [], (179.9, -16.5), ""),
    }[case]  # fmt: skip
    open_page(browser, drawn(write_run(tmp_path, tracks, alerts, origin=origin, sensors=sensors)))
    for button in browser.find_elements(By.CSS_SELECTOR, "#alerts button"):
        button.click()
    settle(browser)
    assert complaints(browser) == []
    assert requests(browser) == []
    island = browser.execute_script("return document.getElementById('island').textContent")
    assert len(json.loads(island)["tracks"]) == len(tracks)


def test_two_thousand_ships_are_drawn_within_a_second(browser, tmp_path):
    tracks = [
        track(
            i,
            [(1 + i % 50 / 50, 50.6 + i // 50 / 60), (1.1 + i % 50 / 50, 50.6)],
            0,
            600,
            60,
            mmsi=i,
        )
        for i in range(1, 2001)
    ]
    open_page(browser, drawn(write_run(tmp_path, tracks)))
    spent_ms = browser.execute_async_script(
        "const done = arguments[0], begun = performance.now();"
        "map_picture.panBy([40, 0], {animate: false});"
        "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)))"
    )
    assert spent_ms < 1000
    assert complaints(browser) == []

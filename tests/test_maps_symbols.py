"""Dangerous and lost targets, roles, groups of small craft, and tiles, in a real browser."""

import pytest

from coastwatch.maps.contents import island
from coastwatch.maps.page import page
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, requests
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

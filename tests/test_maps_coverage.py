"""Radar coverage in the picture: the data that reach the page, and what a browser shows of it."""

import json
import math

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from coastwatch.maps import draw_picture
from coastwatch.maps.contents import island
from coastwatch.maps.coverage import coverage
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, requests, settle
from tests.maps_run import START_S, strait

LON, LAT, FAR_M = 1.583, 50.870, 40_000.0
WARNING = (0xE2, 0x95, 0x3E)


def radar(**more):
    """36 azimuths, 10 rings: seen well to the north, badly to the west, unmeasured elsewhere."""
    looks = [[0] * 10 for _ in range(36)]
    for a in (34, 35, 0, 1, 26, 27, 28):
        looks[a] = [200] * 10
    share = [0.9 if a in (34, 35, 0, 1) else 0.1 for a in range(36)]
    grid = {
        key: [[None if not n else round(p + off, 3) for n in row] for p, row in rows]
        for key, off in (("achieved", 0.0), ("lower", -0.05), ("upper", 0.05))
        for rows in [list(zip(share, looks, strict=True))]
    }
    return {
        "lon": LON, "lat": LAT, "range_max_m": FAR_M, "horizon_m": 44_961.8, "azimuths": 36,
        "ranges": 10, "looks": looks, "hits": looks, "promised": [[0.85] * 10] * 36,
        "moving": False, "episodes": [blind()], **grid,
    } | more  # fmt: skip


def blind(**more):
    return {
        "sensor": "gris-nez", "what": "blind", "from": "2026-05-12T04:20:00.000Z",
        "until": "2026-05-12T04:40:00.000Z", "azimuth_from_deg": 285.0,
        "azimuth_to_deg": 325.0, "plots_expected": 14.2,
    } | more  # fmt: skip


def write(folder, document):
    strait(folder, step_s=30.0)
    (folder / "coverage.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_cells_become_percentages_and_the_unmeasured_stay_so(tmp_path):
    folder = write(tmp_path, {"version": 1, "radars": {"gris-nez": radar()}})
    (cover,) = island(read_run(folder))["coverage"]
    assert (cover["id"], cover["azimuths"], cover["rings"]) == ("gris-nez", 36, 10)
    assert cover["achieved"][:10] == [90] * 10 and cover["lower"][0] == 85
    assert cover["achieved"][50] == -1 and cover["looks"][50] == 0
    assert cover["promised"] == [85] * 360
    assert cover["episodes"] == [
        {"what": "blind", "from": 1200.0, "low": 285.0, "width": 40.0, "until": 2400.0}
    ]


def test_a_run_without_coverage_has_none_and_a_moving_radar_no_map(tmp_path):
    folder = strait(tmp_path, step_s=30.0)
    assert island(read_run(folder))["coverage"] == []
    assert coverage({"radars": {"ship": radar(moving=True)}}, 1.5, START_S) == ([], [])


@pytest.mark.parametrize(
    "bad",
    [
        {"looks": [[1]]},
        {"azimuths": 0},
        {"azimuths": 10**9},
        {"lon": "x"},
        {"lat": math.inf},
        {"range_max_m": -1},
        {"achieved": "no"},
        {"ranges": None},
    ],
    ids=str,
)
def test_a_broken_document_costs_one_note_and_not_the_page(bad):
    drawn, notes = coverage({"radars": {"a": radar(**bad), "b": radar()}}, 1.5, START_S)
    assert [c["id"] for c in drawn] == ["b"]
    assert len(notes) == 1 and "a cannot be drawn" in notes[0]["en"]
    for document in ({}, {"radars": []}, {"radars": {"a": 3}}, []):
        assert coverage(document, 1.5, START_S)[0] == []


def test_episodes_that_say_nonsense_are_left_out():
    odd = [blind(**{"from": "soon"}), blind(azimuth_to_deg=None), {"what": "silent"}]
    silent = {"what": "silent", "from": "2026-05-12T04:20:00Z", "until": None}
    ((cover,), _) = coverage({"radars": {"a": radar(episodes=[*odd, silent])}}, 1.5, START_S)
    assert cover["episodes"] == [{"what": "silent", "from": 1200.0, "low": 0.0, "width": 360.0}]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("cover"), {"radars": {"gris-nez": radar()}})
    draw_picture(read_run(folder), folder / "picture.html")
    with chromium() as driver:
        open_page(driver, folder / "picture.html")
        yield driver


def offset(azimuth_deg, range_m):
    a = math.radians(azimuth_deg)
    east = range_m * math.sin(a) / (111_195 * math.cos(math.radians(LAT)))
    return LON + east, LAT + range_m * math.cos(a) / 111_195


def pixels(driver, pane, lon, lat, reach):
    """Opaque colours that a canvas has around a place; ``pane`` picks the canvas."""
    flat = driver.execute_script(
        "const p = map_picture.latLngToContainerPoint([arguments[2], arguments[1]]);"
        "const c = document.querySelector(arguments[0]), r = arguments[3];"
        "const b = c.getBoundingClientRect();"
        "const m = map_picture.getContainer().getBoundingClientRect();"
        "const k = c.width / b.width, x = (p.x + m.left - b.left) * k;"
        "const y = (p.y + m.top - b.top) * k;"
        "return [...c.getContext('2d').getImageData(x - r, y - r, 2 * r, 2 * r).data]",
        pane, lon, lat, reach,
    )  # fmt: skip
    found = [tuple(flat[i : i + 4]) for i in range(0, len(flat), 4)]
    return {c[:3] for c in found if c[3] > 60}


def near(colours, wanted, within=12):
    return any(max(abs(a - b) for a, b in zip(c, wanted, strict=True)) < within for c in colours)


def set_time(driver, seconds):
    driver.execute_script(
        "const s = document.getElementById('time'); s.value = arguments[0];"
        "s.dispatchEvent(new Event('input'))",
        seconds,
    )
    settle(driver)


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_the_blind_sector_is_hatched_while_it_is_blind(page):
    place = offset(300.0, 30_000.0)
    for seconds, hatched in ((600, False), (1800, True), (3000, False)):
        set_time(page, seconds)
        assert near(pixels(page, "canvas.symbols", *place, 12), WARNING) is hatched, seconds
    set_time(page, 1800)
    page.find_element(By.CSS_SELECTOR, "[data-layer=blind]").click()
    settle(page)
    assert not near(pixels(page, "canvas.symbols", *place, 12), WARNING)
    page.find_element(By.CSS_SELECTOR, "[data-layer=blind]").click()


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
def test_the_coverage_layer_shows_good_and_bad_cells_apart_and_says_unmeasured(page):
    box = page.find_element(By.CSS_SELECTOR, "[data-layer=cover-0]")
    assert not box.is_selected()
    pane, colour = "canvas.still", {5.0: (0x2F, 0x6F, 0x9F), 275.0: (0xF0, 0xA0, 0x20)}
    for azimuth in colour:
        assert not near(pixels(page, pane, *offset(azimuth, 18_000.0), 4), colour[azimuth])
    box.click()
    settle(page)
    good, bad = (pixels(page, pane, *offset(a, 18_000.0), 4) for a in (5.0, 275.0))
    # A zone's wash lies over the cells.
    assert near(good, colour[5.0], 20) and near(bad, colour[275.0], 20)
    assert not near(good, colour[275.0], 60) and not near(bad, colour[5.0], 60)
    legend = page.find_element(By.ID, "layers").text
    assert "Radar coverage" in legend and "Unmeasured" in legend and "80 % and more" in legend
    chart = page.find_element(By.CSS_SELECTOR, ".folium-map")
    for azimuth, words in ((5.0, "90 % (85 to 95 %)"), (215.0, "Unmeasured")):
        x, y = page.execute_script(
            "const p = map_picture.latLngToContainerPoint([arguments[1], arguments[0]]);"
            "const s = map_picture.getSize(); return [p.x - s.x / 2, p.y - s.y / 2]",
            *offset(azimuth, 22_000.0),
        )
        ActionChains(page).move_to_element_with_offset(chart, round(x), round(y)).click().perform()
        settle(page)
        shown = page.find_element(By.ID, "chosen-body").text
        assert "Radar gris-nez" in shown and words in shown and "85 % of scans" in shown
    assert requests(page) == []
    # What the browser thinks of reading pixels back concerns this test, not the page.
    assert [c for c in complaints(page) if "getImageData" not in c["message"]] == []


def test_a_radar_that_cannot_be_drawn_is_told_in_french_without_english():
    odd = {"radars": {"a": {"azimuths": 0, "ranges": 3}, "b": {"azimuths": "x"}}}
    told = [one["fr"] for one in coverage(odd, 0.0, 0.0)[1]]
    assert told == [
        "la couverture de a ne peut être dessinée : sa grille est vide ou trop fine",
        "la couverture de b ne peut être dessinée : données illisibles",
    ]

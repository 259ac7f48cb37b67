"""A replay shows what was known at each time: classes, identities, counts, and no hindsight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from coastwatch.maps.choice import Choice
from coastwatch.maps.classes import STEPS_MOST, class_steps
from coastwatch.maps.contents import island
from coastwatch.store.run import read_run
from tests.browser import chromium, complaints, needs_browser, open_page, settle
from tests.maps_run import START_S, alert, track, write_run
from tests.test_maps_browser import SMALL, drawn, pixels, set_time, text

STILL = [(1.5, 51.0), (1.5, 51.0)]
ALERTED = "2026-05-12T04:20:00Z"


def tracks_of(folder, choice=None):
    data = island(read_run(folder), choice or Choice())
    return {one["id"]: one for one in data["tracks"]}


def rising(number, at_s, **known):
    """A track whose probabilities rise at a time."""
    one = track(number, STILL, **known)
    high = np.where(one["t"] >= at_s, 0.97, 0.2)
    return one | {"p_unregistered": high, "p_small": high}


def test_a_craft_is_small_from_the_row_that_says_so(tmp_path):
    one = tracks_of(write_run(tmp_path, [rising(1, 1800)]))[1]
    assert one["kind"] == "small"
    assert one["kinds"] == [[0.0, "radar"], [1800.0, "small"]]


def test_a_craft_that_an_alert_names_is_small_from_the_alert_on(tmp_path):
    told = [alert(1, 1, ALERTED, 1.5, 51.0), alert(2, 1, "2026-05-12T04:30:00Z", 1.5, 51.0)]
    folder = write_run(tmp_path, [track(1, STILL)], told)
    assert tracks_of(folder)[1]["kinds"] == [[0.0, "radar"], [1200.0, "small"]]
    cut = tracks_of(folder, Choice(to_s=START_S + 900))[1]
    assert (cut["kind"], "kinds" in cut) == ("radar", False)
    later = tracks_of(folder, Choice(from_s=START_S + 1500))[1]
    assert (later["kind"], "kinds" in later) == ("small", False)


def test_a_ship_is_unnamed_until_it_names_itself(tmp_path):
    one = track(1, STILL)
    mmsi = [227000001 if t >= 600 else None for t in one["t"]]
    vessels = [{"mmsi": 227000001, "time_s": START_S, "name": "LATE"}]
    found = tracks_of(write_run(tmp_path, [one | {"mmsi": mmsi}], vessels=vessels))[1]
    assert (found["mmsi"], found["name"]) == (227000001, "LATE")
    assert found["kinds"] == [[0.0, "radar"], [600.0, "ais"]]
    assert found["who"] == [[0.0, {}], [600.0, {"mmsi": 227000001, "name": "LATE"}]]


def test_what_never_changed_takes_no_room_in_the_page(tmp_path):
    found = tracks_of(write_run(tmp_path, [track(1, STILL), track(2, STILL, mmsi=227000002)]))
    assert not any("kinds" in one or "who" in one for one in found.values())


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.none() | st.integers(-5, 70))
def test_steps_are_few_and_none_is_earlier_than_the_data_said(kinds, alerted):
    times, kind = np.arange(len(kinds), dtype=float), np.array(kinds)
    steps = class_steps(times, kind, None if alerted is None else float(alerted))
    assert 1 <= len(steps) <= STEPS_MOST
    assert [s[0] for s in steps] == sorted(s[0] for s in steps)
    assert steps[-1][1] == (kinds[-1] if alerted is None else 0)
    said = [(float(t), k) for t, k in zip(times, kinds, strict=True)]
    assert all(s in said or (alerted is not None and s == (alerted, 0)) for s in steps)
    if alerted is None and int((np.diff(kind) != 0).sum()) < STEPS_MOST:
        of = np.searchsorted([s[0] for s in steps], times, side="right") - 1
        assert [steps[i][1] for i in of] == kinds


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows_have_a_class_too(tmp_path, rows):
    ways = [track(1, STILL, 0, 0)] if rows else []
    assert len(tracks_of(write_run(tmp_path, ways))) == rows


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay")
    craft, ship = track(1, STILL), track(2, [(1.4, 50.9), (1.45, 50.92)])
    mmsi = [227000002 if t >= 1800 else None for t in ship["t"]]
    late = track(3, [(1.3, 50.95), (1.3, 50.95)], 2400, 3600)
    more = {"state": "active-acknowledged", "said": "2026-05-12T04:40:00Z"}
    told = [alert(1, 1, ALERTED, 1.5, 51.0, **more)]
    vessels = [{"mmsi": 227000002, "time_s": START_S, "name": "LATE NAME"}]
    ways = [craft, ship | {"mmsi": mmsi}, late]
    out = drawn(write_run(folder, ways, told, vessels=vessels))
    with chromium() as driver:
        open_page(driver, out)
        yield driver


def counts(driver):
    rows = driver.find_elements(By.CSS_SELECTOR, "#layers details:first-child label")
    return {r.text.split("\n")[0]: int(r.text.split("\n")[1]) for r in rows if "\n0" not in r.text}


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("browser")
class TestInABrowser:
    def test_a_craft_is_not_magenta_before_its_alert(self, page):
        seen = []
        for seconds in (1100, 1210):
            set_time(page, seconds)
            seen.append(SMALL in pixels(page, 1.5, 51.0, 16))
        assert seen == [False, True]

    def test_the_legend_counts_the_time_shown(self, page):
        found = []
        for seconds in (600, 1500, 3000):
            set_time(page, seconds)
            settle(page)
            settle(page)
            found.append(counts(page))
        assert found == [
            {"Radar only": 2},
            {"Small, unregistered": 1, "Radar only": 1},
            {"Small, unregistered": 1, "AIS, under way": 1, "Radar only": 1},
        ]

    def test_lists_and_panel_know_a_ship_by_its_number_until_it_names_itself(self, page):
        page.find_element(By.ID, "tracks-tab").click()
        told = []
        for seconds in (600, 2000):
            set_time(page, seconds)
            settle(page)
            settle(page)
            box = page.find_element(By.ID, "find")
            box.clear()
            box.send_keys("track 2", Keys.ENTER)
            told.append([text(page, "#chosen-title"), "LATE NAME" in text(page, "#tracks")])
            assert ("227000002" in text(page, "#chosen-body")) == (seconds == 2000)
        assert told == [["track 2", False], ["LATE NAME", True]]

    def test_a_search_for_what_was_known_later_says_when_and_goes_there(self, page):
        set_time(page, 600)
        box = page.find_element(By.ID, "find")
        box.clear()
        box.send_keys("late name")
        assert "from 04:30:00 UTC" in text(page, "#found")
        box.send_keys(Keys.ENTER)
        assert text(page, "#clock") == "2026-05-12 04:30:00 UTC"
        assert text(page, "#chosen-title") == "LATE NAME"

    def test_what_was_believed_at_the_end_is_not_told_before(self, page):
        box = page.find_element(By.ID, "find")
        told = []
        for seconds in (3000, 3600):
            set_time(page, seconds)
            box.clear()
            box.send_keys("track 3", Keys.ENTER)
            told.append("confirmed" in text(page, "#chosen-body"))
        assert told == [False, True]
        set_time(page, 600)
        assert "not seen yet" in text(page, "#chosen-body").lower()

    def test_an_alert_says_that_it_is_not_raised_yet(self, page):
        page.find_element(By.ID, "alerts-tab").click()
        told = []
        for seconds in (600, 2000, 3000):
            set_time(page, seconds)
            told.append(text(page, "#alerts .rule").split(" · ")[1:])
        # Its sentence is the one told last, which in the list, as on paper, is no hindsight unsaid.
        later = "as told at 04:40:00"
        assert told == [["not raised yet", later], ["acknowledged", later], ["acknowledged"]]
        assert not [c for c in complaints(page) if "getImageData" not in c["message"]]

    def test_while_it_plays_the_moving_canvas_is_the_screen_and_shows_the_same(self, page):
        speed = page.find_element(By.ID, "speed")
        page.execute_script(
            "arguments[0].value = 1; arguments[0].dispatchEvent(new Event('change'))", speed
        )
        page.execute_script("map_picture.setView([51.0, 1.5], 9, { animate: false })")
        set_time(page, 1500)
        size = (
            "const b = document.querySelector('canvas.symbols').getBoundingClientRect(),"
            " m = map_picture.getContainer().getBoundingClientRect();"
            "return [b.width - m.width, b.height - m.height, Math.abs(b.x - m.x) < 1]"
        )
        page.find_element(By.ID, "play").click()
        settle(page)
        settle(page)
        playing = page.execute_script(size)
        craft = SMALL in pixels(page, 1.5, 51.0, 16)
        page.find_element(By.ID, "play").click()
        settle(page)
        settle(page)
        assert (playing, craft) == ([0, 0, True], True)
        wide, high, _ = page.execute_script(size)
        assert min(wide, high) > 100
        assert SMALL in pixels(page, 1.5, 51.0, 16)

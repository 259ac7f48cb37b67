"""ais-gap: who falls silent under way in good coverage, and not for a reason that is known."""

import json
import math
import pickle

import numpy as np
import pytest

from coastwatch.site import Sensor, Site
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.ais_gap import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, T0, picture, reports, square, zone

SHIP, STEP = 227_000_001, 10
SITE = Site(
    "Test", (1.5, 51.0),
    sensors=(Sensor("radar", "radar", (1.5, 51.0)), Sensor("ais", "ais", (1.5, 51.0))),
)  # fmt: skip
OTHERS = [(x, 1000.0) for x in range(-8000, 14000, 2000)]


def says(silent_from=600, until=1500, back_at=None, speed=6.0, status=0, every=10, others=OTHERS,
         others_until=None, radar=False, radar_speed=None, share=0.9, zones=(), ais=SHIP,
         site=SITE):  # fmt: skip
    """One ship at the origin at T0 that moves east; the others are heard all the time."""
    others_until = until if others_until is None else others_until
    pictures, told, last = [], {}, {0: math.nan}
    for s in range(0, until, STEP):
        now = radar_speed if radar_speed is not None and s >= silent_from else speed
        x = speed * min(s, silent_from) + now * max(s - silent_from, 0)
        craft = [(x, 0.0, now, 0.0), *((float(x), y, 0.0, 0.0) for x, y in others)]
        tracks = picture(T0 + s, *craft)
        tracks.mmsi = np.array([ais, *(range(235_000_001, 235_000_001 + len(others)))])
        tracks.heard_share[:] = share
        speaks = s % every == 0 and (s < silent_from or (back_at is not None and s >= back_at))
        told[T0 + s] = []
        if speaks:
            told[T0 + s].append({"mmsi": ais, "x_m": x, "y_m": 0.0, "sog_mps": speed,
                                 "nav_status": status})  # fmt: skip
            last[0] = T0 + s
        if s % 10 == 0 and s < others_until:
            for k, (x_m, y_m) in enumerate(others):
                told[T0 + s].append({"mmsi": 235_000_001 + k, "x_m": x_m, "y_m": y_m,
                                     "sog_mps": 0.0, "nav_status": 5})  # fmt: skip
                last[k + 1] = T0 + s
        seen = np.full((len(craft), 3), np.nan)
        seen[:, 1] = [last.get(k, math.nan) for k in range(len(craft))]
        if radar:
            seen[:, 0] = T0 + s
        tracks.last_seen_s = seen
        pictures.append(tracks)
    watch = Watch(site, zones, PLANE)
    return says_of(watch, RULE.name, pictures, lambda t: Heard(reports(t, *told[t])))


def test_a_ship_that_falls_silent_is_said_after_six_minutes_at_its_last_place_once():
    (say,) = says()
    assert (say.priority, say.mmsi, say.about, say.track) == ("caution", SHIP, (SHIP,), -1)
    assert say.time_s == T0 + 590 + 360
    assert (say.lon, say.lat) == pytest.approx(PLANE.to_lonlat(6.0 * 590, 0.0))
    assert "not heard on AIS for 6 min" in say.text
    assert "no radar sees it" in say.text
    assert say.evidence["reports_missed"] == pytest.approx(36, abs=1)
    assert say.evidence["radar_sees_it"] is False
    json.dumps(dict(say.evidence), allow_nan=False)


def test_radar_that_still_sees_it_under_way_makes_it_a_warning_at_the_place_of_now():
    (say,) = says(radar=True)
    assert say.priority == "warning"
    assert "radar still sees it, at 11.7 kn" in say.text
    assert (say.lon, say.lat) == pytest.approx(PLANE.to_lonlat(6.0 * 950, 0.0))


def test_it_is_over_when_it_is_heard_again_and_that_says_how_long_and_where():
    say, over = says(back_at=1200)
    assert not say.over
    assert over.over
    assert over.about == say.about
    assert over.time_s == T0 + 1200
    assert "heard again after 10 min" in over.text
    assert "2.0 NM E of where it fell silent" in over.text


def test_it_ends_by_itself_when_nobody_waits_any_more():
    said = says(until=4500)
    assert [s.over for s in said] == [False, True]
    assert said[1].time_s == T0 + 590 + 3600


@pytest.mark.parametrize(
    "near_miss",
    [
        {"back_at": 940},
        {"speed": 0.5},
        {"status": 1},
        {"status": 5},
        {"share": 0.2},
        {"silent_from": 40},
        {"others_until": 600},
        {"others": []},
        {"others": [(x, 1000.0) for x in range(-8000, 3000, 2000)]},
        {"zones": [zone("port", square(6000, 0, 3000), "port-limits", ())]},
        {"ais": 992_351_000},
        {"radar": True, "radar_speed": 0.2},
    ],
    ids=lambda case: " ".join(f"{k}" for k in case),
)
def test_silence_that_has_a_reason_is_not_said(near_miss):
    assert says(**near_miss) == []


def test_who_was_always_heard_seldom_must_be_silent_for_longer():
    assert says(every=120, until=1000, silent_from=720) == []


def test_class_b_misses_fewer_reports_and_is_said_where_it_is_heard_well():
    (say,) = says(status=-1, every=30)
    assert say.evidence["reports_missed"] == pytest.approx(12, abs=1.5)
    (later,) = says(status=-1, every=30, share=0.5)
    assert later.time_s - say.time_s > 150


def test_a_ship_that_nears_the_shore_is_not_said_unless_radar_holds_it():
    # Off Cap Gris-Nez, heading for it.
    x, y = (float(v) for v in PLANE.to_xy(1.55, 50.875))
    near = Site("Test", (1.5, 51.0), sensors=SITE.sensors)
    shift = [(x + dx, y + 500.0) for dx in range(-8000, 14000, 2000)]
    assert _near_shore(near, shift, x, y, radar=False) == []
    assert len(_near_shore(near, shift, x, y, radar=True)) == 1


def _near_shore(site, others, x0, y0, radar):
    pictures, told = [], {}
    for s in range(0, 1200, STEP):
        x = x0 - 800.0 + 2.0 * s
        tracks = picture(T0 + s, (x, y0, 2.0, 0.0), *((a, b, 0.0, 0.0) for a, b in others))
        tracks.mmsi = np.array([SHIP, *range(235_000_001, 235_000_001 + len(others))])
        said = [{"mmsi": SHIP, "x_m": x, "y_m": y0, "sog_mps": 2.0, "nav_status": 0}] * (s < 600)
        said += [{"mmsi": 235_000_001 + k, "x_m": a, "y_m": b, "nav_status": 5}
                 for k, (a, b) in enumerate(others)]  # fmt: skip
        told[T0 + s] = said
        seen = np.full((len(tracks), 3), np.nan)
        seen[:, 1] = T0 + s
        seen[0, 1] = T0 + min(s, 595)
        seen[0, 0] = T0 + s if radar else np.nan
        tracks.last_seen_s = seen
        pictures.append(tracks)
    watch = Watch(site, [], PLANE)
    return says_of(watch, RULE.name, pictures, lambda t: Heard(reports(t, *told[t])))


def test_many_that_fall_silent_at_once_have_lost_their_station():
    # All the others are under way, too, and all but one fall silent with it.
    pictures, told = [], {}
    for s in range(0, 1500, STEP):
        craft = [(6.0 * s, 500.0 * k, 6.0, 0.0) for k in range(6)]
        tracks = picture(T0 + s, *craft)
        tracks.mmsi = np.arange(SHIP, SHIP + 6)
        heard = [k for k in range(6) if s < 600 or k == 0] if s % 10 == 0 else []
        told[T0 + s] = [{"mmsi": SHIP + k, "x_m": 6.0 * s, "y_m": 500.0 * k, "sog_mps": 6.0,
                         "nav_status": 0} for k in heard]  # fmt: skip
        tracks.last_seen_s = np.full((6, 3), np.nan)
        tracks.last_seen_s[:, 1] = [T0 + s if s < 600 or k == 0 else T0 + 590 for k in range(6)]
        pictures.append(tracks)
    watch = Watch(SITE, [], PLANE)
    assert says_of(watch, RULE.name, pictures, lambda t: Heard(reports(t, *told[t]))) == []


def test_its_state_can_be_kept_and_taken_up_again():
    watch = Watch(SITE, [], PLANE)
    tracks = picture(T0, (0.0, 0.0, 6.0, 0.0), mmsi=SHIP)
    tracks.last_seen_s = np.full((1, 3), T0)
    watch.step(tracks, Heard(reports(T0, {"mmsi": SHIP, "x_m": 0.0, "y_m": 0.0})))
    rule = next(r for r in watch._rules if type(r).__name__ == "AisGap")
    again = pickle.loads(pickle.dumps(rule))
    assert again._covered.sum() == rule._covered.sum() == 1

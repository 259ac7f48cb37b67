"""ais-radar-disagreement: beside its reports, in parallel with them, or not there at all."""

import json
import math

import numpy as np
import pytest

from coastwatch.model import Vessel
from coastwatch.site import Sensor, Site
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.ais_radar_disagreement import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, T0, picture, reports

SHIP = 227_000_001
SITE = Site(
    "Test", (1.5, 51.0),
    sensors=(Sensor("radar", "radar", (1.5, 51.0), range_max_m=30_000.0),
             Sensor("ais", "ais", (1.5, 51.0))),
)  # fmt: skip
STEP = 5


def says(craft, until=1200, report_off=(0.0, 0.0), statics=None, status=0, site=SITE, hear=True,
         report_every=STEP):  # fmt: skip
    """Craft as dicts: x, y, vx, mmsi, radar (whether it is seen at a second), sigma, born."""
    pictures, told, last = [], {}, {}
    for s in range(0, until, STEP):
        here = [c for c in craft if s < c.get("ends", until)]
        rows = [(c["x"] + c["vx"] * s, c["y"], c["vx"], 0.0) for c in here]
        tracks = picture(T0 + s, *rows)
        tracks.id = np.array([c["id"] for c in here])
        tracks.mmsi = np.array([c.get("mmsi", -1) for c in here])
        tracks.born_s = np.full(len(here), T0 - 600.0)
        tracks.cov[:, 0, 0] = tracks.cov[:, 1, 1] = [c.get("sigma", 5.0) ** 2 for c in here]
        seen = np.full((len(here), 3), np.nan)
        for k, c in enumerate(here):
            radar = c.get("radar", True)
            if radar(s) if callable(radar) else radar:
                last[c["id"]] = T0 + s
            seen[k, 0] = last.get(c["id"], math.nan)
        tracks.last_seen_s = seen
        pictures.append(tracks)
        told[T0 + s] = [
            {"mmsi": c["mmsi"], "x_m": r[0] + report_off[0], "y_m": r[1] + report_off[1],
             "nav_status": status, "sog_mps": c["vx"]}
            for c, r in zip(here, rows, strict=True)
            if c.get("mmsi", -1) >= 0 and hear and s % report_every == 0
        ]  # fmt: skip

    def heard(t):
        vessels = [Vessel(SHIP, t, **statics)] if statics and t == T0 else []
        return Heard(detections=reports(t, *told[t]), vessels=vessels)

    return says_of(Watch(site, [], PLANE), RULE.name, pictures, heard)


def craft(id_, x=0.0, y=0.0, vx=6.0, **more):
    return {"id": id_, "x": x, "y": y, "vx": vx, **more}


NEAR = [craft(8, x=500.0, y=-1500.0, mmsi=235_000_008),
        craft(9, x=-500.0, y=1500.0, mmsi=235_000_009)]  # fmt: skip
FAR = [craft(8, x=500.0, y=-9000.0), craft(9, x=-500.0, y=9000.0)]
AIS_ONLY = craft(1, mmsi=SHIP, radar=False)


def test_a_track_beside_its_own_reports_is_said_after_two_minutes_once():
    (say,) = says([craft(1, mmsi=SHIP)], report_off=(0.0, -600.0))
    assert (say.time_s, say.priority, say.track, say.about) == (
        T0 + 120,
        "caution",
        1,
        (1, "offset"),
    )
    assert "radar sees it 0.3 NM, bearing 000°, of where its AIS says" in say.text
    assert say.evidence["offset_m"] == pytest.approx(600, abs=1)
    json.dumps(dict(say.evidence), allow_nan=False)


def test_what_sigma_explains_what_is_near_and_another_hull_are_no_disagreement():
    assert says([craft(1, mmsi=SHIP)], report_off=(0.0, -300.0)) == []
    assert says([craft(1, mmsi=SHIP, sigma=150.0)], report_off=(0.0, -600.0)) == []
    assert says([craft(1, mmsi=SHIP)], report_off=(0.0, -6000.0)) == []
    assert says([craft(1, mmsi=SHIP, radar=False), *FAR], report_off=(0.0, -600.0)) == []
    assert says([craft(1, mmsi=SHIP)], report_off=(0.0, -600.0), until=115) == []


def test_a_report_is_held_against_where_the_track_was_then():
    # At 30 m/s five seconds are 150 m, and reports come each half minute.
    assert says([craft(1, mmsi=SHIP, vx=30.0)], report_every=30) == []


def test_a_nameless_vessel_in_parallel_with_one_that_radar_does_not_see_is_a_warning():
    twin = craft(2, x=800.0, y=800.0)
    (say,) = [s for s in says([AIS_ONLY, twin, *FAR]) if not s.over]
    assert (say.time_s, say.priority, say.track) == (T0 + 180, "warning", 1)
    assert "(track 2) moves in parallel 0.6 NM, bearing 045°," in say.text
    assert say.evidence["offset_m"] == pytest.approx(1131, abs=2)
    assert say.evidence["bearing_deg"] == pytest.approx(45, abs=0.5)
    assert say.evidence["radar_track"] == 2
    json.dumps(dict(say.evidence), allow_nan=False)


@pytest.mark.parametrize(
    "twin",
    [
        {"y": 5000.0},
        {"vx": 3.0},
        {"vx": 6.8},
        {"mmsi": 235_000_001},
        {"radar": False},
        {"vx": 0.5},
    ],
    ids=lambda case: " ".join(f"{k} {v}" for k, v in case.items()),
)
def test_other_vessels_are_no_twins(twin):
    assert says([AIS_ONLY, craft(2, **({"x": 800.0, "y": 800.0} | twin)), *FAR], until=900) == []


def test_a_twin_needs_a_ship_that_radar_would_see():
    pair = [AIS_ONLY, craft(2, x=800.0, y=800.0), *FAR]
    assert says(pair, status=-1) == []
    assert says(pair, status=-1, statics={"length_m": 12.0}) == []
    assert len(says(pair, status=-1, statics={"length_m": 40.0})) == 1
    assert says([craft(1, mmsi=SHIP, radar=lambda s: s % 30 == 0), *pair[1:]]) == []
    assert says(pair, hear=False) == []
    beyond = [{**c, "x": c["x"] + 40_000.0} for c in pair]
    assert says(beyond) == []


def test_it_is_over_when_the_twin_is_gone():
    twin = craft(2, x=800.0, y=800.0, ends=600)
    say, over = says([AIS_ONLY, twin, *FAR])
    assert not say.over
    assert over.over
    assert over.about == say.about
    assert over.time_s == T0 + 595 + 125


LARGE = {"length_m": 180.0}


def test_a_large_vessel_that_radar_never_sees_among_others_is_said_after_ten_minutes():
    (say,) = says([AIS_ONLY, *NEAR], statics=LARGE)
    assert (say.time_s, say.priority) == (T0 + 600, "caution")
    assert "no radar saw it for 10 min, though 180 m long" in say.text


@pytest.mark.parametrize(
    ("others", "statics", "radar"),
    [
        (FAR, LARGE, False),
        (NEAR[:1], LARGE, False),
        (NEAR, {"length_m": 20.0}, False),
        (NEAR, None, False),
        (NEAR, LARGE, lambda s: s == 300),
    ],
    ids=["no others near", "one other", "short", "size unknown", "seen once"],
)
def test_what_radar_may_miss_is_not_said(others, statics, radar):
    assert says([craft(1, mmsi=SHIP, radar=radar), *others], 900, statics=statics) == []


def test_without_a_radar_there_is_nothing_to_disagree_with():
    alone = Site("Test", (1.5, 51.0))
    assert says([AIS_ONLY, craft(2, x=800.0, y=800.0)], site=alone) == []

"""What the tracker's bench measures with: its scene, and its marks on pictures that are known."""

import numpy as np
import pytest

from bench.tracker_bound import MANY, ONE, told
from bench.tracker_marks import judge
from bench.tracker_scene import BETWEEN_S, SEA_M, SIGMA_RANGE_M, Scene, make
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Kind

NOTHING = np.empty(0, dtype=np.int64), np.empty((0, 4))


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make(60, scans=96, seed=7, ais=True)


def truth(scene: Scene, i: int, among=slice(None)):
    """The picture that a perfect tracker would give: the vessel's number and state."""
    ids = np.flatnonzero(scene.present[i])[among]
    return ids, np.column_stack([c[i][ids] for c in (scene.x, scene.y, scene.vx, scene.vy)])


def test_the_same_seed_gives_the_same_plots_with_and_without_ais(scene):
    other = make(60, scans=96, seed=7)
    assert np.array_equal(other.x, scene.x) and len(other.reports) == 0 < len(scene.reports)
    for a, b in zip(scene.scans, other.scans, strict=True):
        assert np.array_equal(a.x_m, b.x_m) and np.array_equal(a.range_m, b.range_m)
    assert not np.array_equal(make(60, scans=96, seed=8).x, scene.x)


def test_half_of_the_small_craft_come_late_and_have_no_plot_before(scene):
    late = np.isfinite(scene.born_s)
    assert late.sum() == scene.small.sum() / 2 and scene.small[late].all()
    for time_s, who in zip(scene.times_s, scene.origin, strict=True):
        assert (scene.born_s[who[who >= 0]] <= time_s).all()


def test_vessels_stay_at_sea_and_move_as_their_velocity_says(scene):
    assert (np.abs(scene.x) < SEA_M[0] / 2 + 500).all()
    assert (np.abs(scene.y) < SEA_M[1] / 2 + 500).all()
    ahead = scene.x[:-1] + (scene.vx[:-1] + scene.vx[1:]) / 2 * BETWEEN_S
    assert np.abs(ahead - scene.x[1:]).max() < 3.0
    knots = np.hypot(scene.vx, scene.vy) * 3600 / 1852
    assert knots.max() < 31 and knots[:, ~scene.small].min() > 5.5
    assert np.degrees(np.abs(scene.turn_rad_s)).max() <= 10.01


def test_plots_have_the_noise_and_the_detection_probability_that_the_site_promises(scene):
    seen = {False: 0, True: 0}
    off = []
    for i, (plots, who) in enumerate(zip(scene.scans, scene.origin, strict=True)):
        real = who >= 0
        s = scene.site.sensors[i % 2]
        lonlat = scene.plane.to_lonlat(scene.x[i][who[real]], scene.y[i][who[real]])
        range_m, _ = lonlat_to_polar(*s.position, s.height_m, *lonlat)
        off.append(plots.range_m[real] - range_m)
        for small in seen:
            seen[small] += int((scene.small[who[real]] == small).sum())
    assert np.concatenate(off).std() == pytest.approx(SIGMA_RANGE_M, rel=0.05)
    chances = {small: scene.present[:, scene.small == small].sum() for small in seen}
    assert seen[False] / chances[False] == pytest.approx(0.95, abs=0.02)
    assert 0.65 < seen[True] / chances[True] < 0.9
    false = np.mean([(who < 0).sum() for who in scene.origin])
    assert false == pytest.approx(60, abs=4)


def test_ais_comes_from_ships_and_a_third_of_the_small_craft_with_their_antennas_aft(scene):
    d = scene.reports
    assert (d.kind == Kind.REPORT).all() and (np.diff(d.time_s) >= 0).all()
    assert 1 / 6 < np.mean(scene.mmsi[scene.small] >= 0) < 1 / 2
    assert (scene.mmsi[~scene.small] >= 0).all()
    place = {m: i for i, m in enumerate(scene.mmsi.tolist()) if m >= 0}
    steps = np.rint((d.time_s - scene.times_s[0]) / BETWEEN_S).astype(int)
    i = np.array([place[m] for m in d.mmsi.tolist()])
    ships = ~scene.small[i]
    heading = np.arctan2(scene.vx[steps, i], scene.vy[steps, i])
    ahead = np.nan_to_num(d.ahead_m)
    x, y = d.x_m + ahead * np.sin(heading), d.y_m + ahead * np.cos(heading)
    off = np.hypot(x - scene.x[steps, i], y - scene.y[steps, i])
    raw = np.hypot(d.x_m - scene.x[steps, i], d.y_m - scene.y[steps, i])
    assert np.median(off[ships]) < 15 < np.median(raw[ships])


def test_a_perfect_picture_has_no_marks_against_it(scene):
    marks = judge(scene, [truth(scene, i) for i in range(len(scene.scans))])
    assert marks.gospa_m == marks.missed == marks.false == marks.switches == marks.false_tracks == 0
    assert 0 <= marks.delay_s <= BETWEEN_S


def test_an_empty_picture_misses_all(scene):
    marks = judge(scene, [NOTHING] * len(scene.scans))
    warm = scene.times_s - scene.times_s[0] >= 30
    present = scene.present[warm].sum(axis=1)
    assert marks.gospa_m == pytest.approx(np.mean(200 / np.sqrt(2) * np.sqrt(present)))
    assert marks.delay_s > 30


def test_each_exchange_of_two_tracks_is_two_switches_when_they_are_apart(scene):
    pictures = []
    for i in range(len(scene.scans)):
        ids, states = truth(scene, i)
        if i >= 60:
            ids = np.where(ids == 0, 4, np.where(ids == 4, 0, ids))
        pictures.append((ids, states))
    hours = scene.present[24:].sum() * BETWEEN_S / 3600
    assert judge(scene, pictures).switches == pytest.approx(2 / hours)


def test_a_track_away_from_all_vessels_is_one_false_track(scene):
    pictures = []
    for i in range(len(scene.scans)):
        ids, states = truth(scene, i)
        pictures.append((np.append(ids, 999), np.vstack([states, [50e3, 50e3, 0, 0]])))
    marks = judge(scene, pictures)
    assert marks.false == 1 and marks.missed == 0
    assert marks.false_tracks == pytest.approx(3600 / (72 * BETWEEN_S))


def test_stone_soup_finds_the_vessels_of_an_easy_sea():
    peer = pytest.importorskip("bench.stonesoup_peer")
    easy = make(4, scans=30, seed=3)
    for how in ("GNN", "EHM2"):
        tracker = peer.StoneSoup(how)
        pictures = [tracker.step(scan, t) for t, scan in zip(easy.times_s, easy.scans, strict=True)]
        assert judge(easy, pictures, warm_s=20.0).missed < 0.5


def test_filters_told_their_plots_lose_nobody_and_many_models_place_better_than_one(scene):
    one, many = (judge(scene, list(told(scene, models))) for models in (ONE, MANY))
    assert one.false == many.false == one.switches == many.switches == 0
    assert one.missed == many.missed < 1.5
    assert many.rms_m < one.rms_m < 30

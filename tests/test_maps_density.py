"""Hexagons: where vessels spend their time, and how well AIS was heard there."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.geo.hexagons import ROOT_3
from coastwatch.maps.contents import island
from coastwatch.maps.density import heard
from coastwatch.maps.frame import Frame
from coastwatch.maps.hexes import cells_of, mercator, middles, size_for
from coastwatch.store.run import read_run
from tests.maps_run import track, write_run

VIEW = Frame(1.0, 50.5, 2.0, 51.2)
WAY = [(1.4, 50.9), (1.5, 51.0)]


def places(cells):
    return np.cumsum(cells["lon"]) / 1e5, np.cumsum(cells["lat"]) / 1e5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-190, 190), st.floats(-84, 84)), min_size=1, max_size=30),
    st.integers(3, 18),
)
def test_every_place_is_in_the_hexagon_whose_middle_is_nearest(points, fineness):
    lon, lat = np.array(points).T
    size = 2.0**-fineness
    cells = cells_of(lon, lat, size)
    x, y = mercator(lon, lat)
    mx, my = mercator(*middles(cells, size))
    away = np.hypot(mx[cells.at] - x, my[cells.at] - y)
    assert (away <= size * (1 + 1e-6)).all()
    # The six neighbours are no nearer.
    for k in range(6):
        nx = mx[cells.at] + ROOT_3 * size * np.cos(k * np.pi / 3)
        ny = my[cells.at] + ROOT_3 * size * np.sin(k * np.pi / 3)
        assert (np.hypot(nx - x, ny - y) >= away - size * 1e-6).all()


def test_hours_add_up_to_what_the_tracks_were_at_sea(tmp_path):
    tracks = [
        track(1, WAY, 0, 3600),
        track(2, [(1.6, 50.9), (1.7, 51.0)], 0, 1800, p_unregistered=0.95, p_small=0.95),
        track(3, [(1.5, 50.8)] * 2, 0, 3600, p_fixed=0.95),
        track(4, WAY, 0, 3600, status="tentative"),
    ]
    data = island(read_run(write_run(tmp_path, tracks)))
    cells = data["density"]
    assert cells["unit"] == "vessel-hours"
    assert sum(cells["all"]) / 10 == pytest.approx(1.5, abs=0.05)
    assert sum(cells["small"]) / 10 == pytest.approx(0.5, abs=0.05)
    assert len(cells["all"]) == len(cells["lon"]) <= 4_000
    lon, lat = places(cells)
    assert ((lon > 1.35) & (lon < 1.75) & (lat > 50.85) & (lat < 51.05)).all()


def test_a_gap_in_a_track_is_not_time_at_sea(tmp_path):
    gap = track(1, WAY, 0, 3600, 1200.0)
    cells = island(read_run(write_run(tmp_path, [gap])))["density"]
    assert sum(cells["all"]) / 10 == pytest.approx(0.025, abs=0.01)  # three gaps of 30 s that count


def test_cells_are_bounded_by_larger_hexagons(tmp_path):
    rng = np.random.default_rng(2)
    far = [
        track(i, [tuple(a), tuple(a + 0.01)], 0, 60)
        for i, a in enumerate(rng.uniform((-170, -60), (170, 60), (6_000, 2)), 1)
    ]
    data = island(read_run(write_run(tmp_path, far, sensors="")))
    assert 1_000 < len(data["density"]["lon"]) <= 4_000


def books(lon, lat, due, got):
    return {"ais": {"square_m": 2000.0, "lon": lon, "lat": lat, "due": due, "heard": got}}


def test_what_was_heard_is_a_share_of_what_was_due_and_little_says_nothing():
    cells = heard(
        books([1.2, 1.8, 1.8], [50.7, 51.1, 51.1], [40.0, 2.0, 1.0], [30, 1, 1]), 1.5, VIEW
    )
    told = dict(zip(cells["share"], cells["looks"], strict=True))
    assert told == {75: 40, -1: 3}
    assert cells["size"] >= 2 * size_for(VIEW)


def test_more_than_was_due_is_all_of_it():
    assert heard(books([1.2], [50.7], [10.0], [14]), 1.5, VIEW)["share"] == [100]


def test_runs_without_books_of_it_show_none():
    assert heard({}, 1.5, VIEW) is None
    assert heard({"ais": None}, 1.5, VIEW) is None
    assert heard(books([], [], [], []), 1.5, VIEW) is None
    assert heard(books([np.nan, 1.0], [50.0, np.inf], [5.0, 5.0], [1, 1]), 1.5, VIEW) is None


@pytest.mark.parametrize(
    "bad", [{"ais": 7}, {"ais": {"lon": []}}, books([1.0], [50.0, 51.0], [1.0], [1]),
            books(["a"], [50.0], [1.0], [1]), books(None, None, None, None)],
)  # fmt: skip
def test_a_broken_book_costs_one_note_and_not_the_page(bad, tmp_path):
    with pytest.raises(ValueError):
        heard(bad, 1.5, VIEW)
    run = read_run(write_run(tmp_path, [track(1, WAY)]))
    (tmp_path / "coverage.json").write_text(json.dumps(bad))
    data = island(run)
    assert "heard" not in data
    assert [n["en"][:32] for n in data["notes"]] == ["the coverage of AIS cannot be dr"]

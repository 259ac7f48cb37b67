"""unusual-route: off until it has learned; then a ship off the ways of others, not of its own."""

import json
import math
import pickle

import numpy as np
import pytest

from coastwatch.model import Vessel
from coastwatch.watch import Heard
from coastwatch.watch.routes import DECAY_S, Routes
from coastwatch.watch.rules import unusual_route
from tests.rule_says import Spied
from tests.watch_scene import T0, picture, square, zone

FAST = {"hours_min": 0.5, "vessels_min": 20.0, "hold_min": 5.0}
SPEED = 8.0


class Sea:
    """One rule that ships pass by, one after the other, each for an hour or less."""

    def __init__(self, zones=(), **parameters):
        self.spied = Spied(unusual_route.RULE, zones, **(FAST | parameters))
        self.t, self.next = 0, 0

    def sails(self, start, course_deg, seconds, mmsi=None, length_m=120.0):
        """What is said of one ship."""
        self.next += 1
        mmsi, way, before = mmsi or 227_000_000 + self.next, math.radians(course_deg), len(
            self.spied.says)  # fmt: skip
        vx, vy = SPEED * math.sin(way), SPEED * math.cos(way)
        for s in range(0, seconds, 30):
            tracks = picture(T0 + self.t, (start[0] + vx * s, start[1] + vy * s, vx, vy), mmsi=mmsi)
            tracks.id[:] = self.next
            heard = Heard(vessels=[Vessel(mmsi, T0 + self.t, length_m=length_m)] if not s else ())
            self.spied.watch.step(tracks, heard)
            self.t += 30
        return self.spied.says[before:]

    def learns(self, n=30, length_m=120.0):
        """Ships eastward along y = 0."""
        for _ in range(n):
            self.sails((-4500, 100), 90, 1200, length_m=length_m)
        return self


@pytest.fixture(scope="module")
def learned():
    return pickle.dumps(Sea().learns())


def test_nothing_is_said_while_it_learns_and_of_those_on_the_route(learned):
    sea = pickle.loads(learned)
    assert sea.spied.says == []
    assert sea.sails((-4500, 700), 95, 1200) == []


def test_a_ship_on_a_course_that_no_other_took_is_said_once_and_over_on_the_route(learned):
    sea = pickle.loads(learned)
    (said,) = sea.sails((4500, 100), 270, 900)
    began = said.time_s - (T0 + 30 * 40 * 30)
    assert began == pytest.approx(300, abs=31)
    assert said.priority == "caution"
    assert "is where ships have not been seen to go on such a course, for 5 min" in said.text
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["others_there"] < 1
    assert evidence["passages_around"] >= 20
    assert evidence["learned_h"] > 0.5
    sea.next -= 1
    back = sea.sails((-2000, 100), 90, 600)
    assert [s.over for s in back] == [True]


def test_too_short_slow_small_or_in_a_haven_is_not_said(learned):
    assert pickle.loads(learned).sails((4500, 100), 270, 270) == []
    assert pickle.loads(learned).sails((4500, 100), 270, 900, length_m=12.0) == []
    haven = Sea([zone("port", square(4000, 0, 8000), "port-limits", ())]).learns()
    assert haven.sails((4500, 100), 270, 900) == []


def test_where_too_few_passed_nothing_is_judged(learned):
    assert pickle.loads(learned).sails((30_000, 30_000), 270, 900) == []
    assert Sea().learns(n=10).sails((4500, 100), 270, 900) == []
    assert Sea(hours_min=24.0).learns().sails((4500, 100), 270, 900) == []


def test_its_own_way_does_not_make_a_way_usual_but_that_of_others_does(learned):
    sea = pickle.loads(learned)
    again = [sea.sails((4500, 100), 270, 900, mmsi=227_900_000) for _ in range(3)]
    assert [len(s) for s in again] == [1, 1, 1]
    assert sea.sails((4500, 100), 270, 900, mmsi=227_900_001) == []


def test_other_vessels_are_judged_by_their_like_where_a_site_wants_it():
    sea = Sea(others=True).learns(length_m=12.0)
    assert len(sea.sails((4500, 100), 270, 900, length_m=12.0)) == 1


def test_the_same_input_says_the_same(learned):
    one, other = (pickle.loads(learned).sails((4500, 100), 270, 900) for _ in range(2))
    assert one == other


def test_what_was_learned_fades_by_half_in_a_half_life():
    routes = Routes(1, 10e3, 10 * DECAY_S)
    kind, cell, block = np.zeros(1, int), np.array([[5, 5, 2]]), np.array([0])
    routes.forget(T0)
    for mmsi in range(8):
        routes.pass_cells(kind, cell, np.array([mmsi]))
        routes.pass_blocks(kind, block)
    assert routes.others(kind, cell, np.array([99])) == pytest.approx([8])
    assert routes.others(kind, cell, np.array([7])) == pytest.approx([7])
    for hour in range(1, 11):
        routes.forget(T0 + hour * DECAY_S)
    assert routes.others(kind, cell, np.array([99])) == pytest.approx([4], rel=1e-4)
    assert routes.around(kind, block) == pytest.approx([4])


def test_neighbouring_cells_and_courses_are_the_same_way_and_opposite_ones_are_not():
    routes = Routes(1, 10e3, 1e9)
    kind = np.zeros(1, int)
    routes.pass_cells(kind, np.array([[0, 0, 0]]), np.array([1]))
    told = {
        tuple(cell): float(routes.others(kind, np.array([cell]), np.array([2]))[0])
        for cell in ([0, 0, 0], [1, 1, 7], [0, 1, 1], [0, 0, 4], [2, 0, 0], [19, 19, 0])
    }
    assert list(told.values()) == [1, 1, 1, 0, 0, 0]


def test_what_is_not_on_the_grid_is_said_to_be_off_it():
    xy = np.array([[0.0, 0], [9999, -9999], [10_001, 0], [np.nan, 0], [1e12, 0]])
    on = Routes(1, 10e3, 1e9).place(xy, np.zeros(5))[2]
    assert on.tolist() == [True, True, False, False, False]

"""Scripts about places: areas, lines, lanes, the shore."""

from __future__ import annotations

import math

import numpy as np

from bench import watch_grounds as grounds
from bench.watch_sail import KNOT, NM, at
from bench.watch_sea import course_of, sail_along
from bench.watch_stage import SHORES, LonLat, Player, Script, ashore, hold, off, xy
from coastwatch.simulate.dover import SOUTH_WEST_LANE

LEARNED_S = 14_400.0
# Near the lanes, but in none.
UNUSED: tuple[tuple[LonLat, ...], ...] = (
    ((1.38, 50.53), (1.46, 50.66), (1.47, 50.74), (1.40, 50.84)),
    ((1.78, 51.36), (1.67, 51.26), (1.56, 51.19)),
    ((1.49, 50.78), (1.52, 50.92), (1.68, 51.01)),
)  # fmt: skip


def _through(p: Player, area: tuple[LonLat, float], when_s: float, knots: float, kind: str,
             grade: str = "A") -> Script:  # fmt: skip
    """Straight through an area, from three miles outside to three miles beyond."""
    course, reach = p.course(), area[1] + 3 * NM
    begin = off(xy(area[0]), course + 180, reach)
    seconds = 2 * reach / (knots * KNOT)
    hull = p.ship(when_s, begin, [hold(course, knots, seconds)], kind, grade)
    return Script([hull], when_s, when_s + seconds)


def entry(p: Player, when_s: float) -> Script:
    return _through(p, grounds.ENTERED, when_s, float(p.rng.uniform(6, 14)), "cargo")


def dwell(p: Player, when_s: float) -> Script:
    middle, radius = xy(grounds.DWELT[0]), grounds.DWELT[1]
    course = p.course()
    knots = float(p.rng.uniform(1.5, 2.5))
    legs = [at(*middle, 8.0)]
    legs += [hold(course + 90 * k, knots, 600) for k in range(6)] + [hold(course, 10.0, 1_200)]
    hull = p.ship(when_s, off(middle, course, radius + 2_000), legs, "fishing")
    return Script([hull], when_s, when_s + 7_200)


def line(p: Player, when_s: float) -> Script:
    middle = np.mean([xy(p) for p in grounds.LINE], axis=0)
    course = float(p.rng.choice([15.0, 195.0])) + float(p.rng.normal(0, 15))
    begin = off((middle[0], middle[1]), course + 180, 5_000)
    knots = float(p.rng.uniform(6, 14))
    seconds = 10_000 / (knots * KNOT)
    return Script([p.ship(when_s, begin, [hold(course, knots, seconds)])],
                  when_s, when_s + seconds)  # fmt: skip


def heading(p: Player, when_s: float) -> Script:
    """She passes well clear, turns towards the area, and away again before it."""
    middle, course = xy(grounds.AIMED_AT[0]), float(p.rng.uniform(20, 160))
    knots = float(p.rng.uniform(9, 13))
    away = knots * KNOT * 24 * 60
    turn = off(middle, course + 180, away)
    begin = off(turn, course + 180 + 80, 8_000)
    first = 8_000 / (knots * KNOT)
    legs = [hold(course + 80, knots, first), hold(course, knots, 900),
            hold(course + 100, knots, 1_500)]  # fmt: skip
    return Script([p.ship(when_s, begin, legs)], when_s + first - 60, when_s + first + 1500)


def nearing(p: Player, when_s: float) -> Script:
    middle, course = xy(grounds.NEARED[0]), p.course()
    begin = off(off(middle, course + 180, 9_000), course + 90, 2_600)
    knots = float(p.rng.uniform(6, 12))
    seconds = 18_000 / (knots * KNOT)
    return Script([p.ship(when_s, begin, [hold(course, knots, seconds)])],
                  when_s, when_s + seconds)  # fmt: skip


def fast_in_zone(p: Player, when_s: float) -> Script:
    return _through(p, grounds.SLOW, when_s, float(p.rng.uniform(15, 20)), "cargo")


def wrong_way(p: Player, when_s: float) -> Script:
    way = course_of(SOUTH_WEST_LANE[::-1], float(p.rng.normal(0, 400)))
    knots = float(p.rng.uniform(9, 14))
    x, y, legs = sail_along(way, float(p.rng.uniform(75e3, 95e3)), knots)
    ahead = math.degrees(math.atan2(legs[0].a - x, legs[0].b - y))
    # From the English inshore zone she comes into the lane, and turns the wrong way.
    begin = off((x, y), ahead + 180 + 60, 9_000)
    first = 9_000 / (knots * KNOT)
    return Script([p.ship(when_s, begin, [at(x, y, knots), *legs])],
                  when_s, when_s + first + 3_600)  # fmt: skip


def crossing(p: Player, when_s: float) -> Script:
    """Through a lane on a slant of some forty degrees."""
    way = course_of(SOUTH_WEST_LANE, 0.0)
    x, y, legs = sail_along(way, float(p.rng.uniform(115e3, 150e3)), 12.0)
    ahead = math.degrees(math.atan2(legs[0].a - x, legs[0].b - y))
    course = ahead + float(p.rng.choice([-1, 1])) * float(p.rng.uniform(35, 48))
    begin = off((x, y), course + 180, 15_000)
    seconds = 30_000 / (12 * KNOT)
    return Script([p.ship(when_s, begin, [hold(course, 12.0, seconds)])],
                  when_s, when_s + seconds)  # fmt: skip


def _landing(
    p: Player, when_s: float, knots: float, near_m: float, kind: str, grade: str
) -> Script:
    """Straight at the shore, on to ``near_m`` off it, and back."""
    shore, course = SHORES[int(p.rng.integers(len(SHORES)))]
    course += float(p.rng.normal(0, 6))
    begin = off(xy(shore), course + 180, float(p.rng.uniform(0, 3_000)))
    way = max(ashore(begin, course) - near_m, 3_000.0)
    turn = off(begin, course, way)
    legs = [at(*turn, knots), hold(course + 170, knots, 1_500, turn_dps=3.0)]
    return Script([p.ship(when_s, begin, legs, kind, grade)], when_s,
                  when_s + way / (knots * KNOT) + 900)  # fmt: skip


def shore_approach(p: Player, when_s: float) -> Script:
    return _landing(p, when_s, float(p.rng.uniform(9, 13)), 1_500.0, "cargo", "A")


def shore_distance(p: Player, when_s: float) -> Script:
    return _landing(p, when_s, float(p.rng.uniform(7, 10)), 1_200.0, "cargo", "A")


def coast_speed(p: Player, when_s: float) -> Script:
    return _landing(p, when_s, float(p.rng.uniform(28, 35)), 400.0, "boat", "B")


def unusual(p: Player, when_s: float) -> Script:
    """A ship goes where ships do not go; late enough that the watch knows where they do."""
    when_s = LEARNED_S + 0.45 * (when_s - 3_600.0)
    way = UNUSED[int(p.rng.integers(len(UNUSED)))]
    way = way[::-1] if p.rng.random() < 0.5 else way
    x, y, legs = sail_along(course_of(way, float(p.rng.normal(0, 1_500))), 0.0, 11.0)
    return Script([p.ship(when_s, (x, y), legs)], when_s, when_s + 4_500, when_s + 1_200)

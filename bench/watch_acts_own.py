"""Scripts about what vessels do by themselves, with each other, and say of themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench import watch_grounds as grounds
from bench.watch_air import CREEP_MPS
from bench.watch_sail import ANCHORED, DRIFT, KNOT, LIE, NM, UNDER_WAY, Leg, at
from bench.watch_sea import course_of, sail_along
from bench.watch_stage import BY_RADAR, OPEN, SART_ACTIVE, Player, Script, hold, off, xy
from coastwatch.simulate.dover import SOUTH_WEST_LANE

OFF_M = 0.2 * NM  # what is off by so much for two minutes disagrees


def encounter(p: Player, when_s: float) -> Script:
    """Two stop close to each other for twenty-five minutes."""
    place, course = p.place(), p.course()
    ships = []
    for side in (-1, 1):
        lie = off(place, 90, side * float(p.rng.uniform(60, 180)))
        begin = off(lie, course + side * 20, 5_000)
        legs = [at(*lie, 9.0), hold(45.0, float(p.rng.uniform(0.4, 1.2)), 2_000),
                hold(course + 180 + side * 40, 9.0, 1_200)]  # fmt: skip
        kind = "cargo" if side < 0 else "tanker"
        ships.append(p.ship(when_s, begin, legs, kind, length_m=110.0, accel_mps2=0.05))
    return Script(ships, when_s + 600, when_s + 4_500)


def drifting(p: Player, when_s: float) -> Script:
    """The engine stops; wind and tide carry her, broadside on."""
    place, course = p.place(), p.course()
    side = course + float(p.rng.choice([-1, 1])) * float(p.rng.uniform(60, 110))
    knots = float(p.rng.uniform(1.5, 3.5))
    legs = [hold(course, 12.0, 900), hold(course, 2.5, 420),
            Leg(DRIFT, side, course, knots, 2_700), hold(course, 12.0, 900)]  # fmt: skip
    return Script([p.ship(when_s, place, legs)], when_s + 1_200, when_s + 4_500)


def sudden_stop(p: Player, when_s: float) -> Script:
    place, course = p.place(), p.course()
    stop = hold(course, 0.0, 900, accel_mps2=float(p.rng.uniform(0.25, 0.4)))
    legs = [hold(course, float(p.rng.uniform(9, 14)), 1_500), stop]
    return Script([p.ship(when_s, place, legs)], when_s + 1_500, when_s + 2_400)


def sudden_turn(p: Player, when_s: float) -> Script:
    place, course = p.place(), p.course()
    turn = float(p.rng.choice([-1, 1])) * float(p.rng.uniform(70, 150))
    legs = [hold(course, 12.0, 1_500), hold(course + turn, 12.0, 1_500, turn_dps=2.0)]
    return Script([p.ship(when_s, place, legs)], when_s + 1_500, when_s + 2_100)


def loitering(p: Player, when_s: float) -> Script:
    place, course = p.place(), p.course()
    begin = off(place, course + 180, 5_000)
    knots = float(p.rng.uniform(2, 4))
    legs = [at(*place, 11.0)] + [hold(course + 100 * k, knots, 400) for k in range(10)]
    return Script([p.ship(when_s, begin, legs)], when_s, when_s + 6_000)


def stopped(p: Player, when_s: float) -> Script:
    place, course = p.place(), p.course()
    status = ANCHORED if p.rng.random() < 0.5 else UNDER_WAY
    legs = [at(*place, 11.0), Leg(LIE, seconds=3_000, status=status), hold(course, 11.0, 900)]
    return Script([p.ship(when_s, off(place, course, 6_000), legs)], when_s, when_s + 6_000)


def erratic(p: Player, when_s: float) -> Script:
    place, course = p.place(), p.course()
    legs = [hold(course, 10.0, 1_200)]
    for _ in range(16):
        course += float(p.rng.choice([-1, 1])) * float(p.rng.uniform(60, 150))
        legs.append(hold(course, float(p.rng.uniform(5, 12)), 100, turn_dps=1.5))
    return Script([p.ship(when_s, place, legs, length_m=90.0, accel_mps2=0.05)],
                  when_s + 1_200, when_s + 3_300)  # fmt: skip


def close(p: Player, when_s: float) -> Script:
    """A yacht that a ship will pass close by in half an hour."""
    place, course = p.place(), p.course()
    side = course + float(p.rng.uniform(60, 120))
    seconds, miss = 2_400.0, float(p.rng.uniform(0, 250))
    ship = p.ship(when_s, off(place, course + 180, 12 * KNOT * seconds),
                      [hold(course, 12.0, seconds + 900)])  # fmt: skip
    met = off(place, course + 90, miss)
    yacht = p.ship(when_s, off(met, side + 180, 6 * KNOT * seconds),
                       [hold(side, 6.0, seconds + 900)], "yacht", "B", wander_deg=1.5)  # fmt: skip
    return Script([ship, yacht], when_s, when_s + seconds)


def gap(p: Player, when_s: float) -> Script:
    """Her set is off for 25 min: two of three in a lane, the others where hardly anybody goes."""
    begin = when_s + 1_800
    if p.rng.random() < 2 / 3:
        way = course_of(SOUTH_WEST_LANE, float(p.rng.normal(0, 500)))
        x, y, legs = sail_along(way, float(p.rng.uniform(80e3, 120e3)), 12.0)
        hull = p.ship(when_s, (x, y), legs)
    else:
        place, course = p.place(), p.course()
        hull = p.ship(when_s, off(place, course + 180, 8_000), [hold(course, 11.0, 4_500)])
    quiet = replace(hull, silent=[(begin, begin + 1_500)])
    return Script([quiet], begin, begin + 1_800, begin + 360.0)


def disagreement(p: Player, when_s: float) -> Script:
    """Her AIS tells another place than radar: from the first, or it creeps away."""
    place, course = p.place(BY_RADAR), p.course()
    east, north = off((0.0, 0.0), p.course(), float(p.rng.uniform(0.4, 1.3)) * NM)
    hull = p.ship(when_s, off(place, course + 180, 5_000), [hold(course, 6.0, 4_800)])
    if p.rng.random() < 0.5:
        lies = replace(hull, jumps=[(when_s, when_s + 4_800, east, north)])
        return Script([lies], when_s, when_s + 4_800, when_s + 120.0)
    begin = when_s + 1_500
    lies = replace(hull, strays=[(begin, begin + 3_300, east, north)])
    return Script([lies], begin, begin + 3_300, begin + OFF_M / CREEP_MPS + 120.0)


def jumps(p: Player, when_s: float) -> Script:
    """Her position jumps to a far place, goes on there, jumps to the next, and home."""
    place, course = p.place(), p.course()
    hull = p.ship(when_s, place, [hold(course, 11.0, 4_500)])
    begin = when_s + 1_500
    lies = [(begin + 300 * k, begin + 300 * (k + 1), *off((0, 0), p.course(), 8 * NM))
            for k in range(4)]  # fmt: skip
    return Script([replace(hull, jumps=lies)], begin, begin + 1_500, begin)


def shared(p: Player, when_s: float) -> Script:
    """Another vessel, far away, begins to send her MMSI."""
    first = p.ship(when_s, p.place(OPEN[:1]), [hold(60.0, 9.0, 5_400)])
    begin = when_s + 1_800
    second = p.ship(begin, p.place(OPEN[4:5]), [hold(200.0, 9.0, 3_600)])
    return Script([first, replace(second, mmsi=first.mmsi)], begin, begin + 3_600, begin)


def identity(p: Player, when_s: float) -> Script:
    place, course = p.place(), p.course()
    begin = when_s + 2_400
    hull = p.ship(when_s, off(place, course + 180, 10_000), [hold(course, 10.0, 6_000)])
    words: dict[str, object] = {"name": f"STELLA {int(p.rng.integers(900))}"}
    return Script([replace(hull, says=[(begin, words)])], begin, begin + 2_400, begin)


def destination(p: Player, when_s: float) -> Script:
    script = identity(p, when_s)
    hull = replace(script.hulls[0], destination="NL RTM",
                   says=[(script.begin_s, {"destination": "MA CAS"})])  # fmt: skip
    return replace(script, hulls=[hull])


def unreported(p: Player, when_s: float) -> Script:
    """She passes the reporting line and says nothing that she should."""
    middle = np.mean([xy(p) for p in grounds.REPORTING], axis=0)
    begin = off((middle[0], middle[1]), 310.0, 6_000)
    silent = dict.fromkeys(("name", "callsign", "imo", "destination"))
    hull = p.ship(when_s, begin, [hold(130.0, 11.0, 2_400)], length_m=320.0, says=[(0.0, silent)])
    seconds = 6_000 / (11 * KNOT)
    return Script([hull], when_s + seconds - 120, when_s + 2_700, when_s + seconds)


def beacon(p: Player, when_s: float) -> Script:
    place = p.place()
    leg = Leg(DRIFT, p.course(), 0.0, 1.0, 2_400, status=SART_ACTIVE)
    mmsi = int(p.rng.choice([970, 972, 974])) * 1_000_000 + int(p.rng.integers(1, 99_999))
    hull = p.ship(when_s, place, [leg], "boat", "A", mmsi=mmsi, length_m=2.0)
    return Script([hull], when_s, when_s + 2_400, when_s)


def nameless(p: Player, when_s: float) -> Script:
    """A ship without AIS before the radar."""
    place, course = p.place(BY_RADAR), p.course()
    hull = p.ship(when_s, off(place, course + 180, 5_000), [hold(course, 9.0, 3_600)],
                      "cargo", "")  # fmt: skip
    return Script([hull], when_s, when_s + 3_600, when_s + 300)

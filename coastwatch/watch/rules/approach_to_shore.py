"""approach-to-shore: on the course that it holds, a track will be at the shore before long.

Said of craft without identity, which may land there. Ships that come from open water are said where
a site wants it and has drawn its ports: on the way into one they head for the shore, too. Other
vessels with an identity (yachts, fishing boats) come to the shore all day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.shore import Shore
from coastwatch.geo.units import KNOT_MPS, NM_M, format_distance
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.turns import Turns
from coastwatch.watch.words import length_m, minutes, motion, moving, shore_m

AGAIN_S = 10.0
# The raster of the shore may change faster than the way by half; a step shortens by that.
STRIDE, STRIDES_MAX = 0.6, 40
HAVENS = ("port-limits", "anchorage", "moorings")

# What nobody has seen for minutes may be anywhere.
LOST_M = 300.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """At the shore, which is ``reach_m`` off it, within ``ahead_min`` (ships: ``ship_ahead_min``)
    on the course held, steady for ``hold_s``, above ``speed_min_kn``; over when it has not headed
    for the shore for ``release_s``. ``ships``: whether ships are said, which are
    ``ship_length_min_m`` long or more, and still farther than ``ship_off_nm`` from the shore.
    ``everyone``: whether all vessels with an identity are said as those without are."""

    ahead_min: float = 20.0
    ship_ahead_min: float = 10.0
    reach_m: float = 200.0
    hold_s: float = 60.0
    speed_min_kn: float = 2.0
    release_s: float = 120.0
    ship_length_min_m: float = 50.0
    ship_off_nm: float = 1.0
    ships: bool = False
    everyone: bool = False


class ApproachToShore:
    """Follows courses over the distance to the shore, every 10 s for each track. Not judged is who
    is in a port, anchorage or moorings or comes into one first, nor who is at the shore already."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._lasting = Lasting(memory, p.hold_s, p.release_s)
        self._said = memory.column(False, np.bool_)
        self._turns = Turns(memory, AGAIN_S)

    def step(self, scene: Scene) -> Iterable[Say]:
        rows = self._turns.rows(scene)
        eta_s = np.full(len(scene), np.inf)
        eta_s[rows] = self._eta_s(scene, rows)
        slot, begins = scene.slot[rows], np.isfinite(eta_s[rows])
        _, over = self._lasting.step(slot, scene.time_s, begins)
        said = self._said.values
        over = over[said[slot[over]]]
        said[slot[over]] = False
        for row in rows[over].tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} no longer heads for the shore.")
        ripe = rows[begins & self._lasting.holding(slot) & ~said[slot]]
        for row in ripe[~self._to_haven(scene, ripe, eta_s)].tolist():
            if self._concerns(scene, row):
                said[scene.slot[row]] = True
                yield self._words(scene, row, float(eta_s[row]))

    def _eta_s(self, scene: Scene, rows: Ints) -> Floats:
        """(rows,) seconds to the shore, infinite where not ahead or not to be judged."""
        p, speed, state = self._p, scene.sog_mps[rows], scene.tracks.state[rows]
        alike = p.everyone | (scene.tracks.mmsi[rows] < 0)
        ahead_s = 60 * np.where(alike, p.ahead_min, p.ship_ahead_min if p.ships else 0.0)
        off_m = scene.memory.shore.distance_m(state[:, 0], state[:, 1])
        may = (speed > p.speed_min_kn * KNOT_MPS) & (off_m > 2 * p.reach_m)
        may &= off_m - p.reach_m < speed * ahead_s
        may &= ~scene.within(scene.ground.of_kind(*HAVENS))[rows]
        may &= ~(scene.tracks.p_fixed[rows] > 0.5) & (scene.sigma_m[rows] < LOST_M)
        eta_s = np.full(len(rows), np.inf)
        eta_s[may] = landfall_s(scene.memory.shore, state[may], p.reach_m, ahead_s[may])
        return np.where(eta_s <= ahead_s, eta_s, np.inf)

    def _to_haven(self, scene: Scene, rows: Ints, eta_s: Floats) -> Mask:
        """(rows,) whether the course leads into a haven before it leads to the shore."""
        ground, ahead = scene.ground, scene.ahead
        haven = (ground.of_kind(*HAVENS) & scene.valid)[ahead.zone]
        before = haven & (ahead.eta_s <= eta_s[ahead.row])
        return np.asarray(np.isin(rows, ahead.row[before]))

    def _concerns(self, scene: Scene, row: int) -> bool:
        p = self._p
        if scene.tracks.mmsi[row] < 0 or p.everyone:
            return True
        ship = p.ships and length_m(scene, row) >= p.ship_length_min_m
        return ship and shore_m(scene, row) > p.ship_off_nm * NM_M

    def _words(self, scene: Scene, row: int, eta_s: float) -> Say:
        distance_m, way_m = shore_m(scene, row), eta_s * float(scene.sog_mps[row])
        text = (
            f"{scene.who(row)} heads for the shore: there in {minutes(eta_s)}, "
            f"{format_distance(way_m)} on, if it holds its course; {moving(scene, row)}."
        )
        evidence: dict[str, object] = {
            "eta_min": round(eta_s / 60, 4),
            "way_nm": round(way_m / NM_M, 4),
            "shore_nm": round(distance_m / NM_M, 4),
            "p_unregistered": round(float(scene.tracks.p_unregistered[row]), 4),
            "p_small": round(float(scene.tracks.p_small[row]), 4),
        }
        return RULE.say(scene, row, text, evidence | motion(scene, row))


def landfall_s(shore: Shore, state: Floats, reach_m: float, ahead_s: Floats) -> Floats:
    """(n,) seconds until a straight course (n, 4) is ``reach_m`` off the shore; infinite where it
    is not within ``ahead_s`` (n,), or where the shore is unknown.

    Strides as long as the shore is far off, and never longer than what is within reach of it is
    wide, so that none is stepped over. Courses that keep close to the shore for long are given up.
    """
    speed = np.hypot(state[:, 2], state[:, 3])
    gone = np.zeros(len(state))
    eta = np.full(len(state), np.inf)
    on = np.flatnonzero(speed > 0)
    for _ in range(STRIDES_MAX):
        at = state[on, :2] + gone[on, None] * state[on, 2:]
        off = shore.distance_m(at[:, 0], at[:, 1]) - reach_m
        there = off <= 0
        eta[on[there]] = np.maximum(gone[on] + off / speed[on], 0.0)[there]
        gone[on] += np.maximum(STRIDE * off, reach_m) / speed[on]
        on = on[~there & (gone[on] <= ahead_s[on])]
        if not len(on):
            break
    return eta


RULE = RuleFile(
    "approach-to-shore", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: approach to shore; 20 minutes: coastwatch",
    Parameters, ApproachToShore,
)  # fmt: skip

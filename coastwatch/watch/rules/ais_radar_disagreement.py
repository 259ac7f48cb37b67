"""ais-radar-disagreement: radar sees a vessel elsewhere than its AIS says, or not at all.

Three ways it shows: a track that both see, beside its own reports; a track of AIS alone and a
nameless one of radar alone that move in parallel; a large vessel that no radar sees where radar
sees others.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from coastwatch.geo.units import KNOT_MPS, NM_M, format_course, format_distance
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import is_class_a, is_vessel, lengths_m

PAIRS_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Parameters:
    """``pair_`` is of two tracks in parallel, ``unseen_`` of what radar does not see at all;
    ``near_nm`` is within what of it radar must see ``others`` to be believed."""

    every_s: float = 10.0
    off_min_nm: float = 0.2
    off_max_nm: float = 2.0
    off_sigmas: float = 5.0
    off_hold_s: float = 120.0
    release_s: float = 120.0
    speed_min_kn: float = 3.0
    heard_s: float = 60.0
    seen_s: float = 15.0
    unseen_s: float = 60.0
    others: float = 2
    near_nm: float = 2.0
    pair_hold_s: float = 180.0
    pair_speed_off_mps: float = 1.0
    pair_drift_m: float = 120.0
    pair_length_m: float = 25.0
    unseen_hold_s: float = 600.0
    unseen_length_m: float = 50.0


class Pair(NamedTuple):
    """A nameless track that moves with a named one: since when, and where it lay then and last."""

    other: int
    since_s: float
    dx_m: float
    dy_m: float
    last_s: float
    said: bool = False


class AisRadarDisagreement:
    """Judges every few seconds; needs a radar that the site describes."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        eyes = [k for k, s in enumerate(site.sensors) if s.kind == "radar" and not s.moving]
        self._radars = eyes
        self._at = [site.sensors[k].position for k in eyes]
        self._range_m = [site.sensors[k].range_max_m for k in eyes]
        self._off = Lasting(memory, p.off_hold_s, p.release_s)
        self._unseen = Lasting(memory, p.unseen_hold_s, p.release_s)
        self._pairs: OrderedDict[int, Pair] = OrderedDict()
        self._judged_s = -math.inf

    def step(self, scene: Scene) -> Iterable[Say]:
        for track in scene.ended:
            self._pairs.pop(track, None)
        if not self._radars or not len(scene) or scene.time_s < self._judged_s + self._p.every_s:
            return
        since_s, self._judged_s = self._judged_s, scene.time_s
        seen_s = scene.tracks.last_seen_s[:, self._radars]
        named = is_vessel(scene.tracks.mmsi)
        yield from self._offset(scene, named, np.fmax.reduce(seen_s, axis=1), since_s)
        alone, believed = self._alone(scene, named, seen_s)
        paired = np.zeros(len(scene), dtype=np.bool_)
        yield from self._parallel(scene, alone, seen_s, paired)
        yield from self._nothing(scene, alone & believed & ~paired)

    def _offset(self, scene: Scene, named: Mask, radar_s: Floats, since_s: float) -> Iterator[Say]:
        """A track that both see, and its own reports."""
        p, memory, slot = self._p, scene.memory, scene.slot
        reported_s = memory.reported_s.values[slot]
        with np.errstate(invalid="ignore"):
            fresh = named & (reported_s > since_s) & (scene.time_s - reported_s <= p.every_s)
            fresh &= scene.time_s - radar_s <= p.seen_s
        rows = np.flatnonzero(fresh)
        dx, dy, off = np.zeros((3, len(scene)))
        if len(rows):
            lon, lat = (c.values[slot[rows]] for c in (memory.report_lon, memory.report_lat))
            x, y = scene.ground.plane.to_xy(lon, lat)
            state, age_s = scene.tracks.state[rows], scene.time_s - reported_s[rows]
            dx[rows] = state[:, 0] - state[:, 2] * age_s - x
            dy[rows] = state[:, 1] - state[:, 3] * age_s - y
            off = np.hypot(dx, dy)
        limit = np.maximum(p.off_min_nm * NM_M, p.off_sigmas * scene.sigma_m)
        begins = fresh & (off > limit) & (off <= p.off_max_nm * NM_M)
        new, over = self._off.step(slot, scene.time_s, begins, fresh & ~begins)
        for row in new.tolist():
            text = f"radar sees it {_whither(dx[row], dy[row])} of where its AIS says"
            yield self._say(scene, row, "offset", text, _offset_of(dx[row], dy[row]))
        for row in over.tolist():
            yield self._over(scene, row, "offset", "its AIS and radar agree again")

    def _alone(self, scene: Scene, named: Mask, seen_s: Floats) -> tuple[Mask, Mask]:
        """Named tracks under way that AIS hears and radar in reach does not see; and of which
        rows the radar in reach sees others about them."""
        p, t = self._p, scene.tracks
        reported_s = scene.memory.reported_s.values[scene.slot]
        with np.errstate(invalid="ignore"):
            alone = named & (scene.time_s - reported_s <= p.heard_s)
            alone &= scene.sog_mps >= p.speed_min_kn * KNOT_MPS
            alone &= ~(seen_s >= scene.time_s - p.unseen_s).any(axis=1)
        rows = np.flatnonzero(alone & (scene.time_s - t.born_s >= p.unseen_s))
        alone[:] = False
        believed = np.zeros(len(scene), dtype=np.bool_)
        xy = t.state[:, :2]
        for k, (at, range_m) in enumerate(zip(self._at, self._range_m, strict=True)):
            x, y = scene.ground.plane.to_xy(*at)
            reached = rows[np.hypot(xy[rows, 0] - x, xy[rows, 1] - y) <= range_m]
            with np.errstate(invalid="ignore"):
                sees = seen_s[:, k] >= scene.time_s - p.seen_s
            if not len(reached) or not sees.any():
                continue
            alone[reached] = True
            tree = cKDTree(xy[sees])
            about = tree.query_ball_point(xy[reached], p.near_nm * NM_M, return_length=True)
            believed[reached] |= about >= p.others
        return alone, believed

    def _parallel(self, scene: Scene, alone: Mask, seen_s: Floats, paired: Mask) -> Iterator[Say]:
        """Nameless tracks of radar that move as named ones of AIS alone do; marks ``paired``."""
        p, t = self._p, scene.tracks
        with np.errstate(invalid="ignore"):
            nameless = (t.mmsi < 0) & (seen_s >= scene.time_s - p.seen_s).any(axis=1)
        nameless &= (scene.sog_mps >= p.speed_min_kn * KNOT_MPS) & (t.existence >= 0.9)
        nameless &= scene.time_s - t.born_s >= p.unseen_s
        able = is_class_a(scene) & alone
        rows = np.flatnonzero(alone)
        able[rows] |= lengths_m(scene, rows) >= p.pair_length_m
        others = np.flatnonzero(nameless)
        rows = np.flatnonzero(able) if len(others) else rows[:0]
        if len(rows):
            # Near in place and velocity at once, so that few are left to be judged.
            scale = np.array([p.off_max_nm * NM_M] * 2 + [p.pair_speed_off_mps] * 2)
            tree = cKDTree(t.state[others] / scale)
            near = tree.query_ball_point(t.state[rows] / scale, 1.0, p=math.inf)
            for k in np.flatnonzero([len(found) for found in near]).tolist():
                row = int(rows[k])
                other = self._fitting(scene, row, others[near[k]])
                if other >= 0:
                    paired[row] = True
                    yield from self._together(scene, row, other)
        for track, pair in list(self._pairs.items()):
            if scene.time_s - pair.last_s > p.release_s:
                del self._pairs[track]
                if pair.said and track in scene.row_of:
                    row = scene.row_of[track]
                    yield self._over(scene, row, "pair", "nothing moves in parallel any more")

    def _fitting(self, scene: Scene, row: int, others: Ints) -> int:
        """The row of the nameless track that moves as this one does: the one of before, else the
        nearest; -1 where there is none."""
        p, state = self._p, scene.tracks.state
        off = state[others] - state[row]
        fits = np.hypot(off[:, 2], off[:, 3]) <= p.pair_speed_off_mps
        fits = others[fits & (np.hypot(off[:, 0], off[:, 1]) <= p.off_max_nm * NM_M)]
        if not len(fits):
            return -1
        pair = self._pairs.get(int(scene.tracks.id[row]))
        same = fits[scene.tracks.id[fits] == pair.other] if pair else fits[:0]
        if len(same):
            return int(same[0])
        away = state[fits, :2] - state[row, :2]
        return int(fits[np.argmin(np.hypot(away[:, 0], away[:, 1]))])

    def _together(self, scene: Scene, row: int, other: int) -> Iterator[Say]:
        t, track, now_s = scene.tracks, int(scene.tracks.id[row]), scene.time_s
        dx, dy = (t.state[other, :2] - t.state[row, :2]).tolist()
        pair, other_id = self._pairs.get(track), int(t.id[other])
        goes_on = pair and (pair.said or pair.other == other_id)
        if not pair or not goes_on or (
            not pair.said and math.hypot(dx - pair.dx_m, dy - pair.dy_m) > self._p.pair_drift_m
        ):  # fmt: skip
            pair = Pair(other_id, now_s, dx, dy, now_s)
        new = not pair.said and now_s - pair.since_s >= self._p.pair_hold_s
        self._pairs[track] = pair._replace(last_s=now_s, said=pair.said or new)
        while len(self._pairs) > PAIRS_KEPT:
            self._pairs.popitem(last=False)
        if new:
            text = (
                "radar sees nothing where its AIS says it is, but a vessel without AIS (track"
                f" {other_id}) moves in parallel {_whither(dx, dy)} of there"
            )
            evidence = _offset_of(dx, dy) | {"radar_track": other_id}
            yield self._say(scene, row, "pair", text, evidence, "warning")

    def _nothing(self, scene: Scene, unseen: Mask) -> Iterator[Say]:
        """A large vessel that no radar sees where it sees others."""
        rows = np.flatnonzero(unseen)
        begins = np.zeros(len(scene), dtype=np.bool_)
        begins[rows] = lengths_m(scene, rows) >= self._p.unseen_length_m
        new, over = self._unseen.step(scene.slot, scene.time_s, begins)
        for row in new.tolist():
            length = float(lengths_m(scene, np.array([row]))[0])
            minutes = self._p.unseen_hold_s / 60
            text = f"no radar saw it for {minutes:.0f} min, though {length:.0f} m long and in reach"
            yield self._say(scene, row, "unseen", text, {"length_m": round(length, 1)})
        for row in over.tolist():
            yield self._over(scene, row, "unseen", "radar sees it, or it is out of reach, now")

    def _say(
        self, scene: Scene, row: int, how: str, text: str, evidence: dict[str, object],
        priority: str = "",
    ) -> Say:  # fmt: skip
        told = evidence | {
            "how": how,
            "speed_kn": round(float(scene.sog_mps[row]) / KNOT_MPS, 1),
            "sigma_m": round(float(scene.sigma_m[row]), 1),
        }
        words, about = f"{scene.who(row)}: {text}.", (int(scene.tracks.id[row]), how)
        return RULE.say(scene, row, words, told, about=about, priority=priority)

    def _over(self, scene: Scene, row: int, how: str, text: str) -> Say:
        about = (int(scene.tracks.id[row]), how)
        return RULE.over(scene, row, f"{scene.who(row)}: {text}.", about=about)


def _offset_of(dx_m: float, dy_m: float) -> dict[str, object]:
    """Of the radar's position from that by AIS."""
    bearing = math.degrees(math.atan2(dx_m, dy_m)) % 360
    return {"offset_m": round(math.hypot(dx_m, dy_m), 1), "bearing_deg": round(bearing, 1)}


def _whither(dx_m: float, dy_m: float) -> str:
    bearing = format_course(math.atan2(dx_m, dy_m) % (2 * math.pi))
    return f"{format_distance(math.hypot(dx_m, dy_m))}, bearing {bearing},"


RULE = RuleFile(
    "ais-radar-disagreement", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: spoofing position; CISE anomaly types: AIS against radar",
    Parameters, AisRadarDisagreement,
)  # fmt: skip

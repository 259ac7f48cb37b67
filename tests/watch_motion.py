"""Vessels that sail legs and report by AIS as they would, before one rule of the watch."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Say, Status, Vessel
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules import RULES
from tests.watch_scene import PLANE, SITE, T0, picture, reports

SHIP, OTHER = 227_000_001, 228_000_002


def way(*legs: tuple[float, float, float], at: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """States (seconds, 4) of one that sails legs of (seconds, knots, course in degrees)."""
    rows, (x, y) = [], at
    for seconds, knots, course_deg in legs:
        speed, course = knots * KNOT_MPS, math.radians(course_deg)
        vx, vy = speed * math.sin(course), speed * math.cos(course)
        for _ in range(int(seconds)):
            rows.append((x, y, vx, vy))
            x, y = x + vx, y + vy
    return np.array(rows)


@dataclass
class Craft:
    """One track: where it is each second, what it says every ``report_s``, and what it is."""

    states: np.ndarray
    mmsi: int = SHIP
    heading_deg: float | None = None  # None: as its course; NaN: it has no compass
    nav_status: Any = 0  # or a function of the second
    report_s: int = 10
    silent: tuple[int, int] = (0, 0)  # from which second to which it says nothing
    length_m: float | None = 180.0
    ship_type: int | None = 70
    columns: dict[str, float] = field(default_factory=dict)

    def heard_at(self, s: int) -> bool:
        return s % self.report_s == 0 and not self.silent[0] <= s < self.silent[1]

    def report(self, s: int) -> dict[str, float]:
        x, y, vx, vy = self.states[s]
        cog = math.atan2(vx, vy) % (2 * math.pi)
        heading = cog if self.heading_deg is None else math.radians(self.heading_deg)
        status = self.nav_status(s) if callable(self.nav_status) else self.nav_status
        return {"mmsi": self.mmsi, "x_m": x, "y_m": y, "sog_mps": math.hypot(vx, vy),
                "cog_rad": cog, "heading_rad": heading, "nav_status": status}  # fmt: skip

    def statics(self) -> Vessel:
        return Vessel(self.mmsi, T0, name=f"SHIP {self.mmsi % 10}", ship_type=self.ship_type,
                      length_m=self.length_m)  # fmt: skip


BIG = {"p_small": 0.02, "p_unregistered": 0.01}


def dinghy(states: np.ndarray, **more: Any) -> Craft:
    """A small craft that only radar sees."""
    return Craft(states, mmsi=-1, length_m=None, **more)


def said(
    rule: str, *crafts: Craft, every: int = 1, zones=(), rename=None, **parameters
) -> list[Say]:
    """All that one rule says of these craft; each word is fit for JSON and for people.

    ``rename(s)`` may give the tracks that end at second s.
    """
    told = {name: {"on": name == rule} for name, other in RULES.items() if not other.always}
    watch = Watch(replace(SITE, rules=told | {rule: {"on": True} | parameters}), list(zones), PLANE)
    [judge] = [made for made in watch._rules if type(made) is RULES[rule].make]
    kept: list[Say] = []

    class Recorder:
        def step(self, scene):
            says = list(judge.step(scene))
            kept.extend(says)
            return says

    watch._rules = [Recorder()]
    seen_s = [T0] * len(crafts)
    for s in range(0, len(crafts[0].states), every):
        heard, ended = [], set(rename(s)) if rename else set()
        for k, craft in enumerate(crafts):
            passed = range(max(s - every + 1, 0), s + 1)
            told_at = [q for q in passed if craft.heard_at(q)]
            radar = craft.mmsi < 0 and not craft.silent[0] <= s < craft.silent[1]
            if craft.mmsi >= 0 and told_at:
                heard.append((told_at[-1], craft.report(told_at[-1])))
                seen_s[k] = T0 + told_at[-1]
            elif radar:
                seen_s[k] = T0 + s
        tracks = picture(T0 + s, *(c.states[s] for c in crafts))
        for k, craft in enumerate(crafts):
            values = (BIG if craft.mmsi >= 0 else {}) | craft.columns | {"mmsi": craft.mmsi}
            values |= {"status": int(Status.ENDED)} if k + 1 in ended else {}
            for name, value in values.items():
                getattr(tracks, name)[k] = value
        tracks.last_seen_s[:, 0] = seen_s
        batch = reports(T0 + s, *(values for _, values in heard))
        batch.time_s[:] = [T0 + q for q, _ in heard]
        vessels = [c.statics() for c in crafts if c.mmsi >= 0] if s == 0 else []
        watch.step(tracks, Heard(batch, vessels))
    for say in kept:
        evidence = json.loads(json.dumps(dict(say.evidence), allow_nan=False))
        assert say.over or evidence
        assert not say.text or (say.text[0].isupper() and say.text.endswith("."))
    return kept


def summary(says: list[Say]) -> list[tuple[str, int]]:
    """What was said when: ("warning", second) or ("over", second)."""
    return [("over" if s.over else s.priority, round(s.time_s - T0)) for s in says]

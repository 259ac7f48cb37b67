"""Simulated days through the real tracker and watch: what it said, of whom, and whether rightly."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench import watch_grounds
from bench.watch_acts import scripts
from bench.watch_air import START_S, Air, receive, site
from bench.watch_places import Places
from bench.watch_sail import PLANE, Hull, Path, sail
from bench.watch_sea import Cast, background
from bench.watch_stage import Script
from bench.watch_truth import Truth
from coastwatch.flagging import Flagging
from coastwatch.model import Alert
from coastwatch.track import Tracker
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules import RULES

SLACK = 0.1
EARLY_S, LATE_S = 60.0, 300.0
GONE_S = 900.0  # a hull's last report may be spoken of so long after it
NEAR_M = 1_000.0
# A few hours are short for what learns: by default a full day and 200 ships around are asked. Ships
# that head for the shore are said only where a site wants it.
TOLD: dict[str, dict[str, float | bool]] = {
    "unusual-route": {"hours_min": 2.5, "vessels_min": 10.0},
    "approach-to-shore": {"ships": True},
}


@dataclass(slots=True)
class Day:
    """One day's truth, and the alerts of it."""

    hulls: list[Hull]
    paths: list[Path]
    played: list[tuple[str, Script, list[int]]]  # rule, script, its hulls' indices
    truth: Truth
    alerts: list[Alert] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """One scripted behaviour: whether its rule's definition held, and when it was said."""

    rule: str
    begin_s: float
    said_s: float | None

    @property
    def delay_s(self) -> float:
        return np.nan if self.said_s is None else self.said_s - self.begin_s


def simulate(seed: int, each: int, hours: float) -> Day:
    """Hours of traffic with ``each`` scripts of each rule, and what the watch said of it."""
    rng, until_s = np.random.default_rng(seed), hours * 3_600.0
    cast = Cast(rng)
    hulls, played = [h for h in background(cast) if h.start_s < until_s], []
    for rule, script in scripts(cast, each, until_s):
        rows = list(range(len(hulls), len(hulls) + len(script.hulls)))
        hulls += script.hulls
        played.append((rule, script, rows))
    paths = [sail(hull, until_s, rng) for hull in hulls]
    zones = watch_grounds.zones()
    where = site({name: {"on": True} for name in RULES if not RULES[name].on} | TOLD)
    air = receive(hulls, paths, where, rng)
    day = Day(hulls, paths, played, Truth(hulls, paths, Places(zones)))
    tracker, flagging, watch = Tracker(where, PLANE), Flagging(), Watch(where, zones, PLANE)
    day.alerts = _run(air, tracker, flagging, watch, until_s)
    return day


def _run(
    air: Air, tracker: Tracker, flagging: Flagging, watch: Watch, until_s: float
) -> list[Alert]:
    alerts: list[Alert] = []
    for time_s, batch, vessels in air.pictures(until_s):
        tracks = tracker.step(batch, time_s)
        flags = flagging.step(batch, vessels)
        alerts += watch.step(tracks, Heard(batch, vessels, flags)).alerts
    return alerts


def cases(day: Day, until_s: float) -> list[Case]:
    """Each scripted behaviour, and whether its rule spoke of its hulls in its time."""
    found = []
    for rule, script, rows in day.played:
        if script.end_s > until_s or rule not in RULES:
            continue
        begin = script.event_s
        if np.isnan(begin):
            spans = day.truth.spans(rule, 0.0)
            within = [b for i in rows for b, e in spans.get(i, [])
                      if e >= script.begin_s and b <= script.end_s]  # fmt: skip
            if not within:
                print(f"{rule}: a script at {script.begin_s:.0f} s is none by its definition")
                continue
            begin = min(within)
        said = [
            a.time_s - START_S
            for a in day.alerts
            if a.rule == rule and set(who(day, a)) & set(rows)
        ]
        said = [t for t in said if begin - EARLY_S <= t <= script.end_s + LATE_S]
        found.append(Case(rule, begin, min(said, default=None)))
    return found


def unexplained(day: Day) -> list[Alert]:
    """The alerts that neither a script nor a definition that held explains."""
    return [a for a in day.alerts if not _explained(day, a)]


def _explained(day: Day, alert: Alert) -> bool:
    rows, time_s = who(day, alert), alert.time_s - START_S
    if rows and all(_untold(day, i, time_s) for i in rows):
        return True
    for rule, script, own in day.played:
        told = rule == alert.rule and set(own) & set(rows) and not np.isnan(script.event_s)
        if told and script.begin_s - EARLY_S <= time_s <= script.end_s + LATE_S:
            return True
    spans = day.truth.spans(alert.rule, SLACK)
    return any(
        begin - EARLY_S <= time_s <= end + LATE_S for i in rows for begin, end in spans.get(i, [])
    )


def _untold(day: Day, row: int, time_s: float) -> bool:
    """Whether the truth of a hull cannot judge: she has left the simulation, or her reports lie."""
    hull, path = day.hulls[row], day.paths[row]
    lies = any(a - EARLY_S <= time_s <= b + LATE_S for a, b, *_ in (*hull.strays, *hull.jumps))
    return bool(lies or time_s > path.times_s[-1])


def who(day: Day, alert: Alert) -> list[int]:
    """The hulls that an alert is about: by MMSI, else the nearest one."""
    time_s = alert.time_s - START_S
    there = [i for i, p in enumerate(day.paths) if p.start_s <= time_s <= p.times_s[-1] + GONE_S]
    if alert.mmsi >= 0:
        return [i for i in there if day.hulls[i].mmsi == alert.mmsi]
    x, y = PLANE.to_xy(alert.lon, alert.lat)
    away = [
        float(np.hypot(day.paths[i].between(day.paths[i].x, np.array(time_s)) - x,
                       day.paths[i].between(day.paths[i].y, np.array(time_s)) - y))
        for i in there
    ]  # fmt: skip
    if not away or min(away) > NEAR_M:
        return []
    return [there[int(np.argmin(away))]]

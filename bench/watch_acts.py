"""The scripted behaviours, one a rule, and how a day is filled with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench import watch_acts_own as own
from bench import watch_acts_place as place
from bench.watch_sail import PLANE, Hull, sail
from bench.watch_sea import Cast
from bench.watch_stage import Player, Script, land

FIRST_S, REST_S = 3_600.0, 8_400.0  # before the first script, after the last begins

SCRIPTS: dict[str, Callable[[Player, float], Script]] = {
    "zone-entry": place.entry,
    "zone-exit": place.entry,
    "zone-dwell": place.dwell,
    "line-crossing": place.line,
    "heading-for-area": place.heading,
    "distance-to-area": place.nearing,
    "zone-speed": place.fast_in_zone,
    "tss-wrong-way": place.wrong_way,
    "tss-crossing": place.crossing,
    "approach-to-shore": place.shore_approach,
    "distance-to-shore": place.shore_distance,
    "high-speed-near-coast": place.coast_speed,
    "unusual-route": place.unusual,
    "encounter-at-sea": own.encounter,
    "drifting": own.drifting,
    "sudden-speed-change": own.sudden_stop,
    "sudden-course-change": own.sudden_turn,
    "loitering": own.loitering,
    "stopped-outside-anchorage": own.stopped,
    "erratic-movement": own.erratic,
    "close-approach": own.close,
    "ais-gap": own.gap,
    "ais-radar-disagreement": own.disagreement,
    "impossible-position": own.jumps,
    "shared-mmsi": own.shared,
    "identity-change": own.identity,
    "destination-change": own.destination,
    "not-reporting": own.unreported,
    "distress-beacon": own.beacon,
    "uncorrelated-target": own.nameless,
}


def scripts(cast: Cast, each: int, until_s: float) -> list[tuple[str, Script]]:
    """``each`` scripts of each rule, spread over the time: (rule, script)."""
    player, part = Player(cast), (until_s - FIRST_S - REST_S) / each
    found = []
    for rule, script in SCRIPTS.items():
        for k in range(each):
            when_s = round(FIRST_S + part * (k + float(cast.rng.uniform(0.05, 0.95))))
            played = next(
                s for s in (script(player, float(when_s)) for _ in range(100)) if _afloat(s)
            )
            found.append((rule, replace(played, hulls=[_named(h, rule) for h in played.hulls])))
    return found


def _afloat(script: Script) -> bool:
    """Whether nobody would sail over land."""
    still = np.random.default_rng(0)
    for hull in script.hulls:
        path = sail(replace(hull, wander_deg=0.0), script.end_s + 6_000, still)
        if land().contains(*PLANE.to_lonlat(path.x[::20], path.y[::20])).any():
            return False
    return True


def _named(hull: Hull, rule: str) -> Hull:
    return replace(hull, script=rule)

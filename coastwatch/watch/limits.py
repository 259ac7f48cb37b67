"""How many alerts a rule may raise in an hour, and the books of what was held back."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from coastwatch.model import PRIORITIES, ConfigError, Say
from coastwatch.site import Site

RULE, VERSION = "held-back", 1
HOUR_S = 3600.0
DAY_MIN = 1440.0
PER_HOUR = 60  # of rules that are not in watch/rules: the sensors' own
# From this priority on nothing is held back: people may be in the water.
NEVER_HELD = {"small-unregistered-craft": "warning"}
NEVER_HELD_ELSE = "emergency"
# What was held back is told at once and then so often; over when nothing was for this long.
TELL_S, OVER_S = 60.0, 600.0
NAMED = 5


@dataclass(slots=True)
class Held:
    """What was held back of one rule since it began: how many, and the first few."""

    say: Say  # the first, for its place
    since_s: float
    last_s: float
    told_s: float = -math.inf
    told: int = 0
    count: int = 0
    ids: list[str] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)
    by_priority: Counter[str] = field(default_factory=Counter)


class Limits:
    """Lets ``per_hour`` alerts of a rule pass in any hour of event time; counts the others."""

    def __init__(self, per_hour: Mapping[str, int] | None = None) -> None:
        self._per_hour = dict(per_hour or {})
        self._passed: dict[str, deque[float]] = {}
        self._held: dict[str, Held] = {}

    def passes(self, say: Say) -> bool:
        """Whether this new situation may be raised now; that it is counts against its rule."""
        if say.rule == RULE or _rank(say.priority) >= _rank(_never_held(say.rule)):
            return True
        passed = self._passed.setdefault(say.rule, deque())
        while passed and passed[0] <= say.time_s - HOUR_S:
            passed.popleft()
        if len(passed) >= self._per_hour.get(say.rule, PER_HOUR):
            return False
        passed.append(say.time_s)
        return True

    def hold(self, say: Say, id_: str) -> None:
        """Count a situation that was held back."""
        held = self._held.get(say.rule)
        if held is None:
            held = self._held[say.rule] = Held(say, say.time_s, say.time_s)
        held.last_s = say.time_s
        held.count += 1
        held.by_priority[say.priority] += 1
        if len(held.ids) < NAMED:
            held.ids.append(id_)
            if say.track >= 0:
                held.tracks.append(say.track)

    def says(self, time_s: float) -> Iterator[Say]:
        """What is to be told now about rules that are being held back."""
        for rule, held in list(self._held.items()):
            over = time_s >= held.last_s + OVER_S
            if held.count > held.told and (over or time_s >= held.told_s + TELL_S):
                held.told, held.told_s = held.count, time_s
                yield self._say(rule, held, time_s, False)
            if over:
                del self._held[rule]
                yield self._say(rule, held, time_s, True)

    @property
    def due_s(self) -> float:
        """When there will be something to tell; inf: never."""
        due = [
            held.told_s + TELL_S if held.count > held.told else held.last_s + OVER_S
            for held in self._held.values()
        ]
        return min(due, default=math.inf)

    def _say(self, rule: str, held: Held, time_s: float, over: bool) -> Say:
        per_hour = self._per_hour.get(rule, PER_HOUR)
        if over:
            text = (
                f"Nothing of rule {rule} was held back for {OVER_S / 60:.0f} min; "
                f"{held.count} {_alerts(held.count)} were in all."
            )
        else:
            text = (
                f"Rule {rule} is held to {per_hour} alerts an hour: {held.count} more "
                f"({_by_priority(held.by_priority)}) held back since {_clock(held.since_s)}; "
                f"each is in the log. First: {', '.join(held.ids)}{_tracks(held.tracks)}."
            )
        evidence: dict[str, Any] = {
            "rule": rule, "per_hour": per_hour, "held": held.count,
            "by_priority": dict(sorted(held.by_priority.items())),
            "since_s": round(held.since_s, 3), "first_ids": list(held.ids),
            "first_tracks": list(held.tracks), "rule_version": VERSION,
        }  # fmt: skip
        return Say(
            RULE, VERSION, (rule,), time_s, "caution", -1, -1, "", held.say.lon, held.say.lat,
            text, evidence, over=over,
        )  # fmt: skip


def limits_of(site: Site, per_hour: Mapping[str, int]) -> Limits:
    """The limits of rules, as the site sets them. Raises ConfigError."""
    told = dict(per_hour)
    for rule, body in site.rules.items():
        if "per_hour" in body:
            value = body["per_hour"]
            if isinstance(value, bool) or value < 0 or value % 1:
                raise ConfigError(
                    f"{site.where}: [rule.{rule}]: per_hour = {value!r}; "
                    "give a whole number of alerts, 0 or more"
                )
            told[rule] = int(value)
    return Limits(told)


def back_min_of(site: Site, back_min: Mapping[str, float]) -> dict[str, float]:
    """In how many minutes a situation that is over may come back, by rule. Raises ConfigError."""
    told = dict(back_min)
    for rule, body in site.rules.items():
        if "back_min" in body:
            value = body["back_min"]
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or not 0 <= value <= DAY_MIN
            ):
                raise ConfigError(
                    f"{site.where}: [rule.{rule}]: back_min = {value!r}; "
                    f"give minutes, 0 to {DAY_MIN:.0f}"
                )
            told[rule] = float(value)
    return told


def _never_held(rule: str) -> str:
    return NEVER_HELD.get(rule, NEVER_HELD_ELSE)


def _rank(priority: str) -> int:
    return PRIORITIES.index(priority)


def _alerts(count: int) -> str:
    return "alert" if count == 1 else "alerts"


def _by_priority(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[p]} {p}" for p in reversed(PRIORITIES) if counts.get(p))


def _tracks(tracks: list[int]) -> str:
    if not tracks:
        return ""
    return f" ({'track' if len(tracks) == 1 else 'tracks'} {', '.join(map(str, tracks))})"


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, UTC):%H:%M:%S} UTC"

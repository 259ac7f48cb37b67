"""What became of the alerts of a span: how soon raised, how soon acknowledged, how closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

# Evidence that tells how long a condition had held, or its craft been in sight, when the alert was
# raised; in seconds. Other rules do not tell.
BEGUN = {"watched_s": 1.0, "silent_min": 60.0}
# How an alert ended, in the order of the report; they part the alerts of a span.
ENDS = ("rectified", "unseen", "person", "machine", "open")


@dataclass
class RuleLives:
    """The alerts of one rule: their number, ends, and times in seconds where there are any.

    ``asked`` are those that ask for an acknowledgement: all but cautions.
    """

    rule: str
    raised: int = 0
    asked: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    detected_s: list[float] = field(default_factory=list)
    acknowledged_s: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def detected(self) -> tuple[float, float] | None:
        return quantiles(self.detected_s)

    def acknowledged(self) -> tuple[float, float] | None:
        return quantiles(self.acknowledged_s)


def quantiles(values: list[float]) -> tuple[float, float] | None:
    """Median and 90 % of some times; None without any."""
    if not values:
        return None
    median, most = np.quantile(values, [0.5, 0.9])
    return float(median), float(most)


def lives_of(
    alerts: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]
) -> dict[str, RuleLives]:
    """By rule, the one with most alerts first. ``alerts`` are those raised in the span, ``events``
    what happened in it and after."""
    rows = list(alerts)
    mine = {(a.get("run", ""), a["id"]) for a in rows}
    told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    found: dict[str, RuleLives] = {}
    for event in events:
        key = (event.get("run", ""), event["alert"])
        if key in mine:
            told.setdefault(key, []).append(event)
    for alert in rows:
        one = found.setdefault(alert["rule"], RuleLives(alert["rule"]))
        _count(one, alert, told.get((alert.get("run", ""), alert["id"]), []))
    return dict(sorted(found.items(), key=lambda item: (-item[1].raised, item[0])))


def _count(one: RuleLives, alert: Mapping[str, Any], events: list[Mapping[str, Any]]) -> None:
    one.raised += 1
    one.asked += alert["severity"] != "caution"
    raised_s = datetime.fromisoformat(alert["time"]).timestamp()
    first = next((e for e in events if e["what"] == "raised"), None)
    evidence = (first or alert).get("evidence") or {}
    for name, seconds in BEGUN.items():
        value = evidence.get(name)
        if isinstance(value, int | float) and value >= 0:
            one.detected_s.append(float(value) * seconds)
    seen = next((e for e in events if e["what"] in ("acknowledged", "closed") and e["by"]), None)
    if seen is not None and alert["severity"] != "caution":
        one.acknowledged_s.append(max(0.0, _seconds(seen) - raised_s))
    end, reason = _end(alert, events)
    one.ends[end] += 1
    if reason:
        one.reasons[reason] += 1


def _end(alert: Mapping[str, Any], events: list[Mapping[str, Any]]) -> tuple[str, str]:
    """How it ended, by its last state; and the reason of a person who closed it."""
    state = alert.get("state") or ""
    closed = [e for e in events if e["what"] == "closed"]
    last = events[-1]["what"] if events else ""
    if state == "rectified-unacknowledged":
        return "unseen", ""
    if state != "normal":
        return "open", ""
    if closed and last != "rectified":
        by = str(closed[-1]["by"])
        return ("person", str(closed[-1]["reason"])) if by else ("machine", "")
    return "rectified", ""


def _seconds(event: Mapping[str, Any]) -> float:
    if "time_s" in event:
        return float(event["time_s"])
    return datetime.fromisoformat(event["time"]).timestamp()

"""What correlation found, in words and as JSON: each part of the evidence, and what it is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from coastwatch.geo.units import format_distance
from coastwatch.incident import words
from coastwatch.incident.call import Call
from coastwatch.incident.correlate import Decision, Match

LEAST = 1.05  # a factor nearer to one than this says nothing


def decision_words(decision: Decision, opened: int) -> str:
    """One line: what became of the call; ``opened`` is the incident that it is now of."""
    if decision.what == "joined":
        p = decision.matches[0].probability
        return f"joined to I{decision.incident}: one craft with probability {probability(p)}"
    if decision.what == "doubtful":
        first = decision.matches[0]
        closed = ", which is closed: was another boat found" if first.closed else ""
        return (
            f"opened I{opened}, may be the same craft as I{decision.incident} "
            f"({probability(first.probability)}){closed}; keep both open"
        )
    if not decision.matches:
        return f"opened I{opened}: there is no other call of this night"
    first = decision.matches[0]
    return (
        f"opened I{opened}: a craft of its own; the likeliest other is "
        f"I{first.incident} ({probability(first.probability)})"
    )


def match_words(match: Match, call: Call, others: Sequence[Call]) -> str:
    """Why a call is, or is not, of an incident's craft, the weightiest part first."""
    parts = sorted(match.factors.items(), key=lambda part: -abs(math.log(part[1])))
    told = [
        f"{_part(name, match, call, others)} {factor(value)}"
        for name, value in parts
        if max(value, 1 / value) >= LEAST
    ]
    return "; ".join(told) or "nothing that was said tells them apart or joins them"


def factor(value: float) -> str:
    """A likelihood ratio: ``(4.1 times for)``, ``(12 times against)``."""
    side, size = ("for", value) if value >= 1 else ("against", 1 / value)
    shown = "over 1,000" if size > 1000 else f"{size:.2g}" if size < 10 else f"{size:.0f}"
    return f"({shown} times {side})"


def probability(p: float) -> str:
    """Two digits, and never a certainty that nobody has."""
    if p > 0.995:
        return "over 0.99"
    if p >= 0.9:  # rounded down, so that doubt never reads as the threshold
        p = math.floor(100 * p) / 100
    return "under 0.01" if p < 0.005 else f"{p:.2f}"


def match_row(match: Match) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "incident": f"I{match.incident}",
        "probability": _round(match.probability),
        "closed": match.closed,
        "distance_m": _round(match.distance_m, 0),
        "sigmas": _round(match.sigmas, 2),
        "between_s": _round(match.between_s, 0),
        "factors": {name: float(f"{value:.4g}") for name, value in match.factors.items()},
    }


def decision_row(decision: Decision) -> dict[str, Any]:
    """As JSON has it; kept in the log with the call."""
    return {
        "what": decision.what,
        "with": f"I{decision.incident}" if decision.incident >= 0 else None,
        "matches": [match_row(match) for match in decision.matches],
        "ask": [{"text": q.text, "bits": _round(float(q.bits))} for q in decision.ask],
    }


def _part(name: str, match: Match, call: Call, others: Sequence[Call]) -> str:
    if name == "place":
        return _place(match)
    if name == "aboard":
        return f"aboard: {aboard_words([call])} here, {aboard_words(others)} there"
    if name == "phone":
        return "the same phone"
    theirs = sorted({c.words[name] for c in others if name in c.words})
    return f"{name}: {call.words.get(name, 'not told')} here, {' and '.join(theirs)} there"


def _place(match: Match) -> str:
    between = f"{abs(match.between_s) / 60:.0f} min {'after' if match.between_s >= 0 else 'before'}"
    if not math.isfinite(match.distance_m):
        return f"place and motion, as far as told, {between} its last call"
    return (
        f"{format_distance(match.distance_m)} from where that craft would be "
        f"({match.sigmas:.1f} sigma), {between} its last call"
    )


def aboard_words(calls: Sequence[Call]) -> str:
    """The numbers told: ``30``, ``25 to 40``, ``not told``."""
    low = [c.aboard_low for c in calls if c.aboard_low > 0]
    high = [c.aboard_high for c in calls if c.aboard_high > 0]
    if not low:
        return "not told"
    return f"{min(low):.0f}" if min(low) == max(high) else f"{min(low):.0f} to {max(high):.0f}"


def told_words(call: Call) -> str:
    """What was understood of a call's description, so that a person can mend it."""
    said = [f"{name} {call.words[name]}" for name in words.ATTRIBUTES if name in call.words]
    if call.engine:
        said.append(f"engine {call.engine}")
    return ", ".join(said) or "no description"


def _round(value: float, digits: int = 4) -> float | None:
    return round(value, digits) if math.isfinite(value) else None

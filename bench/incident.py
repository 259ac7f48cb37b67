"""Calls told apart, measured: `python -m bench.incident docs/incident.md` writes its tables.

Each made-up night (bench/incident_scene.py) is played call by call as the command line takes them;
the named peer joins a call to the nearest incident within 1 NM and 30 min.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from bench import pages
from bench.incident_scene import PLANE, Night, night
from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import NM_M
from coastwatch.incident import Correlator, Evidence
from coastwatch.incident.assumed import Assumed

NIGHTS = range(100, 200)
JOIN_AT = (0.90, 0.95, 0.98)
PEER = "nearest within 1 NM and 30 min"
FATES = (
    ("calls of a boat that called before: joined to it", "joined right"),
    ("... doubtful: both kept open, with a question", "doubtful"),
    ("... kept apart as new", "new"),
)
NEAR_M, NEAR_S = NM_M, 1800.0
EDGES = np.array([0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.98, 1.0])

# What becomes of the last call of a night so far: the incident joined, or None, and the word.
Rule = Callable[[Night, int, dict[int, list[int]]], tuple[int | None, str]]


@dataclass
class Marks:
    """Counts over nights."""

    calls: int = 0
    boats: int = 0
    incidents: int = 0
    masked: int = 0  # boats with calls of which every one went to an incident of another boat
    nights_masked: int = 0
    fate: Counter[str] = field(default_factory=Counter)
    pairs: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def again(self) -> int:
        """Calls of a boat that had called before."""
        return sum(n for what, n in self.fate.items() if what.startswith("again"))


def play(one: Night, rule: Rule, marks: Marks) -> None:
    """One night by one rule, call by call."""
    incidents: dict[int, list[int]] = {}
    for i in range(len(one.calls)):
        joined, word = rule(one, i, incidents)
        before = one.boat[i] in one.boat[:i]
        if joined is None:
            incidents[i] = [i]
            marks.fate[f"{'again' if before else 'first'} {word}"] += 1
        else:
            opened_by = one.boat[incidents[joined][0]]
            right = "right" if opened_by == one.boat[i] else "wrong"
            marks.fate[f"{'again' if before else 'first'} joined {right}"] += 1
            incidents[joined].append(i)
    own = {one.boat[calls[0]] for calls in incidents.values()}
    masked = set(one.boat) - own
    marks.calls += len(one.calls)
    marks.boats += len(set(one.boat))
    marks.incidents += len(incidents)
    marks.masked += len(masked)
    marks.nights_masked += bool(masked)


def correlated(correlators: Sequence[Correlator], assumed: Assumed) -> Rule:
    """The rule of coastwatch.incident; ``correlators[i]`` knows the calls up to i."""

    def rule(one: Night, i: int, incidents: dict[int, list[int]]) -> tuple[int | None, str]:
        sets = {number: sum(1 << c for c in calls) for number, calls in incidents.items()}
        correlators[i].assumed = assumed
        decision = correlators[i].decide(i, sets)
        return (decision.incident if decision.what == "joined" else None), decision.what

    return rule


def nearest(one: Night, i: int, incidents: dict[int, list[int]]) -> tuple[int | None, str]:
    """The peer: the nearest incident whose last position is within 1 NM and 30 min."""
    call = one.calls[i]
    best, least = None, NEAR_M
    for number, calls in incidents.items():
        placed = [one.calls[c] for c in calls if one.calls[c].placed]
        if not placed or not call.placed or call.time_s - placed[-1].time_s > NEAR_S:
            continue
        off = float(geodesic(call.lon, call.lat, placed[-1].lon, placed[-1].lat)[0])
        if off <= least:
            best, least = number, off
    return best, "new"


def measure(nights: range = NIGHTS) -> dict[str, Marks]:
    """Marks over the nights: ours at each threshold for joining, then the peer's."""
    found = {f"joins at {at:.2f}": Marks() for at in JOIN_AT} | {PEER: Marks()}
    for seed in nights:
        one = night(seed)
        evidence = Evidence(one.calls, one.seen, PLANE)
        correlators = [Correlator(evidence, first=i + 1) for i in range(len(one.calls))]
        for at, marks in zip(JOIN_AT, found.values(), strict=False):
            play(one, correlated(correlators, replace(Assumed(), join_at=at)), marks)
            marks.pairs += [
                (correlators[-1].together(1 << a | 1 << b), one.boat[a] == one.boat[b])
                for a, b in combinations(range(len(one.calls)), 2)
            ]
        play(one, nearest, found[PEER])
    return found


def outcome_table(found: dict[str, Marks]) -> str:
    rows = [
        _row("calls joined to another boat's incident, of those joined", found, _wrong),
        _row("boats masked: no incident of their own", found,
             lambda m: f"{m.masked} of {m.boats} ({m.masked / m.boats:.2%})"),
        *(_row(text, found, lambda m, w=what: f"{m.fate[f'again {w}'] / m.again:.1%}")
          for text, what in FATES),
        _row("incidents a boat", found, lambda m: f"{m.incidents / m.boats:.2f}"),
    ]  # fmt: skip
    return pages.table(("", *found), rows)


def reliability_table(marks: Marks) -> str:
    p, same = (np.array(column, float) for column in zip(*marks.pairs, strict=True))
    rows, error = [], 0.0
    for low, high in pairwise(EDGES):
        inside = (p >= low) & ((p < high) | (high == 1.0))
        if inside.any():
            rows.append((f"{low:.2f} to {high:.2f}", str(inside.sum()), f"{p[inside].mean():.3f}",
                         f"{same[inside].mean():.3f}"))  # fmt: skip
            error += inside.mean() * abs(p[inside].mean() - same[inside].mean())
    head = ("probability said", "pairs of calls", "its mean", "were of one craft")
    brier = float(((p - same) ** 2).mean())
    base = float(same.mean() * (1 - same.mean()))
    return (f"{pages.table(head, rows)}\n\nExpected calibration error {error:.3f}; Brier score "
            f"{brier:.3f} (the base rate alone: {base:.3f}).")  # fmt: skip


def _wrong(m: Marks) -> str:
    wrong = sum(n for what, n in m.fate.items() if what.endswith("joined wrong"))
    joined = wrong + sum(n for what, n in m.fate.items() if what.endswith("joined right"))
    return f"{wrong} of {joined} joined ({wrong / max(joined, 1):.2%})"


def _row(text: str, found: dict[str, Marks], cell: Callable[[Marks], str]) -> tuple[str, ...]:
    return text, *(cell(marks) for marks in found.values())


def main() -> None:
    found = measure()
    first = next(iter(found.values()))
    text = (
        f"{len(NIGHTS)} nights, {first.boats} boats that called, {first.calls} calls, of which "
        f"{first.again} of a boat that had called before.\n\n{outcome_table(found)}\n\n"
        f"{reliability_table(first)}"
    )
    print(text)
    if len(sys.argv) > 1:
        pages.write(Path(sys.argv[1]), "bench.incident", text)


if __name__ == "__main__":
    main()

"""Calls and tracks -> which craft each call is about, in probabilities, and why."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from coastwatch.incident.ask import Question, questions
from coastwatch.incident.evidence import PARTS, Evidence, members
from coastwatch.incident.partition import blocks
from coastwatch.model import Floats

NOT_ONE = 0.5  # an incident whose own calls are less likely than this of one craft takes no more
Link = tuple[int, int, bool]  # two calls, and whether a person says that they are of one craft


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track (-1: none of them) that an incident may be about."""

    track: int
    probability: float
    distance_m: float  # from the call's position to the track then; NaN where there is none
    sigmas: float  # the same in sigmas of both together
    weight: float  # chance beforehand that the track is a craft in need


@dataclass(frozen=True, slots=True)
class Match:
    """How a call compares with one incident.

    ``factors`` are likelihood ratios by part: how many times likelier what was said is if both
    are one craft than if they are two. ``distance_m`` is from where the incident's craft would be
    at the time of the call, ``sigmas`` the same in sigmas.
    """

    incident: int
    probability: float
    factors: Mapping[str, float]
    distance_m: float
    sigmas: float
    between_s: float
    closed: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a call: ``joined`` to ``incident``, ``new``, or ``doubtful`` (new, too)."""

    what: str
    incident: int  # the one joined, or the likeliest of a doubtful call; -1 for a new one
    matches: tuple[Match, ...]  # the likeliest first
    ask: tuple[Question, ...] = field(default=())


class Correlator:
    """A night's calls held against one another and against the tracks.

    ``links`` are what persons said of pairs of calls; they stand over any probability. ``first``
    takes only so many of the calls, as if the others had not come yet.
    """

    def __init__(
        self, evidence: Evidence, links: Collection[Link] = (), first: int | None = None
    ) -> None:
        self.assumed, self.calls, self.evidence = evidence.assumed, evidence.calls, evidence
        n = len(evidence.calls) if first is None else first
        units = _units(n, links)
        order = sorted(units, key=self._begin)
        apart = [1 << a | 1 << b for a, b, same in links if not same]
        apart = [pair for pair in apart if not any(pair & unit == pair for unit in units)]
        self._calls = (1 << len(evidence.calls)) - 1
        tracks = [1 << len(evidence.calls) + k for k in range(len(evidence.contested))]
        self.blocks = blocks(
            [*tracks, *order],
            evidence.log_weight,
            lambda mask: any(mask & pair == pair for pair in apart),
        )

    def _begin(self, unit: int) -> tuple[float, str]:
        """What orders units the same whichever way their calls were entered."""
        first = min(members(unit), key=lambda i: (self.calls[i].time_s, self.calls[i].digest()))
        return self.calls[first].time_s, self.calls[first].digest()

    def together(self, mask: int) -> float:
        """Probability that the calls of ``mask`` are all of one craft."""
        return min(1.0, sum(p for block, p in self.blocks.items() if block & mask == mask))

    def decide(
        self, call: int, incidents: Mapping[int, int], closed: Collection[int] = ()
    ) -> Decision:
        """What becomes of one call, given the sets of calls that are incidents by number.

        Joined only where the probability is at least ``join_at`` with an open incident whose own
        calls hold together; new where it is at most ``apart_at`` with all of them; else doubtful.
        """
        bit = 1 << call
        matches = [
            self._match(call, number, mask & ~bit, number in closed)
            for number, mask in incidents.items()
            if mask & ~bit
        ]
        matches.sort(key=lambda m: (-m.probability, m.incident))
        if not matches:
            return Decision("new", -1, ())
        first = matches[0]
        sound = self.together(incidents[first.incident] & ~bit) >= NOT_ONE
        if first.probability >= self.assumed.join_at and sound and not first.closed:
            return Decision("joined", first.incident, tuple(matches))
        # Among many incidents each may be unlikely, and one of them all the same.
        alone = sum(p for block, p in self.blocks.items() if block & self._calls == bit)
        if first.probability <= self.assumed.apart_at and 1 - alone <= 2 * self.assumed.apart_at:
            return Decision("new", -1, tuple(matches))
        ask = questions(self.evidence, call, incidents[first.incident] & ~bit, first.probability)
        return Decision("doubtful", first.incident, tuple(matches), ask)

    def candidates(self, mask: int) -> list[Candidate]:
        """The tracks that the calls of ``mask`` may be about, and none of them; they sum to one."""
        at, seen = members(mask), self.evidence.seen
        p = self._shares(mask)
        found = [Candidate(-1, float(p[-1]), math.nan, math.nan, math.nan)]
        for j in range(len(seen.track)):
            distance, sigmas = self._off(at, j)
            found.append(Candidate(int(seen.track[j]), float(p[j]), distance, sigmas,
                                   float(seen.weight[j])))  # fmt: skip
        return sorted(found, key=lambda c: (-c.probability, c.track))

    def _shares(self, mask: int) -> Floats:
        """Probability of each track (J) and of none (last), whichever calls the craft has more."""
        total = np.zeros(len(self.evidence.seen.track) + 1)
        for block, probability in self.blocks.items():
            if block & mask == mask:
                calls, track = self.evidence.split(block)
                if track >= 0:
                    total[track] += probability
                else:
                    total += probability * self._uncontested(calls)
        # Calls that are of several craft are taken as one, since that is what is asked.
        return total / total.sum() if total.sum() > 1e-9 else _softmax(
            self.evidence.by_candidate(members(mask))
        )  # fmt: skip

    def _uncontested(self, calls: int) -> Floats:
        logs = self.evidence.by_candidate(members(calls)).copy()
        logs[self.evidence.contested] = -np.inf
        return _softmax(logs)

    def factors(self, one: int, other: int) -> dict[str, float]:
        """Likelihood ratios by part that two sets of calls are of one craft, not of two."""
        both, a, b = (self.evidence.parts(mask) for mask in (one | other, one, other))
        ratios = {name: both[name] - a[name] - b[name] for name in PARTS}
        ratios["place"] = both["place"] - self.evidence.apart(one, other)
        return {name: _exp(log) for name, log in ratios.items()}

    def _match(self, call: int, number: int, mask: int, closed: bool) -> Match:
        bit = 1 << call
        whole = self.together(mask)
        if whole >= NOT_ONE:
            probability = min(1.0, self.together(mask | bit) / whole)
        else:  # an incident that may be several craft: with any of its calls
            probability = max(self.together(1 << i | bit) for i in members(mask))
        time_s = self.calls[call].time_s
        distance, sigmas = self._from_incident(call, mask)
        last = max(self.calls[i].time_s for i in members(mask))
        return Match(number, probability, self.factors(mask, bit), distance, sigmas,
                     time_s - last, closed)  # fmt: skip

    def _from_incident(self, call: int, mask: int) -> tuple[float, float]:
        e = self.evidence
        there = e.predicted(members(mask), self.calls[call].time_s)
        if there is None or not math.isfinite(e.x_m[call]):
            return math.nan, math.nan
        (x, y), var = there
        distance = math.hypot(e.x_m[call] - x, e.y_m[call] - y)
        return distance, distance / math.sqrt(var + e.var_m2[call])

    def _off(self, at: Sequence[int], j: int) -> tuple[float, float]:
        """How far a track was from the last placed call that it was there for."""
        e = self.evidence
        for i in reversed(at):
            distance = math.hypot(e.x_m[i] - e.seen.x_m[i, j], e.y_m[i] - e.seen.y_m[i, j])
            if math.isfinite(distance):
                return distance, distance / math.sqrt(e.var_m2[i] + e.seen.var_m2[i, j])
        return math.nan, math.nan


def _units(n: int, links: Collection[Link]) -> list[int]:
    """What persons joined, as sets that are not divided."""
    units = [1 << i for i in range(n)]
    for a, b, same in links:
        if same and units[a] != units[b]:
            whole = units[a] | units[b]
            for i in members(whole):
                units[i] = whole
    return sorted(set(units))


def _softmax(logs: Floats) -> Floats:
    p = np.exp(logs - logs.max())
    out: Floats = p / p.sum()
    return out


def _exp(log: float) -> float:
    return math.exp(max(-200.0, min(200.0, log)))

"""Which question would tell two incidents apart best: the expected information, in bits.

For each question, how the answer would be distributed if the call is of the incident's craft and
if it is of another one (Lindley 1956: the mutual information of answer and cause).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coastwatch.incident import words
from coastwatch.incident.evidence import Evidence, aboard_of, members
from coastwatch.model import Floats

LEAST_BITS = 0.01
SHOWN_MOST = 3
# The same draws each time: a narrow answer within a wide one defeats quadrature of few nodes.
_DRAWS = np.random.default_rng(1).standard_normal((4000, 2))


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the caller, and the bits that the answer is expected to bring."""

    text: str
    bits: float


def questions(evidence: Evidence, call: int, mask: int, same: float) -> tuple[Question, ...]:
    """What would best tell whether ``call`` is of the craft of ``mask``, the best first.

    ``same`` is the probability now that it is.
    """
    found = [
        _position(evidence, call, mask, same),
        _aboard(evidence, call, mask, same),
        *(_word(evidence, call, mask, same, name) for name in words.ATTRIBUTES),
    ]
    useful = [q for q in found if q is not None and q.bits >= LEAST_BITS]
    return tuple(sorted(useful, key=lambda q: -q.bits)[:SHOWN_MOST])


def _word(e: Evidence, call: int, mask: int, same: float, name: str) -> Question | None:
    """Of one attribute; only where the other craft's is known and this caller has not said."""
    told = [e.calls[i].words[name] for i in members(mask) if name in e.calls[i].words]
    if not told or name in e.calls[call].words:
        return None
    attribute = words.ATTRIBUTES[name]
    bits = _bits(words.predicted(attribute, told), attribute.share, same)
    return Question(attribute.ask, bits)


def _aboard(e: Evidence, call: int, mask: int, same: float) -> Question | None:
    told, var = aboard_of([e.calls[i] for i in members(mask)], e.assumed)
    if not len(told) or e.calls[call].aboard_low > 0:
        return None
    prior = e.assumed.aboard_spread**2
    precision = 1 / prior + float((1 / var).sum())
    middle = math.log(e.assumed.aboard_median)
    mean = (middle / prior + float((told / var).sum())) / precision
    noise = e.assumed.aboard_miscount**2
    bits = information(
        same,
        (np.array([mean]), 1 / precision + noise),
        (np.array([middle]), prior + noise),
    )
    return Question("ask how many are aboard, and to count them", bits)


def _position(e: Evidence, call: int, mask: int, same: float) -> Question | None:
    """Of a new fix from the phone: where the incident's craft would be, against this call's own."""
    time_s = e.calls[call].time_s
    theirs = e.predicted(members(mask), time_s)
    if theirs is None:
        return None
    noise = e.assumed.fix_m**2
    mine = e.predicted([call], time_s)
    both = e.predicted([*members(mask), call], time_s)
    if mine is None:  # a caller who told no place may be anywhere in the area
        mine = (theirs[0], e.assumed.area_m2 / (2 * math.pi))
    if both is None:
        return None
    bits = information(same, (both[0], both[1] + noise), (mine[0], mine[1] + noise))
    return Question("ask for a new position, shared from the phone's map with its time", bits)


def information(
    same: float, if_same: tuple[Floats, float], if_apart: tuple[Floats, float]
) -> float:
    """Bits that an answer brings which is Gaussian (mean, variance an axis) under either cause."""
    if not 0 < same < 1:
        return 0.0
    prior = np.log([[same], [1 - same]])
    total = 0.0
    for cause, (mean, var) in enumerate((if_same, if_apart)):
        answers = mean + math.sqrt(var) * _DRAWS[:, : len(mean)]
        logs = np.array([_log(answers, *if_same), _log(answers, *if_apart)])
        gain = logs[cause] - np.logaddexp(*(prior + logs))
        total += math.exp(prior[cause, 0]) * float(gain.mean()) / math.log(2)
    return max(total, 0.0)


def _log(answers: Floats, mean: Floats, var: float) -> Floats:
    out: Floats = -((answers - mean) ** 2).sum(axis=1) / (2 * var) - len(mean) * math.log(var) / 2
    return out


def _bits(if_same: Mapping[str, float], if_apart: Mapping[str, float], same: float) -> float:
    total = 0.0
    for answer, p in if_same.items():
        q = if_apart[answer]
        mixed = same * p + (1 - same) * q
        total += same * p * math.log2(p / mixed) + (1 - same) * q * math.log2(q / mixed)
    return total

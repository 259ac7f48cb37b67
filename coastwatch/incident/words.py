"""What callers say of a craft, as few attributes with few values, and how often they err."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribute:
    """``share`` is how common each value is; ``wrong`` how often a report is as good as a guess."""

    share: Mapping[str, float]
    wrong: float
    ask: str


# Shares and error rates are assumptions of ours: nearly all boats of the strait are black or grey
# inflatables, a colour is told at night, and children are said to be aboard where there are none
# (MAIB on 14 December 2022) or not mentioned where there are.
ATTRIBUTES = {
    "kind": Attribute(
        {"inflatable": 0.85, "rigid": 0.05, "kayak": 0.02, "sail": 0.03, "fishing": 0.05}, 0.2,
        "ask what kind of boat it is: inflatable, rigid, sail or kayak",
    ),
    "colour": Attribute(
        {"black": 0.5, "grey": 0.25, "white": 0.1, "blue": 0.05, "green": 0.03, "red": 0.03,
         "orange": 0.04}, 0.3,
        "ask the colour of the tubes or hull",
    ),
    "children": Attribute({"yes": 0.6, "no": 0.4}, 0.5, "ask whether there are children aboard"),
    "women": Attribute({"yes": 0.6, "no": 0.4}, 0.4, "ask whether there are women aboard"),
}  # fmt: skip

# Words of free text (English, some French) that name a value.
SPOKEN = {
    ("kind", "inflatable"): "inflatable|dinghy|dinghies|rubber|rib|zodiac|pneumatique",
    ("kind", "rigid"): "rigid|wooden|speedboat|motorboat|coque",
    ("kind", "kayak"): "kayak|canoe|paddle",
    ("kind", "sail"): "sail|yacht|sailing|voilier",
    ("kind", "fishing"): "trawler|chalutier",
    ("colour", "black"): "black|noir|noire",
    ("colour", "grey"): "grey|gray|gris|grise",
    ("colour", "white"): "white|blanc|blanche",
    ("colour", "blue"): "blue|bleu|bleue",
    ("colour", "green"): "green|vert|verte",
    ("colour", "red"): "red|rouge",
    ("colour", "orange"): "orange",
    ("children", "no"): "no children|no child|no kids",
    ("children", "yes"): "children|child|kids|baby|babies|enfants?|bébés?",
    ("women", "no"): "no women|all men|men only",
    ("women", "yes"): "women|woman|pregnant|femmes?",
}
# A thing that is not the boat takes its colour with it: "red light", "orange lifejackets".
NOT_THE_BOAT = re.compile(
    r"\b(?:" + "|".join(SPOKEN[key] for key in SPOKEN if key[0] == "colour") + r")\s+"
    r"(?:lights?|flares?|life\W?jackets?|smoke|jackets?|clothes|feux|fus[ée]es?)\b"
)
STOPPED = re.compile(
    r"\b(?:engine|motor|moteur)\b(?:\s+(?:has|is|was|a|est|en))*\s+"
    r"(?:stopped|dead|broken|failed|out|off|not working|panne|arr[êe]t[ée]?)\b"
    r"|\b(?:drifting|no engine)\b"
)


def read(text: str) -> dict[str, str]:
    """The attributes that a text tells, by name; one told two ways is not told."""
    told = NOT_THE_BOAT.sub(" ", text.casefold())
    found: dict[str, set[str]] = {}
    for (name, value), spoken in SPOKEN.items():
        told, times = re.subn(rf"\b(?:{spoken})\b", " ", told)
        if times:
            found.setdefault(name, set()).add(value)
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def engine_of(text: str) -> str:
    """``stopped`` where a text says so, else empty: an engine that is not spoken of may run."""
    return "stopped" if STOPPED.search(text.casefold()) else ""


def log_evidence(attribute: Attribute, told: Iterable[str]) -> float:
    """Log probability of these values, all told of one craft."""
    values = list(told)
    if not values:
        return 0.0
    total = 0.0
    for truth, share in attribute.share.items():
        for value in values:
            share *= reported(attribute, value, truth)
        total += share
    return math.log(total)


def reported(attribute: Attribute, value: str, truth: str) -> float:
    """Probability that ``value`` is told of a craft that is ``truth``."""
    return (1 - attribute.wrong) * (value == truth) + attribute.wrong * attribute.share[value]


def predicted(attribute: Attribute, told: Iterable[str]) -> dict[str, float]:
    """Probability of each answer, were the question put to a craft of which ``told`` was told."""
    values = list(told)
    base = log_evidence(attribute, values)
    return {v: math.exp(log_evidence(attribute, [*values, v]) - base) for v in attribute.share}

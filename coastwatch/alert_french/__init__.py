"""The alerts in French, for the picture: their sentences, and their evidence's labels.

The log is English, and stays so. A French sentence is composed from what the stored alert holds;
where that is not enough (an older file, a rule of one's own) there is none, and the English
sentence is shown. A new rule needs one line in a table of this package, and a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coastwatch.alert_french import behaviour, identity, zones
from coastwatch.alert_french.evidence import LABELS, VALUES
from coastwatch.alert_french.told import NUMBER, Lacks, Told, plain
from coastwatch.alert_french.zones import Sentence

__all__ = ["LABELS", "SENTENCES", "VALUES", "french_sentence", "zone_names"]

SENTENCES: dict[str, Sentence] = behaviour.SENTENCES | zones.SENTENCES | identity.SENTENCES
ZONES_MOST = 2_000


def french_sentence(alert: Mapping[str, Any], zones: Mapping[str, str]) -> str | None:
    """What a line of ``alerts.jsonl`` says, in French; None where it does not hold enough for it.

    ``zones`` are names of zones by id. Its numbers are those of the English sentence, all of them
    and no other, so that the two cannot disagree. Nothing that an alert may hold makes this raise.
    """
    text, evidence = plain(alert.get("text")), alert.get("evidence")
    rule, zone = alert.get("rule"), alert.get("zone")
    sentence = SENTENCES.get(rule) if isinstance(rule, str) else None
    if sentence is None or not text or not isinstance(evidence, Mapping):
        return None
    zone = evidence.get("zone", zone)  # where it was raised in another one
    told = Told(text, evidence, alert.get("track"), alert.get("mmsi"), zones,
                zone if isinstance(zone, str) else "")  # fmt: skip
    try:
        said = told.say(sentence) if isinstance(sentence, str) else sentence(told)
    except Lacks:
        return None
    if _numbers(said) != _numbers(text):
        return None
    return said[:1].upper() + said[1:]


def zone_names(collection: Mapping[str, Any]) -> dict[str, str]:
    """The names of a GeoJSON collection's zones by their ids; of the first 2,000."""
    found: dict[str, str] = {}
    features = collection.get("features")
    for feature in features[:ZONES_MOST] if isinstance(features, list) else ():
        told = feature.get("properties") if isinstance(feature, Mapping) else None
        if isinstance(told, Mapping) and isinstance(told.get("id"), str):
            name = plain(told.get("name") or told["id"])
            if name:
                found[told["id"]] = name
    return found


def _numbers(text: str) -> list[str]:
    return sorted(number.replace(",", ".") for number in NUMBER.findall(text))

"""What is said of how ships and craft move, in French; and of sensors, and what is held back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from coastwatch.alert_french.told import Lacks, Told, listed
from coastwatch.alert_french.zones import Sentence
from coastwatch.rule_names import rule_name

SERVICES = {"a tug": "un remorqueur", "a pilot vessel": "une pilotine",
            "a port tender": "un bateau de servitude", "fishing": "un navire en pêche"}  # fmt: skip
KINDS = {"Radar ": "radar", "AIS station ": "station AIS", "Sensor ": "capteur"}
AT_ANCHOR = 1
PRIORITIES = {"emergency": ("urgence", "urgences"), "alarm": ("alarme", "alarmes"),
              "warning": ("avertissement", "avertissements"),
              "caution": ("mise en garde", "mises en garde")}  # fmt: skip


def _close_approach(told: Told) -> str:
    ship = told.who(r"\) and ", told.evidence.get("ship_track"), told.evidence.get("ship_mmsi"))
    return told.say(
        "{who} et {ship} : CPA {cpa_nm:nm2}, TCPA {tcpa_min:min} si chacun garde route et vitesse "
        "(probabilité {probability:p} de moins de {limit}) ; à présent à {distance_nm:nm} l’un de "
        "l’autre, l’embarcation à {speed_kn:kn} au {course_deg:course}, le navire à "
        "{ship_speed_kn:kn} au {ship_course_deg:course}, {place}.",
        ship=ship, limit=told.read(r"of less than (\d+(?:\.\d+)?) NM", "mille"),
    )  # fmt: skip


def _encounter(told: Told) -> str:
    other = told.evidence.get("other_track"), told.evidence.get("other_mmsi")
    said = told.say(
        "{who} et {other} restent à moins de {reach} l’un de l’autre depuis {minutes:min}, à "
        "{speed_kn:kn} et {other_speed_kn:kn}, {place}",
        other=told.who(r"\) and ", *other), reach=told.read(r"within (\d+) m of", "m"),
    )  # fmt: skip
    served = told.evidence.get("services")
    if told.agrees("; one is ", served is not None):
        if not isinstance(served, list) or not served:
            raise Lacks("services")
        said += told.say(" ; dont {them}", them=listed([_known(SERVICES, s) for s in served]))
    return said + "."


def _stopped(told: Told) -> str:
    anchored = told.agrees(" is at anchor, ", told.value("nav_status") == AT_ANCHOR)
    what = "se dit au mouillage" if anchored else "se trouve à l’arrêt"
    return told.say(
        "{who} {what} hors de toute zone de mouillage, à {speed_kn:kn} depuis {minutes:min}, "
        "{place}.",
        what=what,
    )


def _course_change(told: Told) -> str:
    return told.say(
        "{who} a viré de {turn_deg:deg} sur {side} en {within}, du {course_before_deg:course} au "
        "{course_deg:course}, à {speed_kn:kn}, {place}.",
        side="tribord" if told.has("° to starboard within ") else "bâbord",
        within=told.read(r"within (\d+) s", "s"),
    )


def _unusual_route(told: Told) -> str:
    return told.say(
        "{who} se trouve là où l’on n’a pas vu de {like} suivre une telle route, depuis "
        "{lasting_min:min1} : {motion} ; {passages_around:about} passages à moins de {near} en "
        "{learned_h:h}.",
        like="navires" if told.has(r"is where ships ") else "tels navires",
        near=told.read(r"within (\d+) km", "km"),
    )


def _uncorrelated(told: Told) -> str:
    length = told.evidence.get("length_m")
    size = ""
    if told.agrees(r"AIS, about \d+ m long,", length is not None):
        size = told.say(", long d’environ {length_m:m},")
    return told.say(
        "navire sans AIS{size} en route : piste {number}, {motion}, en position {position} ; vu "
        "au radar depuis {watched_min:min}.",
        size=size, number=told.read(r"under way: track (\d+)"),
    )  # fmt: skip


def _sensor_silent(told: Told) -> str:
    if told.agrees(r" scans missed\.", "scans_missed" in told.evidence):
        count, missed = told.read(r"(\d+) scans missed"), "balayages manqués"
    else:
        count, missed = told.read(r"about (\d+) reports missed"), "messages manqués environ"
    said = told.say(
        "{sensor} sans signal depuis {since} UTC : {count} {missed}. Ce que ce capteur seul voyait "
        "n’est plus surveillé",
        sensor=_sensor(told), since=_clock(told), count=count, missed=missed,
    )  # fmt: skip
    if alone := told.value("tracks_alone"):
        many = "pistes" if alone >= 2 else "piste"
        said += told.say(" : {tracks_alone:n} {many} à présent", many=many)
    return said + "."


def _sensor_blind(told: Told) -> str:
    whole = told.has("sees nothing in any direction")
    where = "dans aucune direction" if whole else told.say(
        "entre le {azimuth_from_deg:azimuth} et le {azimuth_to_deg:azimuth}"
    )  # fmt: skip
    said = told.say(
        "{sensor} ne voit rien {where} depuis {since} UTC, bien qu’en rotation : "
        "{plots_expected:about} plots attendus en {passes:n} balayages, aucun reçu",
        sensor=_sensor(told), where=where, since=_clock(told),
    )  # fmt: skip
    if lost := told.value("vessels_lost"):
        many = "navires perdus" if lost >= 2 else "navire perdu"
        said += told.say(", et {vessels_lost:n} {many} de vue", many=many)
    return said + ". Ce que ce radar seul y voyait n’est plus surveillé."


def _sensor(told: Told) -> str:
    """A sensor by its kind and its id, which is where the alert's zone stands."""
    for english, french in KINDS.items():
        name = told.zone_id
        if name and name.isprintable() and told.text.startswith(f"{english}{name} "):
            return f"{french} {name}"
    raise Lacks("sensor")


def _clock(told: Told) -> str:
    found = re.search(r"since (\d\d:\d\d:\d\d) UTC", told.text)
    if found is None:
        raise Lacks("since")
    return found[1]


def _held_back(told: Told) -> str:
    found = re.search(r"First: ([0-9a-f]+(?:, [0-9a-f]+)*)(?: \(tracks? ([\d, ]+)\))?\.", told.text)
    counts = told.evidence.get("by_priority")
    rule = told.evidence.get("rule")
    if found is None or not isinstance(counts, Mapping) or not isinstance(rule, str):
        raise Lacks("held")
    tracks = ""
    if found[2]:
        tracks = f" ({'pistes' if ',' in found[2] else 'piste'} {found[2]})"
    parts = [_counted(told, p) for p in PRIORITIES if p in counts]
    return told.say(
        "la règle « {rule} » est limitée à {per_hour:n} par heure ; alertes retenues, et au "
        "journal seulement, depuis {since} UTC : {held:n} ({parts}). Identifiants : {ids}{tracks}.",
        rule=rule_name(rule, "fr"), parts=listed(parts), since=_clock(told), ids=found[1],
        tracks=tracks,
    )  # fmt: skip


def _counted(told: Told, priority: str) -> str:
    count = told.number("n", "by_priority", priority)
    return f"{count} {PRIORITIES[priority][int(count) >= 2]}"


def _known(words: Mapping[str, str], key: Any) -> str:
    if not isinstance(key, str) or key not in words:
        raise Lacks(key)
    return words[key]


SENTENCES: dict[str, Sentence] = {
    "close-approach": _close_approach,
    "drifting": "{who} se déplace à {speed_kn:kn} au {course_deg:course}, cap au "
    "{heading_deg:course}, depuis {minutes:min}, {place} : peut-être en dérive.",
    "encounter-at-sea": _encounter,
    "erratic-movement": "{who} a viré fortement {turns:n} fois et changé de vitesse "
    "{speed_changes:n} fois en {minutes:min}, à {speed_kn:kn}, {place} : distance parcourue "
    "{sailed_nm:nm}, gagnée {made_good_nm:nm}.",
    "loitering": "{who} reste dans un rayon de {radius_nm:nm2} depuis {minutes:min}, à "
    "{speed_kn:kn}, {place} : distance parcourue {sailed_nm:nm}, gagnée {made_good_nm:nm}.",
    "stopped-outside-anchorage": _stopped,
    "sudden-course-change": _course_change,
    "sudden-speed-change": "{who} a ralenti de {before_kn:kn} à {speed_kn:kn} en {took_s:s} et "
    "en reste là depuis {held_s:s}, {place}.",
    "uncorrelated-target": _uncorrelated,
    "unusual-route": _unusual_route,
    "sensor-silent": _sensor_silent,
    "sensor-blind-sector": _sensor_blind,
    "held-back": _held_back,
}

"""What is said of identities, reports and beacons, in French."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coastwatch.alert_french.told import POINTS, Lacks, Told, listed, typeset
from coastwatch.alert_french.zones import Sentence

# In the evidence, in the English sentence, in the French one.
ASPECTS = (("name", "name", "nom"), ("callsign", "call sign", "indicatif"),
           ("imo", "IMO number", "numéro OMI"))  # fmt: skip
# By the first three digits of the MMSI (ITU-R M.585): device, and what its distress means.
BEACONS = {
    970: ("AIS-SART", "engin de sauvetage ou personne en détresse"),
    972: ("AIS-MOB", "personne à la mer"),
    974: ("RLS-AIS", "navire en détresse"),
}
# Of an impossible position, in the order of the English sentence; the form of its worst value.
WRONG = {
    "beyond range": ("position jusqu’à {worst} de la station qui l’a reçue", "km0"),
    "course": ("route annoncée écartée de la route suivie, jusqu’à {worst}", "deg"),
    "default position": ("position 0°N 0°E, celle d’un appareil sans point GNSS", ""),
    "inland": ("position à {worst} à l’intérieur des terres", "km"),
    "jump": ("sauts de position, jusqu’à {worst}", "nm"),
    "speed": ("vitesse annoncée écartée de la vitesse réelle, jusqu’à {worst}", "kn0"),
}
MISSING = {"name": "nom", "destination": "destination", "IMO number": "numéro OMI"}
NOTHING = ["AIS identity"]


def _ais_gap(told: Told) -> str:
    said = told.say(
        "{who}, en route à {speed_kn:kn}, n’est plus entendu sur l’AIS depuis {silent_min:min}, là "
        "où l’AIS se reçoit bien (environ {missed} messages manqués) ; dernière position "
        "{last}",
        missed=told.read(r"about (\d+) reports missed"), last=told.position("last at "),
    )  # fmt: skip
    if told.agrees("radar still sees it", told.evidence.get("radar_sees_it") is True):
        speed = told.read(r"radar still sees it, at (\d+\.\d) kn", "nœud")
        return told.say("{said} ; le radar le voit encore, à {speed}.", said=said, speed=speed)
    return said + (typeset(" ; aucun radar ne le voit.") if told.has("no radar sees it") else ".")


def _disagreement(told: Told) -> str:
    how = told.evidence.get("how")
    if how == "offset":
        return told.say(
            "{who} : le radar le voit à {offset_m:far_m} dans le {bearing_deg:course} de la "
            "position que donne son AIS."
        )
    if how == "pair":
        return told.say(
            "{who} : le radar ne voit rien à la position que donne son AIS, mais un navire sans "
            "AIS (piste {radar_track:n}) fait route parallèle à {offset_m:far_m} dans le "
            "{bearing_deg:course} de celle-ci."
        )
    if how == "unseen":
        return told.say(
            "{who} : aucun radar ne l’a vu depuis {minutes}, bien que long de {length_m:m} et à "
            "portée.",
            minutes=told.read(r"saw it for (\d+) min", "min"),
        )
    raise Lacks("how")


def _destination(told: Told) -> str:
    parts = []
    if told.agrees('destination from "', "destination_after" in told.evidence):
        parts.append(told.say(
            "sa destination, de « {old} » à « {new} »",
            old=told.quote("destination_before"), new=told.quote("destination_after"),
        ))  # fmt: skip
    if told.agrees(" its arrival from ", "eta_after" in told.evidence):
        old, new = (_eta(told.quote(key)) for key in ("eta_before", "eta_after"))
        parts.append(f"son heure d’arrivée (ETA), du {old} au {new} UTC")
    if not parts:
        raise Lacks("destination")
    return told.say(
        "{who}, en route à {speed_kn:kn}, a changé {what}.", what=" et ".join(parts)
    )  # fmt: skip


def _eta(told: str) -> str:
    """``11-27T05:30`` as ``27/11 05:30``."""
    found = re.fullmatch(r"(\d\d)-(\d\d)T(\d\d:\d\d)", told)
    return f"{found[2]}/{found[1]} {found[3]}" if found else told


def _beacon(told: Told) -> str:
    mmsi = told.value("mmsi")
    device, meaning = BEACONS.get(int(mmsi) // 1_000_000, ("", ""))
    where = "position inconnue"
    if told.agrees(", at ", told.evidence.get("position_known") is True):
        where = f"en position {told.position('at ')}"
    if told.agrees(' sends the status "AIS-SART active"', not device):
        return told.say(
            "{vessel} émet l’état « AIS-SART actif » alors que son MMSI n’est pas celui d’une "
            "balise, {where} ; sans doute une erreur de réglage, à vérifier auprès du bord.",
            where=where,
        )
    device += f" (MMSI {int(mmsi):09d})"
    if told.agrees("^TEST of ", told.evidence.get("test") is True):
        return told.say("ESSAI de balise : {device}, {where}. Elle se dit en essai.",
                        device=device, where=where)  # fmt: skip
    said = told.say("BALISE DE DÉTRESSE : {device} active, {where} : {meaning}",
                    device=device, where=where, meaning=meaning)  # fmt: skip
    if told.has("; it was under test before"):
        said += typeset(" ; elle était en essai auparavant")
    if moved := re.search(r"; it moved [\d.]+ (?:NM|m) ([NESW]{1,2})\b", told.text):
        said += told.say(" ; déplacée de {moved_nm:far} vers {whither}",
                         whither=POINTS.get(moved[1], ""))  # fmt: skip
    if told.has("; heard for "):
        minutes = told.read(r"; heard for (\d+) min now", "min")
        said += told.say(" ; reçue depuis {minutes}", minutes=minutes)
    return said + "."


def _identity(told: Told) -> str:
    if told.agrees(" speaks where ", "mmsi_after" in told.evidence):
        return told.say(
            "{new} émet là où {old} s’est tu, à la même vitesse et sur la même route, et reste "
            "seul entendu depuis {minutes} : changement de MMSI possible.",
            new=told.vessel("^", told.evidence.get("mmsi_after")),
            old=told.vessel("speaks where ", told.evidence.get("mmsi_before")),
            minutes=told.read(r"heard for (\d+) min", "min"),
        )
    changed = [
        told.say("{what} {old} devenu {new}", what=what, old=told.quote(f"{aspect}_before"),
                 new=told.quote(f"{aspect}_after"))
        for aspect, english, what in ASPECTS
        if told.agrees(rf"(?: its|,) {english} from ", f"{aspect}_after" in told.evidence)
    ]  # fmt: skip
    if not changed:
        raise Lacks("changed")
    return told.say("{vessel} a changé d’identité : {changed}.", changed=listed(changed))


def _impossible(told: Told) -> str:
    if "vessels" in told.evidence:
        return _interference(told)
    flags = told.evidence.get("flags")
    if not isinstance(flags, Mapping) or not flags or not set(flags) <= set(WRONG):
        raise Lacks("flags")
    parts = []
    for check in flags:
        template, form = WRONG[check]
        worst = told.number(form, "worst", check) if form else ""
        parts.append(told.say(template, worst=worst))
    return told.say(
        "{vessel} : {parts}, en {window_min:min} ; ne pas se fier à son AIS.", parts=listed(parts)
    )


def _interference(told: Told) -> str:
    if told.agrees("to one place, ", told.evidence.get("to_one_place") is True):
        where = f"vers un même lieu, {told.position('to one place, ')}"
    else:
        spread = r"(?:, within )(\d+(?:\.\d)?) "
        unit = "mille" if told.has(spread + "NM of") else "m"
        where = f"dans un rayon de {told.read(spread, unit)} autour de {told.position('of ')}"
    return told.say(
        "brouillage ou leurrage GNSS possible : les positions AIS de {vessels:n} navires ont sauté "
        "en {minutes}, {where} ; se fier au radar.",
        minutes=told.read(r"jumped within (\d+) min", "min"), where=where,
    )  # fmt: skip


def _not_reporting(told: Told) -> str:
    missing = told.evidence.get("missing")
    if not isinstance(missing, list) or not missing:
        raise Lacks("missing")
    if missing == NOTHING:
        lacks = told.say(
            " sans identité AIS ; le radar lui donne environ {length_seen_m:m} de long"
        )
    elif all(isinstance(one, str) and one in MISSING for one in missing):
        names = " ni ".join(MISSING[one] for one in missing)
        lacks = told.say(" ; données de voyage AIS sans {names}", names=names)
    else:
        raise Lacks("missing")
    ago = ""
    if told.has(r"\d min ago without"):
        ago = " il y a " + told.read(r"(\d+) min ago without", "min")
    return told.say("{who} a franchi « {at} »{ago}{lacks}.", at=told.zone(r"\) crossed "), ago=ago,
                    lacks=lacks)  # fmt: skip


def _shared(told: Told) -> str:
    return told.say(
        "{vessel} : ce MMSI est émis par deux navires à la fois, distants de {apart_nm:far} : en "
        "{first} et en {second}.",
        first=told.position("apart: at "),
        second=told.position(" and at "),
    )


SENTENCES: dict[str, Sentence] = {
    "ais-gap": _ais_gap,
    "ais-radar-disagreement": _disagreement,
    "destination-change": _destination,
    "distress-beacon": _beacon,
    "identity-change": _identity,
    "impossible-position": _impossible,
    "not-reporting": _not_reporting,
    "shared-mmsi": _shared,
}

"""What is said of zones, lanes, lines, the shore and small craft, in French."""

from __future__ import annotations

from collections.abc import Callable

from coastwatch.alert_french.told import Lacks, Told

Sentence = str | Callable[[Told], str]
SIDES = {
    "crossing-left-to-right": "de gauche à droite",
    "crossing-right-to-left": "de droite à gauche",
}
BOUND = {
    "northbound": "vers le nord", "north-eastbound": "vers le nord-est", "eastbound": "vers l’est",
    "south-eastbound": "vers le sud-est", "southbound": "vers le sud",
    "south-westbound": "vers le sud-ouest", "westbound": "vers l’ouest",
    "north-westbound": "vers le nord-ouest",
}  # fmt: skip
REASONS = {
    "within port limits": "dans les limites d’un port",
    "among moorings": "dans une zone de corps-morts",
    "in a wind farm": "dans un parc éolien",
    "on a known fishing ground": "sur un lieu de pêche connu",
    "at a known fixed object": "près d’un objet fixe connu",
    "among moored craft": "parmi des embarcations amarrées",
}


def _heading_for_area(told: Told) -> str:
    verb = "franchira la ligne" if told.has(r"\) crosses ") else "entrera dans la zone"
    return told.say(
        "{who} {verb} « {at} » dans {eta_min:min1}, à {distance_nm:far} d’ici, en gardant sa "
        "route : {motion}.",
        verb=verb, at=told.zone(r"\) (?:crosses|enters) "),
    )  # fmt: skip


def _line_crossing(told: Told) -> str:
    return told.say(
        "{who} a franchi la ligne « {at} » {bound}, {side} (vu dans le sens de la ligne), à "
        "{motion}.",
        at=told.zone("has crossed "), bound=told.word("bound", BOUND),
        side=told.word("what", SIDES),
    )  # fmt: skip


def _zone_speed(told: Told) -> str:
    if told.agrees(" is faster than ", "speed_max_kn" in told.evidence):
        what = "dépasse la vitesse maximale de {speed_max_kn:kn}"
    else:
        what = "fait route en dessous de la vitesse minimale de {speed_min_kn:kn}"
    return told.say("{who} " + what + " de la zone « {zone} » : {motion}.")


def _tss_crossing(told: Told) -> str:
    by_heading = told.evidence.get("by_heading")
    if type(by_heading) is not bool:
        raise Lacks("by_heading")
    said = told.say(
        "{who} traverse « {zone} » selon {line} à {angle_deg:deg} du sens du trafic, et non à "
        "angle droit : {motion}",
        line="un cap" if by_heading else "une route",
    )
    return said + (", cap " + told.read(r"heading (\d{3})°", "°") if by_heading else "") + "."


def _small_craft(told: Told) -> str:
    """The place that it is in or will be in, then the lane, as the English sentence has them."""
    said = told.say(
        "embarcation peut-être vulnérable, levée de doute : petite embarcation sans AIS "
        "(piste {number}), {motion}, {where}",
        number=told.read(r"small craft without AIS \(track (\d+)\)"),
        where=_where(told, "°, ", "eta_s"),
    )
    if told.has("; (?:in|enters|crosses) "):
        said += told.say(" ; {lane}", lane=_where(told, "; ", "lane_eta_s"))
    return said + "."


def _where(told: Told, before: str, key: str) -> str:
    if told.value(key) == 0:
        return told.say("dans la zone « {at} »", at=told.zone(before + "in "))
    line = told.has(before + "crosses ")
    return told.say(
        "{verb} « {at} » dans {eta} sur cette route",
        verb="franchira la ligne" if line else "entrera dans la zone",
        at=told.zone(before + "(?:crosses|enters) "), eta=told.number("s_min", key),
    )  # fmt: skip


def _withheld(told: Told) -> str:
    many = told.value("craft") >= 2
    where = told.say(" dans la zone « {zone} »") if told.zone_id else ""
    return told.say(
        "{craft:n} {small} sans AIS{where} au cours des {minutes:min} écoulées, sans alerte "
        "individuelle : {reason}.",
        small="petites embarcations" if many else "petite embarcation", where=where,
        reason=told.word("reason", REASONS),
    )  # fmt: skip


SENTENCES: dict[str, Sentence] = {
    "approach-to-shore": "{who} fait route vers la côte : à terre dans {eta_min:min1}, à "
    "{way_nm:far} d’ici, en gardant sa route ; {motion}.",
    "distance-to-area": "{who} se trouve à moins de {band_nm:nmg} de la zone « {zone} » : à "
    "{distance_nm:far}, {motion}.",
    "distance-to-shore": "{who} se trouve à moins de {limit_nm:nmg} de la côte : à "
    "{shore_nm:far}, {motion}.",
    "heading-for-area": _heading_for_area,
    "high-speed-near-coast": "{who} va vite près de la côte : {motion}, à {shore_nm:far} de la "
    "côte.",
    "line-crossing": _line_crossing,
    "small-craft-withheld": _withheld,
    "small-unregistered-craft": _small_craft,
    "tss-crossing": _tss_crossing,
    "tss-wrong-way": "{who} navigue à contresens dans « {zone} » depuis {lasting_s:s_min} : "
    "{motion}, où le trafic va au {flow_deg:course}.",
    "zone-dwell": "{who} se trouve dans la zone « {zone} » depuis {dwell_min:min1}, au-delà des "
    "{limit_min:min1} admises ; actuellement {motion}.",
    "zone-entry": "{who} a pénétré dans la zone « {zone} » à {motion}.",
    "zone-exit": "{who} a quitté la zone « {zone} » à {motion}.",
    "zone-speed": _zone_speed,
}

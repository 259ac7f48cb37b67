"""The rules' names as people say them, for every face: the picture and the report."""

from __future__ import annotations

# The rule of the mission: what it names is shown as a small craft without AIS everywhere.
SMALL_RULE = "small-unregistered-craft"
# So is a track never named by AIS whose ``p_small`` and ``p_unregistered`` are both this likely,
# unless it is likelier than not a thing that stands, such as a buoy.
LIKELY, STANDING = 0.8, 0.5
RULE_NAMES: dict[str, tuple[str, str]] = {  # English, French
    "ais-gap": ("AIS gap", "Silence AIS"),
    "ais-radar-disagreement": ("AIS and radar disagree", "Désaccord AIS et radar"),
    "approach-to-shore": ("Approach to the shore", "Approche de la côte"),
    "close-approach": ("Close approach", "Rapprochement dangereux"),
    "destination-change": ("Destination changed", "Changement de destination"),
    "distance-to-area": ("Distance to an area", "Distance à une zone"),
    "distance-to-shore": ("Distance to the shore", "Distance à la côte"),
    "distress-beacon": ("Distress beacon", "Balise de détresse"),
    "drifting": ("Drifting", "À la dérive"),
    "encounter-at-sea": ("Encounter at sea", "Rencontre en mer"),
    "erratic-movement": ("Erratic movement", "Mouvement erratique"),
    "held-back": ("Alerts held back", "Alertes retenues"),
    "heading-for-area": ("Heading for an area", "Route vers une zone"),
    "high-speed-near-coast": ("High speed near the coast", "Grande vitesse près de la côte"),
    "identity-change": ("Identity changed", "Changement d’identité"),
    "impossible-position": ("Impossible position", "Position impossible"),
    "line-crossing": ("Line crossed", "Ligne franchie"),
    "loitering": ("Loitering", "Stationnement prolongé"),
    "not-reporting": ("Not reporting", "Absence de compte rendu"),
    "sensor-blind-sector": ("Radar blind in a sector", "Radar aveugle dans un secteur"),
    "sensor-silent": ("Sensor silent", "Capteur muet"),
    "shared-mmsi": ("MMSI shared", "MMSI partagé"),
    "small-craft-withheld": ("Small craft, withheld", "Petites embarcations, sans alerte"),
    "small-unregistered-craft": ("Small unregistered craft", "Petite embarcation non immatriculée"),
    "stopped-outside-anchorage": ("Stopped outside an anchorage", "Arrêt hors mouillage"),
    "sudden-course-change": ("Sudden change of course", "Changement brusque de route"),
    "sudden-speed-change": ("Sudden change of speed", "Changement brusque de vitesse"),
    "tss-crossing": ("Lane crossed at an angle", "Traversée oblique d’une voie"),
    "tss-wrong-way": ("Wrong way in a lane", "Contresens dans une voie"),
    "uncorrelated-target": ("Uncorrelated target", "Cible non corrélée"),
    "unusual-route": ("Unusual route", "Route inhabituelle"),
    "zone-dwell": ("Long stay in a zone", "Séjour prolongé dans une zone"),
    "zone-entry": ("Zone entered", "Entrée dans une zone"),
    "zone-exit": ("Zone left", "Sortie d’une zone"),
    "zone-speed": ("Speed in a zone", "Vitesse dans une zone"),
}


def rule_name(rule: str, lang: str) -> str:
    """The name in "en" or "fr"; of a rule that is not here, its own."""
    return RULE_NAMES[rule][lang == "fr"] if rule in RULE_NAMES else rule

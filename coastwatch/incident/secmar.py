"""The words of SECMAR, the French open data of sea rescue, each with its English.

Values are those of the tables of codes of SECMAR and SEAMIS (documentation of the data set, CROSS,
data.gouv.fr); they are kept as SECMAR writes them and may be told in either language.
"""

from __future__ import annotations

from collections.abc import Mapping

from coastwatch.model import ConfigError

# operations.type_operation, in the order of priority of the data set.
OPERATIONS = {
    "SAR": "search and rescue of human life|recherche et sauvetage de la vie humaine",
    "MAS": "assistance to vessels|assistance aux navires",
    "SUR": "security of vessels|sûreté des navires",
    "POL": "pollution|recherche de pollutions",
    "DIV": "other|autres cas",
}
# operations.evenement.
EVENTS = {
    "Abordage": "collision between vessels",
    "Accident aéronautique": "aircraft accident",
    "Accident corporel": "bodily accident",
    "Acte de piraterie / terrorisme": "piracy or terrorism",
    "Autre accident": "other accident",
    "Autre événement": "other event",
    "Avarie de gréement": "rigging failure",
    "Avarie de l'appareil à gouverner": "steering failure",
    "Avarie des systèmes de communication": "communication failure",
    "Avarie du système de propulsion": "engine failure",
    "Avarie électrique": "electrical failure",
    "Baignade": "bathing",
    "Blessé EvaMed": "injured, medical evacuation by a medical team",
    "Blessé EvaSan": "injured, evacuated",
    "Chasse sous-marine": "spear fishing",
    "Chavirement": "capsizing",
    "Chute falaise / Emporté par une lame": "fall or swept by a wave",
    "Collision": "collision",
    "Difficulté de manoeuvre": "difficulty in handling",
    "Disparu en mer": "missing at sea",
    "Découverte d'explosif": "explosive found",
    "Découverte de corps": "body found",
    "Démâtage": "dismasting",
    "Désarrimage cargaison": "cargo adrift",
    "Échouement": "grounding",
    "Encalminage": "becalmed",
    "Explosion": "explosion",
    "Heurt": "striking",
    "Homme à la mer": "man overboard",
    "Immigration clandestine": "irregular migration",
    "Immobilisé dans engins / hélice engagée": "fouled propeller",
    "Incendie": "fire",
    "Incertitude": "uncertainty",
    "Incertitude sur la position": "uncertain position",
    "Inexpérience": "inexperience",
    "Isolement par la marée / Envasé": "cut off by the tide",
    "Loisir nautique": "water sports",
    "Malade EvaMed": "ill, medical evacuation by a medical team",
    "Malade EvaSan": "ill, evacuated",
    "Mouillage immobilisé": "anchor fouled",
    "Naufrage": "sinking",
    "Panne de carburant": "out of fuel",
    "Perte de pontée": "deck cargo lost",
    "Perte de stabilité / Ripage de cargaison": "loss of stability",
    "Plongée avec bouteille": "scuba diving",
    "Plongée en apnée": "free diving",
    "Problème médical": "medical problem",
    "Rupture de mouillage": "anchor parted",
    "Sans avarie en dérive": "adrift without damage",
    "Sans avarie inexpérience": "inexperience, no damage",
    "Situation indéterminée": "undetermined",
    "Suicide": "suicide",
    "Talonnage": "touched bottom",
    "Toutes fausses alertes": "false alert",
    "Transport sanitaire île-continent": "medical transport from an island",
    "Trouble à l'ordre public": "public disorder",
    "Voie d'eau": "leak",
}
# flotteurs.type_flotteur.
CRAFT = {
    "Administration / Armée": "government or navy",
    "Aéronef de tourisme": "private aircraft",
    "Annexe": "tender",
    "Autre aéronef": "other aircraft",
    "Autre loisir nautique": "other water sport",
    "Canoë / Kayak / Aviron": "canoe, kayak, rowing",
    "Commerce": "merchant vessel",
    "Conchylicole / Aquacole": "aquaculture vessel",
    "Engin de plage": "beach toy",
    "Engin radeau de survie": "life raft",
    "Fluvial / Péniche": "river vessel",
    "Hélicoptère": "helicopter",
    "Kitesurf": "kite surf",
    "Navire à passagers": "passenger vessel",
    "Navire de charge ou de servitude": "cargo or service vessel",
    "Pêche": "fishing vessel",
    "Plaisance à moteur": "motor pleasure craft",
    "Plaisance à moteur < 8m": "motor pleasure craft under 8 m",
    "Plaisance à moteur > 8m": "motor pleasure craft over 8 m",
    "Plaisance à voile": "sailing pleasure craft",
    "Plaisance voile légère": "dinghy under sail",
    "Planche à voile": "windsurf",
    "Stand up paddle": "paddle board",
    "Surf": "surf",
    "ULM": "microlight",
    "Véhicule nautique à moteur": "jet ski",
}
# flotteurs.resultat_flotteur.
CRAFT_RESULTS = {
    "Assisté": "assisted",
    "Difficulté surmontée seul": "overcame it alone",
    "Difficulté surmontée, reprise de route": "overcame it, went on",
    "Déséchoué": "refloated",
    "Échoué": "aground",
    "Immobilisé dans engin": "held in gear",
    "Inconnu": "unknown",
    "Non assisté, cas de fausse alerte": "not assisted, false alert",
    "Perdu / Coulé": "lost",
    "Remorqué": "towed",
    "Renfloué": "raised",
    "Retrouvé après recherche": "found after a search",
    "Volé": "stolen",
}
# resultats_humain.resultat_humain, in the order in which a report has them. "Personne blessée" is
# left out: it is counted besides the others, not instead of them.
PERSONS = {
    "Personne secourue": "rescued",
    "Personne assistée": "assisted",
    "Personne retrouvée": "found",
    "Personne tirée d'affaire seule": "unaided",
    "Personne indemne": "unhurt",
    "Personne malade": "ill",
    "Personne disparue": "missing",
    "Personne décédée": "dead",
    "Personne décédée accidentellement": "dead by accident",
    "Personne décédée naturellement": "dead by natural causes",
    "Personne impliquée dans fausse alerte": "false alert",
    "Inconnu": "unknown",
}


def term(table: Mapping[str, str], told: str, option: str) -> str:
    """SECMAR's word for one told in French or English, whatever its case.

    Raises ConfigError, naming the option and the words that begin alike.
    """
    asked = told.strip().casefold()
    for french, english in table.items():
        if asked in (french.casefold(), *english.casefold().split("|")):
            return french
    near = [e for f, e in table.items() if asked[:3] in f.casefold() or asked[:3] in e.casefold()]
    some = ", ".join((near if asked else [])[:6] or list(table.values())[:6])
    raise ConfigError(f"{option} {told!r}: not a word of SECMAR; it has: {some} ...")


def word(table: Mapping[str, str], value: str, lang: str) -> str:
    """A value in a language; as it stands where the table has it not."""
    told = table.get(value, value)
    english, _, french = told.partition("|")
    return english if lang == "en" else french or value

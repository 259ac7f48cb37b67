"""Why frames were refused (docs/decoding.md), as a French reader says it."""

from __future__ import annotations

import re

FRENCH = {
    "checksum": "somme de contrôle",
    "no checksum": "sans somme de contrôle",
    "no sentence": "pas une phrase NMEA",
    "tag block checksum": "somme de contrôle du bloc d’étiquettes",
    "tag block damaged": "bloc d’étiquettes abîmé",
    "AIS fields": "champs AIS",
    "AIS payload empty": "contenu AIS vide",
    "AIS payload characters": "caractères du contenu AIS",
    "AIS payload too short": "contenu AIS trop court",
    "AIS payload too long": "contenu AIS trop long",
    "AIS message type unknown": "type de message AIS inconnu",
    "AIS type 24 with unknown part": "type AIS 24, partie inconnue",
    "AIS fragments ambiguous": "fragments AIS ambigus",
    "line longer than 1024 bytes": "ligne de plus de 1024 octets",
    "unfinished, from a peer forgotten among too many": "inachevé, d’un émetteur oublié",
    "block length outside its datagram": "longueur de bloc hors du datagramme",
    "unfinished block at the end of the stream": "bloc inachevé en fin de flux",
    "bytes that are no ASTERIX block": "octets qui ne sont pas un bloc ASTERIX",
    "bearing neither true nor relative": "relèvement ni vrai ni relatif",
    "relative bearing without heading": "gisement sans cap",
    "no Navico spokes": "pas de rayons Navico",
    "damaged spoke": "rayon abîmé",
    "spokes of no geometry": "rayons sans géométrie",
    "spoke without cells": "rayon sans cellules",
    "spokes of uneven columns": "rayons de colonnes inégales",
    "spoke without azimuth": "rayon sans azimut",
    "spoke too late": "rayon trop tardif",
    "spoke repeated": "rayon répété",
    "no usable header": "en-tête inutilisable",
    "row cannot be read": "ligne illisible",
    "wrong number of fields": "nombre de champs faux",
    "unknown sensor": "capteur inconnu",
    "bad time": "heure fausse",
    "bad mmsi": "MMSI faux",
}
PATTERNS = (
    (r"AIS type (\d+) truncated", "message AIS de type {} tronqué"),
    (r"([A-Z]{3}) fields", "champs {}"),
    (r"bytes that are no (\w+) frame", "octets qui ne sont pas une trame {}"),
    (r"unfinished (\w+) frame at the end of the stream", "trame {} inachevée en fin de flux"),
    (r"(\w+) frame that its blocks do not fill", "trame {} que ses blocs ne remplissent pas"),
    (r"(CAT \d{3})(?: item ([\w/]+))? runs past the end of its block",
     "{} {} : dépasse la fin de son bloc"),
    (r"(CAT \d{3}): no edition fits", "{} : aucune édition ne convient"),
)  # fmt: skip


def reason(told: str, lang: str) -> str:
    """A reason in a language; one that nobody foresaw stays as the decoder told it."""
    if lang != "fr" or told in FRENCH:
        return FRENCH[told] if lang == "fr" else told
    for pattern, said in PATTERNS:
        found = re.fullmatch(pattern, told, re.ASCII)
        if found:
            return " ".join(said.format(*(part or "" for part in found.groups())).split())
    return told

"""The report in French. Values in braces are escaped where they are put in."""

FRENCH = {
    "title": "Rapport cartographique hebdomadaire",
    "title_span": "Rapport cartographique",
    "provisional": "provisoire",
    "public_edition": "édition publique",
    "week": "Semaine {number} de {year}",
    "as_of": "Données arrêtées au {time}, édition {mark}",
    "no_time": "néant : aucun enregistrement",
    "m_as_of": "Données arrêtées au",
    "m_as_of_text": "{as_of} : dernière entrée des enregistrements, qu’elle soit une position, une "
    "suite donnée à une alerte ou à un incident. Le repère {mark} est tiré de tout ce que ce "
    "rapport montre : deux exemplaires qui diffèrent en quoi que ce soit, langue comprise, "
    "n’ont pas le même.",
    "span": "Jours",
    "span_times": "Période",
    "figures": "Chiffres clés",
    "unheard": "Rien n’a été veillé pendant ce temps : une carte vide n’est pas une mer vide.",
    "watched": "La mer a été veillée {hours} [hours?heure|heures] sur {of} ({share}).",
    "not_watched": "Sans veille : {gaps}. Ce qui s’y est passé n’entre dans aucun chiffre.",
    "nothing": "Rien à signaler.",
    "small": "[n?petite embarcation possible|petites embarcations possibles] sans AIS",
    "no_alert_log": "Il n’y a pas de journal des alertes : on n’en sait rien ici.",
    "no_crossing_log": "Il n’y a pas de journal des franchissements : on n’en sait rien ici.",
    "no_log_note": "sans journal",
    "lost": "Les positions de {days} sont perdues : ce qui était alors en mer n’est sur "
    "aucune carte et dans aucun nombre de pistes.",
    "without": "sans {days}, positions perdues",
    "without_short": "sans {days}",
    "lost_cell": "positions perdues",
    "small_short": "Petites embarc.",
    "ais": "[n?piste|pistes] avec AIS",
    "radar": "[n?piste|pistes] au radar seul",
    "ais_note": "un navire perdu puis retrouvé compte deux fois",
    "radar_note": "sans AIS reçu, non classées petites",
    "small_note": "probablement {low} à {high} en mer pendant la veille",
    "withheld_note": "trop peu pour être montré",
    "alerts_tile": "[n?Alerte|Alertes]",
    "alerts_note": "dont {small} pour [small?une petite embarcation|de petites embarcations]",
    "operations_tile": "[n?Opération|Opérations]",
    "operations_note": "{people} [people?personne|personnes], bilan plus loin",
    "alerts_differ": "une embarcation peut en avoir plusieurs, ou aucune",
    "days": "Jour par jour",
    "day": "Jour",
    "days_caption": "Pistes de petites embarcations possibles au jour de leur début, alertes au "
    "jour de leur déclenchement. Hachuré : sans veille, rien ne peut en être dit.",
    "days_alt": "Petites embarcations, alertes et météo par jour. Maximum : {day}, {n}.",
    "days_alt_none": "Petites embarcations, alertes et météo par jour. Aucune petite embarcation.",
    "days_alt_few": "Petites embarcations, alertes et météo par jour. Le tableau dit le reste.",
    "table_behind": "Les nombres derrière la figure",
    "hours_watched": "Heures de veille",
    "waves": "Vagues",
    "wind": "Vent",
    "sea_state": "État de la mer",
    "visibility": "Visibilité",
    "no_data": "sans donnée",
    "not_watched_cell": "sans veille",
    "compared_span": "Par rapport à d’autres périodes",
    "compared": "Par rapport à d’autres semaines",
    "compared_note": "Nombres, puis les mêmes par heure de veille. « Sans donnée » : aucune "
    "veille alors, ce qui n’est pas zéro.",
    "what": "Nature",
    "this_span": "Cette période",
    "span_before": "Avant",
    "span_year": "Un an avant",
    "alerts_row": "alertes",
    "crossings_row": "franchissements de zones",
    "operations_row": "opérations",
    "map_span": "Ces jours sur la carte",
    "map": "La semaine sur la carte",
    "map_alt": "Carte de {site} : côte, zones, trajectoires de {n} [n?piste|pistes] et alertes.",
    "map_alt_public": "Carte de {site} : côte, zones et densité de tout le trafic.",
    "map_caption": "Trajectoires de {shown} [shown?piste|pistes] sur {of} ; le trait s’épaissit "
    "vers la fin. Trait de côte : GSHHG (LGPL). Ne pas utiliser pour la navigation.",
    "map_caption_public": "Hexagones d’un mille où cinq pistes ou plus sont passées en un jour ; "
    "plus sombre : plus de temps. Trait de côte : GSHHG (LGPL). Ne pas utiliser pour la "
    "navigation.",
    "public_map_note": "L’édition publique ne montre ni trajectoires ni lieux d’alertes isolées.",
    "mark_small": "alerte : petite embarcation",
    "mark_other": "autre alerte (plus grand : plus grave)",
    "zone_lane": "voie de circulation",
    "zone_separation": "zone de séparation",
    "zone_inshore": "zone côtière",
    "unseen": "hors de portée des capteurs",
    "unseen_small": "sans radar : petites embarc. non vues",
    "no_alarms": "Aucune alarme ni alarme d’urgence n’a été déclenchée.",
    "alarms_caption": "Les alertes les plus graves, {shown} sur {of}",
    "time": "Heure (UTC)",
    "priority": "Priorité",
    "priority_caption": "Alertes par priorité",
    "rule": "Règle",
    "place": "Zone",
    "about": "Objet",
    "track_n": "piste {n}",
    "emergency": "alarme d’urgence",
    "alarm": "alarme",
    "warning": "avertissement",
    "caution": "mise en garde",
    "density": "Densité du trafic",
    "density_all": "Tout le trafic",
    "density_small": "Petites embarcations sans AIS",
    "density_alt": "Deux cartes d’heures-navire par hexagone : tout le trafic {all} "
    "[all?heure|heures], petites embarcations {small} [small?heure|heures].",
    "density_caption": "Heures-navire par hexagone d’un mille, échelle logarithmique propre à "
    "chaque carte (cividis ; plus sombre : plus de temps). Mer blanche : veillée, aucune piste. "
    "Hachuré : hors de portée des capteurs ; à droite, des radars.",
    "density_caption_public": "Heures-navire par hexagone d’un mille, échelle logarithmique propre "
    "à chaque carte (cividis ; plus sombre : plus de temps), là où cinq pistes ou plus sont "
    "passées un même jour. Mer blanche : moins, ou aucune. Hachuré : hors de portée des capteurs ; "
    "à droite, des radars.",
    "density_shown": "{hours} h montrées",
    "density_none_shown": "rien de montré",
    "density_shown_in": "Dans les hexagones montrés",
    "vessel_hours": "heures-navire",
    "density_hours": "Par heures pleines : la première et la dernière comptent en entier, "
    "même hors de la période.",
    "hexagon": "Hexagone",
    "total": "Total",
    "panels_day": "Jour par jour : tout le trafic et les petites embarcations, une échelle par "
    "rangée. Hachuré : sans veille.",
    "panels_weekday": "Selon le jour de la semaine : tout le trafic et les petites embarcations, "
    "une échelle par rangée. Hachuré : sans veille.",
    "panels_hour": "Selon l’heure du jour (UTC), tous jours confondus.",
    "panels_day_alt": "Heures-navire par jour",
    "panels_hour_alt": "Heures-navire par heure du jour",
    "panels_public": "Par jour et par heure, un hexagone désignerait des cas isolés : l’édition "
    "publique n’en montre pas.",
    "hour": "Heure (UTC)",
    "crossings": "Franchissements de zones",
    "crossings_lead": "{n} [n?entrée, sortie ou franchissement de ligne|entrées, sorties et "
    "franchissements de lignes, chacun compté une fois].",
    "crossings_hours": "Franchissements selon l’heure du jour (UTC)",
    "crossings_alt": "Barres : franchissements de zones par heure du jour.",
    "crossings_caption": "Par zone et sens ; la bande va de 00 à 24 h UTC, plus sombre : plus "
    "nombreux.",
    "zone": "Zone",
    "direction": "Sens",
    "number": "Nombre",
    "share": "Part",
    "by_hour_of_day": "00–24 h",
    "strip_alt": "{zone} : maximum à {hour} h, {n}",
    "entry": "entrée",
    "exit": "sortie",
    "crossing-left-to-right": "de gauche à droite",
    "crossing-right-to-left": "de droite à gauche",
    "alerts": "Les alertes et leur suite",
    "alerts_count": "{n} [n?alerte|alertes].",
    "alerts_lead": "Acquittement demandé : {asked} ; donné : {seen}.",
    "ack_lead": "La moitié ont été acquittées en moins de {median}, neuf sur dix en moins de "
    "{most}.",
    "ends_caption": "Alertes par règle et par issue, selon le journal arrêté au {as_of}",
    "ends_alt": "Barres : alertes par règle, réparties selon leur issue. Les nombres sont dans le "
    "tableau.",
    "end_rectified": "terminées d’elles-mêmes, vues",
    "end_unseen": "terminées, jamais acquittées",
    "end_person": "closes par un opérateur, avec motif",
    "end_machine": "closes par le système",
    "end_open": "encore ouvertes",
    "end_rectified_short": "terminées",
    "end_unseen_short": "non vues",
    "end_person_short": "par opérateur",
    "end_machine_short": "par système",
    "end_open_short": "ouvertes",
    "detected": "Détection, médiane",
    "ninety": "90 %",
    "acknowledged": "Acquittées, médiane",
    "not_asked": "non demandé",
    "not_told": "non renseigné",
    "alerts_caption": "Détection : délai entre la première vue de l’embarcation, ou le début du "
    "silence, et l’alerte ; les autres règles ne le renseignent pas. Médiane et 90 % des délais. "
    "Non vues : terminées sans avoir été acquittées.",
    "how_closed": "Issue",
    "how_closed_caption": "Alertes par issue",
    "day_caption": "Alertes par jour",
    "held_back": "{n} [n?autre alerte a été retenue|autres alertes ont été retenues], au-delà de "
    "ce que [n?sa|leur] règle peut déclencher en une heure : au journal, mais dans aucun chiffre "
    "ici.",
    "reasons": "Motifs donnés par les opérateurs :",
    "withheld_whole": "Trop peu pour être montrées sans désigner de cas isolés.",
    "rescues": "Incidents et sauvetages",
    "rescues_lead": "{n} [n?opération|opérations], {people} [people?personne|personnes].",
    "no_incident_log": "Aucun journal d’incidents n’a été tenu : on n’en sait rien ici.",
    "no_outcome": "bilan non encore saisi",
    "no_persons": "Aucun bilan humain n’a été saisi.",
    "persons": "Personnes",
    "persons_alt": "Barres : {n} [n?personne|personnes] par bilan.",
    "persons_caption": "Bilan humain selon la nomenclature SECMAR, d’après la dernière saisie",
    "outcome": "Bilan",
    "operation": "Opération",
    "event": "Événement",
    "craft": "Flotteur et bilan",
    "craft_outcome": "Bilan des flotteurs",
    "means": "Moyens",
    "incident": "Incident",
    "each_caption": "Opérations, à l’heure du premier appel : {shown} sur {of}",
    "watch": "Couverture de la veille",
    "watch_lead": "Une carte vide n’est pas une mer vide : voici quand chaque capteur a été reçu.",
    "any_sensor": "Au moins un capteur",
    "uptime_caption": "Heures où chaque capteur a été reçu ; la première ligne : l’un d’eux au "
    "moins.",
    "uptime_alt": "Bandes d’heures par capteur : {hours} [hours?heure|heures] de veille sur {of}.",
    "key_heard": "reçu",
    "key_part": "partie de l’heure",
    "key_unknown": "inconnu",
    "sensor": "Capteur",
    "kind": "Type",
    "kind_radar": "radar",
    "kind_ais": "AIS",
    "kind_camera": "caméra",
    "hours_heard": "Heures reçues",
    "range": "Portée",
    "sensors_caption": "Les capteurs du site",
    "coverage_alt": "Un disque par radar : part des balayages où il a vu des navires connus, par "
    "azimut et distance.",
    "coverage_caption": "Où les radars ont vu : part des balayages où un navire suivi par "
    "d’autres capteurs a donné un plot, par azimut et distance (docs/sensors.md), dans les "
    "enregistrements qui touchent ces jours ; plus sombre : davantage. Hachuré : couverture "
    "annoncée, sans navire pour la mesurer. Mer vide : non annoncée (trop loin, ou derrière la "
    "terre). AIS : messages reçus sur messages attendus ; vide : aucun attendu.",
    "coverage_measured": "mesuré sur {share} de sa mer",
    "coverage_ais": "AIS",
    "coverage_received": "{share} des messages attendus reçus",
    "unmeasured": "non mesuré",
    "not_promised": "terre ou trop loin",
    "no_coverage": "Aucun enregistrement de ces jours ne mesure où ses radars voyaient.",
    "no_weather": "Aucune météo n’a été fournie pour ces jours.",
    "weather_caption": "Météo et état de la mer, tels que fournis : minimum et maximum du jour "
    "(UTC)",
    "wind_from": "venant du (°)",
    "feed": "Source",
    "frames": "Trames décodées",
    "refused": "Refusées",
    "reasons_short": "Motifs",
    "feeds_caption": "Ce qui a été reçu, dans les enregistrements qui touchent ces jours",
    "method": "Comment les chiffres sont établis",
    "m_track": "Piste",
    "m_track_text": "Un objet tel que le radar et l’AIS le voient, une fois confirmé ; compté ici "
    "dès sa première position confirmée. Un navire perdu puis retrouvé compte pour deux.",
    "m_classes": "Classes",
    "m_classes_text": "Petite embarcation sans AIS : une alerte de cette règle nomme la piste, ou "
    "aucun MMSI n’a été reçu et, à sa dernière position, les deux probabilités, petite et sans "
    "AIS, atteignent 0,8 et celle d’être immobile, comme une bouée, ne passe pas 0,5. Avec AIS : "
    "un MMSI à sa dernière position. Au radar seul : toutes les autres.",
    "m_craft": "Combien de petites embarcations",
    "m_craft_text": "L’intervalle contient 90 % de la probabilité. Chaque piste comptée est une "
    "embarcation avec sa probabilité (existence × petite × sans AIS × mobile, ou celle de son "
    "alerte) ; celles qui n’ont pas été vues se déduisent du taux de détection mesuré en "
    "simulation, {found} canots sur {there}. Il ne dit rien des heures ni des eaux sans veille, ni "
    "d’une embarcation comptée deux fois.",
    "m_hours": "Heures-navire",
    "m_hours_text": "Temps des pistes : chaque position vaut jusqu’à la suivante de la même "
    "piste, le même jour.",
    "m_watched": "Veille",
    "m_watched_text": "Une heure compte comme veillée pour la part où un capteur au moins y a été "
    "reçu. Les taux sont rapportés à l’heure de veille. Ce qu’aucun enregistrement ne couvre est "
    "hachuré et signalé.",
    "m_hexagon": "Hexagones",
    "m_hexagon_text": "{size} mille de centre à centre, dans un plan tangent à la terre au site.",
    "m_crossing": "Franchissements",
    "m_crossing_text": "Une piste est entrée dans une zone, en est sortie, ou a franchi une ligne "
    "; une même piste peut en faire plusieurs.",
    "m_alert": "Alertes",
    "m_alert_text": "Une situation est une alerte, si longue soit-elle ; chacune compte à l’heure "
    "de son déclenchement.",
    "m_detected": "Délai de détection",
    "m_detected_text": "Ce que dit l’alerte elle-même : depuis quand l’embarcation était vue, ou "
    "l’AIS silencieux. Les autres règles ne le renseignent pas, et rien n’est inventé.",
    "m_acknowledged": "Acquittement",
    "m_acknowledged_text": "Du déclenchement au premier acquittement ou à la clôture par un "
    "opérateur ; les mises en garde n’en demandent pas. Les alertes non acquittées n’entrent dans "
    "aucune médiane.",
    "m_secmar": "Sauvetages",
    "m_secmar_text": "Opérations, événements, flotteurs et personnes selon la nomenclature "
    "SECMAR, données ouvertes des CROSS, tels que saisis par les opérateurs ; la dernière saisie "
    "fait foi. À l’heure du premier appel.",
    "m_weather": "Météo",
    "m_weather_text": "Telle que fournie par un fichier ; minimum et maximum de chaque jour UTC. "
    "Vent en m/s : le tableau dit d’où il vient (moyenne du jour), la flèche vers où il souffle. "
    "Vagues en mètres.",
    "m_compared": "Comparaison",
    "m_compared_text": "La semaine précédente, et la même semaine ISO de l’année précédente.",
    "m_left_out": "Ce qui manque",
    "m_left_out_text": "Pistes jamais confirmées, alertes retenues, heures sans veille, et ce qui "
    "est hors de portée. Supprimé selon les durées de conservation à ce jour : {removed} "
    "[removed?entrée|entrées].",
    "m_public": "Édition publique",
    "m_public_text": "Ni nom, ni numéro, ni appel, ni trajectoire, ni lieu plus fin qu’un "
    "hexagone de cinq pistes ou plus. Les nombres inférieurs à {least} sont montrés &lt;{least} ; "
    "d’autres cases (··) sont masquées pour qu’aucun total ne les révèle, et aucune part d’un "
    "total inférieur à {least} n’est donnée. Semaines ISO entières seulement : la différence de "
    "périodes qui se chevauchent révélerait ces nombres.",
    "m_sources": "Sources",
    "m_sources_text": "Radars et AIS du site ; trait de côte GSHHG (LGPL) ; zones du site ; "
    "coastwatch {version}. Toutes les heures sont UTC. Chiffres provisoires, susceptibles de "
    "correction avec les bilans.",
    "made": "{site}. Établi par coastwatch {version} à partir des enregistrements du site. Ne pas "
    "utiliser pour la navigation.",
}

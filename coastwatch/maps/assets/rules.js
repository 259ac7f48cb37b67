// The rules' names as people say them; a rule that is not here is shown by its own name.

const RULES = {
  'ais-gap': ['AIS gap', 'Silence AIS'],
  'ais-radar-disagreement': ['AIS and radar disagree', 'Désaccord AIS et radar'],
  'approach-to-shore': ['Approach to the shore', 'Approche de la côte'],
  'close-approach': ['Close approach', 'Rapprochement dangereux'],
  'destination-change': ['Destination changed', 'Changement de destination'],
  'distance-to-area': ['Distance to an area', 'Distance à une zone'],
  'distance-to-shore': ['Distance to the shore', 'Distance à la côte'],
  'distress-beacon': ['Distress beacon', 'Balise de détresse'],
  drifting: ['Drifting', 'À la dérive'],
  'encounter-at-sea': ['Encounter at sea', 'Rencontre en mer'],
  'erratic-movement': ['Erratic movement', 'Mouvement erratique'],
  'heading-for-area': ['Heading for an area', 'Route vers une zone'],
  'high-speed-near-coast': ['High speed near the coast', 'Grande vitesse près de la côte'],
  'identity-change': ['Identity changed', 'Changement d’identité'],
  'impossible-position': ['Impossible position', 'Position impossible'],
  'line-crossing': ['Line crossed', 'Ligne franchie'],
  loitering: ['Loitering', 'Stationnement suspect'],
  'not-reporting': ['Not reporting', 'Absence de compte rendu'],
  'shared-mmsi': ['MMSI shared', 'MMSI partagé'],
  'small-craft-withheld': ['Small craft, withheld', 'Petite embarcation, non confirmée'],
  'small-unregistered-craft': ['Small unregistered craft', 'Petite embarcation non immatriculée'],
  'stopped-outside-anchorage': ['Stopped outside an anchorage', 'Arrêt hors mouillage'],
  'sudden-course-change': ['Sudden change of course', 'Changement brusque de route'],
  'sudden-speed-change': ['Sudden change of speed', 'Changement brusque de vitesse'],
  'tss-crossing': ['Lane crossed at an angle', 'Traversée du dispositif'],
  'tss-wrong-way': ['Wrong way in a lane', 'Contresens dans une voie'],
  'uncorrelated-target': ['Uncorrelated target', 'Cible non corrélée'],
  'unusual-route': ['Unusual route', 'Route inhabituelle'],
  'zone-dwell': ['Long stay in a zone', 'Séjour prolongé dans une zone'],
  'zone-entry': ['Zone entered', 'Entrée dans une zone'],
  'zone-exit': ['Zone left', 'Sortie d’une zone'],
  'zone-speed': ['Speed in a zone', 'Vitesse dans une zone'],
};

function ruleName(rule) {
  return Object.hasOwn(RULES, rule) ? RULES[rule][LANGUAGES.indexOf(language)] : rule;
}

// Priorities and states are ours; what is not ours is shown as it stands.
function ours(word) {
  return Object.hasOwn(WORDS, word) ? say(word) : word;
}

// AIS ship types as people say them, after ITU-R M.1371-5, table 53: 30 is fishing, 70 to 79 cargo.

const TYPES = {
  20: ['wing in ground', 'navion à effet de sol'], 30: ['fishing', 'pêche'], 31: ['towing', 'remorquage'],
  32: ['towing', 'remorquage'], 33: ['dredging', 'dragage'], 34: ['diving', 'plongée'], 35: ['military', 'militaire'],
  36: ['sailing', 'voile'], 37: ['pleasure craft', 'plaisance'], 40: ['high-speed craft', 'engin à grande vitesse'],
  50: ['pilot', 'pilote'], 51: ['search and rescue', 'recherche et sauvetage'], 52: ['tug', 'remorqueur'],
  53: ['port tender', 'ravitailleur'], 54: ['anti-pollution', 'antipollution'], 55: ['law enforcement', 'police, douane'],
  58: ['medical', 'sanitaire'], 60: ['passenger', 'passagers'], 70: ['cargo', 'cargo'], 80: ['tanker', 'citerne'],
  90: ['other', 'autre'],
};

function shipType(number) {
  const whole = [2, 4, 6, 7, 8, 9].includes(Math.floor(number / 10)) ? Math.floor(number / 10) * 10 : number;
  const names = Object.hasOwn(TYPES, whole) ? TYPES[whole] : null;
  return names ? `${names[LANGUAGES.indexOf(language)]} (${number})` : number;
}

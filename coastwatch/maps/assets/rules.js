// The rules' names as people say them (RULES, from rule_names.py), and the French of their
// sentences and evidence (LABELS and VALUES, from alert_french); what is not there is shown as it
// stands in the log, which is English.

function ruleName(rule) {
  return Object.hasOwn(RULES, rule) ? RULES[rule][LANGUAGES.indexOf(language)] : rule;
}

// Priorities and states are ours; what is not ours is shown as it stands.
function ours(word) {
  return Object.hasOwn(WORDS, word) ? say(word) : word;
}

// An alert's sentence in the page's language, and the language that it is in.
function sentence(alert) {
  const french = language === 'fr' && alert.french;
  return { text: french || alert.text || alert.rule, lang: french ? 'fr' : 'en' };
}

function sentenceIn(tag, alert, attributes) {
  const { text, lang } = sentence(alert);
  return element(tag, { ...attributes, lang: lang === language ? undefined : lang }, text);
}

// Rows of evidence: label, value, and their language where it is not the page's.
function evidenceRows(rows) {
  return language === 'fr' ? rows.map(frenchRow) : rows;
}

function frenchRow([label, value]) {
  const labels = label.split(': ').map(frenchLabel); // of a table within the evidence: its name before
  const known = labels.every(Boolean);
  return [known ? labels.join(' : ') : label, label === 'rule' ? ruleName(value) : frenchValue(value), known ? undefined : 'en'];
}

// A value that nobody knows leaves its unit in the label.
function frenchLabel(label) {
  const found = [label, label.replace(/ (m|nm|kn|s|deg|mps)$/, '')].find((one) => Object.hasOwn(LABELS, one));
  return found && LABELS[found];
}

const MEASURED = /^[-+]?\d+(\.\d+)?(e[-+]\d+)?( ?(NM|kn|m|m²|min|s|h|dB|°))?$/;
const WEIGHED = /^(.*) (\([-+]\d+\.\d) log odds\)$/;

function frenchValue(value) {
  const [, weighed, by] = value.match(WEIGHED) || [];
  if (by) return `${frenchValue(weighed)} ${frenchNumber(by)}\u00a0log-cote)`;
  if (Object.hasOwn(VALUES, value)) return VALUES[value];
  const band = value.match(/^(within|beyond)-([\d.]+)-nm$/);
  if (band) return `${band[1] === 'within' ? 'à moins' : 'à plus'} de ${band[2].replace('.', ',')}\u00a0NM`;
  const words = value.match(/^\["(.*)"\]$/)?.[1].split('", "') || []; // a list of words of ours
  if (words.length && words.every((one) => Object.hasOwn(VALUES, one))) return words.map((one) => VALUES[one]).join(', ');
  if (!MEASURED.test(value)) return value.replace(/^(\d+) further values in/, '$1 autres valeurs dans');
  return frenchNumber(value).replace(' ', '\u00a0');
}

const frenchNumber = (text) => text.replace('.', ',').replace(/-(?=\d)/g, '−');

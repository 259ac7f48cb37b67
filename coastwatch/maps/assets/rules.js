// The rules' names as people say them (RULES, from rule_names.py); a rule that is not there is
// shown by its own name.

function ruleName(rule) {
  return Object.hasOwn(RULES, rule) ? RULES[rule][LANGUAGES.indexOf(language)] : rule;
}

// Priorities and states are ours; what is not ours is shown as it stands.
function ours(word) {
  return Object.hasOwn(WORDS, word) ? say(word) : word;
}

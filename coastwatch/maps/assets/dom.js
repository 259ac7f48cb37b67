// Elements of the page. Every text goes in as textContent; nothing is built from HTML.

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return node;
}

const byId = (id) => document.getElementById(id);

// Rows of label, value and, where it is not the page's, their language; rows without a value are
// left out.
function table(rows) {
  const filled = rows.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return element('table', {}, ...filled.map(([label, value, lang]) =>
    element('tr', { lang }, element('th', { scope: 'row' }, label), element('td', {}, value))));
}

// For a screen reader: texts, or elements where a part is in another language.
function tell(...parts) {
  byId('status').replaceChildren(...parts);
}

// A choice that outlasts the page, where the browser keeps anything for it.
function kept(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(`coastwatch-${key}`, value);
    return localStorage.getItem(`coastwatch-${key}`);
  } catch {
    return null;
  }
}

// A list whose buttons are one stop of the Tab key: arrows, Home and End move within.
function arrows(list) {
  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus();
  });
  list.addEventListener('focusin', (event) => {
    for (const button of list.querySelectorAll('button[tabindex="0"]')) button.tabIndex = -1;
    event.target.tabIndex = 0;
  });
}

// Layers and legend: one list, drawn by the code that draws the chart.

const ICON = { width: 34, height: 26 };
const ICONS = {
  small: {}, ais: { turn: 60, head: 60, headPx: 13, x: 9, y: 18 }, sleeping: { turn: 55, colour: 'ais' }, radar: {},
  fixed: {}, beacon: {}, sar: { turn: 30 }, base: {}, aton: {}, 'virtual-aton': { colour: 'aton' }, tentative: {},
  ended: { shape: 'ais', ended: true, turn: 60 }, danger: { shape: 'ais', danger: true, turn: 0, y: 15 },
};
const RARE = ['beacon', 'sar', 'base', 'aton', 'virtual-aton'];
const shut = new Set();

function listLayers() {
  const counts = countsAt(view.t);
  const vessels = ['small', 'ais', 'sleeping', 'radar', 'fixed', 'tentative', 'ended', ...RARE].map((name) =>
    (name === 'sleeping' || name === 'virtual-aton' ? key(name, say(name)) : layerRow(name, say(name), counts[name] || 0)));
  const marks = [
    key('danger', say('danger')), key('alarm', say('alarmMark')), key('warning', say('warningMark')),
    key('caution', say('cautionMark')), element('p', { class: 'hint' }, say('headingLine', VECTOR_MIN)),
  ];
  byId('layers').replaceChildren(group('tracksNow', vessels), group('lines', linesRows()), group('symbols', marks),
    group('also', alsoRows()), ...zoneGroup(), ...chartGroup(), ...densityGroup(), ...heardGroup(), ...radarGroup());
}

// The counts of the legend at the time shown.
function count() {
  const counts = countsAt(view.t);
  for (const row of byId('layers').querySelectorAll('.layer:has(.count)')) {
    const number = String(counts[row.querySelector('input').dataset.layer] || 0), said = row.querySelector('.count');
    if (said.textContent !== number) said.textContent = number;
  }
}

function group(title, rows) {
  const box = element('details', {}, element('summary', {}, say(title)),
    element('div', { role: 'group', 'aria-label': say(title) }, ...rows));
  box.open = !shut.has(title);
  box.addEventListener('toggle', () => { if (box.open) shut.delete(title); else shut.add(title); });
  return box;
}

function linesRows() {
  const by = [['speed', say('bySpeed')], ['class', say('byClass')]];
  const lengths = [600, 1800, 3600, 6 * 3600].filter((seconds) => seconds < duration);
  const trails = [...lengths.map((s) => [s, s < 3600 ? `${s / 60} min` : `${s / 3600} h`]), [Infinity, say('trailAll')]];
  return [
    choiceRow('colourBy', by, view.colour, (value) => { view.colour = value; listLayers(); paintIcons(); repaint(); }),
    choiceRow('trail', trails, view.trail, (value) => { view.trail = Number(value); redraw(); }),
    ...(view.colour === 'speed' ? speedKeys().map(([icon, title]) => key(icon, title)) : []),
    layerRow('ticks', say('ticks')),
    layerRow('ways', say('ways')),
  ];
}

function alsoRows() {
  const rows = [layerRow('names', say('names')), layerRow('sensors', say('sensors'))];
  if (data.tiles) rows.push(layerRow('tiles', say('tilesNeed')));
  return [...rows, layerRow('flash', say('flash')), layerRow('keys', say('keys'))];
}

function zoneGroup() {
  const there = new Set(zones.map(zoneKind));
  const rows = ZONE_KINDS.filter((kind) => there.has(kind)).map((kind) => layerRow(`zone-${kind}`, say(kind)));
  return rows.length ? [group('zones', rows)] : [];
}

function chartGroup() {
  if (!charts.length) return [];
  return [group('charted', [layerRow('charts', say('chartsShown')), ...chartKeys().map(([icon, title]) => key(icon, title))])];
}

function densityGroup() {
  if (!hexagons.density) return [];
  const choices = [['none', say('densityNone')], ['all', say('densityAll')], ['small', say('densitySmall')]];
  const keys = densityKeys().map(([icon, title]) => key(icon, title));
  return [group('density', [
    choiceRow('hexagons', choices, view.density, (value) => { view.density = value; repaint(); }),
    element('p', { class: 'hint' }, say('vesselHours')), ...keys])];
}

function heardGroup() {
  if (!hexagons.heard) return [];
  return [group('aisCoverage', [layerRow('heard', say('heard')), element('p', { class: 'hint' }, say('heardShare')),
    ...shareKeys().map(([icon, title]) => key(icon, title))])];
}

function radarGroup() {
  if (!data.coverage.length) return [];
  const blind = data.coverage.some((cover) => cover.episodes.length) ? [layerRow('blind', say('blind'))] : [];
  const keys = [...shareKeys(), ['promised', say('promisedEdge')]];
  return [group('radarCoverage', [...data.coverage.map((cover, i) => layerRow(coverName(i), cover.id)), ...blind,
    element('p', { class: 'hint' }, say('radarShare')), ...keys.map(([icon, title]) => key(icon, title))])];
}

function key(icon, title) {
  return element('p', { class: 'key' }, iconCanvas(icon), element('span', {}, title));
}

function iconCanvas(icon) {
  return element('canvas', { class: 'icon', 'data-icon': icon, 'aria-hidden': 'true' });
}

function layerRow(name, title, count) {
  const box = element('input', { type: 'checkbox', 'data-layer': name });
  box.checked = shown.has(name);
  box.addEventListener('change', () => {
    if (box.checked) shown.add(name); else shown.delete(name);
    repaint();
  });
  const row = element('label', { class: 'layer' }, box);
  if (!['ways', 'names', 'ticks', 'flash', 'keys', 'charts', 'tiles', 'heard'].includes(name)) row.append(iconCanvas(name));
  row.append(element('span', {}, title));
  if (count !== undefined) row.append(element('span', { class: 'count' }, count));
  return row;
}

function choiceRow(title, choices, chosen, change) {
  const select = element('select', { 'data-choice': title });
  for (const [value, text] of choices) select.append(element('option', { value }, text));
  select.value = String(chosen);
  select.addEventListener('change', () => {
    change(select.value);
    byId('layers').querySelector(`[data-choice="${title}"]`).focus();
  });
  return element('label', { class: 'choice' }, element('span', {}, say(title)), select);
}

function paintIcons(within = document) {
  for (const icon of within.querySelectorAll('canvas.icon')) drawIcon(icon);
}

function drawIcon(canvas) {
  const ratio = onPaper() ? PAPER_RATIO : window.devicePixelRatio || 1;
  canvas.width = ICON.width * ratio;
  canvas.height = ICON.height * ratio;
  const icon = canvas.getContext('2d');
  icon.setTransform(ratio, 0, 0, ratio, 0, 0);
  const name = canvas.dataset.icon;
  if (Object.hasOwn(ICONS, name)) {
    const { x = 17, y = 13, colour = name, shape = name, ...more } = ICONS[name];
    icon.save();
    if (shape === 'small') { icon.translate(17, 13); icon.scale(0.78, 0.78); icon.translate(-17, -13); }
    drawSymbol(icon, x, y, { shape, colour: colours[colour], ...more });
    icon.restore();
  } else if (['caution', 'warning', 'alarm', 'emergency'].includes(name)) drawAlert(icon, name, 17, 13);
  else if (name === 'sensors') drawSensor(icon, 17, 17);
  else if (name.startsWith('speed-')) drawSpeedIcon(icon, name);
  else if (name.startsWith('zone-')) drawZoneIcon(icon, name.slice(5));
  else if (name.startsWith('depth-') || name.startsWith('chart-')) drawChartIcon(icon, name);
  else drawCoverageIcon(icon, name);
}

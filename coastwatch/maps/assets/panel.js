// The panels around the chart. Every text goes in as textContent; nothing is built from HTML.

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return node;
}

const byId = (id) => document.getElementById(id);

function startPanels() {
  document.title = `${data.site} · coastwatch`;
  byId('site').textContent = data.site;
  const sameDay = utc(data.start, true).slice(0, 10) === utc(data.end, true).slice(0, 10);
  byId('span').textContent = tracks.length
    ? `${utc(data.start, true)} to ${utc(data.end, !sameDay)} UTC`
    : 'No tracks in this run';
  byId('palette').addEventListener('click', switchPalette);
  byId('close').addEventListener('click', () => choose(null));
  byId('find').addEventListener('input', find);
  byId('find').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') byId('found').querySelector('button')?.click();
    if (event.key === 'Escape') closeFound();
  });
  if (data.notes.length) {
    byId('notes').hidden = false;
    byId('notes').textContent = data.notes.join(' · ');
    byId('notes').title = data.notes.join('\n');
  }
  listLayers();
  listAlerts();
}

function switchPalette() {
  const root = document.documentElement;
  const day = root.dataset.palette === 'night';
  root.dataset.palette = day ? 'day' : 'night';
  byId('palette').setAttribute('aria-pressed', day);
  byId('palette').textContent = day ? 'Night colours' : 'Day colours';
  paint();
}

// Colours changed: everything that is drawn, not styled, is drawn again.
function paint() {
  readColours();
  for (const icon of document.querySelectorAll('canvas.icon')) drawIcon(icon);
  drawBase();
  redraw();
}

function listLayers() {
  const counts = {};
  for (const track of tracks) {
    const layer = layerAt(track, duration);
    counts[layer] = (counts[layer] || 0) + 1;
  }
  const vessels = LAYERS.map(([name, title]) => layerRow(name, title, counts[name] || 0));
  const lines = [
    layerRow('ways', 'Whole tracks'),
    layerRow('names', 'Names'),
    layerRow('sensors', 'Sensors and range'),
  ];
  const kinds = Object.keys(ZONE_KINDS).filter((kind) => shown.has(`zone-${kind}`));
  const areas = kinds.map((kind) => layerRow(`zone-${kind}`, ZONE_KINDS[kind]));
  const group = (title, rows) => element('fieldset', {}, element('legend', {}, title), ...rows);
  byId('layers').append(group('Tracks at the end', vessels), group('Also show', lines));
  if (areas.length) byId('layers').append(group('Zones', areas));
  if (data.coverage.length) byId('layers').append(group('Radar coverage', coverageLegend()));
  byId('layers').append(element('p', { class: 'hint' },
    'Bold line: last 10 min. Dashed: next 6 min on the same course.'));
}

function layerRow(name, title, count) {
  const box = element('input', { type: 'checkbox', 'data-layer': name });
  box.checked = shown.has(name);
  box.addEventListener('change', () => {
    if (box.checked) shown.add(name); else shown.delete(name);
    drawBase();
    redraw();
  });
  const row = element('label', { class: 'layer' }, box);
  if (!['ways', 'names'].includes(name)) {
    row.append(element('canvas', { class: 'icon', 'data-icon': name, 'aria-hidden': 'true' }));
  }
  row.append(element('span', {}, title));
  if (count !== undefined) row.append(element('span', { class: 'count' }, count));
  return row;
}

function drawIcon(canvas) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = 34 * ratio;
  canvas.height = 30 * ratio;
  const icon = canvas.getContext('2d');
  icon.setTransform(ratio, 0, 0, ratio, 0, 0);
  const name = canvas.dataset.icon;
  if (name === 'sensors') drawSensor(icon, 17, 19);
  else if (/^(cover-|share-|blind$|promised$)/.test(name)) drawCoverageIcon(icon, name);
  else if (!name.startsWith('zone-')) drawSymbol(icon, name, 17, 15, 20);
  else {
    icon.strokeStyle = icon.fillStyle = colours[name];
    icon.lineWidth = 1.5;
    if (name === 'zone-line') icon.setLineDash([6, 4]);
    icon.beginPath();
    if (name === 'zone-line') { icon.moveTo(3, 15); icon.lineTo(31, 15); } else icon.rect(5, 8, 24, 14);
    icon.stroke();
    icon.globalAlpha = name === 'zone-separation-zone' || name === 'zone-exclusion' ? 0.3 : 0.1;
    icon.fill();
  }
}

function listAlerts() {
  const many = data.alerts.length;
  byId('alerts-title').textContent = many ? `Alerts (${many})` : 'Alerts: none';
  for (const alert of [...data.alerts].reverse()) {
    const button = element('button', { type: 'button', class: alert.severity, onclick: () => choose({ alert }) },
      element('span', { class: 'severity' }, alert.severity), ' ',
      element('time', { datetime: `${utc(alert.time, true).replace(' ', 'T')}Z` }, `${utc(alert.time)} UTC`),
      element('span', { class: 'said' }, alert.text || alert.rule));
    byId('alerts').append(element('li', {}, button));
  }
}

// Show what was chosen: { alert }, { track } or { zones, cells }; null closes the panel.
function choose(what) {
  view.alert = what?.alert || null;
  view.track = what?.track || null;
  byId('chosen').hidden = !what;
  byId('chosen-body').replaceChildren();
  if (what?.alert) showAlert(what.alert);
  if (what?.track) showTrack(what.track);
  if (what?.zones) showPlace(what.zones, what.cells);
  redraw();
}

function panTo(lat, lon) {
  map.setView([lat, lon], Math.max(map.getZoom(), 9), { animate: false });
}

function showAlert(alert) {
  byId('chosen-title').textContent = 'Alert';
  const track = trackById.get(alert.track);
  const body = byId('chosen-body');
  body.append(element('p', { class: 'said' }, alert.text || alert.rule));
  body.append(table([
    ['priority', alert.severity],
    ['state', alert.state],
    ['time', `${utc(alert.time, true)} UTC`],
    ['said', alert.said === undefined ? '' : `${utc(alert.said, true)} UTC`],
    ['rule', alert.rule],
    ['zone', alert.zone],
    ['place', degreesMinutes(alert.lat, alert.lon)],
    ['track', alert.track === undefined ? '' : `${alert.track}${track ? '' : ' (not in this picture)'}`],
  ]));
  if (alert.evidence.length) {
    body.append(element('h3', {}, 'Evidence'), table(alert.evidence));
  }
  const then = alert.time - data.start;
  if (then >= 0 && then <= duration) {
    body.append(element('button', { type: 'button', onclick: () => setTime(then) }, 'Show the picture at that time'));
  }
  if (track) {
    body.append(element('button', { type: 'button', onclick: () => choose({ track }) }, `Show ${track.label}`));
  }
  panTo(alert.lat, alert.lon);
}

function showTrack(track) {
  byId('chosen-title').textContent = track.label;
  const title = LAYERS.find(([name]) => name === (layerAt(track, view.t) || 'tentative'))[1];
  const state = stateAt(track, view.t);
  const percent = (p) => (p === undefined ? '' : `${Math.round(p * 100)} %`);
  const last = track.t.length - 1;
  byId('chosen-body').append(table([
    ['class', title],
    ['track', track.id],
    ['MMSI', track.mmsi ?? 'none known'],
    ['call sign', track.callsign],
    ['length', track.length === undefined ? '' : `${track.length} m`],
    ['AIS ship type', track.type],
    ['destination', track.destination],
    ['place', degreesMinutes(state.lat, state.lon)],
    ['speed', Number.isFinite(state.sog) ? `${state.sog.toFixed(1)} kn` : ''],
    ['course', state.sog > 0.5 ? `${String(Math.round(state.cog) % 360).padStart(3, '0')}°` : ''],
    ['first seen', `${utc(data.start + track.t[0], true)} UTC`],
    ['last seen', `${utc(data.start + track.t[last], true)} UTC`],
  ]), element('h3', {}, 'At its last update'), table([
    ['status', track.status],
    ['position, 1 sigma', track.sigma === undefined ? '' : `${track.sigma} m`],
    ['exists', percent(track.existence)],
    ['unregistered', percent(track.unregistered)],
    ['small', percent(track.small)],
    ['moored or fixed', percent(track.fixed)],
  ]));
}

function showPlace(chosen, cells) {
  const title = chosen.length === 1 ? 'Zone' : `Zones here (${chosen.length})`;
  byId('chosen-title').textContent = chosen.length ? title : 'Radar coverage here';
  for (const cell of cells) {
    byId('chosen-body').append(element('h3', {}, `Radar ${cell.cover.id}`), table(coverageRows(cell)));
  }
  for (const zone of chosen) {
    byId('chosen-body').append(element('h3', {}, zone.name || zone.id || 'unnamed'), table([
      ['kind', zone.kind],
      ['note', zone.note],
      ['source', zone.source],
      ['accuracy', zone.accuracy === undefined ? '' : `${zone.accuracy} m`],
    ]));
  }
}

// Rows of label and value; rows without a value are left out.
function table(rows) {
  const filled = rows.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return element('table', {}, ...filled.map(([label, value]) =>
    element('tr', {}, element('th', { scope: 'row' }, label), element('td', {}, value))));
}

function find() {
  const wanted = byId('find').value.trim().toLowerCase();
  const list = byId('found');
  list.replaceChildren();
  list.hidden = !wanted;
  if (!wanted) return;
  const texts = (t) => [t.name || '', String(t.mmsi ?? ''), `track ${t.id}`, t.callsign || ''];
  const hits = tracks.filter((t) => texts(t).some((text) => text.toLowerCase().includes(wanted)));
  for (const track of hits.slice(0, 8)) {
    const go = () => { closeFound(); goTo(track); };
    list.append(element('li', {}, element('button', { type: 'button', onclick: go },
      `${track.label} · track ${track.id}`)));
  }
  if (!hits.length) list.append(element('li', { class: 'none' }, 'Nothing found'));
}

function closeFound() {
  byId('found').hidden = true;
  byId('found').replaceChildren();
}

function goTo(track) {
  const state = stateAt(track, view.t);
  choose({ track });
  panTo(state.lat, state.lon);
}

// Paper: one sheet with the chart, what it shows and when, scale, north, legend and credits, in
// day colours whatever the screen has; further sheets only for the alerts raised by then.

const PAPER_RATIO = 2; // dots a CSS pixel; of 3 Chromium 156 prints a canvas smaller than it is
const PAPER_NOTES = 3;
const paper = { palette: null, focus: null, sheet: null, bounds: null, view: null };

const onPaper = () => document.documentElement.classList.contains('printing');

function startPaper() {
  window.addEventListener('beforeprint', toPaper);
  window.addEventListener('afterprint', fromPaper);
}

function toPaper() {
  stop();
  paper.palette = document.documentElement.dataset.palette;
  paper.focus = document.activeElement;
  paper.bounds = map.getBounds();
  paper.view = [map.getCenter(), map.getZoom()];
  document.documentElement.classList.add('printing');
  const [header, footer] = ['header', 'footer'].map((name) => document.querySelector(`body > ${name}`));
  paper.sheet = element('div', { id: 'sheet' });
  header.before(paper.sheet);
  paper.sheet.append(header, byId('main'), byId('layers'), footer);
  header.append(element('p', { class: 'paper shown-at' }, say('shownAt', `${utc(data.start + view.t, true)} UTC`)));
  byId('main').append(element('div', { class: 'paper north', 'aria-hidden': 'true' }, say('north')));
  if (paperNotes()) footer.prepend(element('p', { class: 'paper' }, paperNotes()));
  const raised = data.alerts.filter((alert) => phaseAt(alert, view.t) !== 'later').length;
  byId('side').classList.toggle('bare', !raised);
  for (const row of byId('alerts').querySelectorAll('[data-phase="later"]')) row.hidden = true;
  byId('lists').prepend(element('h2', { class: 'paper' }, say('alertsBy', raised, `${utc(data.start + view.t, true)} UTC`)));
  refit();
  setPalette('day');
  drawNow();
  byId('layers').replaceChildren(...paperLegend());
  const crowded = byId('layers').scrollHeight > byId('layers').clientHeight + 2;
  document.documentElement.classList.toggle('crowded', crowded);
  if (crowded) { refit(); drawNow(); byId('layers').replaceChildren(...paperLegend()); }
  paintIcons();
}

function fromPaper() {
  const { sheet } = paper;
  document.documentElement.classList.remove('printing', 'crowded');
  for (const node of document.querySelectorAll('.paper')) node.remove();
  byId('side').classList.remove('bare');
  for (const row of byId('alerts').children) row.hidden = false;
  byId('side').after(sheet.querySelector(':scope > footer'));
  sheet.replaceWith(sheet.querySelector(':scope > header'), byId('layers'), byId('main'));
  listLayers();
  map.invalidateSize({ animate: false });
  map.setView(...paper.view, { animate: false });
  setPalette(paper.palette);
  paper.focus?.focus?.();
}

// The sheet shows all that the screen does.
function refit() {
  map.invalidateSize({ animate: false });
  map.fitBounds(paper.bounds, { animate: false });
  repaint();
}

function paperNotes() {
  const texts = data.notes.map((note) => note[language] || note.en || note);
  const rest = texts.length - PAPER_NOTES;
  return [...texts.slice(0, PAPER_NOTES), ...(rest > 0 ? [say('andMoreNotes', rest)] : [])].join(' · ');
}

const inView = ({ x, y }, margin = 0) => {
  const off = map.containerPointToLayerPoint([0, 0]).subtract(frame.corner), size = map.getSize();
  return x >= off.x - margin && y >= off.y - margin && x <= off.x + size.x + margin && y <= off.y + size.y + margin;
};

// What is drawn, and nothing else.
function paperLegend() {
  const keys = (rows) => rows.map(([icon, title]) => key(icon, title));
  const groups = [
    ['tracksNow', [...paperSymbols(), ...paperMarks()]],
    ['lines', paperLines()],
    ['zones', keys(ZONE_KINDS.filter((kind) => shown.has(`zone-${kind}`) && zonesInView(kind)).map((kind) => [`zone-${kind}`, say(kind)]))],
    ['charted', shown.has('charts') ? keys(chartKeys()) : []],
    ['density', densityShown() ? [hint(view.density === 'all' ? 'densityAll' : 'densitySmall'), hint('vesselHours'), ...keys(densityKeys())] : []],
    ['aisCoverage', hexagons.heard && shown.has('heard') ? [hint('heardShare'), ...keys(shareKeys())] : []],
    ['radarCoverage', coversShown().length ? [element('p', { class: 'hint' }, coversShown().map((cover) => cover.id).join(', ')),
      hint('radarShare'), ...keys([...shareKeys(), ['promised', say('promisedEdge')]])] : []],
  ];
  return groups.filter(([, rows]) => rows.length)
    .map(([title, rows]) => element('section', {}, element('h3', {}, say(title)), ...rows));
}

const hint = (name) => element('p', { class: 'hint' }, say(name));

function paperSymbols() {
  const many = {};
  for (const one of view.seen.filter((each) => inView(each))) {
    const name = one.layer === 'ended' ? 'ended' : Object.hasOwn(ICONS, one.symbol.shape) ? one.symbol.shape : one.layer;
    many[name] = (many[name] || 0) + 1;
    if (one.symbol.danger) many.danger = (many.danger || 0) + 1;
  }
  const names = ['danger', 'beacon', 'small', 'ais', 'sleeping', 'radar', 'fixed', 'sar', 'base', 'aton', 'virtual-aton', 'ended', 'tentative'];
  const rows = names.filter((name) => many[name]).map((name) => key(name, `${say(name)} (${many[name]})`));
  return many.ais || many.radar || many.small ? [...rows, element('p', { class: 'hint' }, say('headingLine', VECTOR_MIN))] : rows;
}

function paperMarks() {
  const there = new Set(data.alerts.filter((alert) => phaseAt(alert, view.t) !== 'later' && inView(place(alert.lat, alert.lon)))
    .map((alert) => alert.severity));
  const marks = ['emergency', 'alarm', 'warning', 'caution'].filter((name) => there.has(name)).map((name) => key(name, say(name)));
  if (marks.length) marks.push(hint('hollowOver'));
  if (shown.has('sensors') && data.sensors.some((sensor) => inView(place(sensor.lat, sensor.lon)))) marks.push(key('sensors', say('sensors')));
  return marks;
}

function paperLines() {
  const length = view.trail === Infinity ? say('trailAll') : say('trailLast', view.trail < 3600 ? `${view.trail / 60} min` : `${view.trail / 3600} h`);
  const rows = [element('p', { class: 'hint' }, [length, ...(shown.has('ways') ? [say('ways')] : [])].join('; '))];
  if (view.colour === 'speed') rows.push(...speedKeys().map(([icon, title]) => key(icon, title)));
  if (shown.has('ticks')) rows.push(element('p', { class: 'hint' }, say('ticksEach', tickMinutes())));
  return rows;
}

function zonesInView(kind) {
  return zones.some((zone) => {
    const [west, south, east, north] = zone.bounds, a = place(north, west), b = place(south, east);
    const off = map.containerPointToLayerPoint([0, 0]).subtract(frame.corner), size = map.getSize();
    return zoneKind(zone) === kind && b.x >= off.x && a.x <= off.x + size.x && b.y >= off.y && a.y <= off.y + size.y;
  });
}

// The lists beside the chart: alerts, tracks in view, and what the search finds.

const LISTED_MOST = 200;

function startLists() {
  for (const name of ['alerts', 'tracks']) {
    byId(`${name}-tab`).addEventListener('click', () => {
      openTab(name);
      if (narrow() && view.chosen) choose(null); // it stood where the list is
    });
    arrows(byId(name));
  }
  byId('lists').querySelector('.tabs').addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    openTab(byId('alerts-panel').hidden ? 'alerts' : 'tracks');
    byId(byId('alerts-panel').hidden ? 'tracks-tab' : 'alerts-tab').focus();
  });
  openTab('alerts');
  byId('find').addEventListener('input', find);
  byId('find').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') byId('found').querySelector('button')?.click();
    if (event.key === 'Escape') closeFound();
    if (event.key === 'ArrowDown') { event.preventDefault(); byId('found').querySelector('button')?.focus(); }
  });
  byId('found').addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { closeFound(); byId('find').focus(); }
  });
  arrows(byId('found'));
  map.on('drawn', listTracks);
}

function openTab(name) {
  for (const one of ['alerts', 'tracks']) {
    byId(`${one}-panel`).hidden = one !== name;
    byId(`${one}-tab`).setAttribute('aria-selected', one === name);
    byId(`${one}-tab`).tabIndex = one === name ? 0 : -1;
  }
  if (name === 'tracks') listTracks();
}

function listAlerts() {
  const many = data.alerts.length;
  byId('alerts-tab').textContent = many ? say('alertsMany', many) : say('alertsNone');
  byId('alerts').replaceChildren(...[...data.alerts].reverse().map(alertRow));
  const first = byId('alerts').querySelector('button');
  if (first) first.tabIndex = 0;
  byId('alerts').hidden = !many;
  markPhases();
}

function alertRow(alert) {
  const when = utc(alert.time, true);
  const button = element('button', { type: 'button', tabindex: -1, class: `row ${alert.severity}`, onclick: () => choose({ alert }) },
    iconCanvas(alert.severity),
    element('span', { class: 'severity' }, ours(alert.severity)),
    element('time', { datetime: `${when.replace(' ', 'T')}Z` }, `${clock(alert.time).slice(0, oneDay ? undefined : -3)} UTC`),
    element('span', { class: 'rule' }),
    sentenceIn('span', alert, { class: 'said' }));
  return element('li', {}, button);
}

// Alerts that were not raised yet at view.t, or were over, step back.
function markPhases() {
  const rows = byId('alerts').children, last = data.alerts.length - 1;
  data.alerts.forEach((alert, i) => {
    const phase = phaseAt(alert, view.t), state = alertStateAt(alert, view.t), row = rows[last - i];
    // The sentence is the one told last, which may be later than the time shown.
    const told = alert.said > data.start + view.t + 0.5 ? say('saidAt', clock(alert.said)) : '';
    if (!row || (row.dataset.phase === phase && row.dataset.state === state && row.dataset.told === told)) return;
    Object.assign(row.dataset, { phase, state, told });
    row.querySelector('.rule').textContent = [ruleName(alert.rule), state, told].filter(Boolean).join(' · ');
  });
}

// What is in view, for those to whom the canvas says nothing.
function listTracks() {
  const size = map.getSize(), off = map.containerPointToLayerPoint([0, 0]).subtract(frame.corner || [0, 0]);
  const inside = view.seen.filter(({ x, y }) => x >= off.x && y >= off.y && x <= off.x + size.x && y <= off.y + size.y);
  byId('tracks-tab').textContent = say('tracksIn', inside.length);
  if (byId('tracks-panel').hidden) return;
  const list = byId('tracks'), focused = list.contains(document.activeElement) && document.activeElement.dataset.track;
  list.replaceChildren(...inside.slice(0, LISTED_MOST).map(trackRow));
  list.hidden = !inside.length;
  const again = !focused ? null : list.querySelector(`[data-track="${focused}"]`);
  (again || list.querySelector('button'))?.setAttribute('tabindex', 0);
  again?.focus();
  const rest = inside.length - LISTED_MOST;
  byId('more').hidden = inside.length > 0 && rest <= 0;
  byId('more').textContent = inside.length ? say('andMore', rest) : say('noneInView');
  paintIcons(list);
}

function trackRow({ track, layer, state, symbol }) {
  const icon = symbol.danger ? 'danger' : Object.hasOwn(ICONS, symbol.shape) && layer !== 'ended' ? symbol.shape : layer;
  return element('li', {}, element('button', {
    type: 'button', class: 'row', tabindex: -1, 'data-track': track.id, onclick: () => goTo(track),
  }, iconCanvas(icon), element('span', { class: 'name' }, labelOf(track)),
  element('span', { class: 'rule' }, [say(icon), ...motion(state)].join(' · '))));
}

function motion(state) {
  const words = [];
  if (Number.isFinite(state.sog)) words.push(knots(state.sog));
  if (state.sog > 0.5) words.push(degrees(state.cog));
  return words;
}

function find() {
  const wanted = byId('find').value.trim().toLowerCase();
  const list = byId('found');
  list.replaceChildren();
  list.hidden = !wanted;
  if (!wanted) return;
  const hits = [], later = [];
  for (const track of tracks) {
    const since = knownAs(track, wanted);
    if (since !== null) (since <= view.t + 0.5 ? hits : later).push([track, since]);
  }
  for (const [track, since] of [...hits, ...later].slice(0, 8)) {
    const go = () => {
      closeFound();
      if (since > view.t + 0.5) { stop(); setTime(since); }
      goTo(track);
    };
    list.append(element('li', {}, element('button', { type: 'button', onclick: go }, foundText(track, since))));
  }
  if (!hits.length) list.append(element('li', { class: 'none' }, say('nothingFound')));
}

// Since when a track is known by what was looked for; null where it never was.
function knownAs(track, wanted) {
  for (const [since, { name, mmsi, callsign }] of track.who || [[track.t[0], track]]) {
    const texts = [name || '', String(mmsi ?? ''), `track ${track.id}`, say('trackNamed', track.id), callsign || ''];
    if (texts.some((text) => text.toLowerCase().includes(wanted))) return Math.max(since, track.t[0]);
  }
  return null;
}

// What was looked for is in the answer: name, MMSI and number of the track, and since when.
function foundText(track, since) {
  const { name, mmsi } = whoAt(track, Math.max(since, view.t));
  const parts = [name, mmsi && `MMSI ${mmsi}`, say('trackNamed', track.id)];
  if (since > view.t + 0.5) parts.push(say('fromThen', clock(data.start + since)));
  return parts.filter(Boolean).join(' · ');
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

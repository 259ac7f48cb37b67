// What was chosen: an alert, a track, or a place, in words and numbers.

let before = null; // what had the focus when the panel opened

// Show what was chosen: { alert }, { track } or { lat, lon, zones, cells }; null closes the panel.
function choose(what) {
  if (what && byId('chosen').hidden) before = document.activeElement;
  view.chosen = what;
  view.alert = what?.alert || null;
  view.track = what?.track || null;
  byId('chosen').hidden = !what;
  if (what && narrow()) openPanel('side', true);
  showChosen();
  if (what?.alert) panTo(what.alert.lat, what.alert.lon);
  if (what) {
    if (narrow()) byId('close').focus();
    tell(`${byId('chosen-title').textContent}. `, what.alert ? sentenceIn('span', what.alert) : chosenSummary(what));
  } else if (before?.isConnected && byId('side').contains(document.activeElement)) before.focus();
  redraw();
}

function chosenSummary({ track }) {
  if (!track) return byId('chosen-body').querySelector('h3')?.textContent || '';
  const state = stateAt(track, view.t);
  return [classWord(track, view.t), ...motion(state), degreesMinutes(state.lat, state.lon)].join(', ');
}

function showChosen() {
  const what = view.chosen, body = byId('chosen-body');
  const held = [...body.querySelectorAll('button')].indexOf(document.activeElement);
  body.replaceChildren();
  if (what?.alert) showAlert(what.alert);
  if (what?.track) showTrack(what.track);
  if (what?.zones) showPlace(what);
  if (held >= 0) body.querySelectorAll('button')[held]?.focus();
}

// To the middle of what is seen of the chart: on a narrow screen the panel lies over its lower part.
function panTo(lat, lon) {
  map.setView([lat, lon], Math.max(map.getZoom(), 9), { animate: false });
  if (narrow() && !byId('side').hidden) map.panBy([0, byId('side').offsetHeight / 2], { animate: false });
}

function button(text, onclick) {
  return element('button', { type: 'button', onclick }, text);
}

function showAlert(alert) {
  byId('chosen-title').textContent = `${say('alert')} · ${ruleName(alert.rule)}`;
  const track = trackById.get(alert.track);
  const body = byId('chosen-body');
  const time = (seconds) => (seconds === undefined ? '' : `${utc(seconds, true)} UTC`);
  const others = (alert.others || []).map((id) => trackById.get(id)).filter(Boolean);
  body.append(sentenceIn('p', alert, { class: 'said' }));
  if (alert.said > data.start + view.t + 0.5) body.append(element('p', { class: 'hint' }, say('saidLater', clock(alert.said))));
  body.append(table([
    [say('priority'), ours(alert.severity)],
    [say('state'), alertStateAt(alert, view.t)],
    [say('time'), time(alert.time)],
    [say('said'), time(alert.said)],
    [say('until'), time(alert.until <= data.start + view.t + 0.5 ? alert.until : undefined)],
    [say('rule'), ruleName(alert.rule)],
    [say('zoneOf'), zones.find((zone) => zone.id === alert.zone)?.name || alert.zone],
    [say('place'), degreesMinutes(alert.lat, alert.lon)],
    [say('track'), alert.track === undefined || track ? alert.track : say('notInPicture', alert.track)],
    [say('others'), others.map(labelOf).join(', ')],
  ]));
  const then = alert.time - data.start;
  if (then >= 0 && then <= duration) body.append(button(say('showThen'), () => { setTime(then); panTo(alert.lat, alert.lon); }));
  for (const one of [track, ...others].filter(Boolean)) {
    body.append(button(say('showTrack', labelOf(one)), () => goTo(one)));
  }
  if (alert.evidence.length) body.append(element('h3', {}, say('evidence')), table(evidenceRows(alert.evidence)));
  const events = (alert.events || []).filter(([seconds]) => seconds <= data.start + view.t + 0.5);
  if (events.length) {
    const rows = events.map(([seconds, what, by]) => [clock(seconds), by ? `${ours(what)} (${by})` : ours(what)]);
    body.append(element('h3', {}, say('events')), table(rows));
  }
}

function showTrack(track) {
  byId('chosen-title').textContent = labelOf(track);
  const state = stateAt(track, view.t), who = whoAt(track, view.t);
  const share = (p) => (p === undefined ? '' : percent(Math.round(p * 100)));
  const metres = (v) => (v === undefined || v === null ? '' : `${decimal(v, 0)} m`);
  const last = track.t[track.t.length - 1], over = view.t >= last - 0.5;
  const dangerous = dangerousAt(track, view.t) ? `${say('danger')}, ` : '';
  if (view.t < track.t[0] - 0.5) {
    byId('chosen-body').append(table([
      [say('class'), classWord(track, view.t)], [say('track'), track.id],
      [say('firstSeen'), `${utc(data.start + track.t[0], true)} UTC`],
    ]));
    return;
  }
  byId('chosen-body').append(table([
    [say('class'), dangerous + classWord(track, view.t)],
    [say('track'), track.id],
    ['MMSI', who.mmsi ?? say('noneKnown')],
    [say('beacon'), who.beacon && ours(who.beacon)],
    [say('callsign'), who.callsign],
    [say('length'), metres(who.length)],
    [say('beam'), metres(who.beam)],
    [say('shipType'), who.type && shipType(who.type)],
    [say('destination'), who.destination],
    [say('place'), degreesMinutes(state.lat, state.lon)],
    [say('speedOver'), Number.isFinite(state.sog) ? knots(state.sog) : ''],
    [say('course'), state.sog > 0.5 ? degrees(state.cog) : ''],
    [say('heading'), state.head === undefined ? '' : degrees(state.head)],
    [say('firstSeen'), `${utc(data.start + track.t[0], true)} UTC`],
    [say('lastSeen'), over ? `${utc(data.start + last, true)} UTC` : ''],
  ]));
  // What the tracker believed is kept of the last update alone: before it, it would be hindsight.
  if (!over) {
    byId('chosen-body').append(element('p', { class: 'hint' }, say('believedLater', clock(data.start + last))));
    return;
  }
  byId('chosen-body').append(element('h3', {}, say('atLastUpdate')), table([
    [say('status'), Object.hasOwn(WORDS, `is-${track.status}`) ? say(`is-${track.status}`) : track.status],
    [say('sigma'), metres(track.sigma)],
    [say('exists'), share(track.existence)],
    [say('unregistered'), share(track.unregistered)],
    [say('isSmall'), share(track.small)],
    [say('isFixed'), share(track.fixed)],
  ]));
}

function showPlace({ lat, lon, zones: chosen, cells }) {
  const title = chosen.length > 1 ? say('zonesHere', chosen.length) : say(chosen.length ? 'zone' : 'here');
  byId('chosen-title').textContent = title;
  const body = byId('chosen-body');
  body.append(table([[say('place'), degreesMinutes(lat, lon)], ...hexagonRows(lat, lon)]));
  for (const cell of cells) {
    body.append(element('h3', {}, say('radarNamed', cell.cover.id)), table(coverageRows(cell)));
  }
  for (const zone of chosen) {
    body.append(element('h3', {}, zone.name || zone.id || say('zone')), table([
      [say('kind'), ours(zone.kind)],
      [say('note'), zone.note],
      [say('source'), zone.source],
      [say('accuracy'), zone.accuracy === undefined ? '' : `${zone.accuracy} m`],
    ]));
  }
}

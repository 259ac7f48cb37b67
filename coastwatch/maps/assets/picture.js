// Time, the pointer, and the start: wires the chart to the panels around it.

const SPEEDS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
const REACH_PX = 14;
let playing = null;

function startTime() {
  const slider = byId('time');
  slider.max = Math.max(1, Math.ceil(duration));
  slider.disabled = byId('play').disabled = !(duration > 0);
  slider.addEventListener('input', () => { stop(); setTime(Math.min(Number(slider.value), duration)); });
  for (const speed of SPEEDS) byId('speed').append(element('option', { value: speed }, `${speed} ×`));
  byId('speed').value = SPEEDS.find((speed) => duration / speed <= 60) || SPEEDS[SPEEDS.length - 1];
  byId('play').addEventListener('click', () => (playing ? stop() : play()));
  setTime(duration);
}

function setTime(t) {
  view.t = t;
  byId('time').value = t;
  const text = `${utc(data.start + t, true)} UTC`;
  byId('time').setAttribute('aria-valuetext', text);
  byId('clock').textContent = tracks.length ? text : '';
  if (view.track) {
    byId('chosen-body').replaceChildren();
    showTrack(view.track);
  }
  redraw();
}

function play() {
  if (view.t >= duration) setTime(0);
  byId('play').textContent = 'Pause';
  let before = performance.now();
  const tick = (now) => {
    const t = Math.min(duration, view.t + (now - before) / 1000 * Number(byId('speed').value));
    before = now;
    setTime(t);
    if (t < duration) playing = requestAnimationFrame(tick); else stop();
  };
  playing = requestAnimationFrame(tick);
}

function stop() {
  if (playing) cancelAnimationFrame(playing);
  playing = null;
  byId('play').textContent = 'Play';
}

// The nearest alert or track within reach of a place on the screen.
function hit(point) {
  let best = null, least = REACH_PX;
  for (const one of view.seen || []) {
    const far = Math.hypot(one.x - point.x, one.y - point.y);
    if (far < least) { least = far; best = { track: one.track, layer: one.layer, state: one.state }; }
  }
  for (const alert of data.alerts) {
    if (best || alert.time > data.start + view.t + 0.5) continue;
    const p = place(alert.lat, alert.lon);
    if (Math.hypot(p.x - point.x, p.y - point.y) < REACH_PX) best = { alert };
  }
  return best;
}

function startPointer() {
  const tip = byId('tip');
  map.on('mousemove', ({ latlng, containerPoint, originalEvent }) => {
    byId('cursor').textContent = degreesMinutes(latlng.lat, latlng.lng);
    const found = hit(containerPoint);
    tip.hidden = !found;
    map.getContainer().classList.toggle('over', Boolean(found));
    if (!found) return;
    tip.textContent = tipText(found);
    const right = originalEvent.clientX > window.innerWidth - 320;
    tip.style.left = right ? 'auto' : `${originalEvent.clientX + 16}px`;
    tip.style.right = right ? `${window.innerWidth - originalEvent.clientX + 16}px` : 'auto';
    tip.style.top = `${originalEvent.clientY + 12}px`;
  });
  map.on('mouseout', () => { tip.hidden = true; byId('cursor').textContent = ''; });
  map.on('click', ({ latlng, containerPoint }) => {
    const found = hit(containerPoint);
    if (found) return choose(found.alert ? { alert: found.alert } : { track: found.track });
    const here = zones.filter((z) => shown.has(`zone-${zoneKind(z)}`) && inZone(z, latlng.lat, latlng.lng));
    const cells = coverageAt(latlng.lat, latlng.lng);
    choose(here.length || cells.length ? { zones: here, cells } : null);
  });
}

function tipText({ alert, track, layer, state }) {
  if (alert) return alert.text || alert.rule;
  const title = LAYERS.find(([name]) => name === layer)[1];
  const moves = Number.isFinite(state.sog) ? `, ${state.sog.toFixed(1)} kn` : '';
  const course = state.sog > 0.5 ? `, ${String(Math.round(state.cog) % 360).padStart(3, '0')}°` : '';
  return `${track.label} (${title})${moves}${course}`;
}

document.querySelector('.folium-map').setAttribute('role', 'application');
document.querySelector('.folium-map').setAttribute('aria-label',
  'Chart. Arrow keys move it, plus and minus zoom; ships are found with the search field.');
startChart();
startPanels();
startTime();
startPointer();
paint();

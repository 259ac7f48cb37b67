// The time of the picture: slider with the alerts upon it, play, and single keys.

const SPEEDS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
const THUMB_PX = 16;
let playing = null;
let listed = 0; // when the list of tracks was last renewed while playing

function startTime() {
  const slider = byId('time');
  slider.max = Math.max(1, Math.ceil(duration));
  slider.disabled = byId('play').disabled = !(duration > 0);
  slider.addEventListener('input', () => { stop(); setTime(Math.min(Number(slider.value), duration)); });
  for (const speed of SPEEDS) byId('speed').append(element('option', { value: speed }, `${speed} ×`));
  byId('speed').value = SPEEDS.find((speed) => duration / speed <= 60) || SPEEDS[SPEEDS.length - 1];
  byId('play').addEventListener('click', () => (playing ? stop() : play()));
  document.addEventListener('keydown', singleKey);
  new ResizeObserver(drawMarks).observe(byId('marks').parentElement);
  setTime(duration);
}

function setTime(t) {
  view.t = t;
  byId('time').value = t;
  const text = `${utc(data.start + t, true)} UTC`;
  byId('time').setAttribute('aria-valuetext', text);
  byId('clock').textContent = tracks.length ? text : '';
  markPhases();
  redraw();
  const now = performance.now();
  if (playing && now - listed < 1000) return;
  listed = now;
  if (view.track || view.alert) showChosen();
  requestAnimationFrame(() => requestAnimationFrame(() => { listTracks(); count(); }));
}

function play() {
  if (view.t >= duration) setTime(0);
  byId('play').textContent = say('pause');
  let last = performance.now();
  const tick = (now) => {
    const t = Math.min(duration, view.t + (now - last) / 1000 * Number(byId('speed').value));
    last = now;
    setTime(t);
    if (t < duration) playing = requestAnimationFrame(tick); else stop();
  };
  playing = requestAnimationFrame(tick);
}

function stop() {
  if (!playing) return;
  cancelAnimationFrame(playing);
  playing = null;
  byId('play').textContent = say('play');
  setTime(view.t);
}

// Seconds that one step moves: ten in a short run, a minute in a watch, ten minutes in a week.
const stepOf = () => (duration <= 7200 ? 10 : duration <= 86400 ? 60 : 600);

function singleKey(event) {
  if (!shown.has('keys') || event.ctrlKey || event.altKey || event.metaKey || !(duration > 0)) return;
  const typing = event.target.closest('input[type="search"], select, textarea');
  const pressing = event.target.closest('button, summary, input, a');
  if (typing || (event.key === ' ' && pressing)) return;
  const act = {
    ' ': () => (playing ? stop() : play()),
    ',': () => { stop(); setTime(Math.max(0, view.t - stepOf())); },
    '.': () => { stop(); setTime(Math.min(duration, view.t + stepOf())); },
    m: () => toggleMeasure(),
  }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

// The alerts upon the slider, each where it was raised.
function drawMarks() {
  const canvas = byId('marks'), ratio = window.devicePixelRatio || 1;
  const width = canvas.parentElement.clientWidth, height = 14;
  canvas.width = Math.round(width * ratio);
  canvas.height = height * ratio;
  const on = canvas.getContext('2d');
  on.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const alert of data.alerts) {
    const share = duration > 0 ? (alert.time - data.start) / duration : 0;
    if (!(share >= 0 && share <= 1)) continue;
    on.save();
    on.translate(THUMB_PX / 2 + share * (width - THUMB_PX), 7);
    on.scale(0.55, 0.55);
    drawAlert(on, alert.severity, 0, 0);
    on.restore();
  }
}

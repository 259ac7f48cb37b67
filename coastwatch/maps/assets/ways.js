// Ways: tapered from a faint thin tail to a strong head, coloured by speed or class, with ticks of time.

const LEVELS = 8, LEVELS_PLAYING = 4; // each is a path over the whole screen, at every frame
const TICKS_MIN = [1, 5, 10, 30, 60, 360, 1440];
const TICK_GAP_PX = 34; // between two ticks of a ship of twelve knots
const VECTOR_MIN = 6;

const speedClass = (knotsOver) => SPEED_EDGES.filter((edge) => knotsOver >= edge).length;

// The whole run in outline, under all else that moves.
function drawWays(on) {
  if (!shown.has('ways')) return;
  const paths = new Map();
  for (const track of tracks) {
    if (!inFrame(track.bounds) || track.confirmed === undefined) continue;
    for (const [from, to, layer] of spansOf(track)) {
      if (shown.has(layer)) walk(track, from, to, 1, (level, speed) => pathFor(paths, wayColour(layer, speed), 0));
    }
  }
  on.lineWidth = 1;
  on.globalAlpha = 0.4;
  for (const [key, path] of paths) {
    on.strokeStyle = key.slice(0, key.indexOf('|'));
    on.stroke(path);
  }
  on.globalAlpha = 1;
}

function wayColour(layer, speed) {
  return view.colour === 'speed' ? colours[`speed-${speedClass(speed)}`] : colours[layer];
}

function pathFor(paths, colour, level) {
  const key = `${colour}|${level}`;
  if (!paths.has(key)) paths.set(key, new Path2D());
  return paths.get(key);
}

// Goes along a track between two times and calls path(level, knots) for the path that each piece joins.
// Levels cut the time evenly, so that a long straight piece tapers too.
function walk(track, from, to, levels, path) {
  const { t, x, y, speed } = track, { scale, left, top } = frame;
  const span = to - from;
  let i = Math.max(1, firstAfter(t, from));
  let at = from, [u, v] = along(track, i, from);
  let last = null, [penX, penY] = [NaN, NaN];
  for (let level = 0; level < levels && i < t.length; level++) {
    const until = level === levels - 1 ? to : from + span * (level + 1) / levels;
    while (i < t.length && at < until) {
      const whole = t[i] <= until;
      const [a, b] = whole ? [x[i] * scale - left, y[i] * scale - top] : along(track, i, until);
      // Corners that no one could see are left out, save where a level ends.
      if (!whole || Math.abs(a - u) + Math.abs(b - v) > 1.2 || i === t.length - 1) {
        const line = path(level, speed[i - 1]);
        if (line !== last || penX !== u || penY !== v) line.moveTo(u, v);
        line.lineTo(a, b);
        last = line;
        u = penX = a;
        v = penY = b;
      }
      at = whole ? t[i] : until;
      if (whole) i += 1;
    }
  }
}

// Index of the first kept point later than a time.
function firstAfter(t, time) {
  let a = 0, b = t.length;
  while (a < b) {
    const middle = (a + b) >> 1;
    if (t[middle] <= time) a = middle + 1; else b = middle;
  }
  return a;
}

// The pixel at a time between the kept points i - 1 and i.
function along({ t, x, y }, i, time) {
  const j = Math.min(i, t.length - 1), k = Math.max(0, j - 1);
  const share = t[j] > t[k] ? Math.min(1, Math.max(0, (time - t[k]) / (t[j] - t[k]))) : 1;
  return [(x[k] + share * (x[j] - x[k])) * frame.scale - frame.left,
    (y[k] + share * (y[j] - y[k])) * frame.scale - frame.top];
}

// The tails up to view.t: at most view.trail seconds of each track.
function drawTails(on) {
  const paths = new Map(), cased = new Path2D(), levels = playing ? LEVELS_PLAYING : LEVELS;
  for (const track of tracks) {
    if (!inWindow(track.bounds)) continue;
    const layer = layerAt(track, view.t);
    if (!layer || !shown.has(layer) || layer === 'tentative' || layer === 'aton' || layer === 'base') continue;
    const from = Math.max(track.t[0], view.t - view.trail), to = Math.min(view.t, track.t[track.t.length - 1]);
    const own = ownLayerAt(track, view.t);
    if (to <= from || own === 'fixed') continue;
    const dim = endedAt(track, view.t) ? 0.4 : 1;
    walk(track, from, to, levels, (level, speed) => pathFor(paths, wayColour(own, speed), Math.floor(level * dim)));
    if (layer === 'small') walk(track, from, to, 1, () => cased);
  }
  on.lineJoin = 'round';
  on.lineCap = 'butt';
  // A small craft's way is seen whatever it is coloured by.
  on.strokeStyle = colours.small;
  on.lineWidth = 7;
  on.globalAlpha = 0.28;
  on.stroke(cased);
  for (const [key, path] of paths) {
    const [colour, level] = key.split('|');
    const share = (Number(level) + 1) / levels;
    on.strokeStyle = colour;
    on.lineWidth = 0.6 + 2.8 * share;
    on.globalAlpha = 0.15 + 0.8 * share;
    on.stroke(path);
  }
  on.globalAlpha = 1;
}

// Minutes between ticks at this zoom.
function tickMinutes() {
  const lat = map.getCenter().lat * Math.PI / 180;
  const mile = frame.scale * NM_M / (40075016.7 * Math.cos(lat));
  return TICKS_MIN.find((minutes) => minutes / 60 * 12 * mile >= TICK_GAP_PX) || TICKS_MIN[TICKS_MIN.length - 1];
}

// A short line across the way at each whole interval of UTC.
function drawTicks(on, seen, labels) {
  if (!shown.has('ticks')) return;
  const each = tickMinutes() * 60;
  const few = seen.filter(({ layer }) => layer !== 'fixed').length <= 14;
  on.strokeStyle = colours.text;
  on.lineWidth = 1.2;
  on.globalAlpha = 0.75;
  on.beginPath();
  const texts = [];
  for (const { track, layer } of seen) {
    if (['tentative', 'fixed', 'aton', 'base', 'ended'].includes(layer)) continue;
    const from = Math.max(track.t[0], view.t - view.trail), to = Math.min(view.t, track.t[track.t.length - 1]);
    let before = null;
    for (let time = Math.ceil((data.start + from) / each) * each - data.start; time < to; time += each) {
      const i = Math.min(track.t.length - 1, firstAfter(track.t, time));
      const [x, y] = along(track, i, time), [a, b] = along(track, i, track.t[i - 1] ?? time);
      const [c, d] = along(track, i, track.t[i]);
      const far = Math.hypot(c - a, d - b);
      if (!far || (before && Math.hypot(x - before[0], y - before[1]) < 9)) continue;
      before = [x, y];
      const nx = -(d - b) / far * 4, ny = (c - a) / far * 4;
      on.moveTo(x - nx, y - ny);
      on.lineTo(x + nx, y + ny);
      if (few || track === view.track) texts.push([utc(data.start + time).slice(0, 5), x, y]);
    }
  }
  on.stroke();
  on.globalAlpha = 1;
  for (const [text, x, y] of texts) labels.write(text, x, y, colours.muted, 7);
}

function drawSpeedIcon(icon, name) {
  icon.strokeStyle = colours[name];
  icon.lineWidth = 3;
  icon.beginPath();
  icon.moveTo(4, 13);
  icon.lineTo(30, 13);
  icon.stroke();
}

function speedKeys() {
  return [...SPEED_EDGES, Infinity].map((edge, i) => {
    const low = i ? SPEED_EDGES[i - 1] : 0;
    return [`speed-${i}`, edge === Infinity ? say('andOver', `${low} kn`) : say('between', low, `${edge} kn`)];
  });
}

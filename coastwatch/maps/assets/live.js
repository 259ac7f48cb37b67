// What moves with the time of the picture, from the tails below to the labels on top.

const OVER_SHOWN_S = 6 * 3600; // so long an alert that is over is still marked
const BESIDE_PX = 27;
const NEAR_PX = 20; // small craft nearer to each other than this are drawn as one, with their number

function drawLive(on) {
  const labels = new Labels(on);
  blockEdges(labels);
  const blind = drawBlind();
  if (shown.has('sensors')) drawSensors(labels);
  drawTails(on);
  const seen = visibleTracks();
  drawVectors(on, seen);
  const small = gather(seen.filter((one) => one.layer === 'small'));
  for (const one of [...seen].reverse()) if (one.layer !== 'small') drawSymbol(on, one.x, one.y, one.symbol);
  drawAlerts(labels, seen);
  for (const text of blind) labels.write(...text);
  for (const one of seen) if (one.symbol.danger || one.layer === 'beacon') drawSymbol(on, one.x, one.y, one.symbol);
  for (const group of small) drawSymbol(on, group.x, group.y, group.first.symbol);
  markChosen(on);
  drawLabels(on, seen, small, labels);
  view.seen = seen;
  flashDangers(seen);
}

// Tracks on the canvas at view.t, the most important first.
function visibleTracks() {
  const seen = [], [x0, y0, x1, y1] = frame.window;
  for (const track of tracks) {
    if (!inWindow(track.bounds, 60)) continue;
    const layer = layerAt(track, view.t);
    if (!layer || !shown.has(layer)) continue;
    const state = stateAt(track, view.t);
    const { x, y } = place(state.lat, state.lon);
    if (x < x0 - 60 || y < y0 - 60 || x > x1 + 60 || y > y1 + 60) continue;
    seen.push({ track, layer, state, x, y, symbol: symbolOf(track, layer, state, view.t) });
  }
  const rank = (one) => (one.symbol.danger ? 0.5 : LAYERS.indexOf(one.layer));
  return seen.sort((a, b) => rank(a) - rank(b));
}

// The next minutes on the same course: short dashes with gaps of twice the line's width.
function drawVectors(on, seen) {
  const paths = new Map();
  for (const { layer, state, x, y, symbol } of seen) {
    const still = layer === 'ended' || layer === 'tentative' || symbol.ended || symbol.shape === 'sleeping';
    if (still || layer === 'fixed' || !(state.sog > 0.5)) continue;
    const tip = ahead(state, VECTOR_MIN * 60), end = place(tip.lat, tip.lon);
    const path = pathFor(paths, symbol.colour, 0);
    path.moveTo(x, y);
    path.lineTo(end.x, end.y);
  }
  on.lineWidth = 2;
  on.setLineDash([5, 4]);
  for (const [key, path] of paths) {
    on.strokeStyle = key.slice(0, key.indexOf('|'));
    on.stroke(path);
  }
  on.setLineDash([]);
}

// Small craft that would hide each other, as groups: { x, y, first, many }.
function gather(those) {
  const groups = [];
  for (const one of those) {
    const group = groups.find((g) => Math.hypot(g.x - one.x, g.y - one.y) < NEAR_PX);
    if (group) group.many.push(one);
    else groups.push({ x: one.x, y: one.y, first: one, many: [one] });
  }
  return groups;
}

function drawLabels(on, seen, small, labels) {
  for (const { x, y } of small) labels.block(x, y, 15);
  for (const { track, layer, x, y, symbol } of seen) {
    if (layer === 'beacon') labels.write(`${labelOf(track)} ${say(whoAt(track, view.t).beacon || 'beacon')}${symbol.ended ? `, ${say('lost')}` : ''}`, x, y, colours.beacon, 14, true, true);
    else if (symbol.danger) labels.write(labelOf(track), x, y, colours.danger, 16, true, true);
  }
  for (const { x, y, first, many } of small) {
    const lost = many.length === 1 && first.symbol.ended ? `, ${say('lost')}` : '';
    const text = many.length > 1 ? say('craft', many.length) : labelOf(first.track) + lost;
    labels.write(text, x, y, colours.small, 20, true, true);
  }
  for (const { layer, x, y } of seen) if (layer !== 'tentative' && layer !== 'small') labels.block(x, y, 6);
  if (!shown.has('names')) return;
  for (const { track, layer, x, y, symbol } of seen) {
    if (['tentative', 'ended', 'small', 'beacon', 'base'].includes(layer) || symbol.danger) continue;
    if (layer === 'fixed' && !whoAt(track, view.t).mmsi) continue;
    labels.write(labelOf(track), x, y, colours.text, 12);
  }
  drawTicks(on, seen, labels);
  drawZoneNames(labels);
  drawChartNames(labels);
}

function drawSensors(labels) {
  for (const sensor of data.sensors) {
    const { x, y } = place(sensor.lat, sensor.lon);
    drawSensor(pen, x, y);
    labels.block(x, y - 4, 9);
    if (sensor.kind !== 'radar') continue;
    const north = place(sensor.lat + sensor.range / 111195, sensor.lon);
    pen.strokeStyle = colours.sensor;
    pen.globalAlpha = 0.45;
    pen.lineWidth = 1;
    pen.setLineDash([2, 6]);
    pen.beginPath();
    pen.arc(x, y, Math.abs(y - north.y), 0, 2 * Math.PI);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }
}

// later: not raised yet at view.t; open; or over.
function phaseAt(alert, t) {
  if (alert.time > data.start + t + 0.5) return 'later';
  return alert.until !== undefined && alert.until <= data.start + t ? 'over' : 'open';
}

// An alert's mark stands beside a beacon or a small craft, not upon it.
const marks = new Map();
function drawAlerts(labels, seen) {
  const sought = seen.filter(({ layer }) => layer === 'beacon' || layer === 'small');
  marks.clear();
  for (const alert of data.alerts) {
    const phase = phaseAt(alert, view.t);
    if (phase === 'later' || (phase === 'over' && view.t + data.start - alert.until > OVER_SHOWN_S && alert !== view.alert)) continue;
    let { x, y } = place(alert.lat, alert.lon);
    const upon = sought.find((one) => Math.hypot(one.x - x, one.y - y) < 16);
    if (upon) [x, y] = [upon.x - BESIDE_PX, upon.y];
    marks.set(alert, { x, y });
    drawAlert(pen, alert.severity, x, y, phase === 'open');
    labels.block(x, y, 9);
  }
}

// A selected target: the corners of a square around it.
function markChosen(on) {
  const seen = view.track && view.t >= view.track.t[0] - 0.5;
  const spot = view.alert || (seen && stateAt(view.track, view.t));
  if (!spot) return;
  const { x, y } = place(spot.lat, spot.lon);
  for (const [colour, width] of [[colours.halo, 5], [colours.text, 2]]) {
    on.strokeStyle = colour;
    on.lineWidth = width;
    on.beginPath();
    for (const [i, j] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
      on.moveTo(x + i * 21, y + j * 12);
      on.lineTo(x + i * 21, y + j * 21);
      on.lineTo(x + i * 12, y + j * 21);
    }
    on.stroke();
  }
}

// A ring around each dangerous target that flashes by the style sheet, so that it costs no drawing.
const rings = [];
function flashDangers(seen) {
  const those = shown.has('flash') ? seen.filter((one) => one.symbol.danger).slice(0, 50) : [];
  while (rings.length < those.length) {
    rings.push(L.DomUtil.create('div', 'flash', map.getPane('flash')));
  }
  rings.forEach((node, i) => {
    node.hidden = i >= those.length;
    if (!node.hidden) L.DomUtil.setPosition(node, frame.corner.add([those[i].x, those[i].y]));
  });
}

// Symbols after IMO SN.1/Circ.243 and its revisions: told apart by shape first and colour second.
// The legend draws with the same code. Small unregistered craft have a symbol of our own.

const LAYERS = ['beacon', 'small', 'ais', 'radar', 'sar', 'fixed', 'base', 'aton', 'ended', 'tentative'];
const SPEED_EDGES = [1, 5, 10, 15, 20]; // knots: below the first, between, above the last
const RAMP = 6;
const COLOURS = ['sea', 'halo', 'text', 'muted', 'grid', 'land', 'coast', 'nochart', 'small', 'ais',
  'radar', 'fixed', 'beacon', 'aton', 'base', 'sar', 'tentative', 'ended', 'danger', 'emergency', 'alarm',
  'warning', 'caution', 'sensor', 'measure', 'share-none', 'depth-0', 'depth-1', 'depth-2', 'depth-3',
  ...['speed', 'density'].flatMap((ramp) => Array.from({ length: RAMP }, (_, i) => `${ramp}-${i}`)),
  ...Array.from({ length: 5 }, (_, i) => `share-${i}`)];
const TRIANGLE = [[0, -10], [5.5, 7], [-5.5, 7]]; // acute, isosceles; its middle is the position
const SLEEPING = [[0, -6], [3.6, 4.5], [-3.6, 4.5]];
// Past the bow: two lengths of the triangle, thin and solid; the vector is broken and stronger.
const HEADING_PX = 34, HEADING_WIDTH = 1;
let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = [...COLOURS, ...ZONE_KINDS.map((kind) => `zone-${kind}`)];
  colours = Object.fromEntries(names.map((n) => [n, style.getPropertyValue(`--${n}`).trim()]));
}

// Which symbol a track has: its name in SHAPES, its colour, how it points, and what is with it.
function symbolOf(track, layer, state, t) {
  const ended = endedAt(track, t);
  const { role, mmsi } = whoAt(track, t), kind = kindAt(track, t);
  const own = role || (layer === 'ended' ? kind : layer);
  const still = kind === 'fixed' || !(state.sog >= 0.5);
  let shape = own;
  if (own === 'ais' || (own === 'fixed' && mmsi)) shape = still ? 'sleeping' : 'ais';
  const danger = !ended && dangerousAt(track, t);
  return {
    shape, ended, danger,
    colour: colours[danger ? 'danger' : layer === 'ended' ? 'ended' : own === 'virtual-aton' ? 'aton' : own],
    turn: state.head ?? (state.sog >= 0.5 || state.sog === undefined ? state.cog : undefined) ?? state.cog ?? 0,
    head: shape === 'ais' && !ended ? state.head : undefined,
  };
}

function drawSymbol(pen, x, y, { shape, colour, turn = 0, head, headPx = HEADING_PX, ended, danger }) {
  pen.save();
  pen.translate(x, y);
  if (danger) pen.scale(1.35, 1.35);
  pen.lineWidth = danger ? 2.6 : 1.6;
  pen.lineJoin = 'round';
  pen.strokeStyle = pen.fillStyle = colour;
  if (head !== undefined) headingLine(pen, head, headPx);
  pen.save();
  (SHAPES[shape] || SHAPES.radar)(pen, turn, danger);
  pen.restore();
  if (ended) cross(pen, colour, { small: 11, beacon: 13 }[shape] || 8);
  pen.restore();
}

const SHAPES = {
  small(pen) {
    ring(pen, 14, 5, colours.halo);
    ring(pen, 10.5, 3, colours.halo);
    outline(pen, [[0, -7.5], [7.5, 0], [0, 7.5], [-7.5, 0]]);
    pen.fill();
    ring(pen, 10.5, 1.3);
    ring(pen, 14, 2.2);
  },
  ais(pen, turn, danger) {
    pen.rotate(turn * Math.PI / 180);
    outline(pen, TRIANGLE, colours.halo, pen.lineWidth + 2.6);
    pen.globalAlpha = danger ? 0.5 : 0.3;
    fill(pen, TRIANGLE);
    pen.globalAlpha = 1;
    outline(pen, TRIANGLE);
  },
  sleeping(pen, turn) {
    pen.rotate(turn * Math.PI / 180);
    outline(pen, SLEEPING, colours.halo, 4);
    outline(pen, SLEEPING);
  },
  radar(pen) {
    ring(pen, 5.5, pen.lineWidth + 2.4, colours.halo);
    ring(pen, 5.5, Math.max(1.8, pen.lineWidth));
  },
  fixed(pen) {
    ring(pen, 4, 3.5, colours.halo);
    ring(pen, 4, 1.4);
    dot(pen, 1.3);
  },
  // AIS-SART, man overboard, EPIRB: a circle with a cross.
  beacon(pen) {
    ring(pen, 9, 5, colours.halo);
    ring(pen, 9, 2.4);
    strokes(pen, [[-6.4, -6.4, 6.4, 6.4], [-6.4, 6.4, 6.4, -6.4]], 2.2);
  },
  aton(pen) { diamond(pen); },
  'virtual-aton'(pen) { diamond(pen, [2.5, 2]); },
  base(pen) {
    outline(pen, [[-6, -6], [6, -6], [6, 6], [-6, 6]], colours.halo, 4);
    outline(pen, [[-6, -6], [6, -6], [6, 6], [-6, 6]]);
    strokes(pen, [[-3.5, 4, 0, -4], [3.5, 4, 0, -4], [-2, 1, 2, 1]], 1.3);
  },
  // A search and rescue aircraft, seen from above.
  sar(pen, turn) {
    pen.rotate(turn * Math.PI / 180);
    for (const [colour, wider] of [[colours.halo, 3], [undefined, 0]]) {
      strokes(pen, [[0, -10, 0, 8], [-9, -1, 9, -1], [-4, 7, 4, 7]], 2.4 + wider, colour);
    }
  },
  tentative(pen) { strokes(pen, [[-3.5, 0, 3.5, 0], [0, -3.5, 0, 3.5]], 1.4); },
};

function headingLine(pen, head, length) {
  pen.save();
  pen.rotate(head * Math.PI / 180);
  strokes(pen, [[0, -10, 0, -10 - length]], HEADING_WIDTH);
  pen.restore();
}

// A lost target: bold lines across, that do not turn with it.
function cross(pen, colour, reach) {
  const lines = [[-reach, -reach, reach, reach], [-reach, reach, reach, -reach]];
  strokes(pen, lines, 4.4, colours.halo);
  strokes(pen, lines, 2, colour);
}

function diamond(pen, dash = []) {
  const corners = [[0, -8], [8, 0], [0, 8], [-8, 0]];
  outline(pen, corners, colours.halo, 4);
  pen.setLineDash(dash);
  outline(pen, corners);
  pen.setLineDash([]);
  strokes(pen, [[-3.5, 0, 3.5, 0], [0, -3.5, 0, 3.5]], 1.3);
}

// Alerts by shape: caution a square, warning a disc, alarm a triangle, emergency that in a ring.
function drawAlert(pen, severity, x, y, open = true) {
  pen.save();
  pen.translate(x, y);
  pen.lineJoin = 'round';
  pen.strokeStyle = pen.fillStyle = colours[severity];
  pen.lineWidth = 1.6;
  pen.beginPath();
  if (severity === 'caution') pen.rect(-7, -7, 14, 14);
  else if (severity === 'warning') pen.arc(0, 0, 8, 0, 2 * Math.PI);
  else trace(pen, [[0, -9], [9.5, 7.5], [-9.5, 7.5]]);
  pen.save();
  pen.strokeStyle = colours.halo;
  pen.lineWidth = 4.5;
  pen.stroke();
  pen.restore();
  pen.stroke();
  if (open) pen.fill();
  else { pen.save(); pen.fillStyle = colours.halo; pen.fill(); pen.restore(); }
  if (severity === 'emergency') ring(pen, 14, 2.5);
  pen.fillStyle = open ? colours.halo : colours[severity];
  const down = severity === 'alarm' || severity === 'emergency' ? 1 : 0;
  pen.fillRect(-1.1, -5 + down, 2.2, 6);
  pen.fillRect(-1.1, 2.6 + down, 2.2, 2.2);
  pen.restore();
}

function drawSensor(pen, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.strokeStyle = pen.fillStyle = colours.sensor;
  pen.lineWidth = 1.5;
  dot(pen, 2.6);
  for (const r of [6, 10]) {
    pen.beginPath();
    pen.arc(0, 0, r, -0.75 * Math.PI, -0.25 * Math.PI);
    pen.stroke();
  }
  pen.restore();
}

function trace(pen, points) {
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

function outline(pen, points, colour, width) {
  pen.save();
  if (colour) { pen.strokeStyle = colour; pen.lineWidth = width; }
  pen.beginPath();
  trace(pen, points);
  pen.stroke();
  pen.restore();
}

function fill(pen, points) {
  pen.beginPath();
  trace(pen, points);
  pen.fill();
}

function strokes(pen, lines, width, colour) {
  pen.save();
  pen.lineWidth = width;
  pen.lineCap = 'round';
  if (colour) pen.strokeStyle = colour;
  pen.beginPath();
  for (const [x1, y1, x2, y2] of lines) { pen.moveTo(x1, y1); pen.lineTo(x2, y2); }
  pen.stroke();
  pen.restore();
}

function dot(pen, radius) {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.fill();
}

function ring(pen, radius, width, colour) {
  pen.save();
  if (colour) pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.stroke();
  pen.restore();
}

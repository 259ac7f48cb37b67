// Symbols, told apart by shape first and colour second; the legend draws with the same code.

const LAYERS = [
  ['small', 'Small, unregistered'],
  ['ais', 'AIS identified'],
  ['radar', 'Radar only'],
  ['fixed', 'Moored or fixed'],
  ['tentative', 'Tentative'],
  ['ended', 'Ended'],
];
const COLOURS = ['sea', 'halo', 'text', 'muted', 'grid', 'land', 'coast', 'nochart', 'small', 'ais',
  'radar', 'fixed', 'tentative', 'ended', 'emergency', 'alarm', 'warning', 'caution', 'sensor',
  'share-0', 'share-1', 'share-2', 'share-3', 'share-4', 'share-none'];
const FONT = '11px system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif';
let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = [...COLOURS, ...Object.keys(ZONE_KINDS).map((kind) => `zone-${kind}`)];
  colours = Object.fromEntries(names.map((n) => [n, style.getPropertyValue(`--${n}`).trim()]));
}

function drawSymbol(pen, layer, x, y, cog) {
  pen.save();
  pen.translate(x, y);
  pen.lineWidth = 1.5;
  pen.strokeStyle = pen.fillStyle = colours[layer];
  SHAPES[layer](pen, cog);
  pen.restore();
}

const SHAPES = {
  small(pen) {
    outline(pen, [[0, -8], [8, 0], [0, 8], [-8, 0]], colours.halo, 4);
    outline(pen, [[0, -8], [8, 0], [0, 8], [-8, 0]]);
    pen.fill();
    ring(pen, 14, 2);
  },
  ais(pen, cog) {
    pen.rotate((cog || 0) * Math.PI / 180);
    outline(pen, [[0, -9], [5.5, 6], [-5.5, 6]], colours.halo, 4);
    pen.globalAlpha = 0.35;
    pen.fill();
    pen.globalAlpha = 1;
    outline(pen, [[0, -9], [5.5, 6], [-5.5, 6]]);
  },
  radar(pen) {
    ring(pen, 5.5, 4, colours.halo);
    ring(pen, 5.5, 1.8);
  },
  fixed(pen) {
    outline(pen, [[-4, -4], [4, -4], [4, 4], [-4, 4]]);
    pen.fillRect(-1, -1, 2, 2);
  },
  tentative(pen) {
    outline(pen, [[-3.5, 0], [3.5, 0]]);
    outline(pen, [[0, -3.5], [0, 3.5]]);
  },
  ended(pen) {
    outline(pen, [[-3, -3], [3, 3]]);
    outline(pen, [[-3, 3], [3, -3]]);
  },
};

function drawAlert(pen, severity, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.strokeStyle = pen.fillStyle = colours[severity];
  outline(pen, [[0, -9], [9, 7], [-9, 7]], colours.halo, 4);
  outline(pen, [[0, -9], [9, 7], [-9, 7]]);
  pen.fill();
  if (severity === 'emergency') ring(pen, 14, 2.5);
  pen.fillStyle = colours.sea;
  pen.fillRect(-1, -4, 2, 6);
  pen.fillRect(-1, 4, 2, 2);
  pen.restore();
}

function drawSensor(pen, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.strokeStyle = pen.fillStyle = colours.sensor;
  pen.lineWidth = 1.5;
  ring(pen, 2, 2);
  for (const r of [6, 10]) {
    pen.beginPath();
    pen.arc(0, 0, r, -0.75 * Math.PI, -0.25 * Math.PI);
    pen.stroke();
  }
  pen.restore();
}

function outline(pen, points, colour, width) {
  pen.save();
  if (colour) { pen.strokeStyle = colour; pen.lineWidth = width; }
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.stroke();
  pen.restore();
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

// Labels that would touch an earlier one are left out; the first asked for wins.
class Labels {
  constructor(pen) {
    this.pen = pen;
    this.taken = new Map();
    pen.font = FONT;
    pen.textBaseline = 'middle';
  }

  // Keeps a place free of labels: a symbol's own box.
  block(x, y, reach, high = reach) {
    this.claim([x - reach, y - high, x + reach, y + high], true);
  }

  // Right, left, below or above of a place; ``must`` writes on the right where none is free.
  write(text, x, y, colour, gap, must) {
    const width = this.pen.measureText(text).width;
    const spots = [[x + gap, y], [x - gap - width, y], [x - width / 2, y + gap + 4], [x - width / 2, y - gap - 4]];
    const box = ([left, middle]) => [left - 1, middle - 7, left + width + 1, middle + 7];
    const spot = spots.find((s) => this.claim(box(s))) || (must && spots[0]);
    if (!spot) return;
    this.pen.lineWidth = 3;
    this.pen.lineJoin = 'round';
    this.pen.strokeStyle = colours.halo;
    this.pen.strokeText(text, ...spot);
    this.pen.fillStyle = colour;
    this.pen.fillText(text, ...spot);
  }

  claim(box, always) {
    const cells = [];
    for (let i = Math.floor(box[0] / 64); i <= Math.floor(box[2] / 64); i++) {
      for (let j = Math.floor(box[1] / 64); j <= Math.floor(box[3] / 64); j++) cells.push(`${i},${j}`);
    }
    const touches = (b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1];
    if (!always && cells.some((c) => (this.taken.get(c) || []).some(touches))) return false;
    for (const c of cells) this.taken.set(c, [...(this.taken.get(c) || []), box]);
    return true;
  }
}

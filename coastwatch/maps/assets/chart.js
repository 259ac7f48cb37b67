// The chart: one canvas for what lies still and one for what moves. Both are wider than the screen,
// drawn once a zoom or a move's end, and moved by Leaflet's own CSS transform between.

const MARGIN = 0.22; // of the screen, on each side
const GRID_STEPS = [30, 10, 5, 2, 1, 1 / 2, 1 / 6, 1 / 12, 1 / 30, 1 / 60];

const map = map_picture;
const shown = new Set([...LAYERS.filter((name) => name !== 'tentative'), 'ticks', 'names', 'sensors', 'blind',
  'charts', 'flash', 'keys']);
const view = { t: duration, track: null, alert: null, colour: 'speed', trail: Infinity, density: 'none', seen: [] };
// Where the canvases lie: world coordinates times scale, less left and top, are their pixels.
const frame = { scale: 1, left: 0, top: 0, width: 0, height: 0, ratio: 1, corner: null };
let still = null;
let pen = null;

function startChart() {
  map.setMinZoom(2).setMaxZoom(17);
  still = chartCanvas('still', 300);
  pen = chartCanvas('symbols', 450);
  map.createPane('flash').style.zIndex = 460;
  map.createPane('measure').style.zIndex = 470;
  for (const name of ['flash', 'measure']) map.getPane(name).style.pointerEvents = 'none';
  startBackground();
  const [west, south, east, north] = data.view;
  map.fitBounds([[south, west], [north, east]], { padding: [24, 24], animate: false });
  for (const kind of new Set(zones.map(zoneKind))) shown.add(`zone-${kind}`);
  if (duration > 3600) { view.trail = 1800; shown.add('ways'); }
  map.on('moveend zoomend viewreset resize', repaint);
  map.on('move', follow);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

function chartCanvas(name, z) {
  map.createPane(name).style.zIndex = z;
  map.getPane(name).style.pointerEvents = 'none';
  const canvas = L.DomUtil.create('canvas', name, map.getPane(name));
  canvas.setAttribute('aria-hidden', 'true');
  return canvas.getContext('2d');
}

// The canvases around what the map shows now.
function fit() {
  const size = map.getSize();
  const edge = size.multiplyBy(MARGIN).round();
  const corner = map.containerPointToLayerPoint(edge.multiplyBy(-1)).round();
  const origin = map.getPixelOrigin();
  Object.assign(frame, {
    scale: 256 * 2 ** map.getZoom(), left: origin.x + corner.x, top: origin.y + corner.y, corner,
    width: size.x + 2 * edge.x, height: size.y + 2 * edge.y, ratio: onPaper() ? PAPER_RATIO : window.devicePixelRatio || 1,
  });
  const { canvas } = still, width = Math.round(frame.width * frame.ratio), height = Math.round(frame.height * frame.ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${frame.width}px`;
    canvas.style.height = `${frame.height}px`;
  }
  L.DomUtil.setPosition(canvas, corner);
}

// While the time runs all that moves is drawn anew at each frame: the screen itself is enough, and
// half the pixels.
function fitLive() {
  const size = map.getSize(), off = map.containerPointToLayerPoint([0, 0]).subtract(frame.corner).round();
  const [x, y, width, height] = playing ? [off.x, off.y, size.x, size.y] : [0, 0, frame.width, frame.height];
  const wide = Math.round(width * frame.ratio), high = Math.round(height * frame.ratio), { canvas } = pen;
  if (canvas.width !== wide || canvas.height !== high) {
    Object.assign(canvas, { width: wide, height: high });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  L.DomUtil.setPosition(canvas, frame.corner.add([x, y]));
  clear(pen);
  pen.translate(-x, -y);
  frame.window = [x, y, x + width, y + height];
}

// While the map is dragged: the edge labels follow, and all is drawn anew only past the margin.
function follow() {
  drawEdges();
  if (!frame.corner) return;
  const from = map.containerPointToLayerPoint([0, 0]), size = map.getSize();
  const out = from.x < frame.corner.x || from.y < frame.corner.y
    || from.x + size.x > frame.corner.x + frame.width || from.y + size.y > frame.corner.y + frame.height;
  if (out) repaint();
}

const asked = { still: false, live: false };
function repaint() { asked.still = true; redraw(); }
function redraw() {
  if (asked.live) return;
  asked.live = true;
  requestAnimationFrame(drawNow);
}

function drawNow() {
  if (asked.still) {
    fit();
    clear(still);
    drawStill(still);
    drawEdges();
    placeTiles();
  }
  const moved = asked.still;
  asked.still = asked.live = false;
  fitLive();
  drawLive(pen);
  if (moved) map.fire('drawn');
}

// A canvas is reset, not wiped: on paper Chromium prints a wiped one as white, over what lies below.
function clear(on) {
  on.reset();
  on.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
}

function place(lat, lon) {
  return { x: worldX(lon) * frame.scale - frame.left, y: worldY(lat) * frame.scale - frame.top };
}

function inFrame([west, north, east, south], margin = 0) {
  const { scale, left, top, width, height } = frame;
  return east * scale - left >= -margin && west * scale - left <= width + margin
    && south * scale - top >= -margin && north * scale - top <= height + margin;
}

// The same of the part that the moving canvas shows.
function inWindow([west, north, east, south], margin = 0) {
  const { scale, left, top, window: [x0, y0, x1, y1] } = frame;
  return east * scale - left >= x0 - margin && west * scale - left <= x1 + margin
    && south * scale - top >= y0 - margin && north * scale - top <= y1 + margin;
}

// A ring or line of world coordinates, without the corners that no one could see.
function traceWorld(on, ring, close) {
  const { scale, left, top } = frame;
  let x = ring[0] * scale - left, y = ring[1] * scale - top;
  on.moveTo(x, y);
  for (let i = 2; i < ring.length; i += 2) {
    const u = ring[i] * scale - left, v = ring[i + 1] * scale - top;
    if (i < ring.length - 2 && Math.abs(u - x) < 0.6 && Math.abs(v - y) < 0.6) continue;
    on.lineTo(x = u, y = v);
  }
  if (close) on.closePath();
}

function pathOf(on, places, close) {
  on.beginPath();
  places.forEach(([lat, lon], i) => {
    const { x, y } = place(lat, lon);
    if (i) on.lineTo(x, y); else on.moveTo(x, y);
  });
  if (close) on.closePath();
}

function drawStill(on) {
  on.lineJoin = 'round';
  drawLand(on);
  drawCharts(on);
  drawGrid(on);
  drawHeard(on);
  drawCoverage(on);
  drawDensity(on);
  drawZones(on);
  drawWays(on);
}

function drawLand(on) {
  const tiled = shown.has('tiles');
  on.beginPath();
  for (const rings of land) {
    if (!inFrame(rings[0].bounds, 2)) continue;
    for (const ring of rings) traceWorld(on, ring, true);
  }
  on.fillStyle = colours.land;
  if (!tiled) on.fill('evenodd');
  on.strokeStyle = colours.coast;
  on.lineWidth = 1;
  on.stroke();
  const [west, south, east, north] = data.window;
  const a = place(north, west), b = place(south, east);
  on.beginPath();
  on.rect(0, 0, frame.width, frame.height);
  on.rect(a.x, a.y, b.x - a.x, b.y - a.y);
  on.fillStyle = colours.nochart;
  if (!tiled) on.fill('evenodd');
  on.setLineDash([4, 4]);
  on.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  on.setLineDash([]);
}

// Meridians and parallels with the places of their labels; x and y from the canvas's corner.
function gridLines() {
  const { scale, left, top, width, height } = frame;
  const west = (left / scale - 0.5) * 360, east = ((left + width) / scale - 0.5) * 360;
  const lat = (y) => 180 / Math.PI * Math.atan(Math.sinh(Math.PI * (1 - 2 * (top + y) / scale)));
  const south = Math.max(-85, lat(height)), north = Math.min(85, lat(0));
  const step = GRID_STEPS.filter((s) => s / (east - west) * width >= 120).pop() || 30;
  const every = (low, high) => {
    const values = [];
    for (let i = Math.ceil(low / step); i * step <= high; i++) values.push(i * step);
    return values;
  };
  return { meridians: every(west, east), parallels: every(south, north) };
}

function drawGrid(on) {
  const { meridians, parallels } = gridLines();
  on.strokeStyle = colours.grid;
  on.lineWidth = 1;
  on.beginPath();
  for (const lon of meridians) {
    const x = Math.round(place(0, lon).x) + 0.5;
    on.moveTo(x, 0);
    on.lineTo(x, frame.height);
  }
  for (const lat of parallels) {
    const y = Math.round(place(lat, 0).y) + 0.5;
    on.moveTo(0, y);
    on.lineTo(frame.width, y);
  }
  on.stroke();
}

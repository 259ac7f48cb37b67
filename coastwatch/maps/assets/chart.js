// The chart: land, zones and ways as Leaflet canvas layers; symbols on one canvas of our own above.

const ZONE_KINDS = {
  'tss-lane': 'Traffic lane',
  'separation-zone': 'Separation zone',
  'inshore-zone': 'Inshore traffic zone',
  'territorial-sea': 'Territorial sea',
  'port-limits': 'Port or approach',
  'exclusion': 'Exclusion zone',
  'search-area': 'Search area',
  'line': 'Line',
  'other': 'Other',
};
const TRAIL_S = 600;
const VECTOR_S = 360;
const GRID_STEPS = [30, 10, 5, 2, 1, 1 / 2, 1 / 6, 1 / 12, 1 / 30, 1 / 60];

const map = map_picture;
const shown = new Set(['small', 'ais', 'radar', 'fixed', 'ended', 'ways', 'names', 'sensors', 'blind']);
const ways = new Map(); // layer name -> Leaflet group of whole lines
const view = { t: duration, track: null, alert: null };
let base = null;
let pen = null;

function startChart() {
  map.setMinZoom(2).setMaxZoom(17);
  for (const [name, z] of [['land', 200], ['coverage', 250], ['zones', 300], ['ways', 350]]) {
    map.createPane(name).style.zIndex = z;
    map.getPane(name).style.pointerEvents = 'none';
  }
  base = L.layerGroup().addTo(map);
  L.control.zoom({ position: 'topright' }).addTo(map);
  const canvas = L.DomUtil.create('canvas', 'symbols', map.getContainer());
  canvas.setAttribute('aria-hidden', 'true');
  pen = canvas.getContext('2d');
  const [west, south, east, north] = data.view;
  map.fitBounds([[south, west], [north, east]], { padding: [24, 24], animate: false });
  for (const zone of zones) shown.add(`zone-${zoneKind(zone)}`);
  map.on('move zoom viewreset resize', redraw);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

function zoneKind(zone) {
  return ZONE_KINDS[zone.kind] ? zone.kind : 'other';
}

// All that Leaflet draws; called again when the palette or the chosen layers change.
function drawBase() {
  base.clearLayers();
  const style = (pane, renderer) => ({ pane, renderer, interactive: false });
  const land = style('land', L.canvas({ pane: 'land', padding: 0.4 }));
  for (const rings of data.land) {
    L.polygon(landRings(rings), { ...land, fillColor: colours.land, fillOpacity: 1,
      color: colours.coast, weight: 1 }).addTo(base);
  }
  const [west, south, east, north] = data.window;
  const outer = [[-89, west - 720], [-89, east + 720], [89, east + 720], [89, west - 720]];
  const hole = [[south, west], [south, east], [north, east], [north, west]];
  L.polygon([outer, hole], { ...land, fillColor: colours.nochart, fillOpacity: 1,
    stroke: false }).addTo(base);
  L.polygon(hole, { ...land, fill: false, color: colours.coast, weight: 1,
    dashArray: '4 4' }).addTo(base);
  drawCoverage(style('coverage', L.canvas({ pane: 'coverage', padding: 0.4 })));
  drawZones(style('zones', L.canvas({ pane: 'zones', padding: 0.4 })));
  drawWays(style('ways', L.canvas({ pane: 'ways', padding: 0.4 })));
}

const unfolded = new Map();
function landRings(rings) {
  if (!unfolded.has(rings)) unfolded.set(rings, rings.map(unfoldRing));
  return unfolded.get(rings);
}

function drawZones(style) {
  for (const zone of zones) {
    const kind = zoneKind(zone);
    if (!shown.has(`zone-${kind}`)) continue;
    const color = colours[`zone-${kind}`];
    const line = { ...style, color, weight: 1.2, opacity: 0.8, fillColor: color, fill: false };
    const fillOpacity = { 'separation-zone': 0.16, 'exclusion': 0.16, 'territorial-sea': 0 }[kind];
    for (const rings of zone.polygons) {
      L.polygon(rings, { ...line, fill: true, fillOpacity: fillOpacity ?? 0.05 }).addTo(base);
    }
    for (const ring of zone.lines) L.polyline(ring, { ...line, dashArray: '8 5' }).addTo(base);
  }
}

function drawWays(style) {
  if (!shown.has('ways')) return;
  for (const track of tracks) {
    const layer = layerAt(track, duration);
    if (!layer || !shown.has(layer) || track.t.length < 2) continue;
    const line = Array.from(track.lat, (lat, i) => [lat, track.lon[i]]);
    const small = layer === 'small';
    L.polyline(line, { ...style, color: colours[small ? 'small' : layer], weight: small ? 1.5 : 1,
      opacity: small ? 0.8 : 0.4, smoothFactor: 0.7 }).addTo(base);
  }
}

let asked = false;
function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; drawNow(); });
}

// The moving part of the picture at view.t, from the grid below to the labels on top.
function drawNow() {
  const size = map.getSize();
  const ratio = window.devicePixelRatio || 1;
  const canvas = pen.canvas;
  if (canvas.width !== Math.round(size.x * ratio) || canvas.height !== Math.round(size.y * ratio)) {
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, size.x, size.y);
  const labels = new Labels(pen);
  labels.block(90, size.y - 20, 84, 24);
  drawGrid(size, labels);
  drawPoints();
  drawBlind(labels);
  if (shown.has('sensors')) drawSensors(labels);
  const seen = visibleTracks(size);
  for (const one of seen) drawMotion(one);
  for (const one of [...seen].reverse()) drawSymbol(pen, one.layer, one.x, one.y, one.state.cog);
  drawAlerts(labels);
  markChosen();
  if (shown.has('names')) {
    drawNames(seen, labels);
    drawZoneNames(labels);
  }
  view.seen = seen;
  drawScale();
}

function place(lat, lon) {
  return map.latLngToContainerPoint([lat, lon]);
}

// Tracks on the screen at view.t, the most important first.
function visibleTracks(size) {
  const order = LAYERS.map(([name]) => name);
  const seen = [];
  for (const track of tracks) {
    const layer = layerAt(track, view.t);
    if (!layer || !shown.has(layer)) continue;
    const state = stateAt(track, view.t);
    const { x, y } = place(state.lat, state.lon);
    if (x < -50 || y < -50 || x > size.x + 50 || y > size.y + 50) continue;
    seen.push({ track, layer, state, x, y });
  }
  return seen.sort((a, b) => order.indexOf(a.layer) - order.indexOf(b.layer));
}

// The way of the last ten minutes, and the next six on the same course.
function drawMotion({ track, layer, state, x, y }) {
  if (layer === 'ended' || layer === 'tentative' || layer === 'fixed') return;
  pen.strokeStyle = colours[layer];
  pen.lineWidth = 1.6;
  pen.globalAlpha = 0.9;
  pen.beginPath();
  pen.moveTo(x, y);
  for (let i = track.t.length - 1; i >= 0; i--) {
    if (track.t[i] > view.t) continue;
    const recent = track.t[i] >= view.t - TRAIL_S;
    const from = recent ? { lat: track.lat[i], lon: track.lon[i] } : stateAt(track, view.t - TRAIL_S);
    const p = place(from.lat, from.lon);
    pen.lineTo(p.x, p.y);
    if (!recent) break;
  }
  pen.stroke();
  pen.globalAlpha = 1;
  if (!(state.sog > 0.5)) return;
  const tip = ahead(state, VECTOR_S);
  const end = place(tip.lat, tip.lon);
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(end.x, end.y);
  pen.stroke();
  pen.setLineDash([]);
}

function drawNames(seen, labels) {
  for (const { layer, x, y } of seen) if (layer !== 'tentative') labels.block(x, y, 5);
  for (const { track, layer, x, y } of seen) {
    if (layer === 'tentative' || layer === 'ended' || (layer === 'fixed' && !track.mmsi)) continue;
    if (layer === 'small') labels.write(track.label, x, y, colours.small, 19, true);
    else labels.write(track.label, x, y, colours.text, 11);
  }
}

// Names of zones, where the zone is wide enough on the screen and no ship's name stands there.
function drawZoneNames(labels) {
  for (const zone of zones) {
    const kind = zoneKind(zone);
    if (!shown.has(`zone-${kind}`) || !zone.name) continue;
    const [west, south, east, north] = zone.bounds;
    const point = zone.points.length > 0;
    if (!point && place(south, east).x - place(north, west).x < 90) continue;
    const { x, y } = place(zone.at[1], zone.at[0]);
    labels.write(zone.name, x, y, colours[`zone-${kind}`], point ? 7 : 0);
  }
}

function drawPoints() {
  for (const zone of zones) {
    const kind = zoneKind(zone);
    if (!shown.has(`zone-${kind}`)) continue;
    pen.fillStyle = colours[`zone-${kind}`];
    for (const [[lat, lon]] of zone.points) {
      const { x, y } = place(lat, lon);
      pen.fillRect(x - 3, y - 3, 6, 6);
    }
  }
}

function drawSensors(labels) {
  for (const sensor of data.sensors) {
    const { x, y } = place(sensor.lat, sensor.lon);
    drawSensor(pen, x, y);
    labels.block(x, y - 4, 9);
    if (sensor.kind !== 'radar') continue;
    const north = place(sensor.lat + sensor.range / 111195, sensor.lon);
    pen.strokeStyle = colours.sensor;
    pen.globalAlpha = 0.35;
    pen.lineWidth = 1;
    pen.setLineDash([2, 6]);
    pen.beginPath();
    pen.arc(x, y, Math.abs(y - north.y), 0, 2 * Math.PI);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }
}

function drawAlerts(labels) {
  for (const alert of data.alerts) {
    if (alert.time > data.start + view.t + 0.5) continue;
    const { x, y } = place(alert.lat, alert.lon);
    drawAlert(pen, alert.severity, x, y);
    labels.block(x, y, 9);
  }
}

function markChosen() {
  const spot = view.alert || (view.track && stateAt(view.track, view.t));
  if (!spot) return;
  const { x, y } = place(spot.lat, spot.lon);
  pen.strokeStyle = colours.text;
  pen.lineWidth = 2;
  for (const [i, j] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
    pen.beginPath();
    pen.moveTo(x + i * 20, y + j * 12);
    pen.lineTo(x + i * 20, y + j * 20);
    pen.lineTo(x + i * 12, y + j * 20);
    pen.stroke();
  }
}

function drawGrid(size, labels) {
  const a = map.containerPointToLatLng([0, size.y]), b = map.containerPointToLatLng([size.x, 0]);
  const step = GRID_STEPS.filter((s) => s / (b.lng - a.lng) * size.x >= 120).pop() || 30;
  pen.strokeStyle = colours.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  const names = [];
  for (let i = Math.ceil(a.lng / step); i * step <= b.lng; i++) {
    const { x } = place(a.lat, i * step);
    pen.moveTo(x, 0);
    pen.lineTo(x, size.y);
    const around = ((i * step + 180) % 360 + 360) % 360 - 180;
    names.push([angle(around, 3, 'E', 'W', 0), x, 10, 3]);
  }
  for (let i = Math.ceil(a.lat / step); i * step <= b.lat; i++) {
    const { y } = place(i * step, a.lng);
    pen.moveTo(0, y);
    pen.lineTo(size.x, y);
    names.push([angle(i * step, 2, 'N', 'S', 0), 0, y - 8, 4]);
  }
  pen.stroke();
  for (const [text, x, y, gap] of names) labels.write(text, x, y, colours.muted, gap);
}

// The scale in nautical miles, true at the middle of the map.
function drawScale() {
  const size = map.getSize();
  const y = size.y / 2, x = size.x / 2;
  const metres = map.distance(map.containerPointToLatLng([x - 50, y]), map.containerPointToLatLng([x + 50, y]));
  const most = metres / 100 * 160 / 1852;
  const power = 10 ** Math.floor(Math.log10(most));
  const nm = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
  const width = nm * 1852 / (metres / 100);
  const left = 16, bottom = size.y - 16;
  pen.fillStyle = colours.halo;
  pen.globalAlpha = 0.75;
  pen.fillRect(left - 8, bottom - 22, width + 16, 30);
  pen.globalAlpha = 1;
  pen.strokeStyle = pen.fillStyle = colours.text;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(left, bottom - 5);
  pen.lineTo(left, bottom);
  pen.lineTo(left + width, bottom);
  pen.lineTo(left + width, bottom - 5);
  pen.stroke();
  const text = `${Number(nm.toPrecision(2))} NM`;
  pen.fillText(text, left + width / 2 - pen.measureText(text).width / 2, bottom - 11);
}

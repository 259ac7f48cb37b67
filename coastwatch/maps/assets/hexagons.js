// Hexagons: how much traffic there was, and how much of its AIS was received.

const DENSITY_ALPHA = 0.85;
const COVER_ALPHA = 0.5, COVER_UNDER_ALPHA = 0.25; // coverage alone, and under the density
const HOUR_EDGES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const CORNERS = Array.from({ length: 6 }, (_, i) => [Math.sin(i * Math.PI / 3), Math.cos(i * Math.PI / 3)]);
const hexagons = { density: unfoldHexagons(data.density), heard: unfoldHexagons(data.heard) };

function unfoldHexagons(raw) {
  if (!raw || !raw.lon.length) return null;
  const lon = unfold(raw.lon, 1e5), lat = unfold(raw.lat, 1e5);
  return { ...raw, lon, lat, x: lon.map(worldX), y: lat.map(worldY) };
}

// Lower ends of the classes in vessel-hours, on a 1-2-5 scale: the same for both choices.
function densityEdges() {
  const most = Math.max(...hexagons.density.all) / 10;
  const top = Math.max(RAMP - 1, HOUR_EDGES.filter((edge) => edge <= most).length - 1);
  return HOUR_EDGES.slice(top - RAMP + 1, top + 1);
}

function densityKeys() {
  const edges = densityEdges(), number = (hours) => decimal(hours, hours >= 1 ? 0 : hours >= 0.1 ? 1 : 2);
  return edges.map((low, i) => [`density-${i}`, i === RAMP - 1 ? say('andOver', `${number(low)} h`)
    : say('between', i ? number(low) : 0, `${number(edges[i + 1])} h`)]);
}

function densityClass(hours, edges) {
  return Math.max(0, edges.filter((edge) => hours >= edge).length - 1);
}

const densityShown = () => hexagons.density && view.density !== 'none';
const coverAlpha = (share) => (densityShown() ? COVER_UNDER_ALPHA : COVER_ALPHA) * (share < 0 ? 0.32 : 1);

function drawHeard(on) {
  const { heard } = hexagons;
  if (!heard || !shown.has('heard')) return;
  fillHexagons(on, heard, (i) => colours[shareName(heard.share[i])], (i) => coverAlpha(heard.share[i]));
}

// Over any coverage, each with an edge: the lowest class is to be seen upon it, too.
function drawDensity(on) {
  if (!densityShown()) return;
  const hours = hexagons.density[view.density], edges = densityEdges();
  on.strokeStyle = colours.halo;
  on.lineWidth = 0.7;
  fillHexagons(on, hexagons.density, (i) => (hours[i] > 0 ? colours[`density-${densityClass(hours[i] / 10, edges)}`] : null),
    () => DENSITY_ALPHA, true);
}

function fillHexagons(on, { x, y, size }, colour, alpha, edged) {
  const radius = size * frame.scale;
  for (let i = 0; i < x.length; i++) {
    const u = x[i] * frame.scale - frame.left, v = y[i] * frame.scale - frame.top;
    if (u < -radius || v < -radius || u > frame.width + radius || v > frame.height + radius) continue;
    const paint = colour(i);
    if (!paint) continue;
    on.fillStyle = paint;
    on.globalAlpha = alpha(i);
    on.beginPath();
    CORNERS.forEach(([a, b], k) => (k ? on.lineTo(u + a * radius, v + b * radius) : on.moveTo(u + a * radius, v + b * radius)));
    on.fill();
    if (edged) { on.closePath(); on.stroke(); }
  }
  on.globalAlpha = 1;
}

// What the shown hexagons say of a place.
function hexagonRows(lat, lon) {
  const rows = [];
  const at = (cells) => nearest(cells, worldX(lon), worldY(lat));
  const i = hexagons.density && view.density !== 'none' ? at(hexagons.density) : -1;
  if (i >= 0) {
    for (const [key, name] of [['all', 'densityAll'], ['small', 'densitySmall']]) {
      rows.push([say(name), `${decimal(hexagons.density[key][i] / 10, 1)} h`]);
    }
  }
  const j = hexagons.heard && shown.has('heard') ? at(hexagons.heard) : -1;
  if (j >= 0) {
    const share = hexagons.heard.share[j];
    rows.push([say('received'), share < 0 ? say('unmeasured') : percent(share)], [say('expected'), hexagons.heard.looks[j]]);
  }
  return rows;
}

// The middle that is nearest is that of the hexagon that holds the place, on a regular grid.
function nearest({ x, y, size }, u, v) {
  let best = -1, least = size;
  for (let i = 0; i < x.length; i++) {
    const far = Math.hypot(x[i] - u, y[i] - v);
    if (far < least) { least = far; best = i; }
  }
  return best;
}

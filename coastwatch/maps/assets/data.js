// The data island: read once, unfolded into columns; nothing of it is ever parsed as HTML.

const data = JSON.parse(document.getElementById('island').textContent);
const LOST_S = 30; // a track without a row for so long is no longer there
const LOST_SHOWN_S = 1800; // so long its place is marked
const SOUGHT_S = 6 * 3600; // and so long that of a small craft or a beacon

function unfold(steps, scale) {
  const values = new Float64Array(steps.length);
  let sum = 0;
  for (let i = 0; i < steps.length; i++) {
    sum += steps[i];
    values[i] = sum / scale;
  }
  return values;
}

// lon, lat, then steps: as [lat, lon] pairs.
function unfoldRing(steps) {
  const ring = [];
  let lon = 0, lat = 0;
  for (let i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    ring.push([lat / 1e5, lon / 1e5]);
  }
  return ring;
}

// Web Mercator with a world one wide, as Leaflet's EPSG:3857 has it.
const worldX = (lon) => lon / 360 + 0.5;
function worldY(lat) {
  const sin = Math.sin(lat * Math.PI / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

// A ring of lon, lat steps as world coordinates x0, y0, x1, ... with its bounds.
function worldRing(steps) {
  const ring = new Float64Array(steps.length);
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  let lon = 0, lat = 0;
  for (let i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    ring[i] = worldX(lon / 1e5);
    ring[i + 1] = worldY(lat / 1e5);
    bounds[0] = Math.min(bounds[0], ring[i]);
    bounds[1] = Math.min(bounds[1], ring[i + 1]);
    bounds[2] = Math.max(bounds[2], ring[i]);
    bounds[3] = Math.max(bounds[3], ring[i + 1]);
  }
  ring.bounds = bounds;
  return ring;
}

const duration = data.end - data.start;
const oneDay = Math.floor(data.start / 86400) === Math.floor(data.end / 86400);
const tracks = data.tracks.map(unfoldTrack);
const trackById = new Map(tracks.map((track) => [track.id, track]));
const zones = data.zones.map((zone) => ({
  ...zone,
  polygons: zone.polygons.map((rings) => rings.map(unfoldRing)),
  lines: zone.lines.map(unfoldRing),
  points: zone.points.map(unfoldRing),
  worldPolygons: zone.polygons.map((rings) => rings.map(worldRing)),
  worldLines: zone.lines.map(worldRing),
}));
const land = data.land.map((rings) => rings.map(worldRing));
const dangers = new Map(); // track id -> the spans of time in which an alert holds it dangerous
for (const alert of data.alerts.filter((one) => one.danger)) {
  for (const id of [alert.track, ...(alert.others || [])]) {
    const span = [alert.time - data.start, (alert.until ?? Infinity) - data.start];
    dangers.set(id, [...(dangers.get(id) || []), span]);
  }
}

function unfoldTrack(raw) {
  const track = { ...raw, t: unfold(raw.t, 10), lon: unfold(raw.lon, 1e5), lat: unfold(raw.lat, 1e5) };
  const n = track.t.length;
  track.x = new Float64Array(n);
  track.y = new Float64Array(n);
  track.speed = new Float32Array(n); // knots from this point to the next
  track.bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    const x = track.x[i] = worldX(track.lon[i]), y = track.y[i] = worldY(track.lat[i]);
    if (x < track.bounds[0]) track.bounds[0] = x;
    if (y < track.bounds[1]) track.bounds[1] = y;
    if (x > track.bounds[2]) track.bounds[2] = x;
    if (y > track.bounds[3]) track.bounds[3] = y;
    if (!i) continue;
    const east = (track.lon[i] - track.lon[i - 1]) * Math.cos(track.lat[i] * Math.PI / 180);
    const hours = (track.t[i] - track.t[i - 1]) / 3600;
    track.speed[i - 1] = hours > 0 ? 60 * Math.hypot(east, track.lat[i] - track.lat[i - 1]) / hours : 0;
  }
  return track;
}

// Place and motion at a time, along the straight line between two kept points.
function stateAt(track, t) {
  const { t: times, lon, lat } = track;
  const last = times.length - 1;
  if (t >= times[last] || last === 0) {
    const known = track.sog !== undefined;
    return { lon: lon[last], lat: lat[last], sog: known ? track.sog : NaN, cog: track.cog, head: headAt(track, last) };
  }
  let a = 0, b = last;
  while (b - a > 1) {
    const middle = (a + b) >> 1;
    if (times[middle] <= t) a = middle; else b = middle;
  }
  const span = times[b] - times[a];
  const share = span > 0 ? Math.max(0, (t - times[a]) / span) : 0;
  const here = { lon: lon[a] + share * (lon[b] - lon[a]), lat: lat[a] + share * (lat[b] - lat[a]) };
  const east = (lon[b] - lon[a]) * 60 * Math.cos(here.lat * Math.PI / 180);
  const north = (lat[b] - lat[a]) * 60;
  here.sog = span > 0 ? Math.hypot(east, north) / span * 3600 : NaN;
  here.cog = (Math.atan2(east, north) * 180 / Math.PI + 360) % 360;
  here.head = headAt(track, share < 0.5 ? a : b);
  return here;
}

function headAt(track, i) {
  return track.h && track.h[i] >= 0 ? track.h[i] : undefined;
}

// Where it will be after so many seconds on its course: enough for a short vector on a map.
function ahead(state, seconds) {
  const nm = state.sog * seconds / 3600;
  const course = state.cog * Math.PI / 180;
  return {
    lat: state.lat + nm / 60 * Math.cos(course),
    lon: state.lon + nm / 60 * Math.sin(course) / Math.cos(state.lat * Math.PI / 180),
  };
}

function inZone(zone, lat, lon) {
  return zone.polygons.some((rings) => rings.filter((ring) => inRing(ring, lat, lon)).length % 2);
}

function inRing(ring, lat, lon) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [y1, x1] = ring[i], [y2, x2] = ring[j];
    if ((y1 > lat) !== (y2 > lat) && lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

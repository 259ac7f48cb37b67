// The data island: read once, unfolded into columns; nothing of it is ever parsed as HTML.

const data = JSON.parse(document.getElementById('island').textContent);
const LOST_S = 30; // a track without a row for so long is no longer there

function unfold(steps, scale) {
  const values = new Float64Array(steps.length);
  let sum = 0;
  for (let i = 0; i < steps.length; i++) {
    sum += steps[i];
    values[i] = sum / scale;
  }
  return values;
}

// lon, lat, then steps: as [lat, lon] pairs, which Leaflet wants.
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

const duration = data.end - data.start;
const tracks = data.tracks.map((track) => ({
  ...track,
  t: unfold(track.t, 10),
  lon: unfold(track.lon, 1e5),
  lat: unfold(track.lat, 1e5),
  label: track.name || (track.mmsi ? `MMSI ${track.mmsi}` : `track ${track.id}`),
}));
const trackById = new Map(tracks.map((track) => [track.id, track]));
const zones = data.zones.map((zone) => ({
  ...zone,
  polygons: zone.polygons.map((rings) => rings.map(unfoldRing)),
  lines: zone.lines.map(unfoldRing),
  points: zone.points.map(unfoldRing),
}));

// What a track is at a time: one of the layers, or null before it was first seen.
function layerAt(track, t) {
  if (t < track.t[0] - 0.5) return null;
  if (track.confirmed === undefined || t < track.confirmed - 0.05) {
    return t > track.t[track.t.length - 1] + LOST_S || endedAt(track, t) ? null : 'tentative';
  }
  return endedAt(track, t) ? 'ended' : track.kind;
}

function endedAt(track, t) {
  const last = track.t[track.t.length - 1];
  return t >= last + LOST_S || (track.status === 'ended' && t >= last);
}

// Place and motion at a time, along the straight line between two kept points.
function stateAt(track, t) {
  const { t: times, lon, lat } = track;
  const last = times.length - 1;
  if (t >= times[last] || last === 0) {
    const known = track.sog !== undefined;
    return { lon: lon[last], lat: lat[last], sog: known ? track.sog : NaN, cog: track.cog };
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
  return here;
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

function utc(seconds, withDate) {
  const text = new Date(Math.round(seconds) * 1000).toISOString();
  return (withDate ? text.slice(0, 10) + ' ' : '') + text.slice(11, 19);
}

// 50°52.34′N 001°35.20′E
function degreesMinutes(lat, lon) {
  const around = ((lon + 180) % 360 + 360) % 360 - 180;
  return angle(lat, 2, 'N', 'S', 2) + ' ' + angle(around, 3, 'E', 'W', 2);
}

function angle(value, width, positive, negative, digits) {
  const parts = 10 ** digits;
  const whole = Math.round(Math.abs(value) * 60 * parts);
  const degrees = String(Math.floor(whole / 60 / parts)).padStart(width, '0');
  const minutes = ((whole - degrees * 60 * parts) / parts).toFixed(digits);
  return `${degrees}°${minutes.padStart(digits ? 3 + digits : 2, '0')}′${value < 0 ? negative : positive}`;
}

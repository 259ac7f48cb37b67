// Radar coverage: what was promised, what was achieved cell by cell, and where a radar was blind.

const SHARES = [80, 60, 40, 20, 0]; // lower ends of the classes, in percent
const ARC_DEG = 2.5;
const HATCH_PX = 9;

const coverName = (i) => `cover-${i}`;
const coversShown = () => data.coverage.filter((_, i) => shown.has(coverName(i)));
const shareName = (percent) => (percent < 0 ? 'share-none' : `share-${SHARES.findIndex((s) => percent >= s)}`);

// A place at an azimuth (degrees) and range (metres) from a radar, on the sphere.
function atRange(cover, azimuth, range) {
  const d = range / 6371008.8, a = azimuth * Math.PI / 180, lat = cover.lat * Math.PI / 180;
  const sin = Math.sin(lat) * Math.cos(d) + Math.cos(lat) * Math.sin(d) * Math.cos(a);
  const east = Math.atan2(Math.sin(a) * Math.sin(d) * Math.cos(lat), Math.cos(d) - Math.sin(lat) * sin);
  return [Math.asin(sin) * 180 / Math.PI, cover.lon + east * 180 / Math.PI];
}

function arc(cover, low, width, range) {
  const n = Math.max(2, Math.ceil(width / ARC_DEG));
  return Array.from({ length: n + 1 }, (_, i) => atRange(cover, low + width * i / n, range));
}

function sectorRing(cover, low, width, near, far) {
  const inner = near > 0 ? arc(cover, low, width, near).reverse() : [[cover.lat, cover.lon]];
  return [...arc(cover, low, width, far), ...(width >= 360 && near <= 0 ? [] : inner)];
}

function cellRing(cover, cell) {
  const width = 360 / cover.azimuths, step = cover.range / cover.rings;
  const ring = cell % cover.rings;
  return sectorRing(cover, Math.floor(cell / cover.rings) * width, width, ring * step, (ring + 1) * step);
}

function drawCoverage(style) {
  for (const cover of coversShown()) {
    for (let cell = 0; cell < cover.achieved.length; cell++) {
      const percent = cover.achieved[cell];
      if (percent < 0 && !(cover.promised[cell] > 0)) continue;
      const share = shareName(percent);
      L.polygon(cellRing(cover, cell), { ...style, color: colours.sea, weight: 0.6, opacity: 0.5,
        fillColor: colours[share], fillOpacity: percent < 0 ? 0.16 : 0.5 }).addTo(base);
    }
    for (const line of promisedEdge(cover)) {
      L.polyline(line, { ...style, color: colours.sensor, weight: 1.6, opacity: 0.9 }).addTo(base);
    }
  }
}

// The edges between cells that are promised and those that are not.
function promisedEdge(cover) {
  const { azimuths, rings, promised } = cover;
  const width = 360 / azimuths, step = cover.range / rings;
  const has = (a, r) => r >= 0 && r < rings && promised[((a + azimuths) % azimuths) * rings + r] > 0;
  const lines = [];
  for (let a = 0; a < azimuths; a++) {
    for (let r = 0; r < rings; r++) {
      if (has(a, r) !== has(a, r + 1)) lines.push(arc(cover, a * width, width, (r + 1) * step));
      if (has(a, r) !== has(a - 1, r)) {
        lines.push([atRange(cover, a * width, r * step), atRange(cover, a * width, (r + 1) * step)]);
      }
    }
  }
  return lines;
}

// Where radars are blind or silent at view.t; earlier ones only in outline, with their coverage.
function drawBlind(labels) {
  data.coverage.forEach((cover, i) => {
    for (const episode of cover.episodes) {
      const now = episode.from <= view.t && !(episode.until <= view.t);
      if (!(now && shown.has('blind')) && !shown.has(coverName(i))) continue;
      if (episode.from > view.t) continue;
      outlineSector(cover, episode, now);
      const [lat, lon] = atRange(cover, episode.low + episode.width / 2, episode.width < 360 ? cover.range * 0.62 : 0);
      const { x, y } = place(lat, lon);
      labels.write(episodeText(cover, episode, now), x, y, colours.warning, episode.width < 360 ? 0 : 16, now);
    }
  });
}

function episodeText(cover, { what, from, until }, now) {
  const since = utc(data.start + from).slice(0, 5);
  if (now) return `${cover.id} ${what} since ${since} UTC`;
  return `${cover.id} was ${what} ${since} to ${utc(data.start + until).slice(0, 5)} UTC`;
}

function outlineSector(cover, { low, width }, now) {
  const points = sectorRing(cover, low, width, 0, cover.range).map(([lat, lon]) => place(lat, lon));
  pen.save();
  pen.beginPath();
  points.forEach(({ x, y }, i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.strokeStyle = colours.warning;
  pen.lineWidth = 1.6;
  if (!now) pen.setLineDash([5, 4]);
  pen.stroke();
  if (now) {
    pen.clip();
    hatch(pen, points, width < 360 ? 1 : 2.5);
  }
  pen.restore();
}

function hatch(pen, points, sparse) {
  const xs = points.map((p) => p.x), ys = points.map((p) => p.y);
  const size = map.getSize();
  const left = Math.max(0, Math.min(...xs)), right = Math.min(size.x, Math.max(...xs));
  const top = Math.max(0, Math.min(...ys)), bottom = Math.min(size.y, Math.max(...ys));
  pen.globalAlpha = 0.55 / sparse;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = left - (bottom - top); x < right; x += HATCH_PX * sparse) {
    pen.moveTo(x, bottom);
    pen.lineTo(x + bottom - top, top);
  }
  pen.stroke();
}

// What the coverage says of a place: one entry a shown radar that reaches it.
function coverageAt(lat, lng) {
  return coversShown().flatMap((cover) => {
    const range = map.distance([lat, lng], [cover.lat, cover.lon]);
    if (range >= cover.range) return [];
    const east = (lng - cover.lon) * Math.cos((lat + cover.lat) / 2 * Math.PI / 180);
    const azimuth = (Math.atan2(east, lat - cover.lat) * 180 / Math.PI + 360) % 360;
    const a = Math.floor(azimuth / 360 * cover.azimuths) % cover.azimuths;
    const cell = a * cover.rings + Math.floor(range / cover.range * cover.rings);
    return [{ cover, cell, azimuth, range }];
  });
}

function coverageRows({ cover, cell, azimuth, range }) {
  const measured = cover.achieved[cell] >= 0;
  return [
    ['from the radar', `${String(Math.round(azimuth) % 360).padStart(3, '0')}°, ${(range / 1852).toFixed(1)} NM`],
    ['promised', cover.promised[cell] > 0 ? `${cover.promised[cell]} % of scans` : 'nothing here'],
    ['achieved', measured ? `${cover.achieved[cell]} % (${cover.lower[cell]} to ${cover.upper[cell]} %)` : 'unmeasured'],
    ['looks at known vessels', cover.looks[cell]],
  ];
}

function coverageLegend() {
  const radars = data.coverage.map((cover, i) => layerRow(coverName(i), cover.id));
  const blind = data.coverage.some((cover) => cover.episodes.length) ? [layerRow('blind', 'Blind or silent')] : [];
  const keys = SHARES.map((low, i) => [`share-${i}`, i ? `${low} to ${SHARES[i - 1]} %` : `${low} % and more`]);
  keys.push(['share-none', 'Unmeasured'], ['promised', 'Edge of what is promised']);
  const rows = keys.map(([icon, title]) => element('p', { class: 'key' },
    element('canvas', { class: 'icon', 'data-icon': icon, 'aria-hidden': 'true' }), element('span', {}, title)));
  return [...radars, ...blind, element('p', { class: 'hint' }, 'Scans in which known vessels gave a plot:'), ...rows];
}

function drawCoverageIcon(icon, name) {
  icon.strokeStyle = icon.fillStyle = colours[name] || colours.sensor;
  icon.lineWidth = 1.6;
  if (name === 'promised') {
    icon.strokeRect(6, 8, 22, 14);
  } else if (name.startsWith('share-')) {
    icon.globalAlpha = name === 'share-none' ? 0.25 : 0.75;
    icon.fillRect(5, 8, 24, 14);
  } else {
    if (name === 'blind') icon.strokeStyle = colours.warning;
    icon.beginPath();
    icon.moveTo(17, 25);
    icon.arc(17, 25, 19, -0.7 * Math.PI, -0.3 * Math.PI);
    icon.closePath();
    icon.stroke();
    if (name !== 'blind') return;
    icon.clip();
    icon.beginPath();
    for (let x = -6; x < 34; x += 6) { icon.moveTo(x, 30); icon.lineTo(x + 26, 4); }
    icon.stroke();
  }
}

// Radar coverage: what was promised, what was achieved cell by cell, and where a radar was blind.

const SHARES = [80, 60, 40, 20, 0]; // lower ends of the classes, in percent
const ARC_DEG = 2.5;
const HATCH_PX = 9;

const coverName = (i) => `cover-${i}`;
const coversShown = () => data.coverage.filter((_, i) => shown.has(coverName(i)));
const shareName = (percent) => (percent < 0 ? 'share-none' : `share-${SHARES.findIndex((s) => percent >= s)}`);

const atRange = (cover, azimuth, range) => travelled(cover, azimuth, range);

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

function drawCoverage(on) {
  for (const cover of coversShown()) {
    on.strokeStyle = colours.sea;
    on.lineWidth = 0.6;
    for (let cell = 0; cell < cover.achieved.length; cell++) {
      const share = cover.achieved[cell];
      if (share < 0 && !(cover.promised[cell] > 0)) continue;
      on.globalAlpha = coverAlpha(share);
      on.fillStyle = colours[shareName(share)];
      pathOf(on, cellRing(cover, cell), true);
      on.fill();
      on.stroke();
    }
    on.globalAlpha = 0.9;
    on.strokeStyle = colours.sensor;
    on.lineWidth = 1.6;
    for (const line of promisedEdge(cover)) { pathOf(on, line); on.stroke(); }
    on.globalAlpha = 1;
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
// Gives the texts that are to stand there, once what they keep off is drawn.
function drawBlind() {
  const texts = [];
  data.coverage.forEach((cover, i) => {
    for (const episode of cover.episodes) {
      const now = episode.from <= view.t && !(episode.until <= view.t);
      if (!(now && shown.has('blind')) && !shown.has(coverName(i))) continue;
      if (episode.from > view.t) continue;
      outlineSector(cover, episode, now);
      const [lat, lon] = atRange(cover, episode.low + episode.width / 2, episode.width < 360 ? cover.range * 0.62 : 0);
      const { x, y } = place(lat, lon);
      texts.push([episodeText(cover, episode, now), x, y, colours.warning, episode.width < 360 ? 0 : 16, now]);
    }
  });
  return texts;
}

function episodeText(cover, { what, from, until }, now) {
  const minute = (t) => clock(data.start + t).slice(0, -3);
  const since = minute(from);
  if (now) return say(what === 'silent' ? 'silentSince' : 'blindSince', cover.id, since);
  return say(what === 'silent' ? 'silentWas' : 'blindWas', cover.id, since, minute(until));
}

function outlineSector(cover, { low, width }, now) {
  pen.save();
  pathOf(pen, sectorRing(cover, low, width, 0, cover.range), true);
  pen.strokeStyle = colours.warning;
  pen.lineWidth = 1.6;
  if (!now) pen.setLineDash([5, 4]);
  pen.stroke();
  if (now) {
    pen.clip();
    const sparse = width < 360 ? 1 : 2.5;
    hatch(pen, 0, 0, frame.width, frame.height, HATCH_PX * sparse, 0.55 / sparse);
  }
  pen.restore();
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
  const { achieved, lower, upper, promised } = cover;
  return [
    [say('fromRadar'), `${degrees(azimuth)}, ${miles(range)}`],
    [say('promised'), promised[cell] > 0 ? say('promisedShare', percent(promised[cell])) : say('nothingHere')],
    [say('achieved'), achieved[cell] < 0 ? say('unmeasured')
      : say('range', percent(achieved[cell]), decimal(lower[cell], 0), percent(upper[cell]))],
    [say('looks'), cover.looks[cell]],
  ];
}

function shareKeys() {
  const keys = SHARES.map((low, i) => [`share-${i}`, i ? say('between', low, percent(SHARES[i - 1])) : say('andOver', percent(low))]);
  return [...keys, ['share-none', say('unmeasured')]];
}

function drawCoverageIcon(icon, name) {
  icon.strokeStyle = icon.fillStyle = colours[name] || colours.sensor;
  icon.lineWidth = 1.6;
  if (name === 'promised') {
    icon.strokeRect(6, 6, 22, 14);
  } else if (name.startsWith('share-') || name.startsWith('density-')) {
    icon.globalAlpha = name === 'share-none' ? 0.25 : 0.8;
    icon.fillRect(5, 6, 24, 14);
  } else {
    if (name === 'blind') icon.strokeStyle = colours.warning;
    icon.beginPath();
    icon.moveTo(17, 24);
    icon.arc(17, 24, 19, -0.7 * Math.PI, -0.3 * Math.PI);
    icon.closePath();
    icon.stroke();
    if (name !== 'blind') return;
    icon.clip();
    hatch(icon, 0, 2, 34, 26, 6, 0.9);
  }
}

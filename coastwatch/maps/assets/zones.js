// Zones: their kinds differ by the form of the line and the fill, not by colour alone.

const ZONE_STYLES = {
  'tss-lane': { dash: [], fill: 0.05 },
  'separation-zone': { dash: [], fill: 0.15 },
  'inshore-zone': { dash: [14, 4, 2, 4], fill: 0.04 },
  'territorial-sea': { dash: [18, 5], fill: 0 },
  'port-limits': { dash: [2, 4], fill: 0.08 },
  exclusion: { dash: [], fill: 0.1, hatch: 7 },
  'search-area': { dash: [8, 4], fill: 0.06, width: 2 },
  line: { dash: [8, 5], fill: 0 },
  other: { dash: [4, 4], fill: 0.04 },
};
const ZONE_KINDS = Object.keys(ZONE_STYLES);

function zoneKind(zone) {
  return Object.hasOwn(ZONE_STYLES, zone.kind) ? zone.kind : 'other';
}

function drawZones(on) {
  for (const zone of zones) {
    const kind = zoneKind(zone);
    if (!shown.has(`zone-${kind}`)) continue;
    const style = zonePen(on, kind);
    for (const rings of zone.worldPolygons) {
      if (!inFrame(rings[0].bounds, 2)) continue;
      on.beginPath();
      for (const one of rings) traceWorld(on, one, true);
      fillZone(on, style);
      on.globalAlpha = 0.8;
      on.stroke();
      on.globalAlpha = 1;
    }
    on.setLineDash([8, 5]);
    on.beginPath();
    for (const one of zone.worldLines) if (inFrame(one.bounds, 2)) traceWorld(on, one, false);
    on.stroke();
    on.setLineDash([]);
    for (const [at] of zone.points) {
      const { x, y } = place(...at);
      on.fillRect(x - 3, y - 3, 6, 6);
    }
  }
}

function zonePen(on, kind) {
  const style = ZONE_STYLES[kind];
  on.strokeStyle = on.fillStyle = colours[`zone-${kind}`];
  on.lineWidth = style.width || 1.2;
  on.setLineDash(style.dash);
  return style;
}

function fillZone(on, { fill: alpha, hatch: gap }) {
  on.globalAlpha = alpha;
  if (alpha) on.fill('evenodd');
  on.globalAlpha = 1;
  if (!gap) return;
  on.save();
  on.clip('evenodd');
  hatch(on, 0, 0, frame.width, frame.height, gap, 0.4);
  on.restore();
}

function hatch(on, left, top, right, bottom, gap, alpha) {
  on.save();
  on.globalAlpha = alpha;
  on.lineWidth = 1;
  on.setLineDash([]);
  on.beginPath();
  const high = bottom - top;
  for (let x = Math.floor((left - high) / gap) * gap; x < right; x += gap) {
    on.moveTo(x, bottom);
    on.lineTo(x + high, top);
  }
  on.stroke();
  on.restore();
}

function drawZoneIcon(icon, kind) {
  const style = zonePen(icon, kind);
  icon.beginPath();
  if (kind === 'line') { icon.moveTo(3, 13); icon.lineTo(31, 13); } else icon.rect(5, 6, 24, 14);
  icon.save();
  icon.globalAlpha = style.fill;
  if (style.fill) icon.fill();
  icon.restore();
  if (style.hatch) {
    icon.save();
    icon.clip();
    hatch(icon, 5, 6, 29, 20, style.hatch, 0.5);
    icon.restore();
    icon.beginPath();
    icon.rect(5, 6, 24, 14);
  }
  icon.stroke();
  icon.setLineDash([]);
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

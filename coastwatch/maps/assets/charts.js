// A user's own charts, drawn over the land: soundings by depth, contours, dangers, marks, lights.

const DEPTH_EDGES = [5, 10, 20]; // metres: the shoaler, the stronger
const charts = (data.charts || []).map((chart) => ({
  ...chart,
  polygons: chart.polygons.map((rings) => rings.map(worldRing)),
  lines: chart.lines.map(worldRing),
  points: chart.points.map(unfoldRing),
}));

function depthColour(value) {
  const at = Number.isFinite(value) ? DEPTH_EDGES.filter((edge) => value >= edge).length : 3;
  return colours[`depth-${at}`];
}

function drawCharts(on) {
  if (!shown.has('charts')) return;
  const order = ['depth', 'land', 'area', 'contour', 'coast', 'line', 'danger', 'mark', 'light'];
  for (const kind of order) for (const chart of charts) if (chart.kind === kind) drawChart(on, chart);
}

function drawChart(on, { kind, polygons, lines, points, value }) {
  const dashes = { area: [6, 4], line: [8, 5], danger: [2, 3] }[kind] || [];
  on.lineWidth = kind === 'contour' ? 0.7 : 1;
  on.strokeStyle = colours[kind === 'danger' ? 'warning' : kind === 'coast' || kind === 'land' ? 'coast' : 'muted'];
  on.setLineDash(dashes);
  on.beginPath();
  for (const rings of polygons) {
    if (inFrame(rings[0].bounds, 2)) for (const ring of rings) traceWorld(on, ring, true);
  }
  on.fillStyle = kind === 'land' ? colours.land : depthColour(value);
  if (kind === 'land' || kind === 'depth') on.fill('evenodd');
  if (kind !== 'depth') on.stroke();
  on.beginPath();
  for (const line of lines) if (inFrame(line.bounds, 2)) traceWorld(on, line, false);
  on.globalAlpha = kind === 'contour' ? 0.5 : 1;
  on.stroke();
  on.globalAlpha = 1;
  on.setLineDash([]);
  for (const [at] of points) {
    const { x, y } = place(...at);
    if (x > -9 && y > -9 && x < frame.width + 9 && y < frame.height + 9) drawChartPoint(on, kind, x, y);
  }
}

function drawChartPoint(on, kind, x, y) {
  on.save();
  on.translate(x, y);
  on.fillStyle = colours.muted;
  if (kind === 'danger') {
    strokes(on, [[-3, 0, 3, 0], [0, -3, 0, 3]], 1.2);
    on.setLineDash([1.5, 2]);
    ring(on, 5.5, 1);
  } else if (kind === 'mark') {
    fill(on, [[-3.5, 4], [-1.5, -5], [1.5, -5], [3.5, 4]]);
  } else if (kind === 'light') {
    fill(on, [[0, -6], [1.4, -1.6], [6, 0], [1.4, 1.6], [0, 6], [-1.4, 1.6], [-6, 0], [-1.4, -1.6]]);
  } else dot(on, 1.6);
  on.restore();
}

// Names and depths, only where the screen shows a harbour rather than a sea.
function drawChartNames(labels) {
  if (!shown.has('charts') || map.getZoom() < 10.5) return;
  for (const { kind, label, value, points } of charts) {
    const depth = kind === 'danger' && Number.isFinite(value) ? `${decimal(value, 1)}\u00a0m` : '';
    const text = [label, depth].filter(Boolean).join(' ');
    if (text && points.length) {
      const { x, y } = place(...points[0][0]);
      labels.write(text, x, y, colours.muted, 8);
    }
  }
}

// The legend of what these charts hold.
function chartKeys() {
  const has = (...kinds) => charts.some((chart) => kinds.includes(chart.kind));
  const edges = [0, ...DEPTH_EDGES];
  const depths = edges.map((low, i) => [`depth-${i}`, i === 0 ? say('depthUnder', edges[1])
    : i === DEPTH_EDGES.length ? say('depthOver', low) : say('between', low, `${edges[i + 1]} m`)]);
  return [
    ...(has('depth') ? depths : []), ...(has('danger') ? [['chart-danger', say('chartDanger')]] : []),
    ...(has('mark') ? [['chart-mark', say('chartMark')]] : []), ...(has('light') ? [['chart-light', say('chartLight')]] : []),
    ...(has('area') ? [['chart-area', say('chartArea')]] : []),
  ];
}

function drawChartIcon(icon, name) {
  if (name.startsWith('depth-')) {
    icon.fillStyle = colours[name];
    icon.strokeStyle = colours.muted;
    icon.fillRect(5, 6, 24, 14);
    icon.strokeRect(5, 6, 24, 14);
  } else if (name === 'chart-area') {
    icon.strokeStyle = colours.muted;
    icon.setLineDash([6, 4]);
    icon.strokeRect(5, 6, 24, 14);
  } else {
    icon.strokeStyle = colours.warning;
    drawChartPoint(icon, name.slice(6), 17, 13);
  }
}

// What stays at the edge of the screen while the chart moves: the grid's labels and the scale.

const edges = { labels: [], texts: [], scale: null };

function startEdges() {
  const box = element('div', { class: 'edges', 'aria-hidden': 'true' });
  edges.scale = element('div', { class: 'scale' });
  box.append(edges.scale);
  map.getContainer().append(box);
  edges.box = box;
}

function drawEdges() {
  if (!frame.corner) return;
  const off = map.containerPointToLayerPoint([0, 0]).subtract(frame.corner);
  const size = map.getSize();
  const { meridians, parallels } = gridLines();
  const west = language === 'fr' ? 'O' : 'W';
  const texts = [];
  for (const lon of meridians) {
    const x = place(0, lon).x - off.x;
    const around = ((lon + 180) % 360 + 360) % 360 - 180;
    if (x > 60 && x < size.x - 70) texts.push([angle(around, 3, 'E', west, 0), x + 4, 3]);
  }
  for (const lat of parallels) {
    const y = place(lat, 0).y - off.y;
    if (y > 24 && y < size.y - 50) texts.push([angle(lat, 2, 'N', 'S', 0), 4, y - 17]);
  }
  edges.texts = texts;
  while (edges.labels.length < texts.length) {
    edges.labels.push(element('span', {}));
    edges.box.append(edges.labels[edges.labels.length - 1]);
  }
  edges.labels.forEach((label, i) => {
    label.hidden = i >= texts.length;
    if (label.hidden) return;
    const [text, x, y] = texts[i];
    if (label.textContent !== text) label.textContent = text;
    label.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  });
  drawScale(size);
}

// Labels of the chart keep off those of the grid, the scale and the buttons that zoom.
function blockEdges(labels) {
  const [west, north, east, south] = labels.view;
  for (const [, x, y] of edges.texts) labels.claim([west + x, north + y, west + x + 56, north + y + 15], true);
  labels.claim([west + 12, south - 38, west + 24 + edges.scale.offsetWidth, south], true);
  labels.claim([east - 48, north, east, north + 78], true);
}

// The scale in nautical miles, true at the middle of the map.
function drawScale(size) {
  const y = size.y / 2, x = size.x / 2;
  const metres = map.distance(map.containerPointToLatLng([x - 50, y]), map.containerPointToLatLng([x + 50, y]));
  const most = metres / 100 * 160 / NM_M;
  const power = 10 ** Math.floor(Math.log10(most));
  const nm = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
  edges.scale.style.width = `${nm * NM_M / (metres / 100)}px`;
  const text = `${decimal(nm, Math.max(0, -Math.floor(Math.log10(nm))))} NM`;
  if (edges.scale.textContent !== text) edges.scale.textContent = text;
}

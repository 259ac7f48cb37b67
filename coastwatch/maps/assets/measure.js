// The measure tool: legs in nautical miles and degrees true, with a range ring and bearing line
// (VRM and EBL) from the last point to the pointer.

const measure = { on: false, points: [], pointer: null, canvas: null, box: null };

function startMeasure() {
  measure.canvas = L.DomUtil.create('canvas', 'ruler', map.getPane('measure'));
  measure.canvas.setAttribute('aria-hidden', 'true');
  measure.box = element('section', { id: 'measure', hidden: '' });
  L.DomEvent.disableClickPropagation(measure.box);
  L.DomEvent.disableScrollPropagation(measure.box);
  byId('main').append(measure.box);
  byId('measure-button').addEventListener('click', toggleMeasure);
  map.on('drawn', drawMeasure);
  map.on('mousemove', ({ latlng }) => {
    if (!measure.on) return;
    measure.pointer = { lat: latlng.lat, lon: latlng.lng };
    drawMeasure();
  });
  map.on('mouseout', () => { measure.pointer = null; if (measure.on) drawMeasure(); });
  map.getContainer().addEventListener('keydown', (event) => {
    if (!measure.on || event.target !== map.getContainer()) return;
    const act = { Enter: addMiddle, Backspace: undoMeasure }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && measure.on) toggleMeasure();
  });
}

function toggleMeasure() {
  measure.on = !measure.on;
  measure.points = [];
  measure.pointer = null;
  byId('measure-button').setAttribute('aria-pressed', measure.on);
  map.doubleClickZoom[measure.on ? 'disable' : 'enable']();
  byId('main').classList.toggle('measuring', measure.on);
  if (measure.on) tell(say('measureHint'));
  else if (measure.box.contains(document.activeElement)) map.getContainer().focus();
  showMeasure();
}

function addPoint(lat, lon) {
  measure.points.push({ lat, lon });
  showMeasure();
  const { legs, total } = measured();
  const leg = legs[legs.length - 1];
  if (leg) tell(say('measured', say('leg', legs.length), miles(leg.metres), degrees(leg.bearing), miles(total)));
  else tell(degreesMinutes(lat, lon));
}

function addMiddle() {
  const { lat, lng } = map.getCenter();
  addPoint(lat, lng);
}

function undoMeasure() {
  measure.points.pop();
  showMeasure();
}

function measured() {
  const legs = measure.points.slice(1).map((point, i) => geodesic(measure.points[i], point));
  return { legs, total: legs.reduce((sum, leg) => sum + leg.metres, 0) };
}

function showMeasure() {
  const focused = measure.box.contains(document.activeElement) && document.activeElement.dataset.act;
  const { legs, total } = measured();
  const rows = legs.map((leg, i) => [say('leg', i + 1), `${miles(leg.metres)}  ${degrees(leg.bearing)} T`]);
  if (legs.length > 1) rows.push([say('total'), miles(total)]);
  const act = (name, run) => element('button', { type: 'button', 'data-act': name, onclick: run }, say(name));
  measure.box.hidden = !measure.on;
  measure.box.setAttribute('aria-label', say('measure'));
  measure.box.replaceChildren(element('h2', {}, say('measure')),
    ...(legs.length ? [table(rows)] : [element('p', { class: 'hint' }, say('measureHint'))]),
    act('addMiddle', addMiddle), act('undo', undoMeasure), act('end', toggleMeasure));
  if (focused) measure.box.querySelector(`[data-act="${focused}"]`)?.focus();
  drawMeasure();
}

function drawMeasure() {
  const { canvas } = measure;
  canvas.hidden = !measure.on;
  if (!measure.on || !frame.corner) return;
  const width = Math.round(frame.width * frame.ratio), height = Math.round(frame.height * frame.ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.style.width = `${frame.width}px`;
  canvas.style.height = `${frame.height}px`;
  L.DomUtil.setPosition(canvas, frame.corner);
  const on = canvas.getContext('2d');
  clear(on);
  const labels = new Labels(on);
  const last = measure.points[measure.points.length - 1];
  measure.points.slice(1).forEach((point, i) => drawLeg(on, measure.points[i], point, labels));
  for (const point of measure.points) {
    const { x, y } = place(point.lat, point.lon);
    on.save();
    on.fillStyle = colours.measure;
    on.translate(x, y);
    dot(on, 3.5);
    on.restore();
  }
  if (last && measure.pointer) drawPointer(on, last, measure.pointer, labels);
}

function drawLeg(on, from, to, labels) {
  on.strokeStyle = colours.measure;
  on.lineWidth = 2;
  pathOf(on, greatCircle(from, to));
  on.stroke();
  const leg = geodesic(from, to), middle = place((from.lat + to.lat) / 2, (from.lon + to.lon) / 2);
  labels.write(`${miles(leg.metres)} ${degrees(leg.bearing)}`, middle.x, middle.y, colours.measure, 10, true, true);
}

// The bearing line and the range ring.
function drawPointer(on, from, to, labels) {
  const { metres, bearing } = geodesic(from, to);
  if (!(metres > 0) || metres > 5e6) return;
  on.strokeStyle = colours.measure;
  on.lineWidth = 1.2;
  on.setLineDash([5, 4]);
  pathOf(on, greatCircle(from, to));
  on.stroke();
  pathOf(on, Array.from({ length: 121 }, (_, i) => travelled(from, i * 3, metres)));
  on.stroke();
  on.setLineDash([]);
  const { x, y } = place(to.lat, to.lon);
  labels.write(`${miles(metres)} ${degrees(bearing)}`, x, y, colours.measure, 16, true, true);
}

function greatCircle(from, to) {
  const { metres, bearing } = onSphere(from, to);
  const pieces = Math.max(1, Math.min(64, Math.ceil(metres / 20000)));
  const way = Array.from({ length: pieces }, (_, i) => travelled(from, bearing, metres * i / pieces));
  return [...way, [to.lat, to.lon]];
}

// The pointer: what lies beneath it, and what a click chooses.

const REACH_PX = 14;

// The nearest alert or track within reach of a place on the screen.
function hit(point) {
  if (!frame.corner) return null;
  const at = map.containerPointToLayerPoint(point).subtract(frame.corner);
  let best = null, least = REACH_PX;
  for (const one of view.seen) {
    const far = Math.hypot(one.x - at.x, one.y - at.y);
    if (far < least) { least = far; best = one; }
  }
  for (const [alert, { x, y }] of marks) {
    if (!best && Math.hypot(x - at.x, y - at.y) < REACH_PX) best = { alert };
  }
  return best;
}

function startPointer() {
  const tip = byId('tip');
  map.on('mousemove', ({ latlng, containerPoint, originalEvent }) => {
    byId('cursor').textContent = degreesMinutes(latlng.lat, latlng.lng);
    const found = measure.on ? null : hit(containerPoint);
    tip.hidden = !found;
    map.getContainer().classList.toggle('over', Boolean(found));
    if (!found) return;
    tip.textContent = tipText(found);
    tip.lang = found.alert ? sentence(found.alert).lang : language;
    const right = originalEvent.clientX > window.innerWidth - 320;
    tip.style.left = right ? 'auto' : `${originalEvent.clientX + 16}px`;
    tip.style.right = right ? `${window.innerWidth - originalEvent.clientX + 16}px` : 'auto';
    tip.style.top = `${originalEvent.clientY + 12}px`;
  });
  map.on('mouseout', () => { tip.hidden = true; byId('cursor').textContent = ''; });
  map.on('click', ({ latlng, containerPoint }) => {
    if (measure.on) return addPoint(latlng.lat, latlng.lng);
    const found = hit(containerPoint);
    if (found) return choose(found.alert ? { alert: found.alert } : { track: found.track });
    const { lat, lng: lon } = latlng;
    const here = zones.filter((z) => shown.has(`zone-${zoneKind(z)}`) && inZone(z, lat, lon));
    const cells = coverageAt(lat, lon);
    choose(here.length || cells.length || hexagonRows(lat, lon).length ? { lat, lon, zones: here, cells } : null);
  });
}

function tipText({ alert, track, layer, state, symbol }) {
  if (alert) return sentence(alert).text;
  const name = symbol.danger ? 'danger' : symbol.shape === 'sleeping' ? 'sleeping' : layer;
  return [labelOf(track), say(name), ...motion(state)].join(' · ');
}

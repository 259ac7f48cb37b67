// Tiles under the chart, where they were asked for; without them the page's own land is drawn.

const TILES_TRIED = 4; // so many failures before the first success, and none is asked for any more
const background = { layer: null, came: 0, failed: 0, told: null };

function startBackground() {
  if (!data.tiles) return;
  shown.add('tiles');
  background.layer = L.tileLayer(data.tiles.url, { maxNativeZoom: data.tiles.max, maxZoom: 17, alt: '' });
  background.layer.on('tileload', () => { background.came += 1; });
  background.layer.on('tileerror', () => { background.failed += 1; if (background.failed >= TILES_TRIED) missTiles(); });
  background.layer.on('load', () => { if (background.failed) missTiles(); });
  background.told = element('p', { id: 'tiles-told', hidden: '' });
  byId('main').append(background.told);
}

// Said once, in the page's language. Where no tile came at all the layer is turned off; to tick it
// again tries again.
function missTiles() {
  if (!background.told.hidden) return;
  background.told.dataset.w = background.came ? 'tilesSome' : 'tilesMissing';
  background.told.textContent = say(background.told.dataset.w);
  background.told.hidden = false;
  tell(background.told.textContent);
  if (background.came) return;
  shown.delete('tiles');
  const box = byId('layers').querySelector('[data-layer="tiles"]');
  if (box) box.checked = false;
  repaint();
}

function placeTiles() {
  if (!background.layer) return;
  const on = shown.has('tiles');
  if (on && !map.hasLayer(background.layer)) {
    Object.assign(background, { came: 0, failed: 0 });
    background.told.hidden = true;
  }
  background.layer[on ? 'addTo' : 'removeFrom'](map);
}

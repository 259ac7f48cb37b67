// The start: palettes, languages and panels; wires the chart to what stands around it.

const PALETTES = ['night', 'dusk', 'day'];

const narrow = () => window.matchMedia('(max-width: 1000px)').matches;

function setPalette(palette) {
  document.documentElement.dataset.palette = palette;
  byId('palette').value = palette;
  paint();
}

// Colours changed: everything that is drawn, not styled, is drawn again.
function paint() {
  readColours();
  paintIcons();
  drawMarks();
  drawMeasure();
  repaint();
}

function setLanguage(to) {
  language = to;
  byId('language').value = to;
  sayAll();
  byId('play').textContent = say(playing ? 'pause' : 'play');
  map.getContainer().setAttribute('aria-label', say('chart'));
  for (const way of ['in', 'out']) {
    const zoom = map.getContainer().querySelector(`.leaflet-control-zoom-${way}`);
    zoom.title = say(way === 'in' ? 'zoomIn' : 'zoomOut');
    zoom.setAttribute('aria-label', zoom.title);
  }
  const sameDay = utc(data.start, true).slice(0, 10) === utc(data.end, true).slice(0, 10);
  const span = tracks.length ? say('to', utc(data.start, true), utc(data.end, !sameDay)) : '';
  byId('span').textContent = [span, data.removed ? say('removed') : ''].filter(Boolean).join(' · ') || say('noTracks');
  const credits = [say('credit')];
  if (data.chart_names?.length) credits.push(say('charts', data.chart_names.join(', ')));
  if (data.tiles?.attribution) credits.push(say('tiles', data.tiles.attribution));
  document.querySelector('.credit').textContent = credits.join(' · ');
  listNotes();
  listLayers();
  listAlerts();
  listTracks();
  showMeasure();
  if (view.chosen) showChosen();
  paint();
}

function listNotes() {
  const notes = data.notes.map((note) => (typeof note === 'string' ? { en: note } : note));
  byId('notes').hidden = !notes.length;
  byId('notes').querySelector('summary').textContent = say('notesMany', notes.length);
  byId('notes').querySelector('ul').replaceChildren(...notes.map((note) => (note[language]
    ? element('li', {}, note[language]) : element('li', { lang: 'en' }, note.en))));
}

// A panel is open or not; on a narrow screen only one at a time, above the chart.
function openPanel(id, open) {
  const other = id === 'side' ? 'layers' : 'side';
  for (const [one, is] of [[id, open], ...(open && narrow() ? [[other, false]] : [])]) {
    byId(one).hidden = !is;
    byId(one === 'side' ? 'lists-button' : 'layers-button').setAttribute('aria-expanded', is);
    document.body.classList.toggle(`no-${one}`, !is);
  }
}

function startPanels() {
  document.title = `${data.site} · coastwatch`;
  byId('site').textContent = data.site;
  for (const [id, name] of [['layers-button', 'layers'], ['lists-button', 'side']]) {
    openPanel(name, !narrow());
    byId(id).addEventListener('click', () => openPanel(name, byId(name).hidden));
  }
  document.querySelector('.skip').addEventListener('click', () => openPanel('side', true));
  byId('palette').addEventListener('change', () => { setPalette(byId('palette').value); kept('palette', byId('palette').value); });
  byId('language').addEventListener('change', () => { setLanguage(byId('language').value); kept('language', language); });
  byId('close').addEventListener('click', () => choose(null));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !measure.on && byId('side').contains(event.target)) choose(null);
  });
}

function start() {
  const wanted = (key, choices, said) => [kept(key), said].find((one) => choices.includes(one)) || choices[0];
  document.documentElement.dataset.palette = wanted('palette', PALETTES, data.palette);
  byId('main').append(map.getContainer());
  map.getContainer().setAttribute('role', 'application');
  L.control.zoom({ position: 'topright' }).addTo(map);
  startPanels();
  map.invalidateSize({ animate: false });
  readColours();
  startChart();
  startEdges();
  startMeasure();
  startLists();
  startTime();
  startPointer();
  startPaper();
  byId('palette').value = document.documentElement.dataset.palette;
  setLanguage(wanted('language', LANGUAGES, data.lang));
}

start();

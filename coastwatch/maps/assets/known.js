// What was known of a track at a time: its class, its identity, its layer. A replay shows no more.

// Of steps [[since, what], ...] that which holds at a time; the first holds before, too.
function stepAt(steps, t) {
  let held = steps[0][1];
  for (const [since, what] of steps) if (since <= t + 0.05) held = what;
  return held;
}

const kindAt = (track, t) => (track.kinds ? stepAt(track.kinds, t) : track.kind);
// Name, MMSI, call sign and so on; without any until the ship named itself.
const whoAt = (track, t) => (track.who ? stepAt(track.who, t) : track);

function labelOf(track, t = view.t) {
  const { name, mmsi } = whoAt(track, t);
  return name || (mmsi ? `MMSI ${mmsi}` : say('trackNamed', track.id));
}

function dangerousAt(track, t) {
  return (dangers.get(track.id) || []).some(([from, until]) => from <= t + 0.5 && t < until);
}

// The layer by what it is, wherever it is in its life.
const ownLayerAt = (track, t) => whoAt(track, t).role?.replace('virtual-', '') ?? kindAt(track, t);

// What a track is at a time: one of the layers, or null where it is not to be shown. A small
// craft or a beacon that was lost stays in its layer: it is what people look for.
function layerAt(track, t) {
  if (t < track.t[0] - 0.5) return null;
  const ended = endedAt(track, t);
  if (track.confirmed === undefined || t < track.confirmed - 0.05) return ended ? null : 'tentative';
  const layer = ownLayerAt(track, t);
  if (!ended) return layer;
  const since = t - track.t[track.t.length - 1];
  if (layer === 'small' || layer === 'beacon') return since < SOUGHT_S ? layer : null;
  return since < LOST_SHOWN_S ? 'ended' : null;
}

function endedAt(track, t) {
  const last = track.t[track.t.length - 1];
  return t >= last + LOST_S || (track.status === 'ended' && t >= last);
}

// In words, also where the picture does not show it.
function classWord(track, t) {
  return say(layerAt(track, t) || (t < track.t[0] ? 'notYetSeen' : endedAt(track, t) ? 'ended' : 'tentative'));
}

function countsAt(t) {
  const counts = {};
  for (const track of tracks) {
    const layer = layerAt(track, t);
    if (layer) counts[layer] = (counts[layer] || 0) + 1;
  }
  return counts;
}

// The spans of time in which a track was one thing: [from, to, layer].
function spansOf(track) {
  const first = track.t[0], last = track.t[track.t.length - 1];
  const turns = [...(track.kinds || []), ...(track.who || [])].map(([since]) => since).filter((t) => t > first && t < last);
  const edges = [first, ...[...new Set(turns)].sort((a, b) => a - b), last];
  return edges.slice(1).map((to, i) => [edges[i], to, ownLayerAt(track, edges[i])]);
}

// What had become of an alert by then.
function alertStateAt(alert, t) {
  const now = data.start + t + 0.5;
  if (alert.time > now) return say('notYetRaised');
  const events = alert.events || [];
  const past = events.filter(([seconds]) => seconds <= now);
  if (past.length === events.length || !past.length) return alert.state && ours(alert.state);
  return ours(past[past.length - 1][1]);
}

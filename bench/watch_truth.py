"""When each rule's definition holds in the truth: of every hull, scripted or not.

Definitions are those of the mission, held against where hulls truly were. With ``slack`` all
limits are wider by that share: what is said there is no false alert, though no occurrence either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.watch_air import RADAR
from bench.watch_pairs import close, encounter
from bench.watch_places import Places
from bench.watch_sail import KNOT, NM, PLANE, STEP_S, Hull, Path
from bench.watch_way import EVENT_S, GRID_S, Spans, Way, events, heard, held
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Floats

COVERED = 0.6  # of reports heard: there a silence is a gap


class Truth:
    """``spans(rule, slack)``: of each hull (by index) when the rule's definition holds."""

    def __init__(self, hulls: Sequence[Hull], paths: Sequence[Path], places: Places) -> None:
        self.hulls, self.paths, self.places = hulls, paths, places
        self.ways = [Way.of(h, p) for h, p in zip(hulls, paths, strict=True)]
        self._known: dict[tuple[str, float], dict[int, Spans]] = {}

    def spans(self, rule: str, slack: float) -> dict[int, Spans]:
        if (rule, slack) not in self._known:
            if rule in PAIRS:
                found = PAIRS[rule](self.ways, self.places, slack)
            else:
                define = ALONE.get(rule, _none)
                both = enumerate(zip(self.ways, self.paths, strict=True))
                found = {i: define(self, way, path, slack) for i, (way, path) in both}
            self._known[rule, slack] = {i: s for i, s in found.items() if s}
        return self._known[rule, slack]


def _none(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    return []


def _entry(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    return events(w.times, t.places.inside("bench-entered", w.x, w.y, 150 * slack))


def _exit(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    return events(w.times, ~t.places.inside("bench-entered", w.x, w.y, -150 * slack))


def _dwell(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    inside = t.places.inside("bench-dwelt", w.x, w.y, 1_500 * slack)
    return held(w.times, inside, 1_800 * (1 - slack))


def _line(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    return [(s, s + EVENT_S) for s in w.times[t.places.crossed("bench-line", w.x, w.y)].tolist()]


def _heading(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    out = ~t.places.inside("bench-aimed-at", w.x, w.y)
    aims = t.places.aims("bench-aimed-at", w, 1_800 * (1 + slack), 3_000 * slack)
    return held(w.times, out & aims & (w.sog > KNOT), 60.0)


def _nearing(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    far = t.places.distance("bench-neared", w.x, w.y) / NM
    return _came(w, far, 2.0, slack) + _came(w, far, 1.0, slack)


def _came(w: Way, far_nm: Floats, band_nm: float, slack: float) -> Spans:
    """When a band was entered; with slack, all the while within it."""
    near = far_nm < band_nm * (1 + slack / 2)
    return held(w.times, near) if slack else events(w.times, near)


def _zone_speed(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    inside = t.places.inside("bench-slow", w.x, w.y, 500 * slack)
    return held(w.times, inside & (w.sog > 12 * KNOT * (1 - slack)), 60.0)


def _wrong_way(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    inside, off, _ = t.places.flow(w.x, w.y, w.cog)
    moves = w.sog > 3 * KNOT * (1 - slack)
    return held(w.times, inside & (off > 135 * (1 - slack)) & moves, 180.0 * (1 - slack))


def _slant(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """On a slant through six tenths of a lane's width, or on a steeper one for 20 min."""
    inside, off, across = t.places.flow(w.x, w.y, w.heading)
    angle = np.minimum(off, 180 - off)
    mask = inside & (off < 135) & (angle > 20 * (1 - slack)) & (angle < 50 * (1 + slack))
    mask &= w.sog > 3 * KNOT * (1 - slack)
    found = held(w.times, mask & (angle > 30 * (1 - slack)), 1_200.0 * (1 - slack))
    for begin, end in held(w.times, mask, 120.0):
        rows = np.flatnonzero((w.times >= begin - 120) & (w.times <= end))
        width = t.places.width_m(w.x[rows[0]], w.y[rows[0]])
        far = np.abs(across[rows] - across[rows[0]]) >= 0.6 * width * (1 - slack)
        if far.any():
            found.append((float(max(w.times[rows[int(np.argmax(far))]], begin)), end))
    return found


def _to_shore(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """A ship farther than a mile off that will be ashore within ten minutes."""
    if not w.ship and w.hull.grade:
        return []
    minutes = (10 if w.hull.grade else 20) * (1 + 2 * slack)
    off = t.places.shore_m(w.x, w.y)
    near = off < w.sog * minutes * 60 + 200
    mask = near & (off > (NM if w.hull.grade else 400.0) * (1 - slack)) & (w.sog > 2 * KNOT)
    mask[mask] = t.places.lands(w, np.flatnonzero(mask), minutes * 60)
    return held(w.times, mask, 60.0)


def _shore_near(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    return _came(w, t.places.shore_m(w.x, w.y) / NM, 3.0, slack)


def _shore_fast(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    near = t.places.shore_m(w.x, w.y) < NM * (1 + slack)
    return held(w.times, near & (w.sog > 25 * KNOT * (1 - slack)), 30.0)


def _drifting(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    off = np.degrees(np.abs(np.arctan2(np.sin(w.cog - w.heading), np.cos(w.cog - w.heading))))
    slow = (w.sog > KNOT * (1 - 2 * slack)) & (w.sog < 5 * KNOT * (1 + slack))
    return held(w.times, slow & (off > 45 * (1 - slack)), 600 * (1 - slack))


def _sudden_stop(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """From over 7 kn to under 1 kn within 30 s, held for 60 s; a stop is an event."""
    n = int(30 * (1 + 2 * slack) / STEP_S)
    fast, slow = p.sog > 7 * KNOT * (1 - slack), p.sog < KNOT * (1 + slack)
    recent = np.convolve(fast, np.ones(n + 1))[: len(fast)] > 0
    return [
        (begin + 60, begin + 60 + EVENT_S)
        for begin, end in held(p.times_s, slow)
        if end - begin >= 60 * (1 - slack)
        and recent[min(int((begin - p.start_s) / STEP_S), len(recent) - 1)]
    ]


def _sudden_turn(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Courses a minute apart differ by over 45 degrees, above 3 kn all the while."""
    n = int(60 / STEP_S)
    if len(p.x) <= n:
        return []
    cog, fast = p.cog, p.sog > 3 * KNOT * (1 - slack)
    turn = np.degrees(np.abs(np.arctan2(np.sin(cog[n:] - cog[:-n]), np.cos(cog[n:] - cog[:-n]))))
    found = (turn > 45 * (1 - slack)) & fast[n:] & fast[:-n]
    return held(p.times_s[n:], found, 0.0, 60.0)


def _loitering(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Slowly under way within three quarters of a mile for half an hour, outside havens."""
    slow = (w.sog > 0.5 * KNOT * (1 - slack)) & (w.sog < 5 * KNOT * (1 + slack))
    slow &= ~t.places.haven(w.x, w.y)
    n, r = int(1_800 / GRID_S), 0.75 * NM * (1 + slack)
    mask = np.zeros(len(w.times), dtype=np.bool_)
    for k in range(n, len(mask), 6):
        part = slice(k - n, k + 1)
        if slow[part].mean() > 0.85:
            x, y = w.x[part], w.y[part]
            mask[k - 5 : k + 1] = np.hypot(x - x.mean(), y - y.mean()).max() <= r
    return held(w.times, mask)


def _stopped(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Under half a knot for ten minutes, or at anchor for two, outside havens."""
    away = ~t.places.haven(w.x, w.y)
    lies = away & (w.sog < 0.5 * KNOT * (1 + slack))
    status = p.status[:: int(GRID_S / STEP_S)]
    anchored = away & (status == 1) & (w.sog < KNOT)
    return held(w.times, lies, 600.0 * (1 - slack)) + held(w.times, anchored, 120.0)


def _erratic(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Six turns of over 30 degrees, minute by minute, in 25 min above 2 kn, little made good."""
    x, y, sog, cog = w.x[::6], w.y[::6], w.sog[::6], w.cog[::6]
    if len(x) < 26:
        return []
    off = np.abs(np.arctan2(np.sin(np.diff(cog)), np.cos(np.diff(cog))))
    turns = np.append(0, off > np.radians(30 * (1 - slack))) + np.append(
        0, np.abs(np.diff(sog)) > 4 * KNOT * (1 - slack)
    )
    mask = np.zeros(len(x), dtype=np.bool_)
    for k in range(6, len(x)):
        part = slice(max(k - 25, 0), k + 1)
        made, sailed = np.hypot(x[k] - x[part][0], y[k] - y[part][0]), sog[part].sum() * 60
        mask[k] = turns[part].sum() >= 6 - 10 * slack and made < 0.6 * (1 + slack) * sailed
        mask[k] &= (sog[part] > 2 * KNOT * (1 - slack)).mean() > 0.8
    return held(w.times[::6], np.repeat(mask, 1), 0.0, 120.0) if mask.any() else []


def _gap(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Her set is off for six minutes under way where she would be heard; or off for good."""
    found: Spans = []
    for begin, end in [*w.hull.silent, (float(w.times[-1]), float(w.times[-1]) + 1_800)]:
        k = min(int((begin - w.times[0]) / GRID_S), len(w.times) - 1)
        if end - begin < 360.0:
            continue
        if w.hull.grade and w.sog[k] > 2 * KNOT and heard(w, k) > COVERED * (1 - 2 * slack):
            found.append((begin + 360 * (1 - slack), end))
    return found


def _strayed(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Her AIS tells another place than hers."""
    return [(a, b) for a, b, *_ in (*w.hull.strays, *w.hull.jumps)]


def _unusual(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """Scripts are played where no traffic goes; that is no occurrence but explains what is said."""
    return [(float(w.times[0]), float(w.times[-1]))] if slack and w.hull.script and w.ship else []


def _nameless(t: Truth, w: Way, p: Path, slack: float) -> Spans:
    """No AIS from a vessel, not a small one, that radar can see."""
    if w.hull.grade or w.hull.length_m < 40 * (1 - slack):
        return []
    lon, lat = PLANE.to_lonlat(w.x, w.y)
    range_m, _ = lonlat_to_polar(*RADAR.position, RADAR.height_m, lon, lat)
    return held(w.times, range_m < RADAR.range_max_m)


Definition = Callable[[Truth, Way, Path, float], Spans]
ALONE: dict[str, Definition] = {
    "zone-entry": _entry, "zone-exit": _exit, "zone-dwell": _dwell, "line-crossing": _line,
    "heading-for-area": _heading, "distance-to-area": _nearing, "zone-speed": _zone_speed,
    "tss-wrong-way": _wrong_way, "tss-crossing": _slant, "approach-to-shore": _to_shore,
    "distance-to-shore": _shore_near, "high-speed-near-coast": _shore_fast,
    "drifting": _drifting, "sudden-speed-change": _sudden_stop,
    "sudden-course-change": _sudden_turn, "loitering": _loitering,
    "stopped-outside-anchorage": _stopped, "erratic-movement": _erratic, "ais-gap": _gap,
    "ais-radar-disagreement": _strayed, "impossible-position": _strayed,
    "uncorrelated-target": _nameless, "unusual-route": _unusual,
}  # fmt: skip
PAIRS = {"encounter-at-sea": encounter, "close-approach": close}

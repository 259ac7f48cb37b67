"""What one radar sees sector by sector, and the test that says where it has gone blind.

Under the hypothesis that nothing changed, the plots of a sector in n passes are a Poisson count of
clutter, with the mean that was learned, and one Bernoulli trial a pass for each vessel that the
radar saw steadily. That a run of sectors shows none at all then has the probability exp(-E), with
E = n * sum(clutter) - n * sum(log(1 - Pd)); E is the evidence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints
from coastwatch.sensors.antenna import SECTORS, Pass

# Some 6e5 gaps between plots a radar-day, in each of seven windows: exp(-18) of them is 0.06.
EVIDENCE = 18.0
WINDOWS = (2, 3, 4, 6, 8, 12, 16)  # passes
KEPT = WINDOWS[-1]
FAST, SLOW = 40.0, 400.0  # passes over which clutter is learned; the lesser counts
WARM = 20  # passes before anything is judged
# A lone vessel may fade, or pass behind a ship: what one can say is bounded, and less is said by
# one that nothing but this radar has seen. Nor are the false plots of one sector independent:
# they may all be the echoes of one hull.
HELD_MAX, ALONE_MAX, CLUTTER_MAX = 5.0, 3.0, 3.0
HITS_MIN, PD_MIN, PD_MAX, PD_GAIN = 5, 0.5, 0.95, 0.1
LOST_PASSES = 24  # a vessel unseen for longer is gone, and says nothing about a sector
SEEN_SHARE, MANY_SHARE, SEEN_MIN, SEEN_PASSES, EDGE = 0.15, 0.5, 2, 3, 2
AHEAD = 3  # sectors, of which one shows something where all is well


@dataclass(slots=True)
class Blind:
    """A run of sectors that has gone blind: ``first`` and ``count`` in sectors, and the numbers."""

    first: int
    count: int
    passes: int
    expected: float
    evidence: float
    vessels: int
    base: int = 0  # the pass from which plots are counted anew
    began: int = -1  # ``first`` when it was found: its edges may draw in since
    seen: Ints = field(default_factory=lambda: np.zeros(SECTORS, dtype=np.int64))

    @property
    def sectors(self) -> Ints:
        return (self.first + np.arange(self.count)) % SECTORS

    @property
    def azimuths_deg(self) -> tuple[float, float]:
        """From and to, clockwise; 0 and 360 for the whole turn."""
        step = 360.0 / SECTORS
        if self.count >= SECTORS:
            return 0.0, 360.0
        return self.first * step, (self.first + self.count) % SECTORS * step


@dataclass(slots=True)
class Seen:
    """The vessels in a radar's range, one row a track, sorted by id.

    ``hit`` is the number of the pass that last showed it, ``counted`` the pass up to which trials
    are counted, both as passes of its present ``sector``.
    """

    id: Ints
    sector: Ints
    seen_s: Floats
    hits: Ints
    pd: Floats
    hit: Ints
    counted: Ints
    held: NDArray[np.bool_]  # whether others than this radar see it

    @classmethod
    def none(cls) -> Seen:
        ints = np.empty(0, dtype=np.int64)
        return cls(ints, ints, np.empty(0), ints, np.empty(0), ints, ints, np.empty(0, dtype=bool))


class Sight:
    """One radar's sectors: plots of each pass, what is usual, who is there, where it is blind."""

    def __init__(self) -> None:
        self.passes: Ints = np.zeros(SECTORS, dtype=np.int64)
        self.passed_s: Floats = np.full(SECTORS, -math.inf)
        self.free_fast, self.free_slow = np.zeros(SECTORS), np.zeros(SECTORS)
        self.usual = np.zeros(SECTORS)  # all plots a pass
        self.recent: Ints = np.zeros((SECTORS, KEPT), dtype=np.int64)  # plots, newest pass first
        self._free: Ints = np.zeros((SECTORS, KEPT), dtype=np.int64)  # of these the false ones
        self.blind: list[Blind] = []
        self._now: Ints = np.zeros((2, SECTORS), dtype=np.int64)  # free and all, of this pass
        self._seen = Seen.none()
        self._growing, self._since_s = False, math.inf  # a run that may not have ended yet
        self._warm: Ints = np.zeros(SECTORS, dtype=np.int64)

    def forget(self) -> None:
        """After silence: the counts begin again, what is usual stays."""
        self._now[:] = 0
        self.recent[:] = 1
        self._warm = self.passes.copy()
        self._seen = Seen.none()
        self.blind = []

    def count(
        self, sector: Ints, free: NDArray[np.bool_], time_s: Floats, passes: list[Pass]
    ) -> None:
        """Plots by sector (-1 where unknown), sorted by time, and the passes among them.

        ``time_s`` are the times of all rows that ``passes`` refer to; a plot in the row that
        completes a pass comes before it, unless it lies beyond the sectors passed.
        """
        begin = 0
        for row, first, count in passes:
            end = min(row + 1, len(sector))
            self._add(sector[begin:end], free[begin:end])
            begin = end
            when = float(time_s[min(row, len(time_s) - 1)])
            self._complete((first + np.arange(count)) % SECTORS, when)
        self._add(sector[begin:], free[begin:])

    def _add(self, sector: Ints, free: NDArray[np.bool_]) -> None:
        known = sector >= 0
        self._now[1] += np.bincount(sector[known], minlength=SECTORS)
        self._now[0] += np.bincount(sector[known & free], minlength=SECTORS)
        for blind in self.blind:
            blind.seen += np.bincount(sector[known], minlength=SECTORS)

    def _complete(self, k: Ints, when_s: float) -> None:
        """The antenna has passed the sectors ``k``: their counts are whole."""
        free, every = self._now[:, k].astype(np.float64)
        for recent, now in ((self._free, self._now[0]), (self.recent, self._now[1])):
            recent[k, 1:] = recent[k, :-1]
            recent[k, 0] = now[k]
        self._now[:, k] = 0
        self.passes[k] += 1
        self.passed_s[k] = when_s
        learns = ~np.isin(k, self._dark())
        k, free, every = k[learns], free[learns], every[learns]
        n = self.passes[k].astype(np.float64)
        self.free_fast[k] += (free - self.free_fast[k]) / np.minimum(n, FAST)
        self.free_slow[k] += (free - self.free_slow[k]) / np.minimum(n, SLOW)
        self.usual[k] += (every - self.usual[k]) / np.minimum(n, SLOW)

    def _dark(self) -> Ints:
        none = np.empty(0, dtype=np.int64)
        return np.concatenate([none, *(b.sectors for b in self.blind)])

    def vessels(
        self, id: Ints, sector: Ints, seen_s: Floats, held: NDArray[np.bool_]
    ) -> tuple[Ints, Ints]:
        """Tracks in range, sorted by id: when this radar last hit each, and whether others hold it.

        Returns for each the looks that came to an end since the last call, and the hits in them.
        """
        old, n = self._seen, len(id)
        passes = self.passes[sector]
        at = np.minimum(np.searchsorted(old.id, id), max(len(old.id) - 1, 0))
        known = old.id[at] == id if len(old.id) else np.zeros(n, dtype=bool)
        new = Seen(id, sector, seen_s, np.zeros(n, dtype=np.int64), np.zeros(n),
                   passes.copy(), passes.copy(), held)  # fmt: skip
        j = at[known]
        # A vessel that changes its sector keeps its distance, in passes, to the present.
        shift = passes[known] - self.passes[old.sector[j]]
        new.hits[known], new.pd[known] = old.hits[j], old.pd[j]
        new.hit[known], new.counted[known] = old.hit[j] + shift, old.counted[j] + shift
        fresh = known & np.isfinite(seen_s)
        fresh[known] &= ~(seen_s[known] <= old.seen_s[j])
        # The pass that shows it ends after the plot, or with it.
        hit = passes + np.where(self.passed_s[sector] > seen_s, 0, 1)
        gap = np.maximum(hit - new.hit, 1)
        first = new.hits == 0
        pd = np.where(first, PD_MIN, new.pd * (1 - PD_GAIN) ** np.where(first, 1, gap) + PD_GAIN)
        new.pd = np.where(fresh, pd, new.pd)
        before, new.hit = new.hit, np.where(fresh, hit, new.hit)
        new.hits += fresh
        looks = np.clip(passes - new.counted, 0, LOST_PASSES)
        # Of two passes that end in one picture, the one before may have shown it, too.
        hits = ((before > new.counted) & (before <= passes)).astype(np.int64)
        hits += fresh & (hit > new.counted) & (hit <= passes) & (hit != before)
        hits = np.minimum(hits, looks)
        new.counted = np.maximum(passes, new.counted)
        self._seen = new
        return looks, hits

    def judge(self) -> tuple[list[Blind], list[Blind]]:
        """The runs that went blind by now, and those that see again."""
        again = [b for b in self.blind if self._sees(b)]
        for b in again:
            self.blind.remove(b)
            self.recent[b.sectors] = 1
            inside = ((self._seen.sector - b.first) % SECTORS) < b.count
            self._seen.hits[inside] = 0
        found: list[Blind] = []
        self._growing = False
        for n in self._worth():
            found += self._judge(n)
        if not self._growing:
            self._since_s = math.inf
        return found, again

    def _worth(self) -> list[int]:
        """The windows in which the longest run of empty sectors could say enough: mostly none."""
        shown = self.recent > 0
        empty = np.where(shown.any(axis=1), np.argmax(shown, axis=1), KEPT)
        clutter = np.minimum(self.free_fast, self.free_slow)
        evidence = np.minimum(np.multiply.outer(np.array(WINDOWS), clutter), CLUTTER_MAX)
        s = self._seen
        missing = (self.passes[s.sector] - s.hit >= WINDOWS[0]) & (s.hits >= HITS_MIN)
        evidence += HELD_MAX * np.bincount(s.sector[missing], minlength=SECTORS)
        empty = empty >= np.array(WINDOWS)[:, None]
        # Twice around, so that a run through north is whole; what ends a run sets it to nothing.
        total = np.cumsum(np.tile(np.where(empty, evidence, 0.0), 2), axis=1)
        broken = np.where(np.tile(empty, 2), 0.0, total)
        most = (total - np.maximum.accumulate(broken, axis=1)).max(axis=1)
        return [n for n, e in zip(WINDOWS, most.tolist(), strict=True) if e >= EVIDENCE]

    def _sees(self, b: Blind) -> bool:
        """Whether plots come again, over a few passes of the run's middle.

        Those near an edge do not count: the run may have been taken too wide by chance, and
        draws in.
        """
        passes = int(self.passes[b.sectors[b.count // 2]]) - b.base
        if passes < SEEN_PASSES:
            return False
        seen, expected = b.seen[b.sectors], passes * self.usual[b.sectors]
        b.base, b.seen = b.base + passes, np.zeros(SECTORS, dtype=np.int64)
        edge = 0 if b.count == SECTORS else min(EDGE, (b.count - 1) // 2)
        inner = slice(edge, b.count - edge)
        many = float(seen.sum()) >= max(SEEN_MIN, MANY_SHARE * float(expected.sum()))
        if many or seen[inner].sum() >= max(SEEN_MIN, SEEN_SHARE * float(expected[inner].sum())):
            return True
        shown = np.flatnonzero(seen > 0)
        left = int(max(shown[shown < edge], default=-1)) + 1
        right = int(min(shown[shown >= b.count - edge], default=b.count))
        b.first, b.count = (b.first + left) % SECTORS, right - left
        return False

    def _judge(self, n: int) -> list[Blind]:
        empty = (self.recent[:, :n].sum(axis=1) == 0) & (self.passes >= self._warm + max(WARM, n))
        empty[self._dark()] = False
        if not empty.any():
            return []
        usual = np.minimum(self.free_fast, self.free_slow)
        clutter = np.where(empty, np.minimum(n * usual, CLUTTER_MAX), 0.0)
        by_vessels, many = self._lost(n, empty)
        if clutter.sum() + by_vessels.sum() < EVIDENCE:
            return []
        found = []
        for run in _runs(empty):
            whole = run
            told = run[(clutter + by_vessels)[run] > 0.02]
            if not len(told):
                continue
            # From the first to the last sector that shows anything: beyond, nothing is known.
            length = int((told[-1] - told[0]) % SECTORS) + 1
            run = (told[0] + np.arange(length)) % SECTORS
            evidence = self._rest(run, n) * float(clutter[run].sum()) + float(by_vessels[run].sum())
            if evidence >= EVIDENCE and self._whole(whole):
                middle = int(self.passes[run[length // 2]])
                expected = n * float(self.usual[run].sum())
                lost, first = int(many[run].sum()), int(run[0])
                found.append(Blind(first, length, n, expected, evidence, lost, middle, first))
        self.blind += found
        return found

    def _whole(self, run: Ints) -> bool:
        """Whether a run has come to its end: what lies beyond it was seen in the last pass.

        If not, the antenna may be about to find more of it blind, and is given one turn.
        """
        beyond = (int(run[-1]) + 1 + np.arange(AHEAD)) % SECTORS
        empty = self.recent[beyond, 0] == 0
        ahead = beyond[np.logical_and.accumulate(empty)]
        passed = self.passed_s[ahead] >= self.passed_s[run].max()
        if len(run) == SECTORS or (len(ahead) < AHEAD and passed.all()):
            return True
        now_s = float(self.passed_s.max())
        self._growing, self._since_s = True, min(self._since_s, now_s)
        return self._since_s <= float(self.passed_s.min())

    def _lost(self, n: int, empty: NDArray[np.bool_]) -> tuple[Floats, Ints]:
        """Evidence and number of vessels by sector that n passes should have shown, and did not."""
        s = self._seen
        missed = self.passes[s.sector] - s.hit
        lost = (missed >= n) & (missed <= LOST_PASSES) & empty[s.sector]
        lost &= (s.hits >= HITS_MIN) & (s.pd >= PD_MIN)
        k = s.sector[lost]
        bound = np.where(s.held[lost], HELD_MAX, ALONE_MAX)
        evidence = np.minimum(-n * np.log(1 - np.minimum(s.pd[lost], PD_MAX)), bound)
        by_sector: Floats = np.bincount(k, evidence, SECTORS).astype(np.float64)
        return by_sector, np.bincount(k, minlength=SECTORS).astype(np.int64)

    def _rest(self, run: Ints, n: int) -> float:
        """The others' clutter against the usual, 0..1: a gain turned down blinds no sector."""
        others = np.ones(SECTORS, dtype=bool)
        others[run] = False
        expected = n * float(np.minimum(self.free_fast, self.free_slow)[others].sum())
        return min(1.0, (float(self._free[others, :n].sum()) + 3.0) / (expected + 3.0))


def _runs(mask: NDArray[np.bool_]) -> list[Ints]:
    """The runs of True around the circle, each as sectors in order."""
    if mask.all():
        return [np.arange(len(mask))]
    start = int(np.flatnonzero(~mask)[0])
    turned = np.roll(mask, -start).astype(np.int8)
    edges = np.flatnonzero(np.diff(turned, prepend=0, append=0))
    return [(start + np.arange(a, b)) % len(mask) for a, b in edges.reshape(-1, 2)]

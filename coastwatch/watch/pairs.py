"""What a rule follows pair by pair of track and zone: since when it holds, whether it is said."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.watch.ground import Ground, Mask
from coastwatch.watch.scene import Scene

ZONES = 1 << 20  # in one number with the track's id
ABSENT_S = 600.0


class Held(NamedTuple):
    """How listed pairs stand: ``at`` is where they are kept (-1 nowhere).

    ``since_s`` is since when the condition holds and ``mark`` what was told then, NaN where it
    does not hold; ``said`` whether a rule has said it. ``over`` are the rows and zone ids of pairs
    that were said and are over, forgotten by now.
    """

    at: Ints
    since_s: Floats
    mark: Floats
    said: Mask
    over: list[tuple[int, str]]


class Pairs:
    """Pairs of track and zone of which a condition holds, in arrays sorted by pair.

    What was said is over when the condition has not held for ``release_s``. A pair is forgotten
    with its track; that of a track which is no longer in the picture after ``ABSENT_S``.
    """

    def __init__(self, release_s: float) -> None:
        self._release_s = release_s
        self._number: dict[str, int] = {}
        self._ground: Ground | None = None
        self._numbers: Ints = np.empty(0, dtype=np.int64)
        self._key: Ints = np.empty(0, dtype=np.int64)
        self._since, self._mark, self._until, self._seen = np.empty((4, 0))
        self._said: Mask = np.empty(0, dtype=np.bool_)

    def step(
        self,
        scene: Scene,
        row: Ints,
        zone: Ints,
        begins: Mask,
        mark: Floats | None = None,
        due: Ints | None = None,
    ) -> Held:
        """Take one picture: the pairs (n,) of which the condition holds, or may still hold.

        ``begins`` (n,) is the condition: where it is false, nothing changes. It has ended for all
        pairs that are not listed; of ``due`` rows only, where that is given. ``mark`` (n,) is kept
        of the moment when it began.
        """
        mark = np.full(len(row), np.nan) if mark is None else mark
        due = np.arange(len(scene)) if due is None else due
        ids, time_s = scene.tracks.id[due], scene.time_s
        keys = scene.tracks.id[row] * ZONES + self._numbered(scene.ground)[zone]
        known, at = _find(self._key, keys)
        here, where = _find(ids, self._key // ZONES)
        holds = np.zeros(len(self._key), dtype=np.bool_)
        holds[at[known]] = True
        self._since[here & ~holds] = np.nan
        begun = known & begins
        begun[begun] = np.isnan(self._since[at[begun]])
        self._since[at[begun]], self._mark[at[begun]] = time_s, mark[begun]
        self._until[holds] = np.nan
        self._until[here & ~holds & np.isnan(self._until)] = time_s
        self._seen[here] = time_s
        past = here & ~holds & (~self._said | (time_s - self._until >= self._release_s))
        over = self._over(past & self._said, due, where)
        away = ~here & (time_s - self._seen > ABSENT_S)
        away |= ~here & np.isin(self._key // ZONES, np.array(scene.ended, dtype=np.int64))
        self._change(~(past | away), keys, ~known & begins, mark, time_s)
        known, at = _find(self._key, keys)
        since, kept = (
            np.where(known, column[at], np.nan) if len(column) else np.full(len(row), np.nan)
            for column in (self._since, self._mark)
        )
        said = known & self._said[at] if len(self._said) else known
        return Held(np.where(known, at, -1), since, kept, said, over)

    def say(self, held: Held, k: int) -> None:
        """That a rule has said the pair which stands at ``k`` in the list."""
        self._said[held.at[k]] = True

    def _numbered(self, ground: Ground) -> Ints:
        """(zones,) a number for each zone, the same through all editions of the pack."""
        if self._ground is not ground:
            number = self._number
            told = [number.setdefault(z.id, len(number)) for z in ground.zones]
            self._ground, self._numbers = ground, np.array(told, dtype=np.int64)
        return self._numbers

    def _over(self, over: Mask, due: Ints, where: Ints) -> list[tuple[int, str]]:
        if not over.any():
            return []
        names = list(self._number)
        numbers = (self._key[over] % ZONES).tolist()
        return [(row, names[n]) for row, n in zip(due[where[over]].tolist(), numbers, strict=True)]

    def _change(self, stay: Mask, keys: Ints, new: Mask, mark: Floats, time_s: float) -> None:
        if stay.all() and not new.any():
            return
        n = int(new.sum())
        now, none = np.full(n, time_s), np.full(n, np.nan)
        key = np.concatenate([self._key[stay], keys[new]])
        order = np.argsort(key, kind="stable")
        self._key = key[order]
        self._since = np.concatenate([self._since[stay], now])[order]
        self._mark = np.concatenate([self._mark[stay], mark[new]])[order]
        self._until = np.concatenate([self._until[stay], none])[order]
        self._seen = np.concatenate([self._seen[stay], now])[order]
        self._said = np.concatenate([self._said[stay], np.zeros(n, dtype=np.bool_)])[order]


def asked(scene: Scene, rule: str, due: Ints) -> tuple[Ints, Ints, Floats]:
    """Rows (of ``due``), zones and probabilities of who is in a zone that is in force and lists
    a rule."""
    inside, turn = scene.inside, np.zeros(len(scene), dtype=np.bool_)
    turn[due] = True
    k = np.flatnonzero((scene.ground.asks(rule) & scene.valid)[inside.zone] & turn[inside.row])
    return inside.row[k], inside.zone[k], inside.p[k]


def _find(keys: Ints, wanted: Ints) -> tuple[Mask, Ints]:
    """Which of ``wanted`` stand in the sorted ``keys``, and where."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.bool_), np.zeros(len(wanted), dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(keys[at] == wanted), at

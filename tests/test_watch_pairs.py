"""Pairs of track and zone: the arrays against a plain dictionary; turns: each track has its own."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.watch.memory import Memory
from coastwatch.watch.pairs import ABSENT_S, Pairs
from coastwatch.watch.turns import Turns
from tests.watch_scene import PLANE

ZONES = [SimpleNamespace(id=f"z{k}") for k in range(3)]
GROUND = SimpleNamespace(zones=ZONES)
OTHER = SimpleNamespace(zones=[ZONES[2], SimpleNamespace(id="new"), ZONES[0]])
RELEASE_S = 20.0


class Scene(SimpleNamespace):
    def __len__(self):
        return len(self.tracks.id)


class Plain:
    """The same, pair by pair."""

    def __init__(self):
        self.kept = {}

    def step(self, time_s, ids, ended, listed):
        """``listed``: {(track, zone id): begins}; the same as Pairs, and says all that holds."""
        over = []
        for key, k in list(self.kept.items()):
            if key[0] not in ids:
                if key[0] in ended or time_s - k["seen"] > ABSENT_S:
                    del self.kept[key]
                continue
            k["seen"] = time_s
            if key in listed:
                k["until"] = None
                continue
            k["since"] = None
            k["until"] = time_s if k["until"] is None else k["until"]
            if not k["said"] or time_s - k["until"] >= RELEASE_S:
                over += [key] if k["said"] else []
                del self.kept[key]
        for key, begins in listed.items():
            if begins and key not in self.kept:
                self.kept[key] = {"since": time_s, "until": None, "seen": time_s, "said": False}
            elif begins and self.kept[key]["since"] is None:
                self.kept[key]["since"] = time_s
        return sorted(over)


PICTURE = st.tuples(
    st.sets(st.integers(1, 4)),  # tracks that are seen
    st.sets(st.integers(1, 4), max_size=1),  # ended
    st.dictionaries(st.tuples(st.integers(1, 4), st.integers(0, 2)), st.booleans()),
    st.sampled_from([5.0, 15.0, 700.0]),
    st.booleans(),  # other zones
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PICTURE, min_size=1, max_size=12))
def test_the_arrays_do_what_a_dictionary_does(pictures):
    pairs, plain, time_s = Pairs(RELEASE_S), Plain(), 0.0
    for seen, ended, listed, wait_s, exchanged in pictures:
        time_s += wait_s
        ids, ground = sorted(seen - ended), OTHER if exchanged else GROUND
        now = Scene(time_s=time_s, tracks=SimpleNamespace(id=np.array(ids, dtype=np.int64)),
                    ground=ground, ended=sorted(ended))  # fmt: skip
        rows = sorted((ids.index(t), z, b) for (t, z), b in listed.items() if t in ids)
        row, zone, begins = (np.array([r[k] for r in rows], dtype=d) for k, d in
                             ((0, np.int64), (1, np.int64), (2, np.bool_)))  # fmt: skip
        held = pairs.step(now, row, zone, begins, mark=np.full(len(row), time_s))
        named = {(ids[r], ground.zones[z].id): b for r, z, b in rows}
        over = plain.step(time_s, ids, ended, named)
        assert sorted((ids[r], z) for r, z in held.over) == over
        for k, (r, z, _) in enumerate(rows):
            kept = plain.kept.get((ids[r], ground.zones[z].id))
            since = kept["since"] if kept else None
            assert (held.at[k] >= 0) == (kept is not None)
            assert held.since_s[k] == pytest.approx(np.nan if since is None else since, nan_ok=True)
            assert held.said[k] == (kept["said"] if kept else False)
            if since is not None:
                assert held.mark[k] == since
                pairs.say(held, k)
                kept["said"] = True
        assert len(pairs._key) == len(plain.kept)
        pairs = pickle.loads(pickle.dumps(pairs))


def test_each_track_has_its_turn_every_ten_seconds_and_not_all_at_once():
    memory = Memory(PLANE)
    turns, slot, counts = Turns(memory, 10.0), np.arange(40), np.zeros(40)
    now = SimpleNamespace(time_s=1000.0, slot=slot)
    assert len(turns.rows(now)) == 40
    most = 0
    for s in range(1, 101):
        now.time_s = 1000.0 + s
        rows = turns.rows(now)
        counts[rows] += 1
        most = max(most, len(rows))
    assert set(counts.tolist()) == {10}
    assert most == 10

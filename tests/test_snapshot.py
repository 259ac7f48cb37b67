"""What a snapshot holds comes back; what is not ours, or hostile, is refused."""

import os
import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from coastwatch.engine import Engine
from coastwatch.model import InputError
from coastwatch.site import Asterix, Sensor, Site
from coastwatch.snapshot import MAGIC, _program, freeze, thaw
from tests.watch_scene import lane


class Hostile:
    """What would run a command, were it believed."""

    def __init__(self, call, *args) -> None:
        self.call, self.args = call, args

    def __reduce__(self):
        return self.call, self.args


def test_an_engine_comes_back_with_its_zones_and_its_feeds():
    site = Site(
        "Test", (1.5, 51.0), sensors=(Sensor("r", "radar", (1.5, 51.0), asterix=Asterix(8, 17)),)
    )
    engine = Engine(site, [lane()])
    engine._decoders["f"] = engine.open_feed("f")
    again = thaw(freeze(engine))
    assert again.site == site
    assert [z.id for z in again.watch.zones] == ["lane"]
    assert freeze(again) == freeze(thaw(freeze(again)))


def test_plain_values_come_back():
    state = {"a": np.arange(3), "b": Counter(x=2), "c": {1, 2}, "d": Path("x"), "e": float("nan")}
    again = thaw(freeze(state))
    assert (again["a"] == state["a"]).all()
    assert (again["b"], again["c"], again["d"]) == (state["b"], state["c"], state["d"])


@pytest.mark.parametrize(
    "hostile",
    [
        Hostile(os.system, "touch pwned"),
        Hostile(getattr, "x", "upper"),
        Hostile(eval, "1"),
        Hostile(np.load, "x.npy"),
        Hostile(open, "pwned", "w"),
        Hostile(pickle.loads, b""),
    ],
    ids=lambda h: h.call.__name__,
)
def test_nothing_in_a_snapshot_is_obeyed(hostile, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        thaw(freeze([hostile]))
    assert list(tmp_path.iterdir()) == []


def test_classes_that_open_files_are_no_part_of_a_state(tmp_path):
    from coastwatch.store.journal import Journal

    with pytest.raises(InputError, match="no part of a state"):
        thaw(freeze([Hostile(Journal, tmp_path / "j")]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [0, 5, 20, 45, 60, -1])
def test_a_damaged_one_is_refused_in_a_line(cut):
    whole = freeze({"a": np.arange(1000)})
    with pytest.raises(InputError):
        thaw(whole[:cut])


def test_that_of_another_edition_is_refused():
    whole = freeze(1)
    other = MAGIC + bytes(32) + whole[len(MAGIC) + len(_program()) :]
    with pytest.raises(InputError, match="another edition"):
        thaw(other)


def test_what_cannot_be_put_by_is_said_and_stops_nothing():
    class Local:
        pass

    with pytest.raises(InputError, match=r"cannot be put by .*Local"):
        freeze(Local())

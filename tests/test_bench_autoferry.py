"""The bench of the Autoferry scenes reads what it should, on both sides."""

import pytest

from bench.autoferry import empty, ours, scenes, theirs
from tests.shared import SHARED, needs_shared

pytestmark = [pytest.mark.shared, needs_shared, pytest.mark.xdist_group("autoferry")]
FOLDER = SHARED / "autoferry"


def test_a_picture_without_a_track_costs_both_boats():
    # Two boats missed at c = 20 m: sqrt(2 * 20**2 / 2).
    assert empty(FOLDER, scenes(FOLDER)[0]) == pytest.approx(20.0)


def test_ours_is_scored_on_the_sensors_named_and_without_them_on_nothing():
    name = scenes(FOLDER)[0]
    assert 5.0 < ours(FOLDER, name, ("radar",), moving=True) < 40.0
    assert ours(FOLDER, name, ("camera nobody has",), moving=False) == pytest.approx(20.0)


def test_the_peers_read_the_same_plots():
    pytest.importorskip("stonesoup")
    name = scenes(FOLDER)[0]
    assert theirs(FOLDER, name, "GNN", moving=True) < theirs(FOLDER, name, "GNN", moving=False) < 40

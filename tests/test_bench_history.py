"""The week that the history's bench asks about is one that a history can hold and answer for."""

from bench.history import ours
from bench.history_made import ROWS_A_TRACK, make


def test_every_question_of_the_bench_is_answered(tmp_path):
    folder = tmp_path / "history"
    vessels = make(folder, 7 * 4 * ROWS_A_TRACK)
    assert vessels == 28
    found = ours(folder)
    assert found["tracks"] == found["lines"] == vessels
    assert found["hours"] == round(vessels * (ROWS_A_TRACK - 1) / 3600, 3)  # a row a second

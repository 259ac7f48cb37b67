"""The week that the history's bench asks about is one that a history can hold and answer for."""

import pytest

from bench.history import ours, whole
from bench.history_made import ROWS_A_TRACK, make


def test_every_question_of_the_bench_is_answered(tmp_path):
    folder = tmp_path / "history"
    vessels = make(folder, 7 * 4 * ROWS_A_TRACK)
    assert vessels == 28
    found = ours(folder)
    assert found["tracks"] == found["lines"] == vessels
    assert found["hours"] == round(vessels * (ROWS_A_TRACK - 1) / 3600, 3)  # a row a second


def test_the_whole_report_is_made_of_it(tmp_path):
    pytest.importorskip("weasyprint")
    make(tmp_path / "history", 7 * 4 * ROWS_A_TRACK)
    assert whole(tmp_path / "history")["seconds"]["report"] > 0
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "28" in (tmp_path / "report.html").read_text(encoding="utf-8")

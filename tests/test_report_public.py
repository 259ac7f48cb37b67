"""The public edition: nobody is named, and no small count can be worked out from what is shown."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from coastwatch.reports.veil import HELD, SMALL, bounds, veiled
from tests.report_page import read
from tests.test_report_totals import made, said  # noqa: F401  (the fixture)

# Each table is a partition of its total; those of one group have the same total.
GROUPS = (
    ("alerts", "alerts-by-day", "alerts-by-priority", "alerts-by-end"),
    ("crossings", "crossings-by-hour"),
    ("operations-by-type", "operations-by-event"),
    ("craft-by-outcome",),
    ("persons",),
)


def test_no_small_count_of_the_page_can_be_solved_for(made):  # noqa: F811
    html = (made / "public.html").read_text(encoding="utf-8")
    tables, figures = read(html)
    small = 0
    for group in GROUPS:
        present = [name for name in group if name in tables]
        total = tables[present[0]].total[0] if present else ("", 0)
        for name in present:
            assert tables[name].total[0] == total
            small += attacked([c for _, cells in tables[name].rows for c in cells[:1]], total)
    tracks = [figures[k] for k in ("ais", "radar", "small")]
    small += attacked(tracks, ("", None))
    days = [cells[1] for _, cells in tables["days"].rows if cells[1][0] != "not watched"]
    small += attacked(days, figures["small"])
    assert small >= 5  # the week has small counts to hide


def test_a_count_that_stands_twice_is_hidden_twice(made):  # noqa: F811
    html = (made / "public.html").read_text(encoding="utf-8")
    tables, _ = read(html)
    shown = tables["alerts"].texts()["small-unregistered-craft"]
    assert f"of them {shown.replace('<', '&lt;')} for small craft" in html
    assert "Acknowledgement asked for" not in html


def attacked(cells: list[tuple[str, int | None]], total: tuple[str, int | None]) -> int:
    """Solve for every withheld cell by linear programming; how many small ones stood it."""
    marks = [text for text, n in cells if n is None]
    if not marks:
        return 0
    assert set(marks) <= {SMALL, HELD, "–"}
    low = [1 if m == SMALL else 5 if m == HELD else 0 for m in marks]
    high = [4 if m == SMALL else None for m in marks]
    known = sum(n for _, n in cells if n is not None)
    equal = {} if total[1] is None else {
        "A_eq": np.ones((1, len(marks))), "b_eq": [total[1] - known]
    }  # fmt: skip
    hidden = [k for k, m in enumerate(marks) if m == SMALL]
    for k in hidden:
        aim = np.eye(len(marks))[k]
        least = linprog(aim, bounds=list(zip(low, high, strict=True)), **equal)
        most = linprog(-aim, bounds=list(zip(low, high, strict=True)), **equal)
        assert least.success
        assert most.success
        assert least.fun < -most.fun - 0.5, "a small count is known exactly"
    return len(hidden)


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 60), min_size=1, max_size=12))
def test_any_partition_leaves_each_small_count_anything_from_1_to_4(cells):
    shown = veiled(cells)
    if shown is None:
        return
    total = sum(cells.values())
    assert all(shown[k] == n for k, n in cells.items() if isinstance(shown[k], int))
    assert all(shown[k] == SMALL for k, n in cells.items() if 0 < n < 5)
    if total >= 5:
        for key, (low, high) in bounds(total, shown).items():
            if shown[key] == SMALL:
                assert (low, high) == (1, 4)


def test_nobody_is_named_and_no_way_is_drawn(made):  # noqa: F811
    html = (made / "public.html").read_text(encoding="utf-8")
    for name in ("A. Martin", "C. Wells", "Ali", "MMSI 2", "vedette SNSM", "spoken to", "EXAMPLE"):
        assert name not in html, name
    assert "Ali" not in (made / "en.html").read_text(encoding="utf-8")
    vessels = json.loads((made / "run" / "vessels.json").read_text("utf-8"))
    told = set(re.findall(r"\d{9}", html))
    assert not told & {str(v["mmsi"]) for v in vessels}
    for table in ("alarms", "operations", "means"):
        assert f'data-table="{table}"' not in html
    assert "public edition" in html


def test_what_is_hidden_does_not_change_the_page(made):  # noqa: F811
    """Two weeks that differ in withheld counts alone look the same."""
    one = veiled({"a": 1, "b": 3, "c": 40, "d": 20})
    other = veiled({"a": 2, "b": 2, "c": 40, "d": 20})
    assert one == other


def test_a_lone_small_count_beside_its_total_takes_another_with_it():
    assert veiled({"a": 2, "b": 30, "c": 9}) == {"a": SMALL, "b": 30, "c": HELD}
    assert veiled({"a": 1, "b": 5, "c": 30}) == {"a": SMALL, "b": HELD, "c": HELD}
    assert veiled({"a": 2, "b": 5}) is None
    with pytest.raises(ValueError, match="total"):
        veiled({"a": 2, "b": 5}, 8)

"""The public edition: nobody is named, and no small count can be worked out from what is shown."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from coastwatch.cli import main
from coastwatch.reporting import report
from coastwatch.reports.span import week
from coastwatch.reports.veil import HELD, SMALL, bounds, veiled
from tests.report_page import read
from tests.test_report_totals import made  # noqa: F401  (the fixture)

# Each table is a partition of its total; those of one group have the same total.
GROUPS = (
    ("alerts", "alerts-by-day", "alerts-by-end"),
    ("crossings", "crossings-by-hour"),
    ("operations-by-type",),
    ("craft-by-outcome",),
    ("persons",),
)
# Each of their rows counts one at least: others have a row for every hour, day or end.
NONE_EMPTY = {"alerts", "crossings", "operations-by-type", "craft-by-outcome", "persons"}


def attack(html: str) -> int:
    """Solve a public page for each count under five; how many of them stood it."""
    tables, figures = read(html)
    assert not re.search(r'data-n="[1-4]"', html)
    assert {name for name, table in tables.items() if table.total} <= {n for g in GROUPS for n in g}
    small = 0
    for group in GROUPS:
        present = [name for name in group if name in tables]
        total = tables[present[0]].total[0] if present else ("", 0)
        for name in present:
            assert tables[name].total[0] == total
            cells = [c for _, cells in tables[name].rows for c in cells[:1]]
            small += attacked(cells, total, least=int(name in NONE_EMPTY))
    small += attacked([figures[k] for k in ("ais", "radar", "small")], None)
    for column, total in ((1, figures["small"]), (2, figures["alerts"])):
        small += attacked([cells[column] for _, cells in tables["days"].rows], total)
    for _, cells in tables["compared"].rows:
        for alone in cells:
            small += attacked([], alone) if SMALL in alone[0] else 0
    return small


def attacked(
    cells: list[tuple[str, int | None]], total: tuple[str, int | None] | None, least: int = 0
) -> int:
    """Solve for every small count of a partition by linear programming: each must have been able to
    be anything from 1 to 4. A total that is withheld is one more unknown. How many stood it."""
    low, high, signs = [], [], []
    known, small = 0, []
    for (text, n), sign in [*((c, 1.0) for c in cells), *([(total, -1.0)] if total else [])]:
        if n is not None:
            known += sign * n
        elif text != "not watched":
            mark = text.split()[0]
            assert mark in (SMALL, HELD, "–")
            small += [len(low)] if mark == SMALL else []
            low.append({SMALL: 1, HELD: 5}.get(mark, least if sign > 0 else 0))
            high.append(4 if mark == SMALL else None)
            signs.append(sign)
    equal = {"A_eq": [signs], "b_eq": [-known]} if cells and total and signs else {}
    limits = list(zip(low, high, strict=True))
    for k in small:
        aim = np.eye(len(signs))[k]
        fewest, most = (linprog(s * aim, bounds=limits, **equal) for s in (1, -1))
        assert fewest.success
        assert most.success
        said = (cells, total, fewest.fun, -most.fun)
        assert (round(fewest.fun), round(-most.fun)) == (1, 4), said
    return len(small)


def test_no_small_count_of_the_page_can_be_solved_for(made):  # noqa: F811
    html = (made / "public.html").read_text(encoding="utf-8")
    assert attack(html) >= 5  # the week has small counts to hide


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 7, 9, 14])
def test_nor_of_a_week_in_which_little_happened(made, tmp_path, most):  # noqa: F811
    """Crossings one a zone; alerts of all priorities: totals under five bound their parts, too."""
    run = Path(shutil.copytree(made / "run", tmp_path / "run"))
    for name, of in (("crossings.jsonl", "zone"), ("alerts.jsonl", "severity")):
        lines = (run / name).read_text("utf-8").splitlines()
        firsts: dict[str, list[str]] = {}
        for line in lines:
            firsts.setdefault(json.loads(line)[of], []).append(line)
        turns = itertools.chain.from_iterable(itertools.zip_longest(*firsts.values()))
        few = list(itertools.islice(filter(None, turns), most))
        (run / name).write_text("".join(f"{line}\n" for line in few), "utf-8")
    (run / "alerts.sqlite").unlink()
    write_public(run, tmp_path / "p.html")
    assert attack((tmp_path / "p.html").read_text("utf-8")) >= (2 if most < 5 else 0)


def test_parts_of_a_total_under_five_are_not_told():
    for cells in ({"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 3}, {"a": 1, "b": 2, "c": 0}):
        assert veiled(cells) is None
    assert veiled({"a": 0, "b": 0}) == {"a": 0, "b": 0}


def write_public(folder: Path, out: Path, name: str = "2026-W47") -> None:
    report(folder, week(name), out, None, "en", None, True)


def test_public_editions_do_not_overlap_so_that_their_difference_tells_nothing(made, tmp_path):  # noqa: F811
    for end in ("2026-11-20", "2026-11-21", "2026-11-22T23:59Z", "2026-11-30"):
        args = ["--from", "2026-11-16", "--to", end, "--public", "--out", tmp_path / "p.html"]
        result = CliRunner().invoke(main, ["report", *map(str, [made / "run", *args])])
        assert result.exit_code == 2
        assert "whole ISO weeks" in result.stderr
        assert result.stderr.count("\n") == 1
        assert not (tmp_path / "p.html").exists()
    args = ["--from", "2026-11-16", "--to", "2026-11-23", "--public", "--out", tmp_path / "p.html"]
    result = CliRunner().invoke(main, ["report", *map(str, [made / "run", *args])])
    assert result.exit_code == 0, result.output  # a week by another name


def test_what_two_editions_say_of_one_week_is_the_same(made, tmp_path):  # noqa: F811
    write_public(made / "run", tmp_path / "next.html", "2026-W48")
    first = read((made / "public.html").read_text("utf-8"))[0]["compared"]
    after = read((tmp_path / "next.html").read_text("utf-8"))[0]["compared"]
    assert first.texts(0) == after.texts(1)


def test_refused_sentences_are_withheld_like_all_counts(made, tmp_path):  # noqa: F811
    run = Path(shutil.copytree(made / "run", tmp_path / "run"))
    summary = json.loads((run / "summary.json").read_text("utf-8"))
    for feed, rejected in zip(summary["feeds"].values(), ({"length": 3}, {"length": 2, "sum": 3}),
                              strict=False):  # fmt: skip
        feed["rejected"] = rejected
    (run / "summary.json").write_text(json.dumps(summary), "utf-8")
    write_public(run, tmp_path / "p.html")
    html = (tmp_path / "p.html").read_text("utf-8")
    feeds = html.split('data-table="feeds"')[1].split("</table>")[0]
    assert "&lt;5" in feeds
    assert not re.search(r">[1-4]<|length [1-4]|sum [1-4]", feeds)
    shown = re.findall(r'data-n="(\d+)"', feeds)
    assert not {int(n) for n in shown} & {1, 2, 3, 4}


def test_a_count_that_stands_twice_is_hidden_twice(made):  # noqa: F811
    html = (made / "public.html").read_text(encoding="utf-8")
    tables, _ = read(html)
    shown = tables["alerts"].texts()["small-unregistered-craft"]
    assert f"of them {shown.replace('<', '&lt;')} for small craft" in html
    assert "Acknowledgement asked for" not in html


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 60), min_size=1, max_size=12))
def test_any_partition_leaves_each_small_count_anything_from_1_to_4(cells):
    shown = veiled(cells)
    if shown is None:
        return
    total = sum(cells.values())
    assert not 0 < total < 5
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


def test_a_veiled_sea_is_not_called_an_empty_one(made):  # noqa: F811
    public, whole = ((made / f"{n}.html").read_text("utf-8") for n in ("public", "en"))
    assert "White sea: watched, and nothing tracked" in whole
    assert "White sea: watched" not in public and "White sea: fewer, or none" in public
    density = re.search(r'<table[^>]*data-table="density".*?</table>', public, re.S)[0]
    assert "In the hexagons shown" in density and "Total" not in density


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

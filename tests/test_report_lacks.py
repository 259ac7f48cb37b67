"""What nobody watched, what no log tells and what is lost is said so, and is never none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from tests.report_page import read
from tests.report_week import write_week

WEEK = ("--week", "2026-W47")
EDITIONS = ([], ["--lang", "fr"], ["--public"], ["--public", "--lang", "fr"])
NOTHING = re.compile("Nothing to report|Rien à signaler|No alarm or emergency|Aucune alarme ou")


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    return write_week(tmp_path_factory.mktemp("lacks") / "run", step_s=1800.0)


@pytest.fixture
def copied(run, tmp_path) -> Path:
    return Path(shutil.copytree(run, tmp_path / "copy"))


def said(folder: Path, *args: object) -> tuple[str, str]:
    out = folder.parent / "r.html"
    result = CliRunner().invoke(main, ["report", *map(str, [folder, *args, "--out", out])])
    assert result.exit_code == 0, result.output
    return out.read_text("utf-8"), result.stderr


def part(html: str, name: str) -> str:
    return html.split(f'<section id="{name}"')[1].split("</section>")[0]


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_page_of_a_week_that_nothing_watched_says_none(run, tmp_path, edition):
    run = Path(shutil.copytree(run, tmp_path / "copy"))
    html, _ = said(run, "--week", "2026-W40", *edition)
    fr = "fr" in edition
    unheard = "Rien n’a été veillé" if fr else "Nothing was watched in this time"
    assert not NOTHING.search(html)
    for page in ("key", "map", "crossings", "alerts", "rescues", "watch"):
        assert unheard in part(html, page), page
    assert "Aucune petite embarcation" not in html
    assert "No small craft was counted" not in html
    cell = "sans veille" if fr else "not watched"
    for text in re.findall(r"<text[^>]*>[^<]*·[^<]*</text>", part(html, "density")):
        assert cell in text
    tables, figures = read(html)
    assert {n for _, n in figures.values()} == {None}
    for name in ("days", "density"):
        for _, cells in tables[name].rows:
            assert [c[0] for c in cells[-2:] if name == "density"] in ([], [cell])
            assert {c[0] for c in cells[1:3] if name == "days"} <= {cell}


@pytest.mark.parametrize("edition", EDITIONS)
def test_without_a_log_of_crossings_the_page_says_that(copied, edition):
    (copied / "crossings.jsonl").unlink()
    html, warned = said(copied, *WEEK, *edition)
    words = "pas de journal des franchissements" if "fr" in edition else "no log of crossings"
    assert words in part(html, "crossings")
    assert words in part(html, "key")
    assert not NOTHING.search(part(html, "crossings"))
    assert read(html)[0]["compared"].numbers()["crossings"] is None
    assert "no crossings.jsonl" in warned
    assert warned.count("\n") == 1


@pytest.mark.parametrize("edition", EDITIONS)
def test_without_a_log_of_alerts_the_pages_say_that(copied, edition):
    for path in copied.glob("alerts.*"):
        path.unlink()
    html, warned = said(copied, *WEEK, *edition)
    words = "pas de journal des alertes" if "fr" in edition else "no log of alerts"
    pages = ("alerts", "key") if "--public" in edition else ("alerts", "key", "map")
    for page in pages:
        assert words in part(html, page)
        assert not NOTHING.search(part(html, page))
    tables, figures = read(html)
    assert figures["alerts"] == ("–", None)
    assert tables["compared"].numbers()["alerts"] is None
    assert {cells[2][1] for _, cells in tables["days"].rows} == {None}
    assert "no alerts.jsonl" in warned


def test_an_hour_that_nobody_watched_is_not_one_without_crossings(run, tmp_path):
    copied = Path(shutil.copytree(run, tmp_path / "copy"))
    args = ("--from", "2026-11-21T10:00Z", "--to", "2026-11-21T23:00Z")
    cells = read(said(copied, *args)[0])[0]["crossings-by-hour"].texts()
    assert {h for h, text in cells.items() if text == "not watched"} == {
        str(h) for h in range(24) if not 10 <= h < 14
    }


def test_of_a_run_that_was_killed_the_hours_of_its_sensors_are_not_known(copied):
    (copied / "summary.json").unlink()
    html, _ = said(copied, *WEEK)
    table = html.split('data-table="sensors"')[1].split("</table>")[0]
    for cells in re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1]):
        assert re.findall(r'<td class="n">([^<]*)', cells)[:2] == ["not known"] * 2
    days = html.split('data-table="uptime"')[1].split("</table>")[0].split("<tbody>")[1]
    for cells in re.findall(r"<tr>(.*?)</tr>", days)[1:]:
        assert set(re.findall(r'<td class="n">([^<]*)', cells)) == {"not known"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_day_whose_positions_are_lost_is_named_wherever_they_count(run, tmp_path, edition):
    history = tmp_path / "history"
    kept = CliRunner().invoke(main, ["keep", str(run), "--to", str(history)])
    assert kept.exit_code == 0, kept.output
    whole = read(said(history, *WEEK)[0])[1]["small"][1]
    (history / "tracks" / "2026-11-18.parquet").unlink()
    html, warned = said(history, *WEEK, *edition)
    fr = "fr" in edition
    day = "mer. 18" if fr else "Wed 18"
    tables, figures = read(html)
    assert figures["small"][1] is None or figures["small"][1] < whole
    for page in ("key", "map", "density"):
        assert re.search(f"{day}[^.<]* (are lost|sont perdues)", part(html, page)), page
    tiles = re.findall(r'<p class="note">([^<]*)', part(html, "key").split("<h3>")[0])
    assert sum(day in note for note in tiles) == 3
    lost = "positions perdues" if fr else "positions lost"
    assert dict(tables["days"].rows)["2026-11-18"][1][0] == lost
    assert f"{day}" in part(html, "key").split('data-key="small"')[1].split("</td>")[0]
    assert "positions of 2026-11-18 are lost" in warned
    assert not NOTHING.search(part(html, "key"))


@pytest.mark.parametrize("lost", ["crossings.jsonl", "alerts.*"])
def test_a_run_that_has_lost_a_log_does_not_become_a_history_without_entries(
    copied, tmp_path, lost
):
    for path in copied.glob(lost):
        path.unlink()
    told = CliRunner().invoke(main, ["keep", str(copied), "--to", str(tmp_path / "history")])
    assert told.exit_code == 1
    assert f"no {lost.replace('*', 'jsonl')}" in told.stderr
    assert "an empty" in told.stderr
    assert not (tmp_path / "history" / "log.sqlite").exists()

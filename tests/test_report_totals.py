"""The report's numbers against the log, counted anew by plain Python from the run's own files."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from coastwatch.incident.secmar import PERSONS
from coastwatch.reporting import report
from coastwatch.reports.span import week
from tests.report_page import read
from tests.report_week import MONDAY, write_weather, write_week

END = MONDAY + timedelta(days=7)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("week")
    write_week(folder / "run", step_s=900.0)
    write_weather(folder / "weather.csv")
    for name, lang, public in (("en", "en", False), ("fr", "fr", False), ("public", "en", True)):
        out = folder / f"{name}.html"
        report(folder / "run", week("2026-W47"), out, None, lang, folder / "weather.csv", public)
    return folder


def said(made: Path, name: str = "en"):
    return read((made / f"{name}.html").read_text(encoding="utf-8"))


def lines(made: Path, name: str) -> list[dict]:
    found = [json.loads(line) for line in (made / "run" / name).read_text("utf-8").splitlines()]
    return [row for row in found if MONDAY <= datetime.fromisoformat(row["time"]) < END]


def test_alerts_by_rule_day_priority_and_end_are_those_of_the_log(made):
    tables, figures = said(made)
    alerts = lines(made, "alerts.jsonl")
    assert figures["alerts"][1] == len(alerts) == tables["alerts"].total[0][1]
    assert tables["alerts"].numbers() == Counter(a["rule"] for a in alerts)
    by_day = Counter(a["time"][:10] for a in alerts)
    assert {d: n for d, n in tables["alerts-by-day"].numbers().items() if n} == by_day
    priorities = Counter(a["severity"] for a in alerts)
    assert {p: n for p, n in tables["alerts-by-priority"].numbers().items() if n} == priorities
    log = sqlite3.connect(made / "run" / "alerts.sqlite")
    closed = dict(
        log.execute("SELECT alert, who FROM event WHERE what = 'closed' ORDER BY number").fetchall()
    )
    ends = tables["alerts-by-end"].numbers()
    assert ends["person"] == sum(bool(who) for who in closed.values())
    assert ends["unseen"] == sum(a["state"] == "rectified-unacknowledged" for a in alerts)
    assert ends["open"] == sum(a["state"].startswith("active") for a in alerts)
    assert sum(ends.values()) == len(alerts)
    held = log.execute("SELECT count(*) FROM event WHERE what = 'held back'").fetchone()[0]
    assert f"{held} more were held back" in (made / "en.html").read_text("utf-8")


def test_acknowledgement_times_are_those_of_the_log(made):
    log = sqlite3.connect(made / "run" / "alerts.sqlite")
    times = log.execute(
        "SELECT min(e.time_s) - a.time_s FROM alert a JOIN event e ON e.alert = a.id "
        "WHERE e.what IN ('acknowledged', 'closed') AND e.who <> '' AND a.severity <> 'caution' "
        "AND a.rule = 'close-approach' GROUP BY a.id"
    ).fetchall()
    values = sorted(t for (t,) in times)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    tables, _ = said(made)
    row = dict(tables["alerts"].rows)["close-approach"]
    assert f"{middle:.0f} s" in [text for text, _ in row]


def test_crossings_by_zone_direction_and_hour_are_those_of_the_run(made):
    tables, _ = said(made)
    rows = lines(made, "crossings.jsonl")
    assert tables["crossings"].numbers() == Counter(f"{c['zone']}/{c['what']}" for c in rows)
    assert tables["crossings"].total[0][1] == len(rows)
    by_hour = Counter(str(datetime.fromisoformat(c["time"]).hour) for c in rows)
    assert {h: n for h, n in tables["crossings-by-hour"].numbers().items() if n} == by_hour


def test_tracks_by_class_and_their_hours_are_those_of_the_positions(made):
    table = pq.read_table(made / "run" / "tracks.parquet")
    suspects = {
        a["track"] for a in lines(made, "alerts.jsonl") if a["rule"] == "small-unregistered-craft"
    }
    tracks: dict[int, list[dict]] = {}
    for row in table.to_pylist():
        if row["status"] in ("confirmed", "coasting") and MONDAY <= row["time"] < END:
            tracks.setdefault(row["track"], []).append(row)
    what: Counter[str] = Counter()
    hours = 0.0
    for number, rows in tracks.items():
        rows.sort(key=lambda row: row["time"])
        last = rows[-1]
        never = all(row["mmsi"] is None for row in rows)
        small = min(last["p_small"], last["p_unregistered"]) >= 0.8
        if number in suspects or (never and small):
            what["small"] += 1
        else:
            what["radar" if last["mmsi"] is None else "ais"] += 1
        days: dict = {}
        for row in rows:
            days.setdefault(row["time"].date(), []).append(row["time"])
        hours += sum((max(d) - min(d)).total_seconds() for d in days.values()) / 3600
    tables, figures = said(made)
    assert {k: figures[k][1] for k in ("ais", "radar", "small")} == what
    assert tables["compared"].numbers() | what == tables["compared"].numbers()
    html = (made / "en.html").read_text("utf-8")
    shown = float(html.split('data-key="all"')[1].split('data-hours="')[1].split('"')[0])
    assert shown == pytest.approx(hours, abs=1e-3)
    for name in ("density-day", "density-hour"):
        part = html.split(f'data-table="{name}"')[1].split("</table>")[0]
        parts = [float(p.split('"')[0]) for p in part.split('data-hours="')[1:]]
        assert sum(parts[::2]) == pytest.approx(shown, abs=1e-3)


def test_persons_and_operations_are_those_last_told(made):
    log = sqlite3.connect(made / "run" / "incidents.sqlite")
    told = dict(
        log.execute(
            "SELECT incident, body FROM event WHERE what = 'outcome' ORDER BY id"
        ).fetchall()
    )
    persons: Counter[str] = Counter()
    for body in told.values():
        persons.update(json.loads(body)["persons"])
    tables, figures = said(made)
    assert tables["persons"].numbers() == persons
    assert set(persons) <= set(PERSONS)
    assert tables["persons"].total[0][1] == sum(persons.values())
    types = Counter(json.loads(body)["operation"] for body in told.values())
    shown = tables["operations-by-type"].numbers()
    assert {k: n for k, n in shown.items() if k} == types
    assert figures["operations"][1] == tables["operations-by-type"].total[0][1]


def test_hours_not_watched_are_hatched_and_said(made):
    html = (made / "en.html").read_text("utf-8")
    assert "156 of 168 hours" in html
    assert "Sat 21 14:00 – Sun 22 02:00" in html


def test_both_languages_have_the_same_numbers_and_the_same_words(made):
    from coastwatch.reports.words import WORDS

    assert WORDS["en"].keys() == WORDS["fr"].keys()
    english, french = said(made)[0], said(made, "fr")[0]
    assert english.keys() == french.keys()
    for name, table in english.items():
        assert [[n for _, n in cells] for _, cells in table.rows] == [
            [n for _, n in cells] for _, cells in french[name].rows
        ], name
    assert "provisoire" in (made / "fr.html").read_text("utf-8")
    assert "Personne secourue" in (made / "fr.html").read_text("utf-8")


def test_a_span_that_nothing_watched_says_so_and_is_not_zero(made, tmp_path):
    report(made / "run", week("2026-W50"), tmp_path / "empty.html", tmp_path / "empty.pdf")
    html = (tmp_path / "empty.html").read_text("utf-8")
    assert "an empty map is not an empty sea" in html
    assert "no data" in html
    assert "Nothing to report" not in html
    tiles = re.findall(r'data-figure="(\w+)"[^>]*>([^<]*)<', html)
    assert dict(tiles) == dict.fromkeys(("small", "ais", "radar", "alerts"), "–")

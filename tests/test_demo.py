"""The demo, as the README's first command runs it: bytes in, the right alerts out, and again."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from coastwatch.rule_names import rule_name
from tests.browser import chromium, needs_browser, open_page, settle

MISSION = "small-unregistered-craft"
SEED = 4  # not one that anything was looked at with


def coastwatch(*words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "coastwatch", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    result = coastwatch("demo", "--out", out, "--seed", SEED)
    assert str(out / "picture.html") in result.stdout
    assert result.stderr == "", "no progress bar in a pipe"
    return out


def alerts(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "alerts.jsonl").read_text().splitlines()]


def nearest(truth: pd.DataFrame, alert: dict) -> pd.Series:
    """The true craft nearest to an alert at its time, with the distance in metres."""
    when = pd.Timestamp(alert["time"])
    there = truth[(truth["time"] - when).abs() < pd.Timedelta(seconds=2)]
    metres = np.hypot(
        (there["lon"] - alert["lon"]) * 70_200, (there["lat"] - alert["lat"]) * 111_200
    )
    return there.assign(metres=metres).nsmallest(1, "metres").iloc[0]


@pytest.mark.xdist_group("demo")
def test_the_three_dinghies_are_alerted_and_no_vessel_with_ais(demo):
    truth = pd.read_parquet(demo / "exercise/truth.parquet")
    found = [nearest(truth, a) for a in alerts(demo) if a["rule"] == MISSION]
    assert {one["kind"] for one in found} == {"dinghy"}
    assert len({one["target"] for one in found}) == 3
    assert max(one["metres"] for one in found) < 200
    # Other rules speak of vessels with AIS, too; this one never does.
    assert all(a["mmsi"] is None for a in alerts(demo) if a["rule"] == MISSION)


@pytest.mark.xdist_group("demo")
def test_every_frame_of_every_feed_is_accounted_for(demo):
    summary = json.loads((demo / "summary.json").read_text())
    assert len(summary["feeds"]) == 4
    for feed in summary["feeds"].values():
        assert feed["frames"] > 1000
        assert feed["difference"] == 0
        assert feed["late"] == 0


@pytest.mark.xdist_group("demo")
def test_a_replay_of_its_journal_gives_the_same_run(demo, tmp_path):
    coastwatch("replay", demo, "--out", tmp_path / "again")
    first, second = (pq.read_table(f / "tracks.parquet") for f in (demo, tmp_path / "again"))
    assert first.equals(second)
    assert first.schema.field("time").type.tz == "UTC"
    for name in ("alerts.jsonl", "crossings.jsonl", "vessels.json"):
        assert (demo / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_its_week_can_be_reported(demo, tmp_path, lang):
    out = tmp_path / "report.html"
    coastwatch("report", demo, "--week", "2026-W47", "--out", out, "--lang", lang)
    text = out.read_text(encoding="utf-8")
    names = r'http-equiv|xmlns(:xlink)?="http://www\.w3\.org/[\w/]+"'
    assert "http" not in re.sub(names, "", text)
    for alert in alerts(demo):
        assert rule_name(alert["rule"], lang) in text
    coastwatch("report", demo, "--week", "2026-W40", "--out", out, "--lang", lang)
    assert ("is not an empty sea" if lang == "en" else "pas une mer vide") in out.read_text()


@pytest.mark.browser
@needs_browser
@pytest.mark.xdist_group("demo")
def test_its_french_picture_says_its_alerts_in_french_from_sentence_to_evidence(demo, tmp_path):
    out = tmp_path / "carte.html"
    coastwatch("map", demo, "--out", out, "--lang", "fr")
    with chromium() as page:
        open_page(page, out)
        rows = page.find_elements("css selector", "#alerts button")
        assert len(rows) == len(alerts(demo)) > 2
        for row in rows:
            page.execute_script("arguments[0].click()", row)
            settle(page)
            for panel in ("side", "status"):
                assert not page.find_elements("css selector", f"#{panel} [lang]")
            told = page.find_element("id", "chosen-body").text
            assert re.search(r"version de la règle \d", told)
            assert re.search(r"\d,\d", told)
            assert not re.search(r"\d\.\d", told)
            assert re.search(r"\d\d:\d\d:\d\d déclenchée", told)
            words = r"\b(the|with|track|course|yes|no|unknown|raised|updated)\b"
            said = page.find_element("css selector", "#chosen-body .said").text
            assert not re.search(words, re.sub("«[^»]*»", "", said))
        told = page.execute_script("return document.getElementById('status').textContent")
        assert "Petite embarcation" in told or "CPA" in told


def test_both_languages_of_the_report_say_the_same_things():
    from coastwatch.reports.words import WORDS

    assert WORDS["en"].keys() == WORDS["fr"].keys()

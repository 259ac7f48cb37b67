"""Sensors that fail in an exercise: the right word about them, live as in a replay."""

import json
import math

import numpy as np
import pytest

import coastwatch.simulate as simulation
from coastwatch.runner import replay, track_files
from coastwatch.simulate.radar import Plots

START_S, SECONDS = 1_795_152_600.0, 330.0  # 2026-11-20 05:30 UTC
FAILS_S, MENDED_S = 200.0, 260.0


def exercise(folder, monkeypatch, sector=None, silent=None, cut_s=math.inf, seconds=SECONDS):
    """A run in which gris-nez sees nothing in a sector (degrees), or is silent, for a minute."""
    look, datagrams = simulation.look, simulation.datagrams

    def dimmed(radar, *rest):
        plots = look(radar, *rest)
        if radar.id != "gris-nez" or sector is None:
            return plots
        gone = (plots.time_s >= FAILS_S) & (plots.time_s < MENDED_S)
        low, high = np.radians(sector)
        gone &= np.mod(plots.azimuth_rad - low, 2 * math.pi) < high - low
        columns = (plots.time_s, plots.range_m, plots.azimuth_rad, plots.amplitude_dbm, plots.craft)
        return Plots(*(c[~gone] for c in columns))

    def muted(radar, *rest):
        for time_s, payload in datagrams(radar, *rest):
            t = time_s - START_S
            if radar.id == "gris-nez" and (t > cut_s or (silent and FAILS_S <= t < MENDED_S)):
                continue
            yield time_s, payload

    monkeypatch.setattr(simulation, "look", dimmed)
    monkeypatch.setattr(simulation, "datagrams", muted)
    site = simulation.simulate("dover-crossing", 3, folder / "exercise", seconds)
    out = folder / "run"
    summary = track_files(site, sorted((folder / "exercise/feeds").iterdir()), out)
    return out, summary


def about_sensors(out):
    rows = [json.loads(line) for line in (out / "alerts.jsonl").read_text().splitlines()]
    return [a for a in rows if a["rule"].startswith("sensor-")]


def after_s(alert, when="time"):
    return np.datetime64(alert[when][:-1]).astype("datetime64[ms]").astype(float) / 1e3 - START_S


def test_a_radar_that_falls_silent_is_told_within_two_scans_and_again_when_it_is_back(
    tmp_path, monkeypatch
):
    out, summary = exercise(tmp_path, monkeypatch, silent=True)
    (gone,) = about_sensors(out)
    assert (gone["rule"], gone["severity"]) == ("sensor-silent", "warning")
    assert FAILS_S < after_s(gone) <= FAILS_S + 2 * 3.0 + 3.0
    assert gone["track"] is None and gone["mmsi"] is None and gone["zone"] == "gris-nez"
    assert (gone["lon"], gone["lat"]) == (1.583, 50.87)
    assert gone["text"].startswith("Radar gris-nez is silent since 05:33:20 UTC: 2 scans missed.")
    assert "What it alone saw is now not watched" in gone["text"]
    assert gone["evidence"]["rotation_s"] == 3.0
    assert gone["state"] == "rectified-unacknowledged"
    assert MENDED_S < after_s(gone, "updated") < MENDED_S + 10
    assert summary["sensors"]["gris-nez"]["silent_episodes"] == 1
    assert summary["sensors"]["dover"]["silent_episodes"] == 0
    replay(out, tmp_path / "again")
    assert (tmp_path / "again/alerts.jsonl").read_bytes() == (out / "alerts.jsonl").read_bytes()
    assert (tmp_path / "again/coverage.json").read_bytes() == (out / "coverage.json").read_bytes()


def test_a_radar_that_goes_blind_in_a_sector_is_told_and_the_run_has_the_hole(
    tmp_path, monkeypatch
):
    out, summary = exercise(tmp_path, monkeypatch, sector=(285.0, 325.0))
    (gone,) = about_sensors(out)
    assert (gone["rule"], gone["severity"]) == ("sensor-blind-sector", "warning")
    assert FAILS_S < after_s(gone) <= FAILS_S + 2 * 3.0 + 3.0
    low, high = gone["evidence"]["azimuth_from_deg"], gone["evidence"]["azimuth_to_deg"]
    assert 280 <= low <= 290 and 320 <= high <= 330
    assert gone["evidence"]["plots_expected"] > 10
    assert "sees nothing between" in gone["text"]
    assert gone["state"] == "rectified-unacknowledged"
    assert MENDED_S < after_s(gone, "updated") < MENDED_S + 15
    sensor = summary["sensors"]["gris-nez"]
    assert sensor["blind_episodes"] == 1 and sensor["rotation_s"] == 3.0
    coverage = json.loads((out / "coverage.json").read_text())["radars"]
    (episode,) = coverage["gris-nez"]["episodes"]
    assert episode["what"] == "blind" and episode["until"] is not None
    assert coverage["dover"]["episodes"] == []


def test_a_feed_that_is_over_is_not_silent(tmp_path, monkeypatch):
    out, summary = exercise(tmp_path, monkeypatch, cut_s=120.0, seconds=200.0)
    assert about_sensors(out) == []
    assert summary["sensors"]["gris-nez"]["state"] == "over"
    assert summary["sensors"]["gris-nez"]["last_heard"] < "2026-11-20T05:32:01"


@pytest.mark.parametrize("looked", [True, False])
def test_a_radar_that_was_never_heard_raises_nothing(tmp_path, monkeypatch, looked):
    out, summary = exercise(tmp_path, monkeypatch, cut_s=-1.0 if looked else 4.0, seconds=60.0)
    assert about_sensors(out) == []
    sensor = summary["sensors"]["gris-nez"]
    assert sensor["state"] == ("never heard" if looked else "over")
    assert sensor["bias"] is None

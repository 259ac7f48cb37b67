"""A track explained: its life as tables and a figure, by the command line and from a journal."""

import csv
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.explain import write_lives
from coastwatch.maps.life import ellipse_95
from coastwatch.model import Kind, Status
from coastwatch.track import Tracker, life
from coastwatch.track.life import Candidate, Life, Lives, Look
from tests.test_track_life import KNOT, ORIGIN, PLANE, SITE, T0, plots

NAN = math.nan
TABLES = ("track-{}.csv", "track-{}-associations.csv", "track-{}.svg")


def look(t: float = T0, **known) -> Look:
    usual = Look(
        t, 0, Kind.PLOT, 0.6, 0.9, 0.95, 0.1, (0.7, 0.1, 0.1, 0.1), Status.CONFIRMED,
        3000.0, 4000.0, 0.0, 10 * KNOT, 20.0, -1, 0.05, 0.3,
    )  # fmt: skip
    return usual._replace(**known)


def candidate(t: float = T0, probability: float = 0.9, **known) -> Candidate:
    return Candidate(t, 3010.0, 3990.0, probability, 1.5)._replace(**known)


def written(lives: Lives, out: Path, site=SITE) -> dict:
    out.mkdir(exist_ok=True)
    return write_lives(lives, site, PLANE, out)


def lives_of(*looks: tuple[Look, list[Candidate]]) -> Lives:
    lives = Lives(frozenset({7}))
    for one, candidates in looks:
        lives.add(7, one, candidates)
    return lives


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_look_and_each_candidate_are_a_row_each_with_units_and_utc(tmp_path):
    lives = lives_of(
        (look(), [candidate(probability=0.2), candidate(T0 + 0.25, 0.7, mmsi=227_000_001)]),
        (look(T0 + 3.0, kind=Kind.LOOK, p_missed=1.0, mmsi=227_000_001, sensor=-1), []),
    )
    assert written(lives, tmp_path)["7"]["candidates"] == 2
    first, second = rows(tmp_path / "track-7.csv")
    assert first["time"] == "2025-11-20T05:30:00.000Z"
    assert (first["kind"], second["kind"]) == ("plot", "missed")
    assert (first["sensor"], second["sensor"]) == ("radar", "")
    assert (first["mmsi"], second["mmsi"]) == ("", "227000001")
    assert (first["candidates"], second["candidates"]) == ("2", "0")
    assert (first["p_quiet"], first["status"]) == ("0.700000", "confirmed")
    assert first["cov_xx_m2"] == ""
    assert float(first["speed_kn"]) == pytest.approx(10, abs=0.01)
    assert min(float(first["course_deg"]), 360 - float(first["course_deg"])) < 0.2
    assert PLANE.to_xy(float(first["lon_deg"]), float(first["lat_deg"])) == pytest.approx(
        (3000, 4000), abs=0.05
    )
    likely, other = rows(tmp_path / "track-7-associations.csv")
    assert (likely["look"], likely["time"]) == ("1", "2025-11-20T05:30:00.250Z")
    assert (likely["probability"], other["probability"]) == ("0.700000", "0.200000")
    assert (likely["mmsi"], other["mmsi"]) == ("227000001", "")


def test_no_cell_is_run_by_a_spreadsheet(tmp_path):
    radar = replace(SITE.sensors[0], id='=HYPERLINK("x")')
    site = replace(SITE, sensors=(radar, SITE.sensors[1]))
    written(lives_of((look(), [candidate()])), tmp_path, site)
    for name in TABLES[:2]:
        [row] = rows(tmp_path / name.format(7))
        assert row["sensor"] == '\'=HYPERLINK("x")'


def test_only_the_tracks_asked_for_are_kept_and_what_is_over_is_counted(monkeypatch):
    monkeypatch.setattr(life, "LOOKS_MOST", 3)
    monkeypatch.setattr(life, "CANDIDATES_MOST", 2)
    lives = Lives(frozenset({7}))
    for k in range(5):
        lives.add(7, look(T0 + k), [candidate(probability=p) for p in (0.1, 0.6, 0.2)])
        lives.add(8, look(T0 + k))
    assert set(lives.lives) == {7}
    kept: Life = lives.lives[7]
    assert [one.time_s for one in kept.looks] == [T0, T0 + 1, T0 + 2]
    assert [c.probability for c in kept.candidates[0]] == [0.6, 0.2]
    assert (kept.looks_left_out, kept.candidates_left_out) == (2, 3)


@pytest.mark.parametrize(
    "looks",
    [
        [(look(), [])],
        [(look(status=Status.ENDED), [candidate()])],
        [(look(T0 + k, modes=(NAN,) * 4, p_visible=NAN, p_fixed=NAN), []) for k in range(3)],
        [(look(kind=Kind.BEARING), [candidate(x_m=NAN, y_m=NAN, azimuth_rad=0.5)])],
        [(look(sensor=-1, vx_mps=NAN, vy_mps=NAN), [candidate(probability=NAN)])],
        [(look(x_m=9e6, y_m=-9e6), [candidate(x_m=9e6, y_m=-9e6)])],
        [(look(T0 + 3 * k, x_m=1e3 * math.sin(k)), [candidate(T0 + 3 * k)]) for k in range(4000)],
    ],
    ids=["no candidate", "ended", "unknowns", "bearing", "nameless", "far away", "many"],
)
def test_any_life_makes_a_sound_figure_and_the_same_one_again(looks, tmp_path):
    for name in ("first", "second"):
        written(lives_of(*looks), tmp_path / name)
    for name in TABLES:
        first, second = ((tmp_path / n / name.format(7)).read_bytes() for n in ("first", "second"))
        assert first == second
    root = ET.fromstring(first)
    assert root.tag.endswith("svg")
    assert len(first) < 3_000_000


def test_the_figure_names_its_units_and_tells_the_life_in_words(tmp_path):
    states = [Status.TENTATIVE, Status.CONFIRMED, Status.COASTING, Status.CONFIRMED, Status.ENDED]
    looks = [(look(T0 + 60 * k, status=s, x_m=2e3 * k), []) for k, s in enumerate(states)]
    written(lives_of(*looks), tmp_path)
    text = (tmp_path / "track-7.svg").read_text()
    assert "speed (kn)" in text
    assert "course (deg true)" in text
    assert "NM east of the site's origin" in text
    assert "UTC, from 2025-11-20 05:30:00Z" in text
    told = "confirmed 05:31:00Z (2 times); coasting 05:32:00Z; ended 05:34:00Z; 5 looks"
    assert f"first look 05:30:00Z; {told}" in text


def test_the_ellipse_holds_the_truth_in_95_of_100():
    random = np.random.default_rng(5)
    for _ in range(6):
        a = random.normal(0, 40, (2, 2))
        cov = a @ a.T + np.eye(2)
        columns = {"x_m": [10.0], "y_m": [-5.0], "sigma_m": [NAN]}
        for name, value in zip(("xx", "xy", "yy"), cov[np.triu_indices(2)], strict=True):
            columns[f"cov_{name}_m2"] = [value]
        shape = ellipse_95({k: np.array(v) for k, v in columns.items()}, 0, 1.0, None)
        inside = (
            shape.get_patch_transform()
            .inverted()
            .transform(random.multivariate_normal([10.0, -5.0], cov, 20_000))
        )
        assert np.mean(np.hypot(*inside.T) < 1) == pytest.approx(0.95, abs=0.006)


SITE_TOML = f"""
[site]
name = "Test"
origin = {list(ORIGIN)}

[[sensor]]
id = "radar"
kind = "radar"
position = {list(ORIGIN)}
sigma_range_m = 30.0
"""


class Recording(Tracker):
    """Stands in for a tracker that records; keeps the picture's rows as looks."""

    def step(self, detections, time_s=None):
        picture = super().step(detections, time_s)
        for i, number in enumerate(picture.id.tolist()):
            x, y, vx, vy = picture.state[i].tolist()
            self.lives.add(
                number,
                look(picture.time_s, x_m=x, y_m=y, vx_mps=vx, vy_mps=vy),
                [candidate(picture.time_s, x_m=x, y_m=y)],
            )
        return picture


@pytest.fixture
def recorded(tmp_path, monkeypatch) -> tuple[Path, Path]:
    """A site, and a plots file of one craft, as track 1."""
    monkeypatch.setattr("coastwatch.engine.Tracker", Recording)
    (tmp_path / "site.toml").write_text(SITE_TOML)
    t = T0 + 3.0 * np.arange(20)
    seen = plots(t, 3000 + 5 * (t - T0), np.full(20, 4000.0))
    lines = [f"{t:.1f},radar,{x:.7f},{y:.7f}"
             for t, x, y in zip(seen.time_s, seen.lon, seen.lat, strict=True)]  # fmt: skip
    (tmp_path / "a.plots.csv").write_text("\n".join(["time,sensor,lon,lat", *lines]) + "\n")
    return tmp_path / "site.toml", tmp_path / "a.plots.csv"


def coastwatch(*words: object):
    return CliRunner().invoke(main, list(map(str, words)))


def test_track_explains_what_it_is_asked_and_the_run_stays_the_same(recorded, tmp_path):
    plain, told = tmp_path / "plain", tmp_path / "told"
    assert coastwatch("track", *recorded, "--out", plain).exit_code == 0
    result = coastwatch("track", *recorded, "--out", told, "--explain", 1)
    assert result.exit_code == 0, result.output
    assert str(told / "track-1.svg") in result.output
    assert pq.read_table(plain / "tracks.parquet").equals(pq.read_table(told / "tracks.parquet"))
    explained = json.loads((told / "summary.json").read_text())["explained"]
    assert explained["1"]["looks"] == len(rows(told / "track-1.csv")) > 10
    assert not list(plain.glob("track-*"))
    assert "explained" not in json.loads((plain / "summary.json").read_text())


def test_a_replay_explains_the_same_life(recorded, tmp_path):
    run, again = tmp_path / "run", tmp_path / "again"
    coastwatch("track", *recorded, "--out", run, "--explain", 1)
    result = coastwatch("replay", run, "--out", again, "--explain", 1)
    assert result.exit_code == 0, result.output
    for name in TABLES:
        assert (run / name.format(1)).read_bytes() == (again / name.format(1)).read_bytes()


def test_an_id_that_never_was_is_an_error_that_names_its_neighbours_and_keeps_the_run(
    recorded, tmp_path
):
    out = tmp_path / "run"
    result = coastwatch("track", *recorded, "--out", out, "--explain", 99, "--explain", 1)
    assert result.exit_code == 1
    [line] = result.stderr.strip().splitlines()
    assert "--explain 99" in line and line.endswith("near it were 1")
    for name in ("tracks.parquet", "summary.json", "picture.html", "track-1.csv"):
        assert (out / name).is_file()
    assert coastwatch("track", *recorded, "--out", out, "--explain", 0).exit_code == 2


def test_a_new_run_leaves_no_life_of_an_earlier_one_and_no_file_of_yours_is_touched(
    recorded, tmp_path
):
    out = tmp_path / "run"
    coastwatch("track", *recorded, "--out", out, "--explain", 1)
    (out / "track-notes.csv").write_text("mine")
    coastwatch("track", *recorded, "--out", out)
    assert [path.name for path in out.glob("track-*")] == ["track-notes.csv"]

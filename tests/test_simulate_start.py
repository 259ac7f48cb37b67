"""An exercise of another day and length: the same sea, at the times that were asked for."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from coastwatch import ConfigError, read_run, score_tracks, simulate_exercise, track_files
from coastwatch.cli import main


def test_an_exercise_over_midnight_is_tracked_through_it(tmp_path):
    start = datetime(2027, 2, 28, 23, 59, tzinfo=UTC)
    site = simulate_exercise("dover-crossing", 2, tmp_path, duration_s=120, start=start)
    track_files(site, sorted((tmp_path / "feeds").iterdir()), tmp_path / "run")
    times = read_run(tmp_path / "run").tracks["time"].to_pandas()
    assert times.min() >= start
    assert times.max().day == 1 and times.max().month == 3
    scores = score_tracks(tmp_path / "truth.parquet", tmp_path / "run" / "tracks.parquet")
    assert scores["completeness"] > 0.9
    assert scores["false_tracks"] == 0


@pytest.mark.parametrize(
    "start", [datetime(2026, 11, 20, 5, 30), datetime(1901, 1, 1, tzinfo=UTC)], ids=str
)
def test_a_start_that_cannot_be_is_refused(tmp_path, start):
    with pytest.raises(ConfigError, match="start"):
        simulate_exercise("dover-crossing", 1, tmp_path / "never", start=start)
    assert not (tmp_path / "never").exists()


def test_the_command_takes_minutes_and_a_start(tmp_path):
    words = ["simulate", "dover-crossing", "--seed", "1", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, [*words, "--minutes", "0.5", "--start", "2026-11-23T04:00Z"])
    assert told.exit_code == 0, told.output
    assert 'date = "2026-11-23"' in (tmp_path / "site.toml").read_text(encoding="utf-8")
    wrong = CliRunner().invoke(main, [*words, "--minutes", "0"])
    assert wrong.exit_code == 2

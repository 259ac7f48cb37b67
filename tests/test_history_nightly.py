"""The nightly job of the documentation does what the policy asks, in whatever state runs are."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.store.history import open_history
from coastwatch.store.journal import JOURNAL, Journal
from coastwatch.store.keep import keep_run
from coastwatch.store.prune import Policy, prune
from tests.history_runs import MONDAY, incident, write_run
from tests.test_howto import ROOT, with_command

EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def cron_line():
    """The command of the how-to page's crontab, to the letter."""
    page = (ROOT / "docs/how-to/keep-and-prune.md").read_text(encoding="utf-8")
    return re.search(r"^15 3 \* \* \*  (.+)$", page, re.M)[1]


def rows(folder):
    with open_history(folder) as history:
        return len(history.query("SELECT 1 FROM positions"))


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def watch(tmp_path):
    """Four runs of different age; the last goes on as long as its journal is held."""
    folder, now = tmp_path / "watch", datetime.now(UTC).replace(microsecond=0)
    for number, age in enumerate((timedelta(days=40), timedelta(days=5), timedelta(hours=9))):
        write_run(folder / f"run-{number}", now - age)
    live = write_run(folder / "run-3", now - timedelta(hours=2))
    (live / "summary.json").unlink()
    journal = Journal(live / JOURNAL)
    yield folder
    journal.close()


def test_the_line_of_the_page_keeps_and_prunes_every_night(watch, tmp_path):
    environment = with_command(tmp_path)
    line = cron_line().replace("/srv/watch", str(watch))
    for night in range(2):
        done = subprocess.run(
            ["sh", "-c", line], env=environment, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.count("passed over") == 2  # what goes on, by each command
        assert ("kept as" in done.stdout) == (night == 0)
        # Plots of 72 h, positions of 30 days, in runs and in the history.
        there = [(watch / f"run-{n}" / JOURNAL).exists() for n in range(4)]
        assert there == [False, False, True, True]
        assert [rows(watch / f"run-{n}") for n in range(4)] == [0, 455, 455, 455]
        assert rows(watch / "history") == 2 * 455
    with open_history(watch / "history") as history:
        assert len(history.tracks(*EVER)) == 3 * 4 and len(history.watched()) == 3


def test_one_that_was_pruned_before_it_was_kept_stops_no_other(tmp_path):
    old, new = write_run(tmp_path / "a"), write_run(tmp_path / "b", MONDAY + timedelta(hours=5))
    prune(old, Policy(timedelta(0), timedelta(0), MONDAY + timedelta(days=9)), "test")
    done = run("keep", old, new, "--to", tmp_path / "kept")
    assert done.exit_code == 0 and "keep a run before it is pruned" in done.output
    assert rows(tmp_path / "kept") == 455


def test_a_pruned_run_that_was_kept_before_still_brings_its_incidents(tmp_path):
    old, kept = write_run(tmp_path / "a"), tmp_path / "kept"
    keep_run(old, kept)
    prune(old, Policy(timedelta(0), timedelta(0), MONDAY + timedelta(days=9)), "test")
    incident(old, [3])
    done = run("keep", old, "--to", kept)
    assert done.exit_code == 0 and "is there already" in done.output
    assert "1 new entries of incidents" in done.output and "written again" not in done.output
    assert rows(kept) == 455


def test_what_should_be_kept_and_cannot_be_is_a_failure_that_stops_no_other(tmp_path):
    torn, good = write_run(tmp_path / "a"), write_run(tmp_path / "b", MONDAY + timedelta(hours=5))
    (torn / "summary.json").unlink()
    done = run("keep", torn, tmp_path / "none", good, "--to", tmp_path / "kept")
    assert done.exit_code == 1 and len(done.stderr.splitlines()) == 2
    assert "goes on with it and ends it" in done.stderr and rows(tmp_path / "kept") == 455
    done = run("prune", torn, good, "--now", "2026-11-20T00:00Z", "--tracks", "0d")
    assert done.exit_code == 1 and rows(good) == 0 and rows(torn) == 455


def test_a_tombstone_has_the_clocks_time_and_the_policys(tmp_path):
    folder = write_run(tmp_path / "run")
    before = datetime.now(UTC)
    assert run("prune", folder, "--now", "2026-11-18T00:00Z", "--tracks", "1d").exit_code == 0
    stones = [json.loads(line) for line in (folder / "tombstones.jsonl").read_text().splitlines()]
    assert {stone["as_of"] for stone in stones} == {"2026-11-18T00:00:00.000Z"}
    for stone in stones:
        lag = datetime.fromisoformat(stone["time"]) - before
        assert timedelta(milliseconds=-1) <= lag < timedelta(minutes=5)


def test_a_time_ahead_of_the_clock_needs_its_own_word(tmp_path):
    folder = write_run(tmp_path / "run")
    ahead = f"{datetime.now(UTC) + timedelta(days=99):%Y-%m-%dT%H:%MZ}"
    done = run("prune", folder, "--now", ahead)
    assert done.exit_code == 2 and "--dry-run" in done.stderr and rows(folder) == 455
    assert run("prune", folder, "--now", ahead, "--dry-run").exit_code == 0 and rows(folder) == 455
    assert run("prune", folder, "--now", ahead, "--ahead").exit_code == 0 and rows(folder) == 0


def test_a_demos_exercise_is_left_alone(tmp_path):
    folder = write_run(tmp_path / "run")
    feed = folder / "exercise/feeds/radar.pcap"
    feed.parent.mkdir(parents=True)
    feed.write_bytes(b"simulated")
    prune(folder, Policy(timedelta(0), timedelta(0), MONDAY + timedelta(days=99)), "test")
    assert feed.read_bytes() == b"simulated"

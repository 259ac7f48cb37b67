"""Runs are gathered into a history once, whole at any moment, and opened by others' tools."""

import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.incident import IncidentLog
from coastwatch.model import InputError
from coastwatch.store import history_log
from coastwatch.store.history import open_history
from coastwatch.store.journal import JOURNAL, Journal
from coastwatch.store.keep import keep_run
from tests.history_runs import MONDAY, incident, write_run
from tests.killed import killed

WEEK = MONDAY, MONDAY + timedelta(days=7)


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def figures(folder):
    with open_history(folder) as history:
        return (
            history.tracks(*WEEK).to_pylist(), history.hexagons(*WEEK).to_pylist(),
            history.alerts(*WEEK), history.crossings(*WEEK), history.refused(*WEEK),
        )  # fmt: skip


def test_a_day_is_geoparquet_sorted_by_vessel_and_time(tmp_path):
    run = write_run(tmp_path / "run", MONDAY + timedelta(hours=23))
    kept = keep_run(run, tmp_path / "kept")
    assert (kept.new, kept.rows, kept.days) == (True, 91 * 5, 2)
    path = tmp_path / "kept/tracks/2026-11-16.parquet"
    day = gpd.read_parquet(path)
    assert day.crs.equals("OGC:CRS84") and len(day) == 60 * 5
    assert (day.geometry.x == day["lon"]).all() and (day.geometry.y == day["lat"]).all()
    keys = list(zip(day["mmsi"].fillna(1e12), day["run"], day["track"], day["time"], strict=True))
    assert keys == sorted(keys)
    told = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert told["version"] == "1.1.0"
    assert told["columns"]["geometry"]["bbox"] == pytest.approx(list(day.total_bounds))


def test_keeping_the_same_run_twice_changes_nothing(tmp_path):
    run, kept = write_run(tmp_path / "run"), tmp_path / "kept"
    incident(run, [3])
    keep_run(run, kept)
    before = digests(kept)
    again = keep_run(run, kept)
    assert not again.new and again.entries == 0
    assert digests(kept) == before


def test_a_copy_of_a_run_is_the_same_run(tmp_path):
    for name in ("run", "copy"):
        kept = keep_run(write_run(tmp_path / name), tmp_path / "kept")
    assert not kept.new
    with open_history(tmp_path / "kept") as history:
        assert history.tracks(*WEEK).num_rows == 4


def test_runs_of_one_day_share_its_file(tmp_path):
    first = write_run(tmp_path / "a")
    second = write_run(tmp_path / "b", MONDAY + timedelta(hours=6), minutes=30)
    kept = tmp_path / "kept"
    names = [keep_run(run, kept).run for run in (first, second)]
    day = pq.read_table(kept / "tracks/2026-11-16.parquet")
    assert sorted(set(day["run"].to_pylist())) == sorted(names)
    with open_history(kept) as history:
        rows = history.tracks(*WEEK).to_pylist()
        assert [r["run"] for r in rows] == [n for n in sorted(names) for _ in range(4)]
        assert history.runs(*WEEK)["run"].to_pylist() == names
        assert len(history.crossings(*WEEK)) == 18


def test_runs_that_watched_at_once_are_told(tmp_path):
    keep_run(write_run(tmp_path / "a"), tmp_path / "kept")
    kept = keep_run(write_run(tmp_path / "b", minutes=30), tmp_path / "kept")
    assert len(kept.notes) == 1 and "count twice" in kept.notes[0]


@pytest.mark.parametrize("where", ["day", "second day", "log"])
def test_a_kill_leaves_a_history_that_is_whole(tmp_path, monkeypatch, where):
    kept = tmp_path / "kept"
    keep_run(write_run(tmp_path / "a", MONDAY + timedelta(hours=20)), kept)
    before = figures(kept)
    second = write_run(tmp_path / "b", MONDAY + timedelta(hours=23))

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if where == "log":
            patch.setattr(history_log.HistoryLog, "add", killed)
        else:
            from coastwatch.store import history_days

            sync, calls = history_days.sync, []

            def at(path):
                calls.append(path)
                return killed() if len(calls) > 2 * (where == "second day") else sync(path)

            patch.setattr(history_days, "sync", at)
        with pytest.raises(KeyboardInterrupt):
            keep_run(second, kept)
    assert figures(kept) == before
    keep_run(second, kept)
    assert len(figures(kept)[0]) == 8
    assert not list(kept.rglob("*.new"))


def test_kills_at_any_moment_are_made_good(tmp_path):
    run = write_run(tmp_path / "run", MONDAY + timedelta(hours=20), minutes=2880)
    incident(run, [3])
    keep_run(run, tmp_path / "alone")
    kept = tmp_path / "kept"
    act = (
        "from pathlib import Path; from coastwatch.store.keep import keep_run; "
        "print('on', flush=True); keep_run(Path({!r}), Path({!r}))"
    )
    for delay_s in (0.01, 0.03, 0.06, 0.1, 0.15, 0.2):
        child = subprocess.Popen(
            [sys.executable, "-c", act.format(str(run), str(kept))], stdout=subprocess.PIPE
        )
        assert child.stdout.readline() == b"on\n"
        time.sleep(delay_s)
        child.kill()
        child.communicate()
        if (kept / "log.sqlite").is_file() and (kept / "site.toml").is_file():
            with open_history(kept) as history:
                assert history.tracks(*WEEK).num_rows in (0, 4)
    keep_run(run, kept)
    assert figures(kept) == figures(tmp_path / "alone")
    assert not list((kept / "tracks").glob(".*"))


def test_a_kill_at_any_step_of_the_first_keep_is_made_good(tmp_path):
    run, alone = write_run(tmp_path / "run", MONDAY + timedelta(hours=23)), tmp_path / "alone"
    incident(run, [3])
    keep_run(run, alone)
    imports = "from coastwatch.store.keep import keep_run"
    out = tmp_path / "killed"
    count = 0
    for kept in killed(imports, f"keep_run(Path({str(run)!r}), folder)", tmp_path / "-", out, 7):
        count += 1
        keep_run(run, kept)
        assert figures(kept) == figures(alone), kept
        assert digests(kept).keys() == digests(alone).keys(), kept
    assert count > 10


def test_a_full_disk_is_one_line_and_the_history_stands(tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    keep_run(write_run(tmp_path / "a"), kept)
    before = digests(kept), figures(kept)
    second = write_run(tmp_path / "b", MONDAY + timedelta(hours=6))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(InputError, match=r"No space left.*free space"):
        keep_run(second, kept)
    assert (digests(kept), figures(kept)) == before


def test_incidents_get_numbers_of_the_history_and_are_followed(tmp_path):
    kept = tmp_path / "kept"
    first, second = (
        write_run(tmp_path / "a"),
        write_run(tmp_path / "b", MONDAY + timedelta(hours=6)),
    )
    incident(first, [3])
    incident(second, [2])
    assert [keep_run(run, kept).entries for run in (first, second)] == [1, 1]
    incident(first, [4], place=60)
    assert keep_run(first, kept).entries == 1
    with open_history(kept) as history:
        assert history.incidents_path == kept / "incidents.sqlite"
    with IncidentLog(kept) as log:
        assert log.incidents() == {1: [1], 2: [2], 3: [3]}
        assert [event.incident for event in log.events()] == [1, 2, 3]
        assert len({call.time_s for call in log.calls().values()}) == 2


def test_a_history_is_of_one_place(tmp_path):
    keep_run(write_run(tmp_path / "a"), tmp_path / "kept")
    other = write_run(tmp_path / "b", origin=(2.0, 50.0))
    with pytest.raises(InputError, match="of one place"):
        keep_run(other, tmp_path / "kept")


def test_a_run_that_is_written_or_not_over_is_refused(tmp_path):
    run = write_run(tmp_path / "run")
    journal = Journal(run / JOURNAL)
    with pytest.raises(InputError, match="not over"):
        keep_run(run, tmp_path / "kept")
    journal.close()
    (run / "summary.json").unlink()
    with pytest.raises(InputError, match="not over"):
        keep_run(run, tmp_path / "kept")


def test_a_torn_day_is_said_with_its_mend(tmp_path):
    kept = tmp_path / "kept"
    keep_run(write_run(tmp_path / "run"), kept)
    path = kept / "tracks/2026-11-16.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    with open_history(kept) as history, pytest.raises(InputError, match="keep"):
        history.tracks(*WEEK)


def test_a_foreign_log_is_refused_in_one_line(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    sqlite3.connect(kept / "log.sqlite").execute("CREATE TABLE a (b)")
    with pytest.raises(InputError, match="version"):
        open_history(kept)
    (kept / "log.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(InputError, match=r"log\.sqlite"):
        open_history(kept)


def test_the_command_says_what_it_kept(tmp_path):
    run = write_run(tmp_path / "run")
    for said in ("455 positions of 1 days", "is there already"):
        done = CliRunner().invoke(main, ["keep", str(run), "--to", str(tmp_path / "kept")])
        assert done.exit_code == 0 and said in done.output
    done = CliRunner().invoke(main, ["keep", str(tmp_path), "--to", str(tmp_path / "kept")])
    assert done.exit_code == 1 and "no tracks.parquet" in done.output

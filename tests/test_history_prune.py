"""What is too old goes, its counts stay, a tombstone says so, and a kill is made good."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.model import ConfigError, InputError
from coastwatch.store import prune as pruning
from coastwatch.store.history import open_history
from coastwatch.store.journal import JOURNAL, Journal, read_journal
from coastwatch.store.keep import keep_run
from coastwatch.store.prune import Policy, duration, prune
from tests.history_runs import MONDAY, SHIP, incident, write_run

WEEK = MONDAY, MONDAY + timedelta(days=7)
LATER = MONDAY + timedelta(days=40)


def policy(now=LATER, plots="72h", tracks="30d"):
    return Policy(duration(plots), duration(tracks), now)


@pytest.fixture(params=["run", "kept"])
def folder(tmp_path, request):
    """Two days of a run whose track 3 is a candidate of an incident."""
    run = write_run(tmp_path / "run", MONDAY + timedelta(hours=23))
    incident(run, [3])
    if request.param == "run":
        return run
    keep_run(run, tmp_path / "kept")
    return tmp_path / "kept"


def figures(folder):
    """What a report counts: everything but who and where."""
    with open_history(folder) as history:
        tracks = history.tracks(*WEEK).drop(["mmsi"]).to_pylist()
        days = [history.tracks(WEEK[0] + timedelta(days=k), WEEK[0] + timedelta(days=k + 1))
                for k in range(3)]  # fmt: skip
        crossings = sorted((c["zone"], c["what"], c["time"][:13]) for c in history.crossings(*WEEK))
        return (
            history.span(), tracks, [day.drop(["mmsi"]).to_pylist() for day in days],
            history.hexagons(*WEEK).to_pylist(), history.visitors(*WEEK).to_pylist(),
            crossings, history.alerts(*WEEK), history.events(*WEEK),
            history.uptime(*WEEK).to_pylist(), history.refused(*WEEK),
            history.runs(*WEEK).to_pylist(),
        )  # fmt: skip


def positions(folder):
    with open_history(folder) as history:
        return history.query(
            "SELECT track, count(*) AS n FROM positions GROUP BY track"
        ).to_pylist()


def test_a_reports_figures_are_the_same_before_and_after(folder):
    before = figures(folder)
    assert prune(folder, policy(), "test")
    assert figures(folder) == before


def test_positions_go_save_those_of_tracks_that_an_incident_names(folder):
    prune(folder, policy(), "test")
    assert positions(folder) == [{"track": 3, "n": 91}]
    with open_history(folder) as history:
        ways = history.lines(*WEEK)
        assert ways["track"].to_pylist() == [3] and ways.schema.metadata[b"tracks"] == b"4"


def test_nobody_is_named_any_more(folder):
    prune(folder, policy(), "test")
    with open_history(folder) as history:
        assert history.vessels == {}
        assert set(history.tracks(*WEEK)["mmsi"].to_pylist()) == {None}
        told = history.crossings(*WEEK)
    assert {(c["lon"], c["mmsi"]) for c in told if c["track"] is None} == {(None, None)}
    assert {c["track"] for c in told} == {None, 3}
    for path in folder.rglob("*"):
        if path.is_file() and "tombstones" not in path.name:
            assert str(SHIP).encode() not in path.read_bytes(), path


def test_each_removal_leaves_its_tombstone(folder):
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*.parquet")}
    prune(folder, policy(), "a person")
    with open_history(folder) as history:
        stones = history.tombstones()
    gone = [stone for stone in stones if stone["what"] == "positions"]
    assert [files[stone["file"].split("/")[-1]] for stone in gone] == [s["sha256"] for s in gone]
    assert sum(stone["rows"] for stone in gone) == 91 * 4
    assert {(s["by"], s["policy"], s["as_of"]) for s in stones} == {
        ("a person", "plots 72h, tracks 30d", "2026-12-26T00:00:00.000Z")
    }


def test_a_second_prune_finds_nothing(folder):
    prune(folder, policy(), "test")
    stones = (folder / "tombstones.jsonl").read_bytes()
    assert prune(folder, policy(LATER + timedelta(days=9)), "test") == []
    assert (folder / "tombstones.jsonl").read_bytes() == stones


def test_a_dry_run_touches_nothing(folder):
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found = prune(folder, policy(), "test", dry_run=True)
    assert {removal.what for removal in found} >= {"positions", "crossings"}
    after = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert {p: d for p, d in after.items() if p.suffix not in (".sqlite-shm",)}.items() >= {
        p: d for p, d in before.items() if p.suffix != ".sqlite"
    }.items()
    assert not (folder / "tombstones.jsonl").exists()


def test_what_is_young_stays(folder):
    assert prune(folder, policy(MONDAY + timedelta(days=2, hours=3)), "test") == []
    now = datetime(2026, 12, 17, 12, tzinfo=UTC)  # the first of two days is 30 days old
    prune(folder, policy(now), "test")
    kept = {row["track"]: row["n"] for row in positions(folder)}
    assert kept == {1: 31, 2: 31, 3: 91, 4: 31, 5: 31}


@pytest.mark.parametrize("at", range(12))
def test_a_kill_at_any_step_is_finished_by_the_next(folder, monkeypatch, at):
    before = figures(folder)
    steps = iter(range(100))
    real = pruning.bury

    def bury(*told):
        if next(steps) == at // 2:
            if at % 2:  # with the line on disk, or before it
                real(*told)
            raise KeyboardInterrupt
        return real(*told)

    with monkeypatch.context() as patch:
        patch.setattr(pruning, "bury", bury)
        try:
            prune(folder, policy(), "test")
        except KeyboardInterrupt:
            assert figures(folder) == before
    prune(folder, policy(), "test")
    assert figures(folder) == before
    assert positions(folder) == [{"track": 3, "n": 91}]
    with open_history(folder) as history:
        told = [(s["what"], s["file"], s["sha256"]) for s in history.tombstones()]
    assert len(told) == len(set(told))


def test_a_line_cut_by_a_kill_is_written_anew(folder):
    (folder / "tombstones.jsonl").write_text('{"time": "2026-12-26T00:0')
    prune(folder, policy(), "test")
    lines = (folder / "tombstones.jsonl").read_text().splitlines()
    assert all(json.loads(line)["what"] for line in lines)


def test_a_run_kept_late_into_a_pruned_day_counts_and_is_pruned_in_turn(tmp_path):
    kept = tmp_path / "kept"
    keep_run(write_run(tmp_path / "a"), kept)
    prune(kept, policy(), "test")
    keep_run(write_run(tmp_path / "b", MONDAY + timedelta(hours=6)), kept)
    before = figures(kept)
    assert len(before[1]) == 8
    assert prune(kept, policy(), "test")
    assert figures(kept) == before and positions(kept) == []


def test_density_of_a_pruned_day_is_in_one_size(folder):
    prune(folder, policy(), "test")
    with open_history(folder) as history, pytest.raises(InputError, match="1852"):
        history.hexagons(*WEEK, size_m=500.0)


def test_plots_go_first(tmp_path):
    run = write_run(tmp_path / "run")
    (run / "rejects.jsonl").write_text('{"raw": "what"}\n')
    before = figures(run)
    prune(run, policy(MONDAY + timedelta(days=5)), "test")
    assert not (run / JOURNAL).exists() and not (run / "rejects.jsonl").exists()
    assert b"the last plots" not in (run / "alerts.sqlite").read_bytes()
    assert figures(run) == before
    done = CliRunner().invoke(main, ["replay", str(run), "--out", str(tmp_path / "again")])
    assert done.exit_code == 1 and len(done.output.splitlines()) == 1
    assert "its plots from 2026-11-16T00:00" in done.output and "72h" in done.output
    done = CliRunner().invoke(main, ["watch", str(run / "site.toml"), "--out", str(run)])
    assert done.exit_code != 0 and (run / "tracks.parquet").exists()


def test_of_a_long_run_only_the_old_frames_go(tmp_path):
    run = write_run(tmp_path / "run", minutes=90)
    now = MONDAY + timedelta(hours=72, seconds=30)
    prune(run, policy(now), "test")
    times = [d.received_ns / 1e9 - MONDAY.timestamp() for d in read_journal(run / JOURNAL)]
    assert times == list(range(30, 90))


def test_a_run_that_is_being_written_is_refused(tmp_path):
    run = write_run(tmp_path / "run")
    journal = Journal(run / JOURNAL)
    try:
        with pytest.raises(InputError, match="being written"):
            prune(run, policy(), "test")
    finally:
        journal.close()
    assert positions(run)


def test_without_a_readable_log_of_incidents_nothing_goes(folder):
    (folder / "incidents.sqlite").write_bytes(b"no database at all" * 200)
    for path in folder.glob("incidents.sqlite-*"):
        path.unlink()
    with pytest.raises(InputError, match=r"incidents\.sqlite"):
        prune(folder, policy(plots="9000d"), "test")
    assert len(positions(folder)) == 5


def test_the_command_tells_what_went_and_what_is_free(tmp_path):
    run = write_run(tmp_path / "run")
    ask = ["prune", str(run), "--now", "2026-12-26T00:00:00Z", "--ahead"]
    done = CliRunner().invoke(main, [*ask, "--dry-run"])
    assert done.exit_code == 0 and "would remove positions: tracks.parquet, 455 rows" in done.output
    done = CliRunner().invoke(main, ask)
    assert re.search(r"MB freed; [\d.,]+ GB free", done.output)
    done = CliRunner().invoke(main, ask)
    assert "nothing is older than the policy" in done.output
    done = CliRunner().invoke(main, [*ask, "--tracks", "a month"])
    assert done.exit_code == 2 and "72h, 30d or 2w" in done.output


@pytest.mark.parametrize("text", ["999999d", "10000w", "1y", "", "-3d", "3 d", "1234567h"])
def test_a_time_to_keep_is_a_number_of_hours_days_or_weeks(text):
    with pytest.raises(ConfigError, match="no time to keep"):
        duration(text)
    assert LATER - duration("9999w") < LATER - duration("999999h")

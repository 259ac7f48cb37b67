"""A day whose file is lost is told as missing, not read as an empty sea, and kept again."""

from datetime import date, timedelta

import apsw
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.store.history import open_history
from coastwatch.store.keep import keep_run
from coastwatch.store.prune import Policy, prune
from tests.history_runs import MONDAY, write_run

WEEK = MONDAY, MONDAY + timedelta(days=7)
DAY = date(2026, 11, 16)
OLD = Policy(timedelta(hours=72), timedelta(days=30), MONDAY + timedelta(days=40))


def missing(folder, begin=WEEK[0], end=WEEK[1]):
    with open_history(folder) as history:
        return history.missing_days(begin, end)


def two_days(tmp_path):
    run, kept = write_run(tmp_path / "run", MONDAY + timedelta(hours=23)), tmp_path / "kept"
    keep_run(run, kept)
    return run, kept


def test_a_lost_day_is_missing_and_keeping_its_run_again_brings_it_back(tmp_path):
    run, kept = two_days(tmp_path)
    assert missing(kept) == [] and missing(run) == []
    path = kept / f"tracks/{DAY}.parquet"
    before = path.read_bytes()
    path.unlink()
    assert missing(kept) == [DAY]
    assert missing(kept, MONDAY + timedelta(days=1)) == []
    done = CliRunner().invoke(main, ["keep", str(run), "--to", str(kept)])
    assert "is there already" in done.output and "1 lost days written again: 300" in done.output
    assert path.read_bytes() == before and missing(kept) == []


def test_a_torn_day_that_was_moved_away_is_brought_back_as_its_error_says(tmp_path):
    run, kept = two_days(tmp_path)
    path = kept / f"tracks/{DAY}.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:500])
    path.rename(tmp_path / "torn")
    keep_run(run, kept)
    assert path.read_bytes() == whole


def test_an_older_copy_of_a_day_lacks_the_run_that_came_later(tmp_path):
    kept = tmp_path / "kept"
    keep_run(write_run(tmp_path / "a"), kept)
    path = kept / f"tracks/{DAY}.parquet"
    older = path.read_bytes()
    late = write_run(tmp_path / "b", MONDAY + timedelta(hours=6))
    keep_run(late, kept)
    whole = path.read_bytes()
    path.write_bytes(older)
    assert missing(kept) == [DAY]
    keep_run(late, kept)
    assert path.read_bytes() == whole and missing(kept) == []


def test_what_was_removed_by_policy_is_not_missing_and_does_not_come_back(tmp_path):
    run, kept = two_days(tmp_path)
    prune(kept, OLD, "test")
    assert missing(kept) == []
    for path in (kept / "aggregates").iterdir():
        path.unlink()
    assert missing(kept) == []  # the tombstone says that it went
    assert keep_run(run, kept).rows == 0 and not list((kept / "tracks").iterdir())


def test_a_run_that_saw_nothing_is_an_empty_sea_and_not_missing(tmp_path):
    run, kept = write_run(tmp_path / "run", minutes=-1), tmp_path / "kept"
    keep_run(run, kept)
    assert missing(kept) == []


def test_a_history_that_does_not_tell_its_days_goes_by_when_it_was_watched(tmp_path):
    _, kept = two_days(tmp_path)
    database = apsw.Connection(str(kept / "log.sqlite"))
    database.execute("DROP TABLE day")
    database.close()
    assert missing(kept) == []
    (kept / f"tracks/{DAY}.parquet").unlink()
    assert missing(kept) == [DAY]

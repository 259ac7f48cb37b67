"""A run that is killed, again and again, ends as one that was left alone."""

import json
import math
import os
import random
import signal
import threading
import time
from pathlib import Path

import apsw
import pyarrow.parquet as pq
import pytest

from coastwatch.alerting import act_on_alert
from coastwatch.decoding import datagrams_of
from coastwatch.inbox import pack_zones
from coastwatch.model import Act, ConfigError, Datagram, InputError
from coastwatch.order import merge
from coastwatch.runner import _engine, feeds_of, replay, watch_live
from coastwatch.running import Course
from coastwatch.simulate import simulate
from coastwatch.site import load
from coastwatch.store.acts import DESK, pack_act
from coastwatch.store.alerts import AlertLog
from coastwatch.store.journal import JOURNAL, Journal, read_journal
from coastwatch.store.run import prepare_folder, read_run

KILLS = 50
DURATION_S = 600.0
GROUP = 25
TABLES = ("alert", "event", "position")


@pytest.fixture(scope="module")
def exercise(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("exercise")
    simulate("dover-crossing", 7, folder, duration_s=DURATION_S)
    return folder


@pytest.fixture(scope="module")
def received(exercise) -> list[list[Datagram]]:
    """What the feeds of the exercise bring, group by group, as a live run would take it."""
    site = load(exercise / "site.toml")
    feeds = feeds_of(site, sorted((exercise / "feeds").iterdir()), None)
    sources = {feed.id: datagrams_of(path, feed.id, []) for feed, path in feeds}
    # By reception alone: the order must not depend on how far an engine has come.
    whole = list(merge(sources, lambda feed: 0.0))
    return [whole[k : k + GROUP] for k in range(0, len(whole), GROUP)]


def go(exercise: Path, out: Path, groups: list[list[Datagram]]) -> Course:
    """Run to the end, or on to it, from where the journal in ``out`` leaves off."""
    prepare_folder(out, keep_journal=True)
    site = load(exercise / "site.toml")
    course = Course(_engine(site, out, go_on=True), out, [], lasting=True)
    course.resume()
    path = out / JOURNAL
    have = sum(1 for _ in read_journal(path)) if path.exists() else 0
    assert have % GROUP == 0 or have == sum(map(len, groups))
    course.run(groups[-(-have // GROUP) :], course.earlier())
    return course


def results(out: Path) -> dict:
    """All that a run says: its log, its tables, its tracks."""
    database = apsw.Connection(str(out / "alerts.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    found = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    database.close()
    found |= {
        name: (out / name).read_bytes()
        for name in ("alerts.jsonl", "crossings.jsonl", "rejects.jsonl", "vessels.json")
    }
    summary = json.loads((out / "summary.json").read_text())
    del summary["wall_s"], summary["notes"]
    return found | {"summary": summary, "tracks": pq.read_table(out / "tracks.parquet")}


@pytest.fixture(scope="module")
def whole(exercise, received, tmp_path_factory) -> tuple[Path, dict, float]:
    out, again = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("again")
    go(exercise, out, received)
    # Kernels are compiled now: this is how long it takes.
    started = time.monotonic()
    assert not killed(exercise, again, received, math.inf)
    wall_s = time.monotonic() - started
    assert results(again) == results(out)
    return out, results(out), wall_s


def killed(exercise: Path, out: Path, groups: list[list[Datagram]], after_s: float) -> bool:
    """Run in a process of its own, killed after so long; whether it was before its end."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            go(exercise, out, groups)
            status = 0
        finally:
            os._exit(status)
    deadline = time.monotonic() + after_s
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, "it failed by itself"
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


@pytest.mark.xdist_group("resume")
def test_fifty_kills_change_nothing(exercise, received, whole, tmp_path):
    _, expected, wall_s = whole
    assert len(expected["alert"]) >= 2, "an exercise in which nothing happens proves nothing"
    random_ = random.Random(11)
    out, kills, runs = tmp_path / "run", 0, 0
    while kills < KILLS:
        # Sooner or later in the run, wherever that is: in a write, a snapshot, a start.
        after_s = random_.uniform(0.02, 0.2 * wall_s)
        if killed(exercise, out, received, after_s):
            kills += 1
        else:
            runs += 1
            assert results(out) == expected
            for path in sorted(out.rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
    go(exercise, out, received)
    assert results(out) == expected


@pytest.mark.xdist_group("resume")
def test_a_snapshot_is_gone_on_from_and_its_start_is_not_played_again(
    exercise, received, whole, tmp_path
):
    wall_s, out = whole[2], tmp_path / "run"
    while killed(exercise, out, received, 0.8 * wall_s) is False:
        wall_s *= 0.7
    prepare_folder(out, keep_journal=True)
    course = Course(_engine(load(exercise / "site.toml"), out, go_on=True), out, [], lasting=True)
    course.resume()
    assert course.frames > 0, course.notes
    assert course.engine.counts.pictures > 0
    course.log.close()


def test_a_second_run_touches_nothing_where_one_goes_on(tmp_path):
    (tmp_path / "tracks.parquet").write_bytes(b"theirs")
    journal = Journal(tmp_path / JOURNAL)
    with pytest.raises(InputError, match="another run is writing here"):
        prepare_folder(tmp_path)
    assert (tmp_path / "tracks.parquet").read_bytes() == b"theirs"
    journal.close()
    prepare_folder(tmp_path)
    assert not (tmp_path / "tracks.parquet").exists()


@pytest.mark.xdist_group("resume")
def test_acts_and_edited_zones_are_inputs_that_a_kill_and_a_replay_keep(
    exercise, received, whole, tmp_path
):
    _, expected, wall_s = whole
    first = json.loads(expected["alerts.jsonl"].splitlines()[0])
    document = json.loads((exercise / "zones/dover-strait/tss.geojson").read_text())
    for feature in document["features"]:
        feature["properties"] |= {"rules": ["zone-entry", "zone-exit"], "accuracy_m": None}
    act = Act(0.0, first["id"], "acknowledge", "J. Doe", "watch-officer")
    middle = len(received) * 3 // 4
    people = [Datagram(0, DESK, pack_act(act, 1)), *pack_zones(document, 0)]
    people += [Datagram(0, "", b"")] * (GROUP - len(people))
    groups = [*received[:middle], people, *received[middle:]]
    left_alone, out = tmp_path / "alone", tmp_path / "run"
    go(exercise, left_alone, groups)
    told = results(left_alone)
    assert any(row[7] == "J. Doe" for row in told["event"])
    assert told["summary"]["desk"]["zones_edited"] == 1
    random_ = random.Random(12)
    for _ in range(6):
        killed(exercise, out, groups, random_.uniform(0.1, 0.5 * wall_s))
    go(exercise, out, groups)
    assert results(out) == told
    replay(out, tmp_path / "again")
    for name in ("alerts.jsonl", "crossings.jsonl"):
        assert (tmp_path / "again" / name).read_bytes() == (out / name).read_bytes()


@pytest.mark.xdist_group("resume")
def test_a_run_that_goes_on_can_be_read_up_to_its_last_snapshot(
    exercise, received, whole, tmp_path
):
    _, expected, wall_s = whole
    after_s, told = 0.8 * wall_s, None
    for attempt in range(12):  # a machine that is now faster or slower: kill it sooner or later
        out = tmp_path / f"run-{attempt}"
        ended = not killed(exercise, out, received, after_s)
        told = read_run(out).tracks
        if 0 < len(told) < len(expected["tracks"]):
            break
        after_s *= 0.7 if ended or len(told) else 1.4
    assert told is not None and 0 < len(told) < len(expected["tracks"])
    assert told.equals(expected["tracks"].slice(0, len(told)))


def test_a_run_does_not_go_on_with_another_site(tmp_path):
    out, site = tmp_path / "run", tmp_path / "site.toml"
    feed = '[[feed]]\nid = "a"\nurl = "tcp://127.0.0.1:1"\nformat = "nmea"\n'
    site.write_text('[site]\nname = "A"\norigin = [1.5, 51.0]\n' + feed)
    prepare_folder(out)
    Journal(out / JOURNAL).close()
    _engine(load(site), out)
    site.write_text(site.read_text() + "[rule.zone-exit]\non = false\n")
    with pytest.raises(ConfigError, match=r"another site\.toml"):
        watch_live(site, out, threading.Event(), print, print)
    assert "zone-exit" not in (out / "site.toml").read_text()


@pytest.mark.xdist_group("resume")
def test_what_was_done_when_all_was_over_is_the_same_in_a_replay(
    exercise, received, whole, tmp_path
):
    out = tmp_path / "run"
    go(exercise, out, received)
    for what in ("acknowledge", "close"):
        first = json.loads((out / "alerts.jsonl").read_text().splitlines()[-1])["id"]
        act = Act(time.time(), first, what, "J. Doe", "watch-officer", "seen")
        assert act_on_alert(out, act)[0]
    replay(out, tmp_path / "again")
    told, again = (results(f)["event"] for f in (out, tmp_path / "again"))
    assert again == told
    assert (tmp_path / "again/alerts.jsonl").read_bytes() == (out / "alerts.jsonl").read_bytes()


@pytest.mark.xdist_group("resume")
def test_an_act_on_a_run_that_was_killed_waits_for_it_to_go_on(exercise, received, whole, tmp_path):
    out, wall_s = tmp_path / "run", whole[2]
    while killed(exercise, out, received, 0.9 * wall_s) is False:
        wall_s *= 0.8
    first = json.loads((out / "alerts.jsonl").read_text().splitlines()[0])["id"]
    act = Act(time.time(), first, "acknowledge", "J. Doe", "watch-officer")
    done, text = act_on_alert(out, act)
    assert done
    assert "interrupted" in text
    log = AlertLog(out)
    assert len(log.waiting_acts()) == 1
    log.close()

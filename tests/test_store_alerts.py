"""The log of alerts: all of a write or nothing, each thing once, and what became of each alert."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.model import Act, Alert, AlertEvent, InputError
from coastwatch.store.acts import pack_act, unpack_act
from coastwatch.store.alerts import AlertLog, ask
from coastwatch.store.run import read_run

T0 = 1_763_616_600.0


def alert(name: str, time_s: float = T0, **more) -> Alert:
    return Alert(name, time_s, "drifting", "warning", 7, -1, "lane", 1.5, 51.0, f"{name} drifts.",
                 {"speed_kn": 1.2}, **more)  # fmt: skip


def event(name: str, number: int, what: str, state: str, **more) -> AlertEvent:
    return AlertEvent(name, T0 + number, what, state, more.pop("severity", "warning"),
                      number=number, **more)  # fmt: skip


RAISED = event(
    "a", 1, "raised", "active-unacknowledged", text="a drifts.", evidence={"speed_kn": 1.2}
)
WORSE = event("a", 2, "updated", "active-unacknowledged", severity="alarm",
              text="a drifts fast.", evidence={"speed_kn": 3.0})  # fmt: skip
TAKEN = event("a", 3, "acknowledged", "active-acknowledged", severity="alarm", text="seen",
              by="Ann", role="watch-officer")  # fmt: skip


def lines(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "alerts.jsonl").read_text().splitlines()]


def test_alerts_can_be_read_as_they_are_raised_and_hold_their_life_when_closed(tmp_path):
    log = AlertLog(tmp_path)
    log.write([alert("a")], [RAISED], 10)
    log.write([alert("b", T0 + 5)], [], 20)
    fixed = ["id", "time", "rule", "severity", "track", "mmsi", "zone", "lon", "lat", "text",
             "evidence"]  # fmt: skip
    assert [list(row) for row in lines(tmp_path)] == [fixed, fixed]
    log.write([], [WORSE, TAKEN], 30)
    log.close()
    first, second = lines(tmp_path)
    assert list(first) == [*fixed, "state", "updated", "said", "events"]
    assert (first["id"], first["severity"], first["state"]) == ("a", "alarm", "active-acknowledged")
    # An officer's remark is no new sentence of the alert.
    assert (first["text"], first["evidence"]) == ("a drifts fast.", {"speed_kn": 3.0})
    assert (first["updated"], first["events"]) == ("2025-11-20T05:30:03.000Z", 3)
    assert (first["said"], second["said"]) == ("2025-11-20T05:30:02.000Z", second["time"])
    assert (second["id"], second["severity"], second["events"]) == ("b", "warning", 0)


def test_what_is_written_again_changes_nothing(tmp_path):
    log = AlertLog(tmp_path)
    log.write([alert("a")], [RAISED, WORSE], 10)
    log.write([], [TAKEN], 20)
    # The journal is played again from before these.
    log.write([alert("a")], [RAISED], 5)
    log.write([], [WORSE], 10)
    assert log.frames == 20
    log.close()
    (row,) = lines(tmp_path)
    assert (row["state"], row["severity"], row["events"]) == ("active-acknowledged", "alarm", 3)


@pytest.mark.parametrize("broken", ["alert", "event", "snapshot"])
def test_a_write_that_fails_leaves_nothing_of_itself(tmp_path, broken):
    log = AlertLog(tmp_path)
    log.write([alert("a")], [RAISED], 10, b"state")
    bad = {"evidence": {"speed_kn": float("nan")}}
    with pytest.raises((ValueError, TypeError)):
        log.write(
            [alert("b"), *([replace(alert("c"), **bad)] if broken == "alert" else [])],
            [WORSE, *([replace(TAKEN, **bad)] if broken == "event" else [])],
            20,
            object() if broken == "snapshot" else b"later",
        )
    assert log.frames == 10
    assert log.resume() == (10, b"state")
    log.close()
    (row,) = lines(tmp_path)
    assert (row["id"], row["events"], row["severity"]) == ("a", 1, "warning")


def test_the_last_snapshot_comes_back_with_its_frames(tmp_path):
    log = AlertLog(tmp_path)
    assert log.resume() is None
    log.write([], [], 10, b"one")
    log.write([], [], 20, b"two")
    log.write([alert("a")], [], 25)
    log.close()
    assert AlertLog(tmp_path).resume() == (20, b"two")


KILLED = """
import os, signal, sys
from pathlib import Path
from coastwatch.store.alerts import AlertLog
from tests.test_store_alerts import RAISED, WORSE, alert
log = AlertLog(Path(sys.argv[1]))
log.write([alert("a")], [RAISED], 1)
log.write([alert("b")], [WORSE], 2, b"state")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_the_lines_end_as_without_it(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    log = AlertLog(whole)
    log.write([alert("a")], [RAISED], 1)
    log.write([alert("b")], [WORSE], 2, b"state")
    log.write([alert("c")], [TAKEN], 3)
    log.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(killed)], env={**os.environ})
    assert done.returncode == -signal.SIGKILL
    log = AlertLog(killed)
    assert log.resume() == (2, b"state")
    assert [row["id"] for row in lines(killed)] == ["a", "b"]
    log.write([alert("b")], [WORSE], 2)
    log.write([alert("c")], [TAKEN], 3)
    log.close()
    assert (killed / "alerts.jsonl").read_bytes() == (whole / "alerts.jsonl").read_bytes()


def test_acts_of_another_process_wait_in_order_until_they_are_taken(tmp_path):
    log = AlertLog(tmp_path)
    log.write([alert("a")], [RAISED], 1)
    acts = [Act(T0 + i, "a", "close", "Ann", "senior-officer", f"reason {i}") for i in range(3)]
    rows = [ask(tmp_path, acts[0]), log.ask(acts[1]), ask(tmp_path, acts[2])]
    assert log.waiting_acts() == list(zip(rows, acts, strict=True))
    assert log.waiting_acts(rows[1]) == [(rows[2], acts[2])]
    log.close()
    assert AlertLog(tmp_path).waiting_acts(rows[2]) == []


def test_an_act_that_is_too_long_is_refused_before_it_waits(tmp_path):
    log = AlertLog(tmp_path)
    with pytest.raises(InputError, match="--reason"):
        log.ask(Act(T0, "a", "close", "Ann", "senior-officer", "x" * 1001))
    assert log.waiting_acts() == []


def test_a_log_of_before_there_were_events_is_begun_anew(tmp_path):
    old = sqlite3.connect(tmp_path / "alerts.sqlite")
    old.execute("CREATE TABLE alert (id TEXT PRIMARY KEY, time_s REAL, body TEXT)")
    old.execute("INSERT INTO alert VALUES ('a', 1.0, '{}')")
    old.execute("CREATE TABLE position (one INTEGER PRIMARY KEY, frames INTEGER)")
    old.commit()
    old.close()
    log = AlertLog(tmp_path)
    log.write([alert("a")], [RAISED], 10)
    log.close()
    assert [row["events"] for row in lines(tmp_path)] == [1]


def test_a_file_that_is_no_log_is_named_with_the_mend(tmp_path):
    (tmp_path / "alerts.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(InputError, match=r"alerts\.sqlite: not a log of alerts"):
        AlertLog(tmp_path)


def test_commits_are_synced_and_written_ahead(tmp_path):
    database = AlertLog(tmp_path)._database
    assert database.pragma("journal_mode") == "wal"
    assert database.pragma("synchronous") == 2


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
acts = st.builds(
    Act, time_s=st.floats(0, 1e11), alert=words, what=words, by=words, role=words, reason=words
)


@given(acts, st.integers(0, 2**63 - 1))
def test_an_act_comes_back_from_its_bytes(act, row):
    assert unpack_act(pack_act(act, row)) == (row, act)


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | words, lambda inner: st.lists(inner), max_leaves=5
    ).map(lambda value: json.dumps(value).encode())
)
def test_bytes_that_are_no_act_are_none(data):
    assert unpack_act(data) is None


@pytest.mark.parametrize(
    "wrong",
    [{"by": 7}, {"row": True}, {"row": -1}, {"time_s": float("nan")}, {"by": "x" * 101},
     {"reason": "\ud800"}, {"more": 1}],
)  # fmt: skip
def test_an_act_with_a_wrong_part_is_none(wrong):
    told = json.loads(pack_act(Act(T0, "a", "close", "Ann", "senior-officer", "done"))) | wrong
    assert unpack_act(json.dumps(told).encode()) is None


def test_the_severities_of_an_old_run_are_read_in_todays_words(tmp_path):
    from tests.maps_run import alert as line
    from tests.maps_run import track, write_run

    old = [line(n, 1, "2026-05-12T04:10:00Z", 1.4, 50.9, severity=word)
           for n, word in enumerate(["information", "warning", "danger", "emergency"])]  # fmt: skip
    run = read_run(write_run(tmp_path, [track(1, [(1.4, 50.9), (1.5, 51)])], old))
    assert [a["severity"] for a in run.alerts] == ["caution", "warning", "alarm", "emergency"]

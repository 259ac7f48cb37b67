"""A dry run tells exactly what goes; a prune that is killed anywhere is finished by the next."""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coastwatch.store.history import open_history
from coastwatch.store.keep import keep_run
from coastwatch.store.prune import Policy, prune
from tests.history_runs import MONDAY, SHIP, incident, write_run

LATER = Policy(timedelta(hours=72), timedelta(days=30), MONDAY + timedelta(days=40))
WEEK = MONDAY, MONDAY + timedelta(days=7)
STEP = "7"  # every such step is tried; with "1" each of them, in five minutes


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A run over two days, without an incident and with ones that name tracks; and histories of
    it and another run. Nobody writes to them."""
    base = tmp_path_factory.mktemp("folders")
    for name, tracks in (("none", []), ("boat", [3]), ("ship", [1, 2])):
        run = write_run(base / f"run-{name}", MONDAY + timedelta(hours=23))
        (run / "picture.html").write_text("<p>OPALE</p>")
        (run / "rejects.jsonl").write_text('{"raw": "what"}\n')
        if tracks:
            incident(run, tracks)
        keep_run(run, base / f"kept-{name}")
        keep_run(write_run(base / f"more-{name}", MONDAY + timedelta(hours=36)),
                 base / f"kept-{name}")  # fmt: skip
    return base


def told(removals):
    return [(r.what, r.file, r.begin, r.end, r.rows, r.size, r.sha256) for r in removals]


@given(
    kind=st.sampled_from(["run", "kept"]),
    name=st.sampled_from(["none", "boat", "ship"]),
    hours=st.integers(20, 1000),
    plots=st.integers(0, 200),
    tracks=st.integers(0, 800),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_dry_run_tells_exactly_what_the_run_removes(folders, kind, name, hours, plots, tracks):
    policy = Policy(
        timedelta(hours=plots), timedelta(hours=tracks), MONDAY + timedelta(hours=hours)
    )
    with tempfile.TemporaryDirectory() as base:
        folder = Path(shutil.copytree(folders / f"{kind}-{name}", Path(base) / "x"))
        before = told(prune(folder, policy, "test", dry_run=True))
        assert told(prune(folder, policy, "test")) == before
        assert prune(folder, policy, "test", dry_run=True) == []


@pytest.mark.parametrize("kind", ["run", "kept"])
def test_names_that_only_old_positions_carry_are_told_beforehand(folders, tmp_path, kind):
    folder = shutil.copytree(folders / f"{kind}-none", tmp_path / "x")
    gone = {r.what: r.rows for r in prune(folder, LATER, "test", dry_run=True)}
    assert gone["names"] == 2  # the ship's and one that was never tracked


# Prunes copies of a folder, one for each step, and kills itself there: when a file is opened to be
# written, renamed, removed or synced, and at each statement and commit of a database.
KILLED = """
import os, signal, shutil, sys
from datetime import timedelta
from pathlib import Path
import apsw
from coastwatch.store import prune_history, prune_run
from coastwatch.store.prune import Policy, prune
from tests.test_history_prune_whole import LATER

source, out, first, step, last = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])

def child(folder, at):
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    def audit(event, args):
        if event in ("os.rename", "os.remove", "os.truncate") or (
            event == "open" and (isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR))
        ):
            count()
    fsync = os.fsync
    def synced(file):
        count()
        fsync(file)
        count()
    os.fsync = synced
    def hooked(database):
        database.trace_v2(apsw.SQLITE_TRACE_STMT, lambda told: count() and None)
        database.set_commit_hook(lambda: bool(count()))
    apsw.connection_hooks.append(hooked)
    sys.addaudithook(audit)
    prune(folder, LATER, "test")
    os._exit(7)

for at in range(first, last, step):
    folder = Path(shutil.copytree(source, out / f"{at}"))
    pid = os.fork()
    if not pid:
        try:
            child(folder, at)
        finally:
            os._exit(9)
    ended = os.waitpid(pid, 0)[1]
    code = os.waitstatus_to_exitcode(ended)
    print(at, code, flush=True)
    if code == 7:
        break
"""


def figures(folder):
    with open_history(folder) as history:
        return (
            history.span(), history.tracks(*WEEK).drop(["mmsi"]).to_pylist(),
            history.hexagons(*WEEK).to_pylist(), history.visitors(*WEEK).to_pylist(),
            sorted((c["zone"], c["what"], c["time"][:13]) for c in history.crossings(*WEEK)),
            history.alerts(*WEEK), history.events(*WEEK),
        )  # fmt: skip


def end_of(folder):
    """What a prune leaves: the files, what they answer, and its stones without the clock."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    lines = (folder / "tombstones.jsonl").read_text().splitlines()
    stones = [{k: v for k, v in json.loads(line).items() if k != "time"} for line in lines]
    with open_history(folder) as history:
        crossings, vessels = history.crossings(*WEEK), history.vessels
    return names, stones, crossings, vessels


@pytest.mark.parametrize("kind", ["run", "kept"])
def test_a_kill_anywhere_is_finished_by_the_next(folders, tmp_path, kind):
    source = folders / f"{kind}-none"
    whole = Path(shutil.copytree(source, tmp_path / "whole"))
    before = figures(whole)
    prune(whole, LATER, "test")
    wanted = end_of(whole)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(source), str(tmp_path), "1", STEP, "9999"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    ends = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert {code for _, code in ends[:-1]} == {-9}, done.stderr
    assert ends[-1][1] == 7 and len(ends) > 10, (ends, done.stderr)
    for at, _ in ends[:-1]:
        folder = tmp_path / str(at)
        assert figures(folder) == before, at
        prune(folder, LATER, "test")
        assert end_of(folder) == wanted, at
        held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert b"the last plots" not in held and str(SHIP).encode() not in held, at

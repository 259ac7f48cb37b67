"""`coastwatch incident`, end to end on a run's folder."""

import json
import re
import shlex
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.incident import Call, IncidentLog
from coastwatch.incident.assumed import SOURCES, Assumed
from coastwatch.incidents import take
from coastwatch.store.run import prepare_folder
from tests.maps_run import START_S, track, write_run

# START_S is 04:00 UTC: 0.9 NM in 30 min north-westward, and a second dinghy 4 NM to the east.
DINGHY = [(1.560, 50.900), (1.550, 50.912), (1.540, 50.924)]
OTHER = [(1.680, 50.950), (1.676, 50.955)]
FERRY = [(1.37, 51.12), (1.83, 50.98)]
SMALL = {"p_unregistered": 0.95, "p_small": 0.9}
GREY = ["--colour", "grey"]
FIRST = ["--at", "2026-05-12T04:30Z", "--position", "1.550,50.912", "--aboard", "33", *GREY]


@pytest.fixture
def run(tmp_path) -> Path:
    tracks = [track(901, DINGHY, **SMALL), track(902, OTHER, **SMALL)]
    tracks.append(track(4, FERRY, mmsi=227000004))
    vessels = [{"mmsi": 227000004, "time_s": START_S, "name": "OPALE\x1b[31m EXPRESS"}]
    return write_run(tmp_path / "run", tracks, vessels=vessels)


def invoke(*args, status=0):
    result = CliRunner().invoke(main, ["incident", *map(str, args)])
    assert result.exit_code == status, result.output + result.stderr
    return result


def said(*args):
    return json.loads(invoke(*args, "--json").stdout)


def test_an_incident_opens_with_the_tracks_that_it_may_be_about(run):
    found = said("open", run, *FIRST)
    assert (found["call"], found["incident"]) == ("C1", "I1")
    first = found["candidates"][0]
    assert first["track"] == 901 and first["probability"] > 0.8
    assert first["distance_m"] < 100
    assert sum(c["probability"] for c in found["candidates"]) == pytest.approx(1, abs=2e-3)
    text = invoke("show", run, "I1").stdout
    assert "track 901" in text and "none of the tracks" in text and "33 aboard" in text


def test_a_second_call_from_there_joins_and_one_from_elsewhere_does_not_and_both_say_why(run):
    said("open", run, *FIRST)
    near = said("call", run, "--at", "2026-05-12T04:36Z", "--position", "1.549,50.914",
                "--aboard", "30-35", *GREY)  # fmt: skip
    assert (near["incident"], near["decision"]["what"]) == ("I1", "joined")
    assert near["decision"]["matches"][0]["factors"]["place"] > 50
    far = said("call", run, "--at", "2026-05-12T04:38Z", "--position", "1.677,50.953",
               "--aboard", "12")  # fmt: skip
    assert (far["incident"], far["decision"]["what"]) == ("I2", "new")
    assert far["candidates"][0]["track"] == 902
    assert far["decision"]["matches"][0]["factors"]["place"] < 1
    listed = said("list", run)
    assert [one["incident"] for one in listed] == ["I1", "I2"]
    assert [len(one["calls"]) for one in listed] == [2, 1]


def test_doubt_keeps_both_open_and_says_what_to_ask(run):
    said("open", run, *FIRST)
    text = invoke("call", run, "--at", "2026-05-12T04:40Z", "--text", "we are sinking").stdout
    assert "may be the same craft as I1" in text and "keep both open" in text
    assert "to tell them apart: ask for a new position" in text
    assert [one["state"] for one in said("list", run)] == ["open", "open"]


def test_open_opens_even_where_the_call_fits_another_and_says_so(run):
    said("open", run, *FIRST)
    args = ("--at", "2026-05-12T04:32Z", "--position", "1.550,50.912", "--aboard", "33", *GREY)
    text = invoke("open", run, *args).stdout
    assert text.startswith("C2 opened I2, as told; one craft with I1 by probability")
    assert "I1" in invoke("list", run).stdout


def test_a_person_joins_parts_closes_and_reopens_with_name_and_reason(run):
    said("open", run, *FIRST)
    said("call", run, "--at", "2026-05-12T04:40Z", "--text", "help")
    by = ("--by", "A. Watch", "--reason", "same voice")
    assert "joined from I2" in invoke("join", run, "I1", "I2", *by).stdout
    assert said("show", run, "I1")["one_craft"] == 1.0
    assert "was joined to I1" in invoke("show", run, "I2", status=1).stderr
    assert "C2 left I1 and opened I3" in invoke("part", run, "C2", "I1", *by).stdout
    assert said("show", run, "I1")["same_craft"]["I3"] == 0.0
    invoke("close", run, "I1", *by)
    assert [one["incident"] for one in said("list", run)] == ["I3"]
    assert [one["incident"] for one in said("list", run, "--all")] == ["I1", "I3"]
    assert "closed" in invoke("close", run, "I1", *by, status=1).stderr
    invoke("reopen", run, "I1", *by)
    events = said("show", run, "I1")["events"]
    assert [e["what"] for e in events] == ["opened", "joined", "parted", "closed", "reopened"]
    assert all(e["by"] == "A. Watch" and e["reason"] == "same voice" for e in events[1:])


def test_what_a_person_parted_is_not_joined_by_the_next_call(run):
    said("open", run, *FIRST)
    said("call", run, "--at", "2026-05-12T04:32Z", "--position", "1.5495,50.913", "--aboard", "33")
    invoke("part", run, "C2", "I1", "--by", "A. Watch", "--reason", "two boats in sight")
    third = said("call", run, "--at", "2026-05-12T04:33Z", "--position", "1.5495,50.913")
    assert third["decision"]["what"] == "doubtful"
    assert {m["incident"] for m in third["decision"]["matches"]} == {"I1", "I2"}


def test_a_call_about_a_closed_incident_opens_one_and_asks_whether_another_boat_was_found(run):
    said("open", run, *FIRST)
    invoke("close", run, "I1", "--by", "A. Watch", "--reason", "boat found by the cutter")
    text = invoke("call", run, "--at", "2026-05-12T04:33Z", "--position", "1.550,50.913",
                  "--aboard", "33").stdout  # fmt: skip
    assert "opened I2, may be the same craft as I1" in text
    assert "closed: was another boat found" in text


def test_a_caller_who_names_the_incident_is_taken_at_a_persons_word(run):
    said("open", run, *FIRST)
    args = ("--at", "2026-05-12T05:00Z", "--text", "I called before", "--incident", "I1")
    assert "--by" in invoke("call", run, *args, status=2).stderr
    text = invoke("call", run, *args, "--by", "A. Watch").stdout
    assert "joined to I1, as told" in text
    assert said("show", run, "I1")["one_craft"] == 1.0


@pytest.mark.parametrize(
    ("args", "field", "mend"),
    [
        (["--at", "01:48"], "--at", "2026-11-16T06:00Z"),
        (["--at", "2021-11-24T01:48"], "--at", "which clock"),
        (["--at", "0001-01-01T00:00Z"], "--at", "write it as"),
        ([*FIRST[:2], "--position", "there"], "--position", "LON,LAT"),
        ([*FIRST[:2], "--aboard", "many"], "--aboard", "30-40"),
        ([*FIRST[:2], "--aboard", "40-30"], "--aboard", "range"),
        ([*FIRST[:2], "--course", "10"], "--course", "--speed"),
        ([*FIRST[:2], "--course", "10", "--speed", "99"], "--speed", "0 to 60 knots"),
        ([*FIRST[:2], "--course", "nan", "--speed", "5"], "--course", "0 to 360"),
        ([*FIRST[:2], "--sigma", "100"], "--sigma", "--position"),
        ([*FIRST, "--sigma", "0"], "--sigma", "1 to"),
        ([*FIRST, "--stale", "-1"], "--stale", "minutes"),
    ],
)
def test_a_wrong_option_is_named_with_its_mend_and_nothing_is_written(run, args, field, mend):
    error = invoke("open", run, *args, status=2).stderr
    assert field in error and mend in error and error.count("\n") == 1
    assert not (run / "incidents.sqlite").exists()


@pytest.mark.parametrize(
    ("args", "status", "word"),
    [
        (["show", "I7"], 1, "there is I1"),
        (["show", "seven"], 2, "such as I2"),
        (["join", "I1", "C9", "--by", "A", "--reason", "b"], 1, "no such call"),
        (["join", "I1", "C1", "--by", "A", "--reason", "b"], 1, "already"),
        (["part", "I1", "I1", "--by", "A", "--reason", "b"], 1, "name the call"),
        (["close", "I1", "--by", " ", "--reason", "b"], 2, "--by"),
        (["close", "I1", "--by", "A", "--reason", ""], 2, "--reason"),
        (["reopen", "I1", "--by", "A", "--reason", "b"], 1, "only a closed one"),
        (["close", "I1"], 2, "--by"),
    ],
)
def test_an_act_that_cannot_be_is_refused_and_the_log_is_as_it_was(run, args, status, word):
    said("open", run, *FIRST)
    before = said("show", run, "I1")
    assert word in invoke(args[0], run, *args[1:], status=status).stderr
    assert said("show", run, "I1") == before


def test_the_same_call_entered_twice_is_one_call(run):
    said("call", run, *FIRST)
    error = invoke("call", run, *FIRST, status=1).stderr
    assert "C1 of I1 already" in error
    assert len(said("list", run)) == 1


def test_a_callers_words_are_kept_raw_and_reach_no_terminal(run):
    hostile = "grey\x1b]0;owned\x07 boat\n\u202e33 men\u2066\x9b2J"
    for command in ("open", "show", "list"):
        args = [*FIRST, "--text", hostile, "--by", "A\x1b[2J"] if command == "open" else []
        name = ["I1"] if command == "show" else []
        text = invoke(command, run, *name, *args).stdout
        assert all(line.isprintable() for line in text.split("\n"))
        assert invoke(
            command, run, *name, *(args and [*args, "--stale", "3"]), "--json"
        ).stdout.isascii()
    with IncidentLog(run) as log:
        assert log.calls()[1].text == hostile


def test_a_vessels_name_is_hostile_too(run):
    text = invoke("open", run, "--at", "2026-05-12T04:30Z", "--position", "1.60,51.05").stdout
    assert "OPALE [31m EXPRESS" in text and "\x1b" not in text


def test_a_phone_number_is_nowhere_in_the_file_and_still_known_again(run):
    said("open", run, *FIRST, "--phone", "+33 6 12 34 56 78")
    second = said("call", run, "--at", "2026-05-12T05:10Z", "--phone", "0612345678")
    assert second["decision"]["matches"][0]["factors"]["phone"] == pytest.approx(100)
    kept = b"".join(p.read_bytes() for p in run.glob("incidents.sqlite*"))
    assert b"12345678" not in kept and b"12 34 56 78" not in kept


@pytest.mark.parametrize("broken", ["missing", "torn", "no site", "no column"])
def test_a_call_is_taken_down_where_there_is_no_picture(run, broken):
    if broken == "missing":
        (run / "tracks.parquet").unlink()
    if broken == "torn":
        whole = (run / "tracks.parquet").read_bytes()
        (run / "tracks.parquet").write_bytes(whole[: len(whole) // 2])
    if broken == "no column":
        table = pq.read_table(run / "tracks.parquet")
        pq.write_table(table.drop_columns(["p_small"]), run / "tracks.parquet")
    if broken == "no site":
        (run / "site.toml").unlink()
    result = invoke("open", run, *FIRST)
    assert "without tracks" in result.stderr
    assert "none of the tracks" in result.stdout
    near = said("call", run, "--at", "2026-05-12T04:36Z", "--position", "1.549,50.914",
                "--aboard", "30")  # fmt: skip
    assert near["incident"] == "I1"


def test_a_run_that_saw_nothing_has_no_candidates(tmp_path):
    found = said("open", write_run(tmp_path / "run", []), *FIRST)
    assert [c["track"] for c in found["candidates"]] == [None]


def test_a_folder_that_is_none_is_named(tmp_path):
    assert "no such folder" in invoke("open", tmp_path / "none", *FIRST, status=1).stderr
    assert "no incident yet" in invoke("list", tmp_path, status=1).stderr
    assert not list(tmp_path.iterdir())


def test_a_run_without_tracks_near_the_time_leaves_none_of_them(run):
    found = said("open", run, "--at", "2026-05-13T04:30Z", "--position", "1.55,50.912")
    assert [c["track"] for c in found["candidates"]] == [None]
    assert found["candidates"][0]["probability"] == 1.0


def test_a_new_run_in_the_folder_leaves_the_incidents(run):
    said("open", run, *FIRST)
    prepare_folder(run)
    with IncidentLog(run) as log:
        assert list(log.incidents()) == [1]


def test_an_entry_that_fails_half_way_leaves_nothing(tmp_path):
    with IncidentLog(tmp_path) as log:
        with pytest.raises(RuntimeError), log.entry():
            log.add(Call(0.0), log.open())
            log.tell(0.0, "opened", 1)
            raise RuntimeError
        assert (log.calls(), log.incidents(), log.events()) == ({}, {}, [])


def test_calls_taken_at_one_time_by_several_persons_are_all_there(tmp_path):
    def enter(k):
        return take(tmp_path, Call(60.0 * k, lon=1.5 + k, lat=51.0, sigma_m=200.0), 0.0).call

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(enter, range(8)))
    assert sorted(numbers) == list(range(1, 9))
    with IncidentLog(tmp_path) as log:
        assert len(log.calls()) == len(log.events()) == 8


def test_the_file_is_written_through_to_the_disk(tmp_path):
    take(tmp_path, Call(0.0, aboard_low=3, aboard_high=3), 0.0)
    with IncidentLog(tmp_path) as log:
        assert log._database.execute("PRAGMA synchronous").fetchone() == (2,)
        assert log._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with sqlite3.connect(tmp_path / "incidents.sqlite") as other:
        assert other.execute("SELECT count(*) FROM call").fetchone() == (1,)


def test_the_same_calls_give_the_same_numbers_and_the_same_words(run, tmp_path):
    found = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        for minute, east in ((0, 1.5), (5, 1.502), (9, 1.6)):
            done = take(folder, Call(60.0 * minute, lon=east, lat=51.0, sigma_m=200.0), 7.0)
            found.append((name, done.call, done.incident, done.decision))
    assert [f[1:] for f in found[:3]] == [f[1:] for f in found[3:]]


DOC = (Path(__file__).resolve().parents[1] / "docs/incident.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_runs_and_says_what_it_shows(run, tmp_path, monkeypatch):
    (run / "vessels.json").write_text("[]", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    example = DOC[DOC.index("## An example") : DOC.index("## What is kept")]
    lines = [line[4:] for line in example.split("\n") if line.startswith("    ")]
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
    assert len(starts) == 6
    for start, end in pairwise([*starts, len(lines)]):
        words = shlex.split(lines[start])[2:]
        shown = invoke(*words[1:]).stdout.rstrip("\n").split("\n")
        assert [unsalted(line) for line in shown] == [
            unsalted(line) for line in lines[start + 1 : end]
        ]


def unsalted(line: str) -> str:
    """A line without the hash of a phone, which each file salts anew."""
    return re.sub(r"#[0-9a-f]{6}", "#......", line)


def test_the_page_names_every_number_with_its_value_and_source():
    assumed = Assumed()
    for name, source in SOURCES.items():
        assert f"| `{name}` | {getattr(assumed, name):g} | {source} |" in DOC

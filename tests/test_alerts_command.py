"""`coastwatch alerts`: lists, filters, explains, exports and acts; free text does no harm."""

import csv
import fcntl
import io
import json
import os
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.alerting import Filter, export_alerts, list_alerts
from coastwatch.cli import main
from coastwatch.cli_alerts import STATES
from coastwatch.model import Datagram, Say
from coastwatch.shown import shown
from coastwatch.store.acts import DESK, unpack_act
from coastwatch.store.alerts import AlertLog
from coastwatch.store.journal import Journal, read_journal
from coastwatch.watch import life
from coastwatch.watch.book import Book
from coastwatch.watch.limits import Limits

T0 = 1_763_616_600.0  # 2025-11-20 05:30 UTC
HOSTILE = '=HYPERLINK("http://x";"y")\x1b[2J\u202eetis\r\n'


def say(at: float, rule: str, track: int, priority: str, **more) -> Say:
    told = {"text": f"Track {track}: {rule}.", "evidence": {"speed_kn": 2.5}, "mmsi": -1,
            "zone": "lane"} | more  # fmt: skip
    return Say(rule=rule, version=1, about=(track,), time_s=T0 + at, priority=priority, track=track,
               lon=-1.5, lat=51.0, **told)  # fmt: skip


SAYS = [
    say(0, "drifting", 1, "warning"),
    say(60, "drifting", 2, "caution", text=HOSTILE, zone="+shore"),
    say(120, "loitering", 3, "alarm", mmsi=227_000_001),
    say(180, "drifting", 4, "warning"),
]


@pytest.fixture
def run(tmp_path):
    """A run that is over: three alerts, of which the first grew worse, and one held back."""
    book, log = Book(Limits({"drifting": 2})), AlertLog(tmp_path)
    worse = replace(SAYS[0], time_s=T0 + 200, priority="alarm", text="It drifts to the shore.",
                    zone="shore")  # fmt: skip
    for s in [*SAYS, worse]:
        log.write(*book.step([s], [], s.time_s, []), 1)
    log.close()
    (tmp_path / "summary.json").write_text("{}")  # of a run that ended
    journal = Journal(tmp_path / "journal.cwj")
    journal.append([Datagram(round(T0 * 1e9), "ais", b"!AIVDM")])
    journal.close()
    return tmp_path


def call(*args, status: int = 0) -> str:
    done = CliRunner().invoke(main, ["alerts", *map(str, args)])
    assert done.exit_code == status, done.output
    return done.output


def ids(folder) -> list[str]:
    return [row["id"] for row in list_alerts(folder)]


def act(folder, what, *more, status=0, id_=None):
    return call(folder, "--act", what, "--id", id_ or ids(folder)[0][:8], "--role",
                "senior-officer", *more, status=status)  # fmt: skip


def test_the_table_has_a_line_for_each_alert_as_it_has_become(run):
    head, *lines = call(run).splitlines()
    assert head.split() == ["id", "raised", "priority", "state", "what"]
    assert [line.split()[0] for line in lines] == [i[:10] for i in ids(run)]
    assert "alarm      active-unacknowledged     drifting: [05:33:20Z] It drifts to" in lines[0]
    assert lines[0].split()[1] == "2025-11-20T05:30:00Z"


def test_what_a_terminal_would_obey_is_shown_as_an_escape(run):
    for output in (call(run), call(run, "--explain", ids(run)[1])):
        assert "\\x1b[2J\\u202eetis\\r\\n" in output
        assert not {"\x1b", "\u202e", "\r"} & set(output)


@pytest.mark.parametrize(("options", "tracks"), [
    (["--rule", "drift*"], [1, 2]),
    (["--severity", "warning"], [1, 3]),
    (["--severity", "alarm"], [1, 3]),
    (["--state", "active"], [2, None]),
    (["--open"], [1, 2, 3, None]),
    (["--zone", "shore"], [1]),
    (["--zone", "lane"], [1, 3]),
    (["--mmsi", "227000001"], [3]),
    (["--track", "2"], [2]),
    (["--since", "2025-11-20T05:31:00Z", "--until", "2025-11-20T05:32:00Z"], [2]),
    (["--since", "2025-11-20T06:32:00+01:00"], [3, None]),
    (["--role", "technician"], [None]),
    (["--rule", "drifting", "--severity", "alarm"], [1]),
])  # fmt: skip
def test_a_filter_takes_what_it_says(run, options, tracks):
    rows = [json.loads(line) for line in call(run, *options, "--to", "jsonl").splitlines()]
    assert [row["track"] for row in rows] == tracks


def test_nothing_found_is_said(run):
    assert call(run, "--rule", "nothing") == "no alerts\n"


def test_an_alert_is_explained_with_its_whole_life(run):
    act(run, "acknowledge", "--by", "Ann", "--reason", "called her")
    act(run, "close", "--by", "Ben", status=1)
    text = call(run, "--explain", ids(run)[0][:6])
    alert, *_ = text.split("\n\n")
    assert "alarm, active-acknowledged; rule drifting, track 1, zone lane" in alert
    assert "raised 2025-11-20T05:30:00.000Z at 51.0000° N, 1.5000° W" in alert
    assert "  speed_kn: 2.5\n  zone: shore\n" in text
    life_lines = text.split("Life\n")[1].splitlines()
    assert [line.split()[1] for line in life_lines] == [
        "raised", "escalated", "escalated", "updated", "acknowledged", "refused"
    ]  # fmt: skip
    assert "by Ann (senior-officer): called her" in life_lines[4]
    assert "by Ben (senior-officer): Not done (close): no reason given" in life_lines[5]


def test_what_was_held_back_is_explained_too(run):
    (caution,) = [row for row in list_alerts(run) if row["rule"] == "held-back"]
    text = call(run, "--explain", caution["evidence"]["first_ids"][0])
    assert "was held back, not raised" in text
    assert "Track 4: drifting." in text


@pytest.mark.parametrize(("id_", "said"), [("zz", "no alert"), ("", "no alert")])
def test_an_id_that_is_none_is_refused(run, id_, said):
    assert said in call(run, "--explain", id_ or "''", status=2)


def test_an_id_that_begins_several_names_them(run):
    log = AlertLog(run)
    alerts, events = Book().step([say(5, "a", n, "alarm") for n in range(40)], [], T0 + 5, [])
    log.write(alerts, events, 1)
    log.close()
    # Forty ids have but sixteen letters to begin with.
    twice = next(c for c in "0123456789abcdef" if sum(i.startswith(c) for i in ids(run)) > 1)
    assert "begins several ids" in call(run, "--explain", twice, status=2)


def test_csv_has_no_cell_that_a_spreadsheet_takes_for_a_formula(run):
    out = run / "deep" / "alerts.csv"
    call(run, "--to", "csv", "--out", out)
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[1]["text"] == "'" + HOSTILE
    assert rows[1]["zone"] == "'+shore"
    assert float(rows[1]["lon"]) == -1.5
    assert json.loads(rows[0]["evidence"])["speed_kn"] == 2.5
    assert list(rows[0])[:5] == ["id", "time", "rule", "severity", "state"]


def plain(cell):
    """A text without the apostrophes of ``safe_cell``."""
    return re.sub("([;\t\r\n][ \"\t\r\n]*)'(?=[=+\\-@＝＋－＠])", r"\1", cell).removeprefix("'")


texts = (
    st.text(max_size=12)
    | st.text(";=+'\" \n", max_size=6)
    | st.sampled_from("=+-@\t\r\n＝").map(lambda c: c + "1+1")
)


@given(texts, texts, texts)
def test_no_text_whatever_becomes_a_formula_and_none_is_lost(rule, zone, text):
    row = {"id": "a", "time": "t", "rule": rule, "severity": "alarm", "track": -1, "mmsi": None,
           "zone": zone, "lon": 1.0, "lat": 2.0, "text": text, "evidence": {}, "state": "active",
           "updated": "t", "said": "t", "events": 1}  # fmt: skip
    _, cells = csv.reader(io.StringIO(export_alerts([row], "csv"), newline=""))
    for cell, whole in ((cells[2], rule), (cells[7], zone), (cells[10], text)):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert plain(cell) == plain(whole)


@given(st.text())
def test_what_is_shown_can_be_printed(text):
    assert shown(text).isprintable()
    assert not text.isprintable() or shown(text) == text


def test_geojson_is_points_with_properties(run):
    whole = json.loads(call(run, "--to", "geojson"))
    assert whole["type"] == "FeatureCollection"
    first = whole["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [-1.5, 51.0]}
    assert first["properties"]["rule"] == "drifting"
    assert first["properties"]["state"] == "active-unacknowledged"


def test_an_act_on_a_run_that_is_over_is_in_the_log_and_in_the_journal(run):
    output = act(run, "acknowledge", "--by", "Ann")
    assert output.strip() == f"{ids(run)[0]}: acknowledged, now active-acknowledged"
    assert list_alerts(run)[0]["state"] == "active-acknowledged"
    lines = [json.loads(line) for line in (run / "alerts.jsonl").read_text().splitlines()]
    assert lines == list_alerts(run)
    first, desk = read_journal(run / "journal.cwj")
    assert (first.feed, desk.feed) == ("ais", DESK)
    row, done = unpack_act(desk.data)
    assert (row, done.what, done.alert, done.by) == (0, "acknowledge", ids(run)[0], "Ann")


def test_an_act_on_a_run_without_a_journal_is_in_the_log(run):
    (run / "journal.cwj").unlink()
    act(run, "close", "--by", "Ann", "--reason", "a buoy")
    assert list_alerts(run)[0]["state"] == "normal"
    assert not (run / "journal.cwj").exists()
    assert "alert that is normal cannot" in act(run, "close", "--by", "Ann", "--reason", "x",
                                                status=1)  # fmt: skip


def test_an_act_without_a_name_or_reason_is_refused_and_that_is_logged(run):
    assert "without a name" in act(run, "acknowledge", status=1)
    assert "no reason given" in act(run, "close", "--by", "Ann", status=1)
    assert list_alerts(run)[0]["state"] == "active-unacknowledged"
    assert call(run, "--explain", ids(run)[0]).count("refused") == 2


def test_an_act_on_a_run_that_a_watch_is_writing_waits_for_it(run):
    log = AlertLog(run)
    journal = Journal(run / "journal.cwj")
    output = act(run, "acknowledge", "--by", "Ann")
    assert "asked of the running watch" in output
    ((_, asked),) = log.waiting_acts()
    assert (asked.what, asked.by, asked.role) == ("acknowledge", "Ann", "senior-officer")
    assert list_alerts(run)[0]["state"] == "active-unacknowledged"
    journal.close()
    log.close()


def test_while_an_act_is_done_no_watch_can_begin(run, monkeypatch):
    held = []
    write = AlertLog.write

    def look(self, *args):
        file = os.open(run / "journal.cwj", os.O_RDONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held.append(False)
        except OSError:
            held.append(True)
        finally:
            os.close(file)
        write(self, *args)

    monkeypatch.setattr(AlertLog, "write", look)
    act(run, "acknowledge", "--by", "Ann")
    assert held == [True]


@pytest.mark.parametrize(("options", "said"), [
    (["--act", "close"], "--act needs --id and --role"),
    (["--act", "close", "--id", "a", "--by", "Ann"], "--act needs --id and --role"),
    (["--by", "Ann"], "go with --act"),
    (["--out", "x.csv"], "--out goes with --to"),
    (["--since", "yesterday"], "not a time"),
    (["--role", "admiral"], "no role 'admiral'; there are watch-officer"),
    (["--severity", "danger"], "caution"),
])  # fmt: skip
def test_wrong_usage_is_named_with_the_mend(run, options, said):
    assert said in call(run, *options, status=2)


def test_a_folder_without_a_run_is_named(tmp_path):
    assert "give the --out folder of a run" in call(tmp_path, status=1)
    told = ["--act", "close", "--id", "a", "--by", "Ann", "--role", "observer"]
    assert "no alerts.sqlite" in call(tmp_path, *told, status=1)


def test_a_run_of_before_there_was_a_life_of_alerts_is_listed(tmp_path):
    from tests.maps_run import alert as line

    old = line(1, 7, "2026-05-12T04:10:00Z", 1.4, 50.9, severity="danger")
    (tmp_path / "alerts.jsonl").write_text(json.dumps(old) + "\n")
    assert "alarm      unknown" in call(tmp_path)
    assert call(tmp_path, "--severity", "alarm", "--to", "csv").count("\n") >= 2
    assert "Small unregistered craft" in call(tmp_path, "--explain", old["id"])


def test_the_commands_states_are_those_of_the_life():
    assert set(STATES) == set(life.STATES)
    assert Filter() == Filter(None)


def test_a_live_watch_tells_what_becomes_of_an_alert(capsys):
    from coastwatch.cli import _tell_event

    book, told = Book(), replace(SAYS[0], priority="emergency", text="It \x1b sinks.")
    for says, time_s in (([SAYS[0]], T0), ([], T0 + 60), ([told], T0 + 70)):
        for event in book.step(says, [], time_s, [])[1]:
            _tell_event(event)
    id_ = event.alert[:10]
    assert capsys.readouterr().out.splitlines() == [
        f"05:31:00Z warning {id_} escalated: Not acknowledged for 60 s: it sounds again.",
        f"05:31:10Z emergency {id_} updated: It \\x1b sinks.",
    ]

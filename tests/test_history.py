"""A history answers for any span what plain counting of a run's files gives, kept or not."""

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.geo.hexagons import HEXAGON_M, cell_of, centre_of, corners_of
from coastwatch.model import InputError
from coastwatch.store.history import open_history
from coastwatch.store.keep import keep_run
from tests.history_runs import MONDAY, SHIP, write_run

WEEK = MONDAY, MONDAY + timedelta(days=7)
BELIEVED = ("confirmed", "coasting")


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A run over midnight, and the same run kept."""
    base = tmp_path_factory.mktemp("night")
    run = write_run(base / "run [1] * 'q", MONDAY + timedelta(hours=23))
    keep_run(run, base / "kept")
    return run, base / "kept"


@pytest.fixture(params=["run", "kept"])
def history(night, request):
    with open_history(night[request.param == "kept"]) as found:
        yield found


def rows_of(folder, begin=WEEK[0], end=WEEK[1]):
    rows = pq.read_table(folder / "tracks.parquet").to_pylist()
    return [r for r in rows if r["status"] in BELIEVED and begin <= r["time"] < end]


def test_tracks_are_counted_by_class_as_plain_counting_does(history, night):
    found = history.tracks(*WEEK).to_pylist()
    by_track = Counter(r["track"] for r in rows_of(night[0]))
    assert {r["track"]: r["rows"] for r in found} == by_track
    assert [r["what"] for r in found] == ["ais", "radar", "small", "small"]
    assert [r["mmsi"] for r in found] == [SHIP, None, None, None]
    assert {r["run"] == "" for r in found} == {not history.kept}


def test_a_span_is_half_open_to_the_row(history, night):
    begin = MONDAY + timedelta(hours=23, minutes=30)
    end = begin + timedelta(minutes=10)
    found = history.tracks(begin, end).to_pylist()
    assert [r["rows"] for r in found] == [10] * 4
    assert {(r["begin"], r["end"]) for r in found} == {(begin, end - timedelta(minutes=1))}
    assert history.tracks(end, begin).num_rows == 0


def test_vessel_hours_sum_to_the_time_of_tracks_by_day(history, night):
    spans = defaultdict(list)
    for row in rows_of(night[0]):
        spans[row["time"].date(), row["track"]].append(row["time"])
    by_day = Counter()
    for (day, _), times in spans.items():
        by_day[day] += (max(times) - min(times)).total_seconds() / 3600
    found = Counter()
    for row in history.hexagons(*WEEK).to_pylist():
        found[row["day"]] += row["vessel_hours"]
    assert found.keys() == by_day.keys() and len(found) == 2
    for day in found:
        assert found[day] == pytest.approx(by_day[day], abs=1e-9)


def test_each_hexagon_is_the_one_that_the_plane_says(history, night):
    wanted = Counter()
    rows = sorted(rows_of(night[0]), key=lambda r: (r["track"], r["time"]))
    for a, b in pairwise(rows):
        if a["track"] == b["track"] and a["time"].date() == b["time"].date():
            q, r = cell_of(a["x_m"], a["y_m"], 700.0)
            hours = (b["time"] - a["time"]).total_seconds() / 3600
            wanted[int(q), int(r), a["time"].date(), a["time"].hour] += hours
    found = Counter()
    for row in history.hexagons(*WEEK, size_m=700.0).to_pylist():
        found[row["q"], row["r"], row["day"], row["hour"]] += row["vessel_hours"]
    assert found.keys() == wanted.keys()
    assert all(found[k] == pytest.approx(wanted[k]) for k in found)


def test_visitors_of_a_cell_are_its_different_tracks_of_a_day(history, night):
    wanted = defaultdict(set)
    for row in rows_of(night[0]):
        q, r = cell_of(row["x_m"], row["y_m"], HEXAGON_M)
        wanted[int(q), int(r), row["time"].date()].add(row["track"])
    found = Counter()
    for row in history.visitors(*WEEK).to_pylist():
        found[row["q"], row["r"], row["day"]] += row["tracks"]
    assert found == {cell: len(tracks) for cell, tracks in wanted.items()}


def test_hours_of_a_span_add_up_to_the_day(history):
    middle = MONDAY + timedelta(days=1)
    parts = [history.hexagons(WEEK[0], middle), history.hexagons(middle, WEEK[1])]
    both = sum(sum(part["vessel_hours"].to_pylist()) for part in parts)
    whole = sum(history.hexagons(*WEEK)["vessel_hours"].to_pylist())
    assert both == pytest.approx(whole) and len(parts[1])


def test_ways_begin_and_end_where_the_tracks_do_small_craft_first(history, night):
    found = history.lines(*WEEK, points=10)
    assert found["what"].to_pylist() == ["small", "small", "ais", "radar"]
    assert found.schema.metadata[b"tracks"] == b"4"
    for way in found.to_pylist():
        mine = [r for r in rows_of(night[0]) if r["track"] == way["track"]]
        assert (way["lon"][0], way["lon"][-1]) == (mine[0]["lon"], mine[-1]["lon"])
        assert len(way["lon"]) == len(way["lat"]) == 10


def test_alerts_events_and_crossings_are_those_of_the_log(history, night):
    lines = [json.loads(line) for line in (night[0] / "alerts.jsonl").read_text().splitlines()]
    assert [{k: v for k, v in a.items() if k != "run"} for a in history.alerts(*WEEK)] == lines
    told = [(e["what"], e["by"]) for e in history.events(*WEEK)]
    assert told == [("raised", ""), ("acknowledged", "A. Officer")]
    assert len(history.crossings(*WEEK)) == 9
    first = MONDAY + timedelta(hours=23, minutes=4)
    assert len(history.crossings(first, WEEK[1])) == 5


def test_what_was_refused_and_who_spoke_is_told(history):
    assert history.refused(*WEEK) == {
        "feed": {"decoded": 97, "rejected": {"checksum": 2, "too short": 1}}
    }
    assert history.vessels[SHIP].name == "OPALE"
    assert history.runs(*WEEK)["from"].to_pylist() == [MONDAY + timedelta(hours=23)]
    assert history.refused(WEEK[1], WEEK[1] + timedelta(days=1)) == {}


def test_a_notebook_asks_in_sql(history):
    text = "SELECT count(*) AS n FROM positions WHERE track = ? AND time < ?"
    found = history.query(text, [1, MONDAY + timedelta(days=1)])
    assert found.to_pylist() == [{"n": 60}]
    with pytest.raises(InputError, match="no_such_column"):
        history.query("SELECT no_such_column FROM positions")


def test_the_temporary_folder_goes_with_the_history(night, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_history(night[1]) as history:
        assert len(list(tmp_path.iterdir())) == 1
        history.tracks(*WEEK)
    assert list(tmp_path.iterdir()) == []


def test_uptime_tells_silence_absence_and_ignorance_apart(tmp_path):
    hour = 3600.0
    run = write_run(
        tmp_path / "run", MONDAY, minutes=180,
        silences=[("gris-nez", 0.5 * hour, 1.5 * hour), ("dover", 2.5 * hour, None)],
    )  # fmt: skip
    with open_history(run) as history:
        rows = history.uptime(MONDAY, MONDAY + timedelta(hours=4)).to_pylist()
    share = {(r["sensor"], r["hour"]): r["share"] for r in rows}
    assert {r["kind"] for r in rows} == {"radar", "ais", "camera"}
    assert [share["gris-nez", h] for h in range(4)] == [0.5, 0.5, 1.0, 0.0]
    assert [share["dover", h] for h in range(4)] == [1.0, 1.0, 0.5, 0.0]
    assert [share["mast", h] for h in range(4)] == [None, None, None, 0.0]


def test_a_run_that_goes_on_is_asked_up_to_its_last_part(tmp_path):
    run = write_run(tmp_path / "run")
    parts = run / "tracks.parts"
    parts.mkdir()
    (run / "tracks.parquet").rename(parts / "000000.parquet")
    (parts / "000001.parquet").write_bytes(b"PAR1 torn")
    (run / "summary.json").unlink()
    with open_history(run) as history:
        assert history.tracks(*WEEK).num_rows == 4
        assert history.runs(*WEEK).num_rows == 1
        assert set(history.uptime(*WEEK)["share"].to_pylist()) == {0.0, None}


@pytest.mark.parametrize("fault", ["torn", "column", "none"])
def test_what_cannot_be_read_is_said_in_one_line(tmp_path, fault):
    run = write_run(tmp_path / "run")
    path = run / "tracks.parquet"
    if fault == "torn":
        path.write_bytes(path.read_bytes()[:-50])
    elif fault == "column":
        pq.write_table(pq.read_table(path).drop(["p_small"]), path)
    else:
        path.unlink()
    with pytest.raises(InputError) as error:
        open_history(run)
    assert "\n" not in str(error.value) and str(run) in str(error.value)


def test_numbers_that_are_none_count_nowhere_but_break_nothing(tmp_path):
    run = write_run(tmp_path / "run")
    table = pq.read_table(run / "tracks.parquet")
    for name in ("x_m", "lon", "p_small"):
        values = table[name].to_numpy().copy()
        values[::7] = np.nan
        table = table.set_column(table.schema.get_field_index(name), name, [values])
    pq.write_table(table, run / "tracks.parquet")
    with open_history(run) as history:
        assert history.tracks(*WEEK).num_rows == 4
        lines = history.lines(*WEEK).to_pylist()
        assert len(lines) == 4 and all(np.isfinite(one["lon"]).all() for one in lines)
        assert len(history.hexagons(*WEEK))


@given(
    st.floats(-5e5, 5e5), st.floats(-5e5, 5e5), st.sampled_from([100.0, 500.0, HEXAGON_M, 10_000.0])
)
def test_a_position_lies_in_its_hexagon(x, y, size):
    q, r = cell_of(x, y, size)
    cx, cy = centre_of(q, r, size)
    beside = [(q + a, r + b) for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))]
    own = np.hypot(x - cx, y - cy)
    for a, b in beside:
        ox, oy = centre_of(a, b, size)
        assert np.hypot(ox - cx, oy - cy) == pytest.approx(size)
        assert own <= np.hypot(x - ox, y - oy) + 1e-6 * size
    corners = np.hypot(*(c - o for c, o in zip(corners_of(q, r, size), (cx, cy), strict=True)))
    assert corners == pytest.approx(np.full(6, size / np.sqrt(3)))


def test_a_day_is_a_date_of_utc(history):
    assert set(history.hexagons(*WEEK)["day"].to_pylist()) == {
        date(2026, 11, 16), date(2026, 11, 17),
    }  # fmt: skip
    assert history.span() == (
        datetime(2026, 11, 16, 23, tzinfo=UTC), datetime(2026, 11, 17, 0, 30, tzinfo=UTC),
    )  # fmt: skip


def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    page = (Path(__file__).parents[1] / "docs/history.md").read_text(encoding="utf-8")
    keep_run(write_run(tmp_path / "run"), tmp_path / "history")
    keep_run(write_run(tmp_path / "later", MONDAY + timedelta(days=4)), tmp_path / "history")
    monkeypatch.chdir(tmp_path)
    told = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, told)
    assert told["busy"].to_pylist()[0]["mmsi"] == SHIP
    assert told["tracks"].num_rows == 8 and len(told["cells"])
    assert len(told["day"]) == 455 and told["hours"]["tracks"].tolist() == [5, 5, 5, 5]

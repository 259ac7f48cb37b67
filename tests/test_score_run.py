import json
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coastwatch.geo.plane import Plane
from coastwatch.model import InputError
from coastwatch.score import format_scores, score
from coastwatch.score.table import ROWS

PLANE = Plane((1.5, 51.0))
T0 = 1_700_000_000.0


def stamps(seconds):
    nanoseconds = np.round(np.asarray(seconds) * 1e9).astype(np.int64) + round(T0 * 1e9)
    return pa.array(nanoseconds).cast(pa.timestamp("ns", tz="UTC"))


def write(path, owner, rows, **more):
    """Rows of (seconds, id, x_m, y_m) as the columns of a truth or tracks file."""
    seconds, ids, x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    lon, lat = PLANE.to_lonlat(x, y)
    columns = {"time": stamps(seconds), owner: ids.astype(np.int64), "lon": lon, "lat": lat}
    pq.write_table(pa.table(columns | more), path)
    return path


def truth(path, rows, **more):
    return write(path / "truth.parquet", "target", rows, **more)


def tracks(path, rows, status="confirmed", **more):
    words = [status] * len(rows) if isinstance(status, str) else status
    return write(path / "tracks.parquet", "track", rows, status=words, **more)


def line(owner, start, stop, x0=0.0, y=0.0, speed=10.0, step=1):
    return [(t, owner, x0 + speed * t, y) for t in range(start, stop + 1, step)]


def test_a_late_track_three_metres_off(tmp_path):
    true = truth(tmp_path, line(1, 0, 100))
    found = score(true, tracks(tmp_path, line(7, 20, 100, y=3.0)))
    assert found["completeness"] == pytest.approx(81 / 101)
    assert found["latency_mean_s"] == found["latency_median_s"] == 20.0
    assert found["position_rmse_m"] == pytest.approx(3.0, abs=1e-3)
    assert (found["targets"], found["targets_found"], found["tracks"]) == (1, 1, 1)
    assert found["identity_switches"] == found["false_tracks"] == found["fragments"] == 0
    missed_m = 200 / 2**0.5
    assert found["gospa_m"] == pytest.approx((20 * missed_m + 81 * 3) / 101, abs=1e-3)
    assert found["gospa_missed_m"] == pytest.approx(20 * missed_m / 101, abs=1e-3)
    assert found["gospa_localisation_m"] == pytest.approx(81 * 3 / 101, abs=1e-3)
    assert found["gospa_false_m"] == 0
    assert found["ospa_m"] == pytest.approx((20 * 200 + 81 * 3) / 101, abs=1e-3)
    assert found["tracks_per_target"] == found["ambiguity"] == 1.0
    assert "mmsi_correct" not in found


def test_a_switch_a_hole_and_a_false_track(tmp_path):
    true = truth(tmp_path, line(1, 0, 99))
    rows = line(1, 0, 39) + line(2, 60, 99) + line(3, 0, 99, y=5_000.0)
    found = score(true, tracks(tmp_path, rows))
    # Track 1 stands for 2 s after its last row, inside the gate: 42 + 40 of 100 times.
    assert found["completeness"] == pytest.approx(0.82)
    assert found["identity_switches"] == 1 and found["fragments"] == 1
    assert found["identity_switches_per_target_hour"] == pytest.approx(3600 / 99)
    assert found["tracks_per_target"] == 2
    assert found["false_tracks"] == 1
    assert found["false_tracks_per_hour"] == pytest.approx(3600 / 99)
    assert found["spuriousness"] == pytest.approx(100 / 182)


def test_two_tracks_on_one_target_are_ambiguous_and_do_not_switch(tmp_path):
    """The second track is nearer half of the time; the first one holds its target."""
    rows = [(t, 1, 10.0 * t, 10.0) for t in range(100)]
    rows += [(t, 2, 10.0 * t, 5.0 if t % 2 else 15.0) for t in range(100)]
    found = score(truth(tmp_path, line(1, 0, 99)), tracks(tmp_path, rows))
    assert found["identity_switches"] == 0
    assert found["ambiguity"] == 2.0
    assert found["false_tracks"] == 1
    assert found["spuriousness"] == 0.0


def test_tracks_that_swap_targets_count_two_switches(tmp_path):
    true = truth(tmp_path, line(1, 0, 99) + line(2, 0, 99, y=1000.0))
    rows = line(1, 0, 49) + line(2, 0, 49, y=1000.0)
    rows += [(t, 3 - i, x, y) for t, i, x, y in line(1, 50, 99) + line(2, 50, 99, y=1000.0)]
    found = score(true, tracks(tmp_path, rows))
    assert found["identity_switches"] == 2
    assert found["completeness"] == 1.0 and found["fragments"] == 0


def test_only_confirmed_and_coasting_tracks_count(tmp_path):
    true = truth(tmp_path, line(1, 0, 39))
    status = ["tentative"] * 10 + ["confirmed"] * 10 + ["coasting"] * 10 + ["ended"] * 10
    found = score(true, tracks(tmp_path, line(1, 0, 39), status), tail_s=0.0)
    assert found["completeness"] == pytest.approx(0.5)
    assert found["latency_mean_s"] == 10.0


def test_tracks_are_interpolated_at_truth_times(tmp_path):
    true = truth(tmp_path, line(1, 0, 100))
    found = score(true, tracks(tmp_path, line(1, 0, 100, step=20)))
    assert found["completeness"] == 1.0
    assert found["position_rmse_m"] < 0.01
    apart = score(true, tracks(tmp_path, line(1, 0, 100, step=20)), gap_s=10.0, gate_m=15.0)
    # Rows 20 s apart are not joined: each stands for 2 s, at 10 m/s inside 15 m for 1 s.
    assert apart["completeness"] == pytest.approx(11 / 101)


def test_targets_seen_at_different_times_are_all_there(tmp_path):
    """GNSS loggers do not tick together: a target between its rows still exists."""
    rows = line(1, 0, 100, step=2) + line(2, 1, 99, y=2000.0, step=2)
    found = score(
        truth(tmp_path, rows), tracks(tmp_path, line(1, 0, 100) + line(2, 0, 100, y=2000.0))
    )
    assert found["completeness"] == 1.0
    assert found["false_tracks"] == 0
    assert found["gospa_false_m"] < 5  # at 0 s and 100 s target 2 is not there yet, or any more


def test_a_target_never_found_counts_its_whole_life_as_latency(tmp_path):
    true = truth(tmp_path, line(1, 0, 100) + line(2, 0, 60, y=3000.0))
    found = score(true, tracks(tmp_path, line(1, 10, 100)))
    assert (found["targets"], found["targets_found"]) == (2, 1)
    assert found["latency_mean_s"] == pytest.approx((10 + 60) / 2)


def test_mmsi_is_right_wrong_or_missing(tmp_path):
    n = 10
    mmsi = pa.array([227000001] * n + [None] * n + [227000003] * n, pa.int64())
    true = truth(
        tmp_path, line(1, 0, 9) + line(2, 0, 9, y=2000.0) + line(3, 0, 9, y=4000.0), mmsi=mmsi
    )
    said = pa.array([227000001] * 5 + [227000009] * 5 + [227000009] * n + [None] * n, pa.int64())
    rows = line(1, 0, 9) + line(2, 0, 9, y=2000.0) + line(3, 0, 9, y=4000.0)
    found = score(true, tracks(tmp_path, rows, mmsi=said))
    assert found["mmsi_correct"] == pytest.approx(5 / 20)
    assert found["mmsi_wrong"] == pytest.approx(15 / 30)


def test_a_run_without_tracks_misses_everything(tmp_path):
    true = truth(tmp_path, line(1, 0, 10))
    found = score(true, tracks(tmp_path, line(1, 0, 10), status="tentative"))
    assert found["completeness"] == 0 and found["tracks"] == 0
    assert found["gospa_m"] == pytest.approx(200 / 2**0.5)
    assert "position_rmse_m" not in found
    json.dumps(found, allow_nan=False)
    assert format_scores(found).count("–") >= 4


def test_truth_over_the_antimeridian_is_scored(tmp_path):
    rows = {"time": stamps(range(10)), "lon": 179.9995 + np.arange(10) * 1e-4, "lat": np.zeros(10)}
    rows["lon"] = np.where(rows["lon"] > 180, rows["lon"] - 360, rows["lon"])
    pq.write_table(pa.table(rows | {"target": [1] * 10}), tmp_path / "truth.parquet")
    columns = rows | {"track": [1] * 10, "status": ["confirmed"] * 10}
    pq.write_table(pa.table(columns), tmp_path / "tracks.parquet")
    found = score(tmp_path / "truth.parquet", tmp_path / "tracks.parquet")
    assert found["completeness"] == 1.0 and found["position_rmse_m"] < 1e-3


@pytest.mark.parametrize("iso", [True, False])
def test_truth_may_be_csv_in_unix_seconds_or_iso(tmp_path, iso):
    x, y = PLANE.to_lonlat(10.0 * np.arange(40), np.zeros(40))
    when = [f"2023-11-14T22:13:{20 + t:02d}Z" for t in range(40)]
    rows = [f"{when[t] if iso else T0 + t},boat,{x[t]:.8f},{y[t]:.8f}" for t in range(40)]
    path = tmp_path / "scenario.truth.csv"
    path.write_text("\n".join(["time,target,lon,lat", *rows]) + "\n")
    found = score(path, tracks(tmp_path, line(1, 0, 39)))
    assert found["completeness"] == 1.0 and found["position_rmse_m"] < 0.01


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,target,lon\n1,1,1\n", ["'lat' is missing", "time, target, lon, lat"]),
        ("time,target,lon,lat\n", ["no rows"]),
        ("time,target,lon,lat\n1,1,1.5,51\n2,1,nan,51\n", ["'lon', row 2"]),
        ("time,target,lon,lat\n1,1,1.5,151\n", ["'lat', row 1", "±90"]),
        ("time,target,lon,lat\nnoon,1,1.5,51\n", ["'time'", "ISO 8601"]),
        ("time,target,lon,lat\n1,,1.5,51\n2,a,1.5,51\n", ["'target'"]),
        ("", ["cannot be read"]),
        ("\x00\xff", []),
    ],
)
def test_a_damaged_truth_is_named_with_its_mend(tmp_path, text, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        score(path, tracks(tmp_path, line(1, 0, 10)))
    assert str(path) in str(caught.value)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_missing_and_foreign_files_are_clear_errors(tmp_path):
    true, found = truth(tmp_path, line(1, 0, 10)), tmp_path / "none.parquet"
    with pytest.raises(InputError, match=r"none\.parquet: cannot be read"):
        score(true, found)
    found.write_bytes(b"PAR1 not at all")
    with pytest.raises(InputError, match="cannot be read"):
        score(true, found)
    with pytest.raises(InputError, match="cannot be read"):
        score(true, tmp_path)
    with pytest.raises(InputError, match="'track' is missing"):
        score(true, true)
    other = tracks(tmp_path, line(1, 5000, 5010))
    with pytest.raises(InputError, match="truth of the same run"):
        score(true, other)


def test_the_table_names_every_score(tmp_path):
    n = 11
    same = pa.array([227000001] * n, pa.int64())
    true = truth(tmp_path, line(1, 0, 10), mmsi=same)
    found = score(true, tracks(tmp_path, line(1, 0, 10), mmsi=same))
    assert set(found) == {key for key, _, _ in ROWS}
    table = format_scores(found)
    assert "–" not in table and len(table.splitlines()) == len(ROWS)
    assert "100.0%" in table and "GOSPA" in table


def test_a_quarter_million_rows_are_scored_in_seconds(tmp_path):
    boats, seconds = 50, 5_000
    t, b = np.repeat(np.arange(seconds), boats), np.tile(np.arange(boats), seconds)
    lon, lat = PLANE.to_lonlat(800.0 * (b % 8) + 0.5 * t, 800.0 * (b // 8))
    columns = {"time": stamps(t), "lon": lon, "lat": lat}
    pq.write_table(pa.table(columns | {"target": b}), tmp_path / "truth.parquet")
    more = {"track": b, "status": np.full(len(b), "confirmed")}
    pq.write_table(pa.table(columns | more), tmp_path / "tracks.parquet")
    began = time.perf_counter()
    found = score(tmp_path / "truth.parquet", tmp_path / "tracks.parquet")
    assert found["completeness"] == 1.0
    assert time.perf_counter() - began < 15.0  # 1.5 s measured; the rest is for a busy machine

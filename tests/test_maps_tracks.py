"""What the page knows of each track and alert beyond its line: heading, role, hull, its life."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from coastwatch.maps.alerts import shown_alerts
from coastwatch.maps.contents import island
from coastwatch.maps.roles import role_of
from coastwatch.model import Alert, AlertEvent
from coastwatch.store.alerts import AlertLog
from coastwatch.store.run import read_run
from tests.maps_run import START_S, alert, track, write_run

WAY = [(1.4, 50.9), (1.45, 50.95), (1.5, 50.92)]


@pytest.mark.parametrize(
    ("mmsi", "role"),
    [
        (227_123_456, {}), (970_012_345, {"role": "beacon", "beacon": "sart"}),
        (972_012_345, {"role": "beacon", "beacon": "mob"}),
        (974_012_345, {"role": "beacon", "beacon": "epirb"}),
        (992_271_001, {"role": "aton"}), (992_276_001, {"role": "virtual-aton"}),
        (2_275_100, {"role": "base"}), (111_227_501, {"role": "sar"}),
        (0, {}), (-1, {}), (10**12, {}),
    ],
)  # fmt: skip
def test_an_mmsi_says_what_kind_of_station_it_is(mmsi, role):
    assert role_of(mmsi) == role


def test_headings_stand_at_each_point_and_say_where_they_are_unknown(tmp_path):
    folder = write_run(tmp_path, [track(1, WAY, mmsi=227000001), track(2, WAY)])
    table = pq.read_table(folder / "tracks.parquet")
    heading = np.where(np.asarray(table["track"]) == 1, 359.7, np.nan)
    heading[:5] = np.nan
    table = table.append_column("heading_deg", [np.where(np.isfinite(heading), heading, np.nan)])
    pq.write_table(table, folder / "tracks.parquet")
    one, two = island(read_run(folder))["tracks"]
    assert len(one["h"]) == len(one["t"]) >= 3
    assert (one["h"][0], set(one["h"][1:])) == (-1, {0})
    assert "h" not in two


def test_a_run_of_before_there_were_headings_is_read(tmp_path):
    tracks = island(read_run(write_run(tmp_path, [track(1, WAY, mmsi=227000001)])))["tracks"]
    assert "h" not in tracks[0]


def test_a_hull_is_shown_as_its_vessel_says(tmp_path):
    vessels = [{"mmsi": 227000001, "time_s": START_S, "length_m": 180.0, "beam_m": 28.0}]
    run = read_run(write_run(tmp_path, [track(1, WAY, mmsi=227000001)], vessels=vessels))
    one = island(run)["tracks"][0]
    assert (one["length"], one["beam"]) == (180.0, 28.0)


EVIDENCE = {"ship_track": 7, "cpa_nm": 0.1}


def event(number, time_s, what, state, by=""):
    return AlertEvent(
        f"a{1:015x}", START_S + time_s, what, state, "alarm", "", by, "", "", EVIDENCE, number
    )


RAISED = event(1, 60, "raised", "active-unacknowledged")
SEEN = event(2, 90, "acknowledged", "active-acknowledged", "J. Doe")
OVER = event(3, 600, "rectified", "rectified-unacknowledged")
CLOSED = event(4, 700, "closed", "normal", "J. Doe")
AGAIN = event(5, 900, "active again", "active-unacknowledged")


@pytest.mark.parametrize(
    ("events", "until"),
    [([RAISED, SEEN], None), ([RAISED, SEEN, OVER, CLOSED], 600.0), ([RAISED, OVER, AGAIN], None)],
)
def test_an_alert_tells_what_happened_to_it_and_until_when_it_held(tmp_path, events, until):
    write_run(tmp_path, [track(1, WAY)])
    log = AlertLog(tmp_path)
    said = Alert(events[0].alert, START_S + 60, "close-approach", "alarm", 1, -1, "", 1.4, 50.9,
                 "Two pass close", EVIDENCE)  # fmt: skip
    log.write([said], events, 1)
    log.close()
    shown = island(read_run(tmp_path))["alerts"][0]
    assert shown.get("until") == (None if until is None else START_S + until)
    assert shown["events"][0] == [START_S + 60, "raised", ""]
    assert shown["events"][1][1:] in (["acknowledged", "J. Doe"], ["rectified", ""])
    assert (shown["danger"], shown["others"]) == (True, [7])


def test_alerts_without_a_log_tell_what_their_line_says(tmp_path):
    lines = [
        alert(1, 1, "2026-05-12T04:10:00Z", 1.4, 50.9, state="normal",
              updated="2026-05-12T04:20:00Z"),
        alert(2, 1, "2026-05-12T04:11:00Z", 1.4, 50.9, state="active-acknowledged",
              updated="2026-05-12T04:20:00Z"),
        alert(3, 1, "2026-05-12T04:12:00Z", 1.4, 50.9),
    ]  # fmt: skip
    shown = island(read_run(write_run(tmp_path, [track(1, WAY)], lines)))["alerts"]
    assert [a.get("until") for a in shown] == [START_S + 1200, None, None]
    assert not any("danger" in a or "events" in a or "updated" in a for a in shown)


def test_a_long_life_is_told_by_both_its_ends():
    line = alert(1, 1, "2026-05-12T04:10:00Z", 1.4, 50.9)
    many = [(float(i), "updated", "x" * 500) for i in range(500)]
    shown = shown_alerts([line], {line["id"]: many}, 0.0, 1e12, [])[0]
    assert [e[0] for e in shown["events"]] == [*range(10), *range(490, 500)]
    assert all(len(e[2]) <= 60 for e in shown["events"])


@pytest.mark.parametrize(
    "evidence", [None, 7, {"ship_track": "x"}, {"tracks": [1, True, -5, 2**60, {}]}]
)
def test_odd_evidence_names_nobody(evidence):
    line = alert(1, 1, "2026-05-12T04:10:00Z", 1.4, 50.9, evidence=evidence)
    assert "others" not in shown_alerts([line], {}, 0.0, 1e12, [])[0]

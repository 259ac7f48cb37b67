"""A vessel's heading: as its AIS last said, for three minutes, and kept with the run."""

import math

import numpy as np
import pyarrow.parquet as pq
import pytest

from coastwatch.model import Detections, Tracks
from coastwatch.store.tracks import TRACK_SCHEMA, TrackWriter, track_rows
from coastwatch.track import Tracker
from tests.test_track_life import PLANE, SITE, T0, report

MMSI = 227_000_001


def said(t, heading_deg, mmsi=MMSI, x=2_000.0):
    d = report(T0 + t, x, 5.0 * t, mmsi, 0.0, 5.0)
    d.heading_rad[:] = math.radians(heading_deg)
    return d


def faces(picture, mmsi=MMSI):
    return float(np.degrees(picture.heading_rad[picture.mmsi == mmsi][0]))


def test_a_heading_is_the_last_one_said_and_silence_about_it_changes_nothing():
    tracker = Tracker(SITE, PLANE)
    assert faces(tracker.step(said(0.0, 350.0), T0 + 1)) == pytest.approx(350.0)
    assert faces(tracker.step(said(10.0, 10.0), T0 + 11)) == pytest.approx(10.0)
    assert faces(tracker.step(said(20.0, math.nan), T0 + 21)) == pytest.approx(10.0)


def test_a_heading_is_forgotten_after_three_minutes():
    tracker = Tracker(SITE, PLANE)
    tracker.step(said(0.0, 90.0), T0 + 1)
    for t in range(10, 180, 10):
        picture = tracker.step(said(float(t), math.nan), T0 + t + 1)
    assert faces(picture) == pytest.approx(90.0)
    picture = tracker.step(said(180.0, math.nan), T0 + 181)
    assert math.isnan(faces(picture))


def test_each_vessel_has_its_own():
    tracker = Tracker(SITE, PLANE)
    both = Detections.concat([said(0.0, 90.0), said(0.0, 270.0, MMSI + 1, -2_000.0)])
    picture = tracker.step(both, T0 + 1)
    assert [faces(picture, MMSI + k) for k in (0, 1)] == pytest.approx([90.0, 270.0])


def test_the_run_keeps_it_in_degrees_and_null_where_unknown(tmp_path):
    tracker = Tracker(SITE, PLANE)
    both = Detections.concat([said(0.0, 359.99), said(0.0, math.nan, MMSI + 1, -2_000.0)])
    picture = tracker.step(both, T0 + 1)
    writer = TrackWriter(tmp_path, PLANE)
    writer.write(picture)
    writer.close()
    table = pq.read_table(tmp_path / "tracks.parquet")
    assert table.schema.equals(TRACK_SCHEMA)
    assert dict(zip(table["mmsi"].to_pylist(), table["heading_deg"].to_pylist(), strict=True)) == {
        MMSI: 0.0, MMSI + 1: None,
    }  # fmt: skip


def test_a_picture_made_without_headings_has_none():
    picture = Tracker(SITE, PLANE).step(said(0.0, 90.0), T0 + 1)
    names = [f for f in Tracks.__dataclass_fields__ if f != "heading_rad"]
    plain = Tracks(**{name: getattr(picture, name) for name in names})
    assert np.isnan(plain.heading_rad).tolist() == [True]
    assert track_rows(plain, PLANE).column("heading_deg").to_pylist() == [None]

"""A recorded Halo radar and the AIS recorded with it, through the whole chain: feed to picture."""

import json
import math

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench.halo import SITE, measure
from coastwatch.runner import track_files
from coastwatch.site import load
from tests.shared import SHARED, needs_shared

pytestmark = [pytest.mark.shared, needs_shared, pytest.mark.xdist_group("halo")]
CAPTURE = SHARED / "radar" / "halo_and_0183.pcap"


def test_plots_lie_on_moving_vessels_once_the_radar_is_registered():
    m = measure(CAPTURE, load(SITE))
    azimuth_deg, azimuth_sigma = (math.degrees(v[0]) for v in (m.registration.theta,
                                                               m.registration.sigma))  # fmt: skip
    there_m, sigma_m = m.registration.range_bias_at(m.registration.range_at_m)
    # A hand-made search gave 1.5 degrees and 2 % too little; which of them is right nobody knows.
    assert -2.2 < azimuth_deg < -0.6 and azimuth_sigma < 0.4
    assert -0.03 < there_m / m.registration.range_at_m < -0.01 and sigma_m < 40.0
    assert m.registered >= 10
    assert m.registered > m.as_recorded
    assert m.by_chance < 1.5


def test_the_capture_becomes_one_picture_of_radar_and_ais(tmp_path):
    site = tmp_path / "site.toml"
    site.write_text(SITE.read_text() + "\n")
    summary = track_files(site, [CAPTURE], tmp_path / "run")
    assert not summary["refused"]
    (feed,) = (f for f in summary["feeds"].values() if f["frames"])
    assert feed["difference"] == 0
    assert feed["late"] < 20
    tracks = pq.read_table(tmp_path / "run/tracks.parquet")
    believed = tracks.filter(pc.equal(tracks["status"], "confirmed"))
    named = believed.filter(pc.is_valid(believed["mmsi"]))
    # A few seconds of AIS confirm nobody: these were seen by the radar, too.
    assert len(pc.unique(named["mmsi"])) >= 6
    assert json.loads((tmp_path / "run/summary.json").read_text())["tracks"]["confirmed"] >= 10

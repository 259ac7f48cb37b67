"""The clutter map: false alarms as asked for, whatever the sea does; targets leave it alone."""

import numpy as np
import pytest

from bench.roc import CLUTTERS, measured
from bench.video_scene import Scene, sent, speckle
from coastwatch.decode.video.cfar import BLOCK, NO_LAND, Detector
from coastwatch.decode.video.clutter import SECTORS, ClutterMap
from coastwatch.decode.video.settings import VideoSettings


@pytest.mark.parametrize("method", ["os", "go", "ca"])
@pytest.mark.parametrize("clutter", CLUTTERS)
def test_false_alarms_are_within_a_factor_of_two_of_those_asked(method, clutter):
    # One turn: 4.2 million cells, and nothing learned before it.
    _, over_asked = measured(method, CLUTTERS[clutter], turns=1, targets=False)
    assert 0.5 < over_asked[0] < 2.0 and 0.5 < over_asked[1] < 2.0


@pytest.mark.parametrize("rms", [3.0, 10.0])
def test_coarse_counts_do_not_change_the_rate(rms):
    for method in ("os", "go"):
        _, over_asked = measured(method, None, turns=1, rms=rms, targets=False)
        assert 0.5 < over_asked[0] < 2.0


@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_counts_that_are_cut_off_are_known_by_their_offset(offset):
    rng, false = np.random.default_rng(3), 0
    detector = Detector(VideoSettings(pfa=1e-3, offset=offset))
    for _ in range(8):
        amplitude = 4.0 * np.sqrt(rng.exponential(size=(64, 4096)))
        hits = detector.hits((amplitude + 0.5 - offset).astype(np.uint8))
        false += int((hits.ratio > detector.scales.asked[hits.reference]).sum())
    assert 0.6 < false / (8 * 64 * 4096 * 1e-3) < 1.5


def test_block_means_are_those_of_the_plain_version():
    rng = np.random.default_rng(4)
    for law in ("linear", "log"):
        detector = Detector(VideoSettings(law=law, offset=0.5))
        cells = np.round(30 * np.sqrt(rng.exponential(size=(33, 300)))).astype(np.uint8)
        land = (rng.random(cells.shape) < 0.3).astype(np.uint8)
        land[:, BLOCK : 2 * BLOCK] = 1
        for mask in (NO_LAND, land):
            got, plain = detector.means(cells, mask), detector.plain_means(cells, mask)
            np.testing.assert_allclose(got, plain, rtol=1e-9)
        assert got[1] == 0.0


def scanned(spokes, detector, clutter):
    """Thresholds' factors over what noise needs, and detections, of one turn."""
    rows, found = len(spokes.cells) // SECTORS, []
    for k in range(SECTORS):
        cells = spokes.cells[k * rows : (k + 1) * rows]
        hits = detector.hits(cells)
        sea = np.full(cells.shape[1], rows)
        kept, scale = clutter.detections(k, hits, sea, detector.means(cells))
        found.append((k, kept, scale / detector.scales.asked[kept.reference]))
    return found


def test_spiky_sea_raises_the_threshold_where_it_is_and_nowhere_else():
    rng, scene = np.random.default_rng(5), Scene(cells=1024, bits=16, rms=300.0)
    spiky = Scene(cells=1024, bits=16, rms=300.0, shape=0.5)
    detector = Detector(VideoSettings(pfa=1e-4))
    clutter = ClutterMap(detector.scales, 16, 1024)
    for _ in range(4):
        echo = speckle(scene, rng)
        echo[:1024, :512] = speckle(spiky, rng)[:1024, :512]
        found = scanned(sent(scene, np.abs(echo)), detector, clutter)
    near, far = [], []
    for k, hits, factor in found:
        inside = hits.col < 512 - 2 * BLOCK
        near += list(factor[inside]) if k < 31 else []
        far += list(factor[hits.col > 512 + 2 * BLOCK])
    assert np.median(near) > 4 and np.median(far) < 1.3


def test_a_ship_and_a_buoy_raise_it_by_next_to_nothing():
    rng, scene = np.random.default_rng(6), Scene(cells=1024)
    detector = Detector(VideoSettings())
    clutter = ClutterMap(detector.scales, 16, 1024)
    for _ in range(20):
        echo = speckle(scene, rng)
        echo[500:512, 300:330] += 200.0
        echo[505:511, 360:362] += 60.0
        found = scanned(sent(scene, np.abs(echo)), detector, clutter)
    _, hits, factor = found[505 * SECTORS // 2048]
    assert (hits.col >= 300).any() and 10 * np.log10(factor.max()) < 1.5

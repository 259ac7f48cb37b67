"""CFAR: the kernels are what the plain versions say, and the false-alarm rate is what was asked."""

import numpy as np
import pytest

from coastwatch.decode.video import law
from coastwatch.decode.video.cfar import NO_LAND, Detector
from coastwatch.decode.video.settings import VideoSettings
from coastwatch.model import ConfigError

METHODS = ("os", "go", "ca")


def noise(shape, rms, seed, dtype=np.uint8):
    power = np.random.default_rng(seed).exponential(size=shape)
    full = np.iinfo(dtype).max
    return np.round(rms * np.sqrt(power)).clip(0, full).astype(dtype)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("window,guard,cells", [(32, 8, 200), (8, 0, 40), (16, 2, 19), (32, 4, 1)])
@pytest.mark.parametrize("dtype,rms", [(np.uint8, 3.0), (np.uint16, 900.0), (np.uint32, 5e6)])
def test_kernels_agree_with_the_plain_version(method, window, guard, cells, dtype, rms):
    rng = np.random.default_rng(5)
    detector = Detector(VideoSettings(method=method, window_cells=window, guard_cells=guard))
    video = noise((60, cells), rms, 3, dtype)
    video[rng.random(video.shape) < 0.01] = np.iinfo(dtype).max
    land = (rng.random(video.shape) < 0.2).astype(np.uint8)
    land[::3] = 0
    for mask in (NO_LAND, land):
        got, plain = detector.hits(video, mask), detector.plain_hits(video, mask)
        for a, b in zip(got, plain, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9)
    assert len(detector.hits(video).row) > 0 or cells == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_log_law_gives_the_same_hits_as_the_linear_one(method):
    video = noise((80, 300), 3e4, 1, np.uint32)
    log = np.round(20 * np.log10(np.maximum(video, 1)) / 0.002).astype(np.uint16)
    linear = Detector(VideoSettings(method=method)).hits(video)
    settings = VideoSettings(method=method, law="log", db_per_count=0.002)
    detector = Detector(settings)
    hits, plain = detector.hits(log), detector.plain_hits(log)
    np.testing.assert_allclose(hits.ratio, plain.ratio)
    cells = [set(zip(h.row, h.col, strict=True)) for h in (linear, hits)]
    assert len(cells[0] ^ cells[1]) <= 2 and len(cells[0]) > 150


def test_scales_are_the_roots_of_their_formulas():
    # Of CA, (1 + T)^-24 = 1e-6 for the sum's factor T.
    assert law.noise_scale("ca", 24, 1e-6) / 24 == pytest.approx(0.7783, abs=1e-4)
    for method in METHODS:
        scale = law.noise_scale(method, 24, 1e-6)
        assert law.noise_rate(method, 24, scale) == pytest.approx(1e-6, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_scales_hold_in_drawn_noise(method):
    # The level's law itself, with no cells: windows drawn, 4 million at the rate of 1e-3.
    rng, n = np.random.default_rng(2), 16
    window = rng.exponential(size=(1_000_000, n))
    half = n // 2
    if method == "ca":
        level = window.mean(axis=1)
    elif method == "os":
        level = np.sort(window, axis=1)[:, law.rank(n) - 1]
    else:
        level = np.maximum(window[:, :half].mean(axis=1), window[:, half:].mean(axis=1))
    count = half if method == "go" else n
    assert level.mean() == pytest.approx(law.noise_level(method, count), rel=0.01)
    scale = law.noise_scale(method, count, 1e-3)
    assert np.exp(-scale * level).mean() == pytest.approx(1e-3, rel=0.05)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [0.5, 1.0, 5.0])
def test_rates_in_spiky_clutter_are_those_of_drawn_windows(method, shape):
    rng, n = np.random.default_rng(3), 16
    window = rng.gamma(shape, 1 / shape, (400_000, n)) * rng.exponential(size=(400_000, n))
    half = n // 2
    if method == "ca":
        level = window.mean(axis=1)
    elif method == "os":
        level = np.sort(window, axis=1)[:, law.rank(n) - 1]
    else:
        level = np.maximum(window[:, :half].mean(axis=1), window[:, half:].mean(axis=1))
    count = half if method == "go" else n
    drawn = law.k_survival(20.0 * level, shape).mean()
    assert law.k_rate(method, count, shape, 20.0) == pytest.approx(drawn, rel=0.1)


def test_settings_name_what_is_wrong():
    for key, value in (
        ("pfa", 0.5),
        ("window_cells", 4),
        ("method", "so"),
        ("beamwidth_rad", np.nan),
    ):
        with pytest.raises(ConfigError, match=key):
            VideoSettings(**{key: value})

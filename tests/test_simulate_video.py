"""Simulated radar video: its statistics, its bytes, and what is found of the truth in it."""

import math

import numpy as np
import pytest

from coastwatch.decode.asterix import AsterixDecoder
from coastwatch.decode.base import Context
from coastwatch.feeds import read_file
from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import polar_to_lonlat
from coastwatch.model import Detections, Kind
from coastwatch.simulate import simulate
from coastwatch.simulate.motion import move
from coastwatch.simulate.scenario import Craft, Radar, Video
from coastwatch.simulate.video import amplitudes, echoes, gain, sweep
from coastwatch.simulate.wire import pcap, video_datagrams
from coastwatch.site import Asterix, Sensor
from coastwatch.site import Video as VideoKeys

AT = (3.0, 56.5)  # the middle of the North Sea: no land within the radar's reach
START_S = 1_764_000_000.0
TURN_S = 3.0


def test_noise_is_rayleigh_and_the_sea_is_k_distributed():
    rng = np.random.default_rng(1)
    video = Video(noise_counts=20.0)
    none = np.zeros((400, 400))
    noise = amplitudes(video, none, none, rng).astype(float)
    assert np.mean(noise**2) == pytest.approx(400.0, rel=0.02)
    assert np.mean(noise) == pytest.approx(20.0 * math.sqrt(math.pi) / 2, rel=0.01)
    # Of K-distributed intensity: <I^2> / <I>^2 = 2 (1 + 1 / shape).
    texture = rng.gamma(1.5, 1 / 1.5, none.shape)
    sea = amplitudes(Video(noise_counts=0.5), 300.0 * texture, none, rng).astype(float) ** 2
    assert np.mean(sea**2) / np.mean(sea) ** 2 == pytest.approx(2 * (1 + 1 / 1.5), rel=0.1)


def test_an_echo_stands_where_the_craft_is_as_wide_as_the_beam_and_as_long_as_the_hull():
    video = Video()
    place = (np.array([v]) for v in (9_010.0, math.radians(90.0), 30.0, 0.0))
    signal = echoes(video, [8.0], *place)
    row, cell = np.unravel_index(signal.argmax(), signal.shape)
    assert cell == 450 and row in (255, 256)  # 9,000 to 9,020 m; either side of 90 degrees
    half_power = np.sqrt(signal[:, cell] / signal.max())  # one way
    assert 2 <= (half_power > 0.5).sum() <= 4  # a degree holds 2.8 azimuths
    place = (np.array([v]) for v in (9_010.0, math.radians(90.0), 30.0, 0.0))
    ship = echoes(video, [200.0], *place)  # seen end on
    assert 10 <= (ship[row] > ship.max() / 4).sum() <= 13
    assert ship.sum() == pytest.approx(signal.sum(), rel=0.05)


def test_side_lobes_lie_under_the_main_lobe():
    off = np.radians([0.0, 0.5, 5.0, 90.0])
    assert 10 * np.log10(gain(Video(), off)) == pytest.approx([0.0, -6.02, -46.0, -56.0], abs=0.02)


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        simulate("dover-video", 7, tmp_path / name, duration_s=10.0)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.*"))
    assert any(p.suffix == ".pcap" for p in files)
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_the_site_of_an_exercise_reads_its_own_video(tmp_path):
    site = simulate("dover-video", 3, tmp_path, duration_s=13.0)
    from coastwatch.engine import Engine
    from coastwatch.site import load

    decoder = Engine(load(site), []).open_feed("gris-nez")
    found = [decoder.detections(d) for d in read_file(tmp_path / "feeds/gris-nez.pcap", "gris-nez")]
    d = Detections.concat(found)
    assert decoder.balance.difference == 0 and not decoder.balance.rejected
    assert decoder.counts["video summary: gris-nez exercise"] == 1
    looks = d.time_s[d.kind == Kind.LOOK]
    assert len(looks) >= 3
    assert np.diff(looks) == pytest.approx(np.full(len(looks) - 1, TURN_S), abs=0.2)
    assert (d.kind == Kind.PLOT).sum() > 20
    assert set(d.sensor.tolist()) == {0}


def extracted(tmp_path, craft, turns, video):
    """Plots of a radar at sea that has only these craft around it."""
    radar = Radar("r", AT, 60.0, 1, 2, 60004, 0.0, TURN_S, 20_000.0, video=video)
    duration_s = (turns + 1.5) * TURN_S
    plane = Plane(AT)
    rng = np.random.default_rng(11)
    motion = move(craft, plane, duration_s, rng)
    lonlat = plane.to_lonlat(motion.x_m, motion.y_m)
    scans = sweep(radar, craft, motion, lonlat, duration_s, rng)
    path = tmp_path / "video.pcap"
    path.write_bytes(pcap(radar, video_datagrams(radar, scans, START_S)))
    sensor = Sensor("r", "radar", AT, 60.0, 20_000.0, TURN_S, asterix=Asterix(1, 2),
                    video=VideoKeys(pulse_m=video.pulse_m))  # fmt: skip
    decoder = AsterixDecoder(Context(described=(sensor,), asterix=lambda sac, sic: 0))
    d = Detections.concat([decoder.detections(x) for x in read_file(path, "v")])
    return d.take(d.kind == Kind.PLOT)


def test_what_is_found_falls_with_range_and_little_else_is_found(tmp_path):
    """Boats of 14 dBm2 in a ring at each range, ten turns: the share that gives a plot.

    One of Swerling I needs some 15 dB to show in two cells, so that 0.99, 0.9, 0.45 and none of
    them would without a sea.
    """
    ranges, turns, around = (3_000.0, 6_000.0, 10_000.0, 18_000.0), 10, 12
    places = [(r, math.tau * (k + 0.1 * i) / around) for i, r in enumerate(ranges)
              for k in range(around)]  # fmt: skip
    craft = [
        Craft(f"{n}", "yacht", 11.0, (tuple(map(float, polar_to_lonlat(*AT, 60.0, r, a))),),
              rcs_offset_db=6.0)
        for n, (r, a) in enumerate(places)
    ]  # fmt: skip
    plots = extracted(tmp_path, craft, turns, Video(rain=0))
    x, y = (plots.range_m * f(plots.azimuth_rad) for f in (np.sin, np.cos))
    near = np.full(len(plots), np.inf)
    share = []
    for r in ranges:
        hits = 0
        for place in (p for p in places if p[0] == r):
            off = np.hypot(x - r * math.sin(place[1]), y - r * math.cos(place[1]))
            near = np.minimum(near, off)
            hits += min(int((off < 60.0 + 0.01 * r).sum()), turns)
        share.append(hits / turns / around)
    false = int((near > 250.0).sum())
    assert share[0] > 0.85 and share[1] > 0.75
    assert 0.2 < share[2] < 0.8
    assert share[3] < 0.15
    assert false / turns < 12


def test_plots_of_a_ship_lie_on_it_with_the_error_they_claim(tmp_path):
    places = [(4_000.0 + 700.0 * k, math.tau * k / 16) for k in range(16)]
    craft = [
        Craft(f"{n}", "buoy", 3.0, (tuple(map(float, polar_to_lonlat(*AT, 60.0, r, a))),),
              rcs_offset_db=25.0)
        for n, (r, a) in enumerate(places)
    ]  # fmt: skip
    plots = extracted(tmp_path, craft, 8, Video(rain=0))
    errors = []
    for r, a in places:
        turn = np.abs((plots.azimuth_rad - a + math.pi) % math.tau - math.pi)
        mine = (np.abs(plots.range_m - r) < 60.0) & (turn < 0.03)
        errors += zip(
            ((plots.range_m - r) / plots.sigma_range_m)[mine],
            (((plots.azimuth_rad - a + math.pi) % math.tau - math.pi)
             / plots.sigma_azimuth_rad)[mine],
            strict=True,
        )  # fmt: skip
    errors = np.array(errors)
    assert len(errors) > 100
    assert np.abs(np.median(errors, axis=0)).max() < 0.3
    assert (np.mean(np.abs(errors) < 3.0, axis=0) > 0.9).all()

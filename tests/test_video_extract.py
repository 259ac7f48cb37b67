"""Plots from video: where targets are, when, how surely, and what is no target."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.video_scene import TURN, Scene, Target, add, picture, sent, speckle, swerling
from coastwatch.decode.video.cluster import label, plain_label
from coastwatch.decode.video.extract import Extractor, Plots
from coastwatch.decode.video.settings import VideoSettings
from coastwatch.decode.video.spokes import Spokes

SCENE = Scene(cells=400)
QUIET = VideoSettings(sidelobe_db=math.inf, sidelobe_far_db=math.inf, sidelobe_rad=0.0, pfa=1e-6)
COLUMNS = ("time_s", "range_m", "azimuth_rad", "sigma_range_m", "sigma_azimuth_rad", "amplitude_db",
           "snr_db", "extent_m")  # fmt: skip


def part(spokes, rows):
    return replace(spokes, time_s=spokes.time_s[rows], azimuth_rad=spokes.azimuth_rad[rows],
                   cells=spokes.cells[rows])  # fmt: skip


def together(found):
    out = Plots(scans=[end for p in found for end in p.scans])
    for name in (*COLUMNS, "lon", "lat"):
        setattr(out, name, np.concatenate([getattr(p, name) for p in found]))
    return out


def plots_of(spokes, given=QUIET, mask=None):
    extractor = Extractor(given, mask)
    return together([extractor.take(spokes), extractor.flush()]), extractor


def near(plots, target, scene=SCENE):
    off = np.remainder(plots.azimuth_rad - target.azimuth_rad + math.pi, TURN) - math.pi
    return (np.abs(off) < scene.beamwidth_rad) & (
        np.abs(plots.range_m - target.cell * scene.cell_m) < 3 * scene.cell_m
    )


def balanced(extractor, plots):
    spokes, clusters = extractor.counts["spokes"], extractor.counts["clusters"]
    rejected, dropped = sum(extractor.rejected.values()), sum(extractor.suppressed.values())
    assert spokes == extractor.counts["processed"] + rejected + extractor.pending
    assert clusters == plots + dropped + extractor.held
    assert extractor.counts["plots"] == plots


def test_a_target_is_one_plot_where_and_when_it_was():
    target = Target(200.3, 1.0, 150.0)
    plots, extractor = plots_of(picture(SCENE, np.random.default_rng(1), [target]))
    (at,) = np.flatnonzero(near(plots, target))
    assert abs(plots.range_m[at] - target.cell * 5.0) < 3 * plots.sigma_range_m[at] < 10.0
    assert (
        abs(plots.azimuth_rad[at] - 1.0)
        < 3 * plots.sigma_azimuth_rad[at]
        < 0.2 * SCENE.beamwidth_rad
    )
    assert plots.time_s[at] == pytest.approx(1e9 + 2.5 / TURN, abs=0.005)
    assert plots.amplitude_db[at] == pytest.approx(20 * math.log10(150), abs=3)
    assert plots.snr_db[at] == pytest.approx(20 * math.log10(15), abs=4)
    assert plots.extent_m[at] < 15.0
    assert len(plots) <= 2
    balanced(extractor, len(plots))


@settings(max_examples=15, deadline=None)
@given(azimuth=st.floats(-0.02, 0.02), cell=st.floats(40.0, 360.0))
def test_a_target_at_north_is_one_plot_of_its_own_time(azimuth, cell):
    rng, target = np.random.default_rng(2), Target(cell, azimuth % TURN, 200.0)
    extractor = Extractor(QUIET)
    turns = [picture(SCENE, rng, [target], 1e9 + 2.5 * k) for k in range(3)]
    plots = together([*(extractor.take(t) for t in turns), extractor.flush()])
    found = np.flatnonzero(near(plots, target))
    inner = [i for i in found if 1e9 + 2.0 < plots.time_s[i] < 1e9 + 5.5]
    assert len(inner) == 2
    for i, turn in zip(inner, (1, 2), strict=True):
        off = (plots.azimuth_rad[i] - azimuth + math.pi) % TURN - math.pi
        assert abs(off) < 0.15 * SCENE.beamwidth_rad
        assert plots.time_s[i] == pytest.approx(1e9 + 2.5 * (turn + azimuth / TURN), abs=0.01)
    balanced(extractor, len(plots))


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_batches_and_the_order_within_them_change_nothing(data):
    rng = np.random.default_rng(3)
    spokes = picture(SCENE, rng, swerling(SCENE, rng, 25.0, 40))
    whole, _ = plots_of(spokes)
    reach = data.draw(st.integers(1, 12))
    order = np.argsort(np.arange(2048) + rng.uniform(0, reach, 2048), kind="stable")
    # The first spoke tells where the turn begins.
    order = np.concatenate([[0], order[order != 0]])
    cuts = sorted(data.draw(st.lists(st.integers(1, 2047), max_size=20)))
    extractor = Extractor(QUIET)
    found = [extractor.take(part(spokes, rows)) for rows in np.split(order, cuts)]
    pieces = together([*found, extractor.flush()])
    assert len(whole) > 20
    for name in COLUMNS:
        a, b = getattr(whole, name), getattr(pieces, name)
        np.testing.assert_allclose(np.sort(a), np.sort(b), rtol=1e-9)
    balanced(extractor, len(pieces))


def test_a_plot_comes_before_the_turn_is_complete():
    target = Target(200.0, math.radians(40.0), 150.0)
    spokes = picture(SCENE, np.random.default_rng(4), [target])
    extractor = Extractor(VideoSettings())
    for row in range(2048):
        plots = extractor.take(part(spokes, slice(row, row + 1)))
        if near(plots, target).any():
            break
    # Its own sector, the reach of side lobes, half a sector for spokes out of order.
    assert math.degrees(spokes.azimuth_rad[row]) < 40.0 + 10.0 + 2 * 5.7


def test_a_turn_ends_at_north_after_all_its_plots():
    rng, extractor = np.random.default_rng(5), Extractor(VideoSettings())
    ends, last = [], -math.inf
    for k in range(3):
        plots = extractor.take(picture(SCENE, rng, swerling(SCENE, rng, 20.0, 20), 1e9 + 2.5 * k))
        ends += [end for (end,) in plots.scans]
        last = max(last, plots.time_s.max(initial=-math.inf))
    assert ends == pytest.approx([1e9 + 2.5, 1e9 + 5.0], abs=0.01)
    assert not (extractor.flush().time_s < ends[-1]).any()


def test_missing_repeated_and_uneven_spokes_make_no_two_of_one():
    rng, target = np.random.default_rng(6), Target(200.0, 2.0, 200.0)
    scene = replace(SCENE, beamwidth_rad=math.radians(2.0))
    spokes = picture(scene, rng, [target])
    rows = np.sort(np.concatenate([np.flatnonzero(rng.random(2048) > 0.3), np.arange(0, 2048, 7)]))
    jitter = rng.uniform(-0.2, 0.2, len(rows)) * TURN / 2048
    some = part(spokes, rows)
    some.azimuth_rad = some.azimuth_rad + jitter
    given = replace(QUIET, beamwidth_rad=scene.beamwidth_rad)
    plots, extractor = plots_of(some, given)
    assert near(plots, target, scene).sum() == 1
    assert extractor.rejected["spoke repeated"] > 50
    balanced(extractor, len(plots))


def test_a_change_of_range_scale_begins_anew():
    rng, target = np.random.default_rng(7), Target(200.0, 1.0, 200.0)
    extractor = Extractor(QUIET)
    first = extractor.take(part(picture(SCENE, rng, [target]), slice(0, 340)))
    other = replace(SCENE, cell_m=2.5)
    second = together([extractor.take(picture(other, rng, [target])), extractor.flush()])
    plots = together([first, second])
    assert near(plots, target).sum() == 1 and near(plots, target, other).sum() == 1
    assert extractor.counts["pictures"] == 2
    balanced(extractor, len(plots))


@pytest.mark.parametrize("snr_db", [13.0, 20.0, 30.0, 40.0])
@pytest.mark.parametrize("pulse,beam", [(1.0, 1.0), (3.0, 1.0), (2.0, 0.5), (4.0, 3.0)])
def test_errors_are_as_large_as_they_are_told(snr_db, pulse, beam):
    scene = Scene(
        cells=600, bits=16, rms=100.0, pulse_cells=pulse, beamwidth_rad=math.radians(beam)
    )
    given = replace(QUIET, pfa=1e-5, pulse_m=pulse * 5.0, beamwidth_rad=scene.beamwidth_rad)
    rng, off = np.random.default_rng(8), []
    extractor = Extractor(given)
    for _ in range(2):
        targets = swerling(scene, rng, snr_db, 120)
        plots = together([extractor.take(picture(scene, rng, targets)), extractor.flush()])
        for target in targets:
            for i in np.flatnonzero(near(plots, target, scene)):
                azimuth = (plots.azimuth_rad[i] - target.azimuth_rad + math.pi) % TURN - math.pi
                metres = plots.range_m[i] - target.cell * 5
                off.append((azimuth / plots.sigma_azimuth_rad[i], metres / plots.sigma_range_m[i]))
    square = (np.array(off) ** 2).sum(axis=1)
    assert len(square) >= 30
    # 5.99 holds 95 % of what has two degrees of freedom; the count of others is binomial.
    out = (square > 5.99).mean()
    assert out < 0.05 + 2.6 * math.sqrt(0.05 * 0.95 / len(square))
    # Not told larger than they are: within a factor of 1.6 while the echo is weak.
    assert snr_db > 20 or square.mean() / 2 > 1 / 1.6**2


def test_land_is_neither_detected_nor_a_reference():
    rng = np.random.default_rng(9)
    boat = Target(190.0, 1.0, 120.0)
    amplitude = speckle(SCENE, rng)
    amplitude[250:420, 200:300] *= 20  # azimuths of 0.77 to 1.29
    scene_boat = np.zeros_like(amplitude)
    add(SCENE, scene_boat, boat, rng)
    spokes = sent(SCENE, np.abs(amplitude + scene_boat))

    def mask(range_m, azimuth_rad):
        inside = (azimuth_rad > 0.76) & (azimuth_rad < 1.30)
        return inside[:, None] & (range_m > 995.0) & (range_m < 1505.0)

    given = replace(QUIET, method="go")  # a reference on the land would hide the boat from it
    plots, extractor = plots_of(spokes, given, mask)
    assert near(plots, boat).sum() == 1
    assert not mask(plots.range_m, plots.azimuth_rad).diagonal().any()
    bare, _ = plots_of(spokes, given)
    assert near(bare, boat).sum() == 0
    balanced(extractor, len(plots))


def test_side_lobes_of_a_saturated_echo_are_counted_not_told():
    rng, given = np.random.default_rng(10), VideoSettings(pfa=1e-6)
    ship, boat = Target(200.5, 1.0, 20_000.0), Target(260.5, 1.06, 80.0)
    lobes = [Target(200.5, 1.0 + math.radians(d), 20.0 * 10 ** (10 / 20)) for d in (-7, -4, 4, 7)]
    far = Target(200.5, 4.0, 60.0)
    plots, extractor = plots_of(picture(SCENE, rng, [ship, boat, *lobes, far]), given)
    assert near(plots, ship).sum() == near(plots, boat).sum() == near(plots, far).sum() == 1
    assert [near(plots, lobe).sum() for lobe in lobes] == [1, 1, 1, 1]  # 12 dB below full scale
    weaker = replace(given, sidelobe_db=30.0)
    plots, extractor = plots_of(picture(SCENE, rng, [ship, boat, *lobes, far]), weaker)
    assert near(plots, ship).sum() == near(plots, boat).sum() == near(plots, far).sum() == 1
    assert sum(near(plots, lobe).sum() for lobe in lobes) == 0
    assert extractor.suppressed["side lobe"] >= 4
    balanced(extractor, len(plots))


def test_a_pulse_of_another_radar_is_interference():
    rng = np.random.default_rng(11)
    spokes = picture(SCENE, rng, [Target(100.0, 3.0, 100.0)])
    for row in range(100, 2000, 60):
        spokes.cells[row, row % 300 + 50 : row % 300 + 53] = 200
    plots, extractor = plots_of(spokes)
    assert extractor.suppressed["interference"] >= 30
    assert near(plots, Target(100.0, 3.0, 1.0)).sum() == 1 and len(plots) <= 3


def test_far_land_folded_back_is_a_second_trace():
    rng = np.random.default_rng(12)
    spokes = picture(SCENE, rng, [Target(100.0, 3.0, 100.0)])
    spokes.cells[500:525, 150:152] = 120  # 4.4 degrees at 750 m: 57 m
    given = replace(QUIET, unambiguous_m=10_000.0)

    def mask(range_m, azimuth_rad):
        return np.broadcast_to(range_m > 10_500.0, (len(azimuth_rad), len(range_m)))

    plots, extractor = plots_of(spokes, given, mask)
    assert extractor.suppressed["second trace"] == 1 and len(plots) <= 2
    plots, extractor = plots_of(spokes, given)
    assert extractor.suppressed["second trace"] == 0 and len(plots) >= 2


def test_what_is_too_large_for_a_vessel_is_counted():
    rng = np.random.default_rng(13)
    spokes = picture(SCENE, rng)
    spokes.cells[300:700, 250:253] = 150  # 1.2 rad at 1,250 m
    spokes.cells[1000:1010, 100:260] = 0
    plots, extractor = plots_of(spokes)
    assert extractor.suppressed["too large"] >= 1
    assert not ((np.abs(plots.range_m - 1257) < 30) & (plots.azimuth_rad < 2.2)
                & (plots.azimuth_rad > 0.9)).any()  # fmt: skip


def test_a_buoy_stays_a_plot_for_as_long_as_it_stands():
    rng, buoy = np.random.default_rng(14), Target(150.5, 2.0, 70.0)
    extractor, seen = Extractor(VideoSettings()), 0
    for k in range(30):
        plots = extractor.take(picture(SCENE, rng, [buoy], 1e9 + 2.5 * k))
        seen += int(near(plots, buoy).sum())
    assert seen == 30


def test_the_length_of_a_ship_is_told_without_beam_and_pulse():
    rng = np.random.default_rng(15)
    ship = [Target(150.0 + i, 2.0, 100.0) for i in range(20)]  # 100 m along the range
    plots, _ = plots_of(picture(SCENE, rng, ship), replace(QUIET, guard_cells=20))
    found = near(plots, Target(159.5, 2.0, 1.0))
    assert found.sum() == 1 and 60 < plots.extent_m[found][0] < 140


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_nothing_that_a_sender_makes_up_escapes(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    given = VideoSettings(
        window_cells=8, guard_cells=1, min_cells=1,
        method=data.draw(st.sampled_from(["os", "go", "ca"])),
        law=data.draw(st.sampled_from(["linear", "log"])),
    )  # fmt: skip
    extractor, count = Extractor(given), 0
    numbers = st.one_of(st.floats(), st.floats(-10, 10), st.just(0.003))
    for _ in range(data.draw(st.integers(1, 6))):
        n, m = data.draw(st.integers(0, 60)), data.draw(st.sampled_from([0, 1, 5, 64, 300]))
        dtype = data.draw(st.sampled_from([np.uint8, np.uint16, np.uint32, np.int16, np.float64]))
        top = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 9
        cells = rng.integers(0, top, (n, m), dtype=np.int64 if dtype != np.uint32 else np.uint32)
        cells = (cells // data.draw(st.sampled_from([1, 1000, 2**31]))).astype(dtype)
        azimuth = rng.uniform(-20, 20, n)
        azimuth[rng.random(n) < 0.2] = data.draw(numbers)
        time_s = np.where(rng.random(n) < 0.5, np.nan, data.draw(numbers))
        if data.draw(st.booleans()):
            azimuth = azimuth[: n // 2]
        near = data.draw(st.sampled_from([0.0, -5.0, math.nan, 1e300]))
        length = data.draw(st.sampled_from([5.0, 0.0, -1.0, math.nan, 1e30]))
        bits = data.draw(st.sampled_from([8, 0, 33, 16]))
        spokes = Spokes(time_s, azimuth, data.draw(numbers), near, length, bits, cells)
        with np.errstate(all="raise", under="ignore"):
            count += len(extractor.take(spokes))
        balanced(extractor, count)
    count += len(extractor.flush())
    balanced(extractor, count)
    assert extractor.pending == extractor.held == 0


def test_an_antenna_that_turned_back_is_found_again():
    rng, target = np.random.default_rng(17), Target(200.5, 1.0, 150.0)
    extractor, spokes = Extractor(QUIET), picture(SCENE, rng, [target])
    extractor.take(spokes)
    for _ in range(3):  # as many turns the other way
        extractor.take(part(spokes, slice(None, None, -1)))
    assert extractor.rejected["spoke too late"] > 2048
    found = [extractor.take(part(spokes, slice(i, i + 256))) for i in range(0, 2048, 256)] * 1
    found += [extractor.take(picture(SCENE, rng, [target])) for _ in range(2)]
    assert near(together(found), target).sum() >= 2


def test_an_antenna_that_stands_still_fills_no_memory():
    extractor = Extractor(QUIET)
    rng = np.random.default_rng(16)
    cells = rng.integers(0, 20, (4096, 32_768), dtype=np.uint8)
    still = Spokes(np.full(4096, 1e9), np.full(4096, 1.0), 0.003, 0.0, 5.0, 8, cells)
    for _ in range(3):
        extractor.take(still)
    assert extractor.pending <= 4096
    assert extractor.rejected["spoke repeated"] + extractor.rejected["spoke too late"] > 8000


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), gap=st.integers(1, 4), reach=st.sampled_from([0.0, 1.0, 2.5]))
def test_labels_are_those_of_every_pair_looked_at(seed, gap, reach):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 80))
    along, col = rng.integers(0, 12, n).astype(float), rng.integers(0, 30, n)
    order = np.lexsort((col, along))
    along, col = along[order], col[order]
    np.testing.assert_array_equal(
        label(along, col, reach, gap), plain_label(along, col, reach, gap)
    )

"""radar show: which spokes make a scan, what is drawn where, what is said where there is none."""

import math

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from coastwatch.cli import main
from coastwatch.decode.video.spokes import Spokes
from coastwatch.maps import scope as drawing
from coastwatch.maps.scope import Mark, Scope, draw_scope
from coastwatch.model import InputError
from coastwatch.scan import Turns, show_scan
from coastwatch.simulate import simulate
from tests.shared import SHARED, needs_shared


def spokes(degrees, start_s=0.0, sensor_cells=8):
    azimuth = np.radians(np.asarray(degrees, float) % 360)
    n = len(azimuth)
    cells = np.zeros((n, sensor_cells), np.uint8)
    return Spokes(start_s + np.arange(n) * 0.1, azimuth, math.radians(1.0), 0.0, 100.0, 8, cells)


def test_a_turn_ends_where_the_antenna_has_gone_once_round():
    turns = Turns(None)
    for start in range(90, 90 + 3 * 360, 40):  # batches that do not end at north
        turns.take(0, spokes(np.arange(start, start + 40, 2), start / 20))
    turns.finish()
    assert turns.whole == 3
    first = turns.kept.parts[0].azimuth_rad[0]
    assert math.degrees(first) == pytest.approx(90.0)
    assert sum(len(p.time_s) for p in turns.kept.parts) == 180


def test_the_chosen_turn_is_kept_and_another_sensor_counts_for_itself():
    turns = Turns(2)
    for n in range(3):
        turns.take(0, spokes(np.arange(0, 360, 10), 100.0 * n))
        turns.take(1, spokes(np.arange(0, 90, 10), 100.0 * n))
    turns.finish()
    assert turns.kept.sensor == 0 and turns.kept.number == 2
    assert turns.kept.parts[0].time_s[0] == 100.0


def test_a_file_of_less_than_a_turn_is_drawn_as_far_as_it_goes():
    turns = Turns(None)
    turns.take(0, spokes(np.arange(0, 90, 10)))
    turns.finish()
    assert turns.kept.number == 1


def lit(image, x, y):
    """How bright the picture is around a pixel of the disc, east and north of the middle."""
    middle = drawing.SIZE // 2
    part = np.asarray(image)[middle - y - 4 : middle - y + 5, middle + x - 4 : middle + x + 5]
    return int(part.max())


def test_video_and_marks_stand_in_true_bearing_and_range(tmp_path):
    azimuth = (np.arange(360) + 0.5) * math.tau / 360
    cells = np.zeros((360, 100), np.uint8)
    cells[88:92, 50:52] = 255  # east, half way out
    radius = drawing.SIZE // 2 - drawing.MARGIN
    scope = Scope("t", 0.0, math.nan, math.nan, azimuth, math.tau / 360, 0.0, 100.0, 8, cells)
    scope.plots = [Mark(0.0, -7_000.0)]  # metres: nobody knows where the radar is
    draw_scope(scope, tmp_path / "a.png")
    image = Image.open(tmp_path / "a.png")
    assert image.size == (drawing.SIZE + drawing.PANEL, drawing.SIZE)
    assert lit(image, radius * 51 // 100, 0) > 200
    assert lit(image, -radius * 51 // 100, 0) < 120
    assert lit(image, 0, -radius * 7 // 10) > 200
    # Sectors that no spoke covers stay dark.
    scope.azimuth_rad, scope.cells = azimuth[:80], cells[88:90].repeat(40, axis=0)
    scope.plots = []
    draw_scope(scope, tmp_path / "b.png")
    assert lit(Image.open(tmp_path / "b.png"), radius * 36 // 100, radius * 36 // 100) > 200
    assert lit(Image.open(tmp_path / "b.png"), -radius * 36 // 100, radius * 36 // 100) < 80


def test_an_exercise_shows_its_wind_farm_and_the_ships(tmp_path):
    site = simulate("dover-video", 5, tmp_path, duration_s=16.0)
    feeds = [tmp_path / "feeds" / name for name in ("gris-nez.pcap", "ais-gris-nez.nmea")]
    out = tmp_path / "scan.png"
    shown = CliRunner().invoke(
        main,
        ["radar", "show", *map(str, feeds), "--site", str(site), "--out", str(out), "--scan", "4"],
    )
    assert shown.exit_code == 0, shown.output
    assert "gris-nez, scan 4 of 5, 1024 spokes" in shown.output
    again = tmp_path / "again.png"
    scope = show_scan(feeds, again, site, 4)
    assert again.read_bytes() == out.read_bytes()
    farm = [m for m in scope.plots if 1.43 < m.lon < 1.49 and 50.78 < m.lat < 50.82]
    assert len(farm) >= 8  # of twelve
    assert sum(not m.unknown for m in scope.tracks) >= 3
    assert len(scope.ais) >= 10
    assert (scope.lon, scope.lat) == (1.583, 50.870)


def test_files_without_video_and_scans_that_are_not_there_are_named(tmp_path):
    log = tmp_path / "a.nmea"
    log.write_text("!AIVDM,1,1,,A,13biI07P000HjtRNKQ89QOwL0003,0*76\n")
    with pytest.raises(InputError, match="no radar video"):
        show_scan([log], tmp_path / "a.png")
    with pytest.raises(InputError, match="no such file"):
        show_scan([tmp_path / "b.pcap"], tmp_path / "a.png")
    simulate("dover-video", 5, tmp_path, duration_s=10.0)
    with pytest.raises(InputError, match="no scan 9; the last one is"):
        show_scan([tmp_path / "feeds/gris-nez.pcap"], tmp_path / "a.png", None, 9)


def test_a_site_names_its_feed_wherever_the_file_lies_and_its_bias_is_taken_off(tmp_path):
    simulate("dover-video", 5, tmp_path, duration_s=10.0)
    site = tmp_path / "site.toml"
    moved = tmp_path / "elsewhere/gris-nez.pcap"
    moved.parent.mkdir()
    (tmp_path / "feeds/gris-nez.pcap").rename(moved)
    text = site.read_text()
    assert "sic = 17" in text
    # Another address: only the feed says which radar this is.
    site.write_text(text.replace("sic = 17", "sic = 18"))
    plain = show_scan([moved], tmp_path / "a.png", site, 2)
    assert plain.notes[0].startswith("gris-nez")
    biased = text.replace("sic = 17", "sic = 18").replace(
        "height_m", "azimuth_bias_deg = 3.0\nheight_m", 1
    )
    site.write_text(biased)
    turned = show_scan([moved], tmp_path / "b.png", site, 2)
    way = np.remainder(plain.azimuth_rad - turned.azimuth_rad, math.tau)
    np.testing.assert_allclose(way, math.radians(3.0), atol=1e-9)


@pytest.mark.shared
@needs_shared
def test_a_recorded_halo_is_drawn_over_its_coast_without_a_site(tmp_path):
    scope = show_scan([SHARED / "radar/halo_and_0183.pcap"], tmp_path / "halo.png", None, 3)
    assert (scope.lon, scope.lat) == (pytest.approx(5.2677, abs=1e-3), pytest.approx(53.179))
    assert scope.cells.shape == (2048, 1024)
    assert len(scope.ais) > 100
    assert len(scope.plots) > 30
    assert (tmp_path / "halo.png").stat().st_size > 50_000

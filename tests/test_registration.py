"""A radar's bias against AIS: found within its own uncertainty, or plainly said not to be seen."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from click.testing import CliRunner

import coastwatch
from coastwatch.cli import main
from coastwatch.geo.place import place
from coastwatch.model import ConfigError, Detections, InputError, Kind
from coastwatch.sensors.registration import Plots, register
from coastwatch.sensors.ways import Reports, ways
from coastwatch.site import Site, load
from tests.nmea import POSITION, ais, signed, tagged
from tests.radar_scene import ORIGIN, PLANE, SENSOR, T0, Scene
from tests.shared import SHARED, needs_shared

SEEDS = range(20)


def scene(seed: int, **changes) -> Scene:
    """A scene whose biases follow from the seed."""
    rng = np.random.default_rng(1000 + seed)
    return replace(
        Scene(
            azimuth_bias_deg=rng.uniform(-6, 6),
            range_bias_m=rng.uniform(-120, 120),
            range_scale=1 + rng.uniform(-0.025, 0.025),
            latency_s=rng.uniform(0, 2),
        ),
        **changes,
    )


def truth(of: Scene) -> np.ndarray:
    return np.array(
        [math.radians(of.azimuth_bias_deg), of.range_bias_m, of.range_scale - 1, of.latency_s]
    )


def estimate(of: Scene, seed: int):
    return register(*of.make(seed), SENSOR, PLANE)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"clutter": 200.0, "minutes": 5.0},
        {"moving": True},
        {"vessels": 8, "anchored": 1},
        {"minutes": 0.2, "detection": 0.95},
    ],
    ids=["plain", "clutter", "moving radar", "few vessels", "four scans"],
)
def test_biases_are_found_within_three_sigma_and_the_sigma_is_honest(changes):
    errors, nees = [], []
    for seed in SEEDS:
        of = scene(seed, **changes)
        found = estimate(of, seed)
        assert found.reason == ""
        free = np.array(found.free)
        error = (found.theta - truth(of))[free]
        errors.append(np.abs(error / found.sigma[free]).max())
        cov = found.cov[np.ix_(free, free)]
        nees.append(error @ np.linalg.solve(cov, error) / free.sum())
    assert max(errors) < 3.0
    # Sigmas are made on the safe side: of 20 runs of 4 parameters the mean would lie in 0.7..1.4.
    assert 0.25 < np.mean(nees) < 1.4


def test_wrong_pairs_do_not_pull_the_estimate():
    quiet, loud = (
        [estimate(scene(seed, clutter=c, minutes=4.0), seed).theta for seed in range(6)]
        for c in (0.0, 600.0)
    )
    shift = np.abs(np.array(loud) - np.array(quiet)).mean(axis=0)
    assert np.degrees(shift[0]) < 0.05 and shift[1] < 15.0 and shift[2] < 0.002


def test_a_vessel_that_lies_about_her_place_is_outvoted():
    of = scene(3)
    plots, reports = of.make(3)
    lie = reports.mmsi == reports.mmsi.max()
    reports.lat = reports.lat + np.where(lie, 0.0022, 0.0)  # 245 m
    found = register(plots, reports, SENSOR, PLANE)
    assert np.all(np.abs(found.theta - truth(of))[:3] < 3 * found.sigma[:3])


def with_harbour(plots: Plots, reports: Reports, seed: int) -> tuple[Plots, Reports]:
    """The same, with 60 vessels moored in a harbour whose buildings echo in every scan."""
    rng = np.random.default_rng(seed)
    x, y = 6_000.0 + rng.uniform(-250, 250, 60), 3_000.0 + rng.uniform(-250, 250, 60)
    lon, lat = PLANE.to_lonlat(x, y)
    moored = Reports(np.full(60, T0 + 5.0), 300_000_000 + np.arange(60), lon, lat, np.zeros(60),
                     np.full(60, np.nan), np.full(60, 10.0))  # fmt: skip
    scans = np.arange(np.floor(plots.time_s.min()), plots.time_s.max(), SENSOR.scan_s)
    at_x, at_y = 6_000.0 + rng.uniform(-900, 900, 40), 3_000.0 + rng.uniform(-900, 900, 40)
    n = len(scans) * 40
    echoes = Plots(
        np.repeat(scans, 40),
        np.tile(np.hypot(at_x, at_y), len(scans)) + rng.normal(0, 5, n),
        np.tile(np.arctan2(at_x, at_y), len(scans)) + rng.normal(0, 1e-3, n),
        np.full(n, ORIGIN[0]),
        np.full(n, ORIGIN[1]),
    )
    return (
        Plots(*(np.concatenate([getattr(plots, k), getattr(echoes, k)]) for k in Plots.__slots__)),
        Reports(
            *(np.concatenate([getattr(reports, k), getattr(moored, k)]) for k in Reports.__slots__)
        ),
    )


def test_a_harbour_full_of_vessels_and_echoes_does_not_outvote_the_sea():
    for seed in range(4):
        of = scene(seed, minutes=2.0)
        found = register(*with_harbour(*of.make(seed), seed), SENSOR, PLANE)
        assert found.reason == ""
        assert np.all(np.abs(found.theta - truth(of)) < 3 * found.sigma)


def test_the_noise_of_the_radar_is_measured_too():
    found = estimate(scene(1), 1)
    assert found.sigma_range_m == pytest.approx(20.0, rel=0.15)
    assert math.degrees(found.sigma_azimuth_rad) == pytest.approx(0.4, rel=0.15)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vessels": 3, "anchored": 0}, "vessels seen by radar and AIS; 4 are needed"),
        ({"detection": 0.0, "clutter": 300.0}, "vessels seen by radar and AIS; 4 are needed"),
        ({"sector_deg": (40.0, 50.0), "anchored": 12, "vessels": 12}, "degrees; 40 are needed"),
    ],
)
def test_what_is_not_observable_is_said_plainly(changes, words):
    found = estimate(scene(2, **changes), 2)
    assert words in found.reason
    assert found.lines() == [] and found.to_document()["azimuth_bias_deg"] is None


def test_no_plots_or_no_ais_is_no_estimate():
    plots, reports = Scene().make(0)
    none = Plots(*(np.empty(0),) * 5)
    assert "no plot" in register(none, reports, SENSOR, PLANE).reason
    silent = Reports(*(np.empty(0),) * 7)
    silent.mmsi = np.empty(0, dtype=np.int64)
    assert "no vessel" in register(plots, silent, SENSOR, PLANE).reason
    broken = replace(plots, range_m=plots.range_m * np.nan)
    assert "no plot" in register(broken, reports, SENSOR, PLANE).reason


def test_ranges_that_are_all_alike_give_a_bias_but_no_scale():
    of = scene(4, vessels=14, anchored=14, ranges_m=(8_900.0, 9_100.0))
    found = estimate(of, 4)
    assert found.reason == "" and found.free == (True, True, False, False)
    whole, sigma = found.range_bias_at(9_000.0)
    assert abs(whole - of.range_bias_m - (of.range_scale - 1) * 9_000.0) < 3 * sigma < 60.0
    assert found.to_document()["range_scale"] is None
    assert found.lines()[-1] == "range_scale = 1.00000"


def test_the_order_of_plots_and_reports_does_not_matter():
    plots, reports = scene(5, minutes=3.0).make(5)
    rng = np.random.default_rng(0)
    mixed = plots.take(rng.permutation(len(plots.time_s)))
    order = rng.permutation(len(reports.time_s))
    turned = Reports(*(getattr(reports, name)[order] for name in Reports.__slots__))
    one, other = (register(p, r, SENSOR, PLANE) for p, r in ((plots, reports), (mixed, turned)))
    np.testing.assert_allclose(one.theta, other.theta, rtol=1e-6)
    assert one.pairs == other.pairs


def test_a_way_goes_through_its_reports_and_ends_soon_after():
    t = np.array([0.0, 10.0, 200.0])
    lon, lat = PLANE.to_lonlat(5.0 * t, 0.0 * t)
    reports = Reports(t, np.full(3, 244_000_000), lon, lat, np.full(3, 5.0),
                      np.full(3, math.pi / 2), np.full(3, 10.0))  # fmt: skip
    (way,) = ways(reports, PLANE)
    x, y, vx, _, sigma = way.at(np.array([-10.0, 0.0, 4.0, 10.0, 100.0, 210.0, 230.0]))
    np.testing.assert_allclose(x, [-50, 0, 20, 50, np.nan, 1050, np.nan], atol=0.1)
    np.testing.assert_allclose(y[:3], 0.0, atol=0.1)
    assert vx[2] == pytest.approx(5.0, rel=1e-3) and sigma[1] == 10.0 < sigma[2]


def written(tmp_path, of: Scene, seed: int):
    """The scene as files: a site, the radar's plots, the AIS as sentences."""
    plots, reports = of.make(seed)
    stamp = [datetime.fromtimestamp(t, UTC).isoformat() for t in plots.time_s]
    rows = zip(stamp, plots.range_m, np.degrees(plots.azimuth_rad), strict=True)
    text = "time,sensor,range_m,azimuth_deg\n"
    text += "".join(f"{t},nez,{r:.2f},{a:.5f}\n" for t, r, a in rows)
    (tmp_path / "radar.plots.csv").write_text(text)
    lines = []
    for k in np.argsort(reports.time_s, kind="stable"):
        fields = POSITION | {
            "mmsi": int(reports.mmsi[k]), "lon": reports.lon[k], "lat": reports.lat[k],
            "speed": reports.sog_mps[k] * 3600 / 1852, "course": math.degrees(reports.cog_rad[k]),
        }  # fmt: skip
        lines += [tagged(s, c=round(reports.time_s[k] * 1000)) for s in ais(fields)]
    (tmp_path / "ais.nmea").write_text("\r\n".join(lines) + "\r\n")
    site = tmp_path / "site.toml"
    site.write_text(f"""
[site]
name = "Strait"
origin = [{ORIGIN[0]}, {ORIGIN[1]}]

[[sensor]]
id = "nez"
kind = "radar"
position = [{ORIGIN[0]}, {ORIGIN[1]}]
height_m = 40.0
range_max_m = 25000.0
sigma_azimuth_deg = 0.4
""")
    return site, [tmp_path / "radar.plots.csv", tmp_path / "ais.nmea"]


def test_the_command_prints_lines_that_mend_the_site(tmp_path):
    of = Scene(azimuth_bias_deg=1.5, range_bias_m=60.0, range_scale=1.02, minutes=4.0, clutter=20.0)
    site, inputs = written(tmp_path, of, 7)
    run = CliRunner().invoke(main, ["radar", "register", str(site), *map(str, inputs)])
    assert run.exit_code == 0, run.output
    table, _, mend = run.output.partition("[[sensor]]  # nez: in site.toml\n")
    assert table.splitlines()[0].startswith("sensor  azimuth bias, deg")
    (before,) = coastwatch.register_radars(site, inputs)
    assert np.abs(before.remaining()).min() > 5.0
    site.write_text(site.read_text() + mend)
    run = CliRunner().invoke(main, ["radar", "register", "--json", str(site), *map(str, inputs)])
    (told,) = json.loads(run.output)
    assert abs(told["remaining_azimuth_sigmas"]) < 0.1 and abs(told["remaining_range_sigmas"]) < 0.1
    assert told["azimuth_bias_deg"] == pytest.approx(1.5, abs=3 * told["azimuth_bias_deg_sigma"])
    assert told["range_scale"] == pytest.approx(1.02, abs=3 * told["range_scale_sigma"])
    # A plot of a vessel due east lands upon her.
    radar = load(site).sensors[0]
    r, azimuth = 1.02 * 8_000.0 + 60.0, math.radians(91.5)
    row = {"kind": [Kind.PLOT], "sensor": [0], "range_m": [r], "azimuth_rad": [azimuth]}
    placed = place(Detections.of(**row), Site("Strait", ORIGIN, sensors=(radar,)), PLANE)
    assert math.hypot(placed.x_m[0] - 8_000.0, placed.y_m[0]) < 40.0


def degrees_minutes(value: float, width: int, sides: str) -> str:
    whole, minutes = divmod(round(abs(value) * 60, 5), 60.0)
    return f"{int(whole):0{width}d}{minutes:08.5f},{sides[int(value < 0)]}"


def test_a_ships_nmea_radar_is_registered_by_its_relative_bearings(tmp_path):
    of = Scene(azimuth_bias_deg=-2.0, range_scale=1.015, minutes=4.0, clutter=5.0, moving=True)
    plots, _ = of.make(11)
    heading = 73.0
    said = []
    for second in np.arange(np.floor(plots.time_s.min()), plots.time_s.max() + 1):
        k = int(np.argmin(np.abs(plots.time_s - second)))
        lon, lat = plots.sensor_lon[k], plots.sensor_lat[k]
        at = f"{degrees_minutes(lat, 2, 'NS')},{degrees_minutes(lon, 3, 'EW')}"
        said += [
            (plots.time_s[k], "GP0001", f"$GPGNS,,{at},AA,08,0.9,,,,"),
            (plots.time_s[k], "GP0001", "$GPVTG,90.0,T,,M,7.776,N,14.4,K,A"),
            (second, "GY0001", f"$HEHDT,{heading},T"),
        ]
    for k in range(len(plots.time_s)):
        bearing = (math.degrees(plots.azimuth_rad[k]) - heading) % 360.0
        ttm = f"$RATTM,{k % 90:02d},{plots.range_m[k] / 1000:.3f},{bearing:.2f},R,,,,,,K,,T,,,A"
        said.append((plots.time_s[k], "RA0001", ttm))
    lines = [tagged(signed(body), s=s, c=round(t * 1000)) for t, s, body in sorted(said)]
    site, (_, heard) = written(tmp_path, of, 11)
    site.write_text(site.read_text() + 'moving = true\nstation = "RA0001"\n')
    radar = tmp_path / "radar.nmea"
    radar.write_bytes(b"".join(b"UdPbC\0" + line.encode() + b"\r\n" for line in lines))
    (found,) = coastwatch.register_radars(site, [radar, heard])
    assert found.reason == "" and found.plots == len(plots.time_s)
    assert np.all(np.abs(found.theta - truth(of))[:3] < 3 * found.sigma[:3])


def test_a_site_without_a_radar_and_a_missing_file_are_told(tmp_path):
    site, inputs = written(tmp_path, Scene(vessels=1, minutes=0.2), 1)
    with pytest.raises(InputError, match="no such file"):
        coastwatch.register_radars(site, [tmp_path / "none.nmea"])
    site.write_text(site.read_text().replace('"radar"', '"camera"'))
    with pytest.raises(ConfigError, match="no sensor of kind"):
        coastwatch.register_radars(site, inputs)


def test_of_very_many_plots_whole_scans_are_left_out(tmp_path, monkeypatch):
    of = Scene(azimuth_bias_deg=1.5, minutes=4.0, clutter=20.0)
    site, inputs = written(tmp_path, of, 7)
    (whole,) = coastwatch.register_radars(site, inputs)
    monkeypatch.setattr("coastwatch.registering.PLOTS_KEPT", 900)
    (part,) = coastwatch.register_radars(site, inputs)
    assert 300 < part.plots <= 900 < whole.plots
    assert abs(part.theta[0] - math.radians(1.5)) < 3 * part.sigma[0]


def test_a_site_of_which_nothing_is_observable_fails(tmp_path):
    site, inputs = written(tmp_path, Scene(vessels=2, minutes=0.5), 1)
    run = CliRunner().invoke(main, ["radar", "register", str(site), *map(str, inputs)])
    assert run.exit_code == 1 and "nez: not observable: " in run.output


@pytest.mark.shared
@needs_shared
def test_a_real_radar_without_ais_is_said_to_be_unobservable():
    folder = SHARED / "autoferry"
    found = coastwatch.register_radars(folder / "site.toml", [folder / "scenario02.plots.csv"])
    assert {r.sensor.id for r in found} == {"radar", "lidar"}
    assert all(r.reason for r in found)

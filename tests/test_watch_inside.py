"""The probability of being inside, what is ahead, the tree of cells: against plain references."""

import dataclasses
import pickle
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.watch.ground import Ground
from coastwatch.watch.standing import AHEAD_S, Standing
from tests.watch_scene import PLANE, T0, picture, square, zone
from tests.zones_plain import ahead, inside_p, sampled_p

XY = st.floats(-3000, 3000)


def stand(zones, *craft, cov=None, sigma=5.0):
    """What one picture says of craft that are new."""
    ground = Ground(zones, PLANE)
    tracks = picture(T0, *craft, sigma=sigma)
    if cov is not None:
        tracks.cov[:, :2, :2] = cov
    lon, lat = PLANE.to_lonlat(tracks.state[:, 0], tracks.state[:, 1])
    return (ground, *Standing(ground, PLANE).step(tracks, lon, lat, [])[:2])


def pairs(inside):
    rows, zones = inside.row.tolist(), inside.zone.tolist()
    return dict(zip(zip(rows, zones, strict=True), inside.p.tolist(), strict=True))


def ragged(random, n: int, far: float = 5000.0):
    """Zones of any simple shape, some no wider than a boat's error, some with many corners."""
    made = []
    for i in range(n):
        middle, size = random.uniform(-far, far, 2), 10 ** random.uniform(1, 3.5)
        angle = np.sort(random.uniform(0, 2 * np.pi, int(random.integers(3, 60))))
        if np.max(np.diff(np.append(angle, angle[0] + 2 * np.pi))) > 3:
            angle = np.linspace(0, 2 * np.pi, 7)[:-1]
        r = size * random.uniform(0.3, 1, len(angle))
        xy = middle + np.column_stack([r * np.cos(angle), r * np.sin(angle)])
        made.append(zone(f"z{i}", [*map(tuple, xy), tuple(xy[0])], rules=()))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_the_probability_of_being_inside_is_the_exact_one(seed):
    random = np.random.default_rng(seed)
    zones = ragged(random, 60)
    craft = np.column_stack([random.uniform(-5000, 5000, (300, 2)), np.zeros((300, 2))])
    a = random.normal(0, 1, (300, 2, 2)) * 10 ** random.uniform(0, 3, (300, 1, 1))
    cov = a @ a.transpose(0, 2, 1) + np.eye(2)
    ground, inside, _ = stand(zones, *craft, cov=cov)
    found = pairs(inside)
    for row in range(300):
        for z, shape in enumerate(ground.shapes):
            p = inside_p(shape, craft[row, :2], cov[row])
            if (row, z) in found:
                assert found[row, z] == pytest.approx(p, abs=5e-3)
            else:
                assert p < 0.505
    assert len(found) > 100


def test_the_exact_probability_is_what_chance_says():
    random = np.random.default_rng(5)
    for z in ragged(random, 12, 300.0):
        ground = Ground([z], PLANE)
        mean, cov = random.uniform(-300, 300, 2), np.array([[9e4, 4e4], [4e4, 3e4]])
        exact = inside_p(ground.shapes[0], mean, cov)
        assert sampled_p(ground.shapes[0], mean, cov, 40_000, random) == pytest.approx(
            exact, abs=0.012
        )


@settings(max_examples=60, deadline=None)
@given(x=XY, y=XY, half=st.floats(5, 2500))
def test_where_all_is_known_inside_is_what_shapely_says(x, y, half):
    ground, inside, _ = stand([zone("z", square(40, -70, half))], (x, y, 0, 0), sigma=0.0)
    if shapely.distance(ground.shapes[0].exterior, shapely.Point(x, y)) > 3.0:
        assert (len(inside.row) == 1) == shapely.contains_xy(ground.shapes[0], x, y)


def test_holes_and_parts_are_outside_and_inside():
    ring, hole = square(0, 0, 1000), square(0, 0, 300)[::-1]
    far = square(4000, 0, 500)
    lonlat = [[tuple(map(float, PLANE.to_lonlat(*p))) for p in r] for r in (ring, hole, far)]
    whole = shapely.MultiPolygon([
        shapely.Polygon(lonlat[0], [lonlat[1]]), shapely.Polygon(lonlat[2])
    ])  # fmt: skip
    z = dataclasses.replace(zone("z", ring), geometry=whole)
    craft = [(0, 0, 0, 0), (600, 0, 0, 0), (4000, 0, 0, 0), (2000, 0, 0, 0)]
    assert stand([z], *craft)[1].row.tolist() == [1, 2]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_ahead_is_where_the_course_meets_it(seed):
    random = np.random.default_rng(seed)
    zones = ragged(random, 40)
    for i in range(10):
        ends = random.uniform(-5000, 5000, (2, 2))
        zones.append(zone(f"l{i}", [tuple(e) for e in ends], "line", ()))
    craft = np.column_stack([random.uniform(-6000, 6000, (200, 2)), random.normal(0, 4, (200, 2))])
    ground, inside, found = stand(zones, *craft, sigma=1.0)
    got = {
        (r, z): d
        for r, z, d in zip(
            found.row.tolist(), found.zone.tolist(), found.distance_m.tolist(), strict=True
        )
    }
    held = pairs(inside)
    for row in range(200):
        for z, shape in enumerate(ground.shapes):
            if (row, z) in held:
                assert (row, z) not in got
                continue
            metres = ahead(shape, craft[row, :2], craft[row, 2:], AHEAD_S)
            near = shapely.distance(shape, shapely.Point(craft[row, :2])) < 5
            if not near and np.isfinite(metres):
                assert got[row, z] == pytest.approx(metres, abs=0.1)
            elif not near:
                assert (row, z) not in got
    assert len(got) > 200


def test_the_chance_of_coming_into_an_area_is_what_chance_says():
    random = np.random.default_rng(2)
    z = zone("z", square(6000, 300, 600), rules=())
    ground, _, found = stand([z], (0, 0, 5, 0), sigma=50.0)
    tracks = picture(T0, (0, 0, 5, 0), sigma=50.0)
    drawn = random.multivariate_normal(tracks.state[0], tracks.cov[0], 4000)
    ways = shapely.linestrings(np.stack([drawn[:, :2], drawn[:, :2] + AHEAD_S * drawn[:, 2:]], 1))
    chance = float(shapely.intersects(ways, ground.shapes[0]).mean())
    assert found.p[0] == pytest.approx(chance, abs=0.04)
    assert found.eta_s[0] == pytest.approx(1080, abs=1)
    assert found.spread_m[0] == pytest.approx(np.hypot(50, 0.2 * 1080), rel=0.01)


def test_what_is_ahead_comes_nearer_between_the_times_of_finding_it():
    z = zone("z", square(6000, 0, 600), rules=())
    ground = Ground([z], PLANE)
    standing = Standing(ground, PLANE)
    for s in range(25):
        tracks = picture(T0 + s, (5 * s, 0, 5, 0))
        lon, lat = PLANE.to_lonlat(tracks.state[:, 0], tracks.state[:, 1])
        _, found, _ = standing.step(tracks, lon, lat, [])
        assert found.eta_s[0] == pytest.approx(1080 - s, abs=0.1)
        assert found.distance_m[0] == pytest.approx(5400 - 5 * s, abs=1)


def test_ten_thousand_zones_cost_no_more_than_those_near(capsys):
    """Says what it costs; that the answer is right is asserted, the time is not."""
    random = np.random.default_rng(4)
    zones = [
        zone(f"z{i}", square(*random.uniform(-2e5, 2e5, 2), random.uniform(100, 3000)), rules=())
        for i in range(10_000)
    ]
    begun = time.process_time()
    ground = Ground(zones, PLANE)
    built = time.process_time() - begun
    xy = random.uniform(-2e5, 2e5, (500, 2))
    tracks = picture(T0, *np.column_stack([xy, np.zeros((500, 2))]), sigma=0.5)
    lon, lat = PLANE.to_lonlat(*xy.T)
    inside, _, _ = Standing(ground, PLANE).step(tracks, lon, lat, [])
    tree = shapely.STRtree(ground.shapes)
    row, at = tree.query(shapely.points(xy), predicate="within")
    assert set(zip(row.tolist(), at.tolist(), strict=True)) ^ set(pairs(inside)) <= {
        (r, z) for r, z in pairs(inside)
        if shapely.distance(ground.shapes[z].exterior, shapely.Point(xy[r])) < 3
    }  # fmt: skip
    assert len(row) > 300
    with capsys.disabled():
        print(f" ground of 10,000 zones in {built:.2f} s;", end="")


def test_many_zones_in_one_place_are_all_found_and_the_tree_stays_small():
    zones = [zone(f"z{i}", square(0, 0, 500), rules=()) for i in range(300)]
    ground, inside, _ = stand(zones, (100, 0, 0, 0), (900, 0, 0, 0))
    assert inside.zone.tolist() == list(range(300))
    assert len(ground.tree.edge) < 40 * len(ground.tree.ends) + 5000


def test_no_zones_and_points_and_odd_covariances_are_no_trouble():
    point = dataclasses.replace(zone("p", square(0, 0, 9)), kind="other",
                                geometry=shapely.Point(1.5, 51.0))  # fmt: skip
    assert len(stand([], (0, 0, 1, 1))[1].row) == 0
    assert len(stand([point], (0, 0, 1, 1))[1].row) == 0
    for cov in (np.nan, 0.0, -1.0, 1e12, np.inf):
        _, inside, _ = stand(
            [zone("z", square(0, 0, 1000))], (0, 0, 1, 1), cov=np.full((2, 2), cov)
        )
        assert np.isfinite(inside.p).all()


def test_the_ground_and_the_standing_survive_a_pickle():
    zones = [zone("z", square(1000, 0, 200), rules=(), bands_nm=[0.2])]
    whole, cut = (Standing(Ground(zones, PLANE), PLANE) for _ in range(2))
    facts = {0: [], 1: []}
    for s in range(400):
        tracks = picture(T0 + s, (5 * s, 0, 5, 0))
        lon, lat = PLANE.to_lonlat(tracks.state[:, 0], tracks.state[:, 1])
        if s % 50 == 0:
            cut = pickle.loads(pickle.dumps(cut))
        for k, standing in enumerate((whole, cut)):
            facts[k] += standing.step(tracks, lon, lat, [])[2]
    assert facts[0] == facts[1]
    assert len(facts[0]) == 4

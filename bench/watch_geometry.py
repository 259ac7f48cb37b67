"""Tracks against zones, geometry alone: ours, whole, and a peer that only asks who is inside.

python -m bench watch_geometry
"""

from __future__ import annotations

import time

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString, Polygon

from coastwatch.geo.plane import Plane
from coastwatch.model import Status, Tracks, Zone
from coastwatch.watch.ground import Ground
from coastwatch.watch.standing import Standing

TRACKS, ZONES, PICTURES = 10_000, 1_000, 30
HALF_M = 30_000.0  # of the sea that they are in
PLANE = Plane((1.5, 51.0))
T0 = 1_763_616_600.0


def zones_of(count: int, random: np.random.Generator, half_m: float = HALF_M) -> list[Zone]:
    """Nine in ten are areas of 8 to 40 corners, 200 to 4,000 m wide; the rest are lines."""
    made = []
    for i in range(count):
        middle, radius = random.uniform(-half_m, half_m, 2), random.uniform(200, 4000) / 2
        corners = int(random.integers(8, 41))
        angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
        r = radius * random.uniform(0.7, 1.3, corners)
        xy = middle + np.column_stack([r * np.cos(angle), r * np.sin(angle)])
        line = i % 10 == 9
        lonlat = np.column_stack(PLANE.to_lonlat(*(xy[:3] if line else xy).T))
        shape = LineString(lonlat) if line else Polygon(lonlat)
        made.append(
            Zone(f"z{i}", f"Z {i}", "line" if line else "exclusion", shape, ("zone-entry",),
                 -np.inf, np.inf, "bench", None, "", "1")
        )  # fmt: skip
    return made


def pictures_of(count: int, pictures: int, random: np.random.Generator) -> list[Tracks]:
    """Craft at up to some 20 kn, known to 5 to 40 m, once a second."""
    xy = random.uniform(-HALF_M, HALF_M, (count, 2))
    v = random.normal(0, 5, (count, 2))
    sigma = random.uniform(5, 40, count)
    cov = np.zeros((count, 4, 4))
    for k in (0, 1):
        cov[:, k, k], cov[:, k + 2, k + 2] = sigma**2, 0.04
    one, none = np.ones(count), np.zeros(count)
    return [
        Tracks(
            T0 + s, np.arange(count), np.column_stack([xy + v * s, v]), cov, one,
            np.full(count, int(Status.CONFIRMED)), np.full(count, -1), none, one, one, none, none,
            none, np.full(count, T0), one, np.zeros((count, 1)),
        )
        for s in range(pictures)
    ]  # fmt: skip


def main() -> None:
    random = np.random.default_rng(1)
    zones = zones_of(ZONES, random)
    begun = time.process_time()
    ground = Ground(zones, PLANE)
    print(f"ground of {ZONES} zones: {time.process_time() - begun:.2f} s")
    pictures = pictures_of(TRACKS, PICTURES, random)
    places = [PLANE.to_lonlat(t.state[:, 0], t.state[:, 1]) for t in pictures]
    standing = Standing(ground, PLANE)
    costs, told, inside = [], 0, 0
    for tracks, (lon, lat) in zip(pictures, places, strict=True):
        begun = time.process_time()
        now, ahead, crossings = standing.step(tracks, lon, lat, [])
        costs.append(time.process_time() - begun)
        told += len(crossings)
        inside += len(now.row)
    ours = TRACKS * len(costs[2:]) / sum(costs[2:])
    print(f"coastwatch: {ours:,.0f} track updates/s ({told} crossings, {inside} pairs inside, "
          f"{len(ahead.row)} ahead; picture median {1e3 * np.median(costs):.1f} ms, "
          f"worst {1e3 * max(costs[2:]):.1f} ms)")  # fmt: skip
    shapes = np.array([z.geometry for z in zones], dtype=object)
    flat = shapely.transform(shapes, lambda c: np.column_stack(PLANE.to_xy(*c.T)))
    shapely.prepare(flat)
    tree, costs, inside = STRtree(flat), [], 0
    for tracks in pictures:
        begun = time.process_time()
        rows, _ = tree.query(shapely.points(tracks.state[:, :2]), predicate="within")
        costs.append(time.process_time() - begun)
        inside += len(rows)
    peer = TRACKS * len(costs) / sum(costs)
    print(f"shapely STRtree, within: {peer:,.0f} track updates/s ({inside} pairs inside); "
          f"ours is {ours / peer:.2f} times the peer's")  # fmt: skip


if __name__ == "__main__":
    main()

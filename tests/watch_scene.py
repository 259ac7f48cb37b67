"""Zones, pictures and reports for the tests of the watch, in metres of a plane off Dover."""

import math

import numpy as np
from shapely.geometry import LineString, box

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Kind, Status, Tracks, Zone
from coastwatch.site import Site
from coastwatch.watch import Seen, Watch

T0 = 1_763_616_600.0
PLANE = Plane((1.5, 51.0))
SMALL = "small-unregistered-craft"
# Of craft in mid-strait; what the odds make of whom is tested in test_watch_craft.
SITE = Site("Test", (1.5, 51.0), rules={SMALL: {"probability_min": 0.01}})


def zone(
    id_: str,
    shape,
    kind: str = "exclusion",
    rules=(SMALL,),
    begin=-math.inf,
    end=math.inf,
    **settings,
):
    """A zone whose shape is given in metres of the plane."""
    lonlat = [tuple(float(v) for v in PLANE.to_lonlat(x, y)) for x, y in shape]
    geometry = LineString(lonlat)
    if kind != "line":
        geometry = box(0, 0, 1, 1).__class__(lonlat)
    return Zone(id_, id_, kind, geometry, tuple(rules), begin, end, "test", None, "", "v1",
                settings)  # fmt: skip


def square(x: float, y: float, half: float):
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half),
            (x - half, y - half)]  # fmt: skip


def picture(t: float, *craft, sigma: float = 5.0, **columns) -> Tracks:
    """One picture of craft as (x, y, vx, vy); columns override the convincing dinghy."""
    n = len(craft)
    values = {
        "existence": 0.999, "p_unregistered": 0.99, "p_small": 0.99, "p_fixed": 0.01,
        "mmsi": -1, "status": int(Status.CONFIRMED),
    } | columns  # fmt: skip
    full = {k: np.full(n, v) for k, v in values.items()}
    return Tracks(
        time_s=t, id=np.arange(1, n + 1), state=np.array(craft, dtype=float),
        cov=np.tile(np.diag([sigma**2, sigma**2, 0.04, 0.04]), (n, 1, 1)),
        p_mmsi=np.zeros(n), length_m=np.full(n, np.nan), length_sigma_m=np.full(n, np.nan),
        born_s=np.full(n, T0), heard_share=np.full(n, 0.9),
        last_seen_s=np.full((n, 1), t), **full,
    )  # fmt: skip


def go(watch: Watch, x0, y0, vx, vy, seconds: int, step: int = 1, **columns):
    """Alerts and crossings of one craft on a straight course."""
    seen = sail(watch, x0, y0, vx, vy, seconds, step, **columns)
    return seen.alerts, seen.crossings


def sail(watch: Watch, x0, y0, vx, vy, seconds: int, step: int = 1, **columns) -> Seen:
    """All that one craft on a straight course brings."""
    return play(
        watch,
        (picture(T0 + s, (x0 + vx * s, y0 + vy * s, vx, vy), **columns)
         for s in range(0, seconds, step)),
    )  # fmt: skip


def play(watch: Watch, pictures, heard=lambda time_s: None) -> Seen:
    """All that a sequence of pictures brings; ``heard(time_s)`` may give a Heard for each."""
    all_ = Seen([], [], [])
    for tracks in pictures:
        for whole, part in zip(all_, watch.step(tracks, heard(tracks.time_s)), strict=True):
            whole.extend(part)
    return all_


def reports(time_s: float, *vessels: dict) -> Detections:
    """AIS reports at one time; each a dict of columns of Detections (lon, lat from x_m, y_m)."""
    batch = Detections.empty(len(vessels))
    batch.time_s[:], batch.kind[:] = time_s, int(Kind.REPORT)
    for row, values in enumerate(vessels):
        for name, value in values.items():
            getattr(batch, name)[row] = value
    batch.lon[:], batch.lat[:] = PLANE.to_lonlat(batch.x_m, batch.y_m)
    return batch


def lane(**more) -> Zone:
    return zone("lane", square(3000, 0, 1000), "tss-lane", **more)

"""Detections out of order within the lateness window: the picture is the same, byte for byte."""

from dataclasses import fields

import numpy as np
import pytest

from coastwatch.engine import Engine
from coastwatch.model import Datagram, Tracks
from coastwatch.site import Feed, Sensor, Site
from tests.test_track_life import ORIGIN, PLANE, T0

SITE = Site(
    "Test", ORIGIN,
    sensors=(
        Sensor("west", "radar", ORIGIN, clutter_per_scan=20.0),
        Sensor("east", "radar", (1.6, 51.1), scan_s=2.5, clutter_per_scan=20.0),
        Sensor("ais", "ais", ORIGIN, range_max_m=60_000.0),
    ),
    feeds=tuple(Feed(f"udp://127.0.0.1:{port}", name, "plots")
                for port, name in ((6001, "west"), (6002, "east"), (6003, "ais"))),
)  # fmt: skip
SECONDS = 80.0
HEADER = "time,sensor,lon,lat,sigma_m,mmsi"


def lines(seed: int) -> list[tuple[float, str, str]]:
    """Rows of plots files as (time, feed, line), in the order of time: eight craft, clutter, AIS.

    Half of a scan has one time, as radars that stamp a sector give it.
    """
    random = np.random.default_rng(seed)
    craft = np.column_stack([random.uniform(-8e3, 8e3, (8, 2)), random.normal(0, 4, (8, 2))])
    found = []

    def see(t: float, sensor: str, xy, sigma: float, mmsi: str = "") -> None:
        lon, lat = PLANE.to_lonlat(*xy)
        row = f"{t:.3f},{sensor},{lon:.7f},{lat:.7f},{sigma:.0f},{mmsi}"
        found.append((t, sensor, row))

    for sensor, scan_s in (("west", 3.0), ("east", 2.5)):
        for start in np.arange(0.2, SECONDS - 3, scan_s):
            seen = craft[random.random(8) < 0.85]
            at = seen[:, :2] + start * seen[:, 2:] + random.normal(0, 30, (len(seen), 2))
            at = np.concatenate([at, random.uniform(-2e4, 2e4, (random.poisson(10), 2))])
            for n, xy in enumerate(at):
                t = start if n % 2 else start + scan_s * random.random()
                see(T0 + t, sensor, xy, 30.0)
    for n, one in enumerate(craft[:4]):
        for t in np.arange(1.0 + n, SECONDS, 10.0):
            see(T0 + t, "ais", one[:2] + t * one[2:], 15.0, str(227_000_001 + n))
    return sorted(found, key=lambda row: row[0])


def pictures(received: list[tuple[float, str, str]]) -> tuple[list[Tracks], Engine]:
    """What the engine draws of lines as they are received, one a datagram."""
    engine = Engine(SITE, [])
    drawn = []
    for feed in ("west", "east", "ais"):
        head = Datagram(round((T0 - 1) * 1e9), feed, HEADER.encode() + b"\n", whole=True)
        drawn += engine.take(head)
    for at, feed, line in received:
        drawn += engine.take(Datagram(round(at * 1e9), feed, line.encode() + b"\n", whole=True))
    drawn += engine.finish()
    return [picture.tracks for picture in drawn], engine


def as_bytes(tracks: list[Tracks]) -> list[tuple[bytes, ...]]:
    return [tuple(np.asarray(getattr(t, f.name)).tobytes() for f in fields(t)) for t in tracks]


@pytest.mark.parametrize("seed", range(2))
def test_any_order_within_the_lateness_window_gives_the_same_picture(seed):
    rows = lines(seed)
    random = np.random.default_rng(100 + seed)
    late = [(t + SITE.lateness_s * random.random(), feed, line) for t, feed, line in rows]
    late.sort(key=lambda row: row[0])
    assert [line for _, _, line in late] != [line for _, _, line in rows]
    (in_order, first), (shuffled, second) = pictures(rows), pictures(late)
    assert not first.order.late and not second.order.late
    assert max(len(tracks) for tracks in in_order) >= 8
    assert as_bytes(shuffled) == as_bytes(in_order)


def test_what_comes_later_than_the_window_is_left_out_and_counted():
    rows = lines(0)
    late = [(t + (20.0 if n == 500 else 0.0), feed, line) for n, (t, feed, line) in enumerate(rows)]
    late.sort(key=lambda row: row[0])
    _, engine = pictures(late)
    assert engine.order.late.total() == 1

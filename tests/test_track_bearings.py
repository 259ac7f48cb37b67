"""Bearings of cameras sharpen a track that a radar holds; alone they make none."""

import numpy as np
import pytest

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.place import place
from coastwatch.model import Detections, Kind, Status, Tracks
from coastwatch.site import Sensor, Site
from coastwatch.track import Tracker
from tests.test_track_life import ORIGIN, PLANE, RADAR, T0, plots

CAMERA_XY = (6_000.0, 500.0)
SIGMA_RAD = np.radians(0.2)
CAMERA = Sensor(
    "camera", "camera", tuple(float(v) for v in PLANE.to_lonlat(*CAMERA_XY)),
    range_max_m=8_000.0, scan_s=1.0, sigma_azimuth_rad=SIGMA_RAD,
)  # fmt: skip
SITE = Site("Test", ORIGIN, sensors=(RADAR, CAMERA))
CRAFT = (4_000.0, 3_000.0, 3.0, 2.0)
SECONDS, SETTLED_S = 240.0, 60.0


def craft(t: float) -> np.ndarray:
    x, y, vx, vy = CRAFT
    return np.array([x + vx * t, y + vy * t])


def bearing(random, t: float, camera_xy, own: bool, aside_rad: float) -> Detections:
    """Where the camera sees the craft, or something ``aside_rad`` of it. With ``own`` its place is
    in the row, as on a boat."""
    camera = [float(v) for v in PLANE.to_lonlat(*camera_xy)]
    _, azimuth, _ = geodesic(*camera, *PLANE.to_lonlat(*craft(t)))
    seen = float((azimuth + aside_rad + random.normal(0, SIGMA_RAD)) % (2 * np.pi))
    where = {"sensor_lon": [camera[0]], "sensor_lat": [camera[1]]} if own else {}
    return Detections.of(
        time_s=[T0 + t], kind=[Kind.BEARING], sensor=[1], sigma_azimuth_rad=[SIGMA_RAD],
        azimuth_rad=[seen], **where,
    )  # fmt: skip


def pictures(
    seed: int, radar: bool = True, camera=None, own: bool = False, aside_rad: float = 0.0
) -> list[Tracks]:
    """A second at a time: the radar sees the craft every third, the camera (its way) every one."""
    random, other = np.random.default_rng(seed), np.random.default_rng(1_000 + seed)
    tracker, drawn = Tracker(SITE, PLANE), []
    for t in np.arange(0.0, SECONDS, 1.0):
        batch = [Detections.empty()]
        if t % 3 == 0:
            seen, xy = random.random() < 0.9, craft(t) + random.normal(0, 30, 2)
            batch.append(Detections.of(time_s=[T0 + t], kind=[Kind.LOOK], sensor=[0]))
            if seen and radar:
                batch.append(plots(T0 + t, *xy))
        if camera is not None:
            batch.append(bearing(other, t, camera(t), own, aside_rad))
        d = place(Detections.concat(batch), SITE, PLANE)
        drawn.append(tracker.step(d, T0 + t + 0.5))
    return drawn


def rmse(drawn: list[Tracks]) -> float:
    """Of the one believed track, from the second minute on (m)."""
    off = []
    for p in drawn:
        t = p.time_s - T0
        if t > SETTLED_S:
            held = p.take(np.flatnonzero(p.status == Status.CONFIRMED))
            assert len(held) == 1
            off.append(held.state[0, :2] - craft(t))
    return float(np.sqrt(np.mean(np.sum(np.square(off), axis=1))))


def standing(t: float):
    return CAMERA_XY


def sailing(t: float):
    """A boat that carries the camera along, 10 m/s, from where the site says that it is moored."""
    return (CAMERA_XY[0] - 10.0 * t, CAMERA_XY[1] + 2.0 * t)


@pytest.mark.parametrize(("camera", "own"), [(standing, False), (sailing, True)])
def test_a_camera_beside_the_radar_makes_the_track_better(camera, own):
    alone = [rmse(pictures(seed)) for seed in range(8)]
    both = [rmse(pictures(seed, camera=camera, own=own)) for seed in range(8)]
    assert np.mean(both) < 0.85 * np.mean(alone)
    assert np.greater(alone, both).sum() >= 7


def test_bearings_alone_make_no_track():
    assert max(len(p) for p in pictures(1, radar=False, camera=standing)) == 0


def test_bearings_of_something_else_do_not_carry_a_track_away():
    alone = [rmse(pictures(seed)) for seed in range(4)]
    aside = [rmse(pictures(seed, camera=standing, aside_rad=np.radians(10))) for seed in range(4)]
    assert np.mean(aside) == pytest.approx(np.mean(alone), rel=0.1)

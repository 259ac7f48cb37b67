"""Routes -> smooth true motion: every craft steers for its next waypoint, one second a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.simulate.scenario import Craft

STEP_S = 1.0
# Helm: the turn rate wanted is the course error over HELM_S, and follows with a lag of RUDDER_S;
# HELM_S > 4 RUDDER_S keeps the pair from overshooting.
HELM_S = 25.0
RUDDER_S = 6.0
NOISE_TIME_S = 120.0
ARRIVE_M = 150.0


@dataclass(slots=True)
class Motion:
    """True motion in the site plane: arrays (steps, craft), a step each second from 0.

    ``heading_rad`` is clockwise from the plane's +y, ``turn_rad_s`` its rate. Before ``start_s``
    a craft lies at its start and is not there (``present`` is false).
    """

    x_m: Floats
    y_m: Floats
    heading_rad: Floats
    speed_mps: Floats
    turn_rad_s: Floats
    start_s: Floats

    @property
    def vx_mps(self) -> Floats:
        return self.speed_mps * np.sin(self.heading_rad)

    @property
    def vy_mps(self) -> Floats:
        return self.speed_mps * np.cos(self.heading_rad)

    @property
    def present(self) -> NDArray[np.bool_]:
        steps = np.arange(len(self.x_m)) * STEP_S
        return np.asarray(steps[:, None] >= self.start_s)


def move(
    craft: Sequence[Craft], plane: Plane, duration_s: float, rng: np.random.Generator
) -> Motion:
    """The motion of all craft over ``duration_s`` (and one step more, to interpolate in)."""
    steps = int(np.ceil(duration_s / STEP_S)) + 2
    x, y, count = _routes(craft, plane)
    columns = {name: np.zeros((steps, len(craft))) for name in ("x", "y", "h", "v", "w")}
    state = _Helm(craft, x, y, count)
    wander = _slow_noise(rng, steps, np.array([c.hull.wander_rad for c in craft]))
    pace = 1.0 + _slow_noise(rng, steps, np.array([c.hull.speed_noise for c in craft]))
    for k in range(steps):
        for name, column in columns.items():
            column[k] = getattr(state, name)
        state.step(k * STEP_S, wander[k], pace[k])
    return Motion(
        columns["x"], columns["y"], columns["h"], columns["v"], columns["w"], state.start_s
    )


def at(column: Floats, time_s: Floats, index: NDArray[Any]) -> Floats:
    """Values of a (steps, craft) column at any times, linear in between."""
    position = np.clip(time_s / STEP_S, 0.0, len(column) - 1.000001)
    low = position.astype(np.int64)
    share = position - low
    return np.asarray(column[low, index] * (1.0 - share) + column[low + 1, index] * share)


def _routes(craft: Sequence[Craft], plane: Plane) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Waypoints in the plane, padded to (craft, longest) with the last one, and their number."""
    count = np.array([len(c.route) for c in craft])
    longest = int(count.max())
    padded = np.array([c.route + (c.route[-1],) * (longest - len(c.route)) for c in craft])
    x, y = plane.to_xy(padded[..., 0], padded[..., 1])
    return np.asarray(x), np.asarray(y), count


class _Helm:
    """All craft at one moment: position x, y, heading h, speed v, turn rate w."""

    def __init__(
        self, craft: Sequence[Craft], x: Floats, y: Floats, count: NDArray[np.int64]
    ) -> None:
        self.start_s = np.array([c.start_s for c in craft])
        self._row = np.arange(len(craft))
        self._x, self._y, self._last = x, y, count - 1
        self._next = np.minimum(1, self._last)
        self._cruise = np.array([c.speed_mps for c in craft])
        self._turn = np.array([c.hull.turn_rad_s for c in craft])
        self._lag_s = np.array([c.hull.speed_lag_s for c in craft])
        self.x, self.y = x[:, 0].copy(), y[:, 0].copy()
        self.h = np.arctan2(x[self._row, self._next] - self.x, y[self._row, self._next] - self.y)
        self.v = np.where([c.from_rest for c in craft], 0.0, self._cruise)
        self.w = np.zeros(len(craft))
        self._stopping = np.zeros(len(craft), dtype=np.bool_)

    def step(self, time_s: float, wander_rad: Floats, pace: Floats) -> None:
        dx = self._x[self._row, self._next] - self.x
        dy = self._y[self._row, self._next] - self.y
        distance = np.hypot(dx, dy)
        final = self._next == self._last
        # With engines stopped a hull runs on for speed x lag, straight ahead.
        self._stopping |= final & (distance < np.maximum(self.v * self._lag_s, 1.0))
        error = np.arctan2(dx, dy) + wander_rad - self.h
        error = np.where(self._stopping, 0.0, np.arctan2(np.sin(error), np.cos(error)))
        # A hull that hardly moves through the water does not answer its rudder.
        answer = np.minimum(1.0, self.v / np.maximum(self._cruise, 0.1) * 2.0)
        wanted = np.clip(error / HELM_S, -self._turn, self._turn) * answer
        target = np.where(self._stopping, 0.0, self._cruise * pace)
        here = time_s >= self.start_s
        v = self.v + np.where(here, (target - self.v) * STEP_S / self._lag_s, 0.0)
        self.w += np.where(here, (wanted - self.w) * STEP_S / RUDDER_S, 0.0)
        course = self.h + self.w * STEP_S / 2.0
        reach = np.where(here, (self.v + v) / 2.0 * STEP_S, 0.0)
        self.x = self.x + reach * np.sin(course)
        self.y = self.y + reach * np.cos(course)
        self.h = self.h + np.where(here, self.w * STEP_S, 0.0)
        self.v = v
        radius = self.v / np.maximum(self._turn, 1e-3)
        arrived = here & ~final & (distance < ARRIVE_M + radius)
        self._next = np.where(arrived, self._next + 1, self._next)


def _slow_noise(rng: np.random.Generator, steps: int, sigma: Floats) -> Floats:
    """First-order Gauss-Markov noise, (steps, craft), of correlation time NOISE_TIME_S."""
    a = float(np.exp(-STEP_S / NOISE_TIME_S))
    white = rng.standard_normal((steps, len(sigma)))
    white[0] /= np.sqrt(1.0 - a * a)  # the first value has the stationary spread
    return np.asarray(lfilter([np.sqrt(1.0 - a * a)], [1.0, -a], white, axis=0)) * sigma

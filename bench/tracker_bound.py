"""The least that any tracker leaves on a scene: filters that are told whose each plot is.

One nearly constant velocity model, and interacting models chosen freely (seven of them). What is
above this is the price of not knowing the association.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.tracker_marks import Shown
from bench.tracker_scene import BETWEEN_S, Scene
from coastwatch.model import Floats

POINTS = 4  # plots until a vessel is shown, as for Stone Soup
SIGMA_MPS = 8.0
Model = tuple[float, float, float]  # turn (rad/s), noise (m2/s3), mean stay (s)
ONE: tuple[Model, ...] = ((0.0, 0.5, np.inf),)
MANY: tuple[Model, ...] = (
    (0.0, 0.002, 60.0), (0.0, 0.1, 20.0), (0.0, 4.0, 10.0),
    *((np.radians(turn), noise, stay) for turn, noise, stay in
      ((2.0, 0.05, 15.0), (-2.0, 0.05, 15.0), (6.0, 0.2, 8.0), (-6.0, 0.2, 8.0))),
)  # fmt: skip


def told(scene: Scene, models: tuple[Model, ...]) -> Iterator[Shown]:
    """The picture after each scan; a vessel's number is its track's (IMM: Bar-Shalom, Li and
    Kirubarajan 2001, 11.6.6)."""
    vessels, count = len(scene.small), len(models)
    F = np.array([_turn(w) for w, _, _ in models])
    Q = np.array([_noise(q) for _, q, _ in models])
    stay = np.exp(-BETWEEN_S / np.array([s for _, _, s in models]))
    T = np.diag(stay) + (1 - stay)[:, None] * (1 - np.eye(count)) / max(count - 1, 1)
    x, P = np.zeros((vessels, count, 4)), np.tile(np.eye(4), (vessels, count, 1, 1))
    mu, plots = np.full((vessels, count), 1 / count), np.zeros(vessels, dtype=int)
    for scan, who in zip(scene.scans, scene.origin, strict=True):
        before, mu = mu, mu @ T
        weight = before[:, :, None] * T / mu[:, None, :]
        mixed = np.einsum("nij,nia->nja", weight, x)
        apart = x[:, :, None] - mixed[:, None]
        spread = np.einsum("nij,nija,nijb->njab", weight, apart, apart)
        P = F @ (np.einsum("nij,niab->njab", weight, P) + spread) @ F.transpose(0, 2, 1) + Q
        x = np.einsum("jab,njb->nja", F, mixed)
        rows = np.flatnonzero(who >= 0)
        v, z, R = who[rows], np.column_stack([scan.x_m, scan.y_m])[rows], scan.cov_m2[rows, None]
        new = plots[v] == 0
        off, S = z[:, None] - x[v][..., :2], P[v][..., :2, :2] + R
        inverse = np.linalg.inv(S)
        K = P[v][..., :2] @ inverse
        fit = np.einsum("nma,nmab,nmb->nm", off, inverse, off) + np.log(np.linalg.det(S))
        likely = mu[v] * np.exp(-0.5 * (fit - fit.min(axis=1, keepdims=True)))
        x_new, P_new = x[v] + (K @ off[..., None])[..., 0], P[v] - K @ P[v][..., :2, :]
        mu_new = likely / likely.sum(axis=1, keepdims=True)
        x_new[new] = np.concatenate([z, np.zeros_like(z)], axis=1)[new, None]
        P_new[new] = SIGMA_MPS**2 * np.diag([0.0, 0.0, 1.0, 1.0])
        P_new[new, :, :2, :2] = R[new]
        mu_new[new] = 1 / count
        x[v], P[v], mu[v] = x_new, P_new, mu_new
        plots[v] += 1
        ids = np.flatnonzero(plots >= POINTS)
        yield ids, np.einsum("nm,nma->na", mu[ids], x[ids])


def _turn(w: float) -> Floats:
    """Coordinated turn of ``w`` rad/s, anticlockwise, over the time between scans."""
    dt = BETWEEN_S
    along, aside = (np.sin(w * dt) / w, (1 - np.cos(w * dt)) / w) if w else (dt, 0.0)
    cos, sin = np.cos(w * dt), np.sin(w * dt)
    return np.array(
        [[1, 0, along, -aside], [0, 1, aside, along], [0, 0, cos, -sin], [0, 0, sin, cos]]
    )


def _noise(q: float) -> Floats:
    dt = BETWEEN_S
    return q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(2))

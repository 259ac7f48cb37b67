"""Nearly constant velocity: continuous white-noise acceleration (Bar-Shalom et al. 2001, 6.2.2)."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Floats

# Power spectral density of the acceleration, m2/s3: ships turn slowly, small craft do not.
ACCELERATION_PSD = 0.05
SPEED_SIGMA_MPS = 6.0  # of a target of which one position is known


def predict(state: Floats, cov: Floats, dt_s: Floats) -> tuple[Floats, Floats]:
    """States (n, 4) and covariances (n, 4, 4) after ``dt_s`` (n,) seconds, which are >= 0."""
    n = len(state)
    F = np.broadcast_to(np.eye(4), (n, 4, 4)).copy()
    F[:, 0, 2] = F[:, 1, 3] = dt_s
    Q = np.zeros((n, 4, 4))
    Q[:, 0, 0] = Q[:, 1, 1] = dt_s**3 / 3
    Q[:, 0, 2] = Q[:, 2, 0] = Q[:, 1, 3] = Q[:, 3, 1] = dt_s**2 / 2
    Q[:, 2, 2] = Q[:, 3, 3] = dt_s
    moved = np.einsum("nij,nj->ni", F, state)
    return moved, F @ cov @ F.transpose(0, 2, 1) + ACCELERATION_PSD * Q


def predict_position(state: Floats, cov: Floats, dt_s: Floats) -> tuple[Floats, Floats]:
    """Positions (n, 2) and their covariances (n, 2, 2): the part of ``predict`` that gates need."""
    dt = dt_s[:, None, None]
    across = cov[:, :2, 2:]
    grown = cov[:, :2, :2] + dt * (across + across.transpose(0, 2, 1)) + dt**2 * cov[:, 2:, 2:]
    return (
        state[:, :2] + dt_s[:, None] * state[:, 2:],
        grown + ACCELERATION_PSD * dt**3 / 3 * np.eye(2),
    )

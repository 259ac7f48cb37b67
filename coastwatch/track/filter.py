"""The Kalman filter over columns: innovations of pairs and updates of many tracks at once."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Floats


def distance(z: Floats, R: Floats, state: Floats, cov: Floats) -> tuple[Floats, Floats]:
    """Squared Mahalanobis distance and log det(2 pi S) of positions (n, 2) against states."""
    S = cov[:, :2, :2] + R
    v = z - state[:, :2]
    det = S[:, 0, 0] * S[:, 1, 1] - S[:, 0, 1] * S[:, 1, 0]
    d2 = (
        S[:, 1, 1] * v[:, 0] ** 2
        - (S[:, 0, 1] + S[:, 1, 0]) * v[:, 0] * v[:, 1]
        + S[:, 0, 0] * v[:, 1] ** 2
    ) / det
    return d2, np.log(4 * np.pi**2 * det)


def update(state: Floats, cov: Floats, z: Floats, H: Floats, R: Floats) -> tuple[Floats, Floats]:
    """States after measurements ``z`` (n, m) with matrix ``H`` (m, 4) and noise ``R`` (n, m, m).

    The Joseph form keeps covariances symmetric and positive.
    """
    S = H @ cov @ H.T + R
    K = np.linalg.solve(S, H @ cov).transpose(0, 2, 1)
    better = state + np.einsum("nij,nj->ni", K, z - state @ H.T)
    A = np.eye(4) - K @ H
    P = A @ cov @ A.transpose(0, 2, 1) + K @ R @ K.transpose(0, 2, 1)
    return better, (P + P.transpose(0, 2, 1)) / 2

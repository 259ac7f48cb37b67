"""How craft move: four models, and how one turns into another in continuous time.

All models share one state, x, y, vx, vy in the site's plane, and are linear: nearly constant
velocity, quiet and agile, and coordinated turns of a given rate to either side, each with white
acceleration noise (Bar-Shalom, Li and Kirubarajan 2001, 6.2.2 and 11.7.1).
"""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Floats

QUIET, AGILE, LEFT, RIGHT = range(4)
MODELS = 4
# Power spectral density of the acceleration, m2/s3, and rate of turn, rad/s, left positive.
PSD = np.array([1e-5, 2.0, 0.005, 0.005])
TURN = np.radians([0.0, 0.0, 2.0, -2.0])
# Seconds that a model lasts before another one is drawn, and how often each is drawn.
LASTS_S = np.array([600.0, 40.0, 40.0, 40.0])
DRAWN = np.array([0.7, 0.2, 0.05, 0.05])
SPEED_SIGMA_MPS = 7.0  # of a target of which one position is known


def stationary() -> Floats:
    """The share of time that a craft spends in each model, (4,)."""
    time_s = DRAWN * LASTS_S
    share: Floats = time_s / time_s.sum()
    return share


def generator() -> Floats:
    """The rates of switching, (4, 4): each model ends after LASTS_S, and the next is drawn."""
    rates: Floats = (DRAWN[None, :] - np.eye(MODELS)) / LASTS_S[:, None]
    return rates


def spectrum() -> tuple[Floats, Floats, Floats]:
    """(U, rates, W) with exp(generator t) = U diag(exp(rates t)) W, all real.

    The chain is reversible, so that a change of scale makes its generator symmetric.
    """
    root = np.sqrt(stationary())
    symmetric = generator() * root[:, None] / root[None, :]
    rates, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2)
    return vectors / root[:, None], np.minimum(rates, 0.0), vectors.T * root[None, :]


def transition(dt_s: float) -> Floats:
    """Probabilities (4, 4) of going from model (row) to model (column) in ``dt_s`` seconds."""
    U, rates, W = spectrum()
    out: Floats = U @ np.diag(np.exp(rates * dt_s)) @ W
    return out


def matrices(model: int, dt_s: float) -> tuple[Floats, Floats]:
    """F (4, 4) and Q (4, 4) of one model: the plain version of what the kernel does."""
    w = float(TURN[model])
    c, s = math.cos(w * dt_s), math.sin(w * dt_s)
    a, b = (s / w, (1 - c) / w) if w else (dt_s, 0.0)
    F = np.array([[1, 0, a, -b], [0, 1, b, a], [0, 0, c, -s], [0, 0, s, c]])
    block = np.array([[dt_s**3 / 3, dt_s**2 / 2], [dt_s**2 / 2, dt_s]])
    return F, float(PSD[model]) * np.kron(block, np.eye(2))

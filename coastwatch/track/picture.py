"""The tracks as they are at one time: all models brought there and taken together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from coastwatch.kernels import sources, uncounted
from coastwatch.model import Floats, Ints
from coastwatch.track import imm
from coastwatch.track.motion import MODELS
from coastwatch.track.table import Rows


def _entry(version: int) -> Any:
    @njit(cache=True)
    def moments(counted: Any, which: Any, time_s: float) -> Any:
        rows = uncounted(counted)
        n = len(which) if version else 0
        x, C = np.empty((n, 4)), np.empty((n, 10))
        X, P, mu = np.empty((MODELS, 4)), np.empty((MODELS, 10)), np.empty(MODELS)
        T, last = np.empty((MODELS, MODELS)), -1.0
        for k in range(n):
            i = which[k]
            dt = time_s - rows.time_s[i]
            if dt <= 0.0:
                x[k], C[k] = rows.x[i], rows.C[i]
                continue
            if dt != last:
                imm.transition(dt, T)
                last = dt
            imm.predict(rows.X[i], rows.P[i], rows.mu[i], dt, T, X, P, mu)
            imm.combine(X, P, mu, x[k], C[k])
        return x, C

    return moments


_moments = _entry(sources(Path(__file__).parent))
_FULL = np.array([[0, 1, 2, 3], [1, 4, 5, 6], [2, 5, 7, 8], [3, 6, 8, 9]])


def moments(rows: Rows, which: Ints, time_s: float) -> tuple[Floats, Floats]:
    """Means (n, 4) and covariances (n, 4, 4) of the rows ``which`` at ``time_s``."""
    x, C = _moments(rows, which, time_s)
    return x, C[:, _FULL]

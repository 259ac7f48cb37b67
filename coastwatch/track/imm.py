"""The filter of one track: interacting multiple models over a probabilistic data association.

Kernels without an entry of their own: ``look`` and ``reports`` compile them in. A covariance is
packed as ten numbers, its upper triangle row by row: xx, xy, xu, xv, yy, yu, yv, uu, uv, vv, with
u and v for the velocity. ``tests/test_track_imm.py`` holds them to plain matrices.
Blom and Bar-Shalom (1988); mode and association jointly as in Bar-Shalom, Chang and Blom (1989).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from coastwatch.track.motion import MODELS, PSD, TURN, spectrum

_U, _RATES, _W = spectrum()
_PSD, _TURN = PSD.copy(), TURN.copy()
TWO_PI = 2 * math.pi


@njit()
def transition(dt: float, T: Any) -> None:
    """Fill ``T`` (4, 4) with the probabilities of switching within ``dt`` seconds."""
    for i in range(MODELS):
        for j in range(MODELS):
            p = 0.0
            for k in range(MODELS):
                p += _U[i, k] * math.exp(_RATES[k] * dt) * _W[k, j]
            T[i, j] = max(p, 0.0)


@njit()
def spread(P: Any, w: float, dx: Any, out: Any) -> None:
    """Add ``w`` (P + dx dx') to ``out``."""
    k = 0
    for a in range(4):
        for b in range(a, 4):
            out[k] += w * (P[k] + dx[a] * dx[b])
            k += 1


@njit()
def mix(X: Any, P: Any, mu: Any, T: Any, Xo: Any, Po: Any, muo: Any) -> None:
    """The interaction: each model starts from what all of them say, as likely as they became it."""
    dx = np.empty(4)
    for j in range(MODELS):
        total = 0.0
        for i in range(MODELS):
            total += T[i, j] * mu[i]
        muo[j] = max(total, 1e-12)
        Xo[j, :] = 0.0
        Po[j, :] = 0.0
        for i in range(MODELS):
            w = T[i, j] * mu[i] / muo[j]
            for a in range(4):
                Xo[j, a] += w * X[i, a]
        for i in range(MODELS):
            w = T[i, j] * mu[i] / muo[j]
            if w < 1e-9:
                continue
            for a in range(4):
                dx[a] = X[i, a] - Xo[j, a]
            spread(P[i], w, dx, Po[j])


@njit()
def move(x: Any, P: Any, dt: float, psd: float, turn: float) -> None:
    """One model's mean (4,) and covariance (10,) ``dt`` seconds on, in place."""
    if turn == 0.0:
        c, s, a, b = 1.0, 0.0, dt, 0.0
    else:
        c, s = math.cos(turn * dt), math.sin(turn * dt)
        a, b = s / turn, (1.0 - c) / turn
    u, v = x[2], x[3]
    x[0] += a * u - b * v
    x[1] += b * u + a * v
    x[2], x[3] = c * u - s * v, s * u + c * v
    xx, xy, xu, xv, yy, yu, yv, uu, uv, vv = P
    # G = [[a, -b], [b, a]] carries velocity into position: M = B + G C, then A' = A + BG' + GM'.
    m00, m01 = xu + a * uu - b * uv, xv + a * uv - b * vv
    m10, m11 = yu + b * uu + a * uv, yv + b * uv + a * vv
    P[0] = xx + (xu * a - xv * b) + (a * m00 - b * m01) + psd * dt**3 / 3
    P[1] = xy + (xu * b + xv * a) + (a * m10 - b * m11)
    P[4] = yy + (yu * b + yv * a) + (b * m10 + a * m11) + psd * dt**3 / 3
    P[2] = m00 * c - m01 * s + psd * dt**2 / 2
    P[3] = m00 * s + m01 * c
    P[5] = m10 * c - m11 * s
    P[6] = m10 * s + m11 * c + psd * dt**2 / 2
    P[7] = uu * c * c - 2 * uv * c * s + vv * s * s + psd * dt
    P[8] = (uu - vv) * c * s + uv * (c * c - s * s)
    P[9] = uu * s * s + 2 * uv * c * s + vv * c * c + psd * dt


@njit()
def predict(X: Any, P: Any, mu: Any, dt: float, T: Any, Xo: Any, Po: Any, muo: Any) -> None:
    """All models of a track ``dt`` >= 0 seconds on; ``T`` is ``transition(dt)``."""
    if dt <= 0.0:
        Xo[:], Po[:], muo[:] = X, P, mu
        return
    mix(X, P, mu, T, Xo, Po, muo)
    for m in range(MODELS):
        move(Xo[m], Po[m], dt, _PSD[m], _TURN[m])


@njit()
def likelihood(x: Any, P: Any, zx: float, zy: float, R: Any) -> tuple[float, float]:
    """Density (1/m2) of a position ``z`` with noise ``R`` (xx, xy, yy), and its chi-square."""
    sxx, sxy, syy = P[0] + R[0], P[1] + R[1], P[4] + R[2]
    det = sxx * syy - sxy * sxy
    vx, vy = zx - x[0], zy - x[1]
    d2 = (syy * vx * vx - 2 * sxy * vx * vy + sxx * vy * vy) / det
    return math.exp(-0.5 * min(d2, 1400.0)) / (TWO_PI * math.sqrt(det)), d2


@njit()
def gain(P: Any, R: Any, K: Any) -> None:
    """Kalman gain (4, 2) of a position, and in its last rows P less what it takes off, (10,)."""
    sxx, sxy, syy = P[0] + R[0], P[1] + R[1], P[4] + R[2]
    det = sxx * syy - sxy * sxy
    ixx, ixy, iyy = syy / det, -sxy / det, sxx / det
    for a in range(4):
        # Rows of P H': the covariances of each state with x and with y.
        px = P[a] if a < 4 else 0.0
        py = P[1] if a == 0 else (P[4] if a == 1 else (P[5] if a == 2 else P[6]))
        K[a, 0] = px * ixx + py * ixy
        K[a, 1] = px * ixy + py * iyy


@njit()
def update(
    X: Any, P: Any, mu: Any, none: float, share: Any, like: Any, z: Any, R: Any, n: int
) -> None:
    """A track after ``n`` positions ``z`` (n, 2) that may be its own, in place.

    ``none`` and ``share`` (n,) are the probabilities, given that it exists, that none is and that
    each is; ``like`` (n, 4) the density of each under each model.
    """
    K = np.empty((4, 2))
    dx, mean = np.empty(4), np.empty(4)
    odds = np.empty(n)
    for k in range(n):
        total = 0.0
        for m in range(MODELS):
            total += mu[m] * like[k, m]
        odds[k] = share[k] / total if total > 0.0 else 0.0
    whole = 0.0
    for m in range(MODELS):
        factor = none
        for k in range(n):
            factor += odds[k] * like[k, m]
        if factor > 0.0:
            _fold(X[m], P[m], none / factor, odds, like[:, m] / factor, z, R, n, K, dx, mean)
        mu[m] *= factor
        whole += mu[m]
    for m in range(MODELS):
        mu[m] = max(mu[m] / whole, 1e-9) if whole > 0.0 else 1.0 / MODELS


@njit()
def _fold(x: Any, P: Any, none: float, odds: Any, like: Any, z: Any, R: Any, n: int,
          K: Any, dx: Any, mean: Any) -> None:  # fmt: skip
    """One model's moments over all that may have been its measurement."""
    mean[:] = 0.0
    add = np.zeros(10)
    for k in range(n):
        w = odds[k] * like[k]
        if w < 1e-9:
            continue
        r = R[k]
        gain(P, r, K)
        sxx, sxy, syy = P[0] + r[0], P[1] + r[1], P[4] + r[2]
        vx, vy = z[k, 0] - x[0], z[k, 1] - x[1]
        for a in range(4):
            dx[a] = K[a, 0] * vx + K[a, 1] * vy
            mean[a] += w * dx[a]
        i = 0
        for a in range(4):
            for b in range(a, 4):
                taken = (K[a, 0] * (sxx * K[b, 0] + sxy * K[b, 1])
                         + K[a, 1] * (sxy * K[b, 0] + syy * K[b, 1]))  # fmt: skip
                add[i] += w * (dx[a] * dx[b] - taken)
                i += 1
    i = 0
    for a in range(4):
        x[a] += mean[a]
        for b in range(a, 4):
            P[i] += add[i] - mean[a] * mean[b]
            i += 1


@njit()
def combine(X: Any, P: Any, mu: Any, x: Any, C: Any) -> None:
    """The moments of all models together, ``x`` (4,) and ``C`` (10,)."""
    dx = np.empty(4)
    x[:] = 0.0
    C[:] = 0.0
    for m in range(MODELS):
        for a in range(4):
            x[a] += mu[m] * X[m, a]
    for m in range(MODELS):
        for a in range(4):
            dx[a] = X[m, a] - x[a]
        spread(P[m], mu[m], dx, C)


@njit()
def measure(X: Any, P: Any, mu: Any, hx: Any, z: float, r: float) -> None:
    """All models after a scalar ``z`` = hx . state with noise variance ``r``, in place.

    A velocity component is one, or a bearing about its linear point.
    """
    ph = np.empty(4)
    whole = 0.0
    for m in range(MODELS):
        xx, xy, xu, xv, yy, yu, yv, uu, uv, vv = P[m]
        ph[0] = xx * hx[0] + xy * hx[1] + xu * hx[2] + xv * hx[3]
        ph[1] = xy * hx[0] + yy * hx[1] + yu * hx[2] + yv * hx[3]
        ph[2] = xu * hx[0] + yu * hx[1] + uu * hx[2] + uv * hx[3]
        ph[3] = xv * hx[0] + yv * hx[1] + uv * hx[2] + vv * hx[3]
        s, v = r, z
        for a in range(4):
            s += hx[a] * ph[a]
            v -= hx[a] * X[m, a]
        mu[m] *= math.exp(-0.5 * min(v * v / s, 1400.0)) / math.sqrt(s) + 1e-12
        whole += mu[m]
        i = 0
        for a in range(4):
            X[m, a] += ph[a] * v / s
            for b in range(a, 4):
                P[m, i] -= ph[a] * ph[b] / s
                i += 1
    for m in range(MODELS):
        mu[m] = max(mu[m] / whole, 1e-9)

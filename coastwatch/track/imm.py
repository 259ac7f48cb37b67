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
def spread(P: Any, w: float, dx: float, dy: float, du: float, dv: float, out: Any) -> None:
    """Add ``w`` (P + d d') to ``out``."""
    out[0] += w * (P[0] + dx * dx)
    out[1] += w * (P[1] + dx * dy)
    out[2] += w * (P[2] + dx * du)
    out[3] += w * (P[3] + dx * dv)
    out[4] += w * (P[4] + dy * dy)
    out[5] += w * (P[5] + dy * du)
    out[6] += w * (P[6] + dy * dv)
    out[7] += w * (P[7] + du * du)
    out[8] += w * (P[8] + du * dv)
    out[9] += w * (P[9] + dv * dv)


@njit()
def mix(X: Any, P: Any, mu: Any, T: Any, Xo: Any, Po: Any, muo: Any) -> None:
    """The interaction: each model starts from what all of them say, as likely as they became it."""
    for j in range(MODELS):
        total, x, y, u, v = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(MODELS):
            w = T[i, j] * mu[i]
            total += w
            x += w * X[i, 0]
            y += w * X[i, 1]
            u += w * X[i, 2]
            v += w * X[i, 3]
        total = max(total, 1e-12)
        x, y, u, v = x / total, y / total, u / total, v / total
        muo[j] = total
        out, to = Po[j], Xo[j]
        to[0], to[1], to[2], to[3] = x, y, u, v
        for k in range(10):
            out[k] = 0.0
        for i in range(MODELS):
            w = T[i, j] * mu[i] / total
            if w > 1e-9:
                spread(P[i], w, X[i, 0] - x, X[i, 1] - y, X[i, 2] - u, X[i, 3] - v, out)


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
    xx, xy, xu, xv, yy = P[0], P[1], P[2], P[3], P[4]
    yu, yv, uu, uv, vv = P[5], P[6], P[7], P[8], P[9]
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
def copy(X: Any, P: Any, mu: Any, Xo: Any, Po: Any, muo: Any) -> None:
    """One track's models into other places."""
    for m in range(MODELS):
        muo[m] = mu[m]
        for a in range(4):
            Xo[m, a] = X[m, a]
        for a in range(10):
            Po[m, a] = P[m, a]


@njit()
def predict(X: Any, P: Any, mu: Any, dt: float, T: Any, Xo: Any, Po: Any, muo: Any) -> None:
    """All models of a track ``dt`` >= 0 seconds on; ``T`` is ``transition(dt)``."""
    if dt <= 0.0:
        copy(X, P, mu, Xo, Po, muo)
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
def update(
    X: Any, P: Any, mu: Any, none: float, share: Any, like: Any, z: Any, R: Any, n: int, work: Any
) -> None:
    """A track after ``n`` positions ``z`` (n, 2) that may be its own, in place.

    ``none`` and ``share`` (n,) are the probabilities, given that it exists, that none is and that
    each is (``share`` is changed); ``like`` (n, 4) the density of each under each model; ``work``
    (10,) is room to work in.
    """
    for k in range(n):
        total = 0.0
        for m in range(MODELS):
            total += mu[m] * like[k, m]
        share[k] = share[k] / total if total > 0.0 else 0.0
    whole = 0.0
    for m in range(MODELS):
        factor = none
        for k in range(n):
            factor += share[k] * like[k, m]
        if factor > 0.0:
            _fold(X[m], P[m], 1.0 / factor, share, like, m, z, R, n, work)
        mu[m] *= factor
        whole += mu[m]
    for m in range(MODELS):
        mu[m] = max(mu[m] / whole, 1e-9) if whole > 0.0 else 1.0 / MODELS


@njit()
def _fold(x: Any, P: Any, scale: float, share: Any, like: Any, m: int, z: Any, R: Any, n: int,
          add: Any) -> None:  # fmt: skip
    """One model's moments over all that may have been its measurement."""
    mx, my, mu, mv = 0.0, 0.0, 0.0, 0.0
    for a in range(10):
        add[a] = 0.0
    for k in range(n):
        w = share[k] * like[k, m] * scale
        if w < 1e-9:
            continue
        sxx, sxy, syy = P[0] + R[k, 0], P[1] + R[k, 1], P[4] + R[k, 2]
        det = sxx * syy - sxy * sxy
        ixx, ixy, iyy = syy / det, -sxy / det, sxx / det
        zx, zy = z[k, 0] - x[0], z[k, 1] - x[1]
        # The rows of P H' are the covariances of each state with x and with y.
        gxx, gxy = P[0] * ixx + P[1] * ixy, P[0] * ixy + P[1] * iyy
        gyx, gyy = P[1] * ixx + P[4] * ixy, P[1] * ixy + P[4] * iyy
        gux, guy = P[2] * ixx + P[5] * ixy, P[2] * ixy + P[5] * iyy
        gvx, gvy = P[3] * ixx + P[6] * ixy, P[3] * ixy + P[6] * iyy
        dx, dy = gxx * zx + gxy * zy, gyx * zx + gyy * zy
        du, dv = gux * zx + guy * zy, gvx * zx + gvy * zy
        mx += w * dx
        my += w * dy
        mu += w * du
        mv += w * dv
        add[0] += w * (dx * dx - gxx * P[0] - gxy * P[1])
        add[1] += w * (dx * dy - gxx * P[1] - gxy * P[4])
        add[2] += w * (dx * du - gxx * P[2] - gxy * P[5])
        add[3] += w * (dx * dv - gxx * P[3] - gxy * P[6])
        add[4] += w * (dy * dy - gyx * P[1] - gyy * P[4])
        add[5] += w * (dy * du - gyx * P[2] - gyy * P[5])
        add[6] += w * (dy * dv - gyx * P[3] - gyy * P[6])
        add[7] += w * (du * du - gux * P[2] - guy * P[5])
        add[8] += w * (du * dv - gux * P[3] - guy * P[6])
        add[9] += w * (dv * dv - gvx * P[3] - gvy * P[6])
    spread(add, 1.0, 0.0, 0.0, 0.0, 0.0, P)
    add[:] = 0.0
    spread(add, -1.0, mx, my, mu, mv, P)
    x[0] += mx
    x[1] += my
    x[2] += mu
    x[3] += mv


@njit()
def combine(X: Any, P: Any, mu: Any, x: Any, C: Any) -> None:
    """The moments of all models together, ``x`` (4,) and ``C`` (10,)."""
    for a in range(4):
        total = 0.0
        for m in range(MODELS):
            total += mu[m] * X[m, a]
        x[a] = total
    for a in range(10):
        C[a] = 0.0
    for m in range(MODELS):
        spread(P[m], mu[m], X[m, 0] - x[0], X[m, 1] - x[1], X[m, 2] - x[2], X[m, 3] - x[3], C)


@njit()
def measure(X: Any, P: Any, mu: Any, hx: Any, z: float, r: float) -> None:
    """All models after a scalar ``z`` = hx . state with noise variance ``r``, in place.

    A velocity component is one, or a bearing about its linear point.
    """
    ph = np.empty(4)
    whole = 0.0
    for m in range(MODELS):
        xx, xy, xu, xv, yy = P[m, 0], P[m, 1], P[m, 2], P[m, 3], P[m, 4]
        yu, yv, uu, uv, vv = P[m, 5], P[m, 6], P[m, 7], P[m, 8], P[m, 9]
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

"""The filter behind registration.py as machine code: a radar's biases and vessels' offsets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

# State: azimuth bias (rad), range bias (m), clock offset (s); how far ahead of the reported place
# echoes of OPEN and of CENTRED vessels lie as a rule (m); of each how far hers lies ahead of that,
# and to starboard.
AZIMUTH, RANGE, CLOCK, AHEAD, FIRST = 0, 1, 2, 3, 5
BIASES, VESSELS_MAX = 3, 24
SIZE = FIRST + 2 * VESSELS_MAX
# Columns of the vessels' table. SCORE and INFO: of each bias, what the last minute says against it.
LAST_S, KIND, PAIRS, PRIOR, SCORE, INFO, SPEED, COLUMNS = 0, 1, 2, 3, 5, 8, 11, 12
# The sensor's books. USUAL: variances (m2) of vessels' offsets; NOISE: of plots, over those told.
TIME_S, DUE_S, USED, PAIRED, REFUSED, JUMPS, USUAL, NOISE, BOOKS = 0, 1, 2, 3, 4, 5, 6, 10, 12
OPEN, CENTRED, STILL = 0, 1, 2  # kinds: where her hull's middle is is not known, is known; at rest

PRIOR_SIGMA = np.array([math.radians(2.0), 150.0, 5.0, 25.0, 8.0])  # of the state's first
WALK = np.array([math.radians(0.2), 10.0, 0.2]) ** 2 / 3600.0  # so much an hour
JUMP_SIGMA = np.array([math.radians(1.0), 100.0, 1.0])  # what a technician may do at once
JUMP_MEMORY_S, JUMP_CHI2, OWN_CHI2 = 45.0, 25.0, 16.0

NEAR_M, FAR_M = 400.0, 1e6  # nearer than this, height and hull say more than a bias
AHEAD_S = 15.0  # a report is carried on so far; of a vessel that lies still, longer
SLOW_MPS, SLOW_AHEAD_S = 0.5, 200.0
# Of a fix and of an echo on her hull, shared by all her plots of so many seconds.
AIS_SIGMA_M, AIS_SAME_S = 10.0, 90.0
ACCELERATION_MPS2, TURN_RADPS = 5e-4, 5e-3  # a floor, and turning at 0.3 degrees a second
# At anchor she turns: her offset is as good as unknown after SWING_S. Unheard for STALE_S she
# gives her place to another.
SWING_S, STALE_S = 1_800.0, 300.0
GATE, HUBER = 25.0, 2.0
NOISE_RATE, NOISE_MAX = 0.002, 9.0
SPEED_RATE = 0.05  # a report's own error of speed would pass for what a clock does

# From the reported place to the echo's middle, 1-sigma ahead and to starboard, OPEN and CENTRED.
USUAL_SIGMA_M = np.array([30.0, 12.0, 15.0, 8.0])
USUAL_VESSELS, USUAL_EVERY_S, USUAL_STEP, FRESH, PAIRS_MIN = 4.0, 4.0, 1.5, 16.0, 3


@njit(cache=True, error_model="numpy")
def learn(x: Any, P: Any, mmsi: Any, hulls: Any, books: Any, plot: Any,
          cov: Any, plot_s: Any, at: Any, who: Any, reported: Any, reported_s: Any,
          centred: Any) -> None:  # fmt: skip
    """Take pairs of plots (n, 2), cov (n, 2, 2), seen from ``at`` (n, 2), and reports (n, 4).

    ``x`` (SIZE,), ``P`` (SIZE, SIZE), ``mmsi`` (VESSELS_MAX,), ``hulls`` (VESSELS_MAX, COLUMNS)
    and ``books`` (BOOKS,) are the sensor's state, and are changed.
    """
    _predict(P, hulls, books, plot_s, reported_s)
    for i in range(len(plot_s)):
        ahead_s = plot_s[i] - reported_s[i]
        px = reported[i, 0] + reported[i, 2] * ahead_s
        py = reported[i, 1] + reported[i, 3] * ahead_s
        speed = math.hypot(reported[i, 2], reported[i, 3])
        away = math.hypot(px - at[i, 0], py - at[i, 1])
        told = math.isfinite(plot[i, 0] + plot[i, 1] + cov[i].sum()) and who[i] > 0
        most_s = SLOW_AHEAD_S if speed < SLOW_MPS else AHEAD_S
        if not (told and NEAR_M < away < FAR_M and abs(ahead_s) < most_s):
            continue
        kind = CENTRED if centred[i] else OPEN
        k = _slot(x, P, mmsi, hulls, books, who[i], plot_s[i], speed, kind)
        if k < 0:
            continue
        share = max(AIS_SAME_S / max(abs(plot_s[i] - hulls[k, LAST_S]), 1.0), 1.0)
        reckoned = (ACCELERATION_MPS2 + TURN_RADPS * speed) * min(abs(ahead_s), AHEAD_S) ** 2 / 2
        ais = AIS_SIGMA_M**2 + reckoned**2
        hulls[k, LAST_S] = max(plot_s[i], hulls[k, LAST_S])
        u = (px - at[i, 0]) / away, (py - at[i, 1]) / away
        dx, dy = plot[i, 0] - at[i, 0], plot[i, 1] - at[i, 1]
        # Along the circle: its chord would make a range bias of a large azimuth bias.
        turned = math.atan2(dx * u[1] - dy * u[0], dx * u[0] + dy * u[1])
        e = math.hypot(dx, dy) - away, turned * away
        v = reported[i, 2], reported[i, 3]
        _pair(x, P, hulls, books, k, u, away, e, v, cov[i], ais, share)
    _jumped(x, P, hulls, books)
    if books[TIME_S] >= books[DUE_S]:
        books[DUE_S] = books[TIME_S] + USUAL_EVERY_S
        _usual(x, P, hulls, books)


@njit(cache=True, error_model="numpy")
def _predict(P: Any, hulls: Any, books: Any, plot_s: Any, reported_s: Any) -> None:
    """Time passes to the last of the plots: everything walks, what the last minute said fades."""
    until_s = books[TIME_S]
    for i in range(len(plot_s)):
        if abs(plot_s[i] - reported_s[i]) < SLOW_AHEAD_S:
            until_s = max(until_s, plot_s[i])
    dt = until_s - books[TIME_S]
    books[TIME_S] = until_s
    if not 0.0 < dt < math.inf:
        return
    fade = math.exp(-dt / JUMP_MEMORY_S)
    for j in range(BIASES):
        P[j, j] += WALK[j] * dt
    for k in range(int(books[USED])):
        if hulls[k, KIND] == STILL:
            for j in range(2):
                P[FIRST + 2 * k + j, FIRST + 2 * k + j] += hulls[k, PRIOR + j] / SWING_S * dt
        for j in range(BIASES):
            hulls[k, SCORE + j] *= fade
            hulls[k, INFO + j] *= fade**2


@njit(cache=True, error_model="numpy")
def _slot(x: Any, P: Any, mmsi: Any, hulls: Any, books: Any, who: int, time_s: float,
          speed: float, kind: int) -> int:  # fmt: skip
    """The row of that vessel, a new one where she is new; -1 where there is no room.

    One that stops, gets under way or tells where her antenna stands counts as new: her offset is
    another.
    """
    used = int(books[USED])
    found, oldest = -1, -1
    for k in range(used):
        if mmsi[k] == who:
            still = speed < (3 * SLOW_MPS if hulls[k, KIND] == STILL else SLOW_MPS)
            kind = STILL if still else kind
            if hulls[k, KIND] == kind:
                return k
            found = k
        elif oldest < 0 or hulls[k, LAST_S] < hulls[oldest, LAST_S]:
            oldest = k
    if found < 0 and used < VESSELS_MAX:
        found = used
        books[USED] += 1.0
    elif found < 0 and hulls[oldest, LAST_S] < time_s - STALE_S:
        found = oldest
    if found < 0:
        return -1
    mmsi[found] = who
    hulls[found] = 0.0
    hulls[found, LAST_S], hulls[found, SPEED] = -math.inf, speed
    hulls[found, KIND] = STILL if speed < SLOW_MPS else kind
    _forget(x, P, hulls, books, found)
    return found


@njit(cache=True, error_model="numpy")
def _forget(x: Any, P: Any, hulls: Any, books: Any, k: int) -> None:
    """A vessel's offset is as unknown as any of her kind."""
    hulls[k, SCORE:SPEED] = 0.0
    for j in range(2):
        own = (books[USUAL] + books[USUAL + 1]) / 2
        if hulls[k, KIND] != STILL:
            own = FRESH * books[USUAL + 2 * int(hulls[k, KIND]) + j]
        n = FIRST + 2 * k + j
        x[n] = 0.0
        P[n, :] = 0.0
        P[:, n] = 0.0
        P[n, n] = own
        hulls[k, PRIOR + j] = own


@njit(cache=True, error_model="numpy")
def _pair(x: Any, P: Any, hulls: Any, books: Any, k: int, u: Any, away: float, e: Any, v: Any,
          cov: Any, ais: float, share: float) -> None:  # fmt: skip
    """One pair: the plot's error ``e`` along the line of sight ``u``, and across it clockwise.

    Of ``share`` pairs that have the variance ``ais`` in common each counts as if it had all theirs.
    """
    speed = math.hypot(v[0], v[1])
    hulls[k, SPEED] += SPEED_RATE * (speed - hulls[k, SPEED])
    still = hulls[k, KIND] == STILL
    bow = (0.0, 1.0) if still or speed == 0.0 else (v[0] / speed, v[1] / speed)
    ahead = AHEAD + (1 if hulls[k, KIND] == CENTRED else 0)
    at = np.array([AZIMUTH, RANGE, CLOCK, ahead, FIRST + 2 * k, FIRST + 2 * k + 1])
    lines, noises, wild = np.zeros((2, 6)), np.zeros(2), False
    for axis in range(2):
        a = u if axis == 0 else (u[1], -u[0])
        h = lines[axis]
        h[AZIMUTH], h[RANGE] = (0.0, 1.0) if axis == 0 else (away, 0.0)
        h[4], h[5] = bow[0] * a[0] + bow[1] * a[1], bow[1] * a[0] - bow[0] * a[1]
        if not still:
            h[CLOCK], h[AHEAD] = -hulls[k, SPEED] * h[4], h[4]
        told = a[0] ** 2 * cov[0, 0] + 2 * a[0] * a[1] * cov[0, 1] + a[1] ** 2 * cov[1, 1]
        noises[axis] = books[NOISE + axis] * max(told, 1.0) + ais
        off, s = _off(x, P, at, h, e[axis], noises[axis])
        wild |= off**2 > GATE * s
    for axis in range(2):
        h, r = lines[axis], noises[axis]
        off, s = _off(x, P, at, h, e[axis], r)
        z = abs(off) / math.sqrt(s)
        shown = off * min(1.0, math.sqrt(GATE) / max(z, 1e-9))
        grown = books[NOISE + axis] * (1.0 + NOISE_RATE * (min(z**2, GATE) - 1.0))
        books[NOISE + axis] = min(max(grown, 1.0), NOISE_MAX)
        s += (share - 1.0) * ais
        for j in range(BIASES):
            hulls[k, SCORE + j] += h[j] * shown / s
            hulls[k, INFO + j] += h[j] ** 2 / s
        if not wild:
            s += (r + (share - 1.0) * ais) * (max(z / HUBER, 1.0) - 1.0)
            _update(x, P, FIRST + 2 * int(books[USED]), at, h, off, s)
    books[REFUSED if wild else PAIRED] += 1.0
    hulls[k, PAIRS] += 0.0 if wild else 1.0


@njit(cache=True, error_model="numpy")
def _off(x: Any, P: Any, at: Any, h: Any, error: float, r: float) -> tuple[float, float]:
    """An error less what the state makes of it, and the variance of that."""
    s = r
    for a in range(6):
        error -= h[a] * x[at[a]]
        for b in range(6):
            s += h[a] * h[b] * P[at[a], at[b]]
    return error, s


@njit(cache=True, error_model="numpy")
def _update(x: Any, P: Any, n: int, at: Any, h: Any, off: float, s: float) -> None:
    """Kalman update of the first ``n`` by one number, of which ``h`` at ``at`` is the model."""
    g = np.zeros(n)
    for a in range(len(at)):
        if h[a] != 0.0:
            row = P[at[a]]
            for i in range(n):
                g[i] += row[i] * h[a]
    for i in range(n):
        gain, row = g[i] / s, P[i]
        x[i] += gain * off
        for j in range(n):
            row[j] -= gain * g[j]


@njit(cache=True, error_model="numpy")
def _jumped(x: Any, P: Any, hulls: Any, books: Any) -> None:
    """What the last minute speaks against is unknown anew: a bias, else a vessel's offset.

    A bias where that holds whichever vessel is left out; offsets stay known, so that it is found
    again at once. A vessel's, as her antenna's place was told, or as she is another.
    """
    used = int(books[USED])
    worst, most = -1, JUMP_CHI2
    for j in range(BIASES):
        score, info = hulls[:used, SCORE + j].sum(), hulls[:used, INFO + j].sum()
        least = math.inf
        for k in range(used):
            rest = info - hulls[k, INFO + j]
            against = (score - hulls[k, SCORE + j]) ** 2
            least = min(least, against / rest if rest > 1e-9 * info else 0.0)
        if math.isfinite(least) and least > most:
            worst, most = j, least
    if worst >= 0:
        P[worst, worst] += JUMP_SIGMA[worst] ** 2
        hulls[:, SCORE:SPEED] = 0.0
        books[JUMPS] += 1.0
        return
    for k in range(used):
        for j in range(BIASES):
            if hulls[k, SCORE + j] ** 2 > OWN_CHI2 * hulls[k, INFO + j]:
                _forget(x, P, hulls, books, k)


@njit(cache=True, error_model="numpy")
def _usual(x: Any, P: Any, hulls: Any, books: Any) -> None:
    """How large vessels' offsets are, from those known by now, and which vessels are odd.

    The usual variance by a step of expectation-maximisation in which no vessel counts for more
    than two sigmas. An odd vessel gets a variance of her own, the likeliest one: what her offset
    would be without its prior tells it (Tipping and Faul 2003, eq. 20), so she says little more.
    """
    used = int(books[USED])
    for kind in (OPEN, CENTRED):
        for j in range(2):
            a = 2 * kind + j
            usual = books[USUAL + a]
            total, count = USUAL_VESSELS * USUAL_SIGMA_M[a] ** 2, USUAL_VESSELS
            for k in range(used):
                n = FIRST + 2 * k + j
                if hulls[k, PAIRS] >= PAIRS_MIN and hulls[k, KIND] == kind:
                    total += min(x[n] ** 2 + P[n, n], 4 * usual)
                    count += 1.0
            books[USUAL + a] = usual = total / count
            for k in range(used):
                n, own = FIRST + 2 * k + j, hulls[k, PRIOR + j]
                if hulls[k, KIND] == kind and P[n, n] < 0.99 * own:
                    free = P[n, n] * own / (own - P[n, n])
                    odd = (x[n] / P[n, n] * free) ** 2 - free
                    _exchange(x, P, hulls, books, k, j, max(odd, usual))


@njit(cache=True, error_model="numpy")
def _exchange(x: Any, P: Any, hulls: Any, books: Any, k: int, j: int, wanted: float) -> None:
    """Bring the prior variance of a vessel's offset nearer to the wanted one, in retrospect.

    By a measurement of no offset, of the information that is missing: where the prior was too
    narrow that is negative, which is exact as offsets do not change.
    """
    n, own = FIRST + 2 * k + j, hulls[k, PRIOR + j]
    most = own * USUAL_STEP if P[n, n] > own / 2 else math.inf  # where little is known of it
    new = max(min(wanted, most), own / USUAL_STEP)
    if abs(new - own) > 0.01 * own:
        s = own * new / (own - new) + P[n, n]
        _update(x, P, FIRST + 2 * int(books[USED]), np.array([n]), np.ones(1), -x[n], s)
        hulls[k, PRIOR + j] = new

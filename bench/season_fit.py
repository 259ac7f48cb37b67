"""The table of odds from watched seasons: additive logistic regression, lines between points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench.season_watch import Watched, probability
from coastwatch.model import Floats
from coastwatch.watch.craft import NAMES, Odds, Part

KNOTS: dict[str, tuple[float, ...]] = {
    "p_unregistered": (0.3, 0.6, 0.8, 0.93, 0.99),
    "p_small": (0.1, 0.4, 0.7, 0.9, 0.97, 0.995),
    "p_fixed": (0.0, 0.05, 0.2, 0.5, 0.9),
    "existence": (0.8, 0.99, 1.0),
    "speed_kn": (0.5, 1.5, 2.5, 4.0, 5.5, 7.0, 9.0, 13.0, 20.0),
    "fastest_kn": (1.0, 3.0, 5.0, 6.5, 8.0, 10.0, 14.0, 20.0),
    "straightness": (0.2, 0.6, 0.8, 0.9, 0.96, 0.99),
    "began_shore_nm": (0.0, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0),
    "began_at_port": (0.0, 1.0),
    "shore_nm": (0.0, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0),
    "seaward": (-1.0, -0.3, 0.0, 0.3, 0.6, 0.9),
    "others_alike": (0.0, 1.0, 3.0),
    "night": (0.0, 1.0),
    "watched_min": (0.0, 3.0, 8.0, 20.0, 45.0),
}
EVERY = 5  # of the pictures: 30 s
# The rows of a track say nearly the same: so many count as one.
ALIKE = 8.0
SMOOTH, SMALL = 2.0, 0.3  # on steps between neighbours, and on the odds
STEPS = 25


def fit(seasons: Sequence[Watched]) -> Odds:
    """Odds that fit: each part counts from its mean, so that 0 is what is usual."""
    values = np.concatenate([w.values[::EVERY] for w in seasons])
    label = np.concatenate([w.dinghy[::EVERY] for w in seasons])
    X, owner = _design(values)
    mean = X.mean(axis=0)
    X1 = np.column_stack([np.ones(len(X)), X - mean])
    w = _newton(X1, label.astype(np.float64), _penalty(owner))
    prior = float(w[0])
    parts = []
    for k, name in enumerate(NAMES):
        mine = owner == k
        odds = w[1:][mine] - float(mean[mine] @ w[1:][mine])
        parts.append(Part(name, np.array(KNOTS[name]), odds[:-1], float(odds[-1])))
    return Odds(prior, 0.5, tuple(parts))


def threshold(seasons: Sequence[Watched], table: Odds, false_per_day: float) -> float:
    """The least probability at which no more than so many other tracks a day are alerted."""
    days = sum(w.scene.duration_s for w in seasons) / 86_400
    best = [
        held.max()
        for w in seasons
        for track, _, held in w.levels(table)
        if w.scene.kind(track) != "dinghy"
    ]
    allowed = int(false_per_day * days)
    ranked = np.sort(best)[::-1]
    return float(np.round(np.nextafter(ranked[allowed], 2.0) + 5e-4, 3))


def write(path: Path, table: Odds, made_by: str) -> None:
    """The table as ``watch.craft`` reads it."""
    lines = [
        "# Log odds that a craft without identity is a vulnerable one; see docs/small-craft.md.",
        *(f"# {line}" for line in made_by.splitlines()),
        f"prior = {table.prior:.3f}",
        f"threshold = {table.threshold:.3f}",
    ]
    for part in table.parts:
        lines += [
            "",
            "[[part]]",
            f'name = "{part.name}"',
            f"knots = [{', '.join(f'{k:g}' for k in part.knots)}]",
            f"odds = [{', '.join(f'{o:.3f}' for o in part.odds)}]",
            f"unknown = {part.unknown:.3f}",
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def reliability(p: Floats, label: Floats, bins: int = 10) -> tuple[Floats, float]:
    """Rows (mean probability, share that is so, weight) by bin, and the expected error."""
    at = np.minimum((p * bins).astype(np.int64), bins - 1)
    n = np.bincount(at, minlength=bins)
    some = n > 0
    mean = np.bincount(at, p, bins)[some] / n[some]
    share = np.bincount(at, label, bins)[some] / n[some]
    weight = n[some] / n.sum()
    return np.column_stack([mean, share, weight]), float((weight * np.abs(mean - share)).sum())


def _design(values: Floats) -> tuple[Floats, Floats]:
    """(n, columns) of hats: one a point and one for unknown; and each column's part."""
    columns, owner = [], []
    for k, name in enumerate(NAMES):
        knots = np.array(KNOTS[name])
        known = ~np.isnan(values[:, k])
        for j in range(len(knots)):
            hat = np.interp(values[:, k], knots, np.eye(len(knots))[j])
            columns.append(np.where(known, hat, 0.0))
        columns.append((~known).astype(np.float64))
        owner += [k] * (len(knots) + 1)
    return np.column_stack(columns), np.array(owner)


def _penalty(owner: Floats) -> Floats:
    size = len(owner) + 1
    P = np.zeros((size, size))
    for k in range(len(NAMES)):
        mine = np.flatnonzero(owner == k) + 1
        for a, b in pairwise(mine[:-1]):  # the last is the unknown's
            step = np.zeros(size)
            step[a], step[b] = -1.0, 1.0
            P += SMOOTH * np.outer(step, step)
    P[1:, 1:] += SMALL * np.eye(size - 1)
    return P


def _newton(X: Floats, y: Floats, P: Floats) -> Floats:
    """The greatest penalised likelihood, by Newton's steps, each halved until it is uphill."""
    w = np.zeros(X.shape[1])
    w[0] = np.log(max(y.mean(), 1e-6) / (1 - y.mean()))
    value = _merit(X, y, P, w)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-X @ w))
        gradient = X.T @ (y - p) / ALIKE - P @ w
        H = (X * (p * (1 - p) / ALIKE)[:, None]).T @ X + P + 1e-9 * np.eye(len(w))
        step = np.linalg.solve(H, gradient)
        while (after := _merit(X, y, P, w + step)) < value and np.abs(step).max() > 1e-6:
            step = step / 2
        w, value = w + step, after
        if np.abs(step).max() < 1e-5:
            break
    return w


def _merit(X: Floats, y: Floats, P: Floats, w: Floats) -> float:
    told = X @ w
    return float((y * told - np.logaddexp(0, told)).sum() / ALIKE - w @ P @ w / 2)


__all__ = ["fit", "probability", "reliability", "threshold", "write"]

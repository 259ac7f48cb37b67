"""The pictures of docs/small-craft.md: reliability, and alerts against false alerts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.season_fit import reliability
from bench.season_watch import Watched
from coastwatch.watch.craft import Odds

BLUE, RED, GREY = "#0b5394", "#b45f06", "#777777"


def draw(season: Sequence[Watched], table: Odds, docs: Path) -> None:
    """small-craft-reliability.png and small-craft-roc.png."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bench.seasons import calibration_rows, curve

    p, label = calibration_rows(season, table, True)
    rows, error = reliability(p, label)
    figure, (left, right) = plt.subplots(2, 1, figsize=(5, 6), height_ratios=(3, 1), sharex=True)
    left.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--")
    left.plot(rows[:, 0], rows[:, 1], "o-", color=BLUE)
    left.set(ylabel="share that were dinghies", title=f"expected calibration error {error:.3f}")
    right.bar(rows[:, 0], rows[:, 2], width=0.06, color=BLUE)
    right.set(xlabel="probability told", ylabel="share of rows", yscale="log", xlim=(0, 1))
    figure.tight_layout()
    figure.savefig(docs / "small-craft-reliability.png", dpi=110)

    rows = curve(season, table)
    figure, axes = plt.subplots(figsize=(6, 4.2))
    axes.step(rows[:, 1], rows[:, 2], color=BLUE, label="alerted")
    axes.step(rows[:, 1], rows[:, 3], color=RED, label="alerted before 1 NM, from a beach")
    axes.axvline(1.0, color=GREY, lw=1, ls="--")
    now = rows[np.searchsorted(rows[:, 0], table.threshold).clip(max=len(rows) - 1)]
    axes.plot(now[1], now[2], "o", color=BLUE, label=f"threshold {table.threshold:g}")
    axes.set(xlabel="false alerts in 24 h of site time", ylabel="share of dinghies",
             xscale="symlog", xlim=(0, 200), ylim=(0, 1.02))  # fmt: skip
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(docs / "small-craft-roc.png", dpi=110)

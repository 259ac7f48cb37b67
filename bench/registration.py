"""Registration on line, measured: `python -m bench.registration docs/accuracy.md` writes the table.

Made-up scenes (bench/registration_scene.py), twenty seeds each, through the estimator alone.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import pages
from bench.registration_scene import PLANE, Scene
from coastwatch.model import Floats
from coastwatch.track.registration import Registration

SEEDS = range(20)
UNITS = np.array([math.degrees(1.0), 1.0, 1.0])
BOTH = {"azimuth_deg": 0.5, "range_m": 60.0}
SCENES = {
    "no bias": Scene(),
    "azimuth 0.5 degrees": Scene(azimuth_deg=0.5),
    "range 60 m": Scene(range_m=60.0),
    "clock 0.4 s": Scene(clock_s=0.4),
    "all three": Scene(**BOTH, clock_s=0.4),
    "clock 4 s, 20 vessels, antennas told": Scene(clock_s=4.0, vessels=20, ahead_m=40.0, told=True),
    "azimuth drifts by 0.6 degrees an hour": Scene(azimuth_deg=0.3, drift=0.6, minutes=40.0),
    "azimuth and range jump after 10 minutes": Scene(**BOTH, jump_s=600.0),
    "one pair of 20 wrong": Scene(**BOTH, wrong=0.05),
    "AIS errs by 10 m, for two minutes": Scene(**BOTH, fix_m=10.0, fix_lasts_s=120.0),
    "echoes up to 100 m from antennas": Scene(**BOTH, lever_m=100.0),
    "echoes 20 to 60 m ahead of antennas": Scene(ahead_m=40.0),
    "the same, antennas told in 10 minutes": Scene(ahead_m=40.0, told=True),
    "two vessels with another's identity": Scene(**BOTH, strangers=2),
    "four vessels": Scene(**BOTH, vessels=4, anchored=1),
    "all within 4 degrees": Scene(**BOTH, sector_deg=(40.0, 44.0)),
    "radar under way": Scene(**BOTH, moving=True),
}


@dataclass(frozen=True, slots=True)
class Course:
    """One run, scan by scan: ``error`` and ``sigma`` (n, 3), ``off`` what was taken off (n, 3).

    ``there`` (n, 3) is what there was; ``nees`` the last error's square over its covariance.
    """

    time_s: Floats
    error: Floats
    sigma: Floats
    off: Floats
    there: Floats
    nees: float

    def applied_after_s(self, scene: Scene) -> Floats:
        """How long after its begin each bias was first taken off; NaN where it was not."""
        since = self.time_s >= scene.jump_s
        first = [self.time_s[since & (off != 0)][:1] for off in self.off.T]
        return np.array([t[0] - scene.jump_s if len(t) else math.nan for t in first])


def follow(scene: Scene, seed: int) -> Course:
    """What an estimator says of a scene, from its first scan to its last."""
    registration = Registration([scene.radar], PLANE)
    rows, cov = [], np.eye(3)
    for n, scan in enumerate(scene.scans(seed)):
        registration.learn(0, *scan)
        x, cov = registration.estimate(0)
        off = registration.correction(0)
        rows.append([n * scene.radar.scan_s, *x, *np.sqrt(np.diag(cov)), *off])
    t, x, sigma, off = np.split(np.array(rows), [1, 4, 7], axis=1)
    there = scene.biases(t[:, 0])
    error = x - there
    nees = float(error[-1] @ np.linalg.solve(cov, error[-1]))
    return Course(t[:, 0], error, sigma, off, there, nees)


def table() -> Iterator[str]:
    yield (
        "| scene | azimuth, degrees: error / told | range, m | clock, s | within 3 sigma | "
        "NEES / 3 | taken off | after, s | where there is none |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, scene in SCENES.items():
        runs = [follow(scene, seed) for seed in SEEDS]
        last, told = (
            np.array([getattr(r, what)[-1] for r in runs]) * UNITS for what in ("error", "sigma")
        )
        rms, sigma = np.sqrt((last**2).mean(axis=0)), np.sqrt((told**2).mean(axis=0))
        parts = [f"{e:.3g} / {s:.2g}" for e, s in zip(rms, sigma, strict=True)]
        off = np.mean([r.off[-1] != 0 for r in runs], axis=0)
        false = np.mean([((r.off != 0) & (r.there == 0)).any(axis=1).mean() for r in runs])
        shares = ", ".join(f"{o:.0%}" for o in off)
        yield (
            f"| {name} | {' | '.join(parts)} | {(np.abs(last / told) < 3).mean():.0%} | "
            f"{np.mean([r.nees for r in runs]) / 3:.2f} | {shares} | {_after(scene, runs)} | "
            f"{false:.1%} |"
        )


def _after(scene: Scene, runs: list[Course]) -> str:
    """Median seconds until each bias that there is was taken off, where it mostly was."""
    after = np.array([r.applied_after_s(scene) for r in runs])
    mostly = np.isfinite(after).mean(axis=0) > 0.5
    there = runs[0].there[-1] != 0
    said = [
        f"{np.nanmedian(column):.0f}" if ok else "-"
        for column, ok in zip(after.T, mostly & there, strict=True)
    ]
    return ", ".join(said)


def main(page: str | None = None) -> None:
    text = "\n".join(table())
    if page is None:
        print(text)
    else:
        pages.write(Path(page), "bench/registration.py", text)


if __name__ == "__main__":
    main(*sys.argv[1:2])

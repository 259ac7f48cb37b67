"""How quick the tracker is: against Stone Soup, the clock and the number of vessels."""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import pages
from bench.tracker_scene import BETWEEN_S, SCAN_S, SIGMA_AZIMUTH_RAD, Scene, make
from coastwatch.track import Tracker

DOCS = Path(__file__).resolve().parent.parent / "docs"
UNIT = 1_000
SIZES = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)
FIRST = """
import time
begin = time.perf_counter()
from bench.tracker_scene import make
from coastwatch.track import Tracker
scene = make(20, scans=8, seed=99, ais=True)
ready = time.perf_counter()
tracker = Tracker(scene.site, scene.plane)
for time_s, batch in scene.batches():
    tracker.step(batch, time_s)
print(ready - begin, time.perf_counter() - ready)
"""


def speed(options: argparse.Namespace) -> str:
    """Scans a second of ours and the peers at 100 vessels, and ours against real time."""
    from bench.tracker import peers, run_peer

    scene = make(100, options.scans, options.seeds[0])
    own = _rate(scene)
    rows = [["100", "coastwatch", f"{own:,.0f}", f"{own * BETWEEN_S:,.0f}", ""]]
    for name, how in peers():
        for near, words in ((True, ", with a k-d tree"), (False, ", as it comes")):
            shown, seconds = run_peer(scene, how, options.budget_s, near=near)
            rate = len(shown) / seconds
            rows.append(["100", f"Stone Soup {name}{words}", f"{rate:.2f}",
                         f"{rate * BETWEEN_S:.1f}", f"{own / rate:,.0f}"])  # fmt: skip
    for vessels, with_ais, scans in ((1_000, True, 120), (10_000, False, 48), (10_000, True, 48)):
        rate = _rate(make(vessels, scans, options.seeds[0], ais=with_ais))
        words = "coastwatch, with AIS" if with_ais else "coastwatch"
        rows.append([f"{vessels:,}", words, f"{rate:,.1f}", f"{rate * BETWEEN_S:,.1f}", ""])
    head = ["vessels", "tracker", "scans/s", "times real time", "ours is so many times this"]
    return pages.table(head, rows)


def cost(options: argparse.Namespace) -> str:
    """Time of a scan against vessels, and how it grows against n log n of 1,000.

    One density and, the azimuth error falling as the sea grows, gates of one size.
    """
    seas = [
        make(n, 48, options.seeds[0], growth=n / UNIT,
             sigma_azimuth_rad=SIGMA_AZIMUTH_RAD / math.sqrt(n / UNIT))
        for n in SIZES
    ]  # fmt: skip
    spent = [1 / _rate(sea) for sea in seas]
    line = [spent[SIZES.index(UNIT)] * n * math.log(n) / (UNIT * math.log(UNIT)) for n in SIZES]
    if options.docs:
        _plot(spent, line, DOCS / "tracker-cost.png")
    rows = [[f"{n:,}", f"{1e3 * s:.2f}", f"{1e6 * s / n:.2f}", f"{s / of:.2f}"]
            for n, s, of in zip(SIZES, spent, line, strict=True)]  # fmt: skip
    return pages.table(["vessels", "ms a scan", "us a vessel", "over n log n, of 1,000"], rows)


def start(options: argparse.Namespace) -> str:
    """The first steps in a fresh process: kernels compiled, and kernels loaded."""
    with tempfile.TemporaryDirectory() as cache:
        told = [_first(cache) for _ in range(2)]
    rows = [[words, f"{imports:.1f}", f"{steps:.1f}"]
            for words, (imports, steps) in zip(("empty", "filled"), told, strict=True)]  # fmt: skip
    return pages.table(["kernel cache", "imports and scene, s", "first eight scans, s"], rows)


def _first(cache: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", FIRST], env=os.environ | {"NUMBA_CACHE_DIR": cache},
        cwd=DOCS.parent, stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    imports, steps = map(float, done.stdout.split())
    return imports, steps


def _rate(scene: Scene) -> float:
    """Scans a second of ``step`` alone, once the tracks are there (the first ten seconds)."""
    tracker, seconds, count = Tracker(scene.site, scene.plane), 0.0, 0
    for time_s, batch in scene.batches():
        begin = time.perf_counter()
        tracker.step(batch, time_s)
        if time_s - scene.times_s[0] > 4 * SCAN_S:
            seconds, count = seconds + time.perf_counter() - begin, count + 1
    return count / seconds


def _plot(spent: list[float], line: list[float], path: Path) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    axes.plot(SIZES, [1e3 * s for s in spent], "o-", color="#0b5394", label="a scan")
    axes.plot(SIZES, [1e3 * s for s in line], "--", color="#999999", label="n log n")
    axes.set(xscale="log", yscale="log", xlabel="vessels", ylabel="ms a scan")
    axes.grid(alpha=0.3, which="both")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)

"""Video to plots: one turn of 2,048 azimuths by 4,096 cells, against the ordinary way in SciPy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.timing import _peak_mb
from bench.video_scene import TURN, Scene, Target, picture
from coastwatch.decode.video.spokes import Spokes

SCENE = Scene(spokes=2048, cells=4096, cell_m=6.0)
TARGETS, TURNS, ROUNDS = 300, 3, 3
PFA = 1e-5
GUARD, WINDOW = 8, 32


def boats() -> list[Target]:
    """300 boats, 15 to 35 dB above noise or clutter."""
    rng = np.random.default_rng(1)
    return [
        Target(rng.uniform(100, 4000), rng.uniform(0, TURN), 10 * 10 ** (rng.uniform(15, 35) / 20))
        for _ in range(TARGETS)
    ]


def write(path: Path, shape: float | None) -> None:
    """Some turns of the same boats, in noise or in K clutter, as one array of counts."""
    rng, scene = np.random.default_rng(2), replace(SCENE, shape=shape)
    np.save(path, np.stack([picture(scene, rng, boats()).cells for _ in range(TURNS)]))


def read(path: Path) -> list[Spokes]:
    time_s = np.arange(SCENE.spokes) * SCENE.turn_s / SCENE.spokes
    width = TURN / SCENE.spokes
    return [
        Spokes(1e9 + 2.5 * k + time_s, SCENE.azimuth_rad, width, 0.0, SCENE.cell_m, 8, cells)
        for k, cells in enumerate(np.load(path))
    ]


def ours(spokes: list[Spokes], method: str) -> Callable[[int], np.ndarray]:
    """A function from a turn to its plots: ranges and azimuths."""
    from coastwatch.decode.video.extract import Extractor
    from coastwatch.decode.video.settings import VideoSettings

    settings = VideoSettings(pfa=PFA, method=method, window_cells=WINDOW, guard_cells=GUARD)  # type: ignore[arg-type]
    extractor = Extractor(settings)

    def run(turn: int) -> np.ndarray:
        found = extractor.take(spokes[turn])
        return np.stack([found.range_m, found.azimuth_rad])

    return run


def peer(spokes: list[Spokes]) -> Callable[[int], np.ndarray]:
    """CA-CFAR by running means, labels and centres of mass: what SciPy's own parts give."""
    from scipy import ndimage

    alpha = WINDOW * (PFA ** (-1 / WINDOW) - 1)
    inner, outer = 2 * GUARD + 1, 2 * GUARD + 1 + WINDOW

    def run(turn: int) -> np.ndarray:
        cells = spokes[turn].cells
        power = cells.astype(np.float32) ** 2
        wide = ndimage.uniform_filter1d(power, outer, axis=1, mode="reflect") * outer
        wide -= ndimage.uniform_filter1d(power, inner, axis=1, mode="reflect") * inner
        over = power > alpha * wide / WINDOW
        labels, count = ndimage.label(over, np.ones((3, 3)))
        sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
        kept = np.flatnonzero(sizes >= 2) + 1
        centres = np.array(ndimage.center_of_mass(cells, labels, kept)).reshape(-1, 2)
        return np.stack([(centres[:, 1] + 0.5) * SCENE.cell_m,
                         (centres[:, 0] + 0.5) * TURN / SCENE.spokes])  # fmt: skip

    return run


def alone(path: Path, method: str) -> dict[str, float]:
    """One contender in a process of its own: seconds a turn, plots, and memory of the process."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    spokes = read(path)
    begin = time.perf_counter()
    run = peer(spokes) if method == "scipy" else ours(spokes, method)
    run(0)
    first_s = time.perf_counter() - begin
    cpu_s = wall_s = float("inf")
    for _ in range(ROUNDS):
        for turn in range(1, TURNS):
            wall, cpu = time.perf_counter(), time.process_time()
            plots = run(turn)
            cpu_s = min(cpu_s, time.process_time() - cpu)
            wall_s = min(wall_s, time.perf_counter() - wall)
    return {"cpu_s": cpu_s, "wall_s": wall_s, "first_s": first_s, "plots": plots.shape[1],
            "boats": found(plots), "peak_mb": _peak_mb()}  # fmt: skip


def found(plots: np.ndarray) -> int:
    """How many boats have a plot within a beam and 30 m."""
    hit = 0
    for boat in boats():
        off = np.remainder(plots[1] - boat.azimuth_rad + np.pi, TURN) - np.pi
        near = np.abs(off) < SCENE.beamwidth_rad
        hit += bool((near & (np.abs(plots[0] - boat.cell * SCENE.cell_m) < 30)).any())
    return hit


def main() -> None:
    for name, shape in (("noise", None), ("K clutter, shape 1", 1.0)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "turns.npy"
            write(path, shape)
            for method in ("os", "go", "ca", "scipy"):
                command = [sys.executable, "-m", "bench.video", str(path), method]
                done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
                told = json.loads(done.stdout)
                print(
                    f"video 2,048 x 4,096 to plots, {name}, {method}: "
                    f"{told['cpu_s'] * 1e3:.0f} ms of one core ({told['wall_s'] * 1e3:.0f} ms by "
                    f"the clock; first turn {told['first_s']:.1f} s), {told['plots']} plots, "
                    f"{told['boats']} of {TARGETS} boats, peak {told['peak_mb']:.0f} MB"
                )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(alone(Path(sys.argv[1]), sys.argv[2])))
    else:
        main()

"""Video to plots: one turn of 2,048 azimuths by 4,096 cells, against the ordinary way in SciPy."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from bench.timing import _peak_mb
from bench.video_scene import TURN, Scene, Target, picture
from coastwatch.decode.video.spokes import Spokes

SCENE = Scene(spokes=2048, cells=4096, cell_m=6.0)
TARGETS, TURNS, ROUNDS = 300, 3, 3
PFA = 1e-5
GUARD, WINDOW = 8, 32


def turns(shape: float | None = None) -> tuple[list[Spokes], list[Target]]:
    """Some turns of the same 300 boats, 15 to 35 dB over noise, or over K clutter."""
    rng = np.random.default_rng(1)
    boats = [
        Target(rng.uniform(100, 4000), rng.uniform(0, TURN), 10 * 10 ** (rng.uniform(15, 35) / 20))
        for _ in range(TARGETS)
    ]
    scene = SCENE if shape is None else Scene(2048, 4096, 6.0, shape=shape)
    return [picture(scene, rng, boats, 1e9 + 2.5 * k) for k in range(TURNS)], boats


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


def alone(name: str) -> dict[str, float]:
    """One contender in a process of its own: seconds a turn (processor and wall), plots, memory."""
    shape, _, method = name.partition(":")
    spokes, boats = turns(None if shape == "noise" else float(shape))
    before_mb = _peak_mb()
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
            "boats": found(plots, boats), "peak_mb": _peak_mb() - before_mb}  # fmt: skip


def found(plots: np.ndarray, boats: list[Target]) -> int:
    """How many boats have a plot within a beam and 30 m."""
    hit = 0
    for boat in boats:
        off = np.remainder(plots[1] - boat.azimuth_rad + np.pi, TURN) - np.pi
        near = np.abs(off) < SCENE.beamwidth_rad
        hit += bool((near & (np.abs(plots[0] - boat.cell * SCENE.cell_m) < 30)).any())
    return hit


def main() -> None:
    for shape in ("noise", "1"):
        for method in ("os", "go", "ca", "scipy"):
            command = [sys.executable, "-m", "bench.video", f"{shape}:{method}"]
            told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
            clutter = "noise" if shape == "noise" else f"K clutter, shape {shape}"
            print(
                f"video 2,048 x 4,096 to plots, {clutter}, {method}: {told['cpu_s'] * 1e3:.0f} ms of "
                f"one core ({told['wall_s'] * 1e3:.0f} ms by the clock; first turn "
                f"{told['first_s']:.1f} s), {told['plots']:.0f} plots, {told['boats']:.0f} of {TARGETS} "
                f"boats, peak {told['peak_mb']:+.0f} MB"
            )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(alone(sys.argv[1])))
    else:
        main()

"""The demo: a simulated exercise from the sensors' bytes to the map, and how well it went."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from coastwatch.maps import draw_picture
from coastwatch.runner import track_files
from coastwatch.score import score
from coastwatch.simulate import simulate
from coastwatch.store.run import prepare_folder, read_run
from coastwatch.summary import summary_text

SCENARIO = "dover-crossing"
# How the demo's time divides, for the progress bar: simulating, tracking, drawing and scoring.
SIMULATED, TRACKED = 0.2, 0.9


def run_demo(out: Path, seed: int, progress: Callable[[float, str], None]) -> str:
    """Simulate, track, draw and score into ``out``; returns the closing summary as text.

    Raises InputError when ``out`` cannot be written.
    """
    started = time.monotonic()
    prepare_folder(out)
    exercise = out / "exercise"
    site = simulate(
        SCENARIO, seed, exercise, progress=lambda f, _: progress(SIMULATED * f, "simulating")
    )
    feeds = sorted((exercise / "feeds").iterdir())
    size = sum(f.stat().st_size for f in feeds)

    def tracked(done: int, _: float) -> None:
        progress(SIMULATED + (TRACKED - SIMULATED) * done / size, "tracking")

    summary = track_files(site, feeds, out, progress=tracked)
    progress(TRACKED, "drawing")
    draw_picture(read_run(out), out / "picture.html")
    scores = score(exercise / "truth.parquet", out / "tracks.parquet")
    progress(1.0, "done")
    lines = [summary_text(summary, out), "", "Against the truth, which the tracker never saw:"]
    lines += [
        f"  GOSPA {scores['gospa_m']:.0f} m, completeness {scores['completeness']:.0%}, "
        f"{scores['false_tracks']:.0f} false tracks, "
        f"median latency to confirmed {scores['latency_median_s']:.0f} s",
        f"Done in {time.monotonic() - started:.0f} s.",
    ]
    return "\n".join(lines)

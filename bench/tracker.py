"""The tracker against Stone Soup on the same scenes: `python -m bench.tracker`, see docs/bench.md.

Each table is printed as soon as it is measured; ``--docs`` also writes docs/accuracy.md and the
plots. Parts can be named: accuracy, ais, life, consistency, worst, speed, cost, start.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2

from bench import pages, tracker_speed
from bench.tracker_bound import MANY, ONE, told
from bench.tracker_marks import Marks, Shown, believed, by_kind, consistency, judge, mean
from bench.tracker_scene import Scene, make
from coastwatch.track import Tracker

DOCS = Path(__file__).resolve().parent.parent / "docs"
PEERS = {"GNN": "GNN", "JPDA (EHM2)": "EHM2"}
BOUNDS = {"told, one model": ONE, "told, many": MANY}
SEEDS = (1, 2, 3)
OURS = "coastwatch"
COLOURS = {OURS: "#0b5394", "GNN": "#b45f06", "JPDA (EHM2)": "#6aa84f",
           "told, one model": "#bbbbbb", "told, many": "#777777"}  # fmt: skip


def main(argv: Sequence[str] = ()) -> None:
    """All parts, or those named."""
    parser = argparse.ArgumentParser(prog="python -m bench.tracker", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all when none is named")
    parser.add_argument("--vessels", nargs="+", type=int, default=[10, 50, 100, 500, 1000])
    parser.add_argument("--scans", type=int, default=120)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--budget-s", type=float, default=60.0, help="for a peer on one scene")
    parser.add_argument("--docs", action="store_true", help="write the tables and plots to docs/")
    options = parser.parse_args(argv)
    warm()
    for name in options.parts or PARTS:
        text = PARTS[name](options)
        print(f"\n## {name}\n\n{text}", flush=True)
        if options.docs:
            pages.write(DOCS / "accuracy.md", f"bench/tracker.py {name}", text)


def warm() -> None:
    """Compile before the clock runs."""
    run(make(20, scans=8, seed=99, ais=True))


def run(scene: Scene, scans: int | None = None) -> tuple[list[Shown], float]:
    """Our pictures of a scene, and the seconds that ``step`` took."""
    tracker, shown, seconds = Tracker(scene.site, scene.plane), [], 0.0
    for time_s, batch in list(scene.batches())[:scans]:
        begin = time.perf_counter()
        tracks = tracker.step(batch, time_s)
        seconds += time.perf_counter() - begin
        seen = believed(tracks)
        shown.append((seen.id, seen.state))
    return shown, seconds


def run_peer(scene: Scene, how: str, budget_s: float, **settings: Any) -> tuple[list[Shown], float]:
    """A peer's pictures of as many scans as the budget allows, and the seconds they took."""
    from bench.stonesoup_peer import Settings, StoneSoup

    peer, shown, seconds = StoneSoup(how, Settings(**settings)), [], 0.0
    for time_s, scan in zip(scene.times_s.tolist(), scene.scans, strict=True):
        begin = time.perf_counter()
        shown.append(peer.step(scan, time_s))
        seconds += time.perf_counter() - begin
        if seconds > budget_s:
            break
    return shown, seconds


def accuracy(options: argparse.Namespace) -> str:
    """GOSPA of ours and the peers, on the same scans of the same scenes."""
    found: dict[int, dict[str, Marks]] = {}
    rows = []
    for vessels in options.vessels:
        marks: dict[str, list[Marks]] = {}
        scans = []
        for seed in options.seeds if vessels <= 100 else options.seeds[:1]:
            scene = make(vessels, options.scans, seed)
            shown = {name: run_peer(scene, how, options.budget_s)[0] for name, how in peers()}
            scans.append(min([len(s) for s in shown.values()], default=options.scans))
            shown[OURS] = run(scene, scans[-1])[0]
            shown |= {name: list(told(scene, models)) for name, models in BOUNDS.items()}
            for name, pictures in shown.items():
                marks.setdefault(name, []).append(judge(scene, pictures[: scans[-1]]))
        found[vessels] = {name: mean(m) for name, m in marks.items()}
        rows.append(_compared(vessels, scans, found[vessels]))
        print("  ".join(rows[-1]), file=sys.stderr, flush=True)
    if options.docs:
        _plot(found, DOCS / "tracker-gospa.png")
    head = ["vessels", "scans", *(f"{name}, m" for name in (OURS, *dict(peers()), *BOUNDS)),
            "ours / best", "rms", "of the best", "missed, false", "of the best"]  # fmt: skip
    return pages.table(head, rows)


def peers() -> list[tuple[str, str]]:
    """Those that are installed, by the name that the tables give them."""
    return list(PEERS.items()) if find_spec("stonesoup") else []


def _compared(vessels: int, scans: list[int], marks: dict[str, Marks]) -> list[str]:
    ours, others = marks[OURS], [marks[name] for name, _ in peers()]
    best = min(others, key=lambda m: m.gospa_m, default=ours)
    distances = [f"{marks[name].gospa_m:.1f}" for name in (OURS, *dict(peers()), *BOUNDS)]
    return [
        str(vessels), " + ".join(map(str, scans)), *distances,
        f"{ours.gospa_m / best.gospa_m:.2f}", f"{ours.rms_m:.1f}", f"{best.rms_m:.1f}",
        f"{ours.missed:.1f}, {ours.false:.1f}", f"{best.missed:.1f}, {best.false:.1f}",
    ]  # fmt: skip


def ais(options: argparse.Namespace) -> str:
    """The same scenes and plots with and without AIS."""
    rows = []
    for vessels in options.vessels:
        seeds = options.seeds if vessels <= 100 else options.seeds[:1]
        pair = []
        for with_ais in (False, True):
            scenes = [make(vessels, options.scans, seed, ais=with_ais) for seed in seeds]
            pair.append(mean([judge(scene, run(scene)[0]) for scene in scenes]))
        gain = 1 - pair[1].gospa_m / pair[0].gospa_m
        rows.append([str(vessels), *(f"{m.gospa_m:.1f}" for m in pair), f"{gain:.0%}",
                     *(f"{m.switches:.2f}" for m in pair)])  # fmt: skip
    head = ["vessels", "GOSPA without, m", "with AIS, m", "gain", "switches an hour without",
            "with AIS"]  # fmt: skip
    return pages.table(head, rows)


def life(options: argparse.Namespace) -> str:
    """How soon, how steady, how false: 100 vessels, a quarter of an hour for each seed."""
    rows = []
    for vessels in (50, 100):
        for with_ais in (False, True):
            scenes = (make(vessels, 720, seed, ais=with_ais) for seed in options.seeds)
            m = mean([judge(scene, run(scene)[0]) for scene in scenes])
            told = (m.gospa_m, m.delay_s, m.switches, m.false_tracks)
            rows.append([str(vessels), "yes" if with_ais else "no", *(f"{v:.2f}" for v in told)])
    head = ["vessels", "AIS", "GOSPA, m", "median delay of new small craft, s",
            "identity switches a vessel-hour", "false tracks an hour"]  # fmt: skip
    return pages.table(head, rows)


def consistent(options: argparse.Namespace) -> str:
    """NEES and NIS against what they should be."""
    nees: dict[str, list[np.ndarray]] = {}
    nis: dict[str, list[np.ndarray]] = {}
    for seed in options.seeds:
        scene = make(100, options.scans, seed)
        for kind, c in consistency(scene, Tracker(scene.site, scene.plane)).items():
            nees.setdefault(kind, []).append(c.nees)
            nis.setdefault(kind, []).append(c.nis)
    rows = [
        [kind, *_band(np.concatenate(nees[kind]), 4), *_band(np.concatenate(nis[kind]), 2)]
        for kind in ("steady", "between", "manoeuvring")
        if kind in nees
    ]
    head = ["the last 10 s", "states", "NEES / 4", "within 95 %", "plots", "NIS / 2", "within 95 %"]
    return pages.table(head, rows)


def worst(options: argparse.Namespace) -> str:
    """Where the errors are, at 100 vessels: ours, and the exact JPDA of Stone Soup."""
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    for seed in options.seeds:
        scene = make(100, options.scans, seed)
        shown = [(ours, run(scene)[0])]
        if peers():
            shown.append((theirs, run_peer(scene, "EHM2", math.inf)[0]))
        for into, pictures in shown:
            for kind, off in by_kind(scene, pictures).items():
                into.setdefault(kind, []).extend(off)
    rows = []
    for kind, off in sorted(ours.items()):
        share = len(off) / sum(map(len, ours.values()))
        rows.append([kind, f"{share:.0%}", *_errors(off), *_errors(theirs.get(kind, []))])
    head = ["vessel, and its last 10 s", "share", "rms, m", "without track", "peer's rms, m",
            "without track"]  # fmt: skip
    return pages.table(head, rows)


def _errors(off: list[float]) -> list[str]:
    """Root mean square of what is finite, and the share of what is not."""
    if not off:
        return ["", ""]
    values = np.array(off)
    found = np.isfinite(values)
    return [f"{np.sqrt((values[found] ** 2).mean()):.1f}", f"{1 - found.mean():.1%}"]


def _band(values: np.ndarray, freedom: int) -> list[str]:
    """Count, mean over what it should be, and the share below the 95 % point of chi-square."""
    inside = (values < chi2.ppf(0.95, freedom)).mean()
    return [str(len(values)), f"{values.mean() / freedom:.2f}", f"{inside:.1%}"]


def _plot(found: dict[int, dict[str, Marks]], path: Path) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for name in next(iter(found.values())):
        axes.plot(list(found), [m[name].gospa_m / math.sqrt(n) for n, m in found.items()], "o-",
                  label=name, color=COLOURS[name])  # fmt: skip
    axes.set(xscale="log", xlabel="vessels", ylabel="GOSPA / √vessels, m", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "accuracy": accuracy, "ais": ais, "life": life, "consistency": consistent,
    "worst": worst,
    "speed": tracker_speed.speed, "cost": tracker_speed.cost, "start": tracker_speed.start,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1:])

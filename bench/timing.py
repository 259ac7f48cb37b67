"""Two ways to time, both the best of a few turns: calls side by side, or processes alone."""

from __future__ import annotations

import gc
import importlib
import json
import math
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def compare(what: str, count: int, ours: Callable[[], object], peer: Callable[[], object],
            peer_name: str, rounds: int = 3) -> None:  # fmt: skip
    """Print messages a second of both, and how many times the peer's rate ours is."""
    best = {"ours": float("inf"), "peer": float("inf")}
    for _ in range(rounds):
        for name, run in (("ours", ours), ("peer", peer)):
            begin = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - begin)
    rates = {name: count / seconds for name, seconds in best.items()}
    print(
        f"{what}: coastwatch {rates['ours']:,.0f}/s, {peer_name} {rates['peer']:,.0f}/s, "
        f"ratio {rates['ours'] / rates['peer']:.2f}"
    )


@dataclass(slots=True)
class Run:
    """One contender's best of several fresh processes."""

    seconds: float = math.inf
    startup_s: float = math.inf  # imports and the small job
    first_s: float = 0.0  # the process before the rounds, in which kernels may be compiled
    peak_mb: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)


def race(contenders: dict[str, str], path: Path, small: Path, rounds: int = 3) -> dict[str, Run]:
    """Each contender ("module:function") over a file, in turns, in a fresh process on one core.

    The function takes a path and returns what counts its result, which is called when the clock
    has stopped. It runs over the small file first, so that what
    is loaded stands apart, in ``startup_s``; peak memory is of the whole process. What is compiled
    once for all processes to come is told by the run before the first, as ``first_s``.
    """
    runs = {name: Run() for name in contenders}
    for name, function in contenders.items():
        begin = time.perf_counter()
        command = [sys.executable, "-m", "bench.timing", function, str(path), str(small)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        runs[name].first_s = time.perf_counter() - begin
    for _ in range(rounds):
        for name, function in contenders.items():
            command = [sys.executable, "-m", "bench.timing", function, str(path), str(small)]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            told, best = json.loads(done.stdout), runs[name]
            best.seconds = min(best.seconds, told["seconds"])
            best.startup_s = min(best.startup_s, told["startup_s"])
            best.peak_mb = max(best.peak_mb, told["peak_mb"])
            best.result = told["result"]
    return runs


def _alone(function: str, path: Path, small: Path) -> dict[str, Any]:
    """What a fresh process of ``race`` tells."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    gc.disable()  # a gain of a sixth for peers that make an object a message
    module, _, name = function.partition(":")
    begin = time.perf_counter()
    run = getattr(importlib.import_module(module), name)
    run(small)
    ready = time.perf_counter()
    count = run(path)
    end, peak_mb = time.perf_counter(), _peak_mb()
    return {"seconds": end - ready, "startup_s": ready - begin, "peak_mb": peak_mb,
            "result": count()}  # fmt: skip


def _peak_mb() -> float:
    # Not getrusage: across exec its peak keeps that of the process that started this one.
    own = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own[1]) if own else 0, children) * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(_alone(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))

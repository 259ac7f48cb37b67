"""Detection delay and false alerts of each rule on simulated days, as a table."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bench import pages
from bench.watch_acts import SCRIPTS
from bench.watch_air import START_S
from bench.watch_days import cases, simulate, unexplained, who

Result = dict[str, Any]


def behaviours(options: argparse.Namespace) -> str:
    """Each rule: scripted cases, found, delays, false alerts a day, and what else was true."""
    days = [_day(seed, options) for seed in options.seeds]
    found = [case for day in days for case in day["cases"]]
    false = Counter(a["rule"] for day in days for a in day["false"])
    total = Counter(rule for day in days for rule in day["alerts"])
    elapsed = sum(day["hours"] for day in days) / 24.0
    rows = []
    for rule in SCRIPTS:
        own = [c for c in found if c["rule"] == rule]
        if not own:
            continue
        late = [c["said_s"] - c["begin_s"] for c in own if c["said_s"] is not None]
        rows.append(
            [f"`{rule}`", str(len(own)), str(len(late)), *_delays(late),
             f"{false[rule] / elapsed:.1f}", f"{(total[rule] - false[rule]) / elapsed:.1f}"]
        )  # fmt: skip
    rows.append(["all", str(len(found)), str(sum(c["said_s"] is not None for c in found)), "", "",
                 f"{sum(false[r] for r in SCRIPTS) / elapsed:.1f}",
                 f"{sum(total[r] - false[r] for r in SCRIPTS) / elapsed:.1f}"])  # fmt: skip
    head = ["rule", "scripted", "found", "delay, median s", "90 % s", "false a day", "true a day"]
    return f"{len(days)} runs, {24 * elapsed:.0f} simulated hours.\n\n" + pages.table(head, rows)


def _delays(late: list[float]) -> list[str]:
    if not late:
        return ["", ""]
    return [f"{np.median(late):.0f}", f"{np.percentile(late, 90):.0f}"]


def _day(seed: int, options: argparse.Namespace) -> Result:
    """One day's result; kept in ``options.keep`` and taken from there where it is."""
    kept = Path(options.keep) / f"seed-{seed}.json" if options.keep else None
    if kept and kept.exists():
        return dict(json.loads(kept.read_text()))
    day = simulate(seed, options.each, options.hours)
    result: Result = {
        "hours": options.hours,
        "cases": [asdict(case) for case in cases(day, options.hours * 3_600)],
        "alerts": [alert.rule for alert in day.alerts],
        "false": [
            {"rule": a.rule, "time_s": a.time_s - START_S, "mmsi": a.mmsi, "text": a.text,
             "who": [f"{h.kind} {h.grade} {h.script}" for h in (day.hulls[i] for i in who(day, a))]}
            for a in unexplained(day)
        ],
    }  # fmt: skip
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(result, indent=1))
    return result

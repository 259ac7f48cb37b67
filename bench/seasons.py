"""The small craft score on simulated seasons: `python -m bench.seasons`, see docs/small-craft.md.

``--fit`` makes coastwatch/watch/craft_odds.toml from the fitting seeds; without it the table that
is there is measured on other seeds. ``--docs`` also writes the page and its pictures. Scenes are
kept in ``--folder``, since each takes seconds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench import pages, season_plots
from bench.season_fit import fit, reliability, threshold, write
from bench.season_run import Recorded, recorded
from bench.season_scene import HOURS
from bench.season_watch import Watched, probability, watched
from coastwatch.model import Floats
from coastwatch.watch import craft
from coastwatch.watch.craft import Odds

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "coastwatch" / "watch" / "craft_odds.toml"
PAGE = ROOT / "docs" / "small-craft.md"
FIT, TEST = 1000, 2000
FALSE_PER_DAY = 1.0
LOUD = ("warning", "alarm", "emergency")


class Outcome(NamedTuple):
    """What a season brought: rows of dinghies (kind of start, alerted, in time), tracks alerted."""

    days: float
    dinghies: list[tuple[bool, bool, bool, bool]]  # from a beach, tracked, alerted, within 1 NM
    false: Counter[str]
    cautions: int
    repeated: int
    withheld: int


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.seasons", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="make the table anew, from other seeds")
    parser.add_argument("--docs", action="store_true", help="write docs/small-craft.md")
    parser.add_argument("--scenes", type=int, default=100, help="of each season")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/coastwatch-seasons"))
    parser.add_argument("--sample", type=Path, help="write some rows there, for the tests")
    options = parser.parse_args(argv or None)
    if options.fit:
        learn(options.folder, options.scenes)
    season = list(seen(range(TEST, TEST + options.scenes), options.folder))
    table = craft.odds()
    text = report(season, table)
    print(text)
    if options.sample:
        sample(season, options.sample)
    if options.docs:
        pages.write(PAGE, "bench/seasons.py", text)
        season_plots.draw(season, table, PAGE.parent)


def seen(seeds: range, folder: Path) -> Iterator[Watched]:
    """Each scene through the watch as it is."""
    for scene in recorded(seeds, folder):
        done = watched(scene)
        yield replace(done, scene=replace(scene, pictures=[]))


def learn(folder: Path, scenes: int) -> None:
    """Write the table: odds, and the threshold at a false alert a day, of the fitting seeds."""
    seeds = range(FIT, FIT + scenes)
    season = list(seen(seeds, folder))
    table = fit(season)
    table = replace(table, threshold=threshold(season, table, FALSE_PER_DAY))
    made = f"made by: python -m bench.seasons --fit --scenes {scenes}"
    write(TABLE, table, f"{made}\nseeds {seeds.start} to {seeds.stop - 1}, {HOURS:g} h each")
    craft.odds.cache_clear()


def outcome(season: Sequence[Watched]) -> Outcome:
    """By what the watch raised."""
    dinghies, false, cautions, repeated = [], Counter[str](), 0, 0
    for w in season:
        loud = _first(w, LOUD)
        quiet = _first(w, ("caution",))
        cautions += len(quiet.keys() - loud.keys())
        cautions += sum(quiet[t] < loud[t] for t in quiet.keys() & loud.keys())
        false.update(w.scene.kind(t) for t in loud if w.scene.kind(t) != "dinghy")
        of_boat: dict[int, list[float]] = {}
        for track, time_s in loud.items():
            of_boat.setdefault(w.scene.boat_of.get(track, -1), []).append(time_s)
        for i, boat in enumerate(w.scene.boats):
            if boat.kind != "dinghy":
                continue
            times = of_boat.get(i, [])
            repeated += max(len(times) - 1, 0)
            in_time = bool(times) and min(times) <= boat.off_s
            dinghies.append((boat.beach, bool(np.isfinite(boat.seen_s)), bool(times), in_time))
    days = sum(w.scene.duration_s for w in season) / 86_400
    return Outcome(days, dinghies, false, cautions, repeated, sum(w.withheld for w in season))


def _first(w: Watched, severities: Sequence[str]) -> dict[int, float]:
    """When each track was first raised with one of these severities."""
    out: dict[int, float] = {}
    for time_s, track, severity in w.raised:
        if severity in severities:
            out.setdefault(track, time_s)
    return out


def curve(season: Sequence[Watched], table: Odds) -> Floats:
    """Rows (threshold, false a day, share alerted, share within 1 NM of those from a beach)."""
    days = sum(w.scene.duration_s for w in season) / 86_400
    others, whole, near = [], [], []
    for w in season:
        best: dict[int, list[tuple[Floats, Floats]]] = {}
        for track, times, held in w.levels(table):
            if w.scene.kind(track) == "dinghy":
                best.setdefault(w.scene.boat_of[track], []).append((times, held))
            else:
                others.append(held.max())
        for i, boat in enumerate(w.scene.boats):
            if boat.kind == "dinghy":
                mine = best.get(i, [])
                whole.append(max((held.max() for _, held in mine), default=0.0))
                if boat.beach:
                    early = [held[t <= boat.off_s].max(initial=0.0) for t, held in mine]
                    near.append(max(early, default=0.0))
    found = np.unique(np.concatenate([others, whole, [0.01, 0.99]]))
    a, b, c = (np.sort(v) for v in (others, whole, near))
    return np.column_stack([
        found, (len(a) - np.searchsorted(a, found)) / days,
        1 - np.searchsorted(b, found) / max(len(b), 1),
        1 - np.searchsorted(c, found) / max(len(c), 1),
    ])  # fmt: skip


def report(season: Sequence[Watched], table: Odds) -> str:
    """The tables of the page."""
    o = outcome(season)
    moving, every = _calibration(season, table, True), _calibration(season, table, False)
    rows = curve(season, table)
    at_one = rows[rows[:, 1] <= FALSE_PER_DAY][0]
    beach = [d for d in o.dinghies if d[0]]
    n = len(o.dinghies)
    false = ", ".join(f"{k} {v}" for k, v in o.false.most_common()) or "none"
    lines = [
        ("scenes, site time", f"{len(season)}, {o.days * 24:.0f} h", ""),
        ("dinghies, of them from a beach", f"{n}, {len(beach)}", ""),
        ("expected calibration error, craft under way", f"{moving:.3f}", "< 0.05"),
        ("expected calibration error, every track without identity", f"{every:.3f}", ""),
        (f"at the rule's threshold {table.threshold:g}: false alerts in 24 h",
         f"{sum(o.false.values()) / o.days:.2f} ({false})", "1"),
        ("... dinghies alerted", _share(sum(d[2] for d in o.dinghies), n), "95 %"),
        ("... dinghies alerted before 1 NM, of those from a beach",
         _share(sum(d[3] for d in beach), len(beach)), "50 %"),
        ("... dinghies alerted, of those out already when their scene begins",
         _share(sum(d[2] for d in o.dinghies if not d[0]), n - len(beach)), ""),
        ("... dinghies that the radar never gave a track",
         _share(sum(not d[1] for d in o.dinghies), n), ""),
        ("... second alerts of one dinghy (its track broke)", f"{o.repeated}", ""),
        ("... cautions in 24 h (small craft without AIS, below the threshold)",
         f"{o.cautions / o.days:.0f}", ""),
        ("... cautions of small-craft-withheld in 24 h", f"{o.withheld / o.days:.1f}", ""),
        (f"at one false alert in 24 h of these seeds (threshold {at_one[0]:.3f}): alerted",
         f"{at_one[2]:.1%}", "95 %"),
        ("... alerted before 1 NM, of those from a beach", f"{at_one[3]:.1%}", "50 %"),
    ]  # fmt: skip
    return pages.table(["", "measured", "asked"], lines) + "\n\n" + _steps(rows)


def _steps(rows: Floats) -> str:
    """Other operating points."""
    lines = []
    for false in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0):
        row = rows[rows[:, 1] <= false][0]
        lines.append((f"{false:g}", f"{row[0]:.3f}", f"{row[2]:.1%}", f"{row[3]:.1%}"))
    head = ["false alerts in 24 h, at most", "threshold", "dinghies alerted", "before 1 NM"]
    return pages.table(head, lines)


def _calibration(season: Sequence[Watched], table: Odds, moving: bool) -> float:
    p, label = calibration_rows(season, table, moving)
    return reliability(p, label)[1]


def calibration_rows(season: Sequence[Watched], table: Odds, moving: bool) -> tuple[Floats, Floats]:
    """Probabilities and truths, every 30 s of each track."""
    p, label = [], []
    for w in season:
        rows = np.arange(0, len(w.track), 5)
        rows = rows[w.moving[rows] > 0] if moving else rows
        p.append(probability(table, w.values[rows]))
        label.append(w.dinghy[rows].astype(np.float64))
    return np.concatenate(p), np.concatenate(label)


def sample(season: Sequence[Watched], path: Path, rows: int = 4_000) -> None:
    """Values and truths of some rows of craft under way, of all tracks alike."""
    moving = [np.flatnonzero(w.moving[::5]) * 5 for w in season]
    values = np.concatenate([w.values[k] for w, k in zip(season, moving, strict=True)])
    dinghy = np.concatenate([w.dinghy[k] for w, k in zip(season, moving, strict=True)])
    some = np.random.default_rng(1).choice(len(values), rows, replace=False)
    np.savez_compressed(path, values=values[some].astype(np.float32), dinghy=dinghy[some] > 0)


def _share(k: int, n: int) -> str:
    return f"{k / max(n, 1):.1%} ({k} of {n})"


__all__ = ["Recorded", "curve", "learn", "main", "outcome", "report", "seen"]

if __name__ == "__main__":
    main()

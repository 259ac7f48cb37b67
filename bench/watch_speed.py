"""How quick the watch is: geometry, all rules, what each rule costs, and one large update.

Times are of this process alone (CPU time): what else the machine does is not counted.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from bench import pages
from bench.watch_crowd import Crowd, site, zones
from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Say, Tracks, Zone
from coastwatch.site import Site
from coastwatch.watch import Watch
from coastwatch.watch.ground import Ground
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import Rule, RuleFile
from coastwatch.watch.rules import RULES
from coastwatch.watch.scene import Scene
from coastwatch.watch.standing import Standing

WARM = 130  # pictures, until two minutes are remembered and every kernel is loaded
ASKED_GEOMETRY, ASKED_RULES, ASKED_MS = 200_000, 20_000, 250.0


class Timed:
    """A rule, and the seconds that it takes."""

    def __init__(self, name: str, rule: Rule, spent: dict[str, list[float]]) -> None:
        self._name, self._rule, self._spent = name, rule, spent

    def step(self, scene: Scene) -> Iterable[Say]:
        begin = time.process_time()
        said = list(self._rule.step(scene))
        self._spent[self._name].append(time.process_time() - begin)
        return said


def timed_rules(spent: dict[str, list[float]]) -> dict[str, RuleFile]:
    """The rules, on every one, which note their time in ``spent``."""

    def timed(rule: RuleFile) -> RuleFile:
        def make(p: Any, memory: Memory, where: Site) -> Rule:
            return Timed(rule.name, rule.make(p, memory, where), spent)

        return replace(rule, make=make, on=True)

    return {name: timed(rule) for name, rule in RULES.items()}


def geometry(options: argparse.Namespace) -> str:
    """``Standing.step`` and, side by side, Shapely's STRtree asked the same of each picture."""
    crowd, pack, plane = _crowd(10_000, options)
    ground = Ground(pack, plane)
    standing, ours, peer = Standing(ground, plane), [], []
    shapes = ground.shapes[ground.areas]
    shapely.prepare(shapes)
    areas = STRtree(shapes)
    for turn, (tracks, _) in enumerate(crowd.pictures(20 + options.pictures)):
        lon, lat = plane.to_lonlat(*tracks.state[:, :2].T)
        begin = time.process_time()
        standing.step(tracks, lon, lat, [])
        done = time.process_time()
        if turn < 20:
            continue
        ours.append(done - begin)
        if turn % 10 == 0:
            begin = time.process_time()
            _peer(areas, tracks)
            peer.append(time.process_time() - begin)
    rows = []
    for name, spent in (
        ("coastwatch: inside with probability, since when, crossings, 30 min ahead", ours),
        ("Shapely STRtree, one array of points and one of 30 min ways", peer),
    ):
        rate = len(tracks) / float(np.mean(spent))
        rows.append([name, f"{1e3 * np.mean(spent):.1f}", f"{rate:,.0f}"])
    return pages.table(["10,000 tracks, 1,000 zones", "ms a picture", "track updates/s"], rows)


def rules(options: argparse.Namespace) -> str:
    """All rules on, 10,000 tracks: the rate, and what each rule takes of a picture."""
    spent: dict[str, list[float]] = defaultdict(list)
    whole = _steps(10_000, options, spent)
    mean_s = float(np.mean(whole))
    rate = pages.table(
        ["10,000 tracks, 1,000 zones, all rules", "asked", "measured"],
        [["track updates/s on one core", f"{ASKED_RULES:,}", f"{10_000 / mean_s:,.0f}"],
         ["ms a picture, mean", f"{10_000 / ASKED_RULES * 1e3:.0f}", f"{1e3 * mean_s:.1f}"],
         ["ms a picture, worst", "", f"{1e3 * max(whole):.1f}"]],
    )  # fmt: skip
    own = {name: took[-len(whole) :] for name, took in spent.items()}
    rest = np.array(whole) - np.sum([own[name] for name in own], axis=0)
    own["geometry, memory, book"] = rest.tolist()
    rows = [
        [name, f"{1e3 * np.mean(took):.2f}", f"{1e3 * max(took):.1f}"]
        for name, took in sorted(own.items(), key=lambda item: -np.mean(item[1]))
    ]
    return rate + "\n\n" + pages.table(["rule", "ms a picture", "worst"], rows)


def update(options: argparse.Namespace) -> str:
    """One update of 5,000 tracks, all rules on."""
    took = 1e3 * np.array(_steps(5_000, options, defaultdict(list)))
    rows = [["median", "", f"{np.median(took):.1f}"],
            ["worst", f"{ASKED_MS:.0f}", f"{took.max():.1f}"]]  # fmt: skip
    head = [f"5,000 tracks, 1,000 zones, all rules, {len(took)} pictures", "asked, ms", "ms"]
    return pages.table(head, rows)


def _steps(n: int, options: argparse.Namespace, spent: dict[str, list[float]]) -> list[float]:
    """Seconds of each warm ``Watch.step``."""
    crowd, pack, plane = _crowd(n, options)
    kept = dict(RULES)
    RULES.update(timed_rules(spent))
    try:
        watch = Watch(site(), pack, plane)
    finally:
        RULES.update(kept)
    whole: list[float] = []
    for turn, (tracks, heard) in enumerate(crowd.pictures(WARM + options.pictures)):
        begin = time.process_time()
        watch.step(tracks, heard)
        if turn >= WARM:
            whole.append(time.process_time() - begin)
    return whole


def _crowd(n: int, options: argparse.Namespace) -> tuple[Crowd, list[Zone], Plane]:
    rng = np.random.default_rng(options.seed)
    pack = zones(1_000, rng)
    crowd = Crowd(n, rng)
    return crowd, pack, crowd.plane


def _peer(areas: STRtree, tracks: Tracks) -> None:
    here: Floats = tracks.state[:, :2]
    areas.query(shapely.points(here), predicate="intersects")
    ways = np.stack([here, here + 1_800.0 * tracks.state[:, 2:]], axis=1)
    areas.query(shapely.linestrings(ways), predicate="intersects")

"""Exercises: scenarios -> true motion -> the bytes that real sensors would send, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import ConfigError, Floats, InputError
from coastwatch.simulate.ais import hear, transmit
from coastwatch.simulate.dover import DOVER_CROSSING, DOVER_VIDEO
from coastwatch.simulate.motion import Motion, move
from coastwatch.simulate.packs import copy_pack
from coastwatch.simulate.radar import look
from coastwatch.simulate.scenario import Craft, Scenario
from coastwatch.simulate.truth import site_toml, truth_table, write_truth
from coastwatch.simulate.video import sweep
from coastwatch.simulate.wire import datagrams, pcap, video_datagrams

SCENARIOS: dict[str, Scenario] = {s.name: s for s in (DOVER_CROSSING, DOVER_VIDEO)}

DURATION_MIN_S, DURATION_MAX_S = 10.0, 6 * 3600.0
FIRST_YEAR, LAST_YEAR = 1980, 2100
# Casts are drawn again until nothing passes nearer than this: the exercise shows no collisions.
CLEARANCE_M = 250.0
CASTS = 40

Progress = Callable[[float, str], None]


def simulate(
    name: str,
    seed: int,
    out: Path,
    duration_s: float | None = None,
    progress: Progress | None = None,
    start: datetime | None = None,
) -> Path:
    """Write ``feeds/``, ``zones/``, ``truth.parquet`` and ``site.toml`` to ``out``; gives the last.

    ``duration_s`` (10 s to 6 h) and ``start`` (with its zone) are the scenario's own where None; it
    begins at a whole second. The same name, seed, duration and start give the same bytes.
    ``progress`` is told the share done and what is being done. What is simulated, and after which
    sources, stands in docs/simulate.md. Raises ConfigError for a wrong name, seed, duration or
    start, InputError where ``out`` cannot be written.
    """
    scenario = _scenario(name)
    if start is not None:
        scenario = replace(scenario, start=_start(start))
    duration = _duration_s(scenario, duration_s)
    if seed < 0:
        raise ConfigError(f"seed {seed} is negative; give a whole number from 0")
    try:
        return _write(scenario, seed, out, duration, progress or (lambda share, text: None))
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error}); give another folder") from error


def _scenario(name: str) -> Scenario:
    if name not in SCENARIOS:
        raise ConfigError(f"scenario {name!r} is none of: {', '.join(sorted(SCENARIOS))}")
    return SCENARIOS[name]


def _start(start: datetime) -> str:
    """A start as a scenario has it: whole seconds, UTC, within what the formats can say."""
    if start.tzinfo is None:
        raise ConfigError(f"start {start}: say in which time zone, such as 2026-11-20T05:30Z")
    if not FIRST_YEAR < start.year < LAST_YEAR:
        raise ConfigError(f"start {start}: give a year between {FIRST_YEAR} and {LAST_YEAR}")
    return start.astimezone(UTC).replace(microsecond=0).isoformat()


def _duration_s(scenario: Scenario, duration_s: float | None) -> float:
    duration = scenario.duration_s if duration_s is None else duration_s
    if not DURATION_MIN_S <= duration <= DURATION_MAX_S:
        raise ConfigError(
            f"duration_s = {duration:g} is outside {DURATION_MIN_S:g}..{DURATION_MAX_S:g} seconds"
        )
    return duration


def _write(scenario: Scenario, seed: int, out: Path, duration_s: float, progress: Progress) -> Path:
    feeds = out / "feeds"
    feeds.mkdir(parents=True, exist_ok=True)
    copy_pack(scenario.pack, out / "zones" / scenario.pack)
    start_s = datetime.fromisoformat(scenario.start).timestamp()
    plane = Plane(scenario.origin)
    # One stream for each part, so that a change to one sensor leaves the rest of a seed as it was.
    cast_rng, sets_rng, *sensor_rngs = np.random.default_rng(seed).spawn(
        2 + len(scenario.radars) + len(scenario.stations)
    )
    progress(0.0, "vessels")
    craft, motion = _cast(scenario, plane, duration_s, cast_rng)
    lonlat = plane.to_lonlat(motion.x_m, motion.y_m)
    for n, radar in enumerate(scenario.radars):
        progress(0.1 + 0.3 * n, f"radar {radar.id}")
        if radar.video:
            sweeps = sweep(radar, craft, motion, lonlat, duration_s, sensor_rngs[n])
            sent = video_datagrams(radar, sweeps, start_s)
        else:
            plots = look(radar, craft, motion, lonlat, duration_s, sensor_rngs[n])
            sent = datagrams(radar, plots, start_s, duration_s)
        (feeds / f"{radar.id}.pcap").write_bytes(pcap(radar, sent))
    progress(0.7, "AIS")
    messages = transmit(craft, motion, plane, start_s, duration_s, sets_rng)
    for station, rng in zip(scenario.stations, sensor_rngs[len(scenario.radars) :], strict=True):
        log = hear(station, craft, messages, lonlat, start_s, rng)
        (feeds / f"{station.id}.nmea").write_bytes(log)
    progress(0.95, "truth")
    table = truth_table(craft, motion, lonlat, plane, start_s, duration_s)
    write_truth(table, out / "truth.parquet")
    site = out / "site.toml"
    site.write_text(site_toml(scenario), encoding="utf-8")
    progress(1.0, "done")
    return site


def _cast(
    scenario: Scenario, plane: Plane, duration_s: float, rng: np.random.Generator
) -> tuple[list[Craft], Motion]:
    """Craft and their motion: the first draw without a near miss, or else the clearest."""
    best: tuple[float, list[Craft], Motion] | None = None
    for _ in range(CASTS):
        craft = scenario.fleet(rng, plane)
        motion = move(craft, plane, duration_s, rng)
        clear_m = _clearance_m(motion)
        if best is None or clear_m > best[0]:
            best = clear_m, craft, motion
        if clear_m >= CLEARANCE_M:
            break
    assert best is not None
    return best[1], best[2]


def _clearance_m(motion: Motion) -> float:
    """The least distance between any two craft that are there, looked at every five seconds."""
    x = np.where(motion.present, motion.x_m, np.nan)[::5]
    y = motion.y_m[::5]
    least = np.inf
    for i in range(x.shape[1] - 1):
        apart: Floats = np.hypot(x[:, i + 1 :] - x[:, i, None], y[:, i + 1 :] - y[:, i, None])
        least = float(np.fmin.reduce(apart, axis=None, initial=least))
    return least

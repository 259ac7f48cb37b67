"""One run's tracks against the truth, in numbers that a program can keep and compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, InputError, Ints
from coastwatch.score.metrics import assign, gospa_of, ospa_of
from coastwatch.score.read import Paths, read_tracks, read_truth
from coastwatch.score.sample import Samples, sample

TIMES_MOST = 20_000  # truth times beyond this are thinned evenly
TRUTH_GAP_S = 60.0  # a target unseen for longer is not there in between
HOUR_S = 3600.0


def score(
    truth: Path,
    tracks: Path,
    gate_m: float = 200.0,
    p: float = 2.0,
    tail_s: float = 2.0,
    gap_s: float = 60.0,
) -> dict[str, float]:
    """Confirmed and coasting tracks scored at each truth time; keys as in docs/score.md.

    ``gate_m`` is GOSPA's and OSPA's c, and the farthest a track may be from its target; ``p`` is
    their order. A track is interpolated between rows at most ``gap_s`` apart and stands for
    ``tail_s`` after its last. A key with nothing to count is left out.
    Raises InputError, naming file, column and mend.
    """
    if not (gate_m > 0 and p >= 1):
        raise InputError(f"gate_m = {gate_m} must be above 0 and p = {p} at least 1")
    real, found = read_truth(truth), read_tracks(tracks)
    _check_overlap(real, found, truth, tracks)
    when = np.unique(real.time_s)
    if len(when) > TIMES_MOST:
        when = when[np.linspace(0, len(when) - 1, TIMES_MOST).astype(np.int64)]
    plane = _plane(real)
    targets = sample(real, _xy(plane, real), when, TRUTH_GAP_S, 0.0)
    estimates = sample(found, _xy(plane, found), when, gap_s, tail_s)
    matches = _match(targets, estimates, real.owners, found.owners, len(when), gate_m, p)
    return (
        _distances(matches)
        | _cover(matches, targets, estimates, when)
        | _steadiness(matches, targets, when)
        | _latency(matches, targets, when, real.owners)
        | _identity(matches, targets, estimates)
    )


@dataclass(slots=True)
class _Matches:
    """What the pass over all times leaves: parts a time, and the matched pairs as columns."""

    gospa: list[tuple[float, float, float, float]] = field(default_factory=list)
    ospa: list[float] = field(default_factory=list)
    near_tracks: int = 0
    near_targets: int = 0
    slot: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    truth_row: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    track_row: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    target: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    track: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    distance_m: Floats = field(default_factory=lambda: np.empty(0))


def _check_overlap(real: Paths, found: Paths, truth: Path, tracks: Path) -> None:
    """Two files of different runs would score as a blind tracker; say so instead."""
    if len(found.time_s) and (
        found.time_s.min() > real.time_s.max() or found.time_s.max() < real.time_s.min()
    ):
        raise InputError(
            f"{tracks}: its times {_span(found.time_s)} lie wholly outside those of {truth}, "
            f"{_span(real.time_s)}; give the truth of the same run"
        )


def _span(time_s: Floats) -> str:
    ends = np.array([time_s.min(), time_s.max()]).round().astype("datetime64[s]")
    return " to ".join(f"{t}Z" for t in ends)


def _plane(real: Paths) -> Plane:
    """A plane at the middle of the truth, over the antimeridian too."""
    lon, lat = np.radians(real.lon), np.radians(real.lat)
    x, y = np.mean(np.cos(lat) * np.cos(lon)), np.mean(np.cos(lat) * np.sin(lon))
    middle = np.degrees([np.arctan2(y, x), np.arctan2(np.mean(np.sin(lat)), np.hypot(x, y))])
    return Plane((float(middle[0]), float(middle[1])))


def _xy(plane: Plane, paths: Paths) -> Floats:
    return np.column_stack(plane.to_xy(paths.lon, paths.lat))


def _match(
    targets: Samples,
    estimates: Samples,
    target_count: int,
    track_count: int,
    times: int,
    gate_m: float,
    p: float,
) -> _Matches:
    """GOSPA and OSPA at each time, and pairs that hold on to the pair before.

    A target keeps its track while that is inside the gate, and only the rest is assigned anew, as
    in CLEAR MOT (Bernardin and Stiefelhagen 2008): two boats close by do not count as switches.
    """
    out = _Matches()
    held, holder = np.full(target_count, -1), np.full(track_count, -1)
    pairs = []
    for i in range(times):
        a, b = targets.bounds[i : i + 2]
        c, d = estimates.bounds[i : i + 2]
        apart = targets.xy[a:b, None] - estimates.xy[None, c:d]
        distances = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2)
        best = assign(distances, gate_m, p)
        g = gospa_of(distances, best, gate_m, p)
        out.gospa.append((g.distance, *(part ** (1 / p) for part in g[1:4])))
        out.ospa.append(ospa_of(distances, best, gate_m, p))
        _count_near(out, distances, gate_m)
        target, track = targets.owner[a:b], estimates.owner[c:d]
        rows, columns = _hold(distances, target, track, held, holder, gate_m, p)
        held[target[rows]], holder[track[columns]] = track[columns], target[rows]
        pairs.append((rows + a, columns + c, distances[rows, columns]))
    out.truth_row, out.track_row, out.distance_m = (
        np.concatenate(column) for column in zip(*pairs, strict=True)
    )
    out.slot = targets.slot[out.truth_row]
    out.target, out.track = targets.owner[out.truth_row], estimates.owner[out.track_row]
    return out


def _count_near(out: _Matches, distances: Floats, gate_m: float) -> None:
    """Tracks inside the gate of their nearest target, and the targets that have such a track."""
    if distances.size:
        nearest = distances.argmin(axis=0)[distances.min(axis=0) < gate_m]
        out.near_tracks += len(nearest)
        out.near_targets += len(np.unique(nearest))


def _hold(
    distances: Floats, target: Ints, track: Ints, held: Ints, holder: Ints, gate_m: float, p: float
) -> tuple[Ints, Ints]:
    """Pairs (rows, columns): those held from before, then the best of what is left."""
    if not distances.size:
        none = np.empty(0, dtype=np.int64)
        return none, none
    want = held[target]
    column = np.minimum(np.searchsorted(track, want), len(track) - 1)
    rows = np.arange(len(target))
    keep = (track[column] == want) & (distances[rows, column] < gate_m)
    keep &= holder[track[column]] == target
    free_rows = np.flatnonzero(~keep)
    free_columns = np.setdiff1d(np.arange(len(track)), column[keep])
    if not (len(free_rows) and len(free_columns)):
        return rows[keep], column[keep]
    more, others = assign(distances[np.ix_(free_rows, free_columns)], gate_m, p)
    return (
        np.concatenate([rows[keep], free_rows[more]]),
        np.concatenate([column[keep], free_columns[others]]),
    )


def _distances(matches: _Matches) -> dict[str, float]:
    total, localisation, missed, false = np.mean(matches.gospa, axis=0).tolist()
    found = {
        "gospa_m": total,
        "gospa_localisation_m": localisation,
        "gospa_missed_m": missed,
        "gospa_false_m": false,
        "ospa_m": float(np.mean(matches.ospa)),
    }
    if len(matches.distance_m):
        found["position_rmse_m"] = float(np.sqrt(np.mean(matches.distance_m**2)))
    return found


def _cover(
    matches: _Matches, targets: Samples, estimates: Samples, when: Floats
) -> dict[str, float]:
    """How much of the truth is covered, and how much of the picture is not true."""
    life = np.bincount(estimates.owner)
    matched = np.bincount(matches.track, minlength=len(life))
    false = int(np.sum(2 * matched[life > 0] < life[life > 0]))
    found = {
        "completeness": len(matches.slot) / len(targets.slot),
        "tracks": float(np.sum(life > 0)),
        "false_tracks": float(false),
    }
    hours = (when[-1] - when[0]) / HOUR_S
    if hours > 0:
        found["false_tracks_per_hour"] = false / hours
    if len(estimates.slot):
        found["spuriousness"] = 1 - matches.near_tracks / len(estimates.slot)
    if matches.near_targets:
        found["ambiguity"] = matches.near_tracks / matches.near_targets
    return found


def _steadiness(matches: _Matches, targets: Samples, when: Floats) -> dict[str, float]:
    """Changes of the track that a target carries, and holes in its cover."""
    order = np.lexsort((matches.slot, matches.target))
    target, track = matches.target[order], matches.track[order]
    same = np.diff(target) == 0
    switches = int(np.sum(same & (np.diff(track) != 0)))
    # A hole: the target was there at times in between, yet unmatched.
    rank = _rank_in_life(targets)[matches.truth_row[order]]
    breaks = int(np.sum(same & (np.diff(rank) > 1)))
    found = {"identity_switches": float(switches), "fragments": float(breaks)}
    hours = _target_hours(targets, when)
    if hours > 0:
        found["identity_switches_per_target_hour"] = switches / hours
    if len(target):
        pairs = np.unique(np.column_stack([target, track]), axis=0)
        found["tracks_per_target"] = len(pairs) / len(np.unique(target))
    return found


def _rank_in_life(targets: Samples) -> Ints:
    """For each row, how many rows of the same target came before it."""
    order = np.argsort(targets.owner, kind="stable")
    owner = targets.owner[order]
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.searchsorted(owner, owner)
    return rank


def _target_hours(targets: Samples, when: Floats) -> float:
    """The time that all targets together were there."""
    order = np.argsort(targets.owner, kind="stable")
    owner, time_s = targets.owner[order], when[targets.slot[order]]
    step = np.diff(time_s)[np.diff(owner) == 0]
    return float(step[step <= TRUTH_GAP_S].sum()) / HOUR_S


def _latency(matches: _Matches, targets: Samples, when: Floats, count: int) -> dict[str, float]:
    """Seconds from a target's first time to its first track.

    A target that is never found counts with its whole life, so that losing it cannot look quick.
    """
    born, died, first = np.full(count, np.inf), np.full(count, -np.inf), np.full(count, np.inf)
    np.minimum.at(born, targets.owner, when[targets.slot])
    np.maximum.at(died, targets.owner, when[targets.slot])
    np.minimum.at(first, matches.target, when[matches.slot])
    seen = np.isfinite(born)
    latency = np.minimum(first, died)[seen] - born[seen]
    return {
        "targets": float(seen.sum()),
        "targets_found": float(np.isfinite(first).sum()),
        "latency_mean_s": float(latency.mean()),
        "latency_median_s": float(np.median(latency)),
    }


def _identity(matches: _Matches, targets: Samples, estimates: Samples) -> dict[str, float]:
    """How often a target's track carries its MMSI, another's, or none; where truth has any."""
    if not (targets.mmsi > 0).any() or not len(matches.slot):
        return {}
    true, said = targets.mmsi[matches.truth_row], estimates.mmsi[matches.track_row]
    found = {"mmsi_wrong": float(np.mean((said > 0) & (said != true)))}
    if (true > 0).any():
        found["mmsi_correct"] = float(np.mean(said[true > 0] == true[true > 0]))
    return found

"""How well calls fit one craft, as logarithms of evidence, each part for itself.

A craft's way is an integrated Ornstein-Uhlenbeck process with a flat start: the calls' positions
and told velocities are then jointly Gaussian, and their evidence is exact (Rasmussen and Williams,
Gaussian Processes, 2.7, for the flat mean). A tracked craft was where its track was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.incident import words
from coastwatch.incident.assumed import Assumed
from coastwatch.incident.call import Call
from coastwatch.incident.motion import (
    LOG_2PI,
    log_density,
    together,
    velocities,
    with_velocity,
)
from coastwatch.model import Floats, Ints

# A track is contested where two calls or more give it this probability; beyond so many, the rest
# are left to be shared, which joins less.
CONTESTED_LEAST, CONTESTED_MOST = 0.02, 6
PARTS = ("place", "aboard", *words.ATTRIBUTES, "phone")


@dataclass(frozen=True, slots=True)
class Seen:
    """Where J tracks were at the times of n calls; NaN where a track was not near that time.

    ``weight`` (J,) is how many craft in need the track is expected to be (a probability);
    ``p_seen`` (n,) the chance that an inflatable at each call's place would have a track.
    """

    track: Ints
    weight: Floats
    x_m: Floats  # (n, J)
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    var_m2: Floats
    p_seen: Floats

    @classmethod
    def none(cls, calls: int, p_seen: float = Assumed().seen_unknown) -> Seen:
        """No track at all."""
        empty = np.empty((calls, 0))
        return cls(np.empty(0, dtype=np.int64), np.empty(0), empty, empty, empty, empty, empty,
                   np.full(calls, p_seen))  # fmt: skip


class Evidence:
    """Evidence of sets of calls, a set as the bits of an int: bit i is ``calls[i]``.

    Tracks that several calls may be about stand behind the calls: bit n + k is ``contested[k]``,
    an index into the tracks. A set with such a bit is a craft that has this track, one without
    is a craft that has none of them; so no two craft share a track.
    """

    def __init__(
        self, calls: Sequence[Call], seen: Seen, plane: Plane, assumed: Assumed | None = None
    ) -> None:
        self.calls, self.seen, self.assumed = calls, seen, assumed or Assumed()
        assumed = self.assumed
        lon, lat = (np.array([getattr(c, name) for c in calls]) for name in ("lon", "lat"))
        self.x_m, self.y_m = np.atleast_1d(*plane.to_xy(lon, lat))
        self.t_s = np.array([c.time_s for c in calls])
        sigma = np.array([c.sigma_m for c in calls])
        slip = np.array([c.clock_s for c in calls]) * assumed.speed_mps * math.sqrt(2)
        self.var_m2 = np.where(np.isfinite(sigma), sigma, assumed.fix_m) ** 2 + slip**2
        self.velocity = velocities(calls, lon, lat, plane)
        self.by_track, self._motion, self._offset_var = self._by_track()
        # Increments are stationary, and the start is flat: any time may stand for zero.
        self._zero_s = float(self.t_s.min()) if len(calls) else 0.0
        self._z, self._C = self._observable()
        self._candidates: dict[tuple[int, ...], Floats] = {}
        self.contested = self._contested()
        self._weights: dict[int, float] = {}
        self._parts: dict[int, dict[str, float]] = {}

    def log_weight(self, mask: int) -> float:
        """Log of prior times evidence that the calls of ``mask`` are all those of one craft.

        Zero of a track alone: whether it is a craft in need is then nobody's question.
        """
        if mask not in self._weights:
            calls, track = self.split(mask)
            if (mask >> len(self.calls)).bit_count() > 1:
                self._weights[mask] = -math.inf
            elif not calls:
                self._weights[mask] = 0.0
            else:
                prior = math.log(self.assumed.concentration) + math.lgamma(calls.bit_count())
                said = self.parts(calls)
                place = self._place(members(calls), track)
                self._weights[mask] = prior + place + sum(said.values()) - said["place"]
        return self._weights[mask]

    def split(self, mask: int) -> tuple[int, int]:
        """The calls of a set, and its track as an index (the first of them); -1 for none."""
        tracks = members(mask >> len(self.calls))
        track = int(self.contested[tracks[0]]) if tracks else -1
        return mask & (1 << len(self.calls)) - 1, track

    def parts(self, mask: int) -> dict[str, float]:
        """Log evidence of the calls of ``mask`` being of one craft, by PARTS."""
        if mask not in self._parts:
            at = members(mask)
            found = {"place": self._place(at, None), "aboard": self._aboard(at)}
            for name, attribute in words.ATTRIBUTES.items():
                told = [self.calls[i].words[name] for i in at if name in self.calls[i].words]
                found[name] = words.log_evidence(attribute, told)
            phones = {
                c.caller for c in map(self.calls.__getitem__, at) if c.caller and not c.relayed
            }
            found["phone"] = len(phones) * math.log(self.assumed.phone_elsewhere)
            self._parts[mask] = found
        return self._parts[mask]

    def by_candidate(self, at: Sequence[int]) -> Floats:
        """Log of prior times likelihood of each track (J), and of no track (last)."""
        key = tuple(at)
        if key not in self._candidates:
            tracks = np.log(self.seen.weight) + self.by_track[list(at)].sum(axis=0)
            none = math.log(self._unseen(at)) + self._trackless(at)
            self._candidates[key] = np.append(tracks, none)
        return self._candidates[key]

    def predicted(self, at: Sequence[int], time_s: float) -> tuple[Floats, float] | None:
        """Where a craft of these calls is at a time: plane position and variance an axis."""
        rows, m = self._told(at)
        if not m:
            return None
        h = np.repeat([1.0, 0.0], [m, len(rows) - m])
        z, inverse = self._z[rows], np.linalg.inv(self._C[np.ix_(rows, rows)])
        # The same process at one more time: its covariance with what was observed.
        t, own_t = self.t_s - self._zero_s, np.array([time_s - self._zero_s])
        k = np.concatenate(
            [together(own_t, t, self.assumed)[0], with_velocity(own_t, t, self.assumed)[0]]
        )[rows]
        own = together(own_t, own_t, self.assumed)[0, 0]
        precision = h @ inverse @ h
        mean = (h @ inverse @ z) / precision
        lever = 1 - h @ inverse @ k
        where = mean + k @ inverse @ (z - h[:, None] * mean)
        return where, float(own - k @ inverse @ k + lever**2 / precision)

    def apart(self, one: int, other: int) -> float:
        """Log evidence of place and motion that two sets of calls are of two craft.

        Both may be untracked, but not of one and the same track.
        """
        logs = [self.by_candidate(members(mask)) for mask in (one, other)]
        both = _log_sum(logs[0]) + _log_sum(logs[1])
        shared = _log_sum((logs[0] + logs[1])[:-1]) if len(logs[0]) > 1 else -math.inf
        within = math.log(max(-math.expm1(min(shared - both, 0.0)), 1e-12))
        return both + within - self._log_craft(members(one)) - self._log_craft(members(other))

    def _place(self, at: Sequence[int], track: int | None) -> float:
        """Log evidence of place and motion: of a craft with that track, with none of those
        contested (-1), or whichever (None)."""
        logs = self.by_candidate(at)
        if track is not None and track >= 0:
            chosen = float(logs[track])
        else:
            chosen = _log_sum(logs if track is None else np.delete(logs, self.contested))
        return chosen - self._log_craft(at)

    def _log_craft(self, at: Sequence[int]) -> float:
        return math.log(self._unseen(at) + float(self.seen.weight.sum()))

    def _contested(self) -> Ints:
        """The tracks that two calls or more may be about, the most contested first."""
        if len(self.calls) < 2 or not len(self.seen.track):
            return np.empty(0, dtype=np.int64)
        logs = np.array([self.by_candidate([i]) for i in range(len(self.calls))])
        p = np.exp(logs - logs.max(axis=1, keepdims=True))
        second = np.sort(p / p.sum(axis=1, keepdims=True), axis=0)[-2, :-1]
        order = np.argsort(-second, kind="stable")[:CONTESTED_MOST]
        return order[second[order] >= CONTESTED_LEAST]

    def _unseen(self, at: Sequence[int]) -> float:
        """How many craft without a track are expected there."""
        return self.assumed.craft_expected * (1 - float(np.mean(self.seen.p_seen[list(at)])))

    def _trackless(self, at: Sequence[int]) -> float:
        """Log density of these calls, for a craft without a track: anywhere, or in company."""
        anywhere = self._untracked(at)
        if not len(self.seen.track):
            return anywhere
        q = self.assumed.company_share
        return float(np.logaddexp(anywhere + math.log(1 - q), self._in_company(at) + math.log(q)))

    def _untracked(self, at: Sequence[int]) -> float:
        """Log density of the calls' positions and velocities, for a craft that starts anywhere."""
        rows, m = self._told(at)
        if not len(rows):
            return 0.0
        z, C = self._z[rows], self._C[np.ix_(rows, rows)]
        inverse = np.linalg.inv(C)
        log = -float(np.linalg.slogdet(C)[1]) - len(z) * LOG_2PI
        if m:
            lever = inverse[:, :m].sum(axis=1)
            precision = float(lever[:m].sum())
            inverse -= np.outer(lever, lever) / precision
            log += LOG_2PI - math.log(precision) - math.log(self.assumed.area_m2)
        off = inverse @ z
        log -= float((z * off).sum()) / 2
        return log + self._one_wrong(off, np.diag(inverse), m)

    def _one_wrong(self, off: Floats, precision: Floats, m: int) -> float:
        """Log of how much likelier the m places are if each, but one at most, may be wrong.

        Leaving one out, its residual is off / precision and its variance 1 / precision (Rasmussen
        and Williams, 5.4.2): as told, or with the error of a wrong place added.
        """
        if m < 2:
            return 0.0
        g, wrong = self.assumed.place_wrong, self.assumed.wrong_m**2
        var = 1 / precision[:m]
        square = (off[:m] ** 2).sum(axis=1) * var**2
        log = np.log(var / (var + wrong)) + square * (wrong / (var * (var + wrong))) / 2
        terms = np.append(log + math.log(g / (1 - g)), 0.0)
        return _log_sum(terms) + m * math.log(1 - g)

    def _observable(self) -> tuple[Floats, Floats]:
        """All n places then all n velocities (2n, 2), and their covariance an axis (2n, 2n)."""
        n, t = len(self.calls), self.t_s - self._zero_s
        told_var = (self.assumed.told_speed_kn * KNOT_MPS) ** 2
        lasting = np.exp(-np.abs(t[:, None] - t) / self.assumed.speed_lasts_s)
        C = np.empty((2 * n, 2 * n))
        C[:n, :n] = together(t, t, self.assumed) + np.diag(self.var_m2)
        C[:n, n:] = with_velocity(t, t, self.assumed)
        C[n:, :n] = C[:n, n:].T
        C[n:, n:] = self.assumed.speed_mps**2 * lasting + told_var * np.eye(n)
        return np.vstack([np.column_stack([self.x_m, self.y_m]), self.velocity]), C

    def _told(self, at: Sequence[int]) -> tuple[Ints, int]:
        """Rows of what was told by these calls, places first, and how many places."""
        rows = np.concatenate([at, np.add(at, len(self.calls))]).astype(np.int64)
        rows = rows[np.isfinite(self._z[rows, 0])]
        return rows, int((rows < len(self.calls)).sum())

    @np.errstate(invalid="ignore")  # a track that was not there has no place, and no answer
    def _by_track(self) -> tuple[Floats, Floats, Floats]:
        """(n, J): log density of each call's place and velocity, were it about that track; log
        density of its velocity alone, -inf where the track was not; and variance of the offset."""
        seen = self.seen
        spread = (self.assumed.told_speed_kn**2 + self.assumed.track_speed_kn**2) * KNOT_MPS**2
        dx, dy = self.x_m[:, None] - seen.x_m, self.y_m[:, None] - seen.y_m
        var = self.var_m2[:, None] + seen.var_m2
        place = np.logaddexp(
            log_density(dx, dy, var) + math.log(1 - self.assumed.place_wrong),
            log_density(dx, dy, var + self.assumed.wrong_m**2) + math.log(self.assumed.place_wrong),
        )
        motion = log_density(
            self.velocity[:, :1] - seen.vx_mps, self.velocity[:, 1:] - seen.vy_mps,
            np.full(seen.x_m.shape, spread),
        )  # fmt: skip
        placed = np.isfinite(self.x_m)[:, None]
        there = np.isfinite(seen.x_m)
        told = np.isfinite(self.velocity[:, :1])
        motion = np.where(told, motion, 0.0)
        log = np.where(placed, place, 0.0) + motion
        absent = ~there & (placed | told)
        motion = np.where(absent, -np.inf, motion)
        return np.where(absent, -np.inf, log), motion, np.where(placed & there, var, np.inf)

    def _in_company(self, at: Sequence[int]) -> float:
        """Log density of these calls, for a craft that keeps its distance from some track."""
        at = list(at)
        with np.errstate(divide="ignore"):
            share = np.log(self.seen.weight / self.seen.weight.sum())
        var, near = self._offset_var[at], self.assumed.company_m**2
        known = np.isfinite(var)
        precision = (1 / var).sum(axis=0)
        log = share + self._motion[at].sum(axis=0)
        log -= known.sum(axis=0) * LOG_2PI + np.log(np.where(known, var, 1.0)).sum(axis=0)
        log -= np.log1p(near * precision)
        for own, track in ((self.x_m, self.seen.x_m), (self.y_m, self.seen.y_m)):
            d = np.where(known, own[at][:, None] - track[at], 0.0)
            pull = (d / var).sum(axis=0)
            log -= ((d**2 / var).sum(axis=0) - near * pull**2 / (1 + near * precision)) / 2
        return _log_sum(log)

    def _aboard(self, at: Sequence[int]) -> float:
        """Log density of the numbers told: log-normal about a log-normal number aboard."""
        told, var = aboard_of([self.calls[i] for i in at], self.assumed)
        if not len(told):
            return 0.0
        off = told - math.log(self.assumed.aboard_median)
        precision = 1 / self.assumed.aboard_spread**2 + float((1 / var).sum())
        square = float((off**2 / var).sum()) - float((off / var).sum()) ** 2 / precision
        log_det = float(np.log(var).sum()) + math.log(precision * self.assumed.aboard_spread**2)
        return -(len(told) * LOG_2PI + log_det + square) / 2


def members(mask: int) -> list[int]:
    """The bits that are set."""
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def aboard_of(calls: Sequence[Call], assumed: Assumed) -> tuple[Floats, Floats]:
    """Logarithms of the numbers told, and their variances; calls that told none are left out."""
    told = [c for c in calls if c.aboard_low > 0]
    log = np.array([math.log(c.aboard) for c in told])
    # A range told is taken as plus and minus two sigma of its own.
    own = np.array([math.log(c.aboard_high / c.aboard_low) / 4 for c in told])
    return log, assumed.aboard_miscount**2 + own**2


def _log_sum(logs: Floats) -> float:
    """Logarithm of the sum of exponentials; scipy's does the same with more ceremony."""
    top = float(logs.max())
    return top if top == -math.inf else top + math.log(float(np.exp(logs - top).sum()))

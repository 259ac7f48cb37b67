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
from scipy.special import logsumexp

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.incident import words
from coastwatch.incident.assumed import Assumed
from coastwatch.incident.call import Call
from coastwatch.model import Floats, Ints

LOG_2PI = math.log(2 * math.pi)
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
    """Evidence of sets of calls, a set as the bits of an int: bit i is ``calls[i]``."""

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
        self.velocity = _velocities(calls, lon, lat, plane)
        self.by_track = self._by_track()
        self._weights: dict[int, float] = {}
        self._parts: dict[int, dict[str, float]] = {}

    def log_weight(self, mask: int) -> float:
        """Log of prior times evidence that the calls of ``mask`` are all those of one craft."""
        if mask not in self._weights:
            n = mask.bit_count()
            prior = math.log(self.assumed.concentration) + math.lgamma(n)
            self._weights[mask] = prior + sum(self.parts(mask).values())
        return self._weights[mask]

    def parts(self, mask: int) -> dict[str, float]:
        """Log evidence of the calls of ``mask`` being of one craft, by PARTS."""
        if mask not in self._parts:
            at = members(mask)
            found = {"place": self._place(at), "aboard": self._aboard(at)}
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
        tracks = np.log(self.seen.weight) + self.by_track[list(at)].sum(axis=0)
        return np.append(tracks, math.log(self._unseen(at)) + self._untracked(at))

    def predicted(self, at: Sequence[int], time_s: float) -> tuple[Floats, float] | None:
        """Where a craft of these calls is at a time: plane position and variance an axis."""
        placed = [i for i in at if math.isfinite(self.x_m[i])]
        if not placed:
            return None
        z, C, h = self._observed(at)
        t0 = self.t_s[placed].min()
        # The same process at one more time: its covariance with what was observed.
        seen_at, told_at = self._times(at)
        k = np.concatenate([
            _together(np.array([time_s - t0]), seen_at - t0, self.assumed)[0],
            _with_velocity(np.array([time_s - t0]), told_at - t0, self.assumed)[0],
        ])  # fmt: skip
        own = _together(np.array([time_s - t0]), np.array([time_s - t0]), self.assumed)[0, 0]
        inverse = np.linalg.inv(C)
        precision = h @ inverse @ h
        mean = (h @ inverse @ z) / precision
        lever = 1 - h @ inverse @ k
        where = mean + k @ inverse @ (z - h[:, None] * mean)
        return where, float(own - k @ inverse @ k + lever**2 / precision)

    def _place(self, at: Sequence[int]) -> float:
        craft = self._unseen(at) + float(self.seen.weight.sum())
        return float(logsumexp(self.by_candidate(at))) - math.log(craft)

    def _unseen(self, at: Sequence[int]) -> float:
        """How many craft without a track are expected there."""
        return self.assumed.craft_expected * (1 - float(np.mean(self.seen.p_seen[list(at)])))

    def _untracked(self, at: Sequence[int]) -> float:
        """Log density of the calls' positions and velocities, for a craft that starts anywhere."""
        z, C, h = self._observed(at)
        if not len(z):
            return 0.0
        L = np.linalg.cholesky(C)
        inverse = np.linalg.inv(C)
        log = -2 * float(np.log(np.diag(L)).sum()) - len(z) * LOG_2PI
        if h.any():
            lever = inverse @ h
            precision = float(h @ lever)
            inverse -= np.outer(lever, lever) / precision
            log += LOG_2PI - math.log(precision) - math.log(self.assumed.area_m2)
        off = inverse @ z
        log -= float((z * off).sum()) / 2
        return log + self._one_wrong(off, np.diag(inverse), int(h.sum()))

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
        return float(logsumexp(terms)) + m * math.log(1 - g)

    def _observed(self, at: Sequence[int]) -> tuple[Floats, Floats, Floats]:
        """Positions then velocities (k, 2), their covariance an axis, and which are places."""
        placed = [i for i in at if math.isfinite(self.x_m[i])]
        told = [i for i in at if math.isfinite(self.velocity[i, 0])]
        s, u = self._times(at)
        t0 = s.min() if len(s) else 0.0
        s, u = s - t0, u - t0
        cross = _with_velocity(s, u, self.assumed)
        lasting = np.exp(-np.abs(u[:, None] - u) / self.assumed.speed_lasts_s)
        C = np.block([
            [_together(s, s, self.assumed) + np.diag(self.var_m2[placed]), cross],
            [cross.T, self.assumed.speed_mps**2 * lasting
             + np.eye(len(u)) * (self.assumed.told_speed_kn * KNOT_MPS) ** 2],
        ])  # fmt: skip
        xy = np.column_stack([self.x_m[placed], self.y_m[placed]])
        z = np.vstack([xy, self.velocity[told]])
        return z, C, np.repeat([1.0, 0.0], [len(placed), len(told)])

    def _times(self, at: Sequence[int]) -> tuple[Floats, Floats]:
        index = np.array(at, dtype=np.int64)
        return (self.t_s[index[np.isfinite(self.x_m[index])]],
                self.t_s[index[np.isfinite(self.velocity[index, 0])]])  # fmt: skip

    @np.errstate(invalid="ignore")  # a track that was not there has no place, and no answer
    def _by_track(self) -> Floats:
        """(n, J): log density of each call's place and velocity, were it about that track."""
        seen = self.seen
        spread = (self.assumed.told_speed_kn**2 + self.assumed.track_speed_kn**2) * KNOT_MPS**2
        dx, dy = self.x_m[:, None] - seen.x_m, self.y_m[:, None] - seen.y_m
        var = self.var_m2[:, None] + seen.var_m2
        place = np.logaddexp(
            _log_density(dx, dy, var) + math.log(1 - self.assumed.place_wrong),
            _log_density(dx, dy, var + self.assumed.wrong_m**2)
            + math.log(self.assumed.place_wrong),
        )
        motion = _log_density(
            self.velocity[:, :1] - seen.vx_mps, self.velocity[:, 1:] - seen.vy_mps,
            np.full(seen.x_m.shape, spread),
        )  # fmt: skip
        placed = np.isfinite(self.x_m)[:, None]
        there = np.isfinite(seen.x_m)
        told = np.isfinite(self.velocity[:, :1])
        log = np.where(placed, place, 0.0) + np.where(told, motion, 0.0)
        return np.where(there | ~(placed | told), log, -np.inf)

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


def _velocities(calls: Sequence[Call], lon: Floats, lat: Floats, plane: Plane) -> Floats:
    """(n, 2) plane velocities as told; zero of an engine that has stopped; NaN where not told."""
    out = np.full((len(calls), 2), np.nan)
    for i, call in enumerate(calls):
        if math.isfinite(call.course_rad + call.speed_mps):
            x, y = (lon[i], lat[i]) if call.placed else plane.origin
            out[i] = plane.velocity(x, y, call.speed_mps, call.course_rad)
        elif call.engine == "stopped":
            out[i] = 0.0
    return out


def _together(s: Floats, t: Floats, assumed: Assumed) -> Floats:
    """Covariance (m²) of the way made at times s and t since time 0 (any sign)."""
    tau, sigma = assumed.speed_lasts_s, assumed.speed_mps
    a, b = s[:, None] / tau, t[None, :] / tau
    # Stationary increments: cov(X_s, X_t) = (D(s) + D(t) - D(s - t)) / 2, D the mean square way.
    way = _mean_square(a) + _mean_square(b) - _mean_square(a - b)
    out: Floats = (sigma * tau) ** 2 * way / 2
    return out


def _mean_square(w: Floats) -> Floats:
    w = np.abs(w)
    out: Floats = 2 * (w + np.expm1(-w))
    return out


def _with_velocity(s: Floats, u: Floats, assumed: Assumed) -> Floats:
    """Covariance (m²/s) of the way made at times s since time 0 with the velocity at times u."""
    tau = assumed.speed_lasts_s
    a, b = s[:, None] / tau, u[None, :] / tau
    out: Floats = assumed.speed_mps**2 * tau * (_ramp(a - b) - _ramp(-b))
    return out


def _ramp(w: Floats) -> Floats:
    out: Floats = -np.sign(w) * np.expm1(-np.abs(w))
    return out


def _log_density(dx: Floats, dy: Floats, var: Floats) -> Floats:
    out: Floats = -LOG_2PI - np.log(var) - (dx**2 + dy**2) / (2 * var)
    return out

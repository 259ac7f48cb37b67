"""Stone Soup's trackers over our columns: converted measurements, nearly constant velocity.

How each is set was chosen by ``python -m bench.stonesoup_peer`` on scenes of other seeds than those
reported: see docs/bench.md.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import chi2
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.probability import JPDA, JPDAwithEHM, JPDAwithEHM2
from stonesoup.deleter.error import CovarianceBasedDeleter
from stonesoup.deleter.multi import CompositeDeleter
from stonesoup.deleter.time import UpdateTimeStepsDeleter
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import MultiMeasurementInitiator
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import (
    CombinedLinearGaussianTransitionModel,
    ConstantVelocity,
)
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import KalmanUpdater

from coastwatch.model import Detections, Floats, Ints

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
POSITION = (0, 2)  # of x, vx, y, vy


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user of Stone Soup has to choose."""

    q: float = 0.5  # m2/s3, white-noise acceleration
    detected: float = 0.8
    false_per_m2: float = 60.0 / (24e3 * 16e3)
    gate: float = 0.999  # of the chi-square
    points: int = 4  # plots that make a track
    hold: int = 3  # scans that a track to be may miss
    keep: int = 6  # scans that a track may miss
    sigma_mps: float = 8.0  # of the velocity at birth
    lost_m: float = 400.0  # sigma of position at which a track is given up
    near: bool = True  # hypotheses only for plots that a k-d tree finds within the gate


class _Near:
    """Before any hypothesis is made: the plots within a track's largest gate, by a k-d tree.

    Stone Soup's own k-d tree asks for one measurement model for all plots of a scan, and its
    TPR tree leaves the plots' errors out of the gate: with either it loses tracks.
    """

    gate_sigmas: float = 4.0

    def generate_hypotheses(
        self, tracks: Any, detections: Any, timestamp: Any, **kwargs: Any
    ) -> Any:
        plots = list(detections)
        if not (plots and tracks):
            return super().generate_hypotheses(tracks, detections, timestamp, **kwargs)  # type: ignore[misc]
        tree = cKDTree(np.array([p.state_vector.ravel() for p in plots], dtype=float))
        noise = max(float(np.linalg.eigvalsh(p.measurement_model.covar())[-1]) for p in plots)
        found = {}
        for track in tracks:
            state = self.hypothesiser.predictor.predict(track, timestamp=timestamp)  # type: ignore[attr-defined]
            spread = np.linalg.eigvalsh(state.covar[np.ix_(POSITION, POSITION)].astype(float))[-1]
            reach = self.gate_sigmas * np.sqrt(spread + noise)
            rows = tree.query_ball_point(state.state_vector[POSITION, 0].astype(float), reach)
            near = [plots[i] for i in rows]
            found[track] = self.hypothesiser.hypothesise(track, near, timestamp, **kwargs)  # type: ignore[attr-defined]
        return found


class _NearGnn(_Near, GNNWith2DAssignment):
    pass


class _NearEhm(_Near, JPDAwithEHM):
    pass


class _NearEhm2(_Near, JPDAwithEHM2):
    pass


ASSOCIATORS: dict[str, tuple[type[Any], type[Any]]] = {  # as it comes, with the k-d tree
    "GNN": (GNNWith2DAssignment, _NearGnn),
    "JPDA": (JPDA, JPDA),  # enumerates all joint hypotheses: no more than some ten tracks
    "EHM": (JPDAwithEHM, _NearEhm),
    "EHM2": (JPDAwithEHM2, _NearEhm2),
}


class StoneSoup:
    """One of Stone Soup's trackers; ``step`` as our own tracker's, plots alone."""

    def __init__(self, how: str, settings: Settings | None = None) -> None:
        s = settings or Settings()
        axis = ConstantVelocity(s.q)
        predictor = KalmanPredictor(CombinedLinearGaussianTransitionModel([axis, axis]))
        updater = KalmanUpdater(None)
        sigmas = float(np.sqrt(chi2.ppf(s.gate, 2)))
        nearest = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=sigmas)
        plain, near = ASSOCIATORS[how]
        chosen = near if s.near else plain
        first = _NearGnn if s.near else GNNWith2DAssignment
        prior = GaussianState([[0], [0], [0], [0]], np.diag([0, s.sigma_mps**2] * 2))
        initiator = MultiMeasurementInitiator(
            prior, UpdateTimeStepsDeleter(s.hold), first(nearest), updater,
            LinearGaussian(4, POSITION, np.eye(2)), min_points=s.points,
        )  # fmt: skip
        deleter = CompositeDeleter(
            [UpdateTimeStepsDeleter(s.keep), CovarianceBasedDeleter(2 * s.lost_m**2, POSITION)],
            intersect=False,
        )
        if how == "GNN":
            tracker, associator = MultiTargetTracker, chosen(nearest)
        else:
            pda = PDAHypothesiser(predictor, updater, s.false_per_m2, s.detected, s.gate)
            tracker, associator = MultiTargetMixtureTracker, chosen(pda)
        self._feed: list[tuple[datetime, set[Detection]]] = []
        self._tracker = tracker(initiator, deleter, _Feed(self._feed), associator, updater)
        self._numbers: dict[str, int] = {}
        iter(self._tracker)

    def step(self, d: Detections, time_s: float) -> tuple[Ints, Floats]:
        """Numbers and states (n, 4: x, y, vx, vy) of the tracks after one scan."""
        when = EPOCH + timedelta(seconds=time_s)
        self._feed.append((when, {
            Detection([[x], [y]], timestamp=when, measurement_model=LinearGaussian(4, POSITION, R))
            for x, y, R in zip(d.x_m.tolist(), d.y_m.tolist(), d.cov_m2, strict=True)
        }))  # fmt: skip
        _, tracks = next(self._tracker)
        ids = [self._numbers.setdefault(t.id, len(self._numbers)) for t in tracks]
        states = [np.asarray(t.state_vector, dtype=float)[[0, 2, 1, 3], 0] for t in tracks]
        return np.array(ids, dtype=np.int64), np.array(states).reshape(-1, 4)


class _Feed:
    """What a tracker of Stone Soup reads: one scan at a time, as it is handed in."""

    def __init__(self, queue: list[tuple[datetime, set[Detection]]]) -> None:
        self._queue = queue

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> tuple[datetime, set[Detection]]:
        return self._queue.pop()


def main() -> None:
    """Each setting a little lower and higher, on a scene whose seed is not reported."""
    from bench.tracker_marks import judge
    from bench.tracker_scene import make

    scene = make(100, scans=72, seed=101)
    tried = {
        "q": (0.1, 1.0, 3.0), "points": (3, 5), "hold": (2, 4), "keep": (4, 10),
        "gate": (0.99, 0.9999), "sigma_mps": (5.0,), "detected": (0.9,),
    }  # fmt: skip
    cases = [Settings()]
    cases += [replace(Settings(), **{name: v}) for name, values in tried.items() for v in values]
    for how in sys.argv[1:] or ("GNN", "EHM2"):
        for settings in cases:
            peer = StoneSoup(how, settings)
            found = judge(scene, [peer.step(scan, t) for t, scan in scene.batches()])
            print(f"{how}: {found.gospa_m:.1f} m with {settings}", flush=True)


if __name__ == "__main__":
    main()

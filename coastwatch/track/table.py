"""All tracks as columns that grow and shrink together."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints, Status


@dataclass(slots=True)
class Table:
    """One row a track. ``time_s`` is the time of its state; ``seen_s`` (n, sensors + 1) when each
    sensor last hit it, ``due_s`` until when each sensor's looks are accounted for; ``window``
    the last looks as bits, newest lowest, ``looks`` how many there were."""

    id: Ints
    time_s: Floats
    state: Floats
    cov: Floats
    odds: Floats  # log odds of existence
    status: Ints
    window: Ints
    looks: Ints
    hits: Ints
    mmsi: Ints
    reports: Ints
    unregistered: Floats  # log odds of carrying no AIS
    amplitude_db: Floats  # mean over the small-craft threshold
    length_m: Floats
    born_s: Floats
    born_xy: Floats
    seen_s: Floats
    due_s: Floats
    target: Ints  # (n, sensors + 1): the number that a sensor's own tracker gave it, -1 unknown

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def of_size(cls, n: int, sensors: int) -> Table:
        """``n`` rows of nothing yet known."""
        ints, nan = np.zeros(n, dtype=np.int64), np.full(n, np.nan)
        return cls(
            id=ints.copy(), time_s=nan.copy(), state=np.zeros((n, 4)), cov=np.zeros((n, 4, 4)),
            odds=np.zeros(n), status=np.full(n, int(Status.TENTATIVE)), window=ints.copy(),
            looks=ints.copy(), hits=ints.copy(), mmsi=np.full(n, -1), reports=ints.copy(),
            unregistered=np.zeros(n), amplitude_db=nan.copy(), length_m=nan.copy(),
            born_s=nan.copy(), born_xy=np.zeros((n, 2)),
            seen_s=np.full((n, sensors + 1), np.nan), due_s=np.full((n, sensors + 1), np.nan),
            target=np.full((n, sensors + 1), -1),
        )  # fmt: skip

    def append(self, other: Table) -> None:
        for f in fields(self):
            setattr(self, f.name, np.concatenate([getattr(self, f.name), getattr(other, f.name)]))

    def keep(self, mask: NDArray[np.bool_]) -> None:
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name)[mask])

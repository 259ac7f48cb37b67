"""The log scale of density: steps that are round numbers, the same for every panel of a figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coastwatch.model import Floats
from coastwatch.reports.svg import CIVIDIS


@dataclass(frozen=True, slots=True)
class Scale:
    """``edges`` in vessel-hours, one more than colours; what is below the first is not drawn."""

    edges: tuple[float, ...]
    colours: tuple[str, ...]

    def step(self, values: Floats) -> np.ndarray:
        """The colour of each value, -1 below the least."""
        return np.minimum(np.searchsorted(self.edges, values, side="right"), len(self.colours)) - 1


def scale_to(most: float) -> Scale:
    """Steps by 1, 2, 5 up to the most, seven at most."""
    tops = [m * 10.0**e for e in range(-3, 6) for m in (1, 2, 5)]
    last = next((k for k, top in enumerate(tops) if top >= most), len(tops) - 1)
    first = max(0, last - 7)
    edges = tuple(tops[first : last + 1])
    pick = np.linspace(0, len(CIVIDIS) - 1, len(edges) - 1).round().astype(int)
    return Scale(edges, tuple(CIVIDIS[k] for k in pick))

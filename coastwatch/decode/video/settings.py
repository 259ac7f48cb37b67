"""What is asked of the extraction of plots, and what is known of the radar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from coastwatch.model import ConfigError

Method = Literal["os", "go", "ca"]
Law = Literal["linear", "log"]

# Bounds of what a sender may make us hold.
CELLS_MAX = 32_768
SPOKES_MAX = 65_536  # of one batch, and of one turn
WINDOW_MAX = 128


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """Detection and plots of one radar. Raises ConfigError for what cannot be.

    ``law`` is what the radar sends: "linear" amplitude (noise is Rayleigh, its power exponential),
    or "log", ``db_per_count`` a count. ``offset`` is added to every count: 0 where the radar
    rounds, 0.5 where it cuts off.
    """

    pfa: float = 1e-5  # false alarms a cell
    method: Method = "os"
    window_cells: int = 32  # reference cells, both sides together
    guard_cells: int = 8  # on each side, between the cell and its reference: as a ship is long
    law: Law = "linear"
    db_per_count: float = 0.375  # of a log law: 96 dB over 8 bits
    offset: float = 0.0
    noise_min: float = 1.0  # counts rms (counts, of a log law): no level is believed to be lower
    beamwidth_rad: float = math.radians(1.0)  # between the half-power points, one way
    pulse_m: float = 0.0  # length of an echo of a point in range; 0: one cell
    min_cells: int = 2  # of a plot
    gap_m: float = 0.0  # between cells of one plot, beside the next cell
    extent_max_m: float = 500.0  # longer is land, rain or a quay, not a vessel
    sidelobe_db: float = 40.0  # two-way level of the near side lobes, below the main lobe
    sidelobe_far_db: float = 50.0  # and of all others
    sidelobe_rad: float = math.radians(10.0)  # how far the near ones go
    saturation_db: float = 20.0  # what an echo at full scale may be above it
    unambiguous_m: float = math.inf  # c / 2 PRF: echoes from beyond come back as near ones
    clutter_scans: int = 16  # memory of the clutter map

    def __post_init__(self) -> None:
        """Names the key and the bounds of what is out of them."""
        if self.method not in ("os", "go", "ca"):
            raise ConfigError(f"method {self.method!r}: use os, go or ca")
        if self.law not in ("linear", "log"):
            raise ConfigError(f"law {self.law!r}: use linear or log")
        for key, (low, high) in BOUNDS.items():
            if not low <= getattr(self, key) <= high:
                raise ConfigError(f"{key} {getattr(self, key)}: must be {low:g} to {high:g}")


BOUNDS = {
    "pfa": (1e-9, 1e-3),
    "window_cells": (8, WINDOW_MAX),
    "guard_cells": (0, 256),
    "db_per_count": (1e-9, 100.0),
    "offset": (-1.0, 1.0),
    "noise_min": (1e-6, 1e9),
    "beamwidth_rad": (1e-4, 1.0),
    "pulse_m": (0.0, 1e5),
    "min_cells": (1, 10_000),
    "gap_m": (0.0, 1e4),
    "extent_max_m": (1.0, 1e6),
    "sidelobe_db": (0.0, math.inf),
    "sidelobe_far_db": (0.0, math.inf),
    "sidelobe_rad": (0.0, 1.0),
    "saturation_db": (0.0, 100.0),
    "unambiguous_m": (1.0, math.inf),
    "clutter_scans": (1, 10_000),
}

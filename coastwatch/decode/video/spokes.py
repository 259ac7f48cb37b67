"""What every source of radar video becomes: a batch of azimuth sweeps of one radar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from coastwatch.model import Floats


@dataclass(slots=True)
class Spokes:
    """A batch of azimuth sweeps of one radar, in order of time; n rows of m cells."""

    time_s: Floats  # (n) UTC seconds, NaN where no clock dates it
    azimuth_rad: Floats  # (n) centre of the spoke, true, clockwise from north, 0..2 pi
    width_rad: float  # what one spoke covers
    range0_m: float  # near edge of the first cell (slant range)
    cell_m: float  # length of a cell
    bits: int  # resolution: full scale is 2**bits - 1
    cells: NDArray[Any]  # (n, m) uint8 / uint16 / uint32, amplitude as sent
    lon: float = math.nan  # of a moving radar, else the site's
    lat: float = math.nan

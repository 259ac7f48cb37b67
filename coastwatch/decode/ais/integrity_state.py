"""What the integrity pass remembers, is given and finds; and the numbers it goes by."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Ints

EARTH_M = 6_371_008.8  # mean radius; great circles on it are right to 0.6 %
JUMP_M, SHIP_MPS, AIRCRAFT_MPS = 0.5 * NM_M, 50.0 * KNOT_MPS, 500.0 * KNOT_MPS
# Both differences within this are less than a jump anywhere.
NEAR_DEG = 0.005
# Types 17 and 27 count in tenths of a minute: so much of a jump may be rounding.
COARSE_M = 200.0
# A second place that was seen once is forgotten after this: it was a fault of one position.
ONCE_S = 600.0
# Stamps lag the UTC seconds of positions, all by much the same where they are sound. Where more
# than a third of late are OFF_S from the mean (two thirds would be by chance), as when a satellite
# hands down what it kept, the clock may be hours off.
OFF_S, ADRIFT, ADRIFT_S = 10.0, 1.0 / 3.0, 3.0 * 3600.0
MEAN_MEMORY, UNSOUND_MEMORY = 1024.0, 64.0
LAG, LAGS, UNSOUND, LAG_FIELDS = range(4)
# The way told by reports is summed over at least SPAN_S and compared with the way made. Reports
# further apart than GAP_S say nothing of what is between them, and further than TURN_GAP_S nothing
# of turns.
SPAN_S, GAP_S, TURN_GAP_S = 60.0, 200.0, 120.0
WAY_ERROR_M, TIME_ERROR_S = 80.0, 2.0
SPEED_ROOM_MPS, COURSE_ROOM_RAD, MOVING_MPS = 5.0 * KNOT_MPS, math.radians(30.0), 3.0 * KNOT_MPS
DAY_S = 86_400.0

# Senders are kept in sets by a hash of their MMSI; of a full set the one unheard for longest goes.
SETS, WAYS, HULLS_MAX, ASPECTS = 4096, 6, 3, 6
SENDERS_KEPT = SETS * WAYS
# What is known of a hull: its last position, and the sums since the last comparison.
(TIME, LON, LAT, COARSE, SCATTERED, COUNT, SINCE, REPORT_TIME, SOG, COG, FROM_TIME, FROM_LON,
 FROM_LAT, PATH, EAST, NORTH, SLACK, TURN_SLACK, STEPS, SLOWEST, LONGEST,
 HULL_FIELDS) = range(22)  # fmt: skip
JUMP, SPEED, COURSE, PLACES, STATICS = 0, 1, 2, 3, 6  # as Check
MESSAGES, WEIGHT = range(2)
KEY, HEARD, PLACE, SLOT_FIELDS = range(4)


class State(NamedTuple):
    """What is remembered of senders: ``slots`` find them, by place all else is kept.

    Places are given in order of arrival, so that few senders lie close together.
    """

    slots: Ints  # (SENDERS_KEPT, SLOT_FIELDS): MMSI + 1 (0 is free), when last heard, place
    books: Floats  # (places, 2)
    hulls: Floats  # (places, HULLS_MAX, HULL_FIELDS)
    told: Ints  # (places, ASPECTS)
    told_s: Floats
    counts: Ints  # (2,): messages and places
    lag: Floats  # (LAG_FIELDS,): mean of the minute's circle; how many; share that is off

    @classmethod
    def new(cls) -> State:
        n = SENDERS_KEPT
        return cls(
            np.zeros((n, SLOT_FIELDS), dtype=np.int64),
            np.zeros((n, 2)),
            np.zeros((n, HULLS_MAX, HULL_FIELDS)),
            np.zeros((n, ASPECTS), dtype=np.int64),
            np.zeros((n, ASPECTS)),
            np.zeros(2, dtype=np.int64),
            np.zeros(LAG_FIELDS),
        )


class Given(NamedTuple):
    """Messages as the pass takes them; speeds in m/s, angles in radians, NaN is unknown."""

    mmsi: Ints
    set: Ints
    placed: NDArray[np.bool_]  # a position, heard for the first time
    time_s: Floats
    lon: Floats
    lat: Floats
    sog: Floats
    cog: Floats
    moved: NDArray[np.bool_]  # a report of a moving station, in full precision
    coarse: NDArray[np.bool_]
    aircraft: NDArray[np.bool_]
    lag_s: Floats  # of the time behind the position's UTC second, -30 to 30
    weight: Floats  # of the flags already found
    weights: Floats  # of a flag of each check
    said_row: Ints  # ascending
    said_s: Floats
    said: Ints  # (n, ASPECTS): -1 is unknown


class Found(NamedTuple):
    """Hulls of messages; and flags, with room for four a message and six a static."""

    hull: NDArray[np.int8]
    row: Ints
    check: NDArray[np.int8]
    aspect: NDArray[np.int8]
    value: Floats
    limit: Floats
    extra: Floats

"""The hull behind each position report: how long it is, and where on it the antenna stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais.columns import Statics
from coastwatch.model import Detections, Floats, Ints

VESSELS_KEPT = 65_536
LENGTH_MAX_M = 500.0  # no ship afloat is longer: what is was mistyped, and tells of no antenna
ROW_BITS = 32  # a key is an MMSI and, below it, the row of a message from 1 on
AHEAD, STARBOARD, LENGTH = range(3)


class Antennas:
    """What the vessels of one feed last said of their hulls (types 5, 19 and 24 B).

    How messages are cut into batches makes no difference. Of more than ``VESSELS_KEPT`` vessels
    those unheard for longest are forgotten.
    """

    def __init__(self) -> None:
        self._keys: Ints = np.empty(0, dtype=np.int64)  # ascending, of row 0
        self._told: Floats = np.empty((0, 3))
        self._heard: Ints = np.empty(0, dtype=np.int64)  # by number of message
        self._messages = 0

    def __len__(self) -> int:
        return len(self._keys)

    def fill(self, reports: Detections, row: Ints, statics: Statics, messages: int) -> None:
        """Set ``ahead_m``, ``starboard_m`` and ``extent_m`` of reports by the newest word before.

        ``row`` is the row of each report among the batch's ``messages``, as in ``statics``; a
        type 19 is both, and tells of itself.
        """
        keys, told = _said(statics) if len(statics) else (self._keys[:0], self._told[:0])
        if len(reports):
            asked = reports.mmsi << ROW_BITS | (row + 1)
            for some, words in ((self._keys, self._told), (keys, told)):
                _tell(reports, some, words, asked)
        if len(keys):
            self._learn(keys, told)
        self._messages += messages

    def _learn(self, keys: Ints, told: Floats) -> None:
        """Keep the last word of each vessel."""
        newest = np.append(np.diff(keys >> ROW_BITS) > 0, True)
        row, told = keys[newest] & ((1 << ROW_BITS) - 1), told[newest]
        keys, heard = keys[newest] >> ROW_BITS << ROW_BITS, self._messages + row
        at, known = _last(self._keys, keys)
        self._told[at[known]], self._heard[at[known]] = told[known], heard[known]
        if known.all():
            return
        keys = np.concatenate([self._keys, keys[~known]])
        told = np.concatenate([self._told, told[~known]])
        heard = np.concatenate([self._heard, heard[~known]])
        if len(keys) > VESSELS_KEPT:
            late = np.argsort(heard, kind="stable")[-VESSELS_KEPT:]
            keys, told, heard = keys[late], told[late], heard[late]
        order = np.argsort(keys, kind="stable")
        self._keys, self._told, self._heard = keys[order], told[order], heard[order]


def _tell(reports: Detections, keys: Ints, told: Floats, asked: Ints) -> None:
    if len(keys):
        at, same = _last(keys, asked)
        rows = slice(None) if same.all() else np.flatnonzero(same)
        words = told[at[rows]]
        reports.ahead_m[rows], reports.starboard_m[rows] = words[:, AHEAD], words[:, STARBOARD]
        reports.extent_m[rows] = words[:, LENGTH]


def _said(s: Statics) -> tuple[Ints, Floats]:
    """Keys, ascending, and from the antenna to the centre ahead and to starboard, and the length.

    ITU-R M.1371-5, annex 8, figure 41: distances of 0 ahead (to port) say that the reference point
    is unknown along (across) a hull of known size; all of 0, that nothing is.
    """
    length = s.to_bow_m.astype(np.float64) + s.to_stern_m
    use = np.flatnonzero(
        (length > 0) & (length <= LENGTH_MAX_M) & (s.msg_type != 21) & (s.mmsi > 0)
    )
    s, length = s.take(use), length[use]
    ahead = np.where(s.to_bow_m > 0, s.to_bow_m - length / 2, np.nan)
    # Both distances of less than half a metre are written 0: nothing is known of them.
    across = (s.to_starboard_m.astype(np.float64) - s.to_port_m) / 2
    starboard = np.where(s.to_port_m > 0, across, np.nan)
    keys = s.mmsi.astype(np.int64) << ROW_BITS | (s.row + 1)
    order = np.argsort(keys, kind="stable")
    return keys[order], np.column_stack([ahead, starboard, length])[order]


def _last(keys: Ints, asked: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The last of the keys up to each one that is asked for, and whether it is of its MMSI."""
    if not len(keys):
        return np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=np.bool_)
    at = np.maximum(np.searchsorted(keys, asked, side="right") - 1, 0)
    return at, (keys[at] >> ROW_BITS == asked >> ROW_BITS) & (keys[at] <= asked)

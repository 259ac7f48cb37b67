"""CAT 240 records of one feed: gathered by radar, and extracted when a datagram is through."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from coastwatch.decode.base import Context
from coastwatch.decode.video.cat240 import SUMMARY, VIDEO, BadVideo, Radial, batches, radial
from coastwatch.model import Detections

SUMMARIES_KEPT = 20
SUMMARY_LENGTH = 64
# Of one datagram: 64 KiB of blocks, compressed, could unpack to eight times as many. What a
# stream has more is extracted before it goes on.
CELLS_AT_ONCE = 1 << 21


class Video:
    """Takes video messages; ``detections`` gives the plots and looks that they complete."""

    def __init__(self, context: Context, counts: Counter[str]) -> None:
        # Here, since extraction brings its compiled kernels and most feeds have no video.
        from coastwatch.decode.video.radars import Radars

        self._counts = counts
        self._radars = Radars(context, counts)
        self._waiting: dict[int, list[Radial]] = {}
        self._summaries: set[str] = set()
        self._cells = 0

    def add(self, items: Mapping[str, Any], time_s: float | None, sensor: int) -> None:
        """Take one record. Raises BadVideo for one that cannot be used."""
        message = items.get("000")
        if message == SUMMARY:
            self._count_summary(items.get("030", ""))
        elif message != VIDEO:
            raise BadVideo("message of an unknown type")
        else:
            if self.is_full:
                raise BadVideo("more cells at once than are read")
            one = radial(items, math.nan if time_s is None else time_s)
            self._cells += len(one.cells)
            if sensor < 0:
                self._counts["video of an unknown radar"] += 1
            else:
                self._waiting.setdefault(sensor, []).append(one)

    @property
    def is_full(self) -> bool:
        """Whether ``detections`` must be asked for before more is added."""
        return self._cells > CELLS_AT_ONCE

    def detections(self, end: bool) -> Detections:
        """What is complete now; with ``end``, all that is left."""
        found = [
            self._radars.take(sensor, spokes)
            for sensor, radials in self._waiting.items()
            for spokes in batches(radials)
        ]
        self._waiting.clear()
        self._cells = 0
        if end:
            found.append(self._radars.flush())
        return Detections.concat(found)

    def _count_summary(self, text: str) -> None:
        text = text[:SUMMARY_LENGTH]
        if text not in self._summaries and len(self._summaries) >= SUMMARIES_KEPT:
            text = "(others)"
        self._summaries.add(text)
        self._counts[f"video summary: {text}"] += 1

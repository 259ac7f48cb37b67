"""The life of alerts: one a situation; what is said of it again joins it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from coastwatch.model import Act, Alert, AlertEvent, Say
from coastwatch.watch.scene import alert_id


class Book:
    """Turns what rules say into alerts and what happens to them."""

    def __init__(self) -> None:
        self.due_s = math.inf
        self._open: dict[tuple[str, tuple[str | int, ...]], Alert] = {}

    def step(
        self, says: Iterable[Say], acts: Sequence[Act], time_s: float, ended: Sequence[int]
    ) -> tuple[list[Alert], list[AlertEvent]]:
        """What is new: alerts raised, and all that happened, in order."""
        raised: list[Alert] = []
        for say in says:
            key = (say.rule, say.about)
            if say.over:
                self._open.pop(key, None)
            elif key not in self._open:
                alert = Alert(
                    alert_id(say), say.time_s, say.rule, say.priority, say.track, say.mmsi,
                    say.zone, say.lon, say.lat, say.text, say.evidence,
                )  # fmt: skip
                self._open[key] = alert
                raised.append(alert)
        return raised, []

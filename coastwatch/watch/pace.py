"""How often a rule looks at what changes slowly: by event time, so that it is the same again."""

from __future__ import annotations

import math


class Pace:
    """Says at which pictures ``every_s`` have passed since the last one that was looked at."""

    def __init__(self, every_s: float) -> None:
        self._every_s, self._last_s = every_s, -math.inf

    def due(self, time_s: float) -> bool:
        """Whether this picture is one to look at."""
        if time_s < self._last_s + self._every_s - 1e-6:
            return False
        self._last_s = time_s
        return True

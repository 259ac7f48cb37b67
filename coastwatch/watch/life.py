"""The life of one alert: its states, and what a saying, an act or time makes of it.

After IMO resolution MSC.302(87), annex, section 7, with the states and the bounded escalation
counter of IEC 62923-1 as the ALF sentence of IEC 61162-1 carries them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from coastwatch.model import PRIORITIES, Act, Alert, Say

UNACKNOWLEDGED, SILENCED = "active-unacknowledged", "active-silenced"
ACKNOWLEDGED, TRANSFERRED = "active-acknowledged", "active-responsibility-transferred"
ACTIVE = "active"  # a caution: it is shown, and needs no acknowledgement
RECTIFIED, NORMAL = "rectified-unacknowledged", "normal"
STATES = (UNACKNOWLEDGED, SILENCED, ACKNOWLEDGED, TRANSFERRED, ACTIVE, RECTIFIED, NORMAL)
SOUNDING = (UNACKNOWLEDGED, SILENCED)


class Pace(NamedTuple):
    """While unacknowledged an alert sounds every ``again_s``. That is said in the log after
    ``again_s``, and each time that twice as long has passed, ``times`` at most."""

    again_s: float
    times: int


# MSC.302(87) 7.3.5: an alarm that is not acknowledged sounds again within 30 s. IEC 62923-1 lets
# an unacknowledged warning be repeated or become an alarm: here it is repeated, after 60 s, since
# only its rule knows more of the danger. The escalation counter of ALF ends at 9.
PACES = {"emergency": Pace(30.0, 9), "alarm": Pace(30.0, 9), "warning": Pace(60.0, 6)}
SILENCED_S = 30.0

# The states in which an act may be done, and what the alert becomes by it.
FROM = {
    "acknowledge": (UNACKNOWLEDGED, SILENCED, TRANSFERRED, RECTIFIED),
    "silence": (UNACKNOWLEDGED,),
    "transfer": (UNACKNOWLEDGED, SILENCED, ACKNOWLEDGED),
    "close": tuple(state for state in STATES if state != NORMAL),
}
DONE = {
    "acknowledge": ("acknowledged", ACKNOWLEDGED),
    "silence": ("silenced", SILENCED),
    "transfer": ("transferred", TRANSFERRED),
    "close": ("closed", NORMAL),
}
NEEDS_REASON = {"close": "say why it is closed", "transfer": "say who takes it"}


@dataclass(slots=True)
class Entry:
    """An alert that is not settled, or may come back.

    ``holds`` says that its condition is there; ``over_s`` since when it is not. ``wanted`` is the
    priority that its rule gave last, which a higher ``severity`` outlasts while unacknowledged.
    ``next_s`` is when time itself does something to it, and ``leave_s`` when it is forgotten.
    """

    alert: Alert
    key: tuple[str, tuple[str | int, ...]]
    state: str
    severity: str
    wanted: str
    text: str
    evidence: Mapping[str, Any]
    holds: bool = True
    over_s: float = math.inf
    since_s: float = 0.0
    sounded: int = 0
    next_s: float = math.inf
    leave_s: float = math.inf

    def begin(self, time_s: float) -> None:
        """Be active, for all to hear that are to hear it."""
        self.holds, self.over_s, self.leave_s = True, math.inf, math.inf
        self.state = ACTIVE if self.severity == "caution" else UNACKNOWLEDGED
        self.since_s, self.sounded = time_s, 0
        self._schedule()

    def tell(self, say: Say) -> None:
        """Take what the rule says now."""
        self.text, self.evidence, self.wanted = say.text, self._evidence(say), say.priority

    def says_new(self, say: Say) -> bool:
        if (say.text, say.priority) != (self.text, self.wanted):
            return True
        return self._evidence(say) != self.evidence

    def _evidence(self, say: Say) -> Mapping[str, Any]:
        """With the zone, where it is another one than that in which the alert was raised."""
        return say.evidence if say.zone == self.alert.zone else {**say.evidence, "zone": say.zone}

    def settle_priority(self) -> None:
        """The rule's word on the priority counts, unless a higher one is still unacknowledged."""
        if rank(self.wanted) > rank(self.severity) or self.state not in (*SOUNDING, RECTIFIED):
            self.severity = self.wanted

    def rectify(self, time_s: float) -> None:
        """Its condition is over."""
        self.holds, self.over_s = False, time_s
        self.state = RECTIFIED if self.state in SOUNDING else NORMAL
        self.next_s = math.inf

    def tick(self, time_s: float) -> str:
        """What time does: it sounds again; what is to be remarked, empty for nothing."""
        if self.state == SILENCED:
            self.state = UNACKNOWLEDGED
            self._schedule()
            self.next_s = max(self.next_s, time_s + PACES[self.severity].again_s)
            return f"Silenced for {SILENCED_S:.0f} s and not acknowledged: it sounds again."
        # Of several that were due at once, as after a gap in the feeds, one is said.
        while self.next_s <= time_s:
            self.sounded += 1
            self._schedule()
        return f"Not acknowledged for {_long(time_s - self.since_s)}: it sounds again."

    def soundings(self, time_s: float) -> int:
        """How often it has sounded since it became active."""
        return 1 + int((time_s - self.since_s) / PACES[self.severity].again_s)

    def refusal(self, act: Act, allowed: bool) -> str:
        """Why an act is refused; empty where it is not."""
        if act.what not in FROM:
            return f"no act {act.what!r}: there are {', '.join(FROM)}"
        if not act.by.strip():
            return f"without a name nobody can {act.what} an alert"
        if not allowed:
            return f"the role {act.role!r} may not {act.what} {self.severity} of {self.alert.rule}"
        if act.what in NEEDS_REASON and not act.reason.strip():
            return f"no reason given: {NEEDS_REASON[act.what]}"
        if self.state not in FROM[act.what]:
            return f"an alert that is {self.state} cannot be told to {act.what}"
        return ""

    def do(self, act: Act, time_s: float) -> str:
        """Do an act that is not refused; what is then said to have happened."""
        what, state = DONE[act.what]
        self.state = NORMAL if self.state == RECTIFIED else state
        self.next_s = time_s + SILENCED_S if self.state == SILENCED else math.inf
        if self.state == ACKNOWLEDGED:
            self.settle_priority()
        return what

    def _schedule(self) -> None:
        pace = PACES.get(self.severity)
        if self.state != UNACKNOWLEDGED or pace is None or self.sounded >= pace.times:
            self.next_s = math.inf
        else:
            self.next_s = self.since_s + pace.again_s * 2**self.sounded


def rank(priority: str) -> int:
    return PRIORITIES.index(priority)


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"

"""The book of alerts: one a situation; what is said of it again joins it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from coastwatch.model import Act, Alert, AlertEvent, Say
from coastwatch.watch.life import NORMAL, RECTIFIED, Entry, rank
from coastwatch.watch.limits import Limits
from coastwatch.watch.roles import Roles, may
from coastwatch.watch.scene import alert_id

# Within this time of its end a condition that comes back is the same alert.
BACK_MIN = 10.0
# More alerts than this are not kept open; a hundredth of them then goes at once.
OPEN_MAX = 20_000
Key = tuple[str, tuple[str | int, ...]]


class Book:
    """Turns what rules say and officers do into alerts and what happens to them.

    Deterministic, by event time alone; picklable. ``back_min`` are minutes by rule, where they are
    not BACK_MIN; ``roles`` who may do what, where it is not as shipped.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        back_min: Mapping[str, float] | None = None,
        roles: Roles | None = None,
        open_max: int = OPEN_MAX,
    ) -> None:
        self._limits = limits or Limits()
        self._back_min = dict(back_min or {})
        self._roles, self._open_max = roles, open_max
        self._entries: dict[str, Entry] = {}
        self._of_key: dict[Key, Entry] = {}
        self._of_track: dict[int, dict[str, Entry]] = {}
        # Heaps of (when, id); what no longer agrees with the entry is passed over.
        self._timers: list[tuple[float, str]] = []
        self._leaving: list[tuple[float, str]] = []
        self._number = 0
        self._time_s = -math.inf
        self._raised: list[Alert] = []
        self._events: list[AlertEvent] = []

    @classmethod
    def restored(cls, entries: Iterable[Entry], number: int, roles: Roles | None = None) -> Book:
        """A book with these entries, whose next event is ``number`` + 1: to act on a run that is
        over."""
        book = cls(roles=roles, open_max=1 << 62)
        book._number = number
        for entry in entries:
            book._admit(entry)
        return book

    @property
    def due_s(self) -> float:
        """Until when the next picture must be drawn, lest an alert sound late; inf: never."""
        timers = self._timers
        while timers and not self._is_due(*timers[0]):
            heapq.heappop(timers)
        return min(timers[0][0] if timers else math.inf, self._limits.due_s)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The alerts that are not settled, or may come back, in the order of raising."""
        return iter(self._entries.values())

    def step(
        self, says: Iterable[Say], acts: Sequence[Act], time_s: float, ended: Sequence[int]
    ) -> tuple[list[Alert], list[AlertEvent]]:
        """What is new: alerts raised, and all that happened, in order.

        First the acts, so that what was acknowledged in time does not sound; then what time did;
        then the tracks ``ended``; then what is said.
        """
        self._time_s, self._raised, self._events = time_s, [], []
        for act in acts:
            self._act(act)
        self._let_time_pass()
        for track in ended:
            for entry in list(self._of_track.get(track, {}).values()):
                self._rectify(entry, f"Track {track} has ended.", {})
        for say in says:
            self._say(say)
        for say in self._limits.says(time_s):
            self._say(say)
        raised, events, self._raised, self._events = self._raised, self._events, [], []
        return raised, events

    def act(self, acts: Sequence[Act], last_s: float) -> list[AlertEvent]:
        """What comes of acts when all is over, each at its own time: for the rest none passes."""
        self._raised, self._events = [], []
        for act in acts:
            self._time_s = max(act.time_s, last_s)
            self._act(act)
        events, self._events = self._events, []
        return events

    def _say(self, say: Say) -> None:
        entry = self._of_key.get((say.rule, say.about))
        if say.over:
            if entry is not None:
                self._rectify(entry, say.text, say.evidence)
        elif entry is None:
            self._raise(say)
        elif entry.holds:
            self._update(entry, say)
        elif self._time_s > entry.over_s + self._back_s(say.rule):
            self._forget(entry, keep=entry.state != NORMAL)
            self._raise(say)
        else:
            self._come_back(entry, say)

    def _raise(self, say: Say) -> None:
        id_ = alert_id(say)
        if not self._limits.passes(say):
            self._limits.hold(say, id_)
            told = {"priority": say.priority, "track": say.track, "mmsi": say.mmsi,
                    "zone": say.zone, "lon": say.lon, "lat": say.lat}  # fmt: skip
            reason = f"rule {say.rule} is over its limit an hour"
            self._log(
                id_, "held back", "", say.priority, say.text, {**say.evidence, **told}, reason
            )
            return
        self._make_room()
        alert = Alert(
            id_, say.time_s, say.rule, say.priority, say.track, say.mmsi, say.zone, say.lon,
            say.lat, say.text, say.evidence,
        )  # fmt: skip
        key = (say.rule, say.about)
        entry = Entry(alert, key, NORMAL, say.priority, say.priority, say.text, say.evidence)
        entry.begin(self._time_s)
        self._admit(entry)
        self._raised.append(alert)
        self._tell(entry, "raised")

    def _update(self, entry: Entry, say: Say) -> None:
        if not entry.says_new(say):
            return
        worse = rank(say.priority) > rank(entry.severity)
        closed = entry.state == NORMAL
        entry.tell(say)
        entry.settle_priority()
        if worse:
            # However it was acknowledged or closed, this is more than anyone has heard of.
            entry.begin(self._time_s)
            self._watch(entry)
        self._tell(entry, "active again" if worse and closed else "updated")

    def _come_back(self, entry: Entry, say: Say) -> None:
        entry.tell(say)
        entry.settle_priority()
        entry.begin(self._time_s)
        self._watch(entry)
        self._tell(entry, "active again")

    def _rectify(self, entry: Entry, text: str, evidence: Mapping[str, Any]) -> None:
        if not entry.holds:
            return
        entry.rectify(self._time_s)
        self._let_leave(entry)
        self._note(entry, "rectified", text, evidence)

    def _act(self, act: Act) -> None:
        entry = self._entries.get(act.alert)
        if entry is None:
            told = {"asked": act.what}
            text = f"Not done ({act.what}): no alert {act.alert!r} is open."
            self._log(act.alert, "refused", "", "", text, told, act.reason, act)
            return
        allowed = may(act.role, act.what, entry.alert.rule, entry.severity, self._roles)
        if why := entry.refusal(act, allowed):
            text = f"Not done ({act.what}): {why}."
            self._note(entry, "refused", text, {"asked": act.what}, act)
            return
        what = entry.do(act, self._time_s)
        self._watch(entry)
        self._let_leave(entry)
        self._note(entry, what, "", {}, act)

    def _let_time_pass(self) -> None:
        while self._timers and self._timers[0][0] <= self._time_s:
            due_s, id_ = heapq.heappop(self._timers)
            if self._is_due(due_s, id_):
                entry = self._entries[id_]
                text = entry.tick(self._time_s)
                self._watch(entry)
                told = {
                    "escalations": entry.sounded,
                    "sounded": entry.soundings(self._time_s),
                    "unacknowledged_s": round(self._time_s - entry.since_s, 3),
                }
                self._note(entry, "escalated", text, told)
        while self._leaving and self._leaving[0][0] < self._time_s:
            leave_s, id_ = heapq.heappop(self._leaving)
            if id_ in self._entries and self._entries[id_].leave_s == leave_s:
                self._forget(self._entries[id_])

    def _is_due(self, due_s: float, id_: str) -> bool:
        return id_ in self._entries and self._entries[id_].next_s == due_s

    def _watch(self, entry: Entry) -> None:
        if entry.next_s < math.inf:
            heapq.heappush(self._timers, (entry.next_s, entry.alert.id))

    def _let_leave(self, entry: Entry) -> None:
        """What is over and settled is kept only for as long as it may come back."""
        if entry.state == NORMAL and not entry.holds:
            entry.leave_s = max(entry.over_s + self._back_s(entry.alert.rule), self._time_s)
            heapq.heappush(self._leaving, (entry.leave_s, entry.alert.id))

    def _back_s(self, rule: str) -> float:
        return 60 * self._back_min.get(rule, BACK_MIN)

    def _admit(self, entry: Entry) -> None:
        self._entries[entry.alert.id] = entry
        self._of_key[entry.key] = entry
        if entry.alert.track >= 0:
            self._of_track.setdefault(entry.alert.track, {})[entry.alert.id] = entry
        self._watch(entry)

    def _forget(self, entry: Entry, keep: bool = False) -> None:
        """Let an alert's situation go; ``keep`` it where somebody has still to acknowledge it."""
        id_, track = entry.alert.id, entry.alert.track
        if self._of_key.get(entry.key) is entry:
            del self._of_key[entry.key]
        if keep:
            return
        self._entries.pop(id_, None)
        of_track = self._of_track.get(track, {})
        of_track.pop(id_, None)
        if not of_track:
            self._of_track.pop(track, None)

    def _make_room(self) -> None:
        """Close the least of the open alerts where there are too many: settled ones first, then
        by priority; of one priority what is over, then the oldest."""
        if len(self._entries) < self._open_max:
            return

        def weight(entry: Entry) -> tuple[bool, int, bool]:
            return entry.state != NORMAL, rank(entry.severity), entry.state != RECTIFIED

        count = max(1, self._open_max // 100)
        for entry in heapq.nsmallest(count, self._entries.values(), key=weight):
            settled, entry.state = entry.state == NORMAL, NORMAL
            self._forget(entry)
            if not settled:
                reason = f"over {self._open_max:,} alerts are open, and this is the least of them"
                self._log(entry.alert.id, "closed", NORMAL, entry.severity, reason=reason)

    def _tell(self, entry: Entry, what: str) -> None:
        self._note(entry, what, entry.text, entry.evidence)

    def _note(
        self,
        entry: Entry,
        what: str,
        text: str,
        evidence: Mapping[str, Any],
        act: Act | None = None,
    ) -> None:
        reason = act.reason if act else ""
        self._log(entry.alert.id, what, entry.state, entry.severity, text, evidence, reason, act)

    def _log(
        self, id_: str, what: str, state: str, severity: str, text: str = "",
        evidence: Mapping[str, Any] | None = None, reason: str = "", act: Act | None = None,
    ) -> None:  # fmt: skip
        self._number += 1
        by, role = (act.by, act.role) if act else ("", "")
        self._events.append(
            AlertEvent(
                id_, self._time_s, what, state, severity, text, by, role, reason, evidence or {},
                self._number,
            )
        )  # fmt: skip

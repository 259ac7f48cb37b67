"""The life of alerts: one a situation, who may do what, what sounds again, what is held back."""

import json
import math
import pickle
import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import PRIORITIES, Act, Say
from coastwatch.watch import Watch
from coastwatch.watch.book import Book
from coastwatch.watch.life import STATES
from coastwatch.watch.limits import Limits
from tests.watch_scene import PLANE, SITE, SMALL, T0, lane, picture

UNACK, SILENCED, ACK = "active-unacknowledged", "active-silenced", "active-acknowledged"
TRANSFERRED = "active-responsibility-transferred"
RECTIFIED, NORMAL = "rectified-unacknowledged", "normal"


def say(at: float = 0.0, priority: str = "alarm", *, rule: str = "drifting", track: int = 7,
        text: str = "It drifts.", over: bool = False, **evidence) -> Say:  # fmt: skip
    return Say(rule, 1, (track,), T0 + at, priority, track, -1, "", 1.5, 51.0, text, evidence, "",
               over)  # fmt: skip


class Desk:
    """A book, played in seconds after T0."""

    def __init__(self, **book) -> None:
        self.book = Book(**book)
        self.alerts, self.events = [], []

    def at(self, s: float, *says: Say, acts=(), ended=()) -> list[tuple[str, str]]:
        """What happened at that second, as (what, state)."""
        alerts, events = self.book.step(says, acts, T0 + s, ended)
        self.alerts += alerts
        self.events += events
        return [(e.what, e.state) for e in events]

    def act(self, s: float, what: str, **more) -> list[tuple[str, str]]:
        told = {"by": "Ann", "role": "senior-officer", "reason": "to Ben"} | more
        alert = told.pop("alert", self.alerts[-1].id if self.alerts else "none")
        return self.at(s, acts=[Act(T0 + s, alert, what, **told)])


def test_a_situation_is_one_alert_that_what_is_said_again_joins():
    desk = Desk()
    assert desk.at(0, say(speed_kn=1.0)) == [("raised", UNACK)]
    assert desk.at(5, say(5, text="It drifts fast.", speed_kn=3.0)) == [("updated", UNACK)]
    assert desk.at(6, say(6, track=8)) == [("raised", UNACK)]
    assert [a.track for a in desk.alerts] == [7, 8]
    raised, updated, _ = desk.events
    assert raised.alert == updated.alert == desk.alerts[0].id
    assert (updated.text, updated.evidence) == ("It drifts fast.", {"speed_kn": 3.0})
    assert [e.number for e in desk.events] == [1, 2, 3]


def test_what_is_said_again_in_the_same_words_is_not_repeated():
    desk = Desk()
    desk.at(0, say(speed_kn=1.0))
    assert desk.at(1, say(1, speed_kn=1.0)) == []


@pytest.mark.parametrize("act", ["acknowledge", "silence", "transfer"])
def test_a_raise_of_priority_makes_it_unacknowledged_again_and_it_sounds(act):
    desk = Desk()
    desk.at(0, say(priority="warning"))
    desk.act(1, act)
    assert desk.at(20, say(20, "alarm")) == [("updated", UNACK)]
    assert desk.events[-1].severity == "alarm"
    assert desk.at(49) == []
    assert desk.at(50) == [("escalated", UNACK)]


def test_a_lower_priority_waits_for_the_acknowledgement():
    desk = Desk()
    desk.at(0, say(priority="alarm"))
    desk.at(5, say(5, "warning"))
    assert (desk.events[-1].what, desk.events[-1].severity) == ("updated", "alarm")
    desk.act(6, "acknowledge")
    assert (desk.events[-1].state, desk.events[-1].severity) == (ACK, "warning")
    desk.at(7, say(7, "caution"))
    assert (desk.events[-1].state, desk.events[-1].severity) == (ACK, "caution")


@pytest.mark.parametrize(("priority", "first", "most"), [
    ("emergency", 30, 9), ("alarm", 30, 9), ("warning", 60, 6), ("caution", math.inf, 0)
])  # fmt: skip
def test_an_unacknowledged_alert_sounds_again_and_says_so_ever_more_rarely(priority, first, most):
    desk = Desk()
    desk.at(0, say(priority=priority))
    assert desk.book.due_s == T0 + first
    for s in range(1, 36_000):
        desk.at(s)
    escalated = [e for e in desk.events if e.what == "escalated"]
    assert [e.time_s - T0 for e in escalated] == [first * 2**k for k in range(most)]
    for k, e in enumerate(escalated):
        # It has sounded all the while, though the log says so only when that has doubled.
        assert e.evidence == {"escalations": k + 1, "sounded": 2**k + 1,
                              "unacknowledged_s": first * 2**k}  # fmt: skip
    assert desk.book.due_s == math.inf


def test_a_gap_in_the_pictures_is_one_sounding_not_many():
    desk = Desk()
    desk.at(0, say())
    assert desk.at(1000) == [("escalated", UNACK)]
    assert desk.events[-1].evidence["escalations"] == 6
    assert desk.book.due_s == T0 + 1920


@pytest.mark.parametrize("act", ["acknowledge", "transfer", "close"])
def test_what_is_attended_to_does_not_sound(act):
    desk = Desk()
    desk.at(0, say())
    desk.act(20, act)
    assert desk.book.due_s == math.inf
    assert desk.at(10_000) == []


def test_an_acknowledgement_in_the_picture_of_the_sounding_is_in_time():
    desk = Desk()
    desk.at(0, say())
    assert desk.act(30, "acknowledge") == [("acknowledged", ACK)]


def test_a_silenced_alarm_sounds_again_after_30_s():
    desk = Desk()
    desk.at(0, say())
    assert desk.act(10, "silence") == [("silenced", SILENCED)]
    assert desk.book.due_s == T0 + 40
    assert desk.at(39) == []
    assert desk.at(40) == [("escalated", UNACK)]
    assert desk.book.due_s == T0 + 70
    assert desk.act(41, "silence") == [("silenced", SILENCED)]


def test_over_before_it_was_acknowledged_it_waits_for_that_and_is_quiet():
    desk = Desk()
    desk.at(0, say())
    assert desk.at(20, say(20, over=True, text="It is under way.")) == [("rectified", RECTIFIED)]
    assert desk.events[-1].text == "It is under way."
    assert desk.at(100_000) == []
    assert desk.act(100_001, "acknowledge") == [("acknowledged", NORMAL)]
    assert len(desk.book) == 1
    desk.at(100_002)
    assert len(desk.book) == 0


def test_over_after_it_was_acknowledged_it_is_settled():
    desk = Desk()
    desk.at(0, say())
    desk.act(5, "acknowledge")
    assert desk.at(20, say(20, over=True)) == [("rectified", NORMAL)]
    assert desk.at(30, say(30, over=True)) == []


def test_a_caution_needs_no_acknowledgement():
    desk = Desk()
    assert desk.at(0, say(priority="caution")) == [("raised", "active")]
    assert desk.act(1, "acknowledge") == [("refused", "active")]
    assert desk.at(2, say(2, over=True)) == [("rectified", NORMAL)]


def test_the_end_of_a_track_is_the_end_of_what_is_about_it():
    desk = Desk()
    desk.at(0, say(), say(rule="loitering"), say(track=8), say(rule="sensor-silent", track=-1))
    assert desk.at(5, ended=[7, 99]) == [("rectified", RECTIFIED)] * 2
    assert {e.alert for e in desk.events[-2:]} == {desk.alerts[0].id, desk.alerts[1].id}
    assert desk.events[-1].text == "Track 7 has ended."


@pytest.mark.parametrize("acknowledged", [True, False])
def test_what_comes_back_within_ten_minutes_is_the_same_alert_and_later_a_new_one(acknowledged):
    desk = Desk()
    desk.at(0, say())
    if acknowledged:
        desk.act(1, "acknowledge")
    desk.at(10, say(10, over=True))
    assert desk.at(610, say(610)) == [("active again", UNACK)]
    assert desk.book.due_s == T0 + 640
    desk.at(611, say(611, over=True))
    assert desk.at(1211.1, say(1211.1)) == [("raised", UNACK)]
    first, second = desk.alerts
    assert first.id != second.id
    # The one that nobody acknowledged is still there to be acknowledged.
    assert desk.act(1212, "acknowledge", alert=first.id) == [("acknowledged", NORMAL)]


def test_how_long_a_situation_may_be_away_is_the_rules_own():
    desk = Desk(back_min={"drifting": 1})
    desk.at(0, say())
    desk.at(10, say(10, over=True))
    assert desk.at(80, say(80)) == [("raised", UNACK)]


def test_a_closed_alert_stays_closed_while_its_condition_lasts_unless_it_grows_worse():
    desk = Desk()
    desk.at(0, say(priority="warning"))
    assert desk.act(5, "close", reason="a buoy") == [("closed", NORMAL)]
    closed = desk.events[-1]
    assert (closed.by, closed.role, closed.reason) == ("Ann", "senior-officer", "a buoy")
    assert desk.at(10, say(10, "warning", text="Still.")) == [("updated", NORMAL)]
    assert desk.at(9_000) == []
    assert desk.at(9_001, say(9_001, "alarm")) == [("active again", UNACK)]
    assert len(desk.alerts) == 1


@pytest.mark.parametrize(("act", "why"), [
    ({"by": " "}, "without a name nobody can close"),
    ({"reason": ""}, "no reason given: say why"),
    ({"role": "observer"}, "the role 'observer' may not close alarm of drifting"),
    ({"role": "nobody"}, "the role 'nobody' may not"),
    ({"what": "explode"}, "no act 'explode'"),
    ({"what": "transfer", "reason": ""}, "say who takes it"),
    ({"alert": "nowhere"}, "no alert 'nowhere' is open"),
])  # fmt: skip
def test_an_act_that_may_not_be_is_refused_with_why(act, why):
    desk = Desk()
    desk.at(0, say())
    ((what, state),) = desk.act(5, act.pop("what", "close"), **act)
    assert what == "refused"
    assert state == ("" if "alert" in act else UNACK)
    assert why in desk.events[-1].text


@pytest.mark.parametrize("first", ["acknowledge", "close"])
def test_what_is_done_cannot_be_done_twice(first):
    desk = Desk()
    desk.at(0, say())
    desk.act(1, first)
    assert [what for what, _ in desk.act(2, first)] == ["refused"]


def test_a_roles_limits_are_of_rule_and_priority():
    desk = Desk()
    desk.at(0, say(rule="distress-beacon", priority="emergency"))
    assert desk.act(1, "close", role="watch-officer")[0][0] == "refused"
    assert desk.act(2, "close", role="coordinator")[0][0] == "closed"


def many(n: int, at: float = 0.0, rule="drifting", priority="warning", first=1) -> list[Say]:
    return [say(at, priority, rule=rule, track=t) for t in range(first, first + n)]


def test_beyond_its_limit_a_rule_is_held_back_and_that_is_said():
    desk = Desk(limits=Limits({"drifting": 3}))
    desk.at(0, *many(10))
    assert Counter(e.what for e in desk.events) == {"raised": 4, "held back": 7}
    *drifting, held = desk.alerts
    assert [a.track for a in drifting] == [1, 2, 3]
    assert (held.rule, held.severity, held.track) == ("held-back", "caution", -1)
    assert "Rule drifting is held to 3 alerts an hour: 7 more (7 warning)" in held.text
    assert held.evidence["first_tracks"] == [4, 5, 6, 7, 8]
    lost = [e for e in desk.events if e.what == "held back"]
    assert [e.evidence["track"] for e in lost] == [4, 5, 6, 7, 8, 9, 10]
    assert [e.alert for e in lost[:5]] == held.evidence["first_ids"]
    assert all(e.text == "It drifts." and e.severity == "warning" for e in lost)
    json.dumps([dict(e.evidence) for e in desk.events], allow_nan=False)


def test_what_is_held_back_is_told_at_most_each_minute_and_is_over_ten_minutes_later():
    desk = Desk(limits=Limits({"drifting": 1}))
    for s in range(200):
        desk.at(s, *many(1, s, first=s + 1))
    for s in range(200, 1000):
        desk.at(s)
    (alert,) = [a for a in desk.alerts if a.rule == "held-back"]
    life = [(e.what, e.time_s - T0) for e in desk.events if e.alert == alert.id]
    assert life == [("raised", 1), ("updated", 61), ("updated", 121), ("updated", 181),
                    ("updated", 241), ("rectified", 799)]  # fmt: skip
    assert "199 more" in [e for e in desk.events if e.what == "updated"][-1].text


def test_a_limit_is_of_any_hour():
    desk = Desk(limits=Limits({"drifting": 2}))
    came = {s: desk.at(s, *many(1, s, first=s + 1)) for s in (0, 1800, 3599, 3600, 3601)}
    held = [s for s, events in came.items() if ("held back", "") in events]
    assert held == [3599, 3601]
    assert [a.time_s - T0 for a in desk.alerts if a.rule == "drifting"] == [0, 1800, 3600]


def test_a_limit_does_not_touch_what_joins_an_alert_or_other_rules():
    desk = Desk(limits=Limits({"drifting": 1}))
    desk.at(0, say())
    assert desk.at(1, say(1, text="More."))[0][0] == "updated"
    assert desk.at(2, say(2, rule="loitering"))[0][0] == "raised"


@pytest.mark.parametrize(("rule", "priority", "passes"), [
    ("drifting", "alarm", False), ("drifting", "emergency", True),
    (SMALL, "caution", False), (SMALL, "warning", True), (SMALL, "alarm", True),
    (SMALL, "emergency", True),
])  # fmt: skip
def test_people_in_danger_are_never_held_back(rule, priority, passes):
    desk = Desk(limits=Limits({rule: 0}))
    assert desk.at(0, say(rule=rule, priority=priority))[0][0] == (
        "raised" if passes else "held back"
    )


def test_a_full_book_closes_the_least_and_says_so():
    desk = Desk(limits=Limits({"drifting": 10**6}), open_max=100)
    desk.at(0, say(0, "emergency", track=1), *many(98, first=2, priority="warning"))
    desk.at(1, say(1, "caution", track=100))
    assert desk.at(2, say(2, "warning", track=101)) == [("closed", NORMAL), ("raised", UNACK)]
    assert "over 100 alerts are open" in desk.events[-2].reason
    assert desk.events[-2].severity == "caution"
    desk.at(3, *many(500, 3, first=200, priority="warning"))
    assert len(desk.book) <= 100
    assert any(e.severity == "emergency" for e in desk.book)


def test_settled_alerts_leave_the_book():
    desk = Desk(limits=Limits({"drifting": 10**6}))
    for s in range(3000):
        desk.at(s, say(s, "caution", track=s), ended=[s - 10])
    assert len(desk.book) < 650
    assert len(desk.book._timers) + len(desk.book._leaving) < 1300


# Where each say looked through the book it would take minutes; what it takes is in bench/watch.py.
def test_a_picture_of_20_000_says_does_not_grow_with_its_square():
    desk = Desk(limits=Limits({"drifting": 10**6}))
    begun = time.process_time()
    for text in ("It drifts.", "It drifts on."):
        says = [replace(s, text=text) for s in many(20_000)]
        desk.at(0, *says)
    assert Counter(e.what for e in desk.events) == {"raised": 20_000, "updated": 20_000}
    Desk(limits=Limits({"drifting": 5})).at(0, *says)
    assert time.process_time() - begun < 30.0  # 2 s measured; the rest is for a busy machine


def test_an_officers_act_reaches_the_alert_through_the_watch():
    from coastwatch.watch import Heard

    watch = Watch(SITE, [lane()], PLANE)
    seen = [watch.step(picture(T0 + s, (2500 + 3 * s, 0, 3, 0))) for s in range(40)]
    (alert,) = [a for part in seen for a in part.alerts]
    assert watch.due_s == alert.time_s + 30
    act = Act(T0 + 41, alert.id, "acknowledge", "Ann", "watch-officer")
    events = watch.step(picture(T0 + 41, (2623, 0, 3, 0)), Heard(acts=[act])).events
    assert [(e.what, e.by) for e in events] == [("acknowledged", "Ann")]
    assert watch.due_s == math.inf


# What may follow on what, in an alert's life: the state before -> what happened, the state after.
ACTIVE = {UNACK, SILENCED, ACK, TRANSFERRED, "active"}
LEGAL = {
    ("raised", None): {UNACK, "active"},
    **{("updated", s): {s, UNACK} for s in ACTIVE}, ("updated", NORMAL): {NORMAL},
    ("escalated", UNACK): {UNACK}, ("escalated", SILENCED): {UNACK},
    **{("rectified", s): {NORMAL} for s in (ACK, TRANSFERRED, "active", NORMAL)},
    **{("rectified", s): {RECTIFIED} for s in (UNACK, SILENCED)},
    **{("active again", s): {UNACK, "active"} for s in (NORMAL, RECTIFIED)},
    **{("acknowledged", s): {ACK} for s in (UNACK, SILENCED, TRANSFERRED)},
    ("acknowledged", RECTIFIED): {NORMAL},
    ("silenced", UNACK): {SILENCED},
    **{("transferred", s): {TRANSFERRED} for s in (UNACK, SILENCED, ACK)},
    **{("closed", s): {NORMAL} for s in (*ACTIVE, RECTIFIED)},
    **{("refused", s): {s} for s in STATES},
}  # fmt: skip

TRACKS = st.integers(1, 6)
MOVES = st.one_of(
    st.builds(
        lambda t, p, text, rule, over: ("say", t, p, text, rule, over), TRACKS,
        st.sampled_from(PRIORITIES), st.sampled_from("ab"),
        st.sampled_from(["drifting", "loitering"]), st.booleans(),
    ),
    st.tuples(st.just("end"), TRACKS),
    st.tuples(
        st.just("act"), st.integers(0, 9),
        st.sampled_from(["acknowledge", "silence", "transfer", "close"]),
        st.sampled_from(["senior-officer", "observer"]), st.sampled_from(["", "why"]),
    ),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 29.0, 30.0, 61.0, 599.0, 601.0, 4000.0])),
)  # fmt: skip


def played(desk: Desk, moves, at: float = 1.0):
    """Play moves; how many situations were said that were not open."""
    for move in moves:
        at += 1.0
        if move[0] == "say":
            _, track, priority, text, rule, over = move
            desk.at(at, say(at, priority, rule=rule, track=track, text=text, over=over))
        elif move[0] == "end":
            desk.at(at, ended=[move[1]])
        elif move[0] == "act":
            _, which, what, role, reason = move
            alert = desk.alerts[which].id if which < len(desk.alerts) else "none"
            desk.act(at, what, alert=alert, role=role, reason=reason)
        else:
            at += move[1]
            desk.at(at)
    return at


@settings(max_examples=300, deadline=None)
@given(st.lists(MOVES, max_size=40), st.integers(0, 40), st.integers(3, 200))
def test_every_life_is_legal_nothing_is_lost_and_a_copy_goes_on_alike(moves, cut, open_max):
    book = {"limits": Limits({"drifting": 3, "loitering": 50}), "open_max": open_max}
    desk = Desk(**book)
    at = played(desk, moves[:cut])
    copy = Desk()
    copy.book = pickle.loads(pickle.dumps(desk.book))
    copy.alerts, copy.events = list(desk.alerts), list(desk.events)
    played(desk, moves[cut:], at)
    played(copy, moves[cut:], at)
    assert (copy.alerts, copy.events) == (desk.alerts, desk.events)
    again = Desk(limits=Limits({"drifting": 3, "loitering": 50}), open_max=open_max)
    played(again, moves[cut:], played(again, moves[:cut]))
    assert (again.alerts, again.events) == (desk.alerts, desk.events)

    state: dict[str, str | None] = {}
    for e in desk.events:
        if e.what == "held back" or e.state == "":
            continue
        before = state.get(e.alert)
        assert e.state in LEGAL[e.what, before], (e, before)
        state[e.alert] = e.state
    assert [e.number for e in desk.events] == list(range(1, len(desk.events) + 1))
    assert [e.time_s for e in desk.events] == sorted(e.time_s for e in desk.events)
    # Raised is open or settled, and the book knows each open one as its last event says.
    kept = {e.alert.id: e.state for e in desk.book}
    assert len(state) == len(desk.alerts) == len({a.id for a in desk.alerts})
    for alert in desk.alerts:
        assert kept.get(alert.id, NORMAL) == state[alert.id]
    assert len(desk.book) <= max(open_max, 1)
    # No more than three of a rule in an hour, save emergencies; the others are in the log.
    passed = [a.time_s for a in desk.alerts if a.rule == "drifting" and a.severity != "emergency"]
    assert all(b - a >= 3600 for a, b in zip(passed, passed[3:], strict=False))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(PRIORITIES)), max_size=60),
       st.integers(0, 5))  # fmt: skip
def test_raised_and_held_back_are_all_that_was_said(said, per_hour):
    desk = Desk(limits=Limits({"drifting": per_hour}))
    new = 0
    for s, (track, priority) in enumerate(said):
        opened = {a.track for a in desk.alerts}
        new += track not in opened
        desk.at(s / 10, say(s / 10, priority, track=track))
    counts = Counter(e.what for e in desk.events if e.evidence.get("rule") != "drifting")
    assert counts["raised"] + counts["held back"] == new
    told = [e.evidence["held"] for e in desk.events if e.evidence.get("rule") == "drifting"]
    assert told == sorted(told)
    desk.at(1000)
    told = [e.evidence["held"] for e in desk.events if e.evidence.get("rule") == "drifting"]
    assert max(told, default=0) == counts["held back"]

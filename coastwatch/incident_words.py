"""Incidents as a person at a terminal reads them, and as JSON has them.

What callers and persons typed passes ``shown`` before it reaches a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from coastwatch.geo.units import (
    format_course,
    format_distance,
    format_position,
    format_speed,
)
from coastwatch.incident import Call, Candidate
from coastwatch.incident.call import shown
from coastwatch.incident.log import Event
from coastwatch.incident.why import (
    aboard_words,
    decision_row,
    decision_words,
    match_words,
    probability,
    told_words,
)
from coastwatch.incidents import Shown, Taken, candidate_rows
from coastwatch.picture_at import Known

MATCHES = 3
WORTH_SAYING = 0.05  # another incident that is less likely the same craft is not named in a list


def taken_text(taken: Taken) -> str:
    """What became of a call, and why."""
    call = taken.night.calls[taken.call]
    fate = decision_words(taken.decision, taken.incident)
    if taken.decision.what == "joined" and taken.decision.incident != taken.incident:
        fate = (
            f"opened I{taken.incident}, as told; one craft with I{taken.decision.incident} "
            f"by probability ({probability(taken.decision.matches[0].probability)})"
        )
    elif len(taken.others[taken.incident]) > 1 and taken.decision.what != "joined":
        fate = f"joined to I{taken.incident}, as told"
    lines = [f"C{taken.call} {fate}", f"  understood: {call_text(call)}"]
    for match in taken.decision.matches[:MATCHES]:
        others = [taken.night.calls[n] for n in taken.others[match.incident]
                  if n in taken.night.calls and n != taken.call]  # fmt: skip
        lines.append(f"  I{match.incident} {probability(match.probability)}: "
                     f"{match_words(match, call, others)}")  # fmt: skip
    lines += [f"  to tell them apart: {q.text} ({q.bits:.2f} bit)" for q in taken.decision.ask]
    return "\n".join(lines + candidates_text(taken.candidates, taken.night.known))


def show_text(one: Shown) -> str:
    """One incident, in full."""
    lines = [f"I{one.incident} {one.state}: {_calls_text(one.calls)}"]
    lines += [f"  C{number} {call_text(call)}" for number, call in one.calls.items()]
    if len(one.calls) > 1:
        doubt = "" if one.whole >= 0.5 else "; look again: `incident part` takes a call out"
        lines.append(f"  these calls are of one craft: {probability(one.whole)}{doubt}")
    lines += candidates_text(one.candidates, one.night.known)
    lines += [f"  one craft with I{n}: {probability(p)}" for n, p in one.same.items()
              if p >= WORTH_SAYING]  # fmt: skip
    lines += [_event_text(event) for event in one.events]
    return "\n".join(lines)


def list_text(found: Sequence[Shown]) -> str:
    """One line an incident."""
    if not found:
        return "no open incident (--all lists closed ones)"
    return "\n".join(_line(one) for one in found)


def candidates_text(candidates: Sequence[Candidate], known: dict[int, Known]) -> list[str]:
    """The tracks that a craft may be, the likeliest first."""
    lines = ["  it may be:"]
    for row in candidate_rows(candidates, known):
        p = probability(row["probability"])
        if row["track"] is not None:
            lines.append(f"    {p} track {row['track']}: {_track_text(row)}")
        elif row["others"]:
            several = row["others"] > 1
            lines.append(f"    {p} {'any other track' if several else 'the other track'}")
        else:
            lines.append(f"    {p} none of the tracks: a craft that no sensor holds")
    return lines


def call_text(call: Call) -> str:
    """What a call said, on one line."""
    place = "no position"
    if call.placed:
        place = f"{format_position(call.lon, call.lat)} ± {format_distance(call.sigma_m)}"
    parts = [f"{_clock(call.time_s)} by {call.via}", place]
    parts.append(f"{aboard_words([call])} aboard" if call.aboard_low > 0 else "number not told")
    parts.append(told_words(call))
    if call.course_rad == call.course_rad:
        parts.append(f"{format_course(call.course_rad)} {format_speed(call.speed_mps)}")
    if call.caller:
        parts.append(f"phone #{call.caller}{' (relayed)' if call.relayed else ''}")
    if call.text:
        parts.append(f'"{shown(call.text)}"')
    return ", ".join(parts)


def taken_row(taken: Taken) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "call": f"C{taken.call}",
        "incident": f"I{taken.incident}",
        "told": taken.night.calls[taken.call].row(),
        "decision": decision_row(taken.decision),
        "candidates": candidate_rows(taken.candidates, taken.night.known),
        "notes": list(taken.night.notes),
    }


def shown_row(one: Shown) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "incident": f"I{one.incident}",
        "state": one.state,
        "calls": [{"call": f"C{n}"} | call.row() for n, call in one.calls.items()],
        "one_craft": round(one.whole, 4),
        "candidates": candidate_rows(one.candidates, one.night.known),
        "same_craft": {f"I{n}": round(p, 4) for n, p in one.same.items()},
        "events": [_event_row(event) for event in one.events],
        "notes": list(one.night.notes),
    }


def _line(one: Shown) -> str:
    placed = [call for call in one.calls.values() if call.placed]
    place = "no position"
    if placed:  # the best told, of those the last
        best_told = min(placed, key=lambda call: (call.sigma_m, -call.time_s))
        place = f"{format_position(best_told.lon, best_told.lat)} at {_clock(best_told.time_s)}"
    text = f"I{one.incident} {one.state}, {_calls_text(one.calls)}, {place}"
    text += f", {aboard_words(list(one.calls.values()))} aboard"
    best = one.candidates[0]
    if best.track >= 0:
        text += f", track {best.track} ({probability(best.probability)})"
    doubts = [f"I{n} ({probability(p)})" for n, p in one.same.items() if p >= WORTH_SAYING]
    return text + (f"; may be one with {', '.join(doubts[:MATCHES])}" if doubts else "")


def _calls_text(calls: Mapping[int, Call]) -> str:
    n, last = len(calls), max(call.time_s for call in calls.values())
    return f"{n} call{'s' if n > 1 else ''}, the last of {_clock(last)}"


def _track_text(row: Mapping[str, Any]) -> str:
    parts = []
    if row["name"] or row["mmsi"]:
        parts.append(shown(str(row["name"] or f"MMSI {row['mmsi']}"), 40))
    if row["distance_m"] is not None:
        parts.append(f"{format_distance(row['distance_m'])} off ({row['sigmas']:.1f} sigma)")
    parts.append(f"{format_course(row['course_rad'])} {format_speed(row['speed_mps'])}")
    parts.append(f"small {row['p_small']:.2f}, unregistered {row['p_unregistered']:.2f}")
    return ", ".join(parts)


def _event_text(event: Event) -> str:
    who = f" by {shown(event.by, 60)}" if event.by else ""
    what = f"  {_clock(event.time_s)} {event.what} I{event.incident}"
    what += f" C{event.call}" if event.call is not None else ""
    what += f" (I{event.other})" if event.other is not None else ""
    return f"{what}{who}{f': {shown(event.reason)}' if event.reason else ''}"


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "time": _iso(event.time_s),
        "what": event.what,
        "incident": f"I{event.incident}",
        "call": None if event.call is None else f"C{event.call}",
        "other": None if event.other is None else f"I{event.other}",
        "by": event.by,
        "reason": event.reason,
        "body": dict(event.body),
    }


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, UTC):%d %b %H:%MZ}"


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")

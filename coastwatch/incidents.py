"""Incidents of a run's folder: a call taken, compared, joined or kept apart, and written down."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coastwatch.geo.plane import Plane
from coastwatch.incident import Call, Candidate, Correlator, Decision, Evidence, IncidentLog, Seen
from coastwatch.incident.acts import incident_of, open_incident
from coastwatch.incident.assumed import Assumed
from coastwatch.incident.correlate import Link
from coastwatch.incident.log import FILE, Event
from coastwatch.incident.why import decision_row
from coastwatch.model import ConfigError, InputError
from coastwatch.picture_at import NAMES, Known, seen_at
from coastwatch.store.run import Run, read_run

# A crossing lasts some eight hours; a call is held against those of half a day.
NIGHT_S = 12 * 3600.0
SHOWN, LEAST = 5, 0.01  # candidates: how many, and how likely at least


@dataclass(frozen=True)
class Night:
    """The calls of one night, correlated. ``number`` maps a call's number to its place in it."""

    correlator: Correlator
    calls: dict[int, Call]
    known: dict[int, Known]
    notes: tuple[str, ...]

    @property
    def number(self) -> dict[int, int]:
        return {number: i for i, number in enumerate(self.calls)}

    def mask(self, numbers: Iterable[int]) -> int:
        """The set of these calls, those of other nights left out."""
        at = self.number
        return sum(1 << at[n] for n in numbers if n in at)


@dataclass(frozen=True)
class Taken:
    """What became of a call."""

    call: int
    incident: int
    decision: Decision
    candidates: tuple[Candidate, ...]
    night: Night
    others: dict[int, list[int]]  # the calls of every incident, this call among them


def take(
    folder: Path,
    call: Call,
    now_s: float,
    phone: str = "",
    to: str | None = None,
    by: str = "",
) -> Taken:
    """Take a call: compare it, join it where that is sure, else open an incident; written once.

    ``to`` is a person's word, ``by`` whose: "new", or the incident that the call is of. Raises
    InputError where the folder cannot be written, or the very call is there already.
    """
    run, notes = _picture(folder)
    with IncidentLog(folder) as log, log.entry():
        call = replace(call, caller=log.caller(phone) if phone else "")
        if (before := log.known(call)) is not None:
            incident = next(n for n, calls in log.incidents().items() if before in calls)
            raise InputError(
                f"this very call is C{before} of I{incident} already; see `incident show "
                f"{folder} I{incident}`"
            )
        closed = [n for n in log.incidents() if log.state(n)[0] != "open"]
        target = open_incident(log, to) if to not in (None, "new") else None
        others = log.incidents()
        number = max((c for calls in others.values() for c in calls), default=0) + 1
        near = _near({**log.calls(), number: call}, call.time_s)
        night = _night(near, log.links(), run, notes)
        sets = {n: m for n, calls in others.items() if (m := night.mask(calls))}
        decision = night.correlator.decide(night.number[number], sets, closed)
        joined = decision.incident if to is None and decision.what == "joined" else target
        incident = log.open() if joined is None else joined
        log.add(call, incident)
        if target is not None:
            log.link([number], others[target], True)
        whole = {**others, incident: [*others.get(incident, []), number]}
        candidates = tuple(night.correlator.candidates(night.mask(whole[incident])))
        what = "joined" if joined is not None else "opened"
        body = decision_row(decision) | {"candidates": candidate_rows(candidates, night.known)}
        log.tell(now_s, what, incident, by if to else "", "" if to is None else "as told",
                 number, None, body)  # fmt: skip
        return Taken(number, incident, decision, candidates, night, whole)


@dataclass(frozen=True)
class Shown:
    """An incident as it stands, every call of its night considered."""

    incident: int
    state: str
    calls: dict[int, Call]
    whole: float  # probability that its calls are of one craft
    candidates: tuple[Candidate, ...]
    same: dict[int, float]  # other incidents of the night, and the probability of one craft
    night: Night
    events: list[Event]


def show(folder: Path, one: str) -> Shown:
    """One incident; raises InputError where there is no such one."""
    run, notes = _picture(folder)
    with IncidentLog(has_incidents(folder)) as log:
        incident = incident_of(log, one)
        joined_to = log.state(incident)[1]
        if joined_to is not None:
            raise InputError(f"I{incident} was joined to I{joined_to}; show that")
        return next(_shown(log, [incident], run, notes))


def listed(folder: Path) -> list[Shown]:
    """Every incident that has calls, in order."""
    run, notes = _picture(folder)
    with IncidentLog(has_incidents(folder)) as log:
        return list(_shown(log, list(log.incidents()), run, notes))


def _shown(
    log: IncidentLog, numbers: Sequence[int], run: Run | None, notes: tuple[str, ...]
) -> Iterator[Shown]:
    calls, incidents, links = log.calls(), log.incidents(), log.links()
    nights: dict[tuple[int, ...], Night] = {}
    for incident in numbers:
        near = _near(calls, calls[incidents[incident][-1]].time_s)
        if tuple(near) not in nights:
            nights[tuple(near)] = _night(near, links, run, notes)
        night = nights[tuple(near)]
        mask = night.mask(incidents[incident])
        together = night.correlator.together
        same = {
            n: together(mask | m)
            for n, others in incidents.items()
            if n != incident and (m := night.mask(others))
        }
        yield Shown(
            incident, log.state(incident)[0], {n: calls[n] for n in incidents[incident]},
            together(mask), tuple(night.correlator.candidates(mask)),
            dict(sorted(same.items(), key=lambda one: -one[1])), night, log.events(incident),
        )  # fmt: skip


def candidate_rows(
    candidates: Sequence[Candidate], known: dict[int, Known]
) -> list[dict[str, Any]]:
    """The likeliest candidates as JSON has them; the last row holds the rest together."""
    shown = [c for c in candidates if c.track < 0 or c.probability >= LEAST]
    shown = [c for i, c in enumerate(shown) if i < SHOWN or c.track < 0]
    rows = [_candidate_row(c, known.get(c.track)) for c in shown]
    rest = max(0.0, 1.0 - sum(c.probability for c in shown))
    if len(candidates) > len(shown):
        rows.append({"track": None, "probability": round(rest, 4),
                     "others": len(candidates) - len(shown)})  # fmt: skip
    return rows


def _candidate_row(c: Candidate, known: Known | None) -> dict[str, Any]:
    if c.track < 0 or known is None:
        return {"track": None, "probability": round(c.probability, 4), "others": 0}
    return {
        "track": c.track,
        "probability": round(c.probability, 4),
        "distance_m": round(c.distance_m) if math.isfinite(c.distance_m) else None,
        "sigmas": round(c.sigmas, 2) if math.isfinite(c.sigmas) else None,
        "beforehand": round(c.weight, 4),
        "mmsi": known.mmsi,
        "name": known.name,
        "lon": round(known.lon, 6),
        "lat": round(known.lat, 6),
        "speed_mps": round(known.speed_mps, 2),
        "course_rad": round(known.course_rad, 4),
        "p_unregistered": round(known.p_unregistered, 4),
        "p_small": round(known.p_small, 4),
        "p_fixed": round(known.p_fixed, 4),
    }


def _near(calls: dict[int, Call], time_s: float) -> dict[int, Call]:
    """The calls within half a day of a time."""
    return {n: c for n, c in calls.items() if abs(c.time_s - time_s) <= NIGHT_S}


def _night(
    near: dict[int, Call], links: Sequence[Link], run: Run | None, notes: tuple[str, ...]
) -> Night:
    at = {n: i for i, n in enumerate(near)}
    told = list(near.values())
    plane = Plane(run.site.origin if run else _middle(told))
    seen, known = (
        seen_at(run, told, plane, Assumed()) if run else (Seen.none(len(told)), dict[int, Known]())
    )
    pairs = [(at[a], at[b], same) for a, b, same in links if a in at and b in at]
    return Night(Correlator(Evidence(told, seen, plane), pairs), near, known, notes)


def names_of(folder: Path) -> dict[str, tuple[float, float]]:
    """The places that a run's site names: its sensors."""
    try:
        return {sensor.id: sensor.position for sensor in read_run(folder).site.sensors}
    except (InputError, ConfigError):
        return {}


def has_incidents(folder: Path) -> Path:
    """The folder, where it has a log of incidents; raises InputError where not."""
    if not (folder / FILE).is_file():
        raise InputError(f"{folder}: no incident yet; `coastwatch incident open` opens one")
    return folder


def _picture(folder: Path) -> tuple[Run | None, tuple[str, ...]]:
    """The run, where there is a readable one: a call is taken down all the same."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give a run's folder, or make an empty one")
    try:
        run = read_run(folder)
        missing = sorted({"time", *NAMES} - set(run.tracks.column_names))
        if missing:
            raise InputError(f"{folder / 'tracks.parquet'}: no column {missing[0]}")
        _ = run.vessels  # read now, while a fault in it is still only a note
    except (InputError, ConfigError) as error:
        return None, (f"calls are compared without tracks: {error}",)
    return run, ()


def _middle(calls: Iterable[Call]) -> tuple[float, float]:
    """Where the plane touches without a site: at the first position told."""
    return next(((c.lon, c.lat) for c in calls if c.placed), (1.5, 51.0))

"""What persons decide about incidents, by name and with a reason; each act is one transaction.

Incidents are named I1, I2, ... and calls C1, C2, ... in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from coastwatch.incident.call import shown
from coastwatch.incident.log import IncidentLog
from coastwatch.model import ConfigError, InputError


def join(folder: Path, one: str, other: str, by: str, reason: str, now_s: float) -> str:
    """A person says that two are one craft: OTHER's calls become those of ONE's incident."""
    with IncidentLog(folder) as log, log.entry():
        stays, _ = calls_of(log, one)
        goes, moving = calls_of(log, other)
        if stays == goes:
            raise InputError(f"{one} and {other} are both of I{stays} already")
        for incident in (stays, goes):
            open_incident(log, f"I{incident}")
        log.link(log.incidents()[stays], moving, True)
        log.move(moving, stays)
        if goes not in log.incidents():
            log.set_state(goes, "joined", stays)
        log.tell(now_s, "joined", stays, by, reason, None, goes, {"calls": _names(moving)})
        return f"I{stays}: {', '.join(_names(moving))} joined from I{goes}"


def part(folder: Path, one: str, other: str, by: str, reason: str, now_s: float) -> str:
    """A person says that ONE is another craft than OTHER; a call leaves the incident it is in."""
    with IncidentLog(folder) as log, log.entry():
        incident, calls = calls_of(log, one)
        against, others = calls_of(log, other)
        rest = [c for c in others if c not in calls]
        if not rest:
            raise InputError(
                f"{one} holds all of {other}: name the call that is another craft's, such as C2"
            )
        log.link(calls, rest, False)
        said = f"{one} is another craft than I{against}"
        if incident == against:
            leaving, incident = incident, log.open()
            log.move(calls, incident)
            said = f"{', '.join(_names(calls))} left I{leaving} and opened I{incident}"
        log.tell(now_s, "parted", incident, by, reason, None, against, {"calls": _names(calls)})
        return said


def close(folder: Path, one: str, by: str, reason: str, now_s: float) -> str:
    """A person closes an incident; its calls still count for what comes later."""
    with IncidentLog(folder) as log, log.entry():
        incident = open_incident(log, one)
        log.set_state(incident, "closed")
        log.tell(now_s, "closed", incident, by, reason)
        return f"I{incident} closed by {shown(by)}: {shown(reason)}"


def reopen(folder: Path, one: str, by: str, reason: str, now_s: float) -> str:
    """A person opens a closed incident again."""
    with IncidentLog(folder) as log, log.entry():
        incident = incident_of(log, one)
        if log.state(incident)[0] != "closed":
            raise InputError(f"I{incident} is {log.state(incident)[0]}; only a closed one reopens")
        log.set_state(incident, "open")
        log.tell(now_s, "reopened", incident, by, reason)
        return f"I{incident} open again, by {shown(by)}: {shown(reason)}"


def calls_of(log: IncidentLog, name: str) -> tuple[int, list[int]]:
    """The incident that a name ("I2", "C5") means, and the calls meant."""
    number = _number(name)
    if name[:1].upper() == "I":
        incident = incident_of(log, name)
        calls = log.incidents().get(incident, [])
        if not calls:
            raise InputError(
                f"I{incident} has no calls: it was joined to I{log.state(incident)[1]}"
            )
        return incident, calls
    for incident, calls in log.incidents().items():
        if number in calls:
            return incident, [number]
    raise InputError(f"{name}: no such call; `incident list` names them all")


def incident_of(log: IncidentLog, name: str) -> int:
    """The number of a named incident; raises where there is no such one."""
    if name[:1].upper() != "I":
        raise ConfigError(f"{name!r}: not an incident; give one such as I2")
    number = _number(name)
    log.state(number)
    return number


def open_incident(log: IncidentLog, name: str | None) -> int:
    """The same, of one that is open."""
    incident = incident_of(log, name or "")
    state, joined_to = log.state(incident)
    if state != "open":
        where = f"joined to I{joined_to}" if joined_to else "closed; `incident reopen` opens it"
        raise InputError(f"I{incident} is {where}")
    return incident


def _number(name: str) -> int:
    if name[:1].upper() not in ("I", "C") or not name[1:].isascii() or not name[1:].isdigit():
        raise ConfigError(f"{name!r}: neither an incident (I2) nor a call (C5)")
    return int(name[1:])


def _names(calls: Iterable[int]) -> list[str]:
    return [f"C{number}" for number in calls]

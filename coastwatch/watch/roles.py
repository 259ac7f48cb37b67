"""Who sees an alert, and who may do what about it, as ``roles.toml`` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from coastwatch.model import PRIORITIES, ConfigError

SHIPPED = Path(__file__).with_name("roles.toml")
ACTS = ("acknowledge", "silence", "transfer", "close")
DEEDS = ("see", *ACTS)


@dataclass(frozen=True, slots=True)
class Grant:
    """Some alerts: of these rules (names, * for any letters) and these priorities."""

    rules: tuple[str, ...] = ("*",)
    priorities: tuple[str, ...] = PRIORITIES

    def covers(self, rule: str, priority: str) -> bool:
        return priority in self.priorities and any(fnmatchcase(rule, r) for r in self.rules)


@dataclass(frozen=True, slots=True)
class Role:
    """A role's name for people, and its grants by deed."""

    title: str
    grants: Mapping[str, tuple[Grant, ...]]


Roles = Mapping[str, Role]


def load_roles(path: Path = SHIPPED) -> Roles:
    """The roles of a file. Raises ConfigError, which names the place and the mend."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: not readable as roles: {error}") from error
    if not told:
        raise ConfigError(f"{path}: no role in it; give at least one, such as [watch-officer]")
    return {name: _role(f"{path}: [{name}]", body) for name, body in told.items()}


@cache
def shipped() -> Roles:
    """The roles that come with the package."""
    return load_roles()


def may(role: str, what: str, rule: str, priority: str, roles: Roles | None = None) -> bool:
    """Whether a role may do ``what`` (one of DEEDS) with alerts of a rule and priority.

    A role that is not known may nothing.
    """
    known = shipped() if roles is None else roles
    grants = known[role].grants.get(what, ()) if role in known else ()
    return any(grant.covers(rule, priority) for grant in grants)


def _role(where: str, body: Any) -> Role:
    if not isinstance(body, dict):
        raise ConfigError(f"{where}: not a table; give a role as [name] with title and see")
    for key in body:
        if key not in ("title", *DEEDS):
            mend = ", ".join(("title", *DEEDS))
            raise ConfigError(f"{where}: unknown key {key!r}; a role knows {mend}")
    title = body.get("title")
    if not isinstance(title, str) or not title.strip():
        raise ConfigError(f"{where}: no title; give the role's name for people")
    grants = {deed: _grants(f"{where}: {deed}", body[deed]) for deed in DEEDS if deed in body}
    return Role(title, grants)


def _grants(where: str, listed: Any) -> tuple[Grant, ...]:
    if not isinstance(listed, list) or not all(isinstance(g, dict) for g in listed):
        raise ConfigError(f"{where}: give a list of {{ rules = [...], priorities = [...] }}")
    found = []
    for grant in listed:
        for key, names in grant.items():
            if key not in ("rules", "priorities"):
                raise ConfigError(f"{where}: unknown key {key!r}; give rules and priorities")
            if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
                raise ConfigError(f"{where}: {key} = {names!r}; give a list of names")
        for priority in grant.get("priorities", ()):
            if priority not in PRIORITIES:
                known = ", ".join(PRIORITIES)
                raise ConfigError(f"{where}: no priority {priority!r}; there are {known}")
        found.append(Grant(**{key: tuple(names) for key, names in grant.items()}))
    return tuple(found)

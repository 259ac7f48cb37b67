"""What a rule is: a file in ``watch/rules/`` with its parameters, source and judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

from coastwatch.model import ConfigError, Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.scene import Scene


class Rule(Protocol):
    """Sees every picture; says what is new: a situation that holds, has changed, or is over."""

    def step(self, scene: Scene) -> Iterable[Say]: ...


# Parameters that are probabilities or shares, by how their names begin.
SHARES = ("alike", "existence", "fixed", "p_", "probability", "score", "share", "small",
          "together", "unregistered")  # fmt: skip


def bounds(key: str, default: float | bool) -> tuple[float, float]:
    """What a parameter may be told: a share 0 to 1, an angle 0 to 360, anything else from 0 on.

    A default below 0 stands for "not set" and may be given.
    """
    high = 1.0 if key.startswith(SHARES) else 360.0 if key.endswith("_deg") else 1e9
    return min(0.0, default), high


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule as it is registered.

    ``scope`` is "zone" (only in zones that list it) or "site" (everywhere, where ``on``).
    ``parameters`` is a frozen dataclass of numbers with honest defaults, which a site may set:
    ``[rule.NAME]`` in site.toml, beside ``on``, ``per_hour`` (the most alerts that the rule may
    raise in an hour) and ``back_min`` (a situation that is there again within so many minutes of
    its end is the same alert). ``source`` names where the rule and its numbers come from. What is
    ``always`` on cannot be switched off.
    """

    name: str
    version: int
    scope: str
    priority: str
    source: str
    parameters: type[Any]
    make: Callable[[Any, Memory, Site], Rule]
    on: bool = True
    per_hour: int = 30
    back_min: float = 10.0
    always: bool = False

    def made(self, memory: Memory, site: Site) -> Rule | None:
        """The rule as the site wants it, None where it is off. Raises ConfigError."""
        told, at = dict(site.rules.get(self.name, {})), f"{site.where}: [rule.{self.name}]"
        on = told.pop("on", self.on)
        if self.always and not on:
            raise ConfigError(f"{at}: on = false; this rule cannot be switched off")
        told.pop("per_hour", None)
        told.pop("back_min", None)
        known = {f.name for f in fields(self.parameters)}
        for key, value in told.items():
            if key not in known:
                mend = ", ".join(["on", "per_hour", "back_min", *sorted(known)])
                raise ConfigError(f"{at}: unknown key {key!r}; it knows {mend}")
            default = getattr(self.parameters(), key)
            if isinstance(value, bool) != isinstance(default, bool):
                raise ConfigError(f"{at}: {key} = {value!r}; give it as by default")
            low, high = bounds(key, default)
            if not low <= value <= high:
                raise ConfigError(f"{at}: {key} = {value!r}; give {low:g} to {high:g}")
        return self.make(self.parameters(**told), memory, site) if on else None

    def say(
        self,
        scene: Scene,
        row: int,
        text: str,
        evidence: Mapping[str, Any],
        *,
        zone: int | None = None,
        about: tuple[str | int, ...] | None = None,
        priority: str = "",
    ) -> Say:
        """That the rule's situation holds for a row. Said again, it joins the alert that it has.

        The situation is the track and the zone (an index), or ``about`` where that is given. The
        first letter of ``text`` is made a capital.
        """
        return self._said(scene, row, zone, about, text, evidence, priority or self.priority, False)

    def over(
        self,
        scene: Scene,
        row: int,
        text: str = "",
        *,
        zone: int | None = None,
        about: tuple[str | int, ...] | None = None,
    ) -> Say:
        """That the rule's situation no longer holds for a row."""
        return self._said(scene, row, zone, about, text, {}, self.priority, True)

    def _said(
        self, scene: Scene, row: int, zone: int | None, about: tuple[str | int, ...] | None,
        text: str, evidence: Mapping[str, Any], priority: str, over: bool,
    ) -> Say:  # fmt: skip
        z = None if zone is None else scene.ground.zones[zone]
        track = int(scene.tracks.id[row])
        told = dict(evidence) | ({"zone_version": z.version} if z else {})
        return Say(
            rule=self.name,
            version=self.version,
            about=(track, z.id if z else "") if about is None else about,
            time_s=scene.time_s,
            priority=priority,
            track=track,
            mmsi=int(scene.tracks.mmsi[row]),
            zone=z.id if z else "",
            lon=float(scene.lon[row]),
            lat=float(scene.lat[row]),
            text=text[:1].upper() + text[1:],
            evidence=told | ({} if over else {"rule_version": self.version}),
            zone_version=z.version if z else "",
            over=over,
        )

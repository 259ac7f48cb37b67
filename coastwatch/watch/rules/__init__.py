"""The rules of the watch: one small file each, one line of registration here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from coastwatch.model import Alert
from coastwatch.site import Site
from coastwatch.watch.rules import crossings, small_unregistered_craft
from coastwatch.watch.scene import Ground, Scene


class Rule(Protocol):
    """Sees every picture; says when something is new to be said."""

    def step(self, scene: Scene) -> list[Alert]: ...


RULES: dict[str, Callable[[Site, Ground], Rule]] = {
    "small-unregistered-craft": small_unregistered_craft.SmallUnregisteredCraft,
    "zone-entry": crossings.ZoneEntry,
    "zone-exit": crossings.ZoneExit,
    "line-crossing": crossings.LineCrossing,
}

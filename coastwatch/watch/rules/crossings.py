"""zone-entry, zone-exit and line-crossing: a crossing becomes an alert where a zone asks for it."""

from __future__ import annotations

from coastwatch.model import Alert
from coastwatch.site import Site
from coastwatch.watch.scene import Ground, Scene, crossing_alert

VERSION = 1


class _Crossings:
    """Raises an alert at each crossing whose ``what`` begins as ``begins`` says."""

    name: str
    begins: str
    words: str

    def __init__(self, site: Site, ground: Ground) -> None:
        self._zones = {z.id: z for z in ground.zones if self.name in z.rules}

    def step(self, scene: Scene) -> list[Alert]:
        return [
            crossing_alert(self.name, VERSION, c, self._zones[c.zone], self.words)
            for c in scene.crossings
            if c.zone in self._zones and c.what.startswith(self.begins)
        ]


class ZoneEntry(_Crossings):
    """A track came into an area."""

    name, begins, words = "zone-entry", "entry", "has entered"


class ZoneExit(_Crossings):
    """A track left an area."""

    name, begins, words = "zone-exit", "exit", "has left"


class LineCrossing(_Crossings):
    """A track crossed a line; the evidence says in which direction."""

    name, begins, words = "line-crossing", "crossing", "has crossed"

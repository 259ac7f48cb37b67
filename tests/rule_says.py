"""All that one rule says, picture by picture: that it holds, has changed, or is over."""

import numpy as np

from coastwatch.geo.shore import FAR_M, Shore
from coastwatch.watch import Watch
from coastwatch.watch.rule import RuleFile
from tests.watch_scene import PLANE, SITE


class Spied:
    """A watch with one rule alone; ``says`` are the rule's words, in order."""

    def __init__(self, rule: RuleFile, zones=(), site=SITE, **parameters) -> None:
        self.watch = Watch(site, list(zones), PLANE)
        self._rule = rule.make(rule.parameters(**parameters), self.watch._memory, site)
        self.watch._rules = [self]
        self.says = []

    def step(self, scene):
        said = list(self._rule.step(scene))
        self.says += said
        return said

    def play(self, pictures, heard=lambda time_s: None):
        """Itself, after these pictures."""
        for tracks in pictures:
            self.watch.step(tracks, heard(tracks.time_s))
        return self

    @property
    def begun(self):
        return [s for s in self.says if not s.over]

    @property
    def over(self):
        return [s for s in self.says if s.over]


class StraightShore(Shore):
    """Land south of y = 0."""

    def __init__(self) -> None:
        super().__init__(PLANE)

    def signed_m(self, x_m, y_m):
        return np.minimum(np.asarray(y_m, dtype=float), FAR_M)

"""distance-to-shore: a track came nearer to the shore than a distance; off unless a site says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import NM_M, format_distance
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import motion, moving


@dataclass(frozen=True, slots=True)
class Parameters:
    """Within ``within_nm`` by more than a sigma of the position, for ``hold_s``, after it was
    farther out than that by ``slack_nm``; over when it has been so again for ``release_s``."""

    within_nm: float = 3.0
    slack_nm: float = 0.3
    hold_s: float = 30.0
    release_s: float = 60.0


class DistanceToShore:
    """Judges every track that was seen farther out; who began near the shore has not come."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._lasting = Lasting(memory, p.hold_s, p.release_s)
        self._was_out = memory.column(False, np.bool_)

    def step(self, scene: Scene) -> Iterable[Say]:
        p, shore_m, was_out = self._p, scene.shore_m, self._was_out.values
        beyond = shore_m > (p.within_nm + p.slack_nm) * NM_M
        was_out[scene.slot[beyond]] = True
        within = (shore_m + scene.sigma_m < p.within_nm * NM_M) & was_out[scene.slot]
        new, over = self._lasting.step(scene.slot, scene.time_s, within, beyond)
        for row in new.tolist():
            distance_m = float(shore_m[row])
            text = (
                f"{scene.who(row)} came within {p.within_nm:g} NM of the shore: "
                f"{format_distance(distance_m)} off, {moving(scene, row)}."
            )
            evidence = {"shore_nm": round(distance_m / NM_M, 4), "limit_nm": p.within_nm}
            yield RULE.say(scene, row, text, evidence | motion(scene, row))
        for row in over.tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} is farther from the shore again.")


RULE = RuleFile(
    "distance-to-shore", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: distance to shore; the shore is that of GSHHG",
    Parameters, DistanceToShore, on=False,
)  # fmt: skip

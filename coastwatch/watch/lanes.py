"""Who is held to COLREG rule 10 in the lanes of traffic separation schemes, and how they lie.

Not judged are vessels restricted in their ability to manoeuvre (rule 10 (k), (l)), search and
rescue vessels and aircraft, and small craft without identity: those are not to be accused.
"""

from __future__ import annotations

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.watch.pairs import asked
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import ship_type

RESTRICTED = 3  # navigational status: restricted in her ability to manoeuvre
RESCUE = 51  # ship type
AIRCRAFT = 111  # how the MMSI of a search and rescue aircraft begins
FRESH_S = 60.0  # a heading that is older may be another by now


def lane_users(scene: Scene, rule: str, due: Ints) -> tuple[Ints, Ints, Floats]:
    """Rows (of ``due``), zones and probabilities of who is in a lane that lists a rule and tells a
    flow."""
    row, zone, p = asked(scene, rule, due)
    mmsi = scene.tracks.mmsi[row]
    craft = (mmsi < 0) & (scene.tracks.p_small[row] > 0.5)
    restricted = scene.memory.nav_status.values[scene.slot[row]] == RESTRICTED
    k = np.flatnonzero(
        scene.ground.flow.tells(zone) & ~craft & ~restricted & (mmsi // 1_000_000 != AIRCRAFT)
    )
    return row[k], zone[k], p[k]


def exempt(scene: Scene, row: int) -> bool:
    """Whether a vessel says that it is for search and rescue."""
    return ship_type(scene, row) == RESCUE


def course(scene: Scene, row: Ints) -> Floats:
    """Courses over ground in the plane, radians clockwise from +y."""
    return np.asarray(np.arctan2(scene.tracks.state[row, 2], scene.tracks.state[row, 3]))


def heading(scene: Scene, row: Ints) -> Floats:
    """Headings in the plane as broadcast within a minute, NaN where none was."""
    memory, slot = scene.memory, scene.slot[row]
    told = memory.heading_rad.values[slot] + course(scene, row) - scene.cog_rad[row]
    fresh = scene.time_s - memory.reported_s.values[slot] <= FRESH_S
    return np.where(fresh, told, np.nan)


def turned(angle: Floats) -> Floats:
    """Angles in -pi..pi."""
    return np.asarray(np.remainder(angle + np.pi, 2 * np.pi) - np.pi)

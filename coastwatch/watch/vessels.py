"""What kind of station an MMSI is, and what is known of the vessel that carries it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coastwatch.model import Floats, Ints, Vessel
from coastwatch.watch.ground import Mask
from coastwatch.watch.scene import Scene

# Ship types of ITU-R M.1371-5, table 53.
FISHING, DREDGING, DIVING = 30, 33, 34
TOWING, PLEASURE = (31, 32), (36, 37)
PILOT, SAR, TUG, TENDER = 50, 51, 52, 53
# Those whose trade is to stop, turn and lie alongside others; sailing and pleasure craft too.
WORKING = (FISHING, *TOWING, DREDGING, DIVING, 35, *PLEASURE, *range(50, 60))
# Navigational status of ITU-R M.1371-5, table 45.
AT_ANCHOR, NOT_UNDER_COMMAND, RESTRICTED, MOORED, AGROUND, FISHES, SAILS = 1, 2, 3, 5, 6, 7, 8

# Formats of ITU-R M.585-9.
SHIPS, HANDHELDS, CRAFT_OF_SHIPS = (200_000_000, 799_999_999), 8, 98
SAR_AIRCRAFT, AIDS, BEACONS = 111, 99, (970, 972, 974)


def is_vessel(mmsi: ArrayLike) -> Mask:
    """Which of these MMSI are of ships, their boats, or hand-held sets; not -1 (unknown)."""
    m = np.asarray(mmsi, dtype=np.int64)
    ship = (m >= SHIPS[0]) & (m <= SHIPS[1])
    return np.asarray(ship | (m // 10**8 == HANDHELDS) | (m // 10**7 == CRAFT_OF_SHIPS))


def is_aid(mmsi: ArrayLike) -> Mask:
    """Which are aids to navigation: buoys, light vessels, marks that are not even there."""
    return np.asarray(np.asarray(mmsi, dtype=np.int64) // 10**7 == AIDS)


def is_base(mmsi: ArrayLike) -> Mask:
    """Which are coast stations."""
    m = np.asarray(mmsi, dtype=np.int64)
    return np.asarray((m > 0) & (m < 10**7))


def is_beacon(mmsi: ArrayLike) -> Mask:
    """Which are AIS-SART, man-overboard devices or EPIRB-AIS: they call for help."""
    return np.asarray(np.isin(np.asarray(mmsi, dtype=np.int64) // 10**6, BEACONS))


def is_aircraft(mmsi: ArrayLike) -> Mask:
    """Which are search and rescue aircraft."""
    return np.asarray(np.asarray(mmsi, dtype=np.int64) // 10**6 == SAR_AIRCRAFT)


def vessel_of(scene: Scene, row: int) -> Vessel | None:
    """What a row's vessel says of itself, None where it has said nothing."""
    return scene.memory.vessels.get(int(scene.tracks.mmsi[row]))


def ship_types(scene: Scene, rows: Ints) -> Ints:
    """The ship type of each of these rows, -1 where unknown."""
    known = scene.memory.vessels
    told = [known.get(m) for m in scene.tracks.mmsi[rows].tolist()]
    types = [v.ship_type if v and v.ship_type is not None else -1 for v in told]
    return np.array(types, dtype=np.int64)


def lengths_m(scene: Scene, rows: Ints) -> Floats:
    """The length of each of these rows: as broadcast, else as tracked; NaN where unknown."""
    known = scene.memory.vessels
    told = [known.get(m) for m in scene.tracks.mmsi[rows].tolist()]
    said = np.array([(v.length_m if v else None) or np.nan for v in told], dtype=np.float64)
    return np.where(np.isnan(said), scene.tracks.length_m[rows], said)


def is_class_a(scene: Scene) -> Mask:
    """Which rows carry a set of class A, as far as one can tell.

    Class B has no navigational status, and hardly a compass.
    """
    m, slot = scene.memory, scene.slot
    told = (m.nav_status.values[slot] >= 0) | np.isfinite(m.heading_rad.values[slot])
    return np.asarray(told & is_vessel(scene.tracks.mmsi))


def latest_s(scene: Scene) -> Floats:
    """When any sensor last saw each row, NaN where none did."""
    return np.asarray(np.fmax.reduce(scene.tracks.last_seen_s, axis=1))


def but_working(scene: Scene, among: Mask, kinds: tuple[int, ...] = WORKING) -> Mask:
    """The rows of a mask without vessels of these ship types; of unknown type they stay."""
    rows = np.flatnonzero(among)
    out = np.zeros(len(scene), dtype=np.bool_)
    out[rows[~np.isin(ship_types(scene, rows), kinds)]] = True
    return out

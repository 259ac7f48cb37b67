"""What a scenario is made of: craft with their routes, and the sensors that look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Hull:
    """What all craft of one kind share: how they show on radar and how they move.

    ``rcs_dbsm``: mean radar cross-section at X band, dB over 1 m2. ``looks``: independent
    scatterers of the echo's gamma fluctuation (1 is Swerling I, 2 is Swerling III).
    ``wander_rad`` and ``speed_noise`` (a fraction) are 1-sigma of slow random changes.
    """

    rcs_dbsm: float
    looks: float
    height_m: float
    turn_rad_s: float = 0.0
    speed_lag_s: float = 60.0
    wander_rad: float = 0.0
    speed_noise: float = 0.0


HULLS: dict[str, Hull] = {
    "ferry": Hull(42.0, 2.0, 35.0, np.radians(0.7), 60.0, np.radians(0.6), 0.010),
    "cargo": Hull(43.0, 2.0, 30.0, np.radians(0.35), 120.0, np.radians(0.5), 0.008),
    "tanker": Hull(44.0, 2.0, 28.0, np.radians(0.30), 150.0, np.radians(0.5), 0.008),
    "fishing": Hull(20.0, 1.0, 6.0, np.radians(1.5), 25.0, np.radians(4.0), 0.060),
    "yacht": Hull(8.0, 1.0, 5.0, np.radians(2.0), 20.0, np.radians(3.0), 0.050),
    "dinghy": Hull(1.0, 1.0, 1.0, np.radians(3.0), 20.0, np.radians(11.0), 0.080),
    "buoy": Hull(12.0, 1.0, 4.0),
    "light-vessel": Hull(25.0, 1.0, 10.0),
    "turbine": Hull(38.0, 1.0, 100.0),
}


@dataclass(frozen=True, slots=True)
class Transponder:
    """An AIS set and what its owner typed into it; ``grade`` is the class, "A" or "B"."""

    mmsi: int
    grade: str
    ship_type: int
    callsign: str
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Craft:
    """One thing afloat. It starts at ``route[0]`` at ``start_s``, steers for each further
    waypoint, and stops at the last.
    """

    name: str
    kind: str
    length_m: float
    route: tuple[LonLat, ...]
    speed_mps: float = 0.0
    start_s: float = 0.0  # into the scenario; before this it does not exist
    from_rest: bool = False
    beam_m: float = 2.0
    rcs_offset_db: float = 0.0
    transponder: Transponder | None = None

    @property
    def hull(self) -> Hull:
        return HULLS[self.kind]


@dataclass(frozen=True, slots=True)
class Video:
    """What a radar shows in its video: levels are in dB over the mean power of its noise.

    ``echo_db`` is of 1 m2 at 1 km, falling with R^4. ``sea_db`` is the sea's at 1 km, falling with
    R^3; its amplitude is K-distributed of shape ``sea_shape``. ``rain`` cells are drawn, drifting.
    """

    azimuths: int = 1024
    cells: int = 1024
    cell_m: float = 20.0
    pulse_m: float = 30.0  # between the half-power points
    beamwidth_deg: float = 1.0
    noise_counts: float = 6.0  # rms, of 255
    echo_db: float = 42.0
    sea_db: float = 20.0
    sea_shape: float = 1.5
    rain: int = 2
    rain_db: float = 9.0
    land_db: float = 12.0  # in the middle of its patches


@dataclass(frozen=True, slots=True)
class Radar:
    """A coastal radar that sends ASTERIX CAT 048 and 034, or video in CAT 240, by UDP multicast."""

    id: str
    position: LonLat
    height_m: float
    sac: int
    sic: int
    port: int
    phase_s: float  # when, into the scenario, its antenna first passes north
    scan_s: float = 3.0
    range_max_m: float = 40_000.0
    sigma_range_m: float = 15.0
    sigma_azimuth_deg: float = 0.35
    false_per_scan: float = 14.0  # spread evenly over the covered disc
    sea_clutter_per_scan: float = 6.0  # on the water, dense near the antenna
    video: Video | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """An AIS base station; ``name`` is what its tag blocks carry as source."""

    id: str
    name: str
    position: LonLat
    height_m: float
    loss: float  # share of messages lost at any range: slot collisions, noise
    latency_s: float
    range_max_m: float = 75_000.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named exercise. ``fleet`` draws its craft from the generator it is given."""

    name: str
    site_name: str
    origin: LonLat
    start: str  # ISO 8601 UTC
    duration_s: float
    pack: str
    radars: tuple[Radar, ...]
    stations: tuple[Station, ...]
    fleet: Callable[[np.random.Generator, Plane], list[Craft]]

"""The dover-crossing scenario: a calm November night in the strait, and three dinghies in it.

All vessels, names and identities are made up; MMSIs have true country digits and then 990 or 991.
Waypoints are ours, laid along the lanes and off the beaches. Not for navigation.
"""

from __future__ import annotations

import math

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats
from coastwatch.simulate.scenario import Craft, LonLat, Radar, Scenario, Station, Transponder, Video

# Middles of the traffic lanes, in the direction of the traffic.
NORTH_EAST_LANE = (
    (0.98, 50.49), (1.375, 50.735), (1.445, 50.915), (1.70, 51.083), (1.90, 51.160),
    (2.055, 51.225), (2.125, 51.330), (2.30, 51.46), (2.90, 51.72),
)  # fmt: skip
SOUTH_WEST_LANE = (
    (2.70, 51.90), (2.035, 51.51), (1.83, 51.30), (1.745, 51.218), (1.62, 51.142),
    (1.34, 50.972), (1.15, 50.862), (0.90, 50.745), (0.30, 50.54), (-0.60, 50.36),
)  # fmt: skip
CALAIS_DOVER = ((1.815, 50.992), (1.720, 51.035), (1.560, 51.075), (1.380, 51.105))
DUNKERQUE_DOVER = (
    (2.130, 51.070), (2.020, 51.085), (1.860, 51.075), (1.640, 51.090), (1.385, 51.100),
)  # fmt: skip

# name, first digits of the MMSI, route, reversed, share of the route done at the start, knots
FERRIES = (
    ("OPALE EXPRESS", 227, CALAIS_DOVER, False, 0.02, 20.5),
    ("COTE BLANCHE", 228, CALAIS_DOVER, False, 0.20, 21.0),
    ("MERIDIAN OF DOVER", 232, CALAIS_DOVER, True, 0.05, 21.5),
    ("CHANNEL LARK", 235, CALAIS_DOVER, True, 0.20, 20.0),
    ("FLANDRE LIBERTE", 227, DUNKERQUE_DOVER, False, 0.10, 22.0),
)

# name, first digits of the MMSI, kind, length m, knots, destination
NORTH_EAST_SHIPS = (
    ("NORDIC HERON", 257, "tanker", 183.0, 12.5, "NL RTM"),
    ("ATLAS COURIER", 636, "cargo", 299.0, 17.5, "DE HAM"),
    ("ELBE MERCHANT", 211, "cargo", 134.0, 13.0, "DE BRV"),
    ("MARE LUCIDA", 247, "cargo", 190.0, 11.5, "BE ANR"),
    ("SAIMAA TRADER", 230, "cargo", 106.0, 12.0, "FI KTK"),
    ("KATTEGAT PEARL", 219, "tanker", 144.0, 13.5, "DK FRC"),
)
SOUTH_WEST_SHIPS = (
    ("JADE HORIZON", 477, "cargo", 334.0, 18.0, "SG SIN"),
    ("WESTERN PETREL", 538, "tanker", 228.0, 12.0, "ES ALG"),
    ("HANSE CURLEW", 305, "cargo", 118.0, 13.0, "IE DUB"),
    ("PORTO BELO STAR", 351, "cargo", 225.0, 13.5, "BR SSZ"),
    ("VALLETTA DAWN", 248, "tanker", 176.0, 12.5, "GB SOU"),
    ("KEMPEN RIVER", 244, "cargo", 89.0, 10.5, "GB PLY"),
)

# name, MMSI digits, AIS class, length m, middle of the ground, radius m, knots
FISHING = (
    ("P'TIT MOUSSE", 227, "A", 17.0, (1.500, 50.790), 2500.0, 3.6),
    ("NOTRE DAME D'OPALE", 228, "A", 22.0, (1.690, 50.985), 2500.0, 4.0),
    ("L'AUBE SALEE", 227, "B", 12.0, (1.930, 51.065), 2200.0, 4.5),
    ("GOODWIN LASS", 232, "B", 11.0, (1.560, 51.200), 2000.0, 5.0),
    ("HYTHE PIONEER", 235, "A", 15.0, (1.170, 51.000), 2500.0, 3.4),
)

# name, MMSI digits, length m, knots, route
YACHTS = (
    ("SEA THRIFT", 232, 11.0, 5.5, ((1.462, 51.270), (1.440, 51.170), (1.390, 51.090))),
    ("FLEUR DE SEL", 227, 12.0, 6.2, ((1.545, 50.790), (1.535, 50.860), (1.575, 50.905),
                                      (1.700, 50.968), (1.850, 51.010))),
    ("ZEEZWALUW", 244, 13.0, 7.0, ((1.760, 51.010), (1.620, 51.115), (1.480, 51.300))),
    ("WINDHOVER", 235, 10.0, 5.8, ((1.235, 51.045), (1.360, 50.930), (1.530, 50.760))),
)  # fmt: skip

# name, length m, knots, route, earliest and latest launch in seconds, whether from the beach
DINGHIES = (
    ("dinghy off Wissant", 9.0, 6.0, ((1.6440, 50.9005), (1.520, 50.975), (1.390, 51.120)),
     0.0, 0.0, False),
    ("dinghy from Ambleteuse", 8.0, 5.2, ((1.5915, 50.8115), (1.450, 50.870), (1.230, 51.060)),
     150.0, 240.0, True),
    ("dinghy from Sangatte", 10.0, 5.6, ((1.7475, 50.9495), (1.660, 51.010), (1.400, 51.130)),
     420.0, 560.0, True),
)  # fmt: skip

# name, kind, length m, position: rounded from the charted marks
MARKS = (
    ("Varne light vessel", "light-vessel", 22.0, (1.399, 51.021)),
    ("Sandettie light vessel", "light-vessel", 22.0, (1.785, 51.156)),
    ("Mid-channel buoy", "buoy", 3.0, (1.500, 51.005)),
    ("Gris-Nez buoy", "buoy", 3.0, (1.535, 50.905)),
)

# A made-up wind farm, where there is none: rows from its south-west corner, degrees apart.
WIND_FARM = tuple((1.440 + 0.012 * i, 50.790 + 0.008 * j) for j in range(3) for i in range(4))

SHIP_TYPES = {"ferry": 60, "cargo": 70, "tanker": 80, "fishing": 30, "yacht": 37}
CALLSIGNS = {
    227: "F", 228: "F", 232: "M", 235: "2", 257: "L", 636: "D5", 211: "D", 247: "I", 230: "O",
    219: "O", 477: "V", 538: "V7", 305: "V2", 351: "3", 248: "9H", 244: "P",
}  # fmt: skip


def fleet(rng: np.random.Generator, plane: Plane) -> list[Craft]:
    """The craft of one exercise: the cast is fixed; places, speeds and echoes vary with ``rng``."""
    return [
        *_ferries(rng, plane),
        *_lane_ships(rng, plane, NORTH_EAST_SHIPS, NORTH_EAST_LANE, 26_000.0, 990_100),
        *_lane_ships(rng, plane, SOUTH_WEST_SHIPS, SOUTH_WEST_LANE, 78_000.0, 990_120),
        *_fishing(rng, plane),
        *_yachts(rng, plane),
        *_dinghies(rng),
        *(Craft(name, kind, length, (place,)) for name, kind, length, place in MARKS),
    ]


def fleet_and_wind_farm(rng: np.random.Generator, plane: Plane) -> list[Craft]:
    """The same cast, and twelve turbines, which stand still and have no AIS."""
    turbines = [Craft(f"turbine {n}", "turbine", 8.0, (p,)) for n, p in enumerate(WIND_FARM, 1)]
    return [*fleet(rng, plane), *turbines]


def _ferries(rng: np.random.Generator, plane: Plane) -> list[Craft]:
    ferries = []
    for n, (name, country, route, back, share, knots) in enumerate(FERRIES):
        way = route[::-1] if back else route
        start_m = _length_m(way, plane) * (share + rng.uniform(0.0, 0.05))
        # Each keeps to starboard of the common route, so that ferries meet port to port.
        way = _along(way, plane, start_m, rng.uniform(600.0, 1000.0))
        port = "FR CQF" if back else "GB DVR"
        set_ = _transponder(rng, country, 990_010 + n, "A", "ferry", port)
        length = 185.0 + 5.0 * n
        ferries.append(
            Craft(name, "ferry", length, way, _mps(rng, knots), beam_m=28.0, transponder=set_)
        )
    return ferries


def _lane_ships(
    rng: np.random.Generator,
    plane: Plane,
    ships: tuple[tuple[str, int, str, float, float, str], ...],
    lane: tuple[LonLat, ...],
    first_m: float,
    serial: int,
) -> list[Craft]:
    """Ships spaced along a lane in a random order, from ``first_m`` after its beginning."""
    craft = []
    for place, n in enumerate(rng.permutation(len(ships)).tolist()):
        name, country, kind, length, knots, port = ships[n]
        start_m = first_m + 12_500.0 * place + rng.uniform(-3000.0, 3000.0)
        way = _along(lane, plane, start_m, rng.uniform(-1400.0, 1400.0))
        craft.append(
            Craft(
                name, kind, length, way, _mps(rng, knots), beam_m=float(round(length / 6.5)),
                rcs_offset_db=20.0 * math.log10(length / 200.0),
                transponder=_transponder(rng, country, serial + n, "A", kind, port),
            )
        )  # fmt: skip
    return craft


def _fishing(rng: np.random.Generator, plane: Plane) -> list[Craft]:
    """Boats that trawl to and fro: waypoints drawn in a disc around the middle of their ground."""
    boats = []
    for n, (name, country, grade, length, ground, radius_m, knots) in enumerate(FISHING):
        x, y = plane.to_xy(*ground)
        angle = np.cumsum(rng.uniform(0.6, 1.4, 40) * np.pi)
        reach = radius_m * np.sqrt(rng.uniform(0.2, 1.0, 40))
        way = _lonlats(plane, x + reach * np.sin(angle), y + reach * np.cos(angle))
        set_ = _transponder(rng, country, 990_200 + n, grade, "fishing")
        boats.append(
            Craft(
                name, "fishing", length, way, _mps(rng, knots), beam_m=5.0,
                rcs_offset_db=(length - 16.0) / 2.0, transponder=set_,
            )
        )  # fmt: skip
    return boats


def _yachts(rng: np.random.Generator, plane: Plane) -> list[Craft]:
    yachts = []
    for n, (name, country, length, knots, route) in enumerate(YACHTS):
        way = _along(route, plane, rng.uniform(0.0, 1500.0), rng.uniform(-200.0, 200.0))
        set_ = _transponder(rng, country, 990_300 + n, "B", "yacht")
        yachts.append(
            Craft(
                name, "yacht", length, way, _mps(rng, knots), beam_m=3.5,
                rcs_offset_db=rng.uniform(-2.0, 2.0), transponder=set_,
            )
        )  # fmt: skip
    return yachts


def _dinghies(rng: np.random.Generator) -> list[Craft]:
    return [
        Craft(
            name, "dinghy", length, route, _mps(rng, knots),
            start_s=float(round(rng.uniform(earliest, latest))), from_rest=beach,
            rcs_offset_db=rng.uniform(-0.5, 1.0),
        )
        for name, length, knots, route, earliest, latest, beach in DINGHIES
    ]  # fmt: skip


def _transponder(
    rng: np.random.Generator, country: int, serial: int, grade: str, kind: str, port: str = ""
) -> Transponder:
    letters = "".join(chr(ord("A") + k) for k in rng.integers(0, 26, 3).tolist())
    mmsi = country * 1_000_000 + serial
    return Transponder(mmsi, grade, SHIP_TYPES[kind], CALLSIGNS[country] + letters, port)


def _mps(rng: np.random.Generator, knots: float) -> float:
    return knots * KNOT_MPS * rng.uniform(0.95, 1.05)


def _length_m(route: tuple[LonLat, ...], plane: Plane) -> float:
    x, y = plane.to_xy(*np.array(route).T)
    return float(np.hypot(np.diff(x), np.diff(y)).sum())


def _along(
    route: tuple[LonLat, ...], plane: Plane, start_m: float, aside_m: float
) -> tuple[LonLat, ...]:
    """The rest of a route from ``start_m`` on, ``aside_m`` to the right of it."""
    x, y = plane.to_xy(*np.array(route).T)
    course = np.arctan2(np.gradient(x), np.gradient(y))
    x, y = x + aside_m * np.cos(course), y - aside_m * np.sin(course)
    done = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    rest = done > start_m
    first_x, first_y = np.interp(start_m, done, x), np.interp(start_m, done, y)
    return _lonlats(plane, np.append(first_x, x[rest]), np.append(first_y, y[rest]))


def _lonlats(plane: Plane, x_m: Floats, y_m: Floats) -> tuple[LonLat, ...]:
    lon, lat = plane.to_lonlat(x_m, y_m)
    return tuple(zip(np.asarray(lon).tolist(), np.asarray(lat).tolist(), strict=True))


DOVER_CROSSING = Scenario(
    name="dover-crossing",
    site_name="Dover Strait",
    origin=(1.50, 51.00),
    start="2026-11-20T05:30:00Z",
    duration_s=2400.0,
    pack="dover-strait",
    radars=(
        Radar("gris-nez", (1.583, 50.870), 60.0, 8, 17, 60004, phase_s=0.4),
        Radar("dover", (1.343, 51.133), 100.0, 8, 18, 60005, phase_s=1.7),
    ),
    stations=(
        Station("ais-gris-nez", "FR-GRISNEZ", (1.583, 50.870), 70.0, 0.12, 0.045),
        Station("ais-dover", "GB-DOVER", (1.343, 51.133), 105.0, 0.16, 0.070),
    ),
    fleet=fleet,
)

DOVER_VIDEO = Scenario(
    name="dover-video",
    site_name="Dover Strait, radar video",
    origin=(1.50, 51.00),
    start="2026-11-20T05:30:00Z",
    duration_s=90.0,
    pack="dover-strait",
    radars=(
        Radar("gris-nez", (1.583, 50.870), 60.0, 8, 17, 60004, phase_s=0.4, range_max_m=20_000.0,
              video=Video()),
    ),
    stations=DOVER_CROSSING.stations,
    fleet=fleet_and_wind_farm,
)  # fmt: skip

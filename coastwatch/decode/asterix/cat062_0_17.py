"""CAT 062, system track messages, as they were before edition 1.0: edition 0.17.

It shares the number of the category and little else with the later ones.
"""

from coastwatch.decode.asterix.cat062 import MEASURED
from coastwatch.decode.asterix.cat062_air import CAPABILITY, EVENT_TIMES
from coastwatch.decode.asterix.category import (
    ADDRESS,
    RE,
    SP,
    TIME_OF_DAY,
    Category,
    lat_lon,
    register,
)
from coastwatch.decode.asterix.fields import ascii_, flags, hexa, icao, octal, sint, spare, uint
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import Chained, Extended, Fixed, Repetitive

_WGS_24 = 180 / 2**23
_ANGLE_16 = 360 / 2**16
_NM_S = 2**-14


def _age(name: str, title: str, bits: int = 8) -> Item:
    return Item(name, f"{title} age", Fixed(uint("", bits, 1 / 4, "s")))


TRACK_STATUS = Extended(
    (*flags("MON SPI MRH"), uint("SRC", 3), uint("CNF", 1)),
    (*flags("SIM TSE TSB FPC"), spare(3)),
    (uint("AMA", 1), uint("FOEFRI", 2), *flags("ME MI"), spare(2)),
    flags("CST PSR SSR MDS ADS SUC AAC"),
)

UPDATE_AGES = Compound(
    _age("PSR", "Primary"),
    _age("SSR", "Secondary"),
    _age("MDA", "Mode 3/A"),
    _age("MFL", "Measured flight level"),
    _age("MDS", "Mode S"),
    _age("ADS", "ADS", 16),
    _age("ADB", "ADS-B"),
    _age("MD1", "Mode 1"),
    _age("MD2", "Mode 2"),
)

MODE_S = Compound(
    Item(
        "MB", "BDS register data", Repetitive(hexa("MBDATA", 56), uint("BDS1", 4), uint("BDS2", 4))
    ),
    Item("ADR", "Aircraft address", Fixed(uint("", 24))),
    Item("ID", "Aircraft identification", Fixed(icao(""))),
    Item("COM", "Communications and ACAS capability, flight status", CAPABILITY),
    Item("ACS", "ACAS resolution advisory report", register()),
)

FLIGHT_PLAN = Compound(
    Item("TAG", "Identification of the flight plan system", ADDRESS),
    Item("CS", "Callsign", Fixed(ascii_("", 7))),
    Item("IFI", "IFPS flight number", Fixed(uint("TYP", 2), spare(3), uint("NBR", 27))),
    Item(
        "FCT",
        "Flight category",
        Fixed(uint("GATOAT", 2), uint("FR1FR2", 2), uint("RVSM", 2), uint("HPR", 1), spare(1)),
    ),
    Item("TAC", "Type of aircraft", Fixed(ascii_("", 4))),
    Item("WTC", "Wake turbulence category", Fixed(ascii_("", 1))),
    Item("DEP", "Departure airport", Fixed(ascii_("", 4))),
    Item("DST", "Destination airport", Fixed(ascii_("", 4))),
    Item("RDS", "Runway", Fixed(ascii_("NU1", 1), ascii_("NU2", 1), ascii_("LTR", 1))),
    Item("CFL", "Current cleared flight level", Fixed(uint("", 16, 1 / 4, "FL"))),
    Item("CTL", "Current control position", Fixed(uint("CENTRE", 8), uint("POSITION", 8))),
    Item("TOD", "Times of departure and arrival", EVENT_TIMES),
    Item("AST", "Aircraft stand", Fixed(ascii_("", 6))),
    Item("STS", "Stand status", Fixed(uint("EMP", 2), uint("AVL", 2), spare(4))),
)

ACCURACIES = Compound(
    Item(
        "APC",
        "Position, Cartesian",
        Fixed(uint("APC_X", 8, 1 / 64, "NM"), uint("APC_Y", 8, 1 / 64, "NM")),
    ),
    Item(
        "APW",
        "Position, WGS 84",
        Fixed(uint("LAT", 16, _WGS_24, "deg"), uint("LON", 16, _WGS_24, "deg")),
    ),
    Item("ATA", "Altitude", Fixed(uint("", 16, 6.25, "ft"))),
    Item("ATF", "Flight level", Fixed(uint("", 8, 1 / 4, "FL"))),
    Item(
        "ATV",
        "Velocity, polar",
        Fixed(uint("GSP", 8, _NM_S, "NM/s"), uint("HDG", 16, _ANGLE_16, "deg")),
    ),
    Item("ART", "Rate of turn", Fixed(uint("", 8, 1 / 4, "deg/s"))),
    Item("ALA", "Longitudinal acceleration", Fixed(uint("", 16, 0.00044155, "m/s2"))),
    Item("ARC", "Rate of climb", Fixed(uint("", 8, 6.25, "ft/min"))),
)

CAT_062_0_17 = Category(
    62,
    "System track messages",
    "0.17",
    "",
    Item("010", "Data source identifier", ADDRESS),
    Item("015", "Service identification", Fixed(uint("", 8))),
    Item("070", "Time of track information", TIME_OF_DAY),
    Item("040", "Track number", Fixed(spare(1), uint("", 15))),
    Item("105", "Calculated position, WGS 84", lat_lon(24, _WGS_24)),
    Item(
        "100",
        "Calculated position, Cartesian",
        Fixed(sint("X", 16, 1 / 64, "NM"), sint("Y", 16, 1 / 64, "NM")),
    ),
    Item("060", "Mode 3/A code", Fixed(spare(4), octal(""))),
    Item("130", "Calculated geometric altitude", Fixed(sint("", 16, 6.25, "ft"))),
    Item("135", "Calculated barometric altitude", Fixed(uint("QNH", 1), sint("CTB", 15, 25, "ft"))),
    Item("136", "Measured flight level", Fixed(sint("", 16, 1 / 4, "FL"))),
    Item(
        "180",
        "Calculated velocity, polar",
        Fixed(uint("GSP", 16, _NM_S, "NM/s"), uint("HDG", 16, _ANGLE_16, "deg")),
    ),
    Item(
        "200",
        "Mode of flight",
        Fixed(uint("TRANS", 2), uint("LONG", 2), uint("VERT", 2), spare(2)),
    ),
    Item("220", "Calculated rate of climb or descent", Fixed(sint("", 16, 6.25, "ft/min"))),
    Item("240", "Calculated rate of turn", Fixed(sint("", 8, 1 / 4, "deg/s"))),
    Item("210", "Calculated longitudinal acceleration", Fixed(sint("", 16, 0.00044155, "m/s2"))),
    Item("080", "Track status", TRACK_STATUS),
    Item("290", "System track update ages", UPDATE_AGES),
    Item("340", "Measured information", MEASURED),
    Item("380", "Mode S data", MODE_S),
    Item("500", "Estimated accuracies", ACCURACIES),
    Item("390", "Flight plan related data", FLIGHT_PLAN),
    Item("110", "Mode 1 code", Fixed(spare(3), uint("", 5))),
    Item("120", "Mode 2 code", Fixed(spare(4), octal(""))),
    Item("510", "Composed track number", Chained(uint("IDENT", 8), uint("TRACK", 15))),
    None,
    None,
    RE,
    SP,
)

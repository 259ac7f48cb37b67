"""The items of CAT 062 that speak of aircraft: derived data, flight plan, Mode 5."""

from coastwatch.decode.asterix.category import ADDRESS, LAT_LON_24, register
from coastwatch.decode.asterix.fields import ascii_, flags, hexa, icao, octal, sint, spare, uint
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import Choice, Extended, Fixed, Repetitive

_ANGLE_16 = 360 / 2**16
_NM_S = 2**-14  # NM/s, about 0.22 kn

INTENT = Repetitive(
    *flags("TCA NC"),
    uint("TCPN", 6),
    sint("ALT", 16, 10, "ft"),
    *LAT_LON_24,
    uint("PT", 4),
    uint("TD", 2),
    *flags("TRA TOA"),
    uint("TOV", 24, 1, "s"),
    uint("TTR", 16, 0.01, "NM"),
)

CAPABILITY = Fixed(
    uint("COM", 3), uint("STAT", 3), spare(2), *flags("SSC ARC AIC B1A"), uint("B1B", 4)
)

BROADCAST_STATUS = Fixed(
    uint("AC", 2), uint("MN", 2), uint("DC", 2), uint("GBS", 1), spare(6), uint("STAT", 3)
)

WEATHER = Fixed(
    *flags("WS WD TMP TRB"),
    spare(4),
    uint("WSD", 16, 1, "kt"),
    uint("WDD", 16, 1, "deg"),
    sint("TMPD", 16, 1 / 4, "°C"),
    uint("TRBD", 8),
)

AIRCRAFT_DATA = Compound(
    Item("ADR", "Target address", Fixed(uint("", 24))),
    Item("ID", "Target identification", Fixed(icao(""))),
    Item("MHG", "Magnetic heading", Fixed(uint("", 16, _ANGLE_16, "deg"))),
    Item(
        "IAS",
        "Indicated airspeed (IM = 0) or Mach number (IM = 1)",
        Choice(
            Fixed(uint("IM", 1), uint("IAS", 15, _NM_S, "NM/s")),
            Fixed(uint("IM", 1), uint("IAS", 15, 0.001, "Mach")),
        ),
    ),
    Item("TAS", "True airspeed", Fixed(uint("", 16, 1, "kt"))),
    Item(
        "SAL",
        "Selected altitude",
        Fixed(uint("SAS", 1), uint("SRC", 2), sint("ALT", 13, 25, "ft")),
    ),
    Item(
        "FSS", "Final state selected altitude", Fixed(*flags("MV AH AM"), sint("ALT", 13, 25, "ft"))
    ),
    Item("TIS", "Trajectory intent status", Extended((*flags("NAV NVB"), spare(5)))),
    Item("TID", "Trajectory intent data", INTENT),
    Item("COM", "Communications and ACAS capability, flight status", CAPABILITY),
    Item("SAB", "Status reported by ADS-B", BROADCAST_STATUS),
    Item("ACS", "ACAS resolution advisory report", register()),
    Item("BVR", "Barometric vertical rate", Fixed(sint("", 16, 6.25, "ft/min"))),
    Item("GVR", "Geometric vertical rate", Fixed(sint("", 16, 6.25, "ft/min"))),
    Item("RAN", "Roll angle", Fixed(sint("", 16, 0.01, "deg"))),
    Item(
        "TAR",
        "Track angle rate",
        Fixed(uint("TI", 2), spare(6), sint("ROT", 7, 1 / 4, "deg/s"), spare(1)),
    ),
    Item("TAN", "Track angle", Fixed(uint("", 16, _ANGLE_16, "deg"))),
    Item("GS", "Ground speed", Fixed(sint("", 16, _NM_S, "NM/s"))),
    Item("VUN", "Velocity uncertainty category", Fixed(uint("", 8))),
    Item("MET", "Meteorological data", WEATHER),
    Item("EMC", "Emitter category", Fixed(uint("", 8))),
    Item("POS", "Position", Fixed(*LAT_LON_24)),
    Item("GAL", "Geometric altitude", Fixed(sint("", 16, 6.25, "ft"))),
    Item("PUN", "Position uncertainty", Fixed(spare(4), uint("PUN", 4))),
    Item("BDSDATA", "BDS register data (MB before 1.20)", Repetitive(hexa("", 64))),
    Item("IAR", "Indicated airspeed", Fixed(uint("", 16, 1, "kt"))),
    Item("MAC", "Mach number", Fixed(uint("", 16, 0.008, "Mach"))),
    Item("BPS", "Barometric pressure setting", Fixed(spare(4), uint("BPS", 12, 0.1, "mb"))),
)

EVENT_TIMES = Repetitive(
    uint("TYP", 5), uint("DAY", 2), spare(4), uint("HOR", 5), spare(2), uint("MIN", 6),
    uint("AVS", 1), spare(1), uint("SEC", 6),
)  # fmt: skip

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
    Item("STD", "Standard instrument departure", Fixed(ascii_("", 7))),
    Item("STA", "Standard instrument arrival", Fixed(ascii_("", 7))),
    Item("PEM", "Pre-emergency Mode 3/A code", Fixed(spare(3), uint("VA", 1), octal("MODE3A"))),
    Item("PEC", "Pre-emergency callsign", Fixed(ascii_("", 7))),
)

MODE_5 = Compound(
    Item("SUM", "Summary", Fixed(*flags("M5 ID DA M1 M2 M3 MC X"))),
    Item(
        "PMN",
        "PIN, national origin, mission code",
        Fixed(spare(2), uint("PIN", 14), spare(3), uint("NAT", 5), spare(2), uint("MIS", 6)),
    ),
    Item("POS", "Reported position", Fixed(*LAT_LON_24)),
    Item("GA", "GNSS altitude", Fixed(spare(1), uint("RES", 1), sint("GA", 14, 25, "ft"))),
    Item("EM1", "Extended Mode 1 code", Fixed(spare(4), octal("EM1"))),
    Item("TOS", "Time offset for POS and GA", Fixed(sint("", 8, 1 / 128, "s"))),
    Item("XP", "X pulse presence", Fixed(spare(3), *flags("X5 XC X3 X2 X1"))),
)

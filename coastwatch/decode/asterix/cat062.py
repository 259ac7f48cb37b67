"""CAT 062, system track messages: EUROCONTROL-SPEC-0149-9 edition 1.21."""

from coastwatch.decode.asterix.cat062_air import AIRCRAFT_DATA, FLIGHT_PLAN, MODE_5
from coastwatch.decode.asterix.category import (
    ADDRESS,
    RE,
    SP,
    TIME_OF_DAY,
    Category,
    lat_lon,
    reply_code,
)
from coastwatch.decode.asterix.fields import Field, flags, icao, octal, sint, spare, uint
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import Chained, Extended, Fixed

_WGS_32 = 180 / 2**25


def _pair(first: Field, second: Field) -> Fixed:
    return Fixed(first, second)


def _age(name: str, title: str, bits: int = 8) -> Item:
    return Item(name, f"{title} age", Fixed(uint("", bits, 1 / 4, "s")))


TRACK_STATUS = Extended(
    (*flags("MON SPI MRH"), uint("SRC", 3), uint("CNF", 1)),
    flags("SIM TSE TSB FPC AFF STP KOS"),
    (uint("AMA", 1), uint("MD4", 2), *flags("ME MI"), uint("MD5", 2)),
    flags("CST PSR SSR MDS ADS SUC AAC"),
    (uint("SDS", 2), uint("EMS", 3), *flags("PFT FPLT")),
    flags("DUPT DUPF DUPM SFC IDD IEC MLAT"),
    (uint("M5I", 1), spare(6)),
)

UPDATE_AGES = Compound(
    _age("TRK", "Track"),
    _age("PSR", "Primary"),
    _age("SSR", "Secondary"),
    _age("MDS", "Mode S"),
    _age("ADS", "ADS-C", 16),
    _age("ES", "ADS-B extended squitter"),
    _age("VDL", "ADS-B VDL mode 4"),
    _age("UAT", "ADS-B UAT"),
    _age("LOP", "Loop"),
    _age("MLT", "Multilateration"),
)

DATA_AGES = Compound(
    _age("MFL", "Measured flight level"),
    _age("MD1", "Mode 1"),
    _age("MD2", "Mode 2"),
    _age("MDA", "Mode 3/A"),
    _age("MD4", "Mode 4"),
    _age("MD5", "Mode 5"),
    _age("MHG", "Magnetic heading"),
    _age("IAS", "Indicated airspeed or Mach"),
    _age("TAS", "True airspeed"),
    _age("SAL", "Selected altitude"),
    _age("FSS", "Final state selected altitude"),
    _age("TID", "Trajectory intent"),
    _age("COM", "Communications capability"),
    _age("SAB", "Status reported by ADS-B"),
    _age("ACS", "ACAS resolution advisory"),
    _age("BVR", "Barometric vertical rate"),
    _age("GVR", "Geometric vertical rate"),
    _age("RAN", "Roll angle"),
    _age("TAR", "Track angle rate"),
    _age("TAN", "Track angle"),
    _age("GSP", "Ground speed"),
    _age("VUN", "Velocity uncertainty"),
    _age("MET", "Meteorological data"),
    _age("EMC", "Emitter category"),
    _age("POS", "Position"),
    _age("GAL", "Geometric altitude"),
    _age("PUN", "Position uncertainty"),
    _age("MB", "BDS register data"),
    _age("IAR", "Indicated airspeed"),
    _age("MAC", "Mach number"),
    _age("BPS", "Barometric pressure setting"),
)

ACCURACIES = Compound(
    Item("APC", "Position, Cartesian", _pair(uint("X", 16, 1 / 2, "m"), uint("Y", 16, 1 / 2, "m"))),
    Item("COV", "XY covariance component", Fixed(sint("", 16, 1 / 2, "m"))),
    Item(
        "APW",
        "Position, WGS 84",
        _pair(uint("LAT", 16, _WGS_32, "deg"), uint("LON", 16, _WGS_32, "deg")),
    ),
    Item("AGA", "Geometric altitude", Fixed(uint("", 8, 6.25, "ft"))),
    Item("ABA", "Barometric altitude", Fixed(uint("", 8, 1 / 4, "FL"))),
    Item(
        "ATV", "Velocity, Cartesian", _pair(uint("X", 8, 1 / 4, "m/s"), uint("Y", 8, 1 / 4, "m/s"))
    ),
    Item(
        "AA",
        "Acceleration, Cartesian",
        _pair(uint("X", 8, 1 / 4, "m/s2"), uint("Y", 8, 1 / 4, "m/s2")),
    ),
    Item("ARC", "Rate of climb", Fixed(uint("", 8, 6.25, "ft/min"))),
)

MEASURED = Compound(
    Item("SID", "Sensor identification", ADDRESS),
    Item(
        "POS",
        "Measured position",
        _pair(uint("RHO", 16, 1 / 256, "NM"), uint("THETA", 16, 360 / 2**16, "deg")),
    ),
    Item("HEIGHT", "Measured 3D height", Fixed(sint("", 16, 25, "ft"))),
    Item("MDC", "Last measured Mode C code", Fixed(*flags("V G"), sint("LMC", 14, 1 / 4, "FL"))),
    Item("MDA", "Last measured Mode 3/A code", reply_code("MODE3A")),
    Item("TYP", "Report type", Fixed(uint("TYP", 3), *flags("SIM RAB TST"), spare(2))),
)

CAT_062 = Category(
    62,
    "System track messages",
    "1.21",
    "1.12 to 1.20",
    Item("010", "Data source identifier", ADDRESS),
    None,
    Item("015", "Service identification", Fixed(uint("", 8))),
    Item("070", "Time of track information", TIME_OF_DAY),
    Item("105", "Calculated position, WGS 84", lat_lon(32, _WGS_32)),
    Item(
        "100",
        "Calculated position, Cartesian",
        _pair(sint("X", 24, 1 / 2, "m"), sint("Y", 24, 1 / 2, "m")),
    ),
    Item(
        "185",
        "Calculated velocity, Cartesian",
        _pair(sint("VX", 16, 1 / 4, "m/s"), sint("VY", 16, 1 / 4, "m/s")),
    ),
    Item(
        "210",
        "Calculated acceleration, Cartesian",
        _pair(sint("AX", 8, 1 / 4, "m/s2"), sint("AY", 8, 1 / 4, "m/s2")),
    ),
    Item("060", "Mode 3/A code", Fixed(*flags("V G CH"), spare(1), octal("MODE3A"))),
    Item("245", "Target identification", Fixed(uint("STI", 2), spare(6), icao("CHR"))),
    Item("380", "Aircraft derived data", AIRCRAFT_DATA),
    Item("040", "Track number", Fixed(uint("", 16))),
    Item("080", "Track status", TRACK_STATUS),
    Item("290", "System track update ages", UPDATE_AGES),
    Item(
        "200",
        "Mode of movement",
        Fixed(uint("TRANS", 2), uint("LONG", 2), uint("VERT", 2), uint("ADF", 1), spare(1)),
    ),
    Item("295", "Track data ages", DATA_AGES),
    Item("136", "Measured flight level", Fixed(sint("", 16, 1 / 4, "FL"))),
    Item("130", "Calculated geometric altitude", Fixed(sint("", 16, 6.25, "ft"))),
    Item(
        "135",
        "Calculated barometric altitude",
        _pair(uint("QNH", 1), sint("CTB", 15, 1 / 4, "FL")),
    ),
    Item("220", "Calculated rate of climb or descent", Fixed(sint("", 16, 6.25, "ft/min"))),
    Item("390", "Flight plan related data", FLIGHT_PLAN),
    Item(
        "270",
        "Target size and orientation",
        Extended(
            (uint("LENGTH", 7, 1, "m"),),
            (uint("ORIENTATION", 7, 360 / 2**7, "deg"),),
            (uint("WIDTH", 7, 1, "m"),),
        ),
    ),
    Item("300", "Vehicle fleet identification", Fixed(uint("", 8))),
    Item("110", "Mode 5 data and extended Mode 1 code", MODE_5),
    Item("120", "Mode 2 code", Fixed(spare(4), octal("MODE2"))),
    Item("510", "Composed track number", Chained(uint("IDENT", 8), uint("TRACK", 15))),
    Item("500", "Estimated accuracies", ACCURACIES),
    Item("340", "Measured information", MEASURED),
    None,
    None,
    None,
    None,
    None,
    RE,
    SP,
)

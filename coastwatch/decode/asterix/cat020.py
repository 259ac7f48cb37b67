"""CAT 020, multilateration target reports: EUROCONTROL-SPEC-0149-14 edition 1.11."""

from coastwatch.decode.asterix.category import (
    ADDRESS,
    MODE_C,
    RE,
    SP,
    TIME_OF_DAY,
    Category,
    lat_lon,
    register,
    reply_code,
)
from coastwatch.decode.asterix.fields import flags, hexa, icao, sint, spare, uint
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import Chained, Extended, Fixed, Repetitive

DESCRIPTOR = Extended(
    flags("SSR MS HF VDL4 UAT DME OT"),
    flags("RAB SPI CHN GBS CRT SIM TST"),
    (uint("CF", 2), spare(5)),
)

TRACK_STATUS = Extended(
    (*flags("CNF TRE CST"), uint("CDM", 2), *flags("MAH STH")),
    (uint("GHO", 1), spare(6)),
)

# XY is in two's complement, by the specification's words; libasterix has it unsigned.
ACCURACY = Compound(
    Item(
        "DOP",
        "Dilution of precision",
        Fixed(uint("X", 16, 1 / 4), uint("Y", 16, 1 / 4), sint("XY", 16, 1 / 4)),
    ),
    Item(
        "SDP",
        "Standard deviation and correlation of position",
        Fixed(uint("X", 16, 1 / 4, "m"), uint("Y", 16, 1 / 4, "m"), sint("XY", 16, 1 / 4)),
    ),
    Item("SDH", "Standard deviation of geometric height", Fixed(uint("", 16, 1 / 2, "m"))),
)

CAPABILITY = Fixed(
    uint("COM", 3), uint("STAT", 3), uint("CASEVN", 2), *flags("MSSC ARC AIC B1A"), uint("B1B", 4)
)

CAT_020 = Category(
    20,
    "Multilateration target reports",
    "1.11",
    "1.5 to 1.10",
    Item("010", "Data source identifier", ADDRESS),
    Item("020", "Target report descriptor", DESCRIPTOR),
    Item("140", "Time of day", TIME_OF_DAY),
    Item("041", "Position, WGS 84", lat_lon(32, 180 / 2**25)),
    Item("042", "Position, Cartesian", Fixed(sint("X", 24, 1 / 2, "m"), sint("Y", 24, 1 / 2, "m"))),
    Item("161", "Track number", Fixed(spare(4), uint("TRN", 12))),
    Item("170", "Track status", TRACK_STATUS),
    Item("070", "Mode 3/A code", reply_code("MODE3A")),
    Item(
        "202",
        "Calculated track velocity, Cartesian",
        Fixed(sint("VX", 16, 1 / 4, "m/s"), sint("VY", 16, 1 / 4, "m/s")),
    ),
    Item("090", "Flight level", Fixed(*flags("V G"), sint("FL", 14, 1 / 4, "FL"))),
    Item("100", "Mode C code and confidence", MODE_C),
    Item("220", "Target address", Fixed(uint("", 24))),
    Item("245", "Target identification", Fixed(uint("STI", 2), spare(6), icao("CHR"))),
    Item("110", "Measured height, local Cartesian", Fixed(sint("", 16, 6.25, "ft"))),
    Item("105", "Geometric height, WGS 84", Fixed(sint("", 16, 6.25, "ft"))),
    Item(
        "210",
        "Calculated acceleration",
        Fixed(sint("AX", 8, 1 / 4, "m/s2"), sint("AY", 8, 1 / 4, "m/s2")),
    ),
    Item("300", "Vehicle fleet identification", Fixed(uint("", 8))),
    Item("310", "Pre-programmed message", Fixed(uint("TRB", 1), uint("MSG", 7))),
    Item("500", "Position accuracy", ACCURACY),
    Item(
        "400",
        "Contributing devices",
        Repetitive(*flags("BIT1 BIT2 BIT3 BIT4 BIT5 BIT6 BIT7 BIT8")),
    ),
    Item(
        "250",
        "BDS register data",
        Repetitive(hexa("BDSDATA", 56), uint("BDS1", 4), uint("BDS2", 4)),
    ),
    Item("230", "Communications and ACAS capability, flight status", CAPABILITY),
    Item("260", "ACAS resolution advisory report", register()),
    Item("030", "Warnings and errors", Chained(uint("", 7))),
    Item("055", "Mode 1 code", Fixed(*flags("V G L"), uint("MODE1", 5))),
    Item("050", "Mode 2 code", reply_code("MODE2")),
    RE,
    SP,
)

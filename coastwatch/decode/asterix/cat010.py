"""CAT 010, monosensor surface movement reports: EUROCONTROL-SPEC-0149-7 edition 1.1, and 0.31."""

from coastwatch.decode.asterix.category import (
    ADDRESS,
    RE,
    SP,
    TIME_OF_DAY,
    Category,
    lat_lon,
    reply_code,
)
from coastwatch.decode.asterix.fields import flags, hexa, icao, sint, spare, uint
from coastwatch.decode.asterix.presence import Item
from coastwatch.decode.asterix.structures import Extended, Fixed, Repetitive

_ANGLE_16 = 360 / 2**16

DESCRIPTOR = Extended(
    (uint("TYP", 3), *flags("DCR CHN GBS CRT")),
    (*flags("SIM TST RAB"), uint("LOP", 2), uint("TOT", 2)),
    (uint("SPI", 1), spare(6)),
)

TRACK_STATUS = Extended(
    (*flags("CNF TRE"), uint("CST", 2), *flags("MAH TCC STH")),
    (uint("TOM", 2), uint("DOU", 3), uint("MRS", 2)),
    (uint("GHO", 1), spare(6)),
)

HEAD = (
    Item("010", "Data source identifier", ADDRESS),
    Item("000", "Message type", Fixed(uint("", 8))),
    Item("020", "Target report descriptor", DESCRIPTOR),
    Item("140", "Time of day", TIME_OF_DAY),
)

# Two other decoders have 1/16 in 202 and 210; the ranges that the specification states, of
# 8192 m/s and 31 m/s2 to either side, need 1/4.
REST = (
    Item(
        "040",
        "Measured position, polar",
        Fixed(uint("RHO", 16, 1, "m"), uint("TH", 16, _ANGLE_16, "deg")),
    ),
    Item("042", "Position, Cartesian", Fixed(sint("X", 16, 1, "m"), sint("Y", 16, 1, "m"))),
    Item(
        "200",
        "Calculated track velocity, polar",
        Fixed(uint("GSP", 16, 2**-14, "NM/s"), uint("TRA", 16, _ANGLE_16, "deg")),
    ),
    Item(
        "202",
        "Calculated track velocity, Cartesian",
        Fixed(sint("VX", 16, 1 / 4, "m/s"), sint("VY", 16, 1 / 4, "m/s")),
    ),
    Item("161", "Track number", Fixed(spare(4), uint("TRK", 12))),
    Item("170", "Track status", TRACK_STATUS),
    Item("060", "Mode 3/A code", reply_code("MODE3A")),
    Item("220", "Target address", Fixed(uint("", 24))),
    Item("245", "Target identification", Fixed(uint("STI", 2), spare(6), icao("CHR"))),
    Item(
        "250", "BDS register data", Repetitive(hexa("MBDATA", 56), uint("BDS1", 4), uint("BDS2", 4))
    ),
    Item("300", "Vehicle fleet identification", Fixed(uint("", 8))),
    Item("090", "Flight level", Fixed(*flags("V G"), sint("FL", 14, 1 / 4, "FL"))),
    Item("091", "Measured height", Fixed(sint("", 16, 6.25, "ft"))),
    Item(
        "270",
        "Target size and orientation",
        Extended(
            (uint("LENGTH", 7, 1, "m"),),
            (uint("ORIENTATION", 7, 360 / 2**7, "deg"),),
            (uint("WIDTH", 7, 1, "m"),),
        ),
    ),
    Item("550", "System status", Fixed(uint("NOGO", 2), *flags("OVL TSV DIV TTF"), spare(2))),
    Item("310", "Pre-programmed message", Fixed(uint("TRB", 1), uint("MSG", 7))),
    Item(
        "500",
        "Standard deviation of position",
        Fixed(
            uint("DEVX", 8, 1 / 4, "m"), uint("DEVY", 8, 1 / 4, "m"), sint("COVXY", 16, 1 / 4, "m2")
        ),
    ),
    Item("280", "Presence", Repetitive(sint("DRHO", 8, 1, "m"), sint("DTHETA", 8, 0.15, "deg"))),
    Item("131", "Amplitude of primary plot", Fixed(uint("", 8))),
    Item(
        "210",
        "Calculated acceleration",
        Fixed(sint("AX", 8, 1 / 4, "m/s2"), sint("AY", 8, 1 / 4, "m/s2")),
    ),
    None,
    SP,
    RE,
)

_TITLE = "Monosensor surface movement reports"
_POSITION = "041", "Position, WGS 84"

CAT_010 = Category(10, _TITLE, "1.1", "", *HEAD, Item(*_POSITION, lat_lon(32, 180 / 2**31)), *REST)

# The same octets, but for the step of 041: 64 times as coarse.
CAT_010_0_31 = Category(
    10, _TITLE, "0.31", "", *HEAD, Item(*_POSITION, lat_lon(32, 180 / 2**25)), *REST
)

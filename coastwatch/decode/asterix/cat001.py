"""CAT 001, monoradar target reports (the older form): EUROCONTROL-SPEC-0149-2a edition 1.4."""

from coastwatch.decode.asterix.category import (
    ADDRESS,
    CODE_CONFIDENCE,
    MODE_C,
    SP,
    Category,
    Profiles,
    reply_code,
)
from coastwatch.decode.asterix.fields import flags, sint, spare, uint
from coastwatch.decode.asterix.presence import AnyOrder, Item
from coastwatch.decode.asterix.structures import Chained, Extended, Fixed

_ANGLE_16 = 360 / 2**16

DESCRIPTOR = Extended(
    (*flags("TYP SIM"), uint("SSRPSR", 2), *flags("ANT SPI RAB")),
    (uint("TST", 1), uint("DS1DS2", 2), *flags("ME MI"), spare(2)),
)

TRACK_STATUS = Extended(
    (*flags("CON RAD MAN DOU RDPC"), spare(1), uint("GHO", 1)),
    (uint("TRE", 1), spare(6)),
)

SOURCE = Item("010", "Data source identifier", ADDRESS)
REPORT = Item("020", "Target report descriptor (TYP chooses the UAP)", DESCRIPTOR)
POLAR = Item(
    "040",
    "Measured position, polar",
    Fixed(uint("RHO", 16, 1 / 128, "NM"), uint("THETA", 16, _ANGLE_16, "deg")),
)
MODE_3A = Item("070", "Mode 3/A code", reply_code("MODE3A"))
HEIGHT = Item("090", "Mode C height", Fixed(*flags("V G"), sint("HGT", 14, 1 / 4, "FL")))
CHARACTERISTICS = Item("130", "Radar plot characteristics", Chained(uint("", 7)))
# The rest of the time is in CAT 002: it wraps every 512 s.
TIME = Item("141", "Truncated time of day", Fixed(uint("", 16, 1 / 128, "s")))
MODE_2 = Item("050", "Mode 2 code", reply_code("MODE2"))
# With the default f = 6 of 2**(f - 14) NM/s: 14 kn, up to 1800 kn.
DOPPLER = Item("120", "Radial Doppler speed", Fixed(sint("", 8, 1 / 256, "NM/s")))
POWER = Item("131", "Received power", Fixed(sint("", 8, 1, "dBm")))
MODE_3A_CONFIDENCE = Item("080", "Mode 3/A code confidence", CODE_CONFIDENCE)
MODE_C_CODE = Item("100", "Mode C code and confidence", MODE_C)
MODE_2_CONFIDENCE = Item("060", "Mode 2 code confidence", CODE_CONFIDENCE)
WARNINGS = Item("030", "Warnings and errors", Chained(uint("", 7)))
X_PULSES = Item(
    "150",
    "Presence of X pulse",
    Fixed(uint("XA", 1), spare(1), uint("XC", 1), spare(2), uint("X2", 1), spare(2)),
)

_PLOT = (
    SOURCE, REPORT, POLAR, MODE_3A, HEIGHT, CHARACTERISTICS, TIME,
    MODE_2, DOPPLER, POWER, MODE_3A_CONFIDENCE, MODE_C_CODE, MODE_2_CONFIDENCE, WARNINGS,
    X_PULSES, None, None, None, None, SP,
)  # fmt: skip

_TRACK = (
    SOURCE,
    REPORT,
    Item("161", "Track or plot number", Fixed(uint("", 16))),
    POLAR,
    Item(
        "042",
        "Calculated position, Cartesian",
        Fixed(sint("X", 16, 1 / 64, "NM"), sint("Y", 16, 1 / 64, "NM")),
    ),
    Item(
        "200",
        "Calculated track velocity, polar",
        Fixed(uint("GSP", 16, 2**-14, "NM/s"), uint("HDG", 16, _ANGLE_16, "deg")),
    ),
    MODE_3A,
    HEIGHT,
    TIME,
    CHARACTERISTICS,
    POWER,
    DOPPLER,
    Item("170", "Track status", TRACK_STATUS),
    Item("210", "Track quality", Chained(uint("", 7))),
    MODE_2,
    MODE_3A_CONFIDENCE,
    MODE_C_CODE,
    MODE_2_CONFIDENCE,
    WARNINGS,
    SP,
)

_TITLE = "Monoradar target reports (older form)"
_ANY = "RFS", "Any items in any order"

CAT_001 = Profiles(
    Category(1, _TITLE, "1.4", "1.1 to 1.3", *_PLOT, Item(*_ANY, AnyOrder(_PLOT))),
    Category(1, _TITLE, "1.4", "1.1 to 1.3", *_TRACK, Item(*_ANY, AnyOrder(_TRACK)), X_PULSES),
)

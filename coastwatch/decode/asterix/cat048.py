"""CAT 048, monoradar target reports: EUROCONTROL-SPEC-0149-4 edition 1.32."""

from coastwatch.decode.asterix.category import (
    ADDRESS,
    CODE_CONFIDENCE,
    MODE_C,
    RE,
    SP,
    TIME_OF_DAY,
    Category,
    register,
    reply_code,
)
from coastwatch.decode.asterix.fields import flags, hexa, icao, sint, spare, uint
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import Chained, Extended, Fixed, Repetitive

_ANGLE_16 = 360 / 2**16
_NM_S = 2**-14  # NM/s, about 0.22 kn

DESCRIPTOR = Extended(
    (uint("TYP", 3), *flags("SIM RDP SPI RAB")),
    (*flags("TST ERR XPP ME MI"), uint("FOEFRI", 2)),
    (*flags("ADSB/EP ADSB/VAL SCN/EP SCN/VAL PAI/EP PAI/VAL"), spare(1)),
    (uint("ACASXV/EP", 1), uint("ACASXV/VAL", 4), *flags("POXPR/EP POXPR/VAL")),
    (*flags("POACT/EP POACT/VAL DTFXPR/EP DTFXPR/VAL DTFACT/EP DTFACT/VAL"), spare(1)),
    (*flags("IRMXPR/EP IRMXPR/VAL IRMACT/EP IRMACT/VAL"), spare(3)),
)

PLOT = Compound(
    Item("SRL", "SSR plot run length", Fixed(uint("", 8, 360 / 2**13, "deg"))),
    Item("SRR", "Number of SSR replies", Fixed(uint("", 8))),
    Item("SAM", "Amplitude of SSR replies", Fixed(sint("", 8, 1, "dBm"))),
    Item("PRL", "Primary plot run length", Fixed(uint("", 8, 360 / 2**13, "deg"))),
    Item("PAM", "Amplitude of primary plot", Fixed(sint("", 8, 1, "dBm"))),
    Item("RPD", "Range, PSR less SSR", Fixed(sint("", 8, 1 / 256, "NM"))),
    Item("APD", "Azimuth, PSR less SSR", Fixed(sint("", 8, 360 / 2**14, "deg"))),
)

TRACK_STATUS = Extended(
    (uint("CNF", 1), uint("RAD", 2), *flags("DOU MAH"), uint("CDM", 2)),
    (*flags("TRE GHO SUP TCC"), spare(3)),
)

TRACK_QUALITY = Fixed(
    uint("SIGX", 8, 1 / 128, "NM"),
    uint("SIGY", 8, 1 / 128, "NM"),
    uint("SIGV", 8, _NM_S, "NM/s"),
    uint("SIGH", 8, 360 / 2**12, "deg"),
)

DOPPLER = Compound(
    Item("CAL", "Calculated", Fixed(uint("D", 1), spare(5), sint("CAL", 10, 1, "m/s"))),
    Item(
        "RDS",
        "Raw",
        Repetitive(uint("DOP", 16, 1, "m/s"), uint("AMB", 16, 1, "m/s"), uint("FRQ", 16, 1, "MHz")),
    ),
)

CAPABILITY = Fixed(
    uint("COM", 3), uint("STAT", 3), uint("SI", 1), spare(1),
    *flags("MSSC ARC AIC B1A"), uint("B1B", 4),
)  # fmt: skip

CAT_048 = Category(
    48,
    "Monoradar target reports",
    "1.32",
    "1.15 to 1.31",
    Item("010", "Data source identifier", ADDRESS),
    Item("140", "Time of day", TIME_OF_DAY),
    Item("020", "Target report descriptor", DESCRIPTOR),
    Item(
        "040",
        "Measured position, polar",
        Fixed(uint("RHO", 16, 1 / 256, "NM"), uint("THETA", 16, _ANGLE_16, "deg")),
    ),
    Item("070", "Mode 3/A code", reply_code("MODE3A")),
    Item("090", "Flight level", Fixed(*flags("V G"), sint("FL", 14, 1 / 4, "FL"))),
    Item("130", "Radar plot characteristics", PLOT),
    Item("220", "Aircraft address", Fixed(uint("", 24))),
    Item("240", "Aircraft identification", Fixed(icao(""))),
    Item(
        "250", "BDS register data", Repetitive(hexa("MBDATA", 56), uint("BDS1", 4), uint("BDS2", 4))
    ),
    Item("161", "Track number", Fixed(spare(4), uint("TRN", 12))),
    Item(
        "042",
        "Calculated position, Cartesian",
        Fixed(sint("X", 16, 1 / 128, "NM"), sint("Y", 16, 1 / 128, "NM")),
    ),
    Item(
        "200",
        "Calculated track velocity, polar",
        Fixed(uint("GSP", 16, _NM_S, "NM/s"), uint("HDG", 16, _ANGLE_16, "deg")),
    ),
    Item("170", "Track status", TRACK_STATUS),
    Item("210", "Track quality", TRACK_QUALITY),
    Item("030", "Warnings, errors and target classification", Chained(uint("", 7))),
    Item("080", "Mode 3/A code confidence", CODE_CONFIDENCE),
    Item("100", "Mode C code and confidence", MODE_C),
    Item("110", "Height measured by a 3D radar", Fixed(spare(2), sint("3DH", 14, 25, "ft"))),
    Item("120", "Radial Doppler speed", DOPPLER),
    Item("230", "Communications and ACAS capability, flight status", CAPABILITY),
    Item("260", "ACAS resolution advisory report", register()),
    Item("055", "Mode 1 code", Fixed(*flags("V G L"), uint("MODE1", 5))),
    Item("050", "Mode 2 code", reply_code("MODE2")),
    Item("065", "Mode 1 code confidence", Fixed(spare(3), *flags("QA4 QA2 QA1 QB2 QB1"))),
    Item("060", "Mode 2 code confidence", CODE_CONFIDENCE),
    SP,
    RE,
)

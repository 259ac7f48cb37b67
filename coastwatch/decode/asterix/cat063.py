"""CAT 063, sensor status messages: EUROCONTROL-SPEC-0149-10 edition 1.7."""

from coastwatch.decode.asterix.category import ADDRESS, RE, SP, TIME_OF_DAY, Category
from coastwatch.decode.asterix.fields import flags, sint, spare, uint
from coastwatch.decode.asterix.presence import Item
from coastwatch.decode.asterix.structures import Extended, Fixed

_BIAS = Fixed(sint("", 16, 360 / 2**16, "deg"))

CAT_063 = Category(
    63,
    "Sensor status messages",
    "1.7",
    "1.0 to 1.6",
    Item("010", "Data source identifier", ADDRESS),
    Item("015", "Service identification", Fixed(uint("", 8))),
    Item("030", "Time of message", TIME_OF_DAY),
    Item("050", "Sensor identifier", ADDRESS),
    Item(
        "060",
        "Sensor configuration and status",
        Extended(
            (uint("CON", 2), *flags("PSR SSR MDS ADS MLT")),
            (*flags("OPS ODP OXT MSC TSV NPW"), spare(1)),
            (*flags("TTF/EP TTF/VAL SPO/EP SPO/VAL"), spare(3)),
        ),
    ),
    Item("070", "Time stamping bias", Fixed(sint("", 16, 1, "ms"))),
    Item(
        "080",
        "SSR and Mode S range gain and bias",
        Fixed(sint("SRG", 16, 1e-5), sint("SRB", 16, 1 / 128, "NM")),
    ),
    Item("081", "SSR and Mode S azimuth bias", _BIAS),
    Item(
        "090",
        "PSR range gain and bias",
        Fixed(sint("PRG", 16, 1e-5), sint("PRB", 16, 1 / 128, "NM")),
    ),
    Item("091", "PSR azimuth bias", _BIAS),
    Item("092", "PSR elevation bias", _BIAS),
    None,
    RE,
    SP,
)

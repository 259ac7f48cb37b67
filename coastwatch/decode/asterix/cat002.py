"""CAT 002, monoradar service messages (the older form): EUROCONTROL-SPEC-0149-2b edition 1.2."""

from coastwatch.decode.asterix.category import ADDRESS, SP, TIME_OF_DAY, Category
from coastwatch.decode.asterix.fields import sint, uint
from coastwatch.decode.asterix.presence import AnyOrder, Item
from coastwatch.decode.asterix.structures import Chained, Fixed, Repetitive

_ANGLE_16 = 360 / 2**16

WINDOW = Fixed(
    uint("RS", 16, 1 / 128, "NM"),
    uint("RE", 16, 1 / 128, "NM"),
    uint("TS", 16, _ANGLE_16, "deg"),
    uint("TE", 16, _ANGLE_16, "deg"),
)

_ITEMS = (
    Item("010", "Data source identifier", ADDRESS),
    Item("000", "Message type", Fixed(uint("", 8))),
    Item("020", "Sector number", Fixed(uint("", 8, 360 / 2**8, "deg"))),
    Item("030", "Time of day", TIME_OF_DAY),
    Item("041", "Antenna rotation period", Fixed(uint("", 16, 1 / 128, "s"))),
    Item("050", "Station configuration status", Chained(uint("", 7))),
    Item("060", "Station processing mode", Chained(uint("", 7))),
    Item(
        "070",
        "Plot count values",
        Repetitive(uint("A", 1), uint("IDENT", 5), uint("COUNTER", 10)),
    ),
    Item("100", "Dynamic window, type 1", WINDOW),
    Item(
        "090",
        "Collimation error",
        Fixed(sint("RE", 8, 1 / 128, "NM"), sint("AE", 8, 360 / 2**14, "deg")),
    ),
    Item("080", "Warnings and errors", Chained(uint("", 7))),
    None,
    SP,
)

CAT_002 = Category(
    2,
    "Monoradar service messages (older form)",
    "1.2",
    "1.0 to 1.1",
    *_ITEMS,
    Item("RFS", "Any items in any order", AnyOrder(_ITEMS)),
)

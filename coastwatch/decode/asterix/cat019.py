"""CAT 019, multilateration system status messages: EUROCONTROL-SPEC-0149-18 edition 1.3."""

from coastwatch.decode.asterix.category import ADDRESS, RE, SP, TIME_OF_DAY, Category, lat_lon
from coastwatch.decode.asterix.fields import flags, sint, spare, uint
from coastwatch.decode.asterix.presence import Item
from coastwatch.decode.asterix.structures import Extended, Fixed, Repetitive

CAT_019 = Category(
    19,
    "Multilateration system status messages",
    "1.3",
    "1.2",
    Item("010", "Data source identifier", ADDRESS),
    Item("000", "Message type", Fixed(uint("", 8))),
    Item("140", "Time of day", TIME_OF_DAY),
    Item("550", "System status", Fixed(uint("NOGO", 2), *flags("OVL TSV TTF"), spare(3))),
    Item(
        "551",
        "Tracking processors in detail",
        Fixed(*flags("TP1A TP1B TP2A TP2B TP3A TP3B TP4A TP4B")),
    ),
    Item(
        "552",
        "Remote sensors in detail",
        Repetitive(uint("RSI", 8), spare(1), *flags("RS1090 TX1030 TX1090 RSS RSO"), spare(2)),
    ),
    Item(
        "553",
        "Reference transponders in detail",
        Extended(
            (uint("REFTR1", 2), spare(2), uint("REFTR2", 2), spare(1)),
            (uint("REFTR3", 2), spare(2), uint("REFTR4", 2), spare(1)),
        ),
    ),
    Item("600", "Position of the system's reference point", lat_lon(32, 180 / 2**30)),
    Item("610", "Height of the system's reference point", Fixed(sint("", 16, 1 / 4, "m"))),
    Item("620", "WGS 84 undulation", Fixed(sint("", 8, 1, "m"))),
    None,
    None,
    RE,
    SP,
)

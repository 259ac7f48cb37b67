"""CAT 065, service status of a tracking system: EUROCONTROL-SPEC-0149-15 edition 1.6."""

from coastwatch.decode.asterix.category import ADDRESS, RE, SP, TIME_OF_DAY, Category
from coastwatch.decode.asterix.fields import flags, spare, uint
from coastwatch.decode.asterix.presence import Item
from coastwatch.decode.asterix.structures import Fixed

CAT_065 = Category(
    65,
    "Service status messages of a tracking system",
    "1.6",
    "1.3 to 1.5",
    Item("010", "Data source identifier", ADDRESS),
    Item("000", "Message type", Fixed(uint("", 8))),
    Item("015", "Service identification", Fixed(uint("", 8))),
    Item("030", "Time of message", TIME_OF_DAY),
    Item("020", "Batch number", Fixed(uint("", 8))),
    Item(
        "040",
        "System configuration and status",
        Fixed(uint("NOGO", 2), *flags("OVL TSV"), uint("PSS", 2), uint("STTN", 1), spare(1)),
    ),
    Item("050", "Service status report", Fixed(uint("", 8))),
    None,
    None,
    None,
    None,
    None,
    RE,
    SP,
)

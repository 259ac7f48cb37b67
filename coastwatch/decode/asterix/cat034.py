"""CAT 034, monoradar service messages: EUROCONTROL-SPEC-0149-2b edition 1.29."""

from coastwatch.decode.asterix.category import ADDRESS, RE, SP, TIME_OF_DAY, Category
from coastwatch.decode.asterix.fields import flags, sint, spare, uint
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import Fixed, Repetitive

_ANTENNA = (uint("ANT", 1), uint("CHAB", 2), *flags("OVL MSC"), spare(3))

STATUS = Compound(
    Item("COM", "Common part", Fixed(*flags("NOGO RDPC RDPR OVLRDP OVLXMT MSC TSV"), spare(1))),
    None,
    None,
    Item("PSR", "Primary radar", Fixed(*_ANTENNA)),
    Item("SSR", "Secondary radar", Fixed(*_ANTENNA)),
    Item(
        "MDS",
        "Mode S",
        Fixed(
            uint("ANT", 1), uint("CHAB", 2), *flags("OVLSUR MSC SCF DLF OVLSCF OVLDLF"), spare(7)
        ),
    ),
)

PROCESSING = Compound(
    Item("COM", "Common part", Fixed(spare(1), uint("REDRDP", 3), uint("REDXMT", 3), spare(1))),
    None,
    None,
    Item(
        "PSR", "Primary radar", Fixed(uint("POL", 1), uint("REDRAD", 3), uint("STC", 2), spare(2))
    ),
    Item("SSR", "Secondary radar", Fixed(uint("REDRAD", 3), spare(5))),
    Item("MDS", "Mode S", Fixed(uint("REDRAD", 3), uint("CLU", 1), spare(4))),
)

WINDOW = Fixed(
    uint("RHOST", 16, 1 / 256, "NM"),
    uint("RHOEND", 16, 1 / 256, "NM"),
    uint("THETAST", 16, 360 / 2**16, "deg"),
    uint("THETAEND", 16, 360 / 2**16, "deg"),
)

POSITION = Fixed(
    sint("HGT", 16, 1, "m"),
    sint("LAT", 24, 180 / 2**23, "deg", within=(-90, 90)),
    sint("LON", 24, 180 / 2**23, "deg"),
)

CAT_034 = Category(
    34,
    "Monoradar service messages",
    "1.29",
    "1.26 to 1.28",
    Item("010", "Data source identifier", ADDRESS),
    Item("000", "Message type", Fixed(uint("", 8))),
    Item("030", "Time of day", TIME_OF_DAY),
    Item("020", "Sector number", Fixed(uint("", 8, 360 / 2**8, "deg"))),
    Item("041", "Antenna rotation period", Fixed(uint("", 16, 1 / 128, "s"))),
    Item("050", "System configuration and status", STATUS),
    Item("060", "System processing mode", PROCESSING),
    Item("070", "Message count values", Repetitive(uint("TYP", 5), uint("COUNT", 11))),
    Item("100", "Generic polar window", WINDOW),
    Item("110", "Data filter", Fixed(uint("", 8))),
    Item("120", "3D position of data source", POSITION),
    Item(
        "090",
        "Collimation error",
        Fixed(sint("RNG", 8, 1 / 128, "NM"), sint("AZM", 8, 360 / 2**14, "deg")),
    ),
    RE,
    SP,
)

"""The code numbers of AIS as words: ship types, navigational status, inland vessel types."""

from __future__ import annotations

SHIP_TYPE_MAX = 255


def ship_type_words(code: int) -> str:
    """A ship and cargo type in words; one that is not assigned keeps its number.

    ITU-R M.1371-5, table 53. Hazard categories X, Y, Z and OS were A, B, C and D before 2014.
    """
    if code in _TYPES:
        return _TYPES[code]
    if 100 <= code < 200:
        return f"regional use ({code})"
    kind = _KINDS.get(code // 10)
    if kind is not None:
        return f"{kind}{_SECOND.get(code % 10, f', reserved ({code})')}"
    return f"{'reserved' if 0 < code <= SHIP_TYPE_MAX else 'unknown'} ({code})"


def nav_status_words(code: int) -> str:
    """A navigational status in words (ITU-R M.1371-5, table 45); beyond 15 the number alone."""
    if 0 <= code < len(_STATUSES):
        return _STATUSES[code]
    return f"unknown ({code})"


def inland_type_words(code: int) -> str | None:
    """A vessel or convoy type of the ERI classification in words; None where it is none.

    CCNR Vessel Tracking and Tracing Standard for Inland Navigation, annex E.
    """
    return _INLAND.get(code)


# Ship types by their first digit, where the second one tells of dangerous cargo.
_KINDS = {
    2: "wing in ground",
    4: "high speed craft",
    6: "passenger ship",
    7: "cargo ship",
    8: "tanker",
    9: "other type of ship",
}
_SECOND = {
    0: "",
    1: ", hazard category X",
    2: ", hazard category Y",
    3: ", hazard category Z",
    4: ", hazard category OS",
    9: ", no additional information",
}
_TYPES = {
    0: "not available",
    30: "fishing",
    31: "towing",
    32: "towing, length over 200 m or breadth over 25 m",
    33: "dredging or underwater operations",
    34: "diving operations",
    35: "military operations",
    36: "sailing",
    37: "pleasure craft",
    50: "pilot vessel",
    51: "search and rescue vessel",
    52: "tug",
    53: "port tender",
    54: "anti-pollution vessel",
    55: "law enforcement vessel",
    56: "local vessel (56)",
    57: "local vessel (57)",
    58: "medical transport",
    59: "ship of a state not party to an armed conflict",
}
_STATUSES = (
    "under way using engine",
    "at anchor",
    "not under command",
    "restricted manoeuvrability",
    "constrained by her draught",
    "moored",
    "aground",
    "engaged in fishing",
    "under way sailing",
    "reserved for high speed craft (9)",
    "reserved for wing in ground (10)",
    "power-driven vessel towing astern",
    "power-driven vessel pushing ahead or towing alongside",
    "reserved (13)",
    "AIS-SART, MOB or EPIRB active",
    "undefined",
)

_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine or more")
_INLAND = {
    1500: "general cargo vessel, maritime",
    1510: "unit carrier, maritime",
    1520: "bulk carrier, maritime",
    1530: "tanker, maritime",
    1540: "liquefied gas tanker, maritime",
    1850: "pleasure craft longer than 20 m",
    1900: "fast ship",
    1910: "hydrofoil",
    8000: "vessel, type unknown",
    8010: "motor freighter",
    8020: "motor tanker",
    8021: "motor tanker, liquid cargo, type N",
    8022: "motor tanker, liquid cargo, type C",
    8023: "motor tanker, dry cargo as if liquid",
    8030: "container vessel",
    8040: "gas tanker",
    8050: "motor freighter, tug",
    8060: "motor tanker, tug",
    8070: "motor freighter with one or more ships alongside",
    8080: "motor freighter with tanker",
    8090: "motor freighter pushing one or more freighters",
    8100: "motor freighter pushing at least one tank-ship",
    8110: "tug, freighter",
    8120: "tug, tanker",
    8130: "tug, freighter, coupled",
    8140: "tug, freighter or tanker, coupled",
    8150: "freight barge",
    8160: "tank barge",
    8161: "tank barge, liquid cargo, type N",
    8162: "tank barge, liquid cargo, type C",
    8163: "tank barge, dry cargo as if liquid",
    8170: "freight barge with containers",
    8180: "tank barge, gas",
    **{8200 + 10 * n: f"pushtow, cargo barges: {word}" for n, word in enumerate(_COUNTS, 1)},
    **{
        8300 + 10 * n: f"pushtow, barges: {word}, at least one with tanks or gas"
        for n, word in enumerate(_COUNTS, 1)
    },
    8400: "tug, single",
    8410: "tug, one or more tows",
    8420: "tug assisting a vessel or a linked combination",
    8430: "pushboat, single",
    8440: "passenger ship",
    8441: "ferry",
    8442: "red cross ship",
    8443: "cruise ship",
    8444: "passenger ship without accommodation",
    8450: "service vessel, police patrol, port service",
    8460: "work vessel: maintenance, derrick, cable, buoys, dredging",
    8470: "towed object",
    8480: "fishing boat",
    8490: "bunker ship",
    8500: "barge, tanker, chemical",
    8510: "object, not otherwise specified",
}

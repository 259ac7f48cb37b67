"""What kind of station an MMSI says that it is, after ITU-R M.585-9."""

from __future__ import annotations

BEACONS = {970: "sart", 972: "mob", 974: "epirb"}
SAR_AIRCRAFT = 111
AIDS = 99
VIRTUAL = 6  # the sixth digit of an aid to navigation that is not there, only broadcast


def role_of(mmsi: int) -> dict[str, str]:
    """The role as the page reads it; empty for a ship or an unknown station."""
    if not 0 < mmsi <= 999_999_999:
        return {}
    if mmsi // 10**6 in BEACONS:
        return {"role": "beacon", "beacon": BEACONS[mmsi // 10**6]}
    if mmsi // 10**7 == AIDS:
        virtual = mmsi // 1_000 % 10 == VIRTUAL
        return {"role": "virtual-aton" if virtual else "aton"}
    if mmsi < 10**7:
        return {"role": "base"}
    if mmsi // 10**6 == SAR_AIRCRAFT:
        return {"role": "sar"}
    return {}

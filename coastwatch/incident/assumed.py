"""The numbers that correlation rests on, each with its source; docs/incident.md lists them."""

from __future__ import annotations

from dataclasses import dataclass

from coastwatch.geo.units import KNOT_MPS, NM_M


@dataclass(frozen=True, slots=True)
class Assumed:
    """Assumptions as values; SOURCES has the words for each."""

    concentration: float = 3.0
    area_nm2: float = 100.0
    craft_expected: float = 3.0
    company_share: float = 0.3
    company_nm: float = 0.5
    seen_in_reach: float = 0.6
    seen_outside: float = 0.02
    seen_unknown: float = 0.3
    reach_share: float = 0.6
    ship_calls: float = 0.002
    speed_kn: float = 2.5
    speed_lasts_s: float = 7200.0
    told_speed_kn: float = 2.0
    track_speed_kn: float = 1.0
    track_within_s: float = 3600.0
    fix_m: float = 185.2
    clock_s: float = 120.0
    place_wrong: float = 0.1
    wrong_nm: float = 3.0
    aboard_median: float = 40.0
    aboard_spread: float = 0.5
    aboard_miscount: float = 0.3
    phone_elsewhere: float = 0.01
    join_at: float = 0.98
    apart_at: float = 0.05

    @property
    def area_m2(self) -> float:
        return self.area_nm2 * NM_M**2

    @property
    def company_m(self) -> float:
        return self.company_nm * NM_M

    @property
    def wrong_m(self) -> float:
        return self.wrong_nm * NM_M

    @property
    def speed_mps(self) -> float:
        return self.speed_kn * KNOT_MPS


OURS = "assumption of ours"
SOURCES = {
    "concentration": "Chinese restaurant prior: two calls are of two craft at 3 to 1 before "
    "anything is compared; we lean to apart because a boat taken for another is not searched for",
    "area_nm2": f"{OURS}: boats leave from the same beaches, so that two calls lie within some "
    "10 by 10 NM even when they are of two boats; a smaller area joins less",
    "craft_expected": f"{OURS}: small craft at sea in that area on a night of calls",
    "company_share": f"{OURS}: share of craft without a track that keep company with a tracked one",
    "company_nm": f"{OURS}: one sigma an axis of how far off they keep",
    "seen_in_reach": f"{OURS}: an inflatable is about 1 m² of radar cross section (Ocean "
    "Navigator, January 2009), and every radar here differs; lower gives more to `no track`",
    "seen_outside": f"{OURS}: the same where no radar reaches",
    "seen_unknown": f"{OURS}: the same where no place was told, or there is no picture",
    "reach_share": f"{OURS}: the share of a radar's range within which it may see an inflatable",
    "ship_calls": f"{OURS}: chance that a given vessel with AIS is the craft in need",
    "speed_kn": f"{OURS}: one sigma an axis of the speed over ground; rms 3.5 kn: an overloaded "
    "inflatable under way, or the spring stream of the strait",
    "speed_lasts_s": f"{OURS}: how long speed and course last; the stream turns in some six hours, "
    "an engine stops in a moment",
    "told_speed_kn": f"{OURS}: sigma an axis of a told course and speed, and of `engine stopped`, "
    "since the stream carries what has no engine",
    "track_speed_kn": f"{OURS}: sigma an axis of a small craft's tracked velocity",
    "track_within_s": f"{OURS}: a track not there within an hour of the call is no candidate",
    "fix_m": "0.1 NM: a GPS fix (Australian National SAR Manual, appendix J, after IAMSAR)",
    "clock_s": f"{OURS}: between the time that a position was taken and the time written down",
    "place_wrong": f"{OURS}: share of positions that are stale, misread or another boat's",
    "wrong_nm": f"{OURS}: by how much those are wrong, one sigma an axis: half an hour, a digit",
    "aboard_median": "Home Office: 32 a boat in January to March 2022, 53 in August 2023",
    "aboard_spread": "sigma of the logarithm: 5 % below 18 (the mean of early 2021), 5 % above 91 "
    "(boats of over 80 were 33 of 738 in the year to April 2025)",
    "aboard_miscount": f"{OURS}: sigma of the logarithm of what callers count; on 24 November "
    "2021 the exact number aboard is unknown (MAIB 7/2023)",
    "phone_elsewhere": f"{OURS}: that one phone speaks for two craft; a relay is told with "
    "--relayed and then counts for nothing",
    "join_at": "bench.incident, nights 0 to 99: of 353 joined at 0.98 none was wrong, of 422 "
    "at 0.95 three were",
    "apart_at": f"{OURS}: below it nobody is asked",
}

"""The rules of the watch: one small file each, one line of registration here."""

from __future__ import annotations

from coastwatch.watch.rule import RuleFile
from coastwatch.watch.rules import (
    approach_to_shore,
    distance_to_area,
    distance_to_shore,
    heading_for_area,
    high_speed_near_coast,
    line_crossing,
    small_unregistered_craft,
    tss_crossing,
    tss_wrong_way,
    unusual_route,
    zone_dwell,
    zone_entry,
    zone_exit,
    zone_speed,
)

RULES: dict[str, RuleFile] = {
    module.RULE.name: module.RULE
    for module in (
        approach_to_shore,
        distance_to_area,
        distance_to_shore,
        heading_for_area,
        high_speed_near_coast,
        line_crossing,
        small_unregistered_craft,
        tss_crossing,
        tss_wrong_way,
        unusual_route,
        zone_dwell,
        zone_entry,
        zone_exit,
        zone_speed,
    )
}
ZONE_RULES = tuple(name for name, rule in RULES.items() if rule.scope == "zone")

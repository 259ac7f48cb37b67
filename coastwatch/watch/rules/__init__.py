"""The rules of the watch: one small file each, one line of registration here."""

from __future__ import annotations

from coastwatch.watch.rule import RuleFile
from coastwatch.watch.rules import (
    ais_gap,
    ais_radar_disagreement,
    destination_change,
    distress_beacon,
    identity_change,
    impossible_position,
    line_crossing,
    not_reporting,
    shared_mmsi,
    small_unregistered_craft,
    uncorrelated_target,
    zone_entry,
    zone_exit,
)

RULES: dict[str, RuleFile] = {
    module.RULE.name: module.RULE
    for module in (
        ais_gap,
        ais_radar_disagreement,
        destination_change,
        distress_beacon,
        identity_change,
        impossible_position,
        not_reporting,
        shared_mmsi,
        small_unregistered_craft,
        uncorrelated_target,
        zone_entry,
        zone_exit,
        line_crossing,
    )
}
ZONE_RULES = tuple(name for name, rule in RULES.items() if rule.scope == "zone")

"""The rules of the watch: one small file each, one line of registration here."""

from __future__ import annotations

from coastwatch.watch.rule import RuleFile
from coastwatch.watch.rules import (
    ais_gap,
    ais_radar_disagreement,
    close_approach,
    destination_change,
    distress_beacon,
    drifting,
    encounter_at_sea,
    erratic_movement,
    identity_change,
    impossible_position,
    line_crossing,
    loitering,
    not_reporting,
    shared_mmsi,
    small_unregistered_craft,
    stopped_outside_anchorage,
    sudden_course_change,
    sudden_speed_change,
    uncorrelated_target,
    zone_entry,
    zone_exit,
)

RULES: dict[str, RuleFile] = {
    module.RULE.name: module.RULE
    for module in (
        ais_gap,
        ais_radar_disagreement,
        close_approach,
        destination_change,
        distress_beacon,
        drifting,
        encounter_at_sea,
        erratic_movement,
        identity_change,
        impossible_position,
        line_crossing,
        loitering,
        not_reporting,
        shared_mmsi,
        small_unregistered_craft,
        stopped_outside_anchorage,
        sudden_course_change,
        sudden_speed_change,
        uncorrelated_target,
        zone_entry,
        zone_exit,
    )
}
ZONE_RULES = tuple(name for name, rule in RULES.items() if rule.scope == "zone")

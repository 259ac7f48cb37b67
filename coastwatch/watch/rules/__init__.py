"""The rules of the watch: one small file each, one line of registration here."""

from __future__ import annotations

from coastwatch.watch.rule import RuleFile
from coastwatch.watch.rules import (
    close_approach,
    drifting,
    encounter_at_sea,
    erratic_movement,
    line_crossing,
    loitering,
    small_unregistered_craft,
    stopped_outside_anchorage,
    sudden_course_change,
    sudden_speed_change,
    zone_entry,
    zone_exit,
)

RULES: dict[str, RuleFile] = {
    module.RULE.name: module.RULE
    for module in (
        small_unregistered_craft,
        zone_entry,
        zone_exit,
        line_crossing,
        close_approach,
        drifting,
        encounter_at_sea,
        erratic_movement,
        loitering,
        stopped_outside_anchorage,
        sudden_course_change,
        sudden_speed_change,
    )
}
ZONE_RULES = tuple(name for name, rule in RULES.items() if rule.scope == "zone")

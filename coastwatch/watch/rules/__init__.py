"""The rules of the watch: one small file each, one line of registration here."""

from __future__ import annotations

import re

from coastwatch.model import PRIORITIES, ConfigError
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.rules import (
    ais_gap,
    ais_radar_disagreement,
    approach_to_shore,
    close_approach,
    destination_change,
    distance_to_area,
    distance_to_shore,
    distress_beacon,
    drifting,
    encounter_at_sea,
    erratic_movement,
    heading_for_area,
    high_speed_near_coast,
    identity_change,
    impossible_position,
    line_crossing,
    loitering,
    not_reporting,
    shared_mmsi,
    small_craft_withheld,
    small_unregistered_craft,
    stopped_outside_anchorage,
    sudden_course_change,
    sudden_speed_change,
    tss_crossing,
    tss_wrong_way,
    uncorrelated_target,
    unusual_route,
    zone_dwell,
    zone_entry,
    zone_exit,
    zone_speed,
)

RULES: dict[str, RuleFile] = {
    module.RULE.name: module.RULE
    for module in (
        ais_gap,
        ais_radar_disagreement,
        approach_to_shore,
        close_approach,
        destination_change,
        distance_to_area,
        distance_to_shore,
        distress_beacon,
        drifting,
        encounter_at_sea,
        erratic_movement,
        heading_for_area,
        high_speed_near_coast,
        identity_change,
        impossible_position,
        line_crossing,
        loitering,
        not_reporting,
        shared_mmsi,
        small_craft_withheld,
        small_unregistered_craft,
        stopped_outside_anchorage,
        sudden_course_change,
        sudden_speed_change,
        tss_crossing,
        tss_wrong_way,
        uncorrelated_target,
        unusual_route,
        zone_dwell,
        zone_entry,
        zone_exit,
        zone_speed,
    )
}
BUILT_IN = frozenset(RULES)
SCOPES = ("zone", "site")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def add_rule(rule: RuleFile) -> None:
    """Add a rule of your own to those of the watch, for every run that this process begins later.

    The rule then is one like the others: zones may list it, ``[rule.NAME]`` of site.toml sets its
    parameters, its alerts stand in the run's files. A rule added again replaces itself, so that a
    cell of a notebook may be run twice. Other processes do not know it: a replay there goes without
    it, and refuses a site.toml or a zone that names it. What is a rule: docs/watch.md.

    Raises ConfigError for the name of a built-in rule, a name that is not words of small letters
    joined by hyphens, a scope other than "zone" or "site", or a priority that is not one of IMO
    resolution MSC.302(87): caution, warning, alarm, emergency.
    """
    if not NAME.fullmatch(rule.name):
        raise ConfigError(f"rule {rule.name!r}: name it in small letters, such as ship-near-boat")
    if rule.name in BUILT_IN:
        raise ConfigError(f"rule {rule.name!r} is one of coastwatch's own; choose another name")
    for what, value, known in (
        ("scope", rule.scope, SCOPES),
        ("priority", rule.priority, PRIORITIES),
    ):
        if value not in known:
            raise ConfigError(f"rule {rule.name!r}: {what} {value!r} is none of {', '.join(known)}")
    RULES[rule.name] = rule

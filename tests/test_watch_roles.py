"""Who sees alerts and who may do what about them: the shipped roles, and files that are wrong."""

from fnmatch import fnmatchcase

import pytest

from coastwatch.model import PRIORITIES, ConfigError
from coastwatch.watch.roles import ACTS, DEEDS, load_roles, may, shipped
from coastwatch.watch.rules import RULES

KNOWN = {*RULES, "held-back", "sensor-silent", "sensor-blind-sector", "distress-beacon"}


def test_every_alert_is_seen_and_can_be_acknowledged_and_closed_by_somebody_on_watch():
    for rule in KNOWN:
        for priority in PRIORITIES:
            assert may("watch-officer", "see", rule, priority)
            assert may("watch-officer", "acknowledge", rule, priority)
            assert may("senior-officer", "close", rule, priority)


@pytest.mark.parametrize(("role", "what", "rule", "priority", "yes"), [
    ("watch-officer", "close", "drifting", "alarm", True),
    ("watch-officer", "close", "drifting", "emergency", False),
    ("coordinator", "close", "drifting", "emergency", True),
    ("coordinator", "acknowledge", "small-unregistered-craft", "warning", True),
    ("coordinator", "acknowledge", "drifting", "warning", False),
    ("technician", "acknowledge", "sensor-silent", "warning", True),
    ("technician", "see", "drifting", "alarm", False),
    ("observer", "see", "drifting", "emergency", True),
    ("observer", "acknowledge", "drifting", "caution", False),
    ("admiral", "see", "drifting", "caution", False),
    ("watch-officer", "sink", "drifting", "caution", False),
])  # fmt: skip
def test_what_a_role_may(role, what, rule, priority, yes):
    assert may(role, what, rule, priority) is yes


def test_who_may_act_on_an_alert_sees_it():
    for name in shipped():
        for rule in KNOWN:
            for priority in PRIORITIES:
                acts = any(may(name, what, rule, priority) for what in ACTS)
                assert may(name, "see", rule, priority) or not acts


def test_the_rules_that_the_shipped_roles_name_are_rules():
    named = {
        rule
        for role in shipped().values()
        for grants in role.grants.values()
        for grant in grants
        for rule in grant.rules
    }
    assert all(any(fnmatchcase(rule, name) for rule in KNOWN) for name in named)
    assert all(set(role.grants) <= set(DEEDS) for role in shipped().values())


@pytest.mark.parametrize(("text", "said"), [
    ("", "no role in it"),
    ("[a", "not readable as roles"),
    ("a = 1", r"\[a\]: not a table"),
    ("[a]\nsee = [{}]", "no title"),
    ('[a]\ntitle = " "', "no title"),
    ('[a]\ntitle = "A"\nsees = [{}]', "unknown key 'sees'; a role knows title, see"),
    ('[a]\ntitle = "A"\nsee = "all"', "see: give a list"),
    ('[a]\ntitle = "A"\nsee = [{ rule = ["x"] }]', "unknown key 'rule'"),
    ('[a]\ntitle = "A"\nsee = [{ rules = "x" }]', "give a list of names"),
    ('[a]\ntitle = "A"\nclose = [{ priorities = ["danger"] }]', "close: no priority 'danger'"),
])  # fmt: skip
def test_a_file_that_is_wrong_is_named_with_the_place_and_the_mend(tmp_path, text, said):
    path = tmp_path / "roles.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_roles(path)


def test_a_file_of_ones_own_decides(tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text('[a]\ntitle = "A"\nclose = [{ rules = ["sensor-*"], priorities = ["alarm"] }]')
    roles = load_roles(path)
    assert may("a", "close", "sensor-silent", "alarm", roles)
    assert not may("a", "close", "sensor-silent", "warning", roles)
    assert not may("watch-officer", "see", "sensor-silent", "alarm", roles)

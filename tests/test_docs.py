"""The docs hold: every command stands in them, imports run downward, links lead somewhere."""

import ast
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
ROOMS = ("feeds", "decode", "track", "watch", "store", "maps", "reports", "simulate", "score",
         "sensors", "incident", "exports")  # fmt: skip
# Who may import whom, beside geo, site and model, which all rooms may.
ALLOWED = {
    "maps": {"store"},
    "reports": {"store"},
    "exports": {"store"},
    "simulate": {"decode"},
}
BELOW = {
    "model": set(),
    "kernels": set(),
    "cells": set(),
    "rule_names": set(),
    "times": {"model"},
    "alert_french": {"rule_names"},
    "site": {"model"},
    "geo": {"model", "site"},
    "order": {"model"},
}


def test_the_command_line_page_is_what_the_commands_say():
    build = runpy.run_path(str(ROOT / "docs/build.py"))
    written = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert written == build["cli_page"](), "run: make docs"


def test_the_table_of_rules_is_what_the_rules_say():
    build = runpy.run_path(str(ROOT / "docs/build.py"))
    written = (ROOT / "docs/alerts.md").read_text(encoding="utf-8")
    assert written == build["alerts_page"](written), "run: make docs"
    assert all(f"| `{name}` | " in written for name in build["RULES"])


def test_every_command_shows_an_example():
    build = runpy.run_path(str(ROOT / "docs/build.py"))
    for path, command in build["commands"](build["main"], ("coastwatch",)):
        if not hasattr(command, "commands"):
            assert f"Example:  {' '.join(path)}" in (command.help or ""), path


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files_that_exist(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {n.split(".")[1] for n in names if n.startswith("coastwatch.")}


@pytest.mark.parametrize("room", [*ROOMS, *BELOW])
def test_imports_run_downward_only(room):
    own = ROOT / "coastwatch" / room
    files = sorted(own.rglob("*.py")) if own.is_dir() else [own.with_suffix(".py")]
    assert files
    allowed = BELOW.get(
        room,
        {"model", "site", "geo", "kernels", "cells", "shown", "times", "rule_names", "alert_french"}
        | ALLOWED.get(room, set()),
    ) | {room}
    for path in files:
        assert imported(path) <= allowed, f"{path.relative_to(ROOT)} imports {imported(path)}"


def test_every_rule_has_a_name_in_both_languages():
    from coastwatch.rule_names import RULE_NAMES
    from coastwatch.watch.rules import RULES

    assert set(RULES) <= set(RULE_NAMES)
    assert all(english and french for english, french in RULE_NAMES.values())

"""What the pages show exists: each command with its options, each import, each file."""

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from coastwatch.cli import main

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(p for p in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")] if p.name != "cli.md")
# In an indented block or after a prompt; lines of `sh` are run as they stand by test_howto.py.
COMMAND = re.compile(r"^(?:    |\$ )(coastwatch [a-z].*)$", re.M)
IMPORT = re.compile(r"^(?: {4})?from (coastwatch[\w.]*) import (\w+(?:, \w+)*)$", re.M)
# Words after which a line of a shell is another command's.
END = {"|", "&&", ";", ">", "<", "#"}


def options_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words call, and what follows it."""
    command: click.Command = main
    while words and isinstance(command, click.Group):
        assert words[0] in command.commands, f"no command {words[0]!r}"
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_every_command_on_a_page_exists_with_its_options(page):
    for line in COMMAND.findall(page.read_text(encoding="utf-8")):
        words = re.split(r"\s#\s", line)[0].split()
        end = next((i for i, word in enumerate(words) if word in END), len(words))
        command, rest = options_of(words[1:end])
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
        for word in rest:
            if word.startswith("--"):
                assert word.split("=")[0].strip("[]") in known, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_every_import_on_a_page_works(page):
    for module, names in IMPORT.findall(page.read_text(encoding="utf-8")):
        for name in names.split(", "):
            found = hasattr(import_module(module), name)
            assert found or import_module(f"{module}.{name}"), f"{page.name}: {module}.{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_no_page_needs_what_lies_outside_the_repository(page):
    text = page.read_text(encoding="utf-8")
    assert "/work/" not in text
    for path in re.findall(r"`((?:coastwatch|tests|bench|zones|notebooks)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), f"{page.name}: {path}"

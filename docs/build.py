"""Writes the pages that follow from the code: `make docs`. A test holds them to it."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from coastwatch.cli import main
from coastwatch.watch.rules import RULES

HERE = Path(__file__).parent
MARKS = ("<!-- rules, written by `make docs` -->", "<!-- end of rules -->")
HEAD = """# Command line

Written by `make docs` from the commands themselves.

Exit status: 0 when done, 1 when the work failed, 2 for wrong usage or configuration. Errors are
one line on standard error; `coastwatch --debug COMMAND ...` shows the traceback. Long work shows a
progress bar on a terminal and none in a pipe.
"""


def cli_page() -> str:
    """docs/cli.md: the help of every command."""
    parts = [HEAD]
    for path, command in commands(main, ("coastwatch",)):
        context = click.Context(
            command, info_name=" ".join(path), terminal_width=96, **main.context_settings
        )
        text = command.get_help(context).replace("\n\n\n", "\n\n")
        block = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
        parts.append(f"## {' '.join(path)}\n\n{block}\n")
    return "\n".join(parts)


def rules_table() -> str:
    """Every rule of the watch with its parameters, for docs/alerts.md."""
    rows = [
        "| rule | priority | where | an hour | parameters | source |",
        "|---|---|---|---|---|---|",
    ]
    for name, rule in sorted(RULES.items()):
        values = [(f.name, getattr(rule.parameters(), f.name)) for f in fields(rule.parameters)]
        told = ", ".join(f"`{key}` {_told(value)}" for key, value in values) or "none"
        where = {"zone": "zones that list it", "site": "everywhere"}[rule.scope]
        where += "" if rule.on else ", off unless switched on"
        rows.append(
            f"| `{name}` | {rule.priority} | {where} | {rule.per_hour} | {told} | {rule.source} |"
        )
    return "\n".join(rows)


def alerts_page(page: str) -> str:
    """docs/alerts.md with the table of rules as they are now."""
    before, _, rest = page.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n{rules_table()}\n{MARKS[1]}{after}"


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_told, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below ``command``, with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from commands(child, (*path, name))


if __name__ == "__main__":
    (HERE / "cli.md").write_text(cli_page(), encoding="utf-8")
    asterix = runpy.run_path(str(HERE / "asterix_page.py"))
    (HERE / "asterix.md").write_text(asterix["asterix_page"](), encoding="utf-8")
    page = (HERE / "alerts.md").read_text(encoding="utf-8")
    (HERE / "alerts.md").write_text(alerts_page(page), encoding="utf-8")
    click.echo("docs/cli.md, docs/asterix.md, docs/alerts.md")

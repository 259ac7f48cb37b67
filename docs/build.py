"""Writes the pages that follow from the code: `make docs`. A test holds them to it."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import click

from coastwatch.cli import main

HERE = Path(__file__).parent
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
    click.echo("docs/cli.md, docs/asterix.md")

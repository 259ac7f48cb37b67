"""What the commands share: kinds of arguments, the example in their help, a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=True, path_type=Path)
FILE = click.Path(path_type=Path, allow_dash=True)


EXPLAIN = click.option(
    "--explain",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="ID",
    help="Write the life of the track with this number; may be given several times.",
)


def example(text: str) -> Callable[[Any], Any]:
    """Close a command's help with an example that can be typed as it stands."""

    def add(function: Any) -> Any:
        function.__doc__ = f"{function.__doc__}\n\n    Example:  {text}\n"
        return function

    return add


class Bar:
    """A progress bar on a terminal, nothing in a pipe."""

    def __init__(self, label: str, length: int = 1000) -> None:
        self._bar = click.progressbar(
            length=max(length, 1), label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
        )
        self._length = max(length, 1)
        self._done = 0

    def __enter__(self) -> Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bar.__exit__(*error)

    def step(self, fraction: float, text: str = "") -> None:
        if text:
            self._bar.label = text
        self.bytes(int(fraction * self._length))

    def bytes(self, done: int) -> None:
        if done > self._done:
            self._bar.update(min(done, self._length) - self._done)
            self._done = min(done, self._length)

    def at(self, done: int, time_s: float) -> None:
        self._bar.label = clock(time_s) if abs(time_s) < 1e11 else "reading"
        self.bytes(done)


def size_of(paths: Any) -> int:
    """Bytes of the files among these paths."""
    return sum(p.stat().st_size for p in paths if str(p) != "-" and p.is_file())


def clock(time_s: float) -> str:
    """The UTC time of day."""
    return f"{datetime.fromtimestamp(time_s, UTC):%H:%M:%SZ}"

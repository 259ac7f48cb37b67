"""The how-to pages hold: each is followed to the letter, in an empty folder, without a network."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Language, title and text of each fenced block: files have a title, what is run is `sh`."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def with_command(folder: Path) -> dict[str, str]:
    """An environment in which `coastwatch` is that of this checkout."""
    script = folder / "bin" / "coastwatch"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m coastwatch "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_can_be_followed_as_it_stands(page, tmp_path):
    environment, work = with_command(tmp_path), tmp_path / "work"
    work.mkdir()
    for language, title, text in blocks(page):
        if title:
            (work / title).parent.mkdir(parents=True, exist_ok=True)
            (work / title).write_text(text, encoding="utf-8")
        elif language == "sh":
            done = subprocess.run(
                ["sh", "-eu", "-c", text], cwd=work, env=environment, timeout=300,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


def test_most_pages_show_commands_that_are_run():
    run = {page.stem for page in PAGES if any(kind == "sh" for kind, _, _ in blocks(page))}
    assert {page.stem for page in PAGES} - run <= {"index"}

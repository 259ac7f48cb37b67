"""What `import coastwatch` offers: complete, documented, seen by editors, and quiet to import."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import coastwatch

ROOT = Path(__file__).resolve().parents[1]
SOURCE = (ROOT / "coastwatch/__init__.py").read_text(encoding="utf-8")
TABLE = SOURCE.split('"""')[1]
PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
# They turn numbers into text and have nothing to refuse.
CANNOT_FAIL = {"format_registrations", "format_scores"}
CLASSES = {n for n in coastwatch.__all__ if inspect.isclass(getattr(coastwatch, n))}


@pytest.mark.parametrize("name", coastwatch.__all__)
def test_a_public_name_is_documented_where_it_stands_and_on_the_page(name):
    thing = getattr(coastwatch, name)
    said = inspect.getdoc(thing) or ""
    assert said, f"{name} has no docstring"
    assert f"\n::: coastwatch.{name}\n" in PAGE, f"docs/api.md lacks {name}"
    assert f"`{name}`" in SOURCE.split('"""')[1], (
        f"the table of coastwatch/__init__.py lacks {name}"
    )
    if name not in CLASSES | CANNOT_FAIL:
        assert re.search(r"\bRaises\b", said), f"{name} does not say what it raises"
        assert len(said) > 150, f"{name} says too little: shapes, units, errors, source"


def test_the_page_names_nothing_that_is_not_offered():
    assert sorted(re.findall(r"^::: coastwatch\.(\w+)$", PAGE, re.M)) == sorted(coastwatch.__all__)


def test_editors_and_mypy_see_the_names_that_are_loaded_later():
    block = next(n for n in ast.parse(SOURCE).body if isinstance(n, ast.If))
    seen = {
        alias.asname or alias.name: f"{line.module}.{alias.name}".removeprefix("coastwatch.")
        for line in block.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }
    later = {
        name: ".".join((where.partition(":")[0], where.partition(":")[2] or name))
        for name, where in coastwatch._PUBLIC.items()
    }
    assert seen == later
    assert sorted(seen) == coastwatch.__all__ == dir(coastwatch)
    assert (ROOT / "coastwatch/py.typed").is_file()


def test_importing_reads_nothing_and_loads_no_room():
    code = """
import sys
def told(event, args):
    if event == "open" and "coastwatch" in str(args[0]) and ".py" not in str(args[0]):
        raise SystemExit(f"read {args[0]}")
    if event.startswith(("socket.", "subprocess.")):
        raise SystemExit(event)
sys.addaudithook(told)
import coastwatch
rooms = [name for name in sys.modules if name.startswith("coastwatch.") or name == "numpy"]
raise SystemExit(f"loaded {rooms}" if rooms else 0)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'tracks_of_everything'"):
        coastwatch.tracks_of_everything  # noqa: B018

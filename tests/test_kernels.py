"""Kernels are compiled once, and again when anything that they were made of has changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coastwatch import kernels

CALLED = """
from numba import njit
CONSTANT = {constant}

@njit()
def called(x):
    return x + CONSTANT
"""
ENTRY = """
from pathlib import Path
from numba import njit
from coastwatch.kernels import sources
from room.called import called

def _entry(version):
    @njit(cache=True)
    def take(x):
        return called(x) if version else x
    return take

take = _entry(sources(Path(__file__).parent))
"""
RUN = "from room.entry import take; print(take(1), sum(take.stats.cache_hits.values()))"


def test_the_number_of_a_room_is_another_after_any_change_to_any_file(tmp_path):
    (tmp_path / "deep").mkdir()
    files = [tmp_path / "a.py", tmp_path / "b.py", tmp_path / "deep" / "c.py"]
    for path in files:
        path.write_text("x = 1\n")
    seen = {kernels.sources(tmp_path)}
    assert kernels.sources(tmp_path) in seen
    for path in files:
        path.write_text("x = 2\n")
        seen.add(kernels.sources(tmp_path))
    (tmp_path / "notes.txt").write_text("no source")
    seen.add(kernels.sources(tmp_path))
    assert len(seen) == 4


def test_the_number_fits_a_kernel_and_is_never_nought():
    """Nought would switch every kernel off: they do nothing without a version."""
    assert 0 < kernels.sources(Path(kernels.__file__).parent) < 2**63


@pytest.fixture
def run(tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    (room / "__init__.py").touch()
    (room / "entry.py").write_text(ENTRY)

    def answer(constant: int) -> str:
        (room / "called.py").write_text(CALLED.format(constant=constant))
        env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"),
               "PYTHONPATH": os.pathsep.join([str(tmp_path), os.getcwd()]),
               "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        done = subprocess.run([sys.executable, "-c", RUN], env=env, capture_output=True, check=True)
        return done.stdout.decode().strip()

    return answer


def test_a_cached_kernel_is_taken_again_and_made_anew_when_what_it_calls_has_changed(run):
    assert run(5) == "6 0"
    assert run(5) == "6 1"
    assert run(7) == "8 0"

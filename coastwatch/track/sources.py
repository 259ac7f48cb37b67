"""What a cached kernel depends on."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sources() -> int:
    """A number that changes with any source of this room.

    Numba looks for a cached kernel by its own file, not by the files of what it calls and whose
    constants it holds. A kernel that closes over this number is made anew when any has changed.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:7])

"""Where the shared real data lies, beside the checkout; tests that need it carry both marks."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"no real data at {SHARED}; see docs/tests.md"
)

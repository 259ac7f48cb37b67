"""The littoral picture of a run as one self-contained page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from coastwatch.maps.contents import island
from coastwatch.maps.page import page
from coastwatch.model import InputError

if TYPE_CHECKING:
    from coastwatch.store.run import Run

__all__ = ["draw_picture"]


def draw_picture(run: Run, out: Path) -> None:
    """Write the picture of a run to ``out``: one HTML file that asks the network for nothing.

    Raises InputError when ``out`` cannot be written. An earlier file stays whole until then.
    """
    text = page(island(run))
    part = out.with_name(out.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, out)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror}); give --out a path that can"
        ) from error

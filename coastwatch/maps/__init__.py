"""The littoral picture of a run as one self-contained page."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coastwatch.maps.choice import Choice
from coastwatch.maps.contents import island
from coastwatch.maps.page import page
from coastwatch.maps.tiles import Tiles
from coastwatch.model import InputError
from coastwatch.store.out_files import check_out

if TYPE_CHECKING:
    from coastwatch.store.run import Run

__all__ = ["draw_picture"]


def draw_picture(
    run: Run,
    out: Path,
    *,
    lang: str = "en",
    palette: str = "night",
    from_s: float = -math.inf,
    to_s: float = math.inf,
    charts: Sequence[Path] = (),
    tiles: str | None = None,
    tiles_credit: str = "",
) -> None:
    """Write the picture of a run to ``out``: one HTML file that asks the network for nothing,
    save for ``tiles`` where they are asked for.

    ``lang`` (en, fr) and ``palette`` (night, dusk, day) are what the page opens in. ``from_s`` and
    ``to_s`` (UTC seconds since 1970) cut the run. ``charts`` are files of the user's own.
    ``tiles`` is a template with {z}, {x} and {y}, a web address or a folder beside the page.

    Raises ConfigError for a choice that is none and for an ``out`` that is a chart or another file
    of a run, InputError for a chart that cannot be read and
    when ``out`` cannot be written. An earlier file stays whole until then.
    """
    check_out({"--out": out}, charts, run.folder)
    background = None if tiles is None else Tiles(tiles, tiles_credit)
    choice = Choice(lang, palette, from_s, to_s, tuple(charts), background)
    text = page(island(run, choice))
    # Where a link leads, so that the link stays one.
    real = Path(os.path.realpath(out))
    part = real.with_name(real.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, real)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise InputError(
            f"{out}: cannot be written ({error.strerror}); give --out a path that can"
        ) from error

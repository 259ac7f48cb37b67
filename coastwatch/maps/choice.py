"""What a user chose of a picture: language, palette, span of time, own charts, tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coastwatch.maps.notes import LANGUAGES
from coastwatch.maps.tiles import Tiles
from coastwatch.model import ConfigError

PALETTES = ("night", "dusk", "day")


@dataclass(frozen=True, slots=True)
class Choice:
    """The picture as asked for; times are UTC seconds. Raises ConfigError, naming the option."""

    lang: str = "en"
    palette: str = "night"
    from_s: float = -math.inf
    to_s: float = math.inf
    charts: Sequence[Path] = ()
    tiles: Tiles | None = None

    def __post_init__(self) -> None:
        for option, given, known in (
            ("lang", self.lang, LANGUAGES),
            ("palette", self.palette, PALETTES),
        ):
            if given not in known:
                raise ConfigError(f"--{option} {given}: give one of {', '.join(known)}")
        if not self.from_s <= self.to_s:
            raise ConfigError("--from is later than --to: change one of them")

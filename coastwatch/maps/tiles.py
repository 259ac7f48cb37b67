"""Background pictures from a server or a folder, where the user asks for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from coastwatch.maps.text import words
from coastwatch.model import ConfigError

MARKS = ("{z}", "{x}", "{y}")
SHAPE = "give http(s)://host/{z}/{x}/{y}.png, or a folder beside the page: tiles/{z}/{x}/{y}.png"
# What may stand in an address that a page's policy and a script both read.
SAFE = re.compile(r"[A-Za-z0-9._~:/?#@!$&()*+,=%{}-]+")
HOST = re.compile(r"[A-Za-z0-9.-]+")  # a page's policy can name no other: no IPv6
URL_MOST, CREDIT_MOST, ZOOM_MAX = 500, 200, 18


@dataclass(frozen=True, slots=True)
class Tiles:
    """Tiles by a template with {z}, {x} and {y} (Web Mercator, y from the north), and whose they
    are. Raises ConfigError where the template cannot be used, with the mend."""

    url: str
    credit: str = ""

    def __post_init__(self) -> None:
        missing = [mark for mark in MARKS if self.url.count(mark) != 1]
        if missing:
            raise ConfigError(f"--tiles {words(self.url, 80)}: {missing[0]} must be in it once; "
                              f"{SHAPE}")  # fmt: skip
        if len(self.url) > URL_MOST or not SAFE.fullmatch(self.url):
            raise ConfigError(f"--tiles {words(self.url, 80)}: too long, or a character that no "
                              f"address has; {SHAPE}")  # fmt: skip
        try:
            parts = urlsplit(self.url)
            named = HOST.fullmatch(parts.hostname or "") is not None
            plain = (parts.port or 443) > 0 and parts.username is None
        except ValueError:
            named, plain = False, False
        far = parts.scheme in ("http", "https") if plain else False
        near = plain and not parts.scheme and not parts.netloc and not self.url.startswith("/")
        if not (far and named) and not near:
            raise ConfigError(f"--tiles {words(self.url, 80)}: neither a web address (without a "
                              f"password in it) nor a folder; {SHAPE}")  # fmt: skip

    def document(self) -> dict[str, Any]:
        """As the page reads it."""
        return {
            "url": self.url,
            "attribution": words(self.credit, CREDIT_MOST),
            "max": ZOOM_MAX,
        }

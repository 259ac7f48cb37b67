"""Where the zone packs that come with coastwatch lie: in the checkout, or inside the wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

import coastwatch
from coastwatch.model import ConfigError

_PACKAGE = Path(coastwatch.__file__).parent


def pack_folder(name: str) -> Path:
    """The folder of a zone pack. Raises ConfigError where there is none of that name."""
    places = (_PACKAGE.parent / "zones" / name, _PACKAGE / "packs" / name)
    for place in places:
        if any(place.glob("*.geojson")):
            return place
    raise ConfigError(
        f"zone pack {name!r} is neither {places[0]} nor {places[1]}; install coastwatch again"
    )


def copy_pack(name: str, out: Path) -> None:
    """Copy a pack's GeoJSON files into the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(pack_folder(name).glob("*.geojson")):
        shutil.copyfile(file, out / file.name)

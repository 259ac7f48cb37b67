"""coastwatch: AIS and radar bytes in, vessel tracks, alerts and a map out.

What a notebook imports; each name is loaded when first asked for, so that the command line
starts at once.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "decode_file": "decoding",
    "read_ais": "decoding",
    "read_asterix": "decoding",
    "track_files": "runner",
    "replay": "runner",
    "watch_live": "runner",
    "read_run": "store.run",
    "draw_picture": "maps",
    "write_report": "reports",
    "export": "exports",
    "track_lines": "store.frames",
    "load_site": "site",
    "register_radars": "registering",
    "load_zones": "watch.zones",
    "check_zones": "watch.zones",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'coastwatch' has no attribute {name!r}")
    return getattr(import_module(f"coastwatch.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__

"""coastwatch: AIS and radar bytes in, vessel tracks, alerts and a map out.

What a notebook imports. Each name is loaded when first asked for, so that the command line starts
at once; importing ``coastwatch`` itself reads no file and starts nothing.

| to | use |
|---|---|
| read bytes | `decode_file`, `read_ais`, `read_asterix` |
| describe a place | `load_site`, `load_zones`, `check_zones` |
| mend a radar's biases | `register_radars`, `format_registrations` |
| track and watch | `track_files`, `replay`, `watch_live` |
| read a run | `read_run`, `track_lines`, `list_alerts` |
| show it | `draw_picture`, `sea_axes` |
| hand it on | `export` |
| keep and ask weeks | `keep_run`, `open_history`, `History`, `density`, `prune`, `Policy` |
| report a week | `write_report`, `iso_week` |
| exercise and judge | `simulate_exercise`, `score_tracks`, `format_scores`, `gospa`, `ospa` |
| add a rule | `add_rule`, `RuleFile`, `Scene`, `Lasting` |
| catch errors | `InputError` (the work failed), `ConfigError` (it was asked for wrongly) |

Paths are `pathlib.Path`. Times are UTC, as numbers seconds since 1970. Longitude comes before
latitude, in degrees of WGS 84. Angles are radians clockwise from true north, lengths metres, speeds
metres a second, unless a name ends in another unit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coastwatch.alerting import list_alerts
    from coastwatch.decoding import decode_file, read_ais, read_asterix
    from coastwatch.exports import export
    from coastwatch.maps import draw_picture
    from coastwatch.maps.axes import sea_axes
    from coastwatch.model import ConfigError, InputError
    from coastwatch.registering import format_registrations, register_radars
    from coastwatch.reporting import report as write_report
    from coastwatch.reports.span import week as iso_week
    from coastwatch.runner import replay, track_files, watch_live
    from coastwatch.score import format_scores, gospa, ospa
    from coastwatch.score import score as score_tracks
    from coastwatch.simulate import simulate as simulate_exercise
    from coastwatch.site import load as load_site
    from coastwatch.store.frames import density, track_lines
    from coastwatch.store.history import History, open_history
    from coastwatch.store.keep import keep_run
    from coastwatch.store.prune import Policy, prune
    from coastwatch.store.run import read_run
    from coastwatch.watch.lasting import Lasting
    from coastwatch.watch.rule import RuleFile
    from coastwatch.watch.rules import add_rule
    from coastwatch.watch.scene import Scene
    from coastwatch.watch.zones import check_zones, load_zones

# Where each name stands; after a colon what it is called there. `score` and `simulate` are rooms.
_PUBLIC = {
    "ConfigError": "model",
    "History": "store.history",
    "InputError": "model",
    "Lasting": "watch.lasting",
    "Policy": "store.prune",
    "RuleFile": "watch.rule",
    "Scene": "watch.scene",
    "add_rule": "watch.rules",
    "check_zones": "watch.zones",
    "decode_file": "decoding",
    "density": "store.frames",
    "draw_picture": "maps",
    "export": "exports",
    "format_registrations": "registering",
    "format_scores": "score",
    "gospa": "score",
    "iso_week": "reports.span:week",
    "keep_run": "store.keep",
    "list_alerts": "alerting",
    "load_site": "site:load",
    "load_zones": "watch.zones",
    "open_history": "store.history",
    "ospa": "score",
    "prune": "store.prune",
    "read_ais": "decoding",
    "read_asterix": "decoding",
    "read_run": "store.run",
    "register_radars": "registering",
    "replay": "runner",
    "score_tracks": "score:score",
    "sea_axes": "maps.axes",
    "simulate_exercise": "simulate:simulate",
    "track_files": "runner",
    "track_lines": "store.frames",
    "watch_live": "runner",
    "write_report": "reporting:report",
}

__all__ = [
    "ConfigError",
    "History",
    "InputError",
    "Lasting",
    "Policy",
    "RuleFile",
    "Scene",
    "add_rule",
    "check_zones",
    "decode_file",
    "density",
    "draw_picture",
    "export",
    "format_registrations",
    "format_scores",
    "gospa",
    "iso_week",
    "keep_run",
    "list_alerts",
    "load_site",
    "load_zones",
    "open_history",
    "ospa",
    "prune",
    "read_ais",
    "read_asterix",
    "read_run",
    "register_radars",
    "replay",
    "score_tracks",
    "sea_axes",
    "simulate_exercise",
    "track_files",
    "track_lines",
    "watch_live",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'coastwatch' has no attribute {name!r}")
    module, _, own = _PUBLIC[name].partition(":")
    return getattr(import_module(f"coastwatch.{module}"), own or name)


def __dir__() -> list[str]:
    return __all__

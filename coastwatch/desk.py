"""What people do while a watch runs, made datagrams: acts about alerts, edits of zones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from coastwatch.inbox import pack_zones
from coastwatch.model import ConfigError, Datagram, Zone
from coastwatch.store.acts import DESK, pack_act
from coastwatch.store.alerts import AlertLog
from coastwatch.watch.zones import load_zones, zones_to_geojson

POLL_S = 1.0


class Desk:
    """The people's side of a live watch: ``poll`` gives what they did since, as datagrams."""

    def __init__(self, zones: Sequence[Path], log: AlertLog, report: Callable[[str], None]) -> None:
        self._zones, self._log, self._report = zones, log, report
        self._seen: object = None
        self._polled_s = -POLL_S

    def poll(self, row: int, in_force: Sequence[Zone], last: bool = False) -> list[Datagram]:
        """New acts, and the zones where their files were changed, at most once a second, and at
        the ``last`` time.

        ``row`` is that of the last act which the engine took from the queue.

        A pack with a fault is said and left: the zones in force stay.
        """
        now_s = time.monotonic()
        if now_s - self._polled_s < POLL_S and not last:
            return []
        self._polled_s = now_s
        waiting = self._log.waiting_acts(row)
        acts = [Datagram(time.time_ns(), DESK, pack_act(act, at)) for at, act in waiting]
        return [*acts, *self._edits(in_force)]

    def _edits(self, in_force: Sequence[Zone]) -> list[Datagram]:
        stamps = [_stamp(path) for path in self._zones]
        if stamps == self._seen:
            return []
        self._seen = stamps
        try:
            zones = load_zones(self._zones)
        except (ConfigError, OSError) as error:
            self._report(f"the zones stay as they are: {error}")
            return []
        document = zones_to_geojson(zones)
        if document == zones_to_geojson(in_force):
            return []
        self._report(f"zones edited: {len(zones)} are in force from the next picture on")
        return pack_zones(document, time.time_ns())


def _stamp(path: Path) -> object:
    """What changes when a file, or a file of a folder, does."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files]
    except OSError:
        return None

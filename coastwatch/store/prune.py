"""Retention by policy: what is too old goes, its counts stay, and a tombstone says so.

Each removal goes in this order, so that a kill in between is finished by the next prune: the
aggregates, the tombstone, the thing itself. docs/history.md has the policy and the law behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from coastwatch.model import ConfigError, InputError
from coastwatch.store.aggregates import FOLDER as AGGREGATES
from coastwatch.store.alerts import shrink
from coastwatch.store.history import open_history
from coastwatch.store.history_log import LOG, HistoryLog
from coastwatch.store.journal import JOURNAL, StillWritten, is_written
from coastwatch.store.keep import locked
from coastwatch.store.tombstones import bury

UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Policy:
    """How long plots and positions of tracks are kept, as of ``now`` (UTC)."""

    plots: timedelta
    tracks: timedelta
    now: datetime

    @property
    def text(self) -> str:
        return f"plots {_said(self.plots)}, tracks {_said(self.tracks)}"

    @property
    def plots_before(self) -> datetime:
        return self.now - self.plots

    @property
    def tracks_before(self) -> datetime:
        """The midnight before which positions are not kept any more: whole UTC days go."""
        old = (self.now - self.tracks).astimezone(UTC)
        return old.replace(hour=0, minute=0, second=0, microsecond=0)

    def is_old(self, day: date) -> bool:
        """Whether a whole UTC day lies before what of tracks is kept."""
        return day < self.tracks_before.date()


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that goes: what its tombstone says, and how it is done.

    ``first`` is carried out before the tombstone is written, ``act`` after it.
    """

    what: str  # plots, positions, crossings, names, pictures
    file: str
    begin: datetime | None
    end: datetime | None
    rows: int | None
    size: int  # bytes of the file as it was
    sha256: str  # of the file as it was, or of the rows of a database that go
    act: Callable[[], None]
    first: Callable[[], None] = lambda: None

    @property
    def text(self) -> str:
        """In one line, what goes."""
        parts = [f"{self.what}: {self.file}"]
        if self.rows is not None:
            parts.append(f"{self.rows:,} rows")
        if self.begin and self.end:
            parts.append(f"{self.begin:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC")
        return ", ".join(parts)


def duration(text: str) -> timedelta:
    """A time to keep something: "72h", "30d", "2w". Raises ConfigError."""
    told = re.fullmatch(r"(\d{1,4}|\d{5,6}(?=h))([hdw])", text.strip())
    if not told:
        raise ConfigError(f"{text!r} is no time to keep something; write it as 72h, 30d or 2w")
    return timedelta(**{UNITS[told[2]]: int(told[1])})


def prune(
    folder: Path,
    policy: Policy,
    by: str,
    dry_run: bool = False,
    report: Callable[[Removal], None] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Removal]:
    """Remove what the policy does not keep from a run's folder or a history; what went.

    ``by`` is the program or the person that tombstones name, ``clock`` tells when they do it,
    whatever time the policy goes by. ``report`` is told of each removal once it is done; a dry run
    tells the very same ones. Raises StillWritten where a run is being written, InputError where the
    folder is neither, or where the disk is full; then what was removed so far has its tombstone.
    """
    from coastwatch.store.prune_history import history_removals
    from coastwatch.store.prune_run import run_removals

    kept = (folder / LOG).is_file()
    if not kept:
        _refuse_living(folder)
        if not dry_run:
            _clean(folder)
    done = []
    with locked(folder) if kept else _own_lock(folder):
        with open_history(folder) as history:
            for removal in (history_removals if kept else run_removals)(history, policy):
                if not dry_run:
                    removal.first()
                    bury(folder, _stone(removal, policy, by, clock()))
                    removal.act()
                done.append(removal)
                if report:
                    report(removal)
        if kept:
            HistoryLog(folder, write=True).close()  # once no reader holds it, as one file
    return done


def coarse(row: dict[str, Any]) -> dict[str, Any]:
    """A crossing as it is kept without its track: zone, way and hour."""
    gone = dict.fromkeys(("track", "mmsi", "lon", "lat"))
    return row | gone | {"time": row["time"][:13] + ":00:00.000Z"}


def is_coarse(row: dict[str, Any]) -> bool:
    return row.get("track") is None and row.get("lon") is None


def _refuse_living(folder: Path) -> None:
    if is_written(folder / JOURNAL):
        raise StillWritten(f"{folder}: a run is being written here; prune it when it is over")
    if (folder / "site.toml").is_file() and not (folder / "summary.json").is_file():
        raise InputError(
            f"{folder}: the run is not over; `coastwatch watch` with the same --out goes on with "
            "it and ends it, then prune"
        )


@contextmanager
def _own_lock(folder: Path) -> Iterator[None]:
    """A run's folder has the journal's lock; two prunes of one that is over do the same thing."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give a run's folder or a history")
    yield


def _clean(folder: Path) -> None:
    """Take away what a prune that was killed left half written: it may hold what had to go."""
    for path in [*folder.glob(".*.new"), *(folder / AGGREGATES).glob(".*.new")]:
        path.unlink(missing_ok=True)
    log = folder / "alerts.sqlite"
    if log.is_file() and any(
        log.with_name(log.name + end).exists() for end in ("-wal", "-journal")
    ):
        shrink(log)


def _stone(removal: Removal, policy: Policy, by: str, time: datetime) -> dict[str, Any]:
    return {
        "time": _iso(time), "as_of": _iso(policy.now), "what": removal.what, "file": removal.file,
        "from": _iso(removal.begin), "to": _iso(removal.end), "rows": removal.rows,
        "bytes": removal.size, "policy": policy.text, "by": by, "sha256": removal.sha256,
    }  # fmt: skip


def _iso(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    return f"{hours // 24}d" if hours % 24 == 0 and hours > 72 else f"{hours}h"

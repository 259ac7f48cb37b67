"""One run from its first datagram to its last; and on again, after a kill, as if without it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from coastwatch.decoding import Progress
from coastwatch.desk import Desk
from coastwatch.engine import Engine, Picture
from coastwatch.feeds import Live
from coastwatch.model import Alert, AlertEvent, Datagram, InputError
from coastwatch.snapshot import freeze, thaw
from coastwatch.store.alerts import AlertLog
from coastwatch.store.journal import JOURNAL, Journal, read_journal
from coastwatch.store.run import RunWriter, WriterState
from coastwatch.store.tracks import parts_missing
from coastwatch.watch.zones import zones_to_geojson

COMMIT_S = 0.1  # group commit: nothing waits longer than this to be on disk
VESSELS_EVERY = 50  # pictures
SNAPSHOT_S = 60.0  # of event time

Groups = Iterable[Sequence[Datagram]]


@dataclass
class Course:
    """What a run goes by: an engine, a folder, and where in the journal it stands.

    ``keep``: the run keeps a journal. ``lasting``: nothing is taken before it is on disk, and
    snapshots are kept, from which ``resume`` goes on. ``live``: its feeds, where there are any.
    ``frames`` counts the journal's datagrams that the engine has taken.
    """

    engine: Engine
    out: Path
    notes: list[str]
    keep: bool = True
    lasting: bool = False
    live: Live | None = None
    on_alert: Callable[[Alert], None] | None = None
    on_event: Callable[[AlertEvent], None] | None = None
    progress: Progress | None = None
    frames: int = 0
    written: WriterState | None = None
    log: AlertLog = field(init=False)
    _snapshot_s: float | None = None

    def __post_init__(self) -> None:
        self.log = AlertLog(self.out)

    def resume(self) -> None:
        """Go on from the last snapshot, if it is of this program."""
        found = self.log.resume()
        if found is None:
            return
        frames, data = found
        try:
            engine, written = thaw(data)
            if parts_missing(self.out, written.parts):
                raise InputError("its tracks are not there any more")
        except InputError as error:
            self.notes.append(f"the journal is played from its start: {error}")
            return
        self.engine, self.written, self.frames = engine, written, frames
        self._snapshot_s = engine.counts.last_s

    def earlier(self) -> Groups:
        """What the journal holds beyond the point where the run stands."""
        path = self.out / JOURNAL
        if not path.exists():
            return
        for datagram in islice(read_journal(path, self.notes.append), self.frames, None):
            yield [datagram]

    def run(self, groups: Groups, earlier: Groups = ()) -> dict[str, Any]:
        """Journal each group, then take it; ``earlier`` is journalled already. The summary."""
        started = time.monotonic()
        journal = Journal(self.out / JOURNAL) if self.keep else None
        if journal and journal.recovered:
            self.notes.append(journal.recovered)
        with RunWriter(self.out, self.engine.plane, self.log, self.written) as writer:
            taken = 0
            for group in _journalled(journal, groups, earlier, at_once=self.lasting):
                taken += self._take(group, writer)
                if self.progress:
                    self.progress(taken, self.engine.counts.last_s)
            self._write(self.engine.finish(), writer)
            writer.write_vessels(self.engine.take_vessels())
            writer.write_rejects(self.engine.take_rejects())
            summary = self._summary(writer, time.monotonic() - started)
        if journal:
            journal.close()
        return summary

    def _take(self, group: Sequence[Datagram], writer: RunWriter) -> int:
        size = 0
        for datagram in group:
            self.frames += 1
            size += len(datagram.data)
            edits = self.engine.desk.edits
            self._write(self.engine.take(datagram), writer)
            if self.engine.desk.edits > edits:
                writer.write_zones(zones_to_geojson(self.engine.watch.zones))
            if self.lasting and self._is_due(self.engine.counts.last_s):
                self._keep_state(writer)
        return size

    def _keep_state(self, writer: RunWriter) -> None:
        try:
            state = freeze((self.engine, writer.checkpoint()))
        except InputError as error:
            note = f"{error}: after a kill the journal is played from its start"
            if note not in self.notes:
                self.notes.append(note)
        else:
            writer.write_alerts([], [], self.frames, state)

    def _is_due(self, time_s: float) -> bool:
        """Whether to keep a snapshot: by event time, so that a run which was killed cuts its files
        at the same places."""
        if self._snapshot_s is None and math.isfinite(time_s):
            self._snapshot_s = time_s
        if self._snapshot_s is None or time_s < self._snapshot_s + SNAPSHOT_S:
            return False
        self._snapshot_s = time_s
        return True

    def _write(self, pictures: Iterator[Picture], writer: RunWriter) -> None:
        for picture in pictures:
            writer.write_tracks(picture.tracks)
            writer.write_alerts(picture.alerts, picture.events, self.frames)
            writer.write_crossings(picture.crossings)
            if self.on_alert:
                for alert in picture.alerts:
                    self.on_alert(alert)
            if self.on_event:
                for event in picture.events:
                    self.on_event(event)
            if self.engine.counts.pictures % VESSELS_EVERY == 0:
                writer.write_vessels(self.engine.take_vessels())
                writer.write_rejects(self.engine.take_rejects())

    def _summary(self, writer: RunWriter, wall_s: float) -> dict[str, Any]:
        engine = self.engine
        summary = engine.summary() | {"journal": {"frames": self.frames}, "notes": self.notes}
        summary["desk"] = {"zones_edited": engine.desk.edits, "refused": engine.desk.refused}
        if self.live:
            summary["live"] = self.live.counts()
        summary["tracks"]["rows"] = writer.rows
        summary["wall_s"] = round(wall_s, 3)
        if (lives := engine.tracker.lives).ids:
            from coastwatch.explain import write_lives

            summary["explained"] = write_lives(lives, engine.site, engine.plane, self.out)
        writer.write_coverage(engine.coverage())
        writer.write_summary(summary)
        return summary


def with_desk(groups: Groups, desk: Desk, course: Course) -> Groups:
    """The groups, and among them what people did meanwhile."""
    for group in groups:
        yield group
        acted = desk.poll(course.engine.desk.row, course.engine.watch.zones)
        if acted:
            yield acted
    acted = desk.poll(course.engine.desk.row, course.engine.watch.zones, last=True)
    if acted:
        yield acted


def _journalled(
    journal: Journal | None, groups: Groups, earlier: Groups, at_once: bool
) -> Iterator[Sequence[Datagram]]:
    """Each group, once it is on disk. What a socket gave is committed ``at_once``, before it is
    decoded; files are on disk already, and their copy may follow within COMMIT_S."""
    yield from earlier
    committed = time.monotonic()
    for group in groups:
        if journal:
            journal.append(group)
            now = time.monotonic()
            if at_once or now - committed >= COMMIT_S:
                journal.commit()
                committed = now
        yield group
    if journal:
        journal.commit()

"""Runners: the same engine fed from files, from live feeds or from a journal."""

from __future__ import annotations

import json
import signal
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w

from coastwatch.decoding import Progress, datagrams_of
from coastwatch.desk import Desk
from coastwatch.engine import Engine
from coastwatch.feeds import Live
from coastwatch.model import Alert, AlertEvent, ConfigError, Datagram, InputError
from coastwatch.order import merge
from coastwatch.running import COMMIT_S, Course, with_desk
from coastwatch.site import Feed, Site, load
from coastwatch.store.journal import JOURNAL, read_journal
from coastwatch.store.run import prepare_folder
from coastwatch.store.tombstones import gone
from coastwatch.watch.zones import load_zones, zones_to_geojson

TICK_S = 1.0  # in silence, time still passes for the tracks


def track_files(
    site_path: Path,
    inputs: Sequence[Path],
    out: Path,
    date: str | None = None,
    progress: Progress | None = None,
    explain: Collection[int] = (),
) -> dict[str, Any]:
    """Batch: files in, picture and alerts out; returns the summary that it wrote.

    An input that is one of the site's file feeds is read as that feed; another is recognised
    from its content. The lives of the tracks ``explain`` are written, too. Raises ConfigError and
    InputError.
    """
    site = load(site_path)
    for path in inputs:
        if str(path) != "-" and not path.is_file():
            raise InputError(f"{path}: no such file; give the recorded feeds to be tracked")
    feeds = {f.id: (f, path) for f, path in feeds_of(site, inputs, date)}
    site = replace(site, feeds=tuple(f for f, _ in feeds.values()))
    prepare_folder(out)
    notes: list[str] = []
    engine = _engine(site, out, explain)
    sources = {
        name: _guarded(engine, name, datagrams_of(path, name, notes))
        for name, (_, path) in feeds.items()
    }
    datagrams = merge(sources, engine.order.position_s)
    return Course(engine, out, notes, progress=progress).run([d] for d in datagrams)


def replay(
    source: Path,
    out: Path,
    speed: float | None = None,
    progress: Progress | None = None,
    explain: Collection[int] = (),
) -> dict[str, Any]:
    """The same again from a journal, as fast as it goes or ``speed`` times as fast as it came."""
    folder = source if source.is_dir() else source.parent
    journal = source / JOURNAL if source.is_dir() else source
    removed = gone(folder, "plots")
    if not journal.exists():
        raise InputError(
            removed or f"{journal}: no journal there; give a run's folder or its journal"
        )
    candidates = (folder / "site.toml", folder.parent / "site.toml")
    site_path = next((p for p in candidates if p.is_file()), None)
    if site_path is None:
        raise InputError(f"{folder}: no site.toml beside the journal; give the run's own folder")
    if out.resolve() == folder.resolve() or out.resolve() == site_path.parent.resolve():
        raise ConfigError(f"{out}: a replay must not overwrite its source; give another --out")
    site = load(site_path)
    prepare_folder(out)
    notes = [removed] if removed else []
    datagrams: Iterable[Datagram] = read_journal(journal, notes.append)
    if speed:
        datagrams = _paced(datagrams, speed)
    engine = _engine(site, out, explain)
    return Course(engine, out, notes, keep=False, progress=progress).run([d] for d in datagrams)


def watch_live(
    site_path: Path,
    out: Path,
    stop: threading.Event,
    on_alert: Callable[[Alert], None],
    on_notice: Callable[[str], None],
    on_event: Callable[[AlertEvent], None] | None = None,
) -> dict[str, Any]:
    """Live: the site's feeds until ``stop`` is set or all have ended; returns the summary.

    A folder that holds an interrupted run is continued: from its last snapshot, with what the
    journal holds beyond it. Acts about alerts and edits of the zones' files are taken up.
    """
    site = load(site_path)
    if not site.feeds:
        raise ConfigError(f"{site_path}: no [[feed]] in it; a live watch needs at least one")
    _refuse_changed(site, out)
    prepare_folder(out, keep_journal=True)
    notes: list[str] = []
    live = Live(site.feeds, site.base, report=on_notice)
    engine = _engine(site, out, go_on=True)
    course = Course(
        engine, out, notes, lasting=True, live=live, on_alert=on_alert, on_event=on_event
    )
    course.resume()
    desk = Desk(site.zones, course.log, on_notice)
    live.start()
    on_notice(f"watching; the run is kept in {out}; Ctrl-C ends it")
    try:
        return course.run(with_desk(_drained(live, stop), desk, course), course.earlier())
    finally:
        live.stop()


def stop_on_signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set; a second one ends the process at once."""
    stop = threading.Event()

    def ask(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop


def _drained(live: Live, stop: threading.Event) -> Iterator[list[Datagram]]:
    """What the feeds gave, group by group; in silence a tick, so that tracks still coast.

    Ends when every feed has, or, once ``stop`` is set, when all that was received is given.
    """
    last = time.monotonic()
    stopped = False
    while True:
        if stop.is_set() and not stopped:
            live.stop()
            stopped = True
        ended = stopped or all(c["state"] == "ended" for c in live.counts().values())
        group = live.drain(0.0 if ended else COMMIT_S)
        now = time.monotonic()
        if not group and not ended and now - last >= TICK_S:
            group = [Datagram(time.time_ns(), "", b"")]
        if group:
            last = now
            yield group
        elif ended:
            return


def _guarded(engine: Engine, feed: str, datagrams: Iterator[Datagram]) -> Iterator[Datagram]:
    """A file that turns out unreadable ends its feed, not the run."""
    try:
        yield from datagrams
    except InputError as error:
        engine.refused[feed] = str(error)
        yield Datagram(0, feed, b"", end=True)


def feeds_of(site: Site, inputs: Sequence[Path], date: str | None) -> Iterator[tuple[Feed, Path]]:
    """Each input as a feed: the site's own where its file is named there, else a new one.

    A file of another folder is that feed of the site which names a file of its name, if one does.
    """
    own = {
        (site.base / feed.url.removeprefix("file:").removeprefix("//")).resolve(): feed
        for feed in site.feeds
        if feed.url.startswith("file:")
    }
    taken = {feed.id for feed in site.feeds}
    given = {path.resolve() for path in inputs}
    names = Counter(path.name for path in own if path not in given)
    named = {path.name: feed for path, feed in own.items() if names[path.name] == 1}
    for path in inputs:
        feed = own.get(path.resolve()) or named.pop(path.name, None)
        if feed is None:
            name = base = "stdin" if str(path) == "-" else path.name
            number = 1
            while name in taken:
                number += 1
                name = f"{base}-{number}"
            taken.add(name)
            feed = Feed(url=f"file:{path}", id=name)
        yield replace(feed, date=feed.date or date), path


def _engine(site: Site, out: Path, explain: Collection[int] = (), go_on: bool = False) -> Engine:
    """The engine on the run's own site.toml and zones, which it writes first.

    The run reads back what it wrote, so that a replay starts from the same numbers to the bit. A
    run that goes on begins with the zones that it began with; edits came later.
    """
    kept = out / "zones.geojson"
    zones = load_zones([kept] if go_on and kept.is_file() else site.zones)
    text = json.dumps(zones_to_geojson(zones), ensure_ascii=False)
    _put(kept, text + "\n")
    _put(out / "site.toml", _written(site))
    site = load(out / "site.toml")
    return Engine(site, load_zones(site.zones), frozenset(explain))


def _put(path: Path, text: str) -> None:
    """Write a file whole or not at all: a kill at any point leaves one that can be read."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _written(site: Site) -> str:
    """A site as a run's folder keeps it."""
    return tomli_w.dumps(site.to_document(zones=["zones.geojson"]))


def _refuse_changed(site: Site, out: Path) -> None:
    """Raise ConfigError where a run that would go on began with another site: one log, one site."""
    kept = out / "site.toml"
    if not ((out / JOURNAL).is_file() and kept.is_file()):
        return
    try:
        same = tomllib.loads(kept.read_text(encoding="utf-8")) == tomllib.loads(_written(site))
    except ValueError:
        same = True  # torn by a kill of an earlier program; it is written anew
    if not same:
        raise ConfigError(
            f"{out}: the run there began with another site.toml; give another --out, or go on with "
            f"{kept}"
        )


def _paced(datagrams: Iterable[Datagram], speed: float) -> Iterator[Datagram]:
    """Let datagrams pass at ``speed`` times the pace of their reception."""
    if not speed > 0:
        raise ConfigError(f"--speed {speed}: give a number above 0")
    first_ns, started = 0, time.monotonic()
    for datagram in datagrams:
        if datagram.received_ns:
            first_ns = first_ns or datagram.received_ns
            due = started + (datagram.received_ns - first_ns) / 1e9 / speed
            time.sleep(max(0.0, due - time.monotonic()))
        yield datagram

"""One scan of a recorded radar, gathered for a picture: its video, plots, tracks, and the AIS."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.decode.video.spokes import Spokes
from coastwatch.decoding import counted, datagrams_of
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.maps.scope import Mark, Scope, draw_scope
from coastwatch.model import Detections, Floats, InputError, Kind, Status, Tracks
from coastwatch.opening import context_of, open_feed
from coastwatch.runner import feeds_of
from coastwatch.site import Sensor, Site, load
from coastwatch.track import Tracker

SPOKES_MAX, CELLS_MAX = 65_536, 1 << 27  # of one turn
AIS_S = 180.0  # a report older than this is not drawn
SLICE_S = 1.0
NOWHERE = Sensor("radar", "radar", (0.0, 0.0), range_max_m=500_000.0, moving=True)

Progress = Callable[[int, float], None]


def show_scan(
    files: Sequence[Path],
    out: Path,
    site_path: Path | None = None,
    number: int | None = None,
    date: str | None = None,
    progress: Progress | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Scope:
    """Draw scan ``number`` (from 1; the last whole one where None) of the files' radar to ``out``.

    ``on_note`` hears what is to be said of the files: where one breaks off, radars that no site
    knows. Raises InputError where the files hold no video, or fewer scans, ConfigError for a wrong
    site.
    """
    site = load(site_path) if site_path else None
    heard = _read(files, site, number, date, progress)
    if on_note:
        for note in heard.notes:
            on_note(note)
    turn = heard.chosen(number)
    scope = _scope(heard, turn, site, files[0].name)
    draw_scope(scope, out)
    return scope


@dataclass(slots=True)
class Turn:
    """One turn of an antenna: its spokes in order, and its number from 1."""

    sensor: int
    number: int
    parts: list[Spokes] = field(default_factory=list)
    count: int = 0

    @property
    def time_s(self) -> float:
        """When it ended; NaN where no clock dates it."""
        return float(self.parts[-1].time_s[-1])


class Turns:
    """Cuts the spokes of each sensor into turns; keeps the chosen one, or else the last whole."""

    def __init__(self, number: int | None) -> None:
        self._number = number
        self._open: dict[int, tuple[Turn, float, float]] = {}
        self.kept: Turn | None = None
        self.whole = 0

    def take(self, sensor: int, spokes: Spokes) -> None:
        """Add a batch; a turn ends where the azimuth has gone once round."""
        turn, last, gone = self._open.get(sensor, (Turn(sensor, 1), math.nan, 0.0))
        first = 0
        for n, azimuth in enumerate(spokes.azimuth_rad.tolist()):
            if math.isfinite(last):
                gone += (azimuth - last + math.pi) % math.tau - math.pi
            last = azimuth
            cells = turn.count * spokes.cells.shape[1]
            if gone >= math.tau - 1e-9 or turn.count >= SPOKES_MAX or cells >= CELLS_MAX:
                _add(turn, spokes, first, n)
                self._close(turn)
                turn, first, gone = Turn(sensor, turn.number + 1), n, 0.0
            turn.count += 1
        _add(turn, spokes, first, len(spokes.azimuth_rad))
        self._open[sensor] = turn, last, gone

    def finish(self) -> None:
        """No more spokes: a turn that wants less than a hundredth is whole, too."""
        for turn, _, gone in self._open.values():
            if gone >= 0.99 * math.tau or (self.kept is None and self._number in (None, 1)):
                self._close(turn)

    def _close(self, turn: Turn) -> None:
        if turn.parts:
            self.whole = max(self.whole, turn.number)
            if self._number in (None, turn.number):
                self.kept = turn


@dataclass(slots=True)
class Heard:
    """All that the files told beside the video of other scans."""

    turns: Turns
    detections: Detections
    names: dict[int, str]
    files: Sequence[Path]
    notes: list[str]

    def chosen(self, number: int | None) -> Turn:
        """The scan to draw. Raises InputError."""
        if self.turns.kept is None and self.turns.whole:
            last = self.turns.whole
            raise InputError(f"{self._names}: there is no scan {number}; the last one is {last}")
        if self.turns.kept is None:
            why = "".join(f"; {note}" for note in self.notes)
            raise InputError(
                f"{self._names}: no radar video in it; give CAT 240 or Navico spokes{why}"
            )
        return self.turns.kept

    @property
    def _names(self) -> str:
        return ", ".join(map(str, self.files))


def _add(turn: Turn, spokes: Spokes, first: int, stop: int) -> None:
    if stop > first:
        part = slice(first, stop)
        turn.parts.append(
            Spokes(
                spokes.time_s[part], spokes.azimuth_rad[part], spokes.width_rad, spokes.range0_m,
                spokes.cell_m, spokes.bits, spokes.cells[part], spokes.lon, spokes.lat,
            )
        )  # fmt: skip


def _read(
    files: Sequence[Path],
    site: Site | None,
    number: int | None,
    date: str | None,
    progress: Progress | None,
) -> Heard:
    """Decode all files, as the site's feeds or without a site, for a radar that may be anywhere."""
    turns, found, sent = Turns(number), [], Transmissions()
    names: dict[int, str] = {}
    notes: list[str] = []
    unknown: Counter[str] = Counter()
    for path in files:
        if not path.is_file():
            raise InputError(f"{path}: no such file; give a recorded radar feed")
    anywhere = Site("", NOWHERE.position, sensors=(NOWHERE,))
    for feed, path in feeds_of(site or anywhere, files, date):
        context = replace(context_of(site or anywhere, feed, sent), on_spokes=turns.take)
        if site is None:
            context = replace(context, sensor=0, asterix=lambda sac, sic: 0, positions=[])
        decoder = open_feed(feed, context)
        for datagram in counted(datagrams_of(path, feed.id, notes), progress):
            found.append(decoder.detections(datagram))
            decoder.rejects.clear()
        names |= {v.mmsi: v.name for v in decoder.take_vessels() if v.name}
        unknown.update({what: n for what, n in decoder.counts.items() if "unknown" in what})
    turns.finish()
    notes += [f"{n:,} {what}" for what, n in unknown.items()]
    return Heard(turns, Detections.concat(found), names, files, notes)


def _scope(heard: Heard, turn: Turn, site: Site | None, title: str) -> Scope:
    """The scan as it is drawn."""
    video = _video(turn)
    sensor = (site.sensors if site else (NOWHERE,))[turn.sensor]
    where = sensor.position if site and not sensor.moving else (video.lon, video.lat)
    placed = math.isfinite(where[0])
    centre = where if placed else NOWHERE.position
    site = site or Site(title, centre, sensors=(_at(centre),))
    plane = Plane(site.origin)
    start_s, end_s = float(turn.parts[0].time_s[0]), turn.time_s
    scope = Scope(
        title=site.name if site.name != title else title,
        time_s=end_s,
        lon=where[0] if placed else math.nan,
        lat=where[1] if placed else math.nan,
        azimuth_rad=np.remainder(video.azimuth_rad - sensor.azimuth_bias_rad, math.tau),
        width_rad=video.width_rad,
        range0_m=(video.range0_m - sensor.range_bias_m) / sensor.range_scale,
        cell_m=video.cell_m / sensor.range_scale,
        bits=video.bits,
        cells=video.cells,
        range_max_m=sensor.range_max_m,
        notes=[
            f"{sensor.id}, scan {turn.number} of {heard.turns.whole}",
            f"{len(video.azimuth_rad)} spokes of {video.cells.shape[1]} cells, {video.bits} bits",
        ],
    )
    d = heard.detections.take(np.isfinite(heard.detections.time_s))
    d = place(d.take(np.argsort(d.time_s, kind="stable")), site, plane)
    mine = (d.kind == Kind.PLOT) & (d.sensor == turn.sensor)
    in_scan = mine & (d.time_s >= start_s) & (d.time_s <= end_s)
    scope.plots = [Mark(*at) for at in _places(d, in_scan, plane, placed)]
    before = d.take(d.time_s <= end_s)
    scope.ais = _reports(before, heard.names, end_s)
    tracks = _tracks(before, site, plane)
    if tracks is not None:
        scope.tracks = _track_marks(tracks, plane, placed)
    return scope


def _at(centre: tuple[float, float]) -> Sensor:
    return Sensor(NOWHERE.id, "radar", centre, range_max_m=NOWHERE.range_max_m)


def _video(turn: Turn) -> Spokes:
    """The turn in one piece; of several range scales, the one of most spokes."""
    scales: dict[tuple[float, float, int, int], list[Spokes]] = {}
    for part in turn.parts:
        key = part.range0_m, part.cell_m, part.bits, part.cells.shape[1]
        scales.setdefault(key, []).append(part)
    parts = max(scales.values(), key=lambda p: sum(len(s.time_s) for s in p))
    last = parts[-1]
    return Spokes(
        np.concatenate([p.time_s for p in parts]), np.concatenate([p.azimuth_rad for p in parts]),
        last.width_rad, last.range0_m, last.cell_m, last.bits,
        np.concatenate([p.cells for p in parts]), last.lon, last.lat,
    )  # fmt: skip


def _places(
    d: Detections, mask: np.ndarray[tuple[int], np.dtype[np.bool_]], plane: Plane, placed: bool
) -> Iterator[tuple[float, float]]:
    """Longitude and latitude; metres east and north of a radar that nobody has placed."""
    columns = (d.lon, d.lat) if placed else (d.x_m, d.y_m)
    known = mask & np.isfinite(columns[0])
    return zip(columns[0][known].tolist(), columns[1][known].tolist(), strict=True)


def _reports(d: Detections, names: dict[int, str], end_s: float) -> list[Mark]:
    """The last fresh AIS report of each vessel."""
    rows = np.flatnonzero((d.kind == Kind.REPORT) & (d.mmsi >= 0) & (d.time_s >= end_s - AIS_S))
    last = dict(zip(d.mmsi[rows].tolist(), rows.tolist(), strict=True))
    return [
        Mark(float(d.lon[i]), float(d.lat[i]), float(d.sog_mps[i]), float(d.cog_rad[i]),
             names.get(mmsi, str(mmsi)))
        for mmsi, i in last.items()
        if math.isfinite(d.lon[i])
    ]  # fmt: skip


def _tracks(d: Detections, site: Site, plane: Plane) -> Tracks | None:
    """What the tracker makes of all that was heard so far, a second at a time."""
    tracker, tracks = Tracker(site, plane), None
    slices = np.floor(d.time_s / SLICE_S).astype(np.int64)
    ks, starts = np.unique(slices, return_index=True)
    ends = [*starts[1:].tolist(), len(d)]
    for k, start, end in zip(ks.tolist(), starts.tolist(), ends, strict=True):
        tracks = tracker.step(d.take(slice(start, end)), (k + 1) * SLICE_S)
    return tracks


def _track_marks(tracks: Tracks, plane: Plane, placed: bool) -> list[Mark]:
    known = tracks.take((tracks.status == Status.CONFIRMED) | (tracks.status == Status.COASTING))
    x, y, vx, vy = known.state.T
    lon, lat = plane.to_lonlat(x, y) if placed else (x, y)
    sog, cog = _way(plane, lon, lat, vx, vy, placed)
    columns = (lon, lat, sog, cog, known.id, known.mmsi)
    return [
        Mark(at_lon, at_lat, speed, course, "" if mmsi >= 0 else f"T{number}", mmsi < 0)
        for at_lon, at_lat, speed, course, number, mmsi in zip(
            *(np.asarray(c).tolist() for c in columns), strict=True
        )
    ]


def _way(
    plane: Plane, lon: Floats, lat: Floats, vx: Floats, vy: Floats, placed: bool
) -> tuple[Floats, Floats]:
    if placed:
        return plane.course(lon, lat, vx, vy)
    return np.hypot(vx, vy), np.arctan2(vx, vy)

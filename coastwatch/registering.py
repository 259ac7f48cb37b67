"""Recorded feeds -> the biases of the site's radars against AIS, and the lines that mend them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from coastwatch.decoding import Progress, datagrams_of
from coastwatch.engine import Engine
from coastwatch.geo.plane import Plane
from coastwatch.model import ConfigError, Detections, Floats, InputError, Kind
from coastwatch.runner import feeds_of
from coastwatch.sensors.registration import Plots, Registration, Reports, register
from coastwatch.site import Sensor, Site, load

# A radar's plots beyond these are thinned by whole scans: a day has five million.
PLOTS_KEPT, EVERY_MAX = 1_000_000, 1 << 20
_PLOT = ("time_s", "range_m", "azimuth_rad", "sensor_lon", "sensor_lat")
_REPORT = ("time_s", "mmsi", "lon", "lat", "sog_mps", "cog_rad", "sigma_m")


def register_radars(
    site: Path | str | Site,
    inputs: Sequence[Path | str],
    date: str | None = None,
    progress: Progress | None = None,
    report: Callable[[str], None] = lambda text: None,
) -> list[Registration]:
    """The biases of the site's radars against AIS: one result a radar, in the site's order.

    ``theta`` of a result is azimuth bias (rad, clockwise), range bias (m), range scale less 1 and
    latency of the AIS (s), ``sigma`` its 1-sigma, ``reason`` why nothing is observable; measured =
    true + bias. ``lines()`` are the keys for site.toml. ``date`` as for ``track_files``; ``report``
    hears what the files had to say. The method is told in docs/sensors.md. Raises ConfigError for a
    site without a radar, InputError for a file that cannot be read.
    """
    site = site if isinstance(site, Site) else load(Path(site))
    radars = [k for k, sensor in enumerate(site.sensors) if sensor.kind == "radar"]
    if not radars:
        raise ConfigError(f'{site.name}: no sensor of kind "radar" in it; a bias needs one')
    plots = {k: _Plots(site.sensors[k].scan_s) for k in radars}
    reports: list[tuple[Floats, ...]] = []
    for d in _detections(site, [Path(p) for p in inputs], date, progress, report):
        heard = (d.kind == Kind.REPORT) & (d.mmsi > 0) & np.isfinite(d.time_s)
        if heard.any():
            reports.append(tuple(getattr(d, name)[heard] for name in _REPORT))
        seen = np.isin(d.kind, (Kind.PLOT, Kind.SENSOR_TRACK)) & np.isfinite(d.range_m + d.time_s)
        for k in np.unique(d.sensor[seen]).tolist():
            if k in plots:
                own = seen & (d.sensor == k)
                plots[k].add(d.take(own))
    time_s, mmsi, *rest = _joined(reports, len(_REPORT))
    ais = Reports(time_s, mmsi.astype(np.int64), *rest)
    plane = Plane(site.origin)
    return [register(plots[k].of(site.sensors[k]), ais, site.sensors[k], plane) for k in radars]


def format_registrations(found: Sequence[Registration]) -> str:
    """A table of the results for people, and below it the lines for site.toml.

    Azimuths in degrees, ranges and biases in metres, each with its 1-sigma.
    """
    head = ("sensor", "azimuth bias, deg", "range bias, m", "scale, %", "at, m", "there, m",
            "AIS late, s", "vessels", "pairs", "bearings, deg")  # fmt: skip
    rows = [head, *(_row(r) for r in found)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    text = [
        "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    for r in found:
        if r.reason:
            text.append(f"\n{r.sensor.id}: not observable: {r.reason}")
            continue
        azimuth, left = r.remaining()
        good = max(abs(azimuth), abs(left)) < 3.0
        word = "site.toml agrees within 3 sigma; the best are" if good else "in site.toml"
        text.append(f"\n[[sensor]]  # {r.sensor.id}: {word}")
        text += r.lines()
    return "\n".join(text)


def _row(r: Registration) -> tuple[str, ...]:
    tail = (str(r.vessels), str(r.pairs), f"{r.spread_deg:.0f}")
    if r.reason:
        return (r.sensor.id, *("-",) * 6, *tail)
    bias, sigma = r.range_bias_at(r.range_at_m)

    def told(k: int, unit: float, digits: int) -> str:
        if not r.free[k]:
            return "not seen"
        return f"{r.theta[k] * unit:+.{digits}f} ± {r.sigma[k] * unit:.{digits}f}"

    return (
        r.sensor.id, told(0, 180.0 / math.pi, 3), told(1, 1.0, 0), told(2, 100.0, 2),
        f"{r.range_at_m:.0f}", f"{bias:+.0f} ± {sigma:.0f}", told(3, 1.0, 1), *tail,
    )  # fmt: skip


def _detections(
    site: Site,
    inputs: Sequence[Path],
    date: str | None,
    progress: Progress | None,
    report: Callable[[str], None],
) -> Iterator[Detections]:
    """What all files hold, one file after another, as their sensors measured it."""
    feeds = list(feeds_of(site, inputs, date))
    engine = Engine(replace(site, feeds=tuple(feed for feed, _ in feeds)), ())
    read = 0
    for feed, path in feeds:
        if str(path) != "-" and not path.is_file():
            raise InputError(f"{path}: no such file; give the recorded feeds of radar and AIS")
        decoder = engine.open_feed(feed.id)
        notes: list[str] = []
        done = 0
        for datagram in datagrams_of(path, feed.id, notes):
            done += len(datagram.data)
            if progress:
                progress(read + done, math.nan)
            yield decoder.detections(datagram)
        read += done
        for note in notes:
            report(note)


class _Plots:
    """The plots of one radar; of more than are kept, those of every second scan, and so on."""

    def __init__(self, scan_s: float) -> None:
        self._scan_s = scan_s
        self._every = 1
        self._count = 0
        self._parts: list[tuple[Floats, ...]] = []

    def add(self, d: Detections) -> None:
        if self._count > PLOTS_KEPT:
            return  # more in one scan than are kept of all
        part = self._thinned([getattr(d, name) for name in _PLOT])
        self._parts.append(part)
        self._count += len(part[0])
        while self._count > PLOTS_KEPT and self._every < EVERY_MAX:
            self._every *= 2
            self._parts = [self._thinned(_joined(self._parts, len(_PLOT)))]
            self._count = len(self._parts[0][0])

    def of(self, sensor: Sensor) -> Plots:
        """All that are kept, each with the place it was measured from."""
        plots = Plots(*_joined(self._parts, len(_PLOT)))
        own = np.isfinite(plots.sensor_lon + plots.sensor_lat)
        plots.sensor_lon = np.where(own, plots.sensor_lon, sensor.position[0])
        plots.sensor_lat = np.where(own, plots.sensor_lat, sensor.position[1])
        return plots

    def _thinned(self, columns: Sequence[Floats]) -> tuple[Floats, ...]:
        if self._every == 1:
            return tuple(columns)
        keep = np.floor(columns[0] / self._scan_s) % self._every == 0
        return tuple(column[keep] for column in columns)


def _joined(parts: list[tuple[Floats, ...]], columns: int) -> list[Floats]:
    if not parts:
        return [np.empty(0)] * columns
    return [np.concatenate(column) for column in zip(*parts, strict=True)]

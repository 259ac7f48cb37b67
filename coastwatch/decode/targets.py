"""Radar targets (TTM, TLL) of a stream -> detections: their time, their true bearing, own ship."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from coastwatch.decode import arpa, stamps
from coastwatch.decode.epochs import Lives
from coastwatch.decode.stream import Part, Stream
from coastwatch.geo.geodesy import travel
from coastwatch.model import Detections, Kind

# A radar whose clock is further off than this is not believed (many run on local time).
CLOCK_OFF_S = 60.0


class Row(NamedTuple):
    """One detection, in the columns of Detections that a target can fill."""

    time_s: float
    target: int
    sensor: int = -1
    kind: int = Kind.SENSOR_TRACK
    lon: float = math.nan
    lat: float = math.nan
    sog_mps: float = math.nan
    cog_rad: float = math.nan
    range_m: float = math.nan
    azimuth_rad: float = math.nan
    sensor_lon: float = math.nan
    sensor_lat: float = math.nan


def detections(rows: Sequence[Row]) -> Detections:
    """The rows as columns."""
    return Detections.of(**dict(zip(Row._fields, zip(*rows, strict=True), strict=True)))


def row(
    stream: Stream, part: Part, time_s: float | None, counts: Counter[str], lives: Lives
) -> Row | None:
    """The detection of one target; None where it is lost, or has no time, or is none.

    One that the radar still acquires is a plot, without a motion. ``lives`` tells apart those who
    had one number in turn. Raises Refused where a bearing cannot be made true.
    """
    target = part.target
    if not isinstance(target, arpa.Target):
        return None
    source = f"{stream.peer} {part.station}"
    if target.lost:
        counts["targets lost"] += 1
        lives.lose(source, target.target)
        return None
    # Own-ship data goes by the stream's clock, not by the radar's.
    now_s, ship = part.time_s, stream.ship
    columns = arpa.measured(target, None if now_s is None else ship.heading_deg(now_s))
    if time_s is None:
        counts["untimed"] += 1
        return None
    own = ship.position(now_s) if now_s is not None and "range_m" in columns else None
    if own:
        columns |= {"sensor_lon": own[0], "sensor_lat": own[1]}
    if target.reference_target:
        counts["targets of reference"] += 1
    if target.sought:
        counts["targets in query"] += 1
        columns |= {"kind": Kind.PLOT, "sog_mps": math.nan, "cog_rad": math.nan}
    number, again = lives.number(source, target.target, time_s, _place(columns))
    if again:
        counts["target numbers used again"] += 1
    return Row(time_s, number)._replace(**columns)


def _place(columns: dict[str, float]) -> tuple[str, float, float]:
    """Where a target is, on the earth or, where its ship's place is unknown, from the ship."""
    if "lon" in columns:
        return "earth", columns["lon"], columns["lat"]
    r, azimuth = columns["range_m"], columns["azimuth_rad"]
    if "sensor_lon" not in columns:
        return "ship", r * math.sin(azimuth), r * math.cos(azimuth)
    lon, lat = travel(columns["sensor_lon"], columns["sensor_lat"], azimuth, r)
    return "earth", float(lon), float(lat)


def time_s(part: Part, before_s: float | None, date_s: float | None) -> tuple[float | None, bool]:
    """When the radar measured: its time of day on the day of the stream's clock.

    Without such a clock the day is ``date_s`` for the first target (``before_s`` is that date,
    too), and for others the day of the target before. True beside it where the radar's clock is not
    believed and the stream's counts.
    """
    tod_s = part.target.tod_s if isinstance(part.target, arpa.Target) else None
    if tod_s is None:
        return part.time_s, False
    if part.time_s is None:
        if before_s is None:
            return None, False
        first = before_s == date_s
        return (before_s + tod_s if first else stamps.on_day_s(tod_s, before_s)), False
    told_s = stamps.on_day_s(tod_s, part.time_s)
    if abs(told_s - part.time_s) <= CLOCK_OFF_S:
        return told_s, False
    return part.time_s, True

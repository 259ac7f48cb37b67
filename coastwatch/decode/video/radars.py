"""The radars of a feed that send raw video: their spokes in, plots and looks out."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np

from coastwatch.decode.base import Context
from coastwatch.decode.video.extract import Extractor, Plots
from coastwatch.decode.video.settings import VideoSettings
from coastwatch.decode.video.spokes import Spokes
from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.landmask import land_mask
from coastwatch.model import Detections, Floats, Kind
from coastwatch.site import Sensor

RADARS_MAX = 64
# A moving radar's land mask is made anew when it has gone so far.
MASK_STEP_M = 100.0
UNKNOWN = Sensor("unknown", "radar", (math.nan, math.nan), moving=True)


class Radars:
    """One extractor for each sensor that spokes have come from, at most 64."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._radars: dict[int, _Radar] = {}

    def take(self, sensor: int, spokes: Spokes) -> Detections:
        """The plots and looks that these spokes of a sensor (-1: unknown) complete."""
        if self._context.on_spokes:
            self._context.on_spokes(sensor, spokes)
        radar = self._radars.get(sensor)
        if radar is None:
            if len(self._radars) >= RADARS_MAX:
                return Detections.empty()
            described = self._context.described[sensor] if sensor >= 0 else UNKNOWN
            radar = self._radars[sensor] = _Radar(sensor, described)
        return radar.take(spokes)

    def flush(self) -> Detections:
        """What is left, when no more spokes will come."""
        return Detections.concat([radar.flush() for radar in self._radars.values()])


class _Radar:
    """One radar: its extractor, and where it is."""

    def __init__(self, index: int, sensor: Sensor) -> None:
        self._index, self._sensor = index, sensor
        self._at = sensor.position
        self._extractor = Extractor(settings(sensor), self._mask)

    def take(self, spokes: Spokes) -> Detections:
        if not self._sensor.moving:
            spokes = replace(spokes, lon=math.nan, lat=math.nan)
        elif math.isfinite(spokes.lon):
            self._move(spokes.lon, spokes.lat)
        return self._rows(self._extractor.take(_within(spokes, self._sensor.range_max_m)))

    def flush(self) -> Detections:
        return self._rows(self._extractor.flush())

    def _move(self, lon: float, lat: float) -> None:
        """Keep the place that the land mask is made for, unless it is left."""
        moved_m = geodesic(*self._at, lon, lat)[0]
        if not float(moved_m) < MASK_STEP_M:
            self._at = lon, lat

    def _mask(self, range_m: Floats, azimuth_rad: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Where the cells of these ranges and azimuths lie on land; nowhere while unplaced."""
        if not math.isfinite(self._at[0]):
            return np.zeros((len(azimuth_rad), len(range_m)), dtype=np.bool_)
        return land_mask(*self._at, range_m, azimuth_rad)

    def _rows(self, plots: Plots) -> Detections:
        looks = [time_s for (time_s, *_) in plots.scans]
        return Detections.concat([
            Detections.of(
                time_s=plots.time_s,
                sensor=self._index,
                kind=Kind.PLOT,
                range_m=plots.range_m,
                azimuth_rad=plots.azimuth_rad,
                sigma_range_m=plots.sigma_range_m,
                sigma_azimuth_rad=plots.sigma_azimuth_rad,
                amplitude_db=plots.amplitude_db,
                extent_m=plots.extent_m,
                sensor_lon=plots.lon,
                sensor_lat=plots.lat,
            ),
            Detections.of(time_s=np.array(looks), sensor=self._index, kind=Kind.LOOK,
                          azimuth_rad=0.0),
        ])  # fmt: skip


def settings(sensor: Sensor) -> VideoSettings:
    """What the site says of a radar, as the extractor takes it."""
    told = {f.name: getattr(sensor.video, f.name) for f in fields(sensor.video)}
    del told["heading_deg"]
    return VideoSettings(beamwidth_rad=sensor.beamwidth_rad, **told)


def _within(spokes: Spokes, range_max_m: float) -> Spokes:
    """Without the cells that the site does not count as covered."""
    cells = max(1, math.ceil((range_max_m - spokes.range0_m) / spokes.cell_m))
    return replace(spokes, cells=spokes.cells[:, :cells])

"""The radars of a feed that send raw video: their spokes in, plots and looks out."""

from __future__ import annotations

import math
from collections import Counter
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
# A moving radar's extraction begins anew, with the land around it, when it has gone so far.
MASK_STEP_M = 500.0
LAT_MAX = 85.0
# So many spokes in a row must have another range scale until extraction begins anew with it: else
# a sender of one scale after another would have us make land masks without end.
CHANGE_SPOKES = 256
OTHER_SCALE = "spokes of another range scale left out"
Scale = tuple[float, float, int, int]
UNKNOWN = Sensor("unknown", "radar", (math.nan, math.nan), moving=True)


class Radars:
    """One extractor for each sensor that spokes have come from, at most 64."""

    def __init__(self, context: Context, counts: Counter[str]) -> None:
        self._context, self._counts = context, counts
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
            radar = self._radars[sensor] = _Radar(sensor, described, self._counts)
        return radar.take(spokes)

    def flush(self) -> Detections:
        """What is left, when no more spokes will come."""
        return Detections.concat([radar.flush() for radar in self._radars.values()])


class _Radar:
    """One radar: its extractor, and where it is."""

    def __init__(self, index: int, sensor: Sensor, counts: Counter[str]) -> None:
        self._index, self._sensor, self._counts = index, sensor, counts
        self._at = sensor.position
        self._extractor = Extractor(settings(sensor), self._mask)
        self._since = CHANGE_SPOKES  # spokes since extraction last began anew at another place
        self._scale: Scale | None = None
        self._other: tuple[Scale | None, int] = None, 0

    def take(self, spokes: Spokes) -> Detections:
        spokes = _within(spokes, self._sensor.range_max_m)
        if not self._is_believed(spokes):
            self._counts[OTHER_SCALE] += len(spokes.cells)
            return Detections.empty()
        if not self._sensor.moving:
            spokes = replace(spokes, lon=math.nan, lat=math.nan)
        elif self._has_gone(spokes.lon, spokes.lat):
            left = self._rows(self._extractor.flush())
            self._at = spokes.lon, spokes.lat
            self._extractor, self._since = Extractor(settings(self._sensor), self._mask), 0
            return Detections.concat([left, self._plots(spokes)])
        return self._plots(spokes)

    def _plots(self, spokes: Spokes) -> Detections:
        self._since += len(spokes.cells)
        return self._rows(self._extractor.take(spokes))

    def _is_believed(self, spokes: Spokes) -> bool:
        """Whether these are of the range scale that is extracted, which may change in the end."""
        scale = spokes.range0_m, spokes.cell_m, spokes.bits, spokes.cells.shape[1]
        if self._scale in (None, scale):
            self._scale, self._other = scale, (None, 0)
            return True
        other, count = self._other
        count = len(spokes.cells) + (count if other == scale else 0)
        if count <= CHANGE_SPOKES:
            self._other = scale, count
            return False
        self._scale, self._other = scale, (None, 0)
        return True

    def flush(self) -> Detections:
        return self._rows(self._extractor.flush())

    def _has_gone(self, lon: float, lat: float) -> bool:
        """Whether the place that the land mask was made for is left; so is no place at all.

        One that jumps about, as two receivers that disagree do, is followed now and then.
        """
        if not (math.isfinite(lon) and self._since >= CHANGE_SPOKES):
            return False
        return not float(geodesic(*self._at, lon, lat)[0]) < MASK_STEP_M

    def _mask(self, range_m: Floats, azimuth_rad: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Where the cells of these ranges and azimuths lie on land; nowhere while unplaced."""
        lon, lat = self._at
        # A ship's position is hostile input, and there is no coast to be had at the poles.
        if abs(lat) <= LAT_MAX and abs(lon) <= 180.0:
            s = self._sensor  # measured = true + bias: the coast lies where the radar shows it
            true_m = (range_m - s.range_bias_m) / s.range_scale
            land = land_mask(lon, lat, true_m, azimuth_rad, s.height_m)
            rows = round(s.azimuth_bias_rad / math.tau * len(azimuth_rad))
            return np.roll(land, rows, axis=0)
        return np.zeros((len(azimuth_rad), len(range_m)), dtype=np.bool_)

    def _rows(self, plots: Plots) -> Detections:
        looks = [time_s for (time_s, *_) in plots.scans]
        # What the video cannot know of a radar on board: the errors of heading and lever arm.
        on_board = self._sensor.sigma_range_m, self._sensor.sigma_azimuth_rad
        sigma_range_m, sigma_azimuth = on_board if self._sensor.moving else (0.0, 0.0)
        return Detections.concat([
            Detections.of(
                time_s=plots.time_s,
                sensor=self._index,
                kind=Kind.PLOT,
                range_m=plots.range_m,
                azimuth_rad=plots.azimuth_rad,
                sigma_range_m=np.hypot(plots.sigma_range_m, sigma_range_m),
                sigma_azimuth_rad=np.hypot(plots.sigma_azimuth_rad, sigma_azimuth),
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

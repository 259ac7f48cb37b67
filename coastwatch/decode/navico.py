"""Navico radars' spokes (BR24, 3G, 4G, Halo) to records and to plots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from coastwatch.decode.base import Books, Context
from coastwatch.decode.ownship import OwnShip
from coastwatch.decode.stamps import iso
from coastwatch.decode.video.navico import Frame, read_frame, spokes
from coastwatch.decode.video.radars import Radars
from coastwatch.model import Datagram, Detections, Floats, Vessel
from coastwatch.site import Sensor


class NavicoDecoder(Books):
    """One feed of spokes, a frame of the books each; what is no frame of spokes is one rejected.

    A spoke's azimuth needs the ship's heading: the spoke's own, else that of NMEA sentences in the
    same feed, else (of a fixed radar) the site's; a spoke without any is refused. The radar is the
    feed's sensor, else the one radar of the site that has no ASTERIX address.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.feed)
        self._context = context
        self._sensor = _sensor(context)
        known = self._sensor >= 0
        self._radar: Sensor | None = context.described[self._sensor] if known else None
        self._radars = Radars(context, self.counts)

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """One object a frame of spokes; its azimuths are true, null where no heading is known."""
        frame = self._frame(datagram)
        if frame is None or not len(frame):
            return []
        self.balance.decoded += len(frame)
        heading, _ = self._headings(frame, datagram)
        azimuth = np.degrees((frame.angle_rad + heading) % math.tau)
        record = {
            "radar": "navico",
            "spokes": len(frame),
            "cells": frame.cells.shape[1],
            "range_m": float(frame.range_m[0]),
            "scan": frame.scan[0],
            "first_angle_deg": math.degrees(frame.angle_rad[0]),
            "last_angle_deg": math.degrees(frame.angle_rad[-1]),
            "heading_deg": _known(math.degrees(heading[0])),
            "first_azimuth_deg": _known(float(azimuth[0])),
            "last_azimuth_deg": _known(float(azimuth[-1])),
            "amplitude_max": int(frame.cells.max()),
            "received": iso(datagram.received_ns / 1e9) if datagram.received_ns else None,
            "source": self._context.feed,
            "line": self.balance.frames - frame.bad - len(frame) + 1,
        }
        return [record]

    def detections(self, datagram: Datagram) -> Detections:
        """The plots and looks that are complete now."""
        frame = self._frame(datagram)
        found = []
        if frame is not None and len(frame):
            heading, at = self._headings(frame, datagram)
            reason = self._refusal(datagram, at)
            for i in np.flatnonzero(np.isnan(heading) | bool(reason)).tolist():
                why = reason or "no heading"
                self.reject(why, self.balance.frames - len(frame) + i + 1, b"")
                heading[i] = math.nan
            self.balance.decoded += int(np.isfinite(heading).sum())
            time_s = np.full(len(frame), datagram.received_ns / 1e9)
            taken = spokes(frame, time_s, heading, at or (math.nan, math.nan))
            found = [self._radars.take(self._sensor, batch) for batch in taken]
        if datagram.end:
            found.append(self._radars.flush())
        return Detections.concat(found)

    def take_vessels(self) -> list[Vessel]:
        """None: radar knows no vessel's name."""
        return []

    def _frame(self, datagram: Datagram) -> Frame | None:
        """The frame of a datagram, its spokes entered in the books."""
        if not datagram.data:
            return None
        frame = read_frame(datagram.data)
        if frame is None:
            self.balance.frames += 1
            self.reject("no Navico spokes", self.balance.frames, datagram.data)
            return None
        self.balance.frames += len(frame) + frame.bad
        for _ in range(frame.bad):
            self.reject("damaged spoke", self.balance.frames, datagram.data)
        return frame

    def _headings(
        self, frame: Frame, datagram: Datagram
    ) -> tuple[Floats, tuple[float, float] | None]:
        """True heading of each spoke, NaN where nobody tells it, and where the radar is if told."""
        radar, received_s = self._radar, datagram.received_ns / 1e9
        fixed = radar is not None and not radar.moving
        heading, at = math.nan, None
        if radar is not None and fixed and radar.video.heading_deg is not None:
            heading = math.radians(radar.video.heading_deg)
        for ship in () if fixed else self._context.ships.values():
            told_rad, told_at = _told(ship, received_s)
            heading, at = told_rad if math.isnan(heading) else heading, at or told_at
        return np.where(np.isfinite(frame.heading_rad), frame.heading_rad, heading), at

    def _refusal(self, datagram: Datagram, at: tuple[float, float] | None) -> str:
        if not datagram.received_ns:
            return "spokes without a time"
        fixed = self._radar is not None and not self._radar.moving
        return "" if fixed or at else "no position"


def _sensor(context: Context) -> int:
    if context.sensor >= 0:
        return context.sensor
    radars = _without_address(context.described)
    return radars[0] if len(radars) == 1 else -1


def _without_address(sensors: Sequence[Sensor]) -> list[int]:
    return [i for i, s in enumerate(sensors) if s.kind == "radar" and not s.asterix]


def _told(ship: OwnShip, received_s: float) -> tuple[float, tuple[float, float] | None]:
    """Heading (radians, NaN) and position that are fresh by the ship's own clock, else by ours."""
    now_s = ship.now_s(received_s)
    now_s = received_s if now_s is None else now_s
    heading_deg = ship.heading_deg(now_s)
    return math.nan if heading_deg is None else math.radians(heading_deg), ship.position(now_s)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None

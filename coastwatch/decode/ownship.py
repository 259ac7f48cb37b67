"""The ship that carries the receiver, from its own sentences: clock, position, true heading."""

from __future__ import annotations

import math
from collections.abc import Sequence

from coastwatch.decode import radardata, stamps
from coastwatch.decode.arpa import degrees, number
from coastwatch.geo.geodesy import travel
from coastwatch.geo.units import KNOT_MPS

FRESH_S = 10.0
# Magnetic variation belongs to the place: it changes by less than a compass errs in this time.
VARIATION_S = 3_600.0
# Sentences of true heading, the best first: gyro, corrected compass, compass.
HEADINGS = {b"HDT": 0, b"THS": 0, b"HDG": 1, b"HDM": 2}
BASE_STATION = "base station"
# The receiver's clock, set right by RMC or ZDA, is believed for so long.
OWN_CLOCK_S = 600.0


class OwnShip:
    """What RMC, ZDA, GGA, GNS, GLL, VTG, HDT, HDG, HDM, THS and OSD of one stream have said last.

    ``clock_s`` is the stream's own clock, None before it has said anything; ``clock_source``
    names the sentence, ``clock_received_s`` says when it came. ``time_s`` given to ``hear`` is when
    the sentence was spoken; None is unknown. A course over ground is never taken for a heading.
    """

    def __init__(self) -> None:
        self.clock_s: float | None = None
        self.clock_source = ""
        self.clock_received_s: float | None = None
        self._position: tuple[float, float] | None = None
        self._position_s: float | None = None
        self._motion: tuple[float, float] = 0.0, 0.0
        self._motion_s: float | None = None
        self._heading_deg: float | None = None
        self._heading_s: float | None = None
        self._heading_rank = 0
        self._variation_deg = 0.0
        self._variation_s: float | None = None

    def hear(self, fields: Sequence[bytes], time_s: float | None, received_s: float | None) -> None:
        """Take one sentence; what is malformed or marked invalid in it says nothing."""
        formatter = fields[0][-3:]
        if formatter in (b"RMC", b"ZDA"):
            self._set_clock(formatter, fields, received_s)
        now_s = self.clock_s if time_s is None else time_s
        try:
            if formatter == b"RMC" and fields[2] == b"A":
                self._set_position(fields[3:7], now_s)
                self._set_motion(_speed(fields[7]), _course(fields[8]), now_s)
                self._set_variation(fields[10], fields[11], now_s)
            elif formatter in (b"GGA", b"GNS") and fields[6].strip(b"0N"):
                self._set_position(fields[2:6], now_s)
            elif formatter == b"GLL" and fields[6] == b"A":
                self._set_position(fields[1:5], now_s)
            elif formatter == b"VTG" and fields[9:10] != [b"N"]:
                self._set_motion(_speed(fields[5]), _course(fields[1]), now_s)
            elif formatter in HEADINGS:
                self._set_heading(formatter, fields, now_s)
            elif formatter == b"OSD":
                self._hear_radar(radardata.own_data(fields), now_s)
        except (ValueError, IndexError, KeyError):
            return

    def base_station(self, time_s: float) -> None:
        """A base station's clock (AIS type 4) serves where no receiver of its own has one."""
        if self.clock_source in ("", BASE_STATION):
            self.clock_s, self.clock_source = time_s, BASE_STATION
            self.clock_received_s = None

    def position(self, time_s: float) -> tuple[float, float] | None:
        """Longitude and latitude, None where they are older than 10 s.

        A fix that is some seconds old is brought on by the way over ground, if that is fresh, too.
        """
        at, at_s = self._position, self._position_s
        if at is None or at_s is None or not _fresh(at_s, time_s):
            return None
        speed_mps, course_rad = self._motion
        if time_s == at_s or speed_mps == 0.0 or not _fresh(self._motion_s, time_s):
            return at
        lon, lat = travel(*at, course_rad, speed_mps * (time_s - at_s))
        return float(lon), float(lat)

    def heading_deg(self, time_s: float) -> float | None:
        """True heading, None where it is older than 10 s."""
        return self._heading_deg if _fresh(self._heading_s, time_s) else None

    def now_s(self, received_s: float) -> float | None:
        """The time by RMC or ZDA at a moment of the receiver's clock; None where neither is new."""
        if self.clock_s is None or self.clock_received_s is None:
            return None
        since_s = received_s - self.clock_received_s
        return self.clock_s + since_s if 0.0 <= since_s <= OWN_CLOCK_S else None

    def _set_clock(
        self, formatter: bytes, fields: Sequence[bytes], received_s: float | None
    ) -> None:
        time_s = stamps.rmc_s(fields) if formatter == b"RMC" else stamps.zda_s(fields)
        if time_s is not None:
            self.clock_s, self.clock_source = time_s, formatter.decode("ascii")
            self.clock_received_s = received_s

    def _set_position(self, parts: Sequence[bytes], time_s: float | None) -> None:
        lat, lon = degrees(parts[0], parts[1]), degrees(parts[2], parts[3])
        if lat is not None and lon is not None:
            self._position, self._position_s = (lon, lat), time_s

    def _set_motion(
        self, speed_kn: float | None, course_deg: float | None, time_s: float | None
    ) -> None:
        if speed_kn is not None and (course_deg is not None or speed_kn == 0.0):
            self._motion = speed_kn * KNOT_MPS, math.radians(course_deg or 0.0)
            self._motion_s = time_s

    def _set_variation(self, value: bytes, side: bytes, time_s: float | None) -> None:
        variation_deg = number(value, 0.0, 180.0)
        if variation_deg is not None and side in (b"E", b"W"):
            self._variation_deg = -variation_deg if side == b"W" else variation_deg
            self._variation_s = time_s

    def _set_heading(self, formatter: bytes, fields: Sequence[bytes], time_s: float | None) -> None:
        heading = number(fields[1], 0.0, 360.0)
        if heading is None or (formatter == b"THS" and fields[2] not in (b"A", b"E")):
            return
        if formatter == b"HDG":
            heading += _easterly(fields[2], fields[3]) if fields[2] else 0.0
            self._set_variation(fields[4], fields[5], time_s)
        if formatter in (b"HDG", b"HDM"):
            # A compass without its variation tells no true heading.
            if time_s is None or not _fresh(self._variation_s, time_s, VARIATION_S):
                return
            heading += self._variation_deg
        self._take_heading(heading, HEADINGS[formatter], time_s)

    def _take_heading(self, heading_deg: float, rank: int, time_s: float | None) -> None:
        """Take a true heading, unless a better compass has spoken within 10 s."""
        fresh = time_s is not None and _fresh(self._heading_s, time_s)
        if not (fresh and self._heading_rank < rank):
            self._heading_deg, self._heading_s = heading_deg % 360.0, time_s
            self._heading_rank = rank

    def _hear_radar(self, own: radardata.OwnData, time_s: float | None) -> None:
        if own.heading_valid and own.heading_deg is not None:
            self._take_heading(own.heading_deg, HEADINGS[b"HDT"], time_s)
        if own.over_ground and (own.speed_kn or 0.0) >= 0.0:
            self._set_motion(own.speed_kn, own.course_deg, time_s)


def _speed(text: bytes) -> float | None:
    return number(text, 0.0, 500.0)


def _course(text: bytes) -> float | None:
    return number(text, 0.0, 360.0)


def _easterly(value: bytes, side: bytes) -> float:
    degrees = number(value, 0.0, 180.0)
    if degrees is None or side not in (b"E", b"W"):
        raise ValueError("no deviation")
    return -degrees if side == b"W" else degrees


def _fresh(then_s: float | None, now_s: float, for_s: float = FRESH_S) -> bool:
    return then_s is not None and abs(now_s - then_s) <= for_s

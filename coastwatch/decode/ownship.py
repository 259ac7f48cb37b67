"""The ship that carries the receiver, from its own sentences: clock, position, true heading."""

from __future__ import annotations

from collections.abc import Sequence

from coastwatch.decode import stamps
from coastwatch.decode.arpa import degrees

FRESH_S = 10.0
BASE_STATION = "base station"
# The receiver's clock, set right by RMC or ZDA, is believed for so long.
OWN_CLOCK_S = 600.0


class OwnShip:
    """What RMC, ZDA, GGA, GNS, GLL, HDT, HDG and THS of one stream have said last.

    ``clock_s`` is the stream's own clock, None before it has said anything; ``clock_source``
    names the sentence, ``clock_received_s`` says when it came. ``time_s`` given to ``hear`` is when
    the sentence was spoken; None is unknown.
    """

    def __init__(self) -> None:
        self.clock_s: float | None = None
        self.clock_source = ""
        self.clock_received_s: float | None = None
        self._position: tuple[float, float] | None = None
        self._position_s: float | None = None
        self._heading_deg: float | None = None
        self._heading_s: float | None = None

    def hear(self, fields: Sequence[bytes], time_s: float | None, received_s: float | None) -> None:
        """Take one sentence; what is malformed or marked invalid in it says nothing."""
        formatter = fields[0][-3:]
        if formatter in (b"RMC", b"ZDA"):
            self._set_clock(formatter, fields, received_s)
        now_s = self.clock_s if time_s is None else time_s
        try:
            if formatter == b"RMC" and fields[2] == b"A":
                self._set_position(fields[3:7], now_s)
            elif formatter in (b"GGA", b"GNS") and fields[6].strip(b"0N"):
                self._set_position(fields[2:6], now_s)
            elif formatter == b"GLL" and fields[6] == b"A":
                self._set_position(fields[1:5], now_s)
            elif formatter in (b"HDT", b"HDG", b"THS"):
                self._set_heading(formatter, fields, now_s)
        except (ValueError, IndexError):
            return

    def base_station(self, time_s: float) -> None:
        """A base station's clock (AIS type 4) serves where no receiver of its own has one."""
        if self.clock_source in ("", BASE_STATION):
            self.clock_s, self.clock_source = time_s, BASE_STATION
            self.clock_received_s = None

    def position(self, time_s: float) -> tuple[float, float] | None:
        """Longitude and latitude, None where they are older than 10 s."""
        return self._position if _fresh(self._position_s, time_s) else None

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

    def _set_heading(self, formatter: bytes, fields: Sequence[bytes], time_s: float | None) -> None:
        heading = float(fields[1])
        if formatter == b"HDG":
            # A compass without its variation tells no true heading.
            heading += _easterly(fields[2], fields[3]) if fields[2] else 0.0
            heading += _easterly(fields[4], fields[5])
        elif formatter == b"THS" and fields[2] not in (b"A", b"E"):
            return
        if 0.0 <= heading % 360.0 < 360.0:
            self._heading_deg, self._heading_s = heading % 360.0, time_s


def _easterly(value: bytes, side: bytes) -> float:
    return -float(value) if side == b"W" else float(value)


def _fresh(then_s: float | None, now_s: float) -> bool:
    return then_s is not None and abs(now_s - then_s) <= FRESH_S

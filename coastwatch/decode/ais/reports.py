"""What an AIS message says as a position report and as statics; "not available" is unknown."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais import payload
from coastwatch.decode.ais.antennas import Antennas
from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.fields import KINDS
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Detections, Ints, Kind, Vessel

SAFETY_TYPE = 14
POSITION_TYPES = frozenset({1, 2, 3, 9, 18, 19, 27})
MMSI_MAX = 999_999_999
# ITU-R M.1371-5: accuracy flag 1 is better than 10 m, 0 is worse.
SIGMA_HIGH_M, SIGMA_LOW_M = 10.0, 30.0
# Type 27 counts in tenths of a minute (185 m): the spread of a rounding error.
LONG_RANGE_M = 185.2 / math.sqrt(12.0)
VESSELS_KEPT = 10_000
BEACONS = (970, 972, 974)  # AIS-SART, man overboard, EPIRB (ITU-R M.585-9, annex 2)
_REPORTS = np.isin(np.arange(KINDS), list(POSITION_TYPES))


def detections(
    messages: Messages,
    statics: Statics,
    antennas: Antennas,
    sensors: Sequence[int],
    counts: Counter[str],
) -> tuple[Detections, Ints]:
    """The position reports in SI units, NaN and -1 where unknown; and the line of each.

    ``antennas`` knows where on her a vessel's antenna stands, and learns it from ``statics``.

    ``sensors`` is the site's index of each station. Left out, and counted: reports without a
    position, ones that no clock could date, and what another station has delivered. An MMSI of 0 or
    beyond nine digits identifies nobody: -1.
    """
    rows = np.flatnonzero(_REPORTS[messages.msg_type])
    # A distress beacon counts even before it knows where it is.
    beacon = np.isin(messages.mmsi // 1_000_000, BEACONS)
    for why, good in (
        ("without position", ~np.isnan(messages.lon) & ~np.isnan(messages.lat) | beacon),
        ("untimed", ~np.isnan(messages.time_s)),
        ("duplicates", messages.first),
    ):
        kept = good[rows]
        if not kept.all():
            counts[why] += int((~kept).sum())
            rows = rows[kept]
    m = messages.take(rows)
    found = Detections.empty(len(rows))
    found.kind[:] = Kind.REPORT
    found.time_s[:], found.lon[:], found.lat[:] = m.time_s, m.lon, m.lat
    found.sensor[:] = np.asarray(sensors)[m.station]
    found.sog_mps[:] = m.sog_kn * KNOT_MPS
    found.cog_rad[:], found.heading_rad[:] = np.radians(m.cog_deg), np.radians(m.heading_deg)
    found.nav_status[:] = m.nav_status
    found.mmsi[:] = np.where(_identified(m.mmsi), m.mmsi, -1)
    sigma = np.where(m.accuracy == 1, SIGMA_HIGH_M, SIGMA_LOW_M)
    found.sigma_m[:] = np.where(m.msg_type == 27, np.hypot(sigma, LONG_RANGE_M), sigma)
    antennas.fill(found, rows, statics, len(messages))
    return found, m.line


def vessels(statics: Statics) -> Iterator[Vessel]:
    """What types 5, 19 and 24 say of their vessels; time 0 where no clock is known."""
    for row in np.flatnonzero((statics.msg_type != 21) & _identified(statics.mmsi)).tolist():
        time_s = float(statics.time_s[row])
        yield Vessel(
            mmsi=int(statics.mmsi[row]),
            time_s=0.0 if math.isnan(time_s) else time_s,
            name=statics.name[row].decode("ascii") or None,
            callsign=statics.callsign[row].decode("ascii") or None,
            ship_type=_known(statics.ship_type[row]),
            imo=_known(statics.imo[row]),
            length_m=_sum(statics.to_bow_m[row], statics.to_stern_m[row]),
            beam_m=_sum(statics.to_port_m[row], statics.to_starboard_m[row]),
            destination=statics.destination[row].decode("ascii") or None,
            eta=_eta(int(statics.eta[row])),
        )


def safety_texts(messages: Messages) -> Iterator[Vessel]:
    """What safety-related broadcasts (type 14) say, as the words of their senders."""
    told = messages.rest
    if not len(told):
        return
    said = (messages.msg_type[told.row] == SAFETY_TYPE) & messages.first[told.row]
    for i in np.flatnonzero(said).tolist():
        row = int(told.row[i])
        text = str(payload.record(*told.armoured(i)).get("text") or "").strip()
        if text and 0 < messages.mmsi[row] <= MMSI_MAX:
            time_s = float(messages.time_s[row])
            time_s = 0.0 if math.isnan(time_s) else time_s
            yield Vessel(int(messages.mmsi[row]), time_s, safety_text=text)


class Register:
    """What each vessel said since ``take``, its parts put together; of too many the oldest goes.

    What contradicts what she said before stands beside it.
    """

    def __init__(self) -> None:
        self._vessels: OrderedDict[int, Vessel] = OrderedDict()
        self._before: deque[Vessel] = deque(maxlen=VESSELS_KEPT)

    def add(self, new: Vessel) -> None:
        """Keep what the vessel says now over what it said."""
        old = self._vessels.pop(new.mmsi, None)
        if old:
            told = {key: value for key, value in asdict(new).items() if value is not None}
            whole = asdict(old)
            if any(whole[k] not in (None, v) for k, v in told.items() if k != "time_s"):
                self._before.append(old)
            new = Vessel(**(whole | told))
        self._vessels[new.mmsi] = new
        if len(self._vessels) > VESSELS_KEPT:
            self._vessels.popitem(last=False)

    def take(self) -> list[Vessel]:
        """All vessels heard, what was contradicted first; begins anew."""
        if not self._vessels:
            return []
        vessels = [*self._before, *self._vessels.values()]
        self._vessels.clear()
        self._before.clear()
        return vessels


def _identified(mmsi: Ints) -> NDArray[np.bool_]:
    return (mmsi > 0) & (mmsi <= MMSI_MAX)


def _eta(sent: int) -> str | None:
    """Month, day, hour and minute; unknown where one of them is not available."""
    month, day, hour, minute = sent >> 16, sent >> 11 & 31, sent >> 6 & 31, sent & 63
    known = sent > 0 and 1 <= month <= 12 and day >= 1 and hour < 24 and minute < 60
    return f"{month:02d}-{day:02d}T{hour:02d}:{minute:02d}" if known else None


def _known(value: int) -> int | None:
    return int(value) if value > 0 else None


def _sum(a: int, b: int) -> float | None:
    return float(a + b) if a + b > 0 else None

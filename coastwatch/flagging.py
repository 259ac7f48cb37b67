"""What AIS reports cannot mean, slice by slice of event time, whichever feeds heard them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.integrity import ASPECTS, CHECKS, Integrity
from coastwatch.decode.ais.mmsi import MmsiClass, mmsi_class
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Detections, Flag, Kind, Vessel

CLASS_A, AIRCRAFT, LONG_RANGE, VOYAGE = 1, 9, 27, 5
COARSE_M = 50.0  # the spread of a long-range report's rounding, and more than any other's
_TOLD = ("name", "callsign")


class Flagging:
    """Checks the reports and statics of each slice; see ``decode.ais.integrity`` for the checks.

    Those of clocks are for a log's reader: here the receiver has dated everything already.
    """

    def __init__(self) -> None:
        self._integrity = Integrity()

    def step(self, batch: Detections, vessels: Sequence[Vessel]) -> list[Flag]:
        """The flags of one slice: rows sorted by time, and what vessels said since the last."""
        reports = batch.take((batch.kind == Kind.REPORT) & (batch.mmsi > 0))
        spoken = [v for v in vessels if v.safety_text is None]
        n = len(reports) + len(spoken)
        if not n:
            return []
        messages = _messages(reports, spoken)
        flags = self._integrity.check(messages, _statics(spoken, len(reports)))
        return [
            Flag(
                mmsi=int(flags.mmsi[i]),
                time_s=float(messages.time_s[row]),
                check=CHECKS[int(flags.check[i])].name,
                aspect=ASPECTS[int(flags.aspect[i])],
                value=float(flags.value[i]),
                limit=float(flags.limit[i]),
                extra=float(flags.extra[i]),
                text=flags.sentence(i),
            )
            for i, row in enumerate(flags.row.tolist())
        ]


def _messages(reports: Detections, spoken: Sequence[Vessel]) -> Messages:
    m, n = Messages.blank(len(reports) + len(spoken)), len(reports)
    m.station[:] = 0
    m.msg_type[n:] = VOYAGE
    aircraft = mmsi_class(reports.mmsi) == MmsiClass.SAR_AIRCRAFT
    coarse = reports.sigma_m > COARSE_M
    m.msg_type[:n] = np.where(aircraft, AIRCRAFT, np.where(coarse, LONG_RANGE, CLASS_A))
    m.mmsi[:n], m.mmsi[n:] = reports.mmsi, [v.mmsi for v in spoken]
    m.time_s[:n], m.time_s[n:] = reports.time_s, [v.time_s for v in spoken]
    m.lon[:n], m.lat[:n] = reports.lon, reports.lat
    m.sog_kn[:n], m.cog_deg[:n] = reports.sog_mps / KNOT_MPS, np.degrees(reports.cog_rad)
    return m


def _statics(spoken: Sequence[Vessel], first: int) -> Statics:
    s = Statics.room(len(spoken))
    s.row[:] = first + np.arange(len(spoken))
    s.msg_type[:], s.part[:], s.draught_m[:], s.mothership[:], s.eta[:] = VOYAGE, -1, np.nan, -1, -1
    for i, v in enumerate(spoken):
        s.mmsi[i], s.time_s[i] = v.mmsi, v.time_s
        s.name[i], s.callsign[i] = (_ascii(getattr(v, key)) for key in _TOLD)
        s.destination[i] = b""
        s.imo[i], s.ship_type[i] = v.imo or -1, v.ship_type or -1
        s.to_bow_m[i], s.to_stern_m[i] = round(v.length_m or 0), 0
        s.to_port_m[i], s.to_starboard_m[i] = round(v.beam_m or 0), 0
    return s


def _ascii(text: Any) -> bytes:
    return (text or "").encode("ascii", "replace")

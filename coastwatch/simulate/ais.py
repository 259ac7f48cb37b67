"""What AIS sets send, and what two stations hear of it: AIVDM sentences with tag blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Any

import numpy as np
from pyais.encode import encode_dict

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats, Ints
from coastwatch.simulate.motion import Motion, at
from coastwatch.simulate.scenario import Craft, Station, Transponder

# ITU-R M.1371-5, annex 1, table 1 (class A under way) and table 2 (class B "SO"): speed in knots
# up to which a reporting interval holds, the interval in seconds, and that while changing course.
CLASS_A = ((14.0, 10.0, 10.0 / 3.0), (23.0, 6.0, 2.0), (np.inf, 2.0, 2.0))
CLASS_B = ((2.0, 180.0, 180.0), (14.0, 30.0, 30.0), (23.0, 15.0, 15.0), (np.inf, 5.0, 5.0))
CHANGING_COURSE_RAD_S = np.radians(5.0) / 15.0  # 5 degrees off the mean of the last 30 s
STATIC_S = 360.0
SLOT_S = 60.0 / 2250.0
GNSS_SIGMA_M = 5.0
SOG_SIGMA_MPS = 0.05
# Where antennas stand, as a share of the length from the bow: on the bridge, by what a vessel is.
BRIDGE = {"ferry": (0.15, 0.35), "cargo": (0.70, 0.88), "tanker": (0.75, 0.88),
          "fishing": (0.25, 0.60), "yacht": (0.50, 0.90)}  # fmt: skip
ASIDE = 0.3  # of the beam, to either side of the middle at most
# VHF carries beyond the optical horizon; the edge is soft.
VHF_HORIZON_M = 4_120.0 * 1.35
VHF_EDGE_M = 4_000.0


@dataclass(frozen=True, slots=True)
class Transmission:
    """One message on the air: its sentences are the same wherever it is heard."""

    time_s: float
    craft: int
    sentences: tuple[str, ...]


def transmit(
    craft: Sequence[Craft],
    motion: Motion,
    plane: Plane,
    start_s: float,
    duration_s: float,
    rng: np.random.Generator,
) -> list[Transmission]:
    """All messages of all sets from 0 to ``duration_s``, in order of time.

    A report tells the place of its antenna, as it is at sea; radar sees the hull.
    """
    antennas = _antennas(craft, rng.spawn(1)[0])
    rows: list[Row] = []
    for index, one in enumerate(craft):
        if one.transponder is not None:
            rows += _schedule(index, one.transponder, motion, duration_s, rng)
    rows.sort()
    times = np.array([row[0] for row in rows], dtype=np.float64)
    who = np.array([row[1] for row in rows], dtype=np.int64)
    seen = _observed(motion, plane, antennas, times, who, rng)
    seconds = (np.floor(start_s + times).astype(np.int64) % 60).tolist()
    messages = []
    for n, (time_s, index, part) in enumerate(rows):
        if part == "position":
            fields = _position(craft[index], {k: v[n] for k, v in seen.items()}, seconds[n])
        else:
            fields = _static(craft[index], antennas[index].tolist(), part)
        sentences = encode_dict(
            fields, sentence_type="VDM", radio_channel="AB"[n % 2], seq_id=n % 10
        )
        messages.append(Transmission(time_s, index, tuple(sentences)))
    return messages


def hear(
    station: Station,
    craft: Sequence[Craft],
    messages: Sequence[Transmission],
    lonlat: tuple[Floats, Floats],
    start_s: float,
    rng: np.random.Generator,
) -> bytes:
    """The log of one station: each message heard, in tag blocks with source and time (ms)."""
    times = np.array([m.time_s for m in messages], dtype=np.float64)
    who = np.array([m.craft for m in messages], dtype=np.int64)
    lon, lat = at(lonlat[0], times, who), at(lonlat[1], times, who)
    range_m, _ = lonlat_to_polar(*station.position, station.height_m, lon, lat)
    height_m = np.array([c.hull.height_m for c in craft])[who]
    heard = rng.random(len(times)) < hearing_probability(station, height_m, range_m)
    latency = station.latency_s * rng.uniform(0.8, 1.6, len(times))
    stamps = np.rint((start_s + times + latency) * 1e3).astype(np.int64)
    chosen = np.flatnonzero(heard)
    chosen = chosen[np.argsort(stamps[chosen], kind="stable")]
    lines: list[str] = []
    for group, n in enumerate(chosen.tolist(), 1):
        lines += _tagged(messages[n].sentences, station.name, int(stamps[n]), group)
    return "".join(lines).encode("ascii")


def hearing_probability(station: Station, height_m: Floats, range_m: Floats) -> Floats:
    """That one message sent ``range_m`` away from ``height_m`` above the sea is received."""
    reach = VHF_HORIZON_M * (np.sqrt(station.height_m) + np.sqrt(height_m))
    reach = np.minimum(reach, station.range_max_m)
    return np.asarray((1.0 - station.loss) / (1.0 + np.exp((range_m - reach) / VHF_EDGE_M)))


def interval_s(grade: str, speed_mps: float, turn_rad_s: float) -> float:
    """The reporting interval of a set of class "A" or "B" under way."""
    table = CLASS_A if grade == "A" else CLASS_B
    row = next(row for row in table if speed_mps / KNOT_MPS <= row[0])
    return row[2] if abs(turn_rad_s) > CHANGING_COURSE_RAD_S else row[1]


Row = tuple[float, int, str]


def _schedule(
    index: int, ais: Transponder, motion: Motion, duration_s: float, rng: np.random.Generator
) -> Iterator[Row]:
    """When a set sends what: (time, craft, "position", "voyage" or the part of a type 24)."""
    time_s = float(motion.start_s[index])
    step = min(int(time_s), len(motion.speed_mps) - 1)
    time_s += rng.random() * interval_s(ais.grade, float(motion.speed_mps[step, index]), 0.0)
    while time_s < duration_s:
        yield _slot(time_s), index, "position"
        step = int(time_s)
        speed, turn = motion.speed_mps[step, index], motion.turn_rad_s[step, index]
        # A slot is picked at random within a tenth of the interval around the nominal one.
        time_s += interval_s(ais.grade, float(speed), float(turn)) * rng.uniform(0.9, 1.1)
    time_s = float(motion.start_s[index]) + rng.random() * STATIC_S
    while time_s < duration_s:
        if ais.grade == "A":
            yield _slot(time_s), index, "voyage"
        else:
            yield _slot(time_s), index, "A"
            if time_s + 10.0 < duration_s:
                yield _slot(time_s + 10.0), index, "B"
        time_s += STATIC_S


def _slot(time_s: float) -> float:
    return float(np.floor(time_s / SLOT_S) * SLOT_S)


def _antennas(craft: Sequence[Craft], rng: np.random.Generator) -> Ints:
    """Whole metres from each craft's antenna to bow, stern, port and starboard, (craft, 4)."""
    length, beam = np.rint([(c.length_m, c.beam_m) for c in craft]).astype(np.int64).T
    share = np.array([BRIDGE.get(c.kind, (0.5, 0.5)) for c in craft])
    # 0 would say that the place is unknown.
    bow = np.clip(np.rint(length * rng.uniform(*share.T)), 1, length).astype(np.int64)
    aside = 0.5 + rng.uniform(-ASIDE, ASIDE, len(craft))
    port = np.clip(np.rint(beam * aside), 1, beam).astype(np.int64)
    return np.column_stack([bow, length - bow, port, beam - port])


def _observed(
    motion: Motion,
    plane: Plane,
    antennas: Ints,
    times: Floats,
    who: Ints,
    rng: np.random.Generator,
) -> dict[str, list[float]]:
    """What each set measures of itself at each time, in the units of the messages."""
    course = at(motion.heading_rad, times, who)
    bow, stern, port, starboard = antennas[who].T
    ahead, right = (stern - bow) / 2.0, (port - starboard) / 2.0
    x = at(motion.x_m, times, who) + ahead * np.sin(course) + right * np.cos(course)
    y = at(motion.y_m, times, who) + ahead * np.cos(course) - right * np.sin(course)
    vx, vy = at(motion.vx_mps, times, who), at(motion.vy_mps, times, who)
    lon, lat = plane.to_lonlat(
        x + GNSS_SIGMA_M * rng.standard_normal(len(x)),
        y + GNSS_SIGMA_M * rng.standard_normal(len(x)),
    )
    _, heading = plane.course(lon, lat, vx, vy)
    vx = vx + SOG_SIGMA_MPS * rng.standard_normal(len(x))
    vy = vy + SOG_SIGMA_MPS * rng.standard_normal(len(x))
    sog, cog = plane.course(lon, lat, vx, vy)
    return {
        "lon": lon.tolist(),
        "lat": lat.tolist(),
        "speed": np.round(sog / KNOT_MPS, 1).tolist(),
        # The field holds 0 to 359.9 and 359: what rounds up to a full turn is north.
        "course": np.mod(np.round(np.degrees(cog), 1), 360.0).tolist(),
        "heading": np.mod(np.rint(np.degrees(heading)), 360.0).tolist(),
        "turn": np.clip(np.degrees(at(motion.turn_rad_s, times, who)) * 60.0, -708, 708).tolist(),
    }


def _position(craft: Craft, seen: dict[str, float], second: int) -> dict[str, Any]:
    ais = craft.transponder
    assert ais is not None
    fields: dict[str, Any] = {"mmsi": ais.mmsi, **seen, "second": second, "accuracy": 1}
    if ais.grade == "A":
        status = 7 if craft.kind == "fishing" else 0
        return {**fields, "msg_type": 1, "heading": int(seen["heading"]), "status": status}
    del fields["turn"]
    return {**fields, "msg_type": 18, "heading": 511, "dsc": 1, "band": 1, "msg22": 1}


def _static(craft: Craft, antenna: Sequence[int], part: str) -> dict[str, Any]:
    ais = craft.transponder
    assert ais is not None
    fields: dict[str, Any] = {
        "mmsi": ais.mmsi,
        "shipname": craft.name,
        "callsign": ais.callsign,
        "ship_type": ais.ship_type,
        **dict(zip(("to_bow", "to_stern", "to_port", "to_starboard"), antenna, strict=True)),
    }
    if part == "voyage":
        draught = round(min(craft.length_m / 22.0, 20.0), 1)
        return {**fields, "msg_type": 5, "epfd": 1, "draught": draught,
                "destination": ais.destination}  # fmt: skip
    return {**fields, "msg_type": 24, "partno": "AB".index(part), "vendorid": "CWS"}


def _tagged(sentences: tuple[str, ...], source: str, stamp_ms: int, group: int) -> Iterator[str]:
    """The sentences as a station logs them; parts of one message share a group (NMEA 0183 4.10)."""
    count = len(sentences)
    for n, sentence in enumerate(sentences, 1):
        fields = f"s:{source},c:{stamp_ms}"
        if count > 1:
            fields = f"g:{n}-{count}-{group},{fields}"
        yield f"\\{fields}*{reduce(xor, fields.encode('ascii')):02X}\\{sentence}\r\n"

"""The nouns: what flows between the rooms, as plain values and columns. No I/O, no logic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class CoastwatchError(Exception):
    """Root of our errors: something the user did or sent. The text names the place and the mend."""


class ConfigError(CoastwatchError):
    """A site, zone pack or option is wrong; the command line exits with status 2."""


class InputError(CoastwatchError):
    """An input cannot be read at all; the command line exits with status 1."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """What one feed delivered at one moment; the unit that the journal keeps.

    ``received_ns`` is UTC nanoseconds, 0 where the reception time is unknown (a plain file).
    ``peer`` tells senders of one feed apart ("127.0.0.1:5000"), so that each has its own framing.
    ``whole`` says that the chunk's ends are message boundaries (UDP, pcap), unlike a byte stream.
    ``end`` marks that this peer (or, with an empty peer, the whole feed) will send no more.
    """

    received_ns: int
    feed: str
    data: bytes
    peer: str = ""
    whole: bool = False
    end: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """One refused piece of input: why, where, and the bytes kept for inspection (cut to 200)."""

    reason: str
    line: int
    raw: bytes
    feed: str = ""


@dataclass(slots=True)
class Balance:
    """The books of one decoder: frames = decoded + sum(rejected) + pending + expired + ignored.

    A frame is one sentence, block record or row. ``merged`` fragments count as decoded: each
    sentence of a multi-part message that was completed is one decoded frame. ``ignored`` is a
    well-formed frame that is not ours (a wind sensor's sentence, a comment line).
    """

    frames: int = 0
    decoded: int = 0
    pending: int = 0
    expired: int = 0
    ignored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def difference(self) -> int:
        """Frames that are unaccounted for: zero, always."""
        accounted = self.decoded + self.pending + self.expired + self.ignored
        return self.frames - accounted - sum(self.rejected.values())

    def add(self, other: Balance) -> None:
        self.frames += other.frames
        self.decoded += other.decoded
        self.pending += other.pending
        self.expired += other.expired
        self.ignored += other.ignored
        self.rejected.update(other.rejected)


class Kind(IntEnum):
    """What a detection is."""

    REPORT = 0  # a position report (AIS): carries an identity
    PLOT = 1  # one radar detection of one scan
    SENSOR_TRACK = 2  # a target as another tracker sees it (TTM, TLL, CAT 062)
    BEARING = 3  # a direction without a range (camera)
    LOOK = 4  # a sensor looked at this time and saw nothing


def _nan(n: int) -> Floats:
    return np.full(n, np.nan)


@dataclass(slots=True)
class Detections:
    """A batch of detections as columns of one length; NaN (floats) or -1 (ints) means unknown.

    Decoders fill what the sensor says; ``geo.place`` fills the site-plane columns. ``sensor`` is
    the index into ``site.sensors``, -1 where no sensor of the site is meant (an AIS report heard
    by an unnamed station). Angles are radians clockwise from true north, ``cog_rad`` included.
    ``cov_m2`` has shape (n, 2, 2): the position covariance in the site plane. A decoder may fill
    it along east and north at the target, and ``geo.place`` turns it.
    """

    time_s: Floats
    sensor: Ints
    kind: Ints
    lon: Floats  # degrees, WGS 84
    lat: Floats
    x_m: Floats
    y_m: Floats
    cov_m2: Floats
    range_m: Floats  # slant range from the sensor
    azimuth_rad: Floats
    sigma_m: Floats  # position 1-sigma that came with the detection
    sigma_range_m: Floats
    sigma_azimuth_rad: Floats
    sensor_lon: Floats  # of a moving sensor
    sensor_lat: Floats
    sog_mps: Floats
    cog_rad: Floats
    heading_rad: Floats
    mmsi: Ints
    target: Ints  # the sensor's own track number
    nav_status: Ints
    amplitude_db: Floats  # as the sensor gives it (dBm in CAT 048)
    extent_m: Floats  # of a plot across or along; of a report the hull's length as broadcast
    ahead_m: Floats  # of a report: from its antenna to the hull's centre, ahead and to starboard
    starboard_m: Floats

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def empty(cls, n: int = 0) -> Self:
        """``n`` rows of unknowns."""
        ints = {"sensor", "kind", "mmsi", "target", "nav_status"}
        columns: dict[str, Any] = {
            f.name: np.full(n, -1, dtype=np.int64) if f.name in ints else _nan(n)
            for f in fields(cls)
        }
        columns["cov_m2"] = np.full((n, 2, 2), np.nan)
        return cls(**columns)

    @classmethod
    def of(cls, **columns: Any) -> Self:
        """A batch from the columns that are known; the others are unknown."""
        n = len(next(iter(columns.values())))
        batch = cls.empty(n)
        for name, values in columns.items():
            getattr(batch, name)[:] = values
        return batch

    @classmethod
    def concat(cls, batches: Iterable[Detections]) -> Self:
        parts = [b for b in batches if len(b)]
        if not parts:
            return cls.empty()
        return cls(**{f.name: np.concatenate([getattr(p, f.name) for p in parts])
                      for f in fields(cls)})  # fmt: skip

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that ``index`` (integers, mask or slice) picks."""
        return type(self)(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


class Status(IntEnum):
    """A track's life."""

    TENTATIVE = 0
    CONFIRMED = 1
    COASTING = 2
    ENDED = 3


@dataclass(slots=True)
class Tracks:
    """The picture at one time, one row a track.

    ``state`` is (n, 4): x_m, y_m, vx_mps, vy_mps in the site plane; ``cov`` (n, 4, 4).
    ``last_seen_s`` is (n, sensors of the site + 1), NaN where never; the last column stands for
    reports of no named sensor. Probabilities are in 0..1; ``mmsi`` is -1 where unknown.
    ``heard_share`` is what share of AIS reports sent there is received, as learned; ``heading_rad``
    is true, as said by AIS of late, NaN where unknown.
    """

    time_s: float
    id: Ints
    state: Floats
    cov: Floats
    existence: Floats
    status: Ints
    mmsi: Ints
    p_mmsi: Floats
    p_unregistered: Floats
    p_small: Floats
    p_fixed: Floats
    length_m: Floats
    length_sigma_m: Floats
    born_s: Floats
    heard_share: Floats
    last_seen_s: Floats
    heading_rad: Floats = field(default_factory=lambda: _nan(0))

    def __post_init__(self) -> None:
        if len(self.heading_rad) != len(self.id):  # its maker knows of none
            self.heading_rad = _nan(len(self.id))

    def __len__(self) -> int:
        return len(self.id)

    def take(self, index: NDArray[Any] | slice) -> Self:
        columns = {f.name: getattr(self, f.name) for f in fields(self)}
        time_s = columns.pop("time_s")
        return type(self)(time_s=time_s, **{name: col[index] for name, col in columns.items()})

    @classmethod
    def empty(cls, time_s: float, sensors: int) -> Self:
        """No track at all, under a site with ``sensors`` sensors."""
        none, ints = np.empty(0), np.empty(0, dtype=np.int64)
        seen = np.empty((0, sensors + 1))
        return cls(time_s, ints, np.empty((0, 4)), np.empty((0, 4, 4)), none, ints, ints,
                   none, none, none, none, none, none, none, none, seen)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vessel:
    """What a vessel says of itself (AIS types 5, 19, 24): the last word on each field."""

    mmsi: int
    time_s: float
    name: str | None = None
    callsign: str | None = None
    ship_type: int | None = None
    imo: int | None = None
    length_m: float | None = None
    beam_m: float | None = None
    destination: str | None = None
    eta: str | None = None  # month, day, hour, minute as broadcast: "11-27T05:30"
    safety_text: str | None = None  # of a safety-related broadcast (type 14)


@dataclass(frozen=True, slots=True)
class Flag:
    """What a vessel's AIS reports cannot mean, as the checks of ``decode.ais.integrity`` say.

    ``check`` is the name of one of them; ``value``, ``limit`` and ``extra`` its numbers.
    """

    mmsi: int
    time_s: float
    check: str
    aspect: str
    value: float
    limit: float
    extra: float
    text: str


@dataclass(frozen=True, slots=True)
class Zone:
    """An area or line that the watch has rules for. ``geometry`` is lon, lat in WGS 84.

    ``version`` is a hash of all that decides the zone's meaning, so that an alert can name it.
    ``valid_from_s`` and ``valid_to_s`` are UTC seconds, infinite where open. ``settings`` are what
    the zone tells its rules, such as ``speed_max_kn``.
    """

    id: str
    name: str
    kind: str
    geometry: BaseGeometry
    rules: tuple[str, ...]
    valid_from_s: float
    valid_to_s: float
    source: str
    accuracy_m: float | None
    note: str
    version: str
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A track entered or left a zone, or crossed a line: a fact, not yet an alert.

    ``what`` is "entry", "exit", "crossing-left-to-right" or "crossing-right-to-left" (seen along
    the line's own direction), or of a band round a zone "within-3-nm" or "beyond-3-nm". ``p`` is
    the probability of what it says, by the track's covariance.
    """

    time_s: float
    track: int
    mmsi: int
    zone: str
    what: str
    lon: float
    lat: float
    p: float = 1.0


# After IMO resolution MSC.302(87): an emergency is immediate danger to life, an alarm needs action
# at once, a warning is to be known at once, a caution is to be known.
PRIORITIES = ("caution", "warning", "alarm", "emergency")


@dataclass(frozen=True, slots=True)
class Say:
    """What a rule says of one situation: that it holds, or, with ``over``, that it is no more.

    ``rule`` and ``about`` (tracks, zones, whatever tells it from others of the rule) name the
    situation: what is said of it again joins the alert that it has. ``track`` and ``mmsi`` are -1
    where there is none. A situation whose track ends is over by itself.
    """

    rule: str
    version: int
    about: tuple[str | int, ...]
    time_s: float
    priority: str  # of PRIORITIES
    track: int
    mmsi: int
    zone: str
    lon: float
    lat: float
    text: str
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    zone_version: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """What an officer should look at, why, and where, as it was raised.

    ``id`` is a hash of rule and version, zone and version, track and event time: the same for the
    same input. ``severity`` is its priority, one of PRIORITIES.
    """

    id: str
    time_s: float
    rule: str
    severity: str
    track: int
    mmsi: int  # -1 where unknown
    zone: str
    lon: float
    lat: float
    text: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer does about an alert: ``what`` is acknowledge, silence, transfer or close.

    It is an input like any other: journalled, and played again with the rest.
    """

    time_s: float
    alert: str
    what: str
    by: str
    role: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One thing that happened in an alert's life; ``state`` and ``severity`` are those after it.

    ``what``: raised, updated, escalated, rectified, active again, acknowledged, silenced,
    transferred, closed, refused, held back. ``by`` is empty where the machine did it. ``text`` and
    ``evidence`` are the alert's own in raised, updated and active again, else a remark.
    ``number`` counts all events of a watch, so that each is kept once however often it is told.
    """

    alert: str
    time_s: float
    what: str
    state: str
    severity: str
    text: str = ""
    by: str = ""
    role: str = ""
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    number: int = 0

"""What a radar says of its ship and of its display: OSD and RSD (NMEA 0183, IEC 61162-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from coastwatch.decode.arpa import UNITS, letter, number
from coastwatch.decode.sentence import Refused

FORMATTERS = (b"OSD", b"RSD")
# By what course and speed are known: bottom lock, by hand, through water, by a fixed radar target,
# by a positioning system. Water and hand tell no way over ground.
REFERENCES, OVER_GROUND = "BMWRP", "BRP"


@dataclass(frozen=True, slots=True)
class OwnData:
    """OSD: the ship that carries the radar. Angles are true degrees; a blank is None."""

    heading_deg: float | None
    heading_valid: bool
    course_deg: float | None
    course_source: str
    speed_kn: float | None
    speed_source: str
    set_deg: float | None
    drift_kn: float | None

    @property
    def over_ground(self) -> bool:
        """Whether course and speed are a way over ground."""
        sources = self.course_source, self.speed_source
        return all(source and source in OVER_GROUND for source in sources)


@dataclass(frozen=True, slots=True)
class DisplayData:
    """RSD: the radar's display. Bearings are from its zero: the bow (head-up), or north."""

    origin_1_range_nm: float | None
    origin_1_bearing_deg: float | None
    marker_1_range_nm: float | None
    marker_1_bearing_deg: float | None
    origin_2_range_nm: float | None
    origin_2_bearing_deg: float | None
    marker_2_range_nm: float | None
    marker_2_bearing_deg: float | None
    cursor_range_nm: float | None
    cursor_bearing_deg: float | None
    range_scale_nm: float | None
    rotation: str  # C course-up, H head-up, N north-up


Data = OwnData | DisplayData
_NUMBERS = [field.name for field in fields(DisplayData)][:-1]


def read(said: list[bytes]) -> Data:
    """What an OSD or RSD sentence says. Raises Refused."""
    try:
        return own_data(said) if said[0].endswith(b"OSD") else _display(said)
    except (ValueError, IndexError, KeyError) as error:
        raise Refused(f"{said[0][-3:].decode('ascii', 'replace')} fields") from error


def to_record(data: Data) -> dict[str, Any]:
    """The sentence as a JSON-ready object."""
    return {"sentence": "OSD" if isinstance(data, OwnData) else "RSD", **asdict(data)}


def own_data(f: Sequence[bytes]) -> OwnData:
    """The fields of OSD. Raises ValueError, IndexError or KeyError where they are none."""
    scale = UNITS[f[9] or b"N"]
    return OwnData(
        heading_deg=number(f[1], 0.0, 360.0),
        heading_valid=letter(f[2], "AV") == "A",
        course_deg=number(f[3], 0.0, 360.0),
        course_source=letter(f[4], REFERENCES),
        speed_kn=_scaled(f[5], scale, -200.0),
        speed_source=letter(f[6], REFERENCES),
        set_deg=number(f[7], 0.0, 360.0),
        drift_kn=_scaled(f[8], scale),
    )


def _display(f: list[bytes]) -> DisplayData:
    scale = UNITS[f[12] or b"N"]
    numbers = [
        _scaled(f[k], scale) if k % 2 else number(f[k], 0.0, 360.0) for k in range(1, 12)
    ]  # fmt: skip
    return DisplayData(**dict(zip(_NUMBERS, numbers, strict=True)), rotation=letter(f[13], "CHN"))


def _scaled(text: bytes, scale: float, low: float = 0.0) -> float | None:
    value = number(text, low, 1_000.0)
    return None if value is None else round(value * scale, 6)

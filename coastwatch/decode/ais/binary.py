"""What AIS types 6 and 8 carry: weather and water (IMO 236, IMO 289), inland ships, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from coastwatch.decode.ais.terms import inland_type_words

BITS_KEPT = 1_072  # more no message has (type 26 in five slots); a flood is not read


class Number(NamedTuple):
    """``(raw + offset) / divisor`` where ``low <= raw <= high``, else not available.

    A raw value in ``ends`` means "or more" (or less): the scale stops there.
    """

    name: str
    width: int
    low: int
    high: int
    divisor: int = 1
    offset: int = 0
    signed: bool = False
    ends: tuple[int, ...] = ()


class Words(NamedTuple):
    """A code, and the value that each one stands for; any other is not available."""

    name: str
    width: int
    values: Mapping[int, Any]


class Text(NamedTuple):
    """Six-bit characters up to the first "@"; ``nothing`` is a text that says there is none."""

    name: str
    width: int
    nothing: str = ""


class Beyond(NamedTuple):
    """A bit which says that the named number, that comes next, is where the sensor's scale ends."""

    name: str
    width: int = 1


Item = Number | Words | Text | Beyond


class Layout(NamedTuple):
    """The content of one application, behind DAC and FI, in the order sent."""

    name: str
    items: tuple[Item, ...]


def application(payload: bytes, fill_bits: int) -> dict[str, Any] | None:
    """The content of a whole message of type 6 or 8, by name, with units in the names.

    ``dac``, ``fi``, ``name``, then every value of the layout: None where it is not available, out
    of the range the specification gives it, or cut off. ``beyond_scale``, where it is there, lists
    the numbers that are "or more" (or "or less") than told. None where the payload is no such
    message or its DAC and FI are none of ``LAYOUTS``. Raises nothing.
    """
    bits = _Bits.of(payload, fill_bits)
    if bits is None:
        return None
    start = _CONTENT.get(bits.raw(0, 6) or 0)
    if start is None:
        return None
    dac, fi = bits.raw(start, 10), bits.raw(start + 10, 6)
    if dac is None or fi is None or (dac, fi) not in LAYOUTS:
        return None
    layout = LAYOUTS[dac, fi]
    found = {"dac": dac, "fi": fi, "name": layout.name, **_values(layout, bits, start + 16)}
    if layout is _INLAND:
        found["ship_type"] = inland_type_words(found["ship_type_eri"] or 0)
    if layout is _IMO_236 and found["hour_utc"] is found["minute_utc"] is None:
        found["day_utc"] = None  # there, 31 with neither hour nor minute means no day
    return found


# Where DAC and FI stand, by message type.
_CONTENT = {6: 72, 8: 40}

_TREND: Mapping[int, str] = {0: "steady", 1: "decreasing", 2: "increasing"}
_PRECIPITATION = {1: "rain", 2: "thunderstorm", 3: "freezing rain", 4: "mixed or ice", 5: "snow"}
_ICE = {0: False, 1: True}
_QUALITY = {0: "low", 1: "high"}

_LON = Number("lon_deg", 25, -10_800_000, 10_800_000, 60_000, signed=True)
_LAT = Number("lat_deg", 24, -5_400_000, 5_400_000, 60_000, signed=True)
_TIME = (Number("day_utc", 5, 1, 31), Number("hour_utc", 5, 0, 23), Number("minute_utc", 6, 0, 59))


def _direction(name: str) -> Number:
    return Number(f"{name}_direction_deg", 9, 0, 359)


def _sea(top: tuple[int, ...]) -> tuple[Item, ...]:
    """Currents at three depths, waves and swell; ``top`` is the raw value for "or more"."""

    def tenths(name: str) -> Number:
        return Number(name, 8, 0, 250 + len(top), 10, ends=top)

    return (
        tenths("current_speed_kn"),
        _direction("current"),
        tenths("current_2_speed_kn"),
        _direction("current_2"),
        Number("current_2_depth_m", 5, 0, 30),
        tenths("current_3_speed_kn"),
        _direction("current_3"),
        Number("current_3_depth_m", 5, 0, 30),
        tenths("wave_height_m"),
        Number("wave_period_s", 6, 0, 60),
        _direction("wave"),
        tenths("swell_height_m"),
        Number("swell_period_s", 6, 0, 60),
        _direction("swell"),
        Number("sea_state_beaufort", 4, 0, 12),
    )


# IMO SN/Circ.236, annex 2: signless with an offset, and latitude before longitude.
_IMO_236 = Layout(
    "meteorological and hydrological data (IMO 236)",
    (
        _LAT,
        _LON,
        *_TIME,
        Number("wind_speed_kn", 7, 0, 120),
        Number("wind_gust_kn", 7, 0, 120),
        _direction("wind"),
        _direction("wind_gust"),
        Number("air_temperature_c", 11, 0, 1_200, 10, -600),
        Number("humidity_percent", 7, 0, 100),
        Number("dew_point_c", 10, 0, 700, 10, -200),
        Number("pressure_hpa", 9, 0, 400, 1, 800),
        Words("pressure_tendency", 2, _TREND),
        Number("visibility_nm", 8, 0, 250, 10),
        Number("water_level_m", 9, 0, 400, 10, -100),
        Words("water_level_trend", 2, _TREND),
        *_sea(()),
        Number("water_temperature_c", 10, 0, 600, 10, -100),
        Words("precipitation", 3, _PRECIPITATION),
        Number("salinity_permille", 9, 0, 500, 10),
        Words("ice", 2, _ICE),
    ),
)

# IMO SN.1/Circ.289, annex, table 1.1: temperatures in two's complement, longitude first.
_IMO_289 = Layout(
    "meteorological and hydrographic data (IMO 289)",
    (
        _LON,
        _LAT,
        Words("position_accuracy", 1, _QUALITY),
        *_TIME,
        Number("wind_speed_kn", 7, 0, 126, ends=(126,)),
        Number("wind_gust_kn", 7, 0, 126, ends=(126,)),
        _direction("wind"),
        _direction("wind_gust"),
        Number("air_temperature_c", 11, -600, 600, 10, signed=True),
        Number("humidity_percent", 7, 0, 100),
        Number("dew_point_c", 10, -200, 500, 10, signed=True),
        Number("pressure_hpa", 9, 0, 402, 1, 799, ends=(0, 402)),
        Words("pressure_tendency", 2, _TREND),
        Beyond("visibility_nm"),
        Number("visibility_nm", 7, 0, 126, 10),
        Number("water_level_m", 12, 0, 4_000, 100, -1_000),
        Words("water_level_trend", 2, _TREND),
        *_sea((251,)),
        Number("water_temperature_c", 10, -100, 500, 10, signed=True),
        Words("precipitation", 3, _PRECIPITATION),
        Number("salinity_permille", 9, 0, 501, 10, ends=(501,)),
        Words("ice", 2, _ICE),
    ),
)

# CCNR Vessel Tracking and Tracing Standard for Inland Navigation, 2.4.2; ECE/TRANS/SC.3/176.
_INLAND = Layout(
    "inland ship static and voyage related data",
    (
        Text("eni", 48, nothing="00000000"),
        Number("length_m", 13, 1, 8_000, 10),
        Number("beam_m", 10, 1, 1_000, 10),
        Number("ship_type_eri", 14, 1, 2**14 - 1),
        Words(
            "hazardous_cargo",
            3,
            {
                0: "no blue cone",
                1: "1 blue cone",
                2: "2 blue cones",
                3: "3 blue cones",
                4: "B flag",
            },
        ),
        Number("draught_m", 11, 1, 2_000, 100),
        Words("load", 2, {1: "loaded", 2: "unloaded"}),
        Words("speed_quality", 1, _QUALITY),
        Words("course_quality", 1, _QUALITY),
        Words("heading_quality", 1, _QUALITY),
    ),
)

LAYOUTS: Mapping[tuple[int, int], Layout] = {
    (1, 11): _IMO_236,
    (1, 31): _IMO_289,
    (200, 10): _INLAND,
}


class _Bits(NamedTuple):
    """A message as one integer of ``length`` bits."""

    value: int
    length: int

    @classmethod
    def of(cls, payload: bytes, fill_bits: int) -> _Bits | None:
        """The bits of a payload; None where it holds characters that are no armour."""
        sixes = payload[: BITS_KEPT // 6 + 1].translate(_UNARMOUR)
        if _NO_ARMOUR in sixes:
            return None
        value = 0
        for six in sixes:
            value = value << 6 | six
        whole = 6 * len(sixes)
        fill = min(max(fill_bits, 0), whole)
        return cls(value >> fill, whole - fill)

    def raw(self, start: int, width: int) -> int | None:
        """The unsigned number there; None where the message ends before it does."""
        end = start + width
        if end > self.length:
            return None
        return self.value >> (self.length - end) & ((1 << width) - 1)


_NO_ARMOUR = 64
_UNARMOUR = bytes(
    c - 48 if 48 <= c < 88 else c - 56 if 96 <= c < 120 else _NO_ARMOUR for c in range(256)
)


def _values(layout: Layout, bits: _Bits, start: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    beyond: list[str] = []
    for item in layout.items:
        raw = bits.raw(start, item.width)
        start += item.width
        if isinstance(item, Beyond):
            if raw:
                beyond.append(item.name)
            continue
        found[item.name] = None if raw is None else _value(item, raw)
        if isinstance(item, Number) and raw in item.ends:
            beyond.append(item.name)
    told = [name for name in beyond if found[name] is not None]
    return found | ({"beyond_scale": told} if told else {})


def _value(item: Number | Words | Text, raw: int) -> Any:
    if isinstance(item, Words):
        return item.values.get(raw)
    if isinstance(item, Text):
        return _text(raw, item)
    if item.signed and raw >> (item.width - 1):
        raw -= 1 << item.width
    if not item.low <= raw <= item.high:
        return None
    raw += item.offset
    return raw if item.divisor == 1 else round(raw / item.divisor, 6)


def _text(raw: int, item: Text) -> str | None:
    """Six-bit ASCII of ITU-R M.1371-5, table 47: the first 32 codes stand for 64 to 95."""
    codes = (raw >> at & 63 for at in range(item.width - 6, -1, -6))
    text = "".join(chr(code + 64 if code < 32 else code) for code in codes)
    text = text.partition("@")[0].rstrip()
    return None if text in ("", item.nothing) else text

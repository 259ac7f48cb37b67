"""Records of any format -> flat rows: the columns of the csv and parquet outputs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from coastwatch.geo.units import NM_M

_TIME = ("time", pa.timestamp("ns", tz="UTC"))
_AIS = (_TIME, ("mmsi", pa.int64()), ("msg_type", pa.int16()))
_MOTION = tuple((name, pa.float64()) for name in ("lon", "lat", "sog_kn", "cog_deg"))
_SOURCE = ("source", pa.string())
BULK = pa.schema(
    [*_AIS, *_MOTION, ("heading_deg", pa.float64()), ("nav_status", pa.int16()), _SOURCE]
)
STATICS = pa.schema(
    [
        *_AIS,
        *((name, pa.string()) for name in ("name", "callsign", "destination")),
        ("ship_type", pa.int16()),
        ("imo", pa.int64()),
        *((name, pa.float64()) for name in ("length_m", "beam_m")),
        _SOURCE,
    ]
)
RADAR = pa.schema(
    [
        _TIME,
        ("sensor", pa.string()),
        ("target", pa.int64()),
        *((name, pa.float64()) for name in ("range_m", "azimuth_deg")),
        *_MOTION,
        ("amplitude", pa.float64()),
        _SOURCE,
    ]
)
FLAT = tuple(dict.fromkeys([*BULK.names, *STATICS.names, *RADAR.names, "line"]))

# Messages whose position and motion are the sender's own, and those that hold statics; in others
# fields of the same names mean other things.
_PLACED = frozenset({1, 2, 3, 4, 9, 11, 18, 19, 21, 27})
_STATIC = frozenset({5, 19, 21, 24})
# From where "not available" begins, ITU-R M.1371-5; types 9 and 27 count whole knots.
_SPEED_END = {9: 1_022.0, 27: 63.0}


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """One row of all columns; the time as the record has it."""
    kind = record.get("msg_type")
    if kind is None:
        row = radar(record)
    else:
        row = bulk(record) | (statics(record) if kind in _STATIC else {})
    return row | {"time": _stamp(record), "line": record.get("line")}


def bulk(record: dict[str, Any]) -> dict[str, Any]:
    """Motion of one AIS message; what is not available is None."""
    kind = record["msg_type"]
    row = {
        "time": _time(record),
        "mmsi": record["mmsi"],
        "msg_type": kind,
        "source": record["source"],
    }
    if kind not in _PLACED:
        return row
    return row | {
        "lon": _within(record["lon"], -180.0, 180.0),
        "lat": _within(record["lat"], -90.0, 90.0),
        "sog_kn": _below(record.get("speed"), _SPEED_END.get(kind, 102.2)),
        "cog_deg": _below(record.get("course"), 360.0),
        "heading_deg": _below(record.get("heading"), 360.0),
        "nav_status": _below(record.get("status"), 15),
    }


def statics(record: dict[str, Any]) -> dict[str, Any]:
    """What one AIS message says of its vessel."""
    return {
        "time": _time(record),
        "mmsi": record.get("mmsi"),
        "msg_type": record["msg_type"],
        "name": _text(record.get("shipname") or record.get("name")),
        "callsign": _text(record.get("callsign")),
        "destination": _text(record.get("destination")),
        "ship_type": record.get("ship_type") or None,
        "imo": record.get("imo") or None,
        "length_m": _sum(record, "to_bow", "to_stern"),
        "beam_m": _sum(record, "to_port", "to_starboard"),
        "source": record.get("source"),
    }


def radar(record: dict[str, Any]) -> dict[str, Any]:
    """A radar's target, plot or record, or a row of a plots file, in the same columns."""
    row = {"time": _time(record), "source": record.get("source")}
    if "items" in record:
        return row | _asterix(record)
    if "spokes" in record:  # video is no target: its range is how far it reaches
        return row | {"sensor": record["radar"]}
    distance, relative = record.get("distance_nm"), record.get("bearing_reference") == "R"
    bearing = record.get("azimuth_deg", None if relative else record.get("bearing_deg"))
    course_true = record.get("course_reference") == "T"
    return row | {
        "sensor": record.get("sensor"),
        "target": record.get("target"),
        "range_m": record.get("range_m") if distance is None else distance * NM_M,
        "azimuth_deg": bearing,
        "lon": record.get("lon"),
        "lat": record.get("lat"),
        "sog_kn": record.get("speed_kn") if course_true else None,
        "cog_deg": record.get("course_deg") if course_true else None,
        "amplitude": record.get("amplitude"),
        "mmsi": record.get("mmsi"),
        "name": _text(record.get("name")),
    }


def _asterix(record: dict[str, Any]) -> dict[str, Any]:
    """Position and number of a record of CAT 048 or 062."""
    items = record["items"]
    polar, place = items.get("040"), items.get("105")
    polar = polar if isinstance(polar, dict) else {}
    place = place if isinstance(place, dict) else {}
    number = items.get("040") if record.get("cat") == 62 else items.get("161")
    if isinstance(number, dict):
        number = next(iter(number.values()), None)
    rho = polar.get("RHO")
    return {
        "sensor": f"{record.get('sac')}/{record.get('sic')}",
        "target": number if isinstance(number, int) else None,
        "range_m": None if rho is None else rho * NM_M,
        "azimuth_deg": polar.get("THETA"),
        "lon": place.get("LON"),
        "lat": place.get("LAT"),
    }


def _stamp(record: dict[str, Any]) -> str | None:
    stamp = record.get("received") or record.get("time")
    return stamp if isinstance(stamp, str) else None


def _time(record: dict[str, Any]) -> datetime | None:
    stamp = _stamp(record)
    return None if stamp is None else datetime.fromisoformat(stamp)


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _below(value: float | None, end: float) -> float | None:
    return value if value is not None and value < end else None


def _text(value: str | None) -> str | None:
    """A six-bit text up to its first "@"."""
    return (value.partition("@")[0].strip() or None) if isinstance(value, str) else None


def _sum(record: dict[str, Any], *names: str) -> float | None:
    return float(sum(record.get(name) or 0 for name in names)) or None

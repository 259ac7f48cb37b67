"""site.toml -> a checked, typed description of a site: its sensors, feeds and zones."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from coastwatch.model import ConfigError

SENSOR_KINDS = ("radar", "ais", "camera")
# Kept in radians, written in degrees.
HEAD_KEYS = {"name", "origin", "zones", "lateness_s", "picture_s", "land", "fixed"}
IN_DEGREES = {"sigma_azimuth_rad", "azimuth_bias_rad", "beamwidth_rad"}
FEED_FORMATS = ("auto", "nmea", "asterix", "navico", "plots", "pcap", "journal")

VIDEO_BOUNDS = {
    "pfa": (1e-9, 1e-3), "window_cells": (8, 128), "guard_cells": (0, 256),
    "db_per_count": (1e-9, 100.0), "pulse_m": (0.0, 1e5), "min_cells": (1, 10_000),
    "extent_max_m": (1.0, 1e6), "unambiguous_m": (1.0, 1e9), "heading_deg": (0.0, 360.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asterix:
    """The address under which a radar's ASTERIX records arrive, and the editions that they are of.

    ``editions`` maps a category ("062") to an edition ("1.12"); others are told from their blocks.
    """

    sac: int
    sic: int
    editions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Video:
    """How raw video of a radar becomes plots; see docs/video-sources.md.

    ``heading_deg`` is where the zero of a fixed Navico radar points, true.
    """

    pfa: float = 1e-5  # false alarms a cell
    method: str = "os"
    window_cells: int = 32
    guard_cells: int = 8
    law: str = "linear"
    db_per_count: float = 0.375
    pulse_m: float = 0.0
    min_cells: int = 2
    extent_max_m: float = 500.0
    unambiguous_m: float = math.inf
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Sensor:
    """One radar, AIS station or camera. Units are in the names; see docs/site.md for defaults."""

    id: str
    kind: str
    position: tuple[float, float]  # lon, lat
    height_m: float = 10.0
    range_max_m: float = 40_000.0
    scan_s: float = 3.0
    sigma_range_m: float = 20.0
    sigma_azimuth_rad: float = math.radians(0.5)
    # Measured azimuth = true + azimuth_bias; measured range = range_scale * true + range_bias.
    azimuth_bias_rad: float = 0.0
    range_bias_m: float = 0.0
    range_scale: float = 1.0
    detection_probability: float = 0.8
    clutter_per_scan: float = 10.0
    amplitude_small_db: float | None = None
    asterix: Asterix | None = None
    station: str | None = None
    moving: bool = False  # its own feed tells where it is; ``position`` is where it is moored
    beamwidth_rad: float = math.radians(1.0)
    video: Video = Video()


@dataclass(frozen=True, slots=True)
class Feed:
    """Where bytes come from, and what they are."""

    url: str
    id: str = ""
    format: str = "auto"
    sensor: str | None = None
    date: str | None = None  # day of the first record, for formats that carry only a time of day


@dataclass(frozen=True, slots=True)
class Site:
    """All that the picture needs to know of a place. ``origin`` is where the local plane touches.

    ``lateness_s``: how long the picture waits for a late source. ``picture_s``: how often it is
    drawn, in event time. ``land``: whether the coast is believed; not so on rivers and canals.
    ``fixed``: known fixed objects, each lon, lat and radius (m). ``rules``: what the watch's rules
    are told beyond their defaults, by rule and parameter.
    """

    name: str
    origin: tuple[float, float]
    zones: tuple[Path, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    feeds: tuple[Feed, ...] = ()
    lateness_s: float = 3.0
    picture_s: float = 1.0
    land: bool = True
    fixed: tuple[tuple[float, float, float], ...] = ()
    rules: Mapping[str, Mapping[str, float | bool]] = field(default_factory=dict, hash=False)
    base: Path = field(default=Path("."), compare=False)
    where: str = field(default="site.toml", compare=False)  # the file, for errors found later

    def sensor_index(self, sensor_id: str) -> int:
        """The index of the sensor of that id, -1 where there is none."""
        return next((i for i, s in enumerate(self.sensors) if s.id == sensor_id), -1)

    def asterix_index(self, sac: int, sic: int) -> int:
        """The index of the sensor with that ASTERIX address, -1 where there is none."""
        address = (sac, sic)
        return next((i for i, s in enumerate(self.sensors) if _address(s) == address), -1)

    def asterix_edition(self, category: int, sac: int, sic: int) -> str:
        """The edition of a category that this address is said to send, else "auto"."""
        sensor = self.asterix_index(sac, sic)
        spoken = self.sensors[sensor].asterix if sensor >= 0 else None
        return spoken.editions.get(f"{category:03d}", "auto") if spoken else "auto"

    def to_document(self, zones: list[str]) -> dict[str, Any]:
        """This site as ``parse`` takes it, with other paths to its zones."""
        head: dict[str, Any] = {"name": self.name, "origin": list(self.origin), "zones": zones}
        head |= {"lateness_s": self.lateness_s, "picture_s": self.picture_s}
        head |= {"land": self.land, "fixed": [list(place) for place in self.fixed]}
        sensors, feeds = ([_row(item) for item in items] for items in (self.sensors, self.feeds))
        document = {"site": head, "sensor": sensors, "feed": feeds}
        return document | (
            {"rule": {k: dict(v) for k, v in self.rules.items()}} if self.rules else {}
        )


def load(path: Path) -> Site:
    """The site that a TOML file describes: ``name``, ``origin``, ``sensors``, ``feeds`` and more.

    Positions are longitude, latitude in degrees of WGS 84, angles radians, lengths metres, times
    seconds, as the names say (docs/site.md has the file's own units and defaults). Raises
    ConfigError, which names the file, the key and the mend.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as text ({error}); give a site.toml") from error
    try:
        document = tomllib.loads(text)
    except ValueError as error:  # numbers of thousands of digits, too
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    return parse(document, base=path.parent, where=str(path))


def parse(document: Mapping[str, Any], base: Path, where: str = "site.toml") -> Site:
    """The site that a parsed TOML document describes; ``base`` is what its paths start from."""
    _only(document, {"site", "sensor", "feed", "rule"}, where, "the top level")
    head = _table(document, "site", where)
    _only(
        head,
        {"name", "origin", "zones", "lateness_s", "picture_s", "land", "fixed"},
        where,
        "[site]",
    )
    sensor_rows, feed_rows = (_rows(document, key, where) for key in ("sensor", "feed"))
    sensors = (_sensor(row, f"{where}: [[sensor]] {i}") for i, row in enumerate(sensor_rows, 1))
    feeds = (_feed(row, i, f"{where}: [[feed]] {i}") for i, row in enumerate(feed_rows, 1))
    at = f"{where}: [site]"
    zones = head.get("zones", [])
    if not isinstance(zones, list) or not all(isinstance(z, str) for z in zones):
        raise ConfigError(f'{at}: zones must be a list of paths, such as ["zones/dover-strait"]')
    site = Site(
        name=_text(head, "name", at),
        origin=_lonlat(head, "origin", at),
        zones=tuple(base / z for z in zones),
        sensors=tuple(sensors),
        feeds=tuple(feeds),
        lateness_s=_number(head, "lateness_s", at, 3.0, 0.0, 600.0),
        picture_s=_number(head, "picture_s", at, 1.0, 0.1, 60.0),
        land=_flag(head, "land", at, True),
        fixed=_fixed(head, at),
        rules=_rules(document, where),
        base=base,
        where=where,
    )
    _check_references(site, where)
    return site


def _address(sensor: Sensor) -> tuple[int, int] | None:
    return (sensor.asterix.sac, sensor.asterix.sic) if sensor.asterix else None


def _check_references(site: Site, where: str) -> None:
    for what, ids in (
        ("sensor", [s.id for s in site.sensors]),
        ("feed", [f.id for f in site.feeds]),
    ):
        twice = {i for i in ids if ids.count(i) > 1}
        if twice:
            raise ConfigError(f"{where}: {what} id {min(twice)!r} stands twice; ids must differ")
    addresses = [_address(s) for s in site.sensors if s.asterix]
    if len(set(addresses)) < len(addresses):
        raise ConfigError(f"{where}: two sensors share one asterix sac and sic; give each its own")
    for feed in site.feeds:
        if feed.sensor is not None and site.sensor_index(feed.sensor) < 0:
            known = ", ".join(s.id for s in site.sensors) or "none"
            raise ConfigError(
                f"{where}: feed {feed.id!r}: sensor {feed.sensor!r} is none of: {known}"
            )


def _sensor(row: Mapping[str, Any], at: str) -> Sensor:
    names = {f.name for f in fields(Sensor)}
    _only(row, {n.removesuffix("_rad") + "_deg" if n in IN_DEGREES else n for n in names}, at)
    kind = _text(row, "kind", at)
    if kind not in SENSOR_KINDS:
        raise ConfigError(f"{at}: kind = {kind!r} is not one of {', '.join(SENSOR_KINDS)}")
    amplitude = row.get("amplitude_small_db")
    return Sensor(
        id=_text(row, "id", at),
        kind=kind,
        position=_lonlat(row, "position", at),
        height_m=_number(row, "height_m", at, 10.0, -100.0, 5_000.0),
        range_max_m=_number(row, "range_max_m", at, 40_000.0, 10.0, 500_000.0),
        scan_s=_number(row, "scan_s", at, 3.0, 0.01, 120.0),
        sigma_range_m=_number(row, "sigma_range_m", at, 20.0, 0.01, 5_000.0),
        sigma_azimuth_rad=math.radians(_number(row, "sigma_azimuth_deg", at, 0.5, 0.001, 20.0)),
        azimuth_bias_rad=math.radians(_number(row, "azimuth_bias_deg", at, 0.0, -180.0, 180.0)),
        range_bias_m=_number(row, "range_bias_m", at, 0.0, -10_000.0, 10_000.0),
        range_scale=_number(row, "range_scale", at, 1.0, 0.5, 2.0),
        detection_probability=_number(row, "detection_probability", at, 0.8, 0.01, 1.0),
        clutter_per_scan=_number(row, "clutter_per_scan", at, 10.0, 0.0, 100_000.0),
        amplitude_small_db=None
        if amplitude is None
        else _number(row, "amplitude_small_db", at, 0.0, -300.0, 300.0),
        asterix=_asterix(row, at),
        station=_text(row, "station", at) if "station" in row else None,
        moving=_flag(row, "moving", at),
        beamwidth_rad=math.radians(_number(row, "beamwidth_deg", at, 1.0, 0.05, 20.0)),
        video=_video(row, at),
    )


def _video(row: Mapping[str, Any], at: str) -> Video:
    table = row.get("video", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{at}: video must be a table such as {{ pfa = 1e-5 }}")
    _only(table, {f.name for f in fields(Video)}, at, "video")
    at, defaults = f"{at}: video", Video()
    values: dict[str, Any] = {}
    for key, choices in (("method", ("os", "go", "ca")), ("law", ("linear", "log"))):
        values[key] = table.get(key, getattr(defaults, key))
        if values[key] not in choices:
            raise ConfigError(f"{at}: {key} must be one of {', '.join(choices)}")
    for key, (low, high) in VIDEO_BOUNDS.items():
        if key in table:
            value = _number(table, key, at, 0.0, low, high)
            if key.endswith("_cells") and value % 1:
                raise ConfigError(f"{at}: {key} must be a whole number of cells, not {value}")
            values[key] = int(value) if key.endswith("_cells") else value
    return Video(**values)


def _asterix(row: Mapping[str, Any], at: str) -> Asterix | None:
    if "asterix" not in row:
        return None
    table = row["asterix"]
    if not isinstance(table, dict):
        raise ConfigError(f"{at}: asterix must be a table such as {{ sac = 8, sic = 17 }}")
    _only(table, {"sac", "sic", "editions"}, at, "asterix")
    values = []
    for key in ("sac", "sic"):
        value = table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 255:
            raise ConfigError(
                f"{at}: asterix.{key} must be a whole number in 0..255, not {value!r}"
            )
        values.append(value)
    return Asterix(values[0], values[1], _editions(table.get("editions", {}), at))


def _editions(table: Any, at: str) -> dict[str, str]:
    """Which editions there are is known where they are read: the decoder refuses others."""
    mend = 'must be a table such as { "062" = "1.12", "048" = "auto" }'
    if not isinstance(table, dict):
        raise ConfigError(f"{at}: asterix.editions {mend}, not {table!r}")
    for category, edition in table.items():
        if not (re.fullmatch(r"\d{3}", category) and isinstance(edition, str)):
            raise ConfigError(f"{at}: asterix.editions {mend}, not {category} = {edition!r}")
        if not re.fullmatch(r"auto|\d{1,2}\.\d{1,3}", edition):
            raise ConfigError(f"{at}: asterix.editions {mend}, not {category} = {edition!r}")
    return dict(table)


def _feed(row: Mapping[str, Any], index: int, at: str) -> Feed:
    _only(row, {f.name for f in fields(Feed)}, at)
    url = _text(row, "url", at)
    chosen = _text(row, "format", at) if "format" in row else "auto"
    if chosen not in FEED_FORMATS:
        raise ConfigError(f"{at}: format = {chosen!r} is not one of {', '.join(FEED_FORMATS)}")
    if str(row.get("id", "")).startswith("@"):
        raise ConfigError(f"{at}: id = {row['id']!r}: names with @ are kept for people's acts")
    date = str(row["date"]) if "date" in row else None
    try:
        datetime.strptime(date or "2026-11-20", "%Y-%m-%d")
    except ValueError:
        raise ConfigError(f'{at}: date = {date!r} is no day; write "2026-11-20"') from None
    return Feed(
        url=url,
        id=_text(row, "id", at) if "id" in row else f"feed-{index}",
        format=chosen,
        sensor=_text(row, "sensor", at) if "sensor" in row else None,
        date=date,
    )


def _row(item: Sensor | Feed) -> dict[str, Any]:
    row = {key: value for key, value in asdict(item).items() if value is not None}
    for name in sorted(IN_DEGREES & row.keys()):
        row[name.removesuffix("_rad") + "_deg"] = math.degrees(row.pop(name))
    if "video" in row:
        row["video"] = {k: v for k, v in row["video"].items() if v not in (None, math.inf)}
    return row


def _fixed(head: Mapping[str, Any], at: str) -> tuple[tuple[float, float, float], ...]:
    rows = head.get("fixed", [])
    mend = f"{at}: fixed must be a list of [longitude, latitude, radius in metres]"
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 3 for r in rows):
        raise ConfigError(mend)
    places = []
    for i, (lon, lat, radius_m) in enumerate(rows, 1):
        where = f"{at}: fixed {i}"
        place = _lonlat({"fixed": [lon, lat]}, "fixed", where)
        radius = _number({"radius_m": radius_m}, "radius_m", where, 50.0, 1.0, 10_000.0)
        places.append((*place, radius))
    return tuple(places)


def _rules(document: Mapping[str, Any], where: str) -> dict[str, dict[str, float | bool]]:
    """Which rules there are, and what they may be told, is known where they are made."""
    tables = document.get("rule", {})
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise ConfigError(f"{where}: rule must be written as tables, such as [rule.loitering]")
    rules: dict[str, dict[str, float | bool]] = {}
    for name, table in tables.items():
        at = f"{where}: [rule.{name}]"
        rules[name] = {
            key: value if isinstance(value, bool) else _number(table, key, at, 0.0, -1e9, 1e9)
            for key, value in table.items()
        }
    return rules


def _only(table: Mapping[str, Any], known: set[str], at: str, inside: str = "") -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, sorted(known), 1, 0.5)
            mend = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
            place = f" in {inside}" if inside else ""
            raise ConfigError(f"{at}: unknown key {key!r}{place}; {mend}")


def _table(document: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    table = document.get(key)
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: a table [{key}] is needed, with name and origin")
    return table


def _rows(document: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    rows = document.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise ConfigError(f"{where}: {key} must be written as [[{key}]] tables")
    return rows


def _text(table: Mapping[str, Any], key: str, at: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{at}: {key} is needed, as a text, not {value!r}")
    return value


def _flag(table: Mapping[str, Any], key: str, at: str, default: bool = False) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise ConfigError(f"{at}: {key} must be true or false, not {value!r}")
    return value


def _number(
    table: Mapping[str, Any], key: str, at: str, default: float, low: float, high: float
) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{at}: {key} must be a number, not {value!r}")
    if not low <= value <= high:  # NaN fails it, and so does a number too long to be a float
        raise ConfigError(f"{at}: {key} = {str(value)[:40]} is outside {low:g}..{high:g}")
    return float(value)


def _lonlat(table: Mapping[str, Any], key: str, at: str) -> tuple[float, float]:
    value = table.get(key)
    if not isinstance(value, list) or len(value) != 2:
        raise ConfigError(f"{at}: {key} is needed, as [longitude, latitude] in degrees")
    pair = {"longitude": value[0], "latitude": value[1]}
    lon = _number(pair, "longitude", f"{at}: {key}", math.nan, -180.0, 180.0)
    return lon, _number(pair, "latitude", f"{at}: {key}", math.nan, -90.0, 90.0)

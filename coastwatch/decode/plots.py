"""Plots files: detections as CSV, how any sensor without a decoder of its own reaches us."""

from __future__ import annotations

import csv
from collections import OrderedDict
from typing import Any

import numpy as np

from coastwatch.decode import stamps
from coastwatch.decode.base import Books, Context
from coastwatch.decode.columns import NUMBERS, Rows, read_rows
from coastwatch.decode.framing import Lines
from coastwatch.model import Datagram, Detections, InputError, Ints, Kind, Vessel

PEERS_MAX = 4_096
NAMES_COUNTED = 100
COLUMNS = ("time", "sensor", *NUMBERS)
_PAIRS = (("lon", "lat"), ("sensor_lon", "sensor_lat"))


class PlotsDecoder:
    """Reads plots rows; each peer's first line is the header that names its columns.

    Raises InputError for a file whose header lacks what a plots file needs. A live feed
    (``received_ns`` set) has its rows refused and counted instead. ``counts`` adds each unknown
    sensor's name.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._books = books = Books(context.feed)
        self.balance, self.counts, self.rejects = books.balance, books.counts, books.rejects
        self._lines = Lines()
        self._headers: OrderedDict[str, list[str]] = OrderedDict()

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """One object a row: ``received``, ``sensor``, and the numbers under their column names."""
        rows = self._read(datagram)
        if rows is None:
            return []
        self._books.balance.decoded += len(rows)
        columns = {
            name: [None if v != v else v for v in values.tolist()]
            for name, values in rows.numbers.items()
        }
        found = []
        for i, (time_s, sensor, line) in enumerate(
            zip(rows.time_s.tolist(), rows.sensor, rows.line.tolist(), strict=True)
        ):
            record: dict[str, Any] = {"sensor": sensor}
            record |= {name: values[i] for name, values in columns.items()}
            if record.get("mmsi") is not None:
                record["mmsi"] = int(record["mmsi"])
            record |= {"received": stamps.iso(time_s), "source": self._context.feed, "line": line}
            found.append(record)
        return found

    def detections(self, datagram: Datagram) -> Detections:
        """Plots, reports (rows with an MMSI), bearings, and looks that saw nothing."""
        rows = self._read(datagram)
        if rows is None:
            return Detections.empty()
        sensor = self._sensors(rows)
        known = (sensor >= 0) | ~np.isnan(rows.column("mmsi"))
        rows = self._keep(rows, known, "unknown sensor")
        self._books.balance.decoded += len(rows)
        lon, azimuth, mmsi = (rows.column(c) for c in ("lon", "azimuth_deg", "mmsi"))
        sensed = np.isnan(lon) & np.isnan(rows.column("range_m"))
        kind = np.where(np.isnan(mmsi), Kind.PLOT, Kind.REPORT)
        kind = np.where(sensed, np.where(np.isnan(azimuth), Kind.LOOK, Kind.BEARING), kind)
        return Detections.of(
            time_s=rows.time_s,
            sensor=sensor[known],
            kind=kind,
            lon=lon,
            lat=rows.column("lat"),
            range_m=rows.column("range_m"),
            azimuth_rad=np.radians(azimuth) % (2 * np.pi),
            sigma_m=rows.column("sigma_m"),
            sigma_range_m=rows.column("sigma_range_m"),
            sigma_azimuth_rad=np.radians(rows.column("sigma_azimuth_deg")),
            sensor_lon=rows.column("sensor_lon"),
            sensor_lat=rows.column("sensor_lat"),
            amplitude_db=rows.column("amplitude"),
            mmsi=np.nan_to_num(mmsi, nan=-1.0).astype(np.int64),
        )

    def take_vessels(self) -> list[Vessel]:
        """None: a plots file knows no names."""
        return []

    def _read(self, datagram: Datagram) -> Rows | None:
        """The sound rows that this datagram completes; the others are refused and counted."""
        lines = self._lines.push(datagram)
        numbers = self._lines.numbers
        self._books.balance.frames += len(lines)
        self._books.take_framing(self._lines)
        for i, line in enumerate(lines):
            header = self._headers.get(datagram.peer)
            if header:
                return self._rows(header, lines[i:], numbers[i:])
            if not self._take_header(line, datagram):
                self._books.reject("no usable header", numbers[i], line)
        return None

    def _take_header(self, line: bytes, datagram: Datagram) -> bool:
        """Whether this line is a header that will do. Raises InputError where a file's will not."""
        names = _split(line.decode("utf-8-sig", "replace"))
        fault = _fault(names)
        if fault and not datagram.received_ns:
            found = ", ".join(names)[:300]
            raise InputError(
                f"{self._context.feed or 'plots'}: {fault}; columns found: {found}. The first line"
                " of a plots file names time, sensor, and lon,lat or range_m,azimuth_deg or"
                " azimuth_deg"
            )
        if fault:
            return False
        self._books.balance.ignored += 1
        for name in [n for n in names if n not in COLUMNS][:NAMES_COUNTED]:
            self._books.counts[f"column not understood: {name[:64]}"] += 1
        self._headers[datagram.peer] = names
        if len(self._headers) > PEERS_MAX:
            self._headers.popitem(last=False)
        return True

    def _rows(self, header: list[str], lines: list[bytes], numbers: list[int]) -> Rows:
        rows = read_rows(header, lines, numbers)
        self._books.balance.ignored += rows.repeated_headers
        for reason, i in rows.refused:
            self._books.reject(reason, numbers[i], lines[i])
        return rows

    def _sensors(self, rows: Rows) -> Ints:
        """The index of each row's sensor; an unknown name is counted by its name."""
        index = {
            name: self._context.sensors.get(name, -1) if name else self._context.sensor
            for name in set(rows.sensor)
        }
        counts = self._books.counts
        for name in (n for n in rows.sensor if index[n] < 0):
            key = f"unknown sensor {name[:64]}"
            if key not in counts and len(counts) >= NAMES_COUNTED:
                key = "unknown sensor (others)"
            counts[key] += 1
        return np.array([index[name] for name in rows.sensor], dtype=np.int64)

    def _keep(self, rows: Rows, mask: np.ndarray[Any, np.dtype[np.bool_]], reason: str) -> Rows:
        for i in np.flatnonzero(~mask).tolist():
            self._books.reject(reason, int(rows.line[i]), rows.sensor[i].encode())
        return rows.take(mask)


def _split(line: str) -> list[str]:
    return [c.strip().strip('"').strip() for c in next(csv.reader([line]), [])]


def _fault(names: list[str]) -> str:
    """What a header lacks; empty where it will do."""
    have = set(names)
    missing = [c for c in ("time", "sensor") if c not in have]
    if missing:
        return f"column {' and '.join(missing)} is missing"
    twice = [c for c in COLUMNS if names.count(c) > 1]
    if twice:
        return f"column {twice[0]} stands twice"
    for pair in _PAIRS:
        lacking = [c for c in pair if c not in have]
        if len(lacking) == 1:
            return f"column {lacking[0]} is missing beside {pair[1 - pair.index(lacking[0])]}"
    if "range_m" in have and "azimuth_deg" not in have:
        return "column azimuth_deg is missing beside range_m"
    if not have & {"lon", "azimuth_deg"}:
        return "columns lon,lat (or range_m,azimuth_deg, or azimuth_deg) are missing"
    return ""

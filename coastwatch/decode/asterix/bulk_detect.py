"""Detections of many records at once, where the categories are those that come in masses.

``BULK_VIEWS`` say of columns what ``detect.VIEWS`` say of one record; tests hold both to be equal.
Times and sensors are the decoder's own, record by record, since they depend on what came before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.asterix.bulk import Piece, Reader
from coastwatch.decode.asterix.bulk_program import Array
from coastwatch.decode.asterix.decoder import needed
from coastwatch.decode.asterix.detect import DEGREE_M, VIEWS, Row, columns
from coastwatch.geo.units import DEG, NM_M
from coastwatch.model import Detections, Floats, Ints, Kind

if TYPE_CHECKING:
    from coastwatch.decode.asterix.decoder import AsterixDecoder

Mask = NDArray[np.bool_]
Reasons = list[tuple[Mask, str]]
_SSR_ONLY = (2, 4, 5)


def detections(decoder: AsterixDecoder, blocks: list[bytes], received_ns: int) -> Detections:
    """What ``decoder.detections`` gives for many blocks, books and counts included."""
    if decoder.reader is None:
        decoder.reader = Reader(
            decoder, needed, needed, lambda table: table.number in BULK_VIEWS, marks=("390",)
        )
    decoder.reader.add(blocks, received_ns)
    decoder.reader.read()
    pieces = [_Columns(piece) for piece in decoder.reader.pieces]
    decoder.reader.pieces.clear()
    if not pieces:
        return Detections.empty()
    line = np.concatenate([piece.line for piece in pieces])
    order = np.argsort(line)
    ends = np.cumsum([len(piece.line) for piece in pieces])[:-1]
    time_s = _times(decoder, pieces, order, received_ns)
    address = np.concatenate([piece.address() for piece in pieces])
    dated = order[np.isfinite(time_s[order])]
    sensor = np.full(len(line), -1)
    sensor[dated] = _sensors(decoder, address[dated])
    found, lines = [], []
    for piece, times, sensors in zip(
        pieces, np.split(time_s, ends), np.split(sensor, ends), strict=True
    ):
        index, batch = piece.found(decoder, times, sensors)
        found.append(batch)
        lines.append(piece.line[index])
    batch = Detections.concat(found)
    if len(batch) and not decoder.is_dated:
        decoder.counts["undated"] += len(batch)
    return batch.take(np.argsort(np.concatenate(lines)))


class _Columns:
    """A piece of one category, its columns NaN or -1 where they are absent, or not of its table."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self.line = piece.line
        self.category = piece.table.number
        self.view = VIEWS.get(self.category)

    def __getitem__(self, name: str) -> Array:
        found = self._piece.values.get(name)
        return np.full(len(self.line), np.nan) if found is None else found

    def has(self, name: str) -> Mask:
        """Where a column of numbers is not absent."""
        column = self[name]
        return ~np.isnan(column) if column.dtype.kind == "f" else column != -1

    def numbers(self, name: str) -> Ints:
        """A column of counts, -1 where absent."""
        return np.where(self.has(name), self[name], -1).astype(np.int64)

    def of_day_s(self) -> list[float | None]:
        """Each record's time of day."""
        if not self.view:
            return [None] * len(self.line)
        if self._piece.items is not None:
            return [items.get(self.view.time) for items in self._piece.items]
        return [None if time_s != time_s else time_s for time_s in self[self.view.time].tolist()]

    def address(self) -> Ints:
        """SAC and SIC as one number, -1 where absent."""
        if self._piece.items is None:
            sac, sic = self.numbers("010/SAC"), self.numbers("010/SIC")
        else:
            said = [items.get("010", _NOWHERE) for items in self._piece.items]
            sac = np.array([one["SAC"] for one in said])
            sic = np.array([one["SIC"] for one in said])
        return np.where(sac < 0, -1, sac << 8 | sic)

    def found(
        self, decoder: AsterixDecoder, time_s: Floats, sensor: Ints
    ) -> tuple[Ints, Detections]:
        """The rows that are detections, and these; why the others are none is counted."""
        dated = np.isfinite(time_s)
        if self._piece.items is not None:
            return self._plainly(decoder, self._piece.items, time_s, sensor)
        for n in np.flatnonzero(dated & (sensor >= 0) & self.has("120/LAT")).tolist():
            said = {"LAT": float(self["120/LAT"][n]), "LON": float(self["120/LON"][n])}
            decoder.compare(int(sensor[n]), said)
        reasons, batch = BULK_VIEWS[self.category](self)
        left = dated
        for mask, reason in reasons:
            count = int(np.count_nonzero(left & mask))
            if count:
                decoder.counts[reason] += count
                left = left & ~mask
        index = np.flatnonzero(left)
        rows = {name: values[index] for name, values in batch.items()}
        return index, Detections.of(time_s=time_s[index], sensor=sensor[index], **rows)

    def _plainly(
        self, decoder: AsterixDecoder, items: list[dict[str, Any]], time_s: Floats, sensor: Ints
    ) -> tuple[Ints, Detections]:
        index, rows = [], []
        for n in np.flatnonzero(np.isfinite(time_s)).tolist():
            assert self.view
            if "120" in items[n] and sensor[n] >= 0:
                decoder.compare(int(sensor[n]), items[n]["120"])
            row = self.view.row(items[n], float(time_s[n]), int(sensor[n]))
            if isinstance(row, Row):
                index.append(n)
                rows.append(row)
            else:
                decoder.counts[row] += 1
        return np.array(index, dtype=np.int64), columns(rows)


_NOWHERE = {"SAC": -1, "SIC": -1}


def _times(
    decoder: AsterixDecoder, pieces: list[_Columns], order: Ints, received_ns: int
) -> Floats:
    """UTC seconds of all records, in their order; NaN where there is none, which is counted."""
    of_day = [(piece, time_s) for piece in pieces for time_s in piece.of_day_s()]
    out = np.full(len(of_day), np.nan)
    for n in order.tolist():
        piece, of_day_s = of_day[n]
        if not piece.view:
            decoder.counts[f"category {piece.category:03d} is no detection"] += 1
            continue
        time_s = decoder.time(piece.view, of_day_s, received_ns)
        if isinstance(time_s, str):
            decoder.counts[time_s] += 1
        else:
            out[n] = time_s
    return out


def _sensors(decoder: AsterixDecoder, address: Ints) -> Ints:
    """The sensor of each address, these in the order in which they are first met."""
    known, first, which, counts = np.unique(
        address, return_index=True, return_inverse=True, return_counts=True
    )
    sensors = np.empty(len(known), dtype=np.int64)
    for n in np.argsort(first).tolist():
        sac, sic = divmod(int(known[n]), 256)
        said = {"SAC": sac, "SIC": sic} if sac >= 0 else None
        sensors[n] = decoder.sensor(said)
        if sensors[n] < 0 and said:  # each of an unknown sensor's records is counted
            for _ in range(int(counts[n]) - 1):
                decoder.sensor(said)
    return sensors[which]


def _looks(piece: _Columns) -> tuple[Reasons, dict[str, Array]]:
    """CAT 034."""
    message = piece.numbers("000")
    reasons = [
        (message == kind, f"service message of type {kind if kind >= 0 else None}")
        for kind in np.unique(message).tolist()
        if kind not in (1, 2)
    ]
    azimuth_deg = np.where(piece.has("020"), piece["020"], np.where(message == 1, 0.0, np.nan))
    return reasons, {"kind": np.full(len(message), Kind.LOOK), "azimuth_rad": azimuth_deg * DEG}


def _plots(piece: _Columns) -> tuple[Reasons, dict[str, Array]]:
    """CAT 048."""
    kind = piece["020/TYP"]
    reasons = [
        (kind == 0, "no detection"),
        ((piece["020/SIM"] == 1) | (piece["020/TST"] == 1), "simulated target"),
        (piece["020/RAB"] == 1, "field monitor"),
        (piece["020/ERR"] == 1, "beyond the range field"),
        (np.isin(kind, _SSR_ONLY) | piece.has("090/V") | piece.has("220"), "aircraft"),
        (~piece.has("040/RHO"), "no polar position"),
    ]
    return reasons, {
        "kind": np.full(len(kind), Kind.PLOT),
        "range_m": piece["040/RHO"] * NM_M,
        "azimuth_rad": piece["040/THETA"] * DEG,
        "amplitude_db": piece["130/PAM"],
        "target": piece.numbers("161/TRN"),
    }


def _tracks(piece: _Columns) -> tuple[Reasons, dict[str, Array]]:
    """CAT 062."""
    reasons = [
        (piece["080/SIM"] == 1, "simulated target"),
        (piece["080/CST"] == 1, "coasting track"),
        (piece.has("136") | piece.has("390"), "aircraft"),
        (~piece.has("105/LAT"), "no WGS 84 position"),
    ]
    east, north = piece["185/VX"], piece["185/VY"]
    polar = piece.has("180/GSP")  # edition 0.17
    cog_rad = np.arctan2(east, north) % (2 * np.pi)
    extent_m = piece["270/LENGTH"]
    sigma_m, cov_m2 = _accuracy(piece)
    return reasons, {
        "kind": np.full(len(east), Kind.SENSOR_TRACK),
        "target": piece.numbers("040"),
        "lon": piece["105/LON"],
        "lat": piece["105/LAT"],
        "sog_mps": np.where(polar, piece["180/GSP"] * NM_M, np.hypot(east, north)),
        "cog_rad": np.where(polar, piece["180/HDG"] * DEG, cog_rad),
        "sigma_m": sigma_m,
        "extent_m": np.where(extent_m > 0, extent_m, np.nan),
        "cov_m2": cov_m2,
    }


def _accuracy(piece: _Columns) -> tuple[Floats, Floats]:
    """Sigma and covariance of 062/500."""
    east_m = np.where(piece.has("500/APC/X"), piece["500/APC/X"], piece["500/APC/APC_X"] * NM_M)
    north_m = np.where(piece.has("500/APC/Y"), piece["500/APC/Y"], piece["500/APC/APC_Y"] * NM_M)
    lon_m = piece["500/APW/LON"] * DEGREE_M * np.cos(piece["105/LAT"] * DEG)
    east_m = np.where(np.isnan(east_m), lon_m, east_m)
    north_m = np.where(np.isnan(north_m), piece["500/APW/LAT"] * DEGREE_M, north_m)
    sigma_m = np.sqrt((east_m**2 + north_m**2) / 2)
    root = np.where(piece.has("500/COV"), piece["500/COV"], 0.0)
    cross = root * np.abs(root)
    cross[np.abs(cross) >= east_m * north_m] = 0.0
    cov_m2 = np.stack((east_m**2, cross, cross, north_m**2), axis=-1).reshape(-1, 2, 2)
    cov_m2[~((east_m > 0) & (north_m > 0))] = np.nan
    return np.where(sigma_m > 0, sigma_m, np.nan), cov_m2


BULK_VIEWS: dict[int, Callable[[_Columns], tuple[Reasons, dict[str, Array]]]] = {
    34: _looks,
    48: _plots,
    62: _tracks,
}

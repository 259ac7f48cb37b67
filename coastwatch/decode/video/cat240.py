"""CAT 240 records -> radials -> spokes. All that a record tells is bounded before it is used.

EUROCONTROL-SPEC-0149-240 edition 1.3. The compression is zlib's (RFC 1950), as senders use it; the
standard leaves it to agreement. Cells are packed from the most significant bit on, wider ones
big-endian.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.video.spokes import Spokes
from coastwatch.geo.units import DEG

C_MPS = 299_792_458.0
CELLS_MAX = 1 << 16
RANGE_MAX_M = 1e6
CELL_MIN_M = 0.01
WIDTH_MAX_DEG = 45.0
# A sender may compress the last block's padding along with its cells.
PADDING_MAX = 256
SUMMARY, VIDEO = 1, 2
BITS = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 32}
BLOCKS = ("050", "051", "052")
ITEMS = frozenset(("010", "000", "030", "040", "041", "048", "049", *BLOCKS, "140"))
# What a radar leaves between radials is told apart from a turn of its antenna by this.
_WIDTH_DEFAULT_RAD = math.tau / 4096


class BadVideo(Exception):
    """A video record that cannot be used, with the reason why."""


@dataclass(slots=True)
class Radial:
    """One video message: angles in radians, true; ``cells`` as ``Spokes`` has them."""

    time_s: float
    azimuth_rad: float
    width_rad: float  # 0 where start and end azimuth are the same
    range0_m: float
    cell_m: float
    bits: int
    cells: NDArray[Any]

    @property
    def shape(self) -> tuple[float, float, int, int]:
        """What radials of one batch have in common."""
        return self.range0_m, self.cell_m, self.bits, len(self.cells)


def radial(items: Mapping[str, Any], time_s: float) -> Radial:
    """The radial of a video message's items (message type 2). Raises BadVideo with the reason."""
    header, unit_s = items.get("040"), 1e-9
    if header is None:
        header, unit_s = items.get("041"), 1e-15
    if header is None:
        raise BadVideo("no header")
    cell_m = header["CELLDUR"] * unit_s * C_MPS / 2.0
    range0_m = header["STARTRG"] * cell_m
    bits, cells = _cells(items)
    if not cell_m >= CELL_MIN_M or range0_m + len(cells) * cell_m > RANGE_MAX_M:
        raise BadVideo("cells of no possible range")
    start_deg = header["STARTAZ"]
    width_deg = (header["ENDAZ"] - start_deg) % 360.0
    if width_deg > WIDTH_MAX_DEG:
        raise BadVideo("radial wider than 45 degrees")
    azimuth_rad = (start_deg + width_deg / 2.0) % 360.0 * DEG
    return Radial(time_s, azimuth_rad, width_deg * DEG, range0_m, cell_m, bits, cells)


def batches(radials: Sequence[Radial]) -> Iterator[Spokes]:
    """Radials in their order as spokes; a new batch begins where range, cell or bits change."""
    first = 0
    for n in range(1, len(radials) + 1):
        if n == len(radials) or radials[n].shape != radials[first].shape:
            yield _spokes(radials[first:n])
            first = n


def _spokes(radials: Sequence[Radial]) -> Spokes:
    one = radials[0]
    azimuth = np.array([r.azimuth_rad for r in radials])
    width = float(np.median([r.width_rad for r in radials]))
    if width == 0.0:
        steps = np.diff(np.unwrap(azimuth))
        steps = steps[steps > 0.0]
        width = float(np.median(steps)) if len(steps) else _WIDTH_DEFAULT_RAD
    return Spokes(
        time_s=np.array([r.time_s for r in radials]),
        azimuth_rad=azimuth,
        width_rad=width,
        range0_m=one.range0_m,
        cell_m=one.cell_m,
        bits=one.bits,
        cells=np.stack([r.cells for r in radials]),
    )


def _cells(items: Mapping[str, Any]) -> tuple[int, NDArray[Any]]:
    """Bits of a cell, and the cells. Raises BadVideo."""
    coding, counts = items.get("048"), items.get("049")
    if coding is None or counts is None:
        raise BadVideo("no coding")
    bits, count, octets = BITS.get(coding["RES"], 0), counts["NBCELLS"], counts["NBVB"]
    if not bits:
        raise BadVideo("unknown resolution")
    if not 0 < count <= CELLS_MAX:
        raise BadVideo("no cells, or too many")
    block = next((items[name] for name in BLOCKS if name in items), None)
    if block is None:
        raise BadVideo("no block")
    if octets * 2 > len(block):
        raise BadVideo("more valid octets than the block has")
    data = bytes.fromhex(block[: octets * 2])
    need = (count * bits + 7) // 8
    if coding["C"]:
        data = _inflated(data, need)
    if len(data) < need:
        raise BadVideo("fewer octets than its cells need")
    return bits, _unpacked(data[:need], bits)[:count]


def _inflated(data: bytes, need: int) -> bytes:
    """The video that was compressed: never more than its cells need and a block's padding."""
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, need + PADDING_MAX)
    except zlib.error:
        raise BadVideo("compression damaged") from None
    if stream.unconsumed_tail or (len(out) == need + PADDING_MAX and not stream.eof):
        raise BadVideo("longer than its cells")
    if not stream.eof:
        raise BadVideo("cut short")
    return out


def _unpacked(data: bytes, bits: int) -> NDArray[Any]:
    octets = np.frombuffer(data, np.uint8)
    if bits == 8:
        return octets
    if bits > 8:
        return np.frombuffer(data, f">u{bits // 8}").astype(f"u{bits // 8}")
    if bits == 1:
        return np.unpackbits(octets)
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    return (octets[:, None] >> shifts & np.uint8((1 << bits) - 1)).ravel()

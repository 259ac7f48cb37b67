"""Navico spokes (BR24, 3G, 4G, Halo) from UDP payloads -> spokes.

A frame: 8 octets (the sixth is the number of lines, the last two the octets of a line's video),
then lines of a 24-octet header and 512 octets with two cells of 4 bits each, the low half first.
All little-endian. The protocol is not published; the layout is what receivers of these radars
agree on (radar_pi, mayara-server) and is held to a recording. In a Halo's Doppler mode cells 14
and 15 mark moving echoes and outrank the amplitudes 0 to 13.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coastwatch.decode.video.spokes import Spokes
from coastwatch.model import Floats

FRAME_HEAD = 8
LINE_HEAD = 24
VIDEO_OCTETS = 512
LINE = LINE_HEAD + VIDEO_OCTETS
LINES_MAX = 120  # 64 KiB hold no more
CELLS = 2 * VIDEO_OCTETS
SPOKES_A_TURN = 2048
ANGLES = 4096
STATUSES = (0x02, 0x12, 0xC2)  # of lines that hold video: BR24, 4G, newer Halo
RANGE_MAX_M = 200_000.0

_TRUE_HEADING = 0x4000
_BR24_RANGE_M = 10.0 / math.sqrt(2.0)
_LINE = np.dtype({
    "names": ["length", "status", "scan", "mark", "large", "angle", "heading", "small", "wide",
              "video"],
    "formats": ["u1", "u1", "<u2", "<u4", "<u2", "<u2", "<u2", "<u2", "<u4", ("u1", VIDEO_OCTETS)],
    "offsets": [0, 1, 2, 4, 6, 8, 10, 12, 12, LINE_HEAD],
    "itemsize": LINE,
})  # fmt: skip
_BR24_MARK = 0x0E0D4400


@dataclass(slots=True)
class Frame:
    """The sound lines of one datagram; ``heading_rad`` is NaN where the radar knows no true one.

    ``angle_rad`` is clockwise from the bow; ``range_m`` is where the last cell ends.
    """

    angle_rad: Floats
    heading_rad: Floats
    range_m: Floats
    scan: list[int]
    cells: np.ndarray[tuple[int, int], np.dtype[np.uint8]]
    bad: int  # lines that were not sound

    def __len__(self) -> int:
        return len(self.angle_rad)


def is_frame(data: bytes) -> bool:
    """Whether these octets begin as a frame of spokes does."""
    return (
        len(data) >= FRAME_HEAD + LINE_HEAD
        and data[0] == 1
        and not any(data[1:5])
        and 0 < data[5] <= LINES_MAX
        and int.from_bytes(data[6:8], "little") == VIDEO_OCTETS
        and data[8] == LINE_HEAD
        and data[9] in STATUSES
    )


def read_frame(data: bytes) -> Frame | None:
    """The lines of a frame; None where it is none, or not one whole line."""
    count = min((len(data) - FRAME_HEAD) // LINE, data[5], LINES_MAX) if is_frame(data) else 0
    if count < 1:
        return None
    lines = np.frombuffer(data, _LINE, count, FRAME_HEAD)
    range_m = _range_m(lines)
    sound = (lines["length"] == LINE_HEAD) & np.isin(lines["status"], STATUSES)
    sound &= (range_m > 0.0) & (range_m <= RANGE_MAX_M) & (lines["angle"] < ANGLES)
    bad = data[5] - int(sound.sum())
    lines, range_m = lines[sound], range_m[sound]
    word = lines["heading"].astype(np.int64)
    known = word & ~(ANGLES - 1) == _TRUE_HEADING
    turn = math.tau / ANGLES
    cells = np.empty((len(lines), CELLS), np.uint8)
    cells[:, 0::2], cells[:, 1::2] = lines["video"] & 15, lines["video"] >> 4
    return Frame(
        angle_rad=lines["angle"] * turn,
        heading_rad=np.where(known, (word & ANGLES - 1) * turn, np.nan),
        range_m=range_m,
        scan=lines["scan"].tolist(),
        cells=cells,
        bad=bad,
    )


def spokes(
    frame: Frame, time_s: Floats, heading_rad: Floats, at: tuple[float, float]
) -> list[Spokes]:
    """The lines with a heading as spokes, a batch for each range scale. ``at`` is lon, lat.

    ``time_s`` and ``heading_rad`` are of each line; lines whose heading is NaN are left out.
    """
    batches = []
    for range_m in dict.fromkeys(frame.range_m.tolist()):
        rows = np.flatnonzero((frame.range_m == range_m) & np.isfinite(heading_rad))
        if len(rows):
            azimuth = (frame.angle_rad[rows] + heading_rad[rows]) % math.tau
            batches.append(
                Spokes(
                    time_s=time_s[rows], azimuth_rad=azimuth, width_rad=math.tau / SPOKES_A_TURN,
                    range0_m=0.0, cell_m=range_m / CELLS, bits=4, cells=frame.cells[rows],
                    lon=at[0], lat=at[1],
                )
            )  # fmt: skip
    return batches


def _range_m(lines: np.ndarray[tuple[int], np.dtype[np.void]]) -> Floats:
    """How far the lines reach, NaN where they do not say."""
    large, small = lines["large"].astype(np.float64), lines["small"].astype(np.float64)
    near = np.where(small == 0xFFFF, np.nan, small / 4.0)
    newer = np.where(large == 0x80, near, large * small / 512.0)
    older = (lines["wide"] & 0xFFFFFF) * _BR24_RANGE_M
    out: Floats = np.where(lines["mark"] == _BR24_MARK, older, newer)
    return out

"""Plots -> ASTERIX blocks -> UDP datagrams in a pcap file, one datagram a sector."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.asterix import encode_block
from coastwatch.geo.units import NM_M
from coastwatch.simulate.radar import Plots
from coastwatch.simulate.scenario import Radar

SECTORS = 8
LATENCY_S = 0.020  # from the end of a sector to its datagram
PLOTS_A_BLOCK = 60  # keeps a datagram below an Ethernet frame's 1,500 bytes
DAY_S = 86_400.0
TIME_STEP_S = 1.0 / 128.0  # of 048/140
AZIMUTH_STEP_DEG = 360.0 / 2**16  # of 048/040
GROUP = "239.192.0.4"
C_MPS = 299_792_458.0
VIDEO_BLOCK = 64  # octets, of 240/051


def datagrams(
    radar: Radar, plots: Plots, start_s: float, duration_s: float
) -> Iterator[tuple[float, bytes]]:
    """(UTC second sent, payload) of each sector of each whole scan, in order.

    A payload holds the sector's plots (CAT 048) and then the mark of the sector's end (CAT 034):
    a sector crossing message, or the north marker after the last one.
    """
    count = len(np.arange(radar.phase_s, duration_s - radar.scan_s, radar.scan_s)) * SECTORS
    ends = radar.phase_s + np.arange(1, count + 1) * radar.scan_s / SECTORS
    cuts = np.searchsorted(plots.time_s, np.concatenate([[-np.inf], ends]))
    records = _plot_records(radar, plots, start_s)
    for n, end_s in enumerate(ends.tolist()):
        part = records[cuts[n] : cuts[n + 1]]
        blocks = [
            encode_block(48, part[k : k + PLOTS_A_BLOCK])
            for k in range(0, len(part), PLOTS_A_BLOCK)
        ]
        blocks.append(encode_block(34, [_mark(radar, n + 1, start_s + end_s)]))
        for k, payload in enumerate(_packed(blocks)):
            yield start_s + end_s + LATENCY_S + k * 1e-4, payload


def video_datagrams(
    radar: Radar, scans: Iterator[tuple[float, NDArray[np.uint8]]], start_s: float
) -> Iterator[tuple[float, bytes]]:
    """(UTC second sent, payload) of each radial of each scan, CAT 240, compressed.

    ``scans`` gives when the antenna passes north, in seconds, and the amplitudes (azimuths, cells).
    """
    address = {"SAC": radar.sac, "SIC": radar.sic}
    assert radar.video
    turn_deg = 360.0 / radar.video.azimuths
    cell_fs = radar.video.cell_m * 2.0 / C_MPS * 1e15
    yield start_s, encode_block(240, [{"010": address, "000": 1, "030": f"{radar.id} exercise"}])
    number = 0
    for north_s, cells in scans:
        for n, row in enumerate(cells):
            number += 1
            end_s = start_s + north_s + radar.scan_s * (n + 1) / len(cells)
            data = zlib.compress(row.tobytes())
            block = data.ljust(-(-len(data) // VIDEO_BLOCK) * VIDEO_BLOCK, b"\0")
            record = {
                "010": address,
                "000": 2,
                "020": number,
                "041": {
                    "STARTAZ": n * turn_deg,
                    "ENDAZ": (n + 1) * turn_deg,
                    "STARTRG": 0,
                    "CELLDUR": cell_fs,
                },
                "048": {"C": 1, "RES": 4},
                "049": {"NBVB": len(data), "NBCELLS": len(row)},
                "051": block.hex(),
                "140": (end_s - radar.scan_s / len(cells) / 2.0) % DAY_S,
            }
            yield end_s, encode_block(240, [record])


def pcap(radar: Radar, messages: Iterator[tuple[float, bytes]]) -> bytes:
    """A classic pcap file (nanosecond stamps, Ethernet) of UDP multicast from the radar."""
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65_535, 1)]
    source = bytes((10, radar.sac, radar.sic, 1))
    for number, (time_s, payload) in enumerate(messages):
        frame = _ethernet(source, radar.port, payload, number)
        second, fraction = divmod(round(time_s * 1e6), 1_000_000)
        parts.append(struct.pack("<IIII", second, fraction * 1000, len(frame), len(frame)))
        parts.append(frame)
    return b"".join(parts)


def _plot_records(radar: Radar, plots: Plots, start_s: float) -> list[dict[str, Any]]:
    """One CAT 048 record a plot, in the units of the specification (NM, degrees, dBm)."""
    # Both are rounded before they wrap: the last step before a full turn is 0, not 360 degrees.
    of_day = np.mod(np.rint((start_s + plots.time_s) / TIME_STEP_S) * TIME_STEP_S, DAY_S)
    azimuth = np.degrees(plots.azimuth_rad)
    azimuth = np.mod(np.rint(azimuth / AZIMUTH_STEP_DEG) * AZIMUTH_STEP_DEG, 360.0)
    amplitude = np.clip(np.rint(plots.amplitude_dbm), -128, 127).astype(int)
    columns = (
        of_day.tolist(),
        (plots.range_m / NM_M).tolist(),
        azimuth.tolist(),
        amplitude.tolist(),
    )
    address = {"SAC": radar.sac, "SIC": radar.sic}
    return [
        {
            "010": address,
            "140": time_s,
            "020": {"TYP": 1},
            "040": {"RHO": rho, "THETA": theta},
            "130": {"PAM": pam},
        }
        for time_s, rho, theta, pam in zip(*columns, strict=True)
    ]


def _mark(radar: Radar, sector: int, time_s: float) -> dict[str, Any]:
    """The CAT 034 record sent when the antenna passes the beginning of a sector."""
    north = sector % SECTORS == 0
    record = {
        "010": {"SAC": radar.sac, "SIC": radar.sic},
        "000": 1 if north else 2,
        "030": time_s % DAY_S,
        "041": radar.scan_s,
    }
    return record if north else {**record, "020": (sector % SECTORS) * 360.0 / SECTORS}


def _packed(blocks: list[bytes]) -> Iterator[bytes]:
    """Blocks joined into payloads of at most 1,400 bytes."""
    payload = b""
    for block in blocks:
        if payload and len(payload) + len(block) > 1_400:
            yield payload
            payload = b""
        payload += block
    yield payload


def _ethernet(source: bytes, port: int, payload: bytes, number: int) -> bytes:
    """An Ethernet II frame with IPv4 and UDP headers and their checksums (RFC 791, 768, 1112)."""
    group = bytes(int(part) for part in GROUP.split("."))
    length = 8 + len(payload)
    udp = struct.pack(">HHH", port, port, length)
    pseudo = source + group + struct.pack(">BBH", 0, 17, length)
    check = _checksum(pseudo + udp + b"\0\0" + payload) or 0xFFFF
    udp += struct.pack(">H", check) + payload
    head = struct.pack(">BBHHHBB", 0x45, 0, 20 + length, number & 0xFFFF, 0x4000, 16, 17)
    check = _checksum(head + b"\0\0" + source + group)
    ip = head + struct.pack(">H", check) + source + group
    mac = b"\x01\x00\x5e" + bytes((group[1] & 0x7F,)) + group[2:]
    return mac + b"\x02\x00" + source + b"\x08\x00" + ip + udp


def _checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF

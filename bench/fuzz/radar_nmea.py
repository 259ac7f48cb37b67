"""Hostile radar and own-ship sentences: no exception, exact books, values in range, no growth.

Seeded: `python -m bench.fuzz.radar_nmea --sentences 1000000 --seed 1`.
"""

from __future__ import annotations

import argparse
import math
from functools import reduce
from operator import xor
from random import Random

from bench.fuzz.ais import GROWTH_MB, Live, Report, resident_mb

SENTENCES = (
    "RATTM,11,11.4,13.6,T,7.0,20.0,T,0.5,-3.0,N,WRECK,T,R,122639.50,A",
    "RATTM,12,2.5,113.6,R,7.0,20.0,R,0.5,-3.0,K,,Q,,,M",
    "RATTM,11,11.4,13.6,T,,,,,,S,,L,,,A",
    "RATLL,03,5057.500,N,00130.300,W,BUOY,122639.00,T,R",
    "RAOSD,35.1,A,36.0,P,10.2,P,15.3,0.1,N",
    "RARSD,0.5,10.0,1.0,20.0,0.4,15.0,2.0,30.0,4.5,270.5,6.0,N,H",
    "GPRMC,122640.00,A,5100.000,N,00130.000,E,5.2,28.2,130920,2.0,E,A",
    "GPVTG,90.0,T,88.0,M,20.0,N,37.04,K,A",
    "HEHDT,100.0,T",
    "HCHDG,98.0,1.0,E,3.0,E",
    "HCHDM,98.0,M",
    "GPTHS,100.0,A",
    "GPGNS,122640.00,5100.000,N,00130.000,E,AA,08,0.9,10.0,47.0,,",
)
PIECES = (b"", b",", b"-", b"nan", b"1e308", b"9" * 30, b"\xff\x00", b"R", b"L", b"*", b"$", b".")
LETTERS = b"0123456789.,-TRNKSLQAVEW\x00\xff"
TAGS = (b"", b"UdPbC\0", b"RaUdP\0", b"\\s:RA0001,n:1*24\\", b"\\g:1-2-3,c:1600000000*5A\\", b"\\")
BATCH = 500
DETECTIONS = {
    "range_m": (0, 930_000), "azimuth_rad": (0, math.tau), "cog_rad": (0, math.tau),
    "sog_mps": (0, 300), "sensor_lon": (-180, 180), "sensor_lat": (-90, 90), "target": (0, 2**62),
}  # fmt: skip


def burst(random: Random) -> bytes:
    """One to six sentences, most of them changed, most with a checksum that fits."""
    return b"".join(_line(random) for _ in range(random.randint(1, 6)))


def run(sentences: int, seed: int) -> Report:
    """So many sentences by seed; it ends at the first defect."""
    from coastwatch.model import Balance

    random, report, live = Random(seed), Report(), Live()
    live.ranges |= DETECTIONS
    report.books = {way: Balance() for way in live.decoders}
    half_mb, data = 0.0, b""
    while report.sentences < sentences and not report.defects:
        try:
            for _ in range(BATCH):
                data = burst(random)
                live.feed(data)
        except Exception as error:  # whatever a decoder raises is what is sought
            report.defects[f"{type(error).__name__}: {error}"] = data
        report.sentences = live.decoders["records"].balance.frames
        if not half_mb and report.sentences >= sentences / 2:
            half_mb = resident_mb()
    report.growth_mb, report.slowest_s = resident_mb() - half_mb, live.slowest_s
    live.renew(report.books)
    if report.growth_mb > GROWTH_MB and not report.defects:
        report.defects[f"grew by {report.growth_mb:.1f} MB in half the run"] = b""
    return report


def _line(random: Random) -> bytes:
    body = bytearray(random.choice(SENTENCES).encode())
    for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
        at = random.randrange(len(body))
        kind = random.random()
        if kind < 0.4:
            body[at] = random.choice(LETTERS)
        elif kind < 0.7:
            body[at : at + random.randint(0, 3)] = random.choice(PIECES)
        else:
            del body[at : at + random.randint(1, 12)]
        body = body or bytearray(b"X")
    told = reduce(xor, body, 0) ^ (random.random() < 0.05)
    tag = random.choice(TAGS) if random.random() < 0.2 else b""
    return b"%s$%s*%02X\r\n" % (tag, bytes(body), told)


def main() -> None:
    """Run as the arguments say; a defect is printed with its bytes and fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = run(options.sentences, options.seed)
    for way, balance in report.books.items():
        print(f"{way}: {balance}")
    print(f"slowest {report.slowest_s * 1e3:.1f} ms, grew by {report.growth_mb:.1f} MB")
    for fault, data in report.defects.items():
        raise SystemExit(f"{fault}\n{data!r}")


if __name__ == "__main__":
    main()

"""Columns of sentences by the plain reader or by the kernels, for the tests."""

from __future__ import annotations

from typing import Any

from coastwatch.decode import nmea
from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.payload import ARMOUR
from coastwatch.decode.base import Context
from coastwatch.decode.nmea import NmeaDecoder
from coastwatch.model import Datagram
from tests.nmea import signed

LANES = (False, True)  # bulk or not


def decoder(bulk: bool, **context: Any) -> NmeaDecoder:
    """A decoder that reads all by one way."""
    of = NmeaDecoder(Context(feed="test", **context))
    of.expect(nmea.BULK_FROM if bulk else -(1 << 60))
    return of


def columns(
    data: bytes, bulk: bool, received_s: float = 0.0, of: NmeaDecoder | None = None
) -> tuple[Messages, Statics]:
    """What bytes say; ``monkeypatch`` ``nmea.BULK_CHUNK`` to 1 for small ones to go in bulk."""
    of = of or decoder(bulk)
    return of.columns(Datagram(round(received_s * 1e9), "test", data, end=True))


def armoured(bits: str) -> tuple[str, int]:
    """A payload and its fill bits, from bits."""
    fill = -len(bits) % 6
    bits += "0" * fill
    letters = (ARMOUR[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))
    return bytes(letters).decode("ascii"), fill


def sentences(bits: str) -> list[str]:
    """A message of these bits, in sentences of at most 56 characters."""
    payload, fill = armoured(bits)
    parts = [payload[i : i + 56] for i in range(0, len(payload), 56)]
    sequence = "5" if len(parts) > 1 else ""
    return [
        signed(f"!AIVDM,{len(parts)},{i},{sequence},A,{part},{fill if i == len(parts) else 0}")
        for i, part in enumerate(parts, start=1)
    ]

"""Sentences for the tests: checksums, tag blocks, and feeding a decoder in one or many chunks."""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Any

from pyais.encode import encode_dict

from coastwatch.decode import open_decoder
from coastwatch.decode.base import Context, Decoder
from coastwatch.model import Datagram, Detections

T0 = 1_600_000_000  # 2020-09-13T12:26:40Z
POSITION = {"type": 1, "mmsi": 244660000, "lon": 1.5, "lat": 51.0, "speed": 12.5, "course": 90.0,
            "heading": 91, "status": 0, "accuracy": True, "second": 40}  # fmt: skip
VOYAGE = {"type": 5, "mmsi": 244660000, "imo": 9074729, "callsign": "PABC", "ship_type": 70,
          "shipname": "DOVER STAR", "to_bow": 100, "to_stern": 20, "to_port": 8,
          "to_starboard": 12, "destination": "ROTTERDAM EUROPOORT"}  # fmt: skip


def signed(body: str) -> str:
    """A sentence with its checksum; ``body`` begins with ! or $."""
    return f"{body}*{reduce(xor, body[1:].encode(), 0):02X}"


def tagged(sentence: str, **codes: object) -> str:
    """A sentence behind a tag block, such as s="dover", c=1600000000."""
    block = ",".join(f"{code}:{value}" for code, value in codes.items())
    return f"\\{block}*{reduce(xor, block.encode(), 0):02X}\\{sentence}"


def ais(fields: dict[str, Any], **changes: Any) -> list[str]:
    """The sentences of one AIS message."""
    how = {k: changes.pop(k) for k in ("seq_id", "radio_channel", "talker_id") if k in changes}
    return encode_dict(fields | changes, sentence_type="VDM", **how)


def text(*lines: str) -> bytes:
    return "".join(line + "\r\n" for line in lines).encode("ascii")


def decoder(format: str = "nmea", **context: Any) -> Decoder:
    return open_decoder(format, Context(feed="test", **context))


def records(of: Decoder, data: bytes, received_s: float = 0.0) -> list[dict[str, Any]]:
    return of.records(Datagram(round(received_s * 1e9), "test", data, end=True))


def detections(of: Decoder, data: bytes, received_s: float = 0.0) -> Detections:
    return of.detections(Datagram(round(received_s * 1e9), "test", data, end=True))

"""AIS: sentences with tag blocks to detections, against pyais reading the same lines."""

import numpy as np
from pyais.encode import encode_dict
from pyais.exceptions import AISBaseException
from pyais.stream import IterMessages

from bench.timing import compare
from coastwatch.decode import open_decoder
from coastwatch.decode.base import Context
from coastwatch.model import Datagram

MESSAGES = 20_000


def lines() -> list[bytes]:
    """Position reports of types 1 and 18 and two-part statics, as a coast station hears them."""
    random = np.random.default_rng(1)
    found: list[bytes] = []
    for i in range(MESSAGES):
        position = {"mmsi": 227_000_000 + i % 2000, "lon": 1.5 + random.normal(0, 0.2),
                    "lat": 51 + random.normal(0, 0.1), "speed": 12.0, "course": 90.0}  # fmt: skip
        message = {"type": 1 if i % 2 else 18, **position}
        if i % 10 == 0:
            message = {"type": 5, "mmsi": position["mmsi"], "shipname": f"VESSEL {i % 2000}"}
        found += [s.encode() for s in encode_dict(message, talker_id="AI", seq_id=i % 10)]
    return found


def main() -> None:
    sentences = lines()
    stream = b"".join(line + b"\r\n" for line in sentences)

    def ours() -> None:
        decoder = open_decoder("nmea", Context())
        for start in range(0, len(stream), 65_536):
            chunk = stream[start : start + 65_536]
            decoder.detections(Datagram(1_763_616_600_000_000_000, "ais", chunk))
        assert decoder.balance.difference == 0

    def peer() -> None:
        for message in IterMessages(sentences):
            try:
                message.decode()
            except AISBaseException:
                continue

    compare("AIS sentences to detections", len(sentences), ours, peer, "pyais")

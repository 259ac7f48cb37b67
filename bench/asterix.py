"""ASTERIX CAT 048: blocks to detections, against libasterix decoding the same records."""

from bench.timing import compare
from coastwatch.decode import open_decoder
from coastwatch.decode.asterix import encode_block
from coastwatch.decode.base import Context
from coastwatch.model import Datagram

RECORDS = 10_000


def blocks() -> list[bytes]:
    """Plots as a surveillance radar sends them, twenty a block."""
    records = [
        {
            "010": {"SAC": 8, "SIC": 17},
            "140": (i * 0.01) % 86_400,
            "020": {"TYP": 1},
            "040": {"RHO": 1.0 + i % 20, "THETA": i * 0.7 % 360},
        }
        for i in range(RECORDS)
    ]
    return [encode_block(48, records[i : i + 20]) for i in range(0, RECORDS, 20)]


def main() -> None:
    import asterix.generated as generated
    from asterix.base import Bits, RawDatablock

    found = blocks()
    spec = generated.Cat_048_1_32

    def ours() -> None:
        decoder = open_decoder("asterix", Context(sensor=0))
        for block in found:
            decoder.detections(Datagram(1_763_616_600_000_000_000, "radar", block, whole=True))
        assert decoder.balance.difference == 0

    def peer() -> None:
        for block in found:
            for raw in RawDatablock.parse(Bits.from_bytes(block)):
                for record in spec.cv_uap.parse(raw.get_raw_records()):
                    for item in ("010", "140", "040"):
                        record.get_item(item)

    compare("CAT 048 records to detections", RECORDS, ours, peer, "libasterix")

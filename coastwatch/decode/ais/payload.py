"""An AIS payload -> the message that pyais reads in it, refused where it is not whole."""

from __future__ import annotations

import base64
from enum import Enum
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from coastwatch.decode.sentence import Refused

# Least bits of each message, ITU-R M.1371-5 annex 8; pyais fills what is missing with None and
# cuts a field short in silence. Type 5 lacks its last spare bits in many a set. Type 0 is none of
# the standard's; pyais reads it as type 1.
BITS_MIN = {
    0: 168, 1: 168, 2: 168, 3: 168, 4: 168, 5: 420, 6: 88, 7: 72, 8: 56, 9: 168, 10: 72, 11: 168,
    12: 72, 13: 72, 14: 40, 15: 88, 16: 92, 17: 80, 18: 168, 19: 312, 20: 72, 21: 272, 22: 168,
    23: 160, 24: 160, 25: 40, 26: 60, 27: 96, 28: 168,
}  # fmt: skip
BITS_MAX = 1_072  # type 26 in five slots, with its fill
ARMOUR = bytes([*range(48, 88), *range(96, 120)])


def read(payload: bytes, fill_bits: int) -> tuple[int, Any]:
    """Message type and message. Raises Refused for whatever is not a whole message.

    pyais takes characters outside the six-bit armour for zeros; here they are refused first.
    """
    if payload.translate(None, ARMOUR):
        raise Refused("AIS payload characters")
    length = len(payload) * 6 - fill_bits
    if length < 38:
        raise Refused("AIS payload too short")
    if length > BITS_MAX:
        raise Refused("AIS payload too long")
    bits = bit_vector(payload, fill_bits)
    kind = bits.get(0, 6)
    least = BITS_MIN.get(kind)
    if least is None:
        raise Refused("AIS message type unknown")
    if length < least:
        raise Refused(f"AIS type {kind} truncated")
    if kind == 24 and bits.get(38, 2) > 1:
        raise Refused("AIS type 24 with unknown part")
    try:
        return kind, MSG_CLASS[kind].from_vector(bits)
    except Exception as error:  # pyais raises many kinds on hostile bits; each is counted by name
        raise Refused(f"AIS payload: {type(error).__name__}") from error


def raw_ship_type(payload: bytes, kind: int) -> int:
    """Ship and cargo type as sent: pyais folds reserved values of types 5 and 19 together."""
    return int(bit_vector(payload, 0).get({5: 232, 19: 263}.get(kind, 40), 8))


def to_record(message: Any) -> dict[str, Any]:
    """The fields under their pyais names, JSON-ready: enums as numbers, bytes as base64."""
    return {key: _plain(value) for key, value in message.asdict().items()}


def _plain(value: Any) -> Any:
    if value is None or type(value) in (int, float, str, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)

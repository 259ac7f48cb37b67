"""An AIS payload -> its bits, refused where it is not whole; and the message that pyais reads."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from coastwatch.decode import stamps
from coastwatch.decode.ais.fields import (
    BITS_MAX,
    BITS_MIN,
    WORD_BITS,
    WORD_CHARACTERS,
    truncated,
)
from coastwatch.decode.sentence import Refused

ARMOUR = bytes([*range(48, 88), *range(96, 120)])
CHARACTERS, SHORT, LONG = (
    "AIS payload characters", "AIS payload too short", "AIS payload too long",
)  # fmt: skip
UNKNOWN, UNKNOWN_PART = "AIS message type unknown", "AIS type 24 with unknown part"
_SIX = {character: six for six, character in enumerate(ARMOUR)}
_WORD = (1 << WORD_BITS) - 1


def words(payload: bytes, fill_bits: int) -> tuple[list[int], int]:
    """The bits of a whole message, as words of eight characters, and how many they are.

    Raises Refused for whatever is not a whole message of a type that the standard knows.
    """
    if payload.translate(None, ARMOUR):
        raise Refused(CHARACTERS)
    length = len(payload) * 6 - fill_bits
    if length < 38:
        raise Refused(SHORT)
    if length > BITS_MAX:
        raise Refused(LONG)
    found = []
    for at in range(0, WORD_CHARACTERS * (length // WORD_BITS + 1), WORD_CHARACTERS):
        word, some = 0, payload[at : at + WORD_CHARACTERS]
        for character in some:
            word = word << 6 | _SIX[character]
        found.append(word << 6 * (WORD_CHARACTERS - len(some)))
    # Fill bits may be anything; they are no part of the message.
    found[-1] &= _WORD ^ (_WORD >> length % WORD_BITS)
    of_type = kind(found)
    least = BITS_MIN.get(of_type)
    if least is None:
        raise Refused(UNKNOWN)
    if length < least:
        raise Refused(truncated(of_type))
    if of_type == 24 and (found[0] >> (WORD_BITS - 40)) & 3 > 1:
        raise Refused(UNKNOWN_PART)
    return found, length


def kind(of: Sequence[int]) -> int:
    """The message type."""
    return of[0] >> (WORD_BITS - 6)


def mmsi(of: Sequence[int]) -> int:
    """The sender."""
    return (of[0] >> (WORD_BITS - 38)) & (2**30 - 1)


def clock_s(of: Sequence[int]) -> float | None:
    """UTC seconds that a message of type 4 or 11 tells, None where there is no such moment."""
    told = (of[0] << WORD_BITS | of[1]) >> (2 * WORD_BITS - 78)
    return stamps.calendar_s(
        (told >> 26) & 0x3FFF, (told >> 22) & 15, (told >> 17) & 31,
        (told >> 12) & 31, (told >> 6) & 63, told & 63,
    )  # fmt: skip


def armoured(of: Iterable[int], nbits: int) -> tuple[bytes, int]:
    """The characters of a payload from its words, and its fill bits: as it was sent."""
    sixes = [(word >> at) & 63 for word in of for at in range(WORD_BITS - 6, -1, -6)]
    count = -(-nbits // 6)
    return bytes(ARMOUR[six] for six in sixes[:count]), count * 6 - nbits


def record(payload: bytes, fill_bits: int) -> dict[str, Any]:
    """What a whole message says, under pyais' names, JSON-ready: enums as numbers, bytes in base64.

    Put right is what pyais reads otherwise than ITU-R M.1371-5: the position of type 17 (it
    takes minutes unsigned), unassigned ship types (it folds them together), and text behind the
    "@" that ends it. Raises Refused where pyais fails.
    """
    # Loaded by who needs records; columns do without.
    from pyais.bit_vector import bit_vector
    from pyais.messages import MSG_CLASS

    bits = bit_vector(payload, fill_bits)
    of_type = bits.get(0, 6)
    try:
        message = MSG_CLASS[of_type].from_vector(bits)
    except Exception as error:  # none is known to fail; a new one would be counted by its name
        raise Refused(f"AIS payload: {type(error).__name__}") from error
    found = {key: _plain(value) for key, value in message.asdict().items()}
    if of_type == 17:
        found["lon"] = bits.get_signed(40, 18) / 600
        found["lat"] = bits.get_signed(58, 17) / 600
    if found.get("ship_type") is not None:
        found["ship_type"] = bits.get({5: 232, 19: 263}.get(of_type, 40), 8)
    return found


def _plain(value: Any) -> Any:
    if value is None or type(value) in (int, float, bool):
        return value
    if isinstance(value, str):
        return value.partition("@")[0].rstrip()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)

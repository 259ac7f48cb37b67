"""AIS sentences of all 27 types, and what a hostile or broken sender could make of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import xor
from random import Random
from typing import Any

from pyais.encode import encode_dict

MMSIS = (0, 1, 227_006_760, 2_190_047, 111_232_506, 970_010_119, 982_270_123, 992_351_000,
         999_999_999, 1_073_741_823)  # fmt: skip
PLACE = {"lon": 1.52, "lat": 50.95, "speed": 12.3, "course": 211.5, "heading": 210, "second": 17}
HULL = {"to_bow": 90, "to_stern": 20, "to_port": 8, "to_starboard": 7}
# One message or more of each type: what pyais needs to encode it, and what makes it long.
MESSAGES: tuple[dict[str, Any], ...] = (
    *({"msg_type": kind, "status": 0, "turn": 3, **PLACE} for kind in (1, 2, 3)),
    *({"msg_type": kind, "year": 2024, "month": 2, "day": 29, "hour": 23, "minute": 59, **PLACE}
      for kind in (4, 11)),
    {"msg_type": 5, "imo": 9_074_729, "callsign": "PABC", "shipname": "DOVER STAR", "ship_type": 70,
     "destination": "ROTTERDAM", "draught": 7.4, **HULL},
    {"msg_type": 6, "dest_mmsi": 2_190_047, "dac": 200, "fid": 10, "data": b"\x5a" * 18},
    {"msg_type": 7, "mmsi1": 227_006_760},
    {"msg_type": 8, "dac": 1, "fid": 31, "data": b"\xa5" * 38},
    {"msg_type": 8, "dac": 1, "fid": 11, "data": b"\x33" * 37},
    {"msg_type": 8, "dac": 200, "fid": 10, "data": b"\x0f" * 14},
    {"msg_type": 8, "dac": 366, "fid": 56, "data": b"\xff" * 110},
    {"msg_type": 9, "alt": 1_200, **PLACE},
    {"msg_type": 10, "dest_mmsi": 2_190_047},
    {"msg_type": 12, "dest_mmsi": 2_190_047, "text": "PAN PAN"},
    {"msg_type": 13, "mmsi1": 227_006_760},
    {"msg_type": 14, "text": "MAYDAY " * 12},
    {"msg_type": 15, "mmsi1": 227_006_760, "type1_1": 5},
    {"msg_type": 16, "mmsi1": 227_006_760, "offset1": 20},
    {"msg_type": 17, "lon": 90, "lat": 3_000, "data": b"\x11" * 60},
    {"msg_type": 18, **PLACE},
    {"msg_type": 19, "shipname": "SMALL CRAFT", "ship_type": 37, **PLACE, **HULL},
    {"msg_type": 20, "offset1": 100, "number1": 2, "timeout1": 3, "increment1": 4},
    {"msg_type": 21, "aid_type": 14, "name": "VARNE LANBY EAST", "name_ext": "ERN",
     **PLACE, **HULL},
    {"msg_type": 22, "channel_a": 2_087, "channel_b": 2_088},
    {"msg_type": 23, "station_type": 2, "interval": 5},
    {"msg_type": 24, "partno": 0, "shipname": "SMALL CRAFT"},
    {"msg_type": 24, "partno": 1, "ship_type": 37, "callsign": "FAB1234",
     "mothership_mmsi": 227_006_760, **HULL},
    {"msg_type": 25, "data": b"\x77" * 10},
    {"msg_type": 26, "data": b"\x77" * 60},
    {"msg_type": 27, **PLACE},
)  # fmt: skip
EXTRA = (
    b"",
    b"0",
    b"1",
    b"2",
    b"9",
    b"00",
    b"10",
    b"-1",
    b" 1",
    b"1.0",
    b"A",
    b"\xb2",
    b"99999",
    b"9" * 20,
    b"9" * 330,
)
HEADS = (b"2016-04-01 00:00:02, ", b"1490075479,", b"1490075479\t", b"1550303566167726840 ",
         b"99999999999999999999,", b"[2024-02-30T25:61:00+99:00] ", b"nan ", b"UdPbC\0",
         b"\xff\xfe", b"9999-12-31 23:59:60, ", b"-1 ")  # fmt: skip
TAILS = (b",1327992119157", b",r003669987,1152921693", b",rb03660465,", b" 1600000000", b",,,",
         b",x259906,s28320,d-098,T33.71033565,r003669973,1152921694", b"0")  # fmt: skip
TAGS = (b"c:1600000000", b"c:1600000000123", b"c:-1", b"c:nan", b"c:1e400", b"c:" + b"9" * 40,
        b"s:rEV02", b"s:" + b"x" * 200, b"s:\xe9", b"g:1-2-3985", b"g:2-2-3985", b"g:0-0-0",
        b"g:9-1-99999999999", b"g:1-2", b"t:text", b"n:1", b"i:AISD", b":", b"")  # fmt: skip
ASIDES = (b"$PGHP,1,2010,6,11,11,46,11,390,231,45,992190934,1,2B",
          b"$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,00",
          b"$PGHP,1,9999,99,99,99,99,99,999,,,,,", b"$GPZDA,120000,31,12,2024,00,00",
          b"$GPRMC,092211.00,A,5759.09,N,01144.34,E,5.2,28,200715,,,A", b"$GPZDA,,,,,,",
          b"$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A", b"\\s:alone*00\\",
          b"# comment", b"!", b"$", b"*", b"\\\\")  # fmt: skip
ENDS = (b"\r\n",) * 6 + (b"\n", b"\r", b"", b"\0\n")


@dataclass(slots=True)
class Line:
    """One sentence in its parts; ``error`` is what its checksum is wrong by."""

    fields: list[bytes]
    head: bytes = b""
    tail: bytes = b""
    error: int = 0

    @property
    def data(self) -> bytes:
        """As it goes over the wire."""
        return self.head + signed(b",".join(self.fields), self.error) + self.tail


def signed(body: bytes, error: int = 0) -> bytes:
    """A sentence with its checksum; ``body`` begins with ! or $."""
    return body + b"*%02X" % (reduce(xor, body[1:], 0) ^ error)


def valid() -> list[list[Line]]:
    """Every message of ``MESSAGES`` from every one of ``MMSIS``, as lists of its sentences."""
    found = []
    for i, message in enumerate(MESSAGES * len(MMSIS)):
        how = {"sentence_type": "VDM", "seq_id": i % 10, "radio_channel": "AB"[i % 2]}
        sent = encode_dict(message | {"mmsi": MMSIS[i // len(MESSAGES)]}, talker_id="AI", **how)
        found.append([Line(s.partition("*")[0].encode().split(b",")) for s in sent])
    return found


def burst(random: Random, seeds: list[list[Line]]) -> bytes:
    """One message's lines after up to three mutations of its parts, and perhaps of its bytes."""
    lines = [replace(line, fields=[*line.fields]) for line in random.choice(seeds)]
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        random.choice(OF_PARTS)(random, lines)
    ends = random.choice(ENDS)
    data = b"".join(line.data + ends for line in lines)
    return random.choice(OF_BYTES)(random, data) if random.random() < 0.2 else data


def _bits(random: Random, lines: list[Line]) -> None:
    """Any legal armour anywhere: every value of every field comes up."""
    fields = random.choice(lines).fields
    payload = bytearray(fields[5])
    for at in random.sample(range(len(payload)), min(len(payload), random.randint(1, 12))):
        payload[at] = random.choice(ARMOUR)
    fields[5] = bytes(payload)


def _payload_bytes(random: Random, lines: list[Line]) -> None:
    line = random.choice(lines)
    payload = bytearray(line.fields[5])
    for _ in range(random.randint(1, 3)):
        if payload:
            payload[random.randrange(len(payload))] = random.randrange(256)
    line.fields[5] = bytes(payload)


def _kind(random: Random, lines: list[Line]) -> None:
    """Another message type over the same bits, types that do not exist among them."""
    lines[0].fields[5] = bytes((random.choice(ARMOUR),)) + lines[0].fields[5][1:]


def _length(random: Random, lines: list[Line]) -> None:
    fields = random.choice(lines).fields
    longer = bytes(random.choices(ARMOUR, k=random.choice((1, 2, 7, 30, 100, 900, 3_000))))
    fields[5] = random.choice((fields[5] + longer, fields[5][: random.randrange(60)]))


def _field(random: Random, lines: list[Line]) -> None:
    fields = random.choice(lines).fields
    fields[random.randrange(1, 7) % len(fields)] = random.choice(EXTRA)


def _formatter(random: Random, lines: list[Line]) -> None:
    tags = (b"!AIVDO", b"!BSVDM", b"!VDM", b"!", b"$AIVDM", b"!AIVDMX", b"!aivdm", b"!AIABM")
    random.choice(lines).fields[0] = random.choice(tags)


def _field_count(random: Random, lines: list[Line]) -> None:
    fields = random.choice(lines).fields
    if random.random() < 0.5:
        fields.insert(random.randrange(len(fields)), random.choice(EXTRA))
    else:
        fields.append(fields.pop(random.randrange(6)))


def _fragments(random: Random, lines: list[Line]) -> None:
    """Total, number or sequence that do not fit; parts lost, twice, swapped or split anew."""
    line = random.choice(lines)
    what = random.randrange(5)
    if what == 0:
        line.fields[1] = b"%d" % random.randrange(10)
        line.fields[2] = b"%d" % random.randrange(10)
    elif what == 1:
        random.shuffle(lines)
    elif what == 2:
        lines.append(replace(line, fields=[*line.fields]))
    elif what == 3 and len(lines) > 1:
        lines.remove(line)
    else:
        cut = random.randrange(len(line.fields[5]) + 1)
        rest = replace(line, fields=[*line.fields])
        line.fields[1:4] = b"2", b"1", b"7"
        rest.fields[1:4] = b"2", b"2", b"7"
        line.fields[5:7] = line.fields[5][:cut], b"0"
        rest.fields[5] = rest.fields[5][cut:]
        lines.append(rest)


def _head(random: Random, lines: list[Line]) -> None:
    random.choice(lines).head = random.choice(HEADS)


def _tag_block(random: Random, lines: list[Line]) -> None:
    block = b",".join(random.sample(TAGS, random.randint(1, 3)))
    error = random.choice((0, 0, 0, 1))
    told = b"*%02X" % (reduce(xor, block, 0) ^ error)
    line = random.choice(lines)
    line.head += b"\\" + block + random.choice((told, told, told, b"", b"*", b"*G1")) + b"\\"


def _tail(random: Random, lines: list[Line]) -> None:
    random.choice(lines).tail = random.choice(TAILS)


def _checksum(random: Random, lines: list[Line]) -> None:
    random.choice(lines).error = random.randrange(1, 256)


def _aside(random: Random, lines: list[Line]) -> None:
    """A line before the sentence: times, own ship, radar targets, noise; or with a field astray."""
    said = random.choice(ASIDES)
    if said[:1] == b"$":
        fields = said.split(b",")
        if random.random() < 0.5:
            fields[random.randrange(len(fields))] = random.choice(EXTRA)
        said = signed(b",".join(fields))
    line = random.choice(lines)
    line.head = said + b"\r\n" + line.head


OF_PARTS: tuple[Callable[[Random, list[Line]], None], ...] = (
    _bits, _payload_bytes, _kind, _length, _field, _formatter, _field_count, _fragments, _head,
    _tag_block, _tail, _checksum, _aside,
)  # fmt: skip
ARMOUR = bytes([*range(48, 88), *range(96, 120)])


def _truncated(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data))]


def _without_beginning(random: Random, data: bytes) -> bytes:
    return data[random.randrange(len(data)) :]


def _glued(random: Random, data: bytes) -> bytes:
    return data.replace(random.choice((b"\r\n", b"\r", b"\n")), b"")


def _control(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return (
        data[:at]
        + bytes((random.choice((0, 9, 10, 11, 12, 13, 27, 28, 127, 133, 255)),))
        + data[at:]
    )


def _without_some(random: Random, data: bytes) -> bytes:
    begin = random.randrange(len(data))
    return data[:begin] + data[begin + random.randint(1, 8) :]


def _long_line(random: Random, data: bytes) -> bytes:
    filler = bytes((random.choice(b"A0!,*\\$\xff"),))
    return filler * random.choice((1_000, 1_025, 5_000)) + data


OF_BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (
    _truncated, _without_beginning, _glued, _control, _without_some, _long_line,
)  # fmt: skip

"""One line of a log -> NMEA sentences: prefix, tag blocks, checksums (NMEA 0183, IEC 61162-1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from coastwatch.decode import stamps

MARK = re.compile(rb"[!$\\]")
COMMENT = re.compile(rb"\s*(?:#|//|;|%|--)")
_START = re.compile(rb"[!$]")
_HEX = {f"{i:{form}}".encode(): i for i in range(256) for form in ("02X", "02x")}
_HEX |= {key[:1] + key[1:].swapcase(): value for key, value in _HEX.items()}
_HEX |= {f"{i:{form}}".encode(): i for i in range(16) for form in ("X", "x")}
_AFTER = (b"", b",", b" ", b"\t", b";")
_BLOCK = re.compile(rb"([^\\*]*)\*([0-9A-Fa-f]{1,2})")
_GROUP = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{1,9})")


class Refused(Exception):
    """A frame that cannot be taken; the text is the reason it is counted under."""


class Tag(NamedTuple):
    """What a tag block (NMEA 4.0, IEC 61162-450) says of its sentence."""

    station: str = ""
    time_s: float | None = None
    group: str = ""  # the group's own number
    text: str = ""


class Sentence(NamedTuple):
    """``fields[0]`` is talker and formatter ("AIVDM"); ``head`` and ``tail`` stood around it."""

    fields: list[bytes]
    checksum: int
    head: bytes
    tail: bytes


def split(line: bytes) -> Sentence:
    """The first whole sentence of a line. Raises Refused, with the reason.

    Where a sentence breaks off and another begins, the broken one belongs to the head.
    """
    found = _START.search(line)
    if not found:
        raise Refused("no sentence")
    begin = found.start()
    star = line.find(b"*", begin)
    if star < 0:
        raise Refused("no checksum")
    begin = max(line.rfind(b"!", begin, star), line.rfind(b"$", begin, star))
    body = line[begin + 1 : star]
    told = _HEX.get(line[star + 1 : star + 3])
    width = 2
    if told is None and line[star + 2 : star + 3] in _AFTER:
        told, width = _HEX.get(line[star + 1 : star + 2]), 1
    if told is None:
        raise Refused("no checksum")
    if checksum(body) != told:
        raise Refused("checksum")
    return Sentence(body.split(b","), told, line[:begin], line[star + 1 + width :])


def checksum(body: bytes) -> int:
    """The exclusive or of all bytes."""
    total = 0
    for byte in body:
        total ^= byte
    return total


def tag_blocks(head: bytes) -> tuple[bytes, Tag]:
    """The log prefix before the tag blocks, and what the blocks say together.

    Raises Refused when a block is broken or its checksum wrong: by an untrue station or group a
    fragment could join a stranger's.
    """
    begin = head.find(b"\\")
    if begin < 0:
        return head, Tag()
    tag = Tag()
    for block in head[begin + 1 :].split(b"\\"):
        if block.strip():
            tag = _read_block(block, tag)
    return head[:begin], tag


def _read_block(block: bytes, tag: Tag) -> Tag:
    found = _BLOCK.fullmatch(block)
    if not found:
        raise Refused("tag block damaged")
    if checksum(found[1]) != int(found[2], 16):
        raise Refused("tag block checksum")
    for field in found[1].decode("ascii", "replace").split(","):
        code, _, value = field.partition(":")
        if code == "s":
            tag = tag._replace(station=value[:64])
        elif code == "c":
            tag = tag._replace(time_s=stamps.epoch_s(value.encode("ascii", "replace")))
        elif code == "t":
            tag = tag._replace(text=value[:128])
        elif code == "g":
            group = _GROUP.fullmatch(value)
            tag = tag._replace(group=group[3]) if group else tag
    return tag

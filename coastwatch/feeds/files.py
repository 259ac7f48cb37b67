"""Files and standard input as datagrams: plain or compressed, text, blocks or captures."""

from __future__ import annotations

import errno
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from coastwatch.feeds.capture import is_capture, packets
from coastwatch.feeds.network import Unwrap
from coastwatch.model import Datagram, InputError

Report = Callable[[str], None]

CHUNK = 1 << 16
STDIN = Path("-")
# Hostile input unpacks 30,000-fold; small bites bound what one of them can become (16 MiB).
BITE = 512
# What one xz stream may take to unpack (xz -9 takes 65 MiB); zstd refuses windows over 128 MiB.
XZ_MEMORY_MAX = 1 << 28


def read_file(path: Path, feed_id: str, report: Report | None = None) -> Iterator[Datagram]:
    """The content of a file (``-``: standard input) as it stands, in constant memory.

    gzip, zstd and xz are unpacked, by their first bytes. Of a pcap or pcapng capture each UDP
    payload is one whole datagram with its capture time and the peer "source:port>target:port";
    other content comes in chunks of at most 64 KiB, without a time. The last datagram is empty
    and has ``end`` set. ``report`` hears in one line of what was cut off or passed over.

    Raises InputError, which names the file, where nothing can be read from it: at once where it
    is missing, later where its content is not what it claims to be.
    """
    if path != STDIN:
        _check(path)
    return _datagrams(path, feed_id, report or (lambda text: None))


def unpack(path: Path, report: Report) -> Iterator[bytes]:
    """The bytes of a file, decompressed, in chunks of at most 64 KiB.

    A file that breaks in the middle gives what could be read, then ``report`` is told. Raises
    InputError where nothing could be read.
    """
    given = 0
    try:
        chunks = _raw(path)
        head = next(chunks, b"")
        while 0 < len(head) < 6 and (more := next(chunks, b"")):
            head += more
        kind = next((k for k, (magic, _) in _CODECS.items() if magic(head)), None)
        _check_name(path, kind, head)
        content = _joined(head, chunks)
        for chunk in content if kind is None else _decompress(content, _CODECS[kind][1]):
            given += len(chunk)
            yield chunk
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        if not given:
            raise InputError(f"{_name(path)}: cannot be read: {why}") from error
        report(f"{_name(path)}: breaks after {given} bytes ({why}); what came before is used")


def _check(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it")
    if not os.access(path, os.R_OK):
        code = errno.EACCES if path.exists() else errno.ENOENT
        raise InputError(f"{path}: cannot be read: {os.strerror(code)}")


def _datagrams(path: Path, feed: str, report: Report) -> Iterator[Datagram]:
    chunks = unpack(path, report)
    head = b""
    while len(head) < 12 and (chunk := next(chunks, b"")):
        head += chunk
    content = _joined(head, chunks)
    if is_capture(head):
        yield from _payloads(content, path, feed, report)
    else:
        for chunk in content:
            yield Datagram(0, feed, chunk)
    yield Datagram(0, feed, b"", end=True)


def _payloads(
    content: Iterator[bytes], path: Path, feed: str, report: Report
) -> Iterator[Datagram]:
    unwrap = Unwrap()
    found = 0
    for packet in packets(content, _name(path), report, unwrap.passed):
        for peer, payload in unwrap.packet(packet.link, packet.data, packet.cut, packet.time_ns):
            found += 1
            yield Datagram(packet.time_ns, feed, payload, peer, whole=True)
    unwrap.finish()
    if unwrap.passed:
        passed = ", ".join(f"{n} {why}" for why, n in unwrap.passed.most_common(12))
        report(f"{_name(path)}: {found} UDP datagrams; passed over: {passed}")


def _name(path: Path) -> str:
    return "standard input" if path == STDIN else str(path)


def _raw(path: Path) -> Iterator[bytes]:
    # Unbuffered: a pipe gives what it has, and no lock of sys.stdin is held at exit.
    with open(0 if path == STDIN else path, "rb", buffering=0, closefd=path != STDIN) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _joined(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for start in range(0, len(head), CHUNK):
        yield head[start : start + CHUNK]
    yield from chunks


def _check_name(path: Path, kind: str | None, head: bytes) -> None:
    """Refuse a file that is called compressed but is neither that nor text nor a capture."""
    named = {".gz": "gzip", ".zst": "zstd", ".xz": "xz"}.get(path.suffix.lower())
    if named and kind is None and head and not is_capture(head):
        text = head[:512].translate(None, _TEXT)
        if text:
            raise InputError(
                f"{path}: is named {path.suffix} but does not begin as {named} does; "
                "it is damaged, or give it its right name"
            )


def _decompress(chunks: Iterator[bytes], codec: Callable[[], Any]) -> Iterator[bytes]:
    """Unpack stream after stream; zeros may pad between them."""
    stream, out = None, bytearray()
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), BITE):
                bite = chunk[start : start + BITE]
                while bite := bite if stream else bite.lstrip(b"\0"):
                    stream = stream or codec()
                    out += stream.decompress(bite)
                    bite = stream.unused_data if stream.eof else b""
                    stream = None if stream.eof else stream
                while len(out) >= CHUNK:
                    yield bytes(out[:CHUNK])
                    del out[:CHUNK]
        if stream is not None:
            raise EOFError("the file ends inside its compressed data")
    except (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
        if out:
            yield bytes(out)
        raise
    if out:
        yield bytes(out)


_TEXT = bytes([9, 10, 13, *range(32, 127)])

# Kind -> whether a head begins it (zstd: also a skippable frame), and what unpacks one stream.
_CODECS: dict[str, tuple[Callable[[bytes], bool], Callable[[], Any]]] = {
    "gzip": (lambda head: head.startswith(b"\x1f\x8b"), lambda: zlib.decompressobj(31)),
    "zstd": (
        lambda head: (
            head.startswith(b"\x28\xb5\x2f\xfd")
            or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5)
        ),
        lambda: zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj(write_size=CHUNK),
    ),
    "xz": (
        lambda head: head.startswith(b"\xfd7zXZ\x00"),
        lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_MAX),
    ),
}

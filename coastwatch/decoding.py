"""Files decoded without a site: to lines, tables and columns."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from coastwatch.decode import open_decoder
from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.rows import Rows
from coastwatch.decode.base import Context
from coastwatch.decode.nmea import NmeaDecoder
from coastwatch.decode.stamps import midnight
from coastwatch.feeds import read_file
from coastwatch.model import Balance, Datagram, InputError
from coastwatch.store.journal import MAGIC, read_journal

BULK = 1 << 18
# Sentences are seldom shorter: so many bytes hold no more messages than room is made for at once.
BYTES_A_MESSAGE = 40

Progress = Callable[[int, float], None]  # bytes read so far, event time
"""Called now and then with the bytes taken and the event time reached."""


def decode_file(
    path: Path,
    format_: str,
    to: str,
    out: Path | None,
    errors: bool = False,
    date: str | None = None,
    progress: Progress | None = None,
) -> Balance:
    """What the messages of one file say, written to ``out`` (standard output where None).

    Raises InputError when the file cannot be read, ConfigError when the options do not fit.
    """
    from coastwatch.decode.output import write_records

    if str(path) != "-" and not path.is_file():
        raise InputError(f"{path}: no such file; give a recorded feed, or - for standard input")
    decoder = open_decoder(
        "auto" if format_ in ("pcap", "journal") else format_,
        Context(feed=path.name, date_s=midnight(date)),
    )
    notes: list[str] = []
    datagrams = counted(datagrams_of(path, path.name, notes), progress)
    balance = write_records(datagrams, decoder, to, out, errors)
    for note in notes:
        print(note, file=sys.stderr)
    return balance


def read_ais(
    path: Path | str, progress: Progress | None = None
) -> tuple[Messages, Statics, Balance]:
    """The AIS messages of one file as columns, its statics, and the books.

    The file may be compressed, a capture or a journal. For more than fits into memory (some 150
    bytes a message) read chunk by chunk with a decoder's ``columns``. Raises InputError when the
    file cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file; give a recorded feed")
    decoder = NmeaDecoder(Context(feed=path.name))
    decoder.expect(path.stat().st_size)
    rows = Rows(path.stat().st_size // BYTES_A_MESSAGE)
    for datagram in larger(counted(datagrams_of(path, path.name, []), progress)):
        decoder.read_into(rows, datagram)
    return *decoder.gathered(rows), decoder.balance


def datagrams_of(path: Path, feed: str, notes: list[str]) -> Iterator[Datagram]:
    if str(path) == "-":
        return read_file(path, feed, notes.append)
    with path.open("rb") as file:
        journalled = file.read(len(MAGIC)) == MAGIC
    if journalled:
        return read_journal(path, notes.append)
    return read_file(path, feed, notes.append)


def counted(datagrams: Iterator[Datagram], progress: Progress | None) -> Iterator[Datagram]:
    taken = 0
    for datagram in datagrams:
        taken += len(datagram.data)
        if progress:
            progress(taken, math.nan)
        yield datagram


def larger(datagrams: Iterator[Datagram], size: int = BULK) -> Iterator[Datagram]:
    """The same bytes in longer chunks, where only reading cut them: kernels like them long."""
    held: Datagram | None = None
    chunks: list[bytes] = []
    for datagram in datagrams:
        plain = not (datagram.whole or datagram.received_ns or datagram.peer)
        if held and (not plain or datagram.feed != held.feed):
            yield replace(held, data=b"".join(chunks))
            held, chunks = None, []
        if not plain:
            yield datagram
            continue
        chunks.append(datagram.data)
        held = datagram
        if datagram.end or sum(map(len, chunks)) >= size:
            yield replace(held, data=b"".join(chunks))
            held, chunks = None, []
    if held:
        yield replace(held, data=b"".join(chunks))

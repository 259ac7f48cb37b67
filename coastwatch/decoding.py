"""Files decoded without a site: to lines, tables and columns."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coastwatch.decode import open_decoder
from coastwatch.decode.ais.columns import Messages, Statics
from coastwatch.decode.ais.rows import Rows
from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.decode.base import Context, Decoder
from coastwatch.decode.nmea import NmeaDecoder
from coastwatch.decode.recognise import AutoDecoder
from coastwatch.decode.stamps import midnight
from coastwatch.feeds import read_file
from coastwatch.model import Balance, ConfigError, Datagram, InputError
from coastwatch.store.journal import MAGIC, read_journal

if TYPE_CHECKING:
    from coastwatch.decode.asterix.bulk_columns import Found

BULK = 1 << 20
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
    explain: bool = False,
    check: Path | None = None,
    progress: Progress | None = None,
) -> Balance:
    """What the messages of one file say, written to ``out`` (standard output where None).

    ``format_`` is auto, nmea, asterix, navico, pcap, plots or journal; ``to`` is jsonl, csv or
    parquet; ``date`` (ISO) is the day of the first record of a format that has only a time of day.
    ``errors`` writes what is rejected to standard error. The books come back: frames = decoded +
    rejected by reason + pending + expired + ignored. Units are in the names (docs/decode.md);
    fields as ITU-R M.1371-5, IEC 61162-1 and EUROCONTROL's ASTERIX name them. ``explain`` adds what
    the codes of AIS messages mean (jsonl); ``check`` names a file for what in them cannot be.
    Raises InputError when the file cannot be read, ConfigError when the options do not fit.
    """
    from coastwatch.decode.output import write_records

    if str(path) != "-" and not path.is_file():
        raise InputError(f"{path}: no such file; give a recorded feed, or - for standard input")
    if explain and to != "jsonl":
        raise ConfigError(f"--explain has no place in {to}; give --to jsonl")
    format_ = "auto" if format_ in ("pcap", "journal") else format_
    context = Context(feed=path.name, date_s=midnight(date), explain=explain)
    decoder = open_decoder(format_, context)
    notes: list[str] = []
    datagrams = counted(datagrams_of(path, path.name, notes), progress)
    if to == "parquet":
        datagrams = larger(datagrams)
    if check:
        datagrams = _checked(
            datagrams, open_decoder(format_, replace(context, sent=Transmissions())), check, notes
        )
    balance = write_records(datagrams, decoder, to, out, errors)
    for note in notes:
        print(note, file=sys.stderr)
    return balance


def _checked(
    datagrams: Iterator[Datagram], decoder: Decoder, out: Path, notes: list[str]
) -> Iterator[Datagram]:
    """The same datagrams; on their way the integrity of their AIS messages is written to a file."""
    from coastwatch.decode.ais.integrity import Integrity

    integrity, counts = Integrity(), Counter[str]()

    def take(of: Decoder, datagram: Datagram) -> None:
        if isinstance(of, NmeaDecoder):
            messages, statics = of.columns(datagram)
            for record in integrity.check(messages, statics).records(messages):
                counts[record["check"]] += 1
                file.write(json.dumps(record) + "\n")

    try:
        file = out.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); give another") from error
    with file:
        for datagram in datagrams:
            if isinstance(decoder, AutoDecoder):
                decoder.route(datagram, take)
            else:
                take(decoder, datagram)
            yield datagram
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    notes.append(f"integrity: {told or 'nothing flagged'}")


def read_ais(
    path: Path | str, progress: Progress | None = None
) -> tuple[Messages, Statics, Balance]:
    """The AIS messages of one file as columns, its statics, and the books.

    ``Messages`` has one row a hearing in input order: ``time_s`` and ``received_s`` (UTC seconds),
    ``mmsi``, ``lon``, ``lat`` (degrees), ``sog_kn``, ``cog_deg``, ``heading_deg`` and more, NaN or
    -1 where unknown, as ITU-R M.1371-5 sends them. The file may be compressed, a capture or a
    journal. For more than fits into memory (some 150
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


def read_asterix(
    path: Path | str, columns: Collection[str] | None = None, progress: Progress | None = None
) -> Found:
    """The ASTERIX records of one file as columns: a dict by category, and its books as ``balance``.

    Of each category: ``records["040/RHO"]``, a column (n records) of the field of that name in
    docs/asterix.md, in the specification's units, with NaN, -1 or an empty text where a record
    lacks it; besides ``line`` and ``received_s`` (UTC seconds). ``columns`` names the fields
    ("040/RHO") or items ("040") that are wanted, of whatever category; None means all that occur.
    Elements of repeated items are not columns. The file may be compressed, a capture or a journal.
    Raises InputError where it cannot be read, or for a name that no category has.
    """
    from coastwatch.decode.asterix import AsterixDecoder
    from coastwatch.decode.asterix.bulk_columns import read_columns

    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file; give a recorded feed")
    decoder = AsterixDecoder(Context(feed=path.name))
    datagrams = larger(counted(datagrams_of(path, path.name, []), progress))
    return read_columns(decoder, datagrams, columns)


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

"""Records -> files: jsonl, csv or parquet, in constant memory, with the books at the end."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from coastwatch.cells import safe_cell
from coastwatch.decode.base import Decoder
from coastwatch.decode.flat import BULK, FLAT, RADAR, STATICS, flat, radar
from coastwatch.decode.nmea import NmeaDecoder
from coastwatch.decode.recognise import AutoDecoder
from coastwatch.decode.tables import Tables, bulk_table, statics_table
from coastwatch.model import Balance, ConfigError, Datagram, InputError
from coastwatch.shown import shown_lines

if TYPE_CHECKING:
    from coastwatch.decode.asterix import AsterixDecoder
    from coastwatch.decode.asterix.bulk import Reader

# A stream's chunk is cut to this where every reject is to be told: so few cannot overflow the
# decoder's list of them.
CHUNK = 1_000


class Writer(Protocol):
    """Decodes a datagram and writes what it holds."""

    def take(self, decoder: Decoder, datagram: Datagram) -> None: ...


def write_records(
    datagrams: Iterable[Datagram], decoder: Decoder, to: str, out: Path | None, errors: bool
) -> Balance:
    """Decode all datagrams and write their records to ``out`` (standard output where None).

    ``errors`` tells each reject on standard error as one JSON object; the books follow as its
    last line. Raises ConfigError where the output cannot be had, InputError from the decoder.
    """
    told = 0
    with _writer(to, out, at_once=errors) as writer:
        for datagram in datagrams:
            for piece in _pieces(datagram) if errors else (datagram,):
                writer.take(decoder, piece)
                if errors:
                    told += _tell_rejects(decoder)
                decoder.take_vessels()
    balance = decoder.balance
    untold = sum(balance.rejected.values()) - told
    if errors and untold:
        print(f"{untold} more rejects came too fast to be told one by one", file=sys.stderr)
    print(closing_line(balance, decoder.counts), file=sys.stderr)
    return balance


def closing_line(balance: Balance, counts: dict[str, int]) -> str:
    """The books in one line: every frame is accounted for."""
    rejected = sum(balance.rejected.values())
    reasons = ", ".join(f"{why} {n}" for why, n in sorted(balance.rejected.items()))
    line = (
        f"frames {balance.frames} = decoded {balance.decoded} + rejected {rejected}"
        f"{f' ({reasons})' if reasons else ''} + pending {balance.pending}"
        f" + expired {balance.expired} + ignored {balance.ignored}"
    )
    extra = ", ".join(f"{what} {n}" for what, n in sorted(counts.items()))
    return f"{line}; {extra}" if extra else line


def _pieces(datagram: Datagram) -> Iterator[Datagram]:
    """The datagram in small pieces; one whose ends mean something stays whole."""
    data = datagram.data
    if datagram.whole or len(data) <= CHUNK:
        yield datagram
        return
    starts = range(0, len(data), CHUNK)
    for start in starts:
        last = start == starts[-1]
        yield replace(datagram, data=data[start : start + CHUNK], end=datagram.end and last)


def _tell_rejects(decoder: Decoder) -> int:
    rejects = decoder.rejects
    for r in rejects:
        row = {"line": r.line, "error": r.reason, "raw": r.raw.decode("latin-1")}
        print(json.dumps(row), file=sys.stderr)
    told = len(rejects)
    rejects.clear()
    return told


@contextmanager
def _writer(to: str, out: Path | None, at_once: bool) -> Iterator[Writer]:
    if to == "parquet":
        if out is None or str(out) == "-":
            raise ConfigError("--to parquet writes files; say where with --out ais.parquet")
        with _ParquetWriter(out, at_once) as writer:
            yield writer
        return
    if to not in ("jsonl", "csv"):
        raise ConfigError(f"--to {to}: give jsonl, csv or parquet")
    with _opened(out) as file:
        yield _JsonlWriter(file) if to == "jsonl" else _CsvWriter(file)


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None or str(out) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        file = out.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror}); give another --out"
        ) from error
    with file:
        yield file


class _JsonlWriter:
    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._encode = json.JSONEncoder(allow_nan=False, separators=(", ", ": ")).encode

    def take(self, decoder: Decoder, datagram: Datagram) -> None:
        records = decoder.records(datagram)
        self._file.write("".join([self._encode(r) + "\n" for r in records]))


class _CsvWriter:
    """The flat columns, each cell safe in a spreadsheet."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(_Shown(file) if file.isatty() else file, lineterminator="\n")
        self._rows.writerow(FLAT)

    def take(self, decoder: Decoder, datagram: Datagram) -> None:
        for record in decoder.records(datagram):
            row = flat(record)
            self._rows.writerow([safe_cell(row.get(name)) for name in FLAT])


class _Shown:
    """A terminal, which would obey some texts that a file may hold."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(shown_lines(text))


class _ParquetWriter:
    """Messages to ``out``; statics to ``<name>.statics.parquet`` and radar beside it, if any.

    ASTERIX has besides a file a category with all its fields, ``<name>.cat048.parquet``; it is read
    by the megabyte, or each datagram ``at_once``.
    """

    def __init__(self, out: Path, at_once: bool) -> None:
        self._out, self._at_once = out, at_once
        self._bulk = Tables(out, BULK, always=True)
        self._statics = Tables(self._beside("statics"), STATICS, always=True)
        self._radar = Tables(self._beside("radar"), RADAR, always=False)
        self._categories: dict[int, Tables] = {}
        self._readers: dict[int, Reader] = {}

    def __enter__(self) -> _ParquetWriter:
        return self

    def __exit__(self, *failure: object) -> None:
        for table in (self._bulk, self._statics, self._radar, *self._categories.values()):
            table.close()

    def take(self, decoder: Decoder, datagram: Datagram) -> None:
        if isinstance(decoder, AutoDecoder):
            decoder.route(datagram, self._take)
        else:
            self._take(decoder, datagram)

    def _take(self, decoder: Decoder, datagram: Datagram) -> None:
        if isinstance(decoder, NmeaDecoder):
            messages, statics, records = decoder.tables(datagram)
            feed = decoder.feed
            self._bulk.add_table(bulk_table(messages, feed))
            self._statics.add_table(statics_table(messages, statics, feed))
        else:
            from coastwatch.decode.asterix import AsterixDecoder

            if isinstance(decoder, AsterixDecoder):
                self._take_asterix(decoder, datagram)
                return
            records = decoder.records(datagram)
        for record in records:
            if record.get("sentence") not in ("OSD", "RSD"):
                self._radar.add(radar(record))

    def _take_asterix(self, decoder: AsterixDecoder, datagram: Datagram) -> None:
        from coastwatch.decode.asterix.bulk import Reader
        from coastwatch.decode.asterix.parquet import radar_table, records_schema, records_table

        reader = self._readers.setdefault(id(decoder), Reader(decoder))
        reader.take(datagram)
        if datagram.end or self._at_once:
            reader.read()
        for piece in reader.pieces:
            number = piece.table.number
            if number not in self._categories:
                path = self._beside(f"cat{number:03d}")
                self._categories[number] = Tables(path, records_schema(number), always=False)
            self._categories[number].add_table(records_table(piece))
        if reader.pieces:
            self._radar.add_table(radar_table(reader.pieces))
        reader.pieces.clear()

    def _beside(self, what: str) -> Path:
        return self._out.with_name(f"{self._out.name.removesuffix('.parquet')}.{what}.parquet")

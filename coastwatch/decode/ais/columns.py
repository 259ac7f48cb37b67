"""AIS messages as columns: what was said, when, who heard it; and the statics among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais import payload
from coastwatch.decode.ais.fields import TEXTS, WORDS
from coastwatch.model import Floats, Ints

Small = NDArray[np.int16]
Texts = NDArray[np.bytes_]

# Where a message's time came from; ``Messages.time_source`` counts in this list.
TIME_SOURCES = (
    "", "tag block", "PGHP", "log prefix", "log suffix", "RMC", "ZDA", "base station",
    "received", "received, UTC second",
)  # fmt: skip


@dataclass(slots=True)
class Messages:
    """AIS messages, one row a hearing, in input order; NaN (floats) or -1 (ints) means unknown.

    Values are as ITU-R M.1371-5 sends them, in its units; out of range or "not available" is
    unknown. ``mmsi`` is as sent, 0 and more than nine digits included. ``transmission`` numbers
    what was sent: rows that carry one number are one transmission that several stations heard,
    and the first of them has ``first`` set. ``station`` counts in ``stations`` ("" is none).

    The times, UTC seconds: ``received_s`` of the receiver's clock, ``claimed_s`` of the stamp
    that came with the sentence, ``time_s`` of the event: the best of what there is, chosen as
    ``time_source`` (in ``TIME_SOURCES``) says.

    ``rest`` holds the payloads of the types that have no columns here; ``others`` reads them.
    """

    line: Ints
    sentences: Small
    station: Ints
    received_s: Floats
    claimed_s: Floats
    time_s: Floats
    time_source: Small
    transmission: Ints
    first: NDArray[np.bool_]
    msg_type: Small
    mmsi: Ints
    lon: Floats  # degrees, WGS 84
    lat: Floats
    sog_kn: Floats
    cog_deg: Floats
    heading_deg: Floats
    utc_s: Floats  # the sender's own clock, types 4 and 11
    altitude_m: Small  # type 9
    nav_status: Small
    accuracy: Small  # 1 is better than 10 m
    second: Small  # UTC second of the position, 0 to 59
    turn: Small  # ROT as sent: -127..127, signed square root; -128 is not available
    raim: Small
    stations: list[str] = field(default_factory=lambda: [""])
    rest: Payloads = field(default_factory=lambda: Payloads.none())

    def __len__(self) -> int:
        return len(self.line)

    @classmethod
    def blank(cls, n: int = 0) -> Self:
        """``n`` rows of unknowns."""
        columns: dict[str, Any] = {name: np.full(n, np.nan) for name in MESSAGE_COLUMNS}
        wide = ("line", "station", "transmission", "mmsi")
        columns |= {name: np.full(n, -1, dtype=np.int64) for name in wide}
        columns |= {name: np.full(n, -1, dtype=np.int16) for name in SMALL_COLUMNS}
        columns["first"] = np.ones(n, dtype=np.bool_)
        return cls(**columns)

    @classmethod
    def concat(cls, parts: Iterable[Messages]) -> Self:
        """The rows of all parts, which must share one list of stations (the last one counts)."""
        parts = list(parts) or [cls.blank()]
        starts = np.cumsum([0, *(len(p) for p in parts)])
        rest = Payloads(
            np.concatenate([p.rest.row + s for p, s in zip(parts, starts, strict=False)]),
            np.concatenate([p.rest.words for p in parts]),
            np.concatenate([p.rest.nbits for p in parts]),
        )
        return cls(
            **{n: np.concatenate([getattr(p, n) for p in parts]) for n in MESSAGE_COLUMNS},
            stations=parts[-1].stations,
            rest=rest,
        )

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that ``index`` (integers, mask or slice) picks."""
        at = np.full(len(self), -1)
        rows = np.arange(len(self))[index]
        at[rows] = np.arange(len(rows))
        kept = at[self.rest.row] >= 0
        rest = self.rest
        return type(self)(
            **{name: getattr(self, name)[index] for name in MESSAGE_COLUMNS},
            stations=self.stations,
            rest=Payloads(at[rest.row[kept]], rest.words[kept], rest.nbits[kept]),
        )

    def others(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Row and fields, under pyais' names, of each message whose type has no columns here."""
        payloads = zip(self.rest.words.tolist(), self.rest.nbits.tolist(), strict=True)
        for row, (words, nbits) in zip(self.rest.row.tolist(), payloads, strict=True):
            yield row, payload.record(*payload.armoured(words, nbits))


@dataclass(slots=True)
class Payloads:
    """Payloads as sent, each as words of ten characters (n, 18); ``row`` is their message's."""

    row: Ints
    words: Ints
    nbits: Ints

    @classmethod
    def none(cls) -> Self:
        empty = np.empty(0, dtype=np.int64)
        return cls(empty, np.empty((0, WORDS), dtype=np.int64), empty)


@dataclass(slots=True)
class Statics:
    """What types 5, 19, 21 and 24 say of their senders; ``row`` is the row among the messages.

    Texts are ASCII up to the first "@", without trailing blanks; empty means not available. -1
    (NaN for the draught) is unknown or not of this message; dimensions are as sent, where 0 means
    not available.
    """

    row: Ints
    msg_type: Small
    mmsi: Ints
    time_s: Floats
    name: Texts
    callsign: Texts
    destination: Texts
    imo: Ints
    ship_type: Small  # as sent, 0 to 255, unassigned values too; for type 21 the kind of aid
    to_bow_m: Small
    to_stern_m: Small
    to_port_m: Small
    to_starboard_m: Small
    draught_m: Floats
    mothership: Ints  # MMSI that a craft of MMSI 98... belongs to (type 24 B)
    part: Small  # of type 24: 0 (A) or 1 (B)

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def none(cls) -> Self:
        """No statics."""
        columns: dict[str, Any] = {n: np.empty(0, dtype=np.int64) for n in STATIC_COLUMNS}
        columns |= {name: np.empty(0, dtype="S1") for name in TEXTS}
        columns |= {name: np.empty(0) for name in ("time_s", "draught_m")}
        return cls(**columns)

    @classmethod
    def concat(cls, parts: Iterable[Statics], starts: Iterable[int]) -> Self:
        """The rows of all parts; ``starts`` says at which row each part's messages begin."""
        shifted = [(part, start) for part, start in zip(parts, starts, strict=True)]
        columns = {n: np.concatenate([getattr(p, n) for p, _ in shifted]) for n in STATIC_COLUMNS}
        columns["row"] = np.concatenate([p.row + start for p, start in shifted])
        return cls(**columns)


class Gathered:
    """Messages and statics of many chunks, gathered in columns that have room for ``room`` rows.

    More than that is taken, too; but memory that is only reserved costs nothing, and to copy what is
    already gathered does.
    """

    def __init__(self, room: int) -> None:
        self._columns = {
            name: np.empty(room, column.dtype)
            for name, column in ((n, getattr(Messages.blank(), n)) for n in MESSAGE_COLUMNS)
        }
        self._rows = 0
        self._stations = [""]
        self._statics: list[tuple[Statics, int]] = []
        self._rest: list[tuple[Payloads, int]] = []

    def add(self, messages: Messages, statics: Statics) -> None:
        """What one chunk held."""
        start, end = self._rows, self._rows + len(messages)
        for name, column in self._columns.items():
            if end > len(column):
                column = self._columns[name] = np.concatenate([column, np.empty_like(column)])
            column[start:end] = getattr(messages, name)
        self._rows, self._stations = end, messages.stations
        if len(statics):
            self._statics.append((statics, start))
        if len(messages.rest.row):
            self._rest.append((messages.rest, start))

    def columns(self) -> tuple[Messages, Statics]:
        """All of it."""
        rest = Payloads.none()
        if self._rest:
            rest = Payloads(
                np.concatenate([p.row + start for p, start in self._rest]),
                np.concatenate([p.words for p, _ in self._rest]),
                np.concatenate([p.nbits for p, _ in self._rest]),
            )
        messages = Messages(
            **{name: column[: self._rows] for name, column in self._columns.items()},
            stations=self._stations,
            rest=rest,
        )
        if not self._statics:
            return messages, Statics.none()
        return messages, Statics.concat(*zip(*self._statics, strict=True))


MESSAGE_COLUMNS = tuple(f.name for f in fields(Messages) if f.name not in ("stations", "rest"))
SMALL_COLUMNS = (
    "sentences", "time_source", "msg_type", "altitude_m", "nav_status", "accuracy", "second", "turn", "raim",
)  # fmt: skip
STATIC_COLUMNS = tuple(f.name for f in fields(Statics))

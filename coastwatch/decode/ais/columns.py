"""AIS messages as columns: what was said, when, who heard it; and the statics among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.ais import payload
from coastwatch.decode.ais.fields import MOTION, TEXTS, WORD_BITS
from coastwatch.model import Floats, Ints

Small = NDArray[np.signedinteger[Any]]
Motion = NDArray[np.float32]
Texts = NDArray[np.bytes_]

# Where a message's time came from; ``Messages.time_source`` counts in this list.
TIME_SOURCES = (
    "", "tag block", "PGHP", "log prefix", "log suffix", "RMC", "ZDA", "base station",
    "received", "received, UTC second",
)  # fmt: skip
STAMPS = frozenset(("tag block", "PGHP", "log prefix", "log suffix"))
_STAMPED = np.array([source in STAMPS for source in TIME_SOURCES])
_NO_ROWS = np.empty(0, dtype=np.int64)


@dataclass(slots=True)
class Messages:
    """AIS messages, one row a hearing, in input order; NaN (floats) or -1 (ints) means unknown.

    Values are as ITU-R M.1371-5 sends them, in its units; out of range or "not available" is
    unknown. ``mmsi`` is as sent, 0 and more than nine digits included. ``transmission`` numbers
    what was sent: rows that carry one number are one transmission that several stations heard,
    and the first of them has ``first`` set. ``station`` counts in ``stations`` ("" is none).

    The times, UTC seconds: ``received_s`` of the receiver's clock, ``claimed_s`` of the stamp
    that came with the sentence, ``time_s`` of the event: the best of what there is, chosen as
    ``time_source`` (in ``TIME_SOURCES``) says; and ``utc_s``, what a sender of types 4 and 11 says
    that it is.

    ``clocks`` holds the rows and values of ``utc_s``; ``rest`` the payloads of the types that have
    no columns here, which ``others`` reads.
    """

    line: Ints
    sentences: Small
    station: Ints
    received_s: Floats
    time_s: Floats
    time_source: Small
    transmission: Ints
    first: NDArray[np.bool_]
    msg_type: Small
    mmsi: Ints
    lon: Floats  # degrees, WGS 84
    lat: Floats
    sog_kn: Motion  # in single precision, which is more than is sent
    cog_deg: Motion
    heading_deg: Motion
    altitude_m: Small  # type 9
    nav_status: Small
    accuracy: Small  # 1 is better than 10 m
    second: Small  # UTC second of the position, 0 to 59
    turn: Small  # ROT as sent: -127..127, signed square root; -128 is not available
    raim: Small
    stations: list[str] = field(default_factory=lambda: [""])
    clocks: Clocks = field(default_factory=lambda: Clocks(_NO_ROWS, np.empty(0)))
    rest: Payloads = field(default_factory=lambda: Payloads.none())

    def __len__(self) -> int:
        return len(self.line)

    @property
    def claimed_s(self) -> Floats:
        """The stamp of each sentence, NaN where it had none: where there is one it is believed."""
        return np.where(_STAMPED[self.time_source], self.time_s, np.nan)

    @property
    def utc_s(self) -> Floats:
        """What senders of types 4 and 11 say that it is, NaN for all others."""
        told = np.full(len(self), np.nan)
        told[self.clocks.row] = self.clocks.utc_s
        return told

    @classmethod
    def blank(cls, n: int = 0) -> Self:
        """``n`` rows of unknowns."""
        columns: dict[str, Any] = {name: np.full(n, np.nan) for name in MESSAGE_COLUMNS}
        columns |= {name: np.full(n, np.nan, dtype=np.float32) for name in MOTION}
        whole = ("line", "station", "transmission", "mmsi", *SMALL_COLUMNS)
        columns |= {name: np.full(n, -1, dtype=np.int64) for name in whole}
        columns["first"] = np.ones(n, dtype=np.bool_)
        return cls(**columns)

    @classmethod
    def concat(cls, parts: Iterable[Messages]) -> Self:
        """The rows of all parts, which must share one list of stations (the last one counts)."""
        parts = list(parts) or [cls.blank()]
        starts = np.cumsum([0, *(len(p) for p in parts)]).tolist()
        rest = Payloads.concat([p.rest for p in parts], starts[:-1])
        clocks = Clocks(
            np.concatenate([p.clocks.row + at for p, at in zip(parts, starts, strict=False)]),
            np.concatenate([p.clocks.utc_s for p in parts]),
        )
        return cls(
            **{n: np.concatenate([getattr(p, n) for p in parts]) for n in MESSAGE_COLUMNS},
            stations=parts[-1].stations,
            clocks=clocks,
            rest=rest,
        )

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that ``index`` (integers, mask or slice) picks."""
        at = np.full(len(self), -1)
        rows = np.arange(len(self))[index]
        at[rows] = np.arange(len(rows))
        told = at[self.clocks.row] >= 0
        return type(self)(
            **{name: getattr(self, name)[index] for name in MESSAGE_COLUMNS},
            stations=self.stations,
            clocks=Clocks(at[self.clocks.row[told]], self.clocks.utc_s[told]),
            rest=self.rest.of_rows(at),
        )

    def others(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Row and fields, under pyais' names, of each message whose type has no columns here."""
        for i, row in enumerate(self.rest.row.tolist()):
            yield row, payload.record(*self.rest.armoured(i))


class Clocks(NamedTuple):
    """Clocks that messages tell: ``row`` is the message's."""

    row: Ints
    utc_s: Floats


@dataclass(slots=True)
class Payloads:
    """Payloads as sent: ``row`` is their message's, ``nbits`` their length.

    The words (of eight characters, the first on the left, zeros behind) of payload i stand in
    ``words`` from ``start`` on.
    """

    row: Ints
    nbits: Ints
    start: Ints
    words: Ints

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def none(cls) -> Self:
        """No payloads."""
        return cls(*(np.empty(0, dtype=np.int64) for _ in range(4)))

    @classmethod
    def concat(cls, parts: Sequence[Payloads], rows: Sequence[int]) -> Self:
        """All parts; ``rows`` says at which row each part's messages begin."""
        if not parts:
            return cls.none()
        starts = np.cumsum([0, *(len(p.words) for p in parts)]).tolist()
        return cls(
            np.concatenate([p.row + at for p, at in zip(parts, rows, strict=True)]),
            np.concatenate([p.nbits for p in parts]),
            np.concatenate([p.start + at for p, at in zip(parts, starts, strict=False)]),
            np.concatenate([p.words for p in parts]),
        )

    def pick(self, index: NDArray[Any]) -> Self:
        """Some of the payloads, with their words alone."""
        counts = self.nbits[index] // WORD_BITS + 1
        ends = np.cumsum(counts)
        start = ends - counts
        at = np.repeat(self.start[index] - start, counts) + np.arange(ends[-1] if len(ends) else 0)
        return type(self)(self.row[index], self.nbits[index], start, self.words[at])

    def of_rows(self, rows: Ints) -> Self:
        """Those whose message is kept: ``rows`` has its new row, -1 where it has none."""
        kept = self.pick(np.flatnonzero(rows[self.row] >= 0))
        kept.row = rows[kept.row]
        return kept

    def of(self, i: int) -> list[int]:
        """The words of one payload."""
        start = int(self.start[i])
        found: list[int] = self.words[start : start + int(self.nbits[i]) // WORD_BITS + 1].tolist()
        return found

    def armoured(self, i: int) -> tuple[bytes, int]:
        """The characters of one payload and its fill bits, as sent."""
        return payload.armoured(self.of(i), int(self.nbits[i]))


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
    eta: Ints  # as sent: month, day, hour, minute in 4, 5, 5 and 6 bits

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def none(cls) -> Self:
        """No statics."""
        return cls.room(0)

    @classmethod
    def room(cls, n: int) -> Self:
        """Memory for ``n`` rows, which hold nothing yet."""
        columns: dict[str, Any] = {name: np.empty(n, dtype=np.int16) for name in STATIC_COLUMNS}
        wide = ("row", "mmsi", "imo", "mothership", "eta")
        columns |= {name: np.empty(n, dtype=np.int64) for name in wide}
        columns |= {name: np.empty(n, dtype=f"S{width}") for name, width in TEXTS.items()}
        columns |= {name: np.empty(n) for name in ("time_s", "draught_m")}
        return cls(**columns)

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that ``index`` (integers, mask or slice) picks."""
        return type(self)(**{name: getattr(self, name)[index] for name in STATIC_COLUMNS})

    @classmethod
    def concat(cls, parts: Iterable[Statics], starts: Iterable[int]) -> Self:
        """The rows of all parts; ``starts`` says at which row each part's messages begin."""
        parts = list(parts) or [cls.none()]
        columns = {n: np.concatenate([getattr(p, n) for p in parts]) for n in STATIC_COLUMNS}
        counts = [len(p) for p in parts]
        columns["row"] += np.repeat([s for s, _ in zip(starts, counts, strict=False)], counts)
        return cls(**columns)


MESSAGE_COLUMNS = tuple(
    f.name for f in fields(Messages) if f.name not in ("stations", "clocks", "rest")
)
SMALL_COLUMNS = (
    "sentences", "time_source", "msg_type", "altitude_m", "nav_status", "accuracy", "second",
    "turn", "raim",
)  # fmt: skip
STATIC_COLUMNS = tuple(f.name for f in fields(Statics))

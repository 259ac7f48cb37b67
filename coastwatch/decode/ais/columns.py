"""AIS messages as columns: what was said, when, who heard it; and the statics among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

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

    ``rest`` holds, by row, payload and fill bits of the types that have no columns here.
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
    altitude_m: Floats  # type 9
    utc_s: Floats  # the sender's own clock, types 4 and 11
    nav_status: Small
    accuracy: Small  # 1 is better than 10 m
    second: Small  # UTC second of the position, 0 to 59
    turn: Small  # ROT as sent: -127..127, signed square root; -128 is not available
    raim: Small
    stations: list[str] = field(default_factory=lambda: [""])
    rest: dict[int, tuple[bytes, int]] = field(default_factory=dict)

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
        rest, start = {}, 0
        for part in parts:
            rest.update({start + row: payload for row, payload in part.rest.items()})
            start += len(part)
        return cls(
            **{n: np.concatenate([getattr(p, n) for p in parts]) for n in MESSAGE_COLUMNS},
            stations=parts[-1].stations,
            rest=rest,
        )

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that ``index`` (integers, mask or slice) picks."""
        rows = np.arange(len(self))[index]
        at = {int(row): i for i, row in enumerate(rows)} if self.rest else {}
        return type(self)(
            **{name: getattr(self, name)[index] for name in MESSAGE_COLUMNS},
            stations=self.stations,
            rest={at[row]: payload for row, payload in self.rest.items() if row in at},
        )


@dataclass(slots=True)
class Statics:
    """What types 5, 19, 21 and 24 say of their senders; ``row`` is the row among the messages.

    Texts are ASCII up to the first "@", without trailing blanks; empty means not available. -1
    (NaN for the draught) is unknown; dimensions of 0 are "not available" and stand as -1.
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
    def concat(cls, parts: Iterable[Statics], starts: Iterable[int]) -> Self:
        """The rows of all parts; ``starts`` says at which row each part's messages begin."""
        shifted = [(part, start) for part, start in zip(parts, starts, strict=True)]
        columns = {n: np.concatenate([getattr(p, n) for p, _ in shifted]) for n in STATIC_COLUMNS}
        columns["row"] = np.concatenate([p.row + start for p, start in shifted])
        return cls(**columns)


MESSAGE_COLUMNS = tuple(f.name for f in fields(Messages) if f.name not in ("stations", "rest"))
SMALL_COLUMNS = (
    "sentences", "time_source", "msg_type", "nav_status", "accuracy", "second", "turn", "raim",
)  # fmt: skip
STATIC_COLUMNS = tuple(f.name for f in fields(Statics))

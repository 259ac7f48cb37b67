"""What a format is given to write: one table of features, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa

TIME = pa.timestamp("ms", tz="UTC")
GEOMETRY = pa.field("geometry", pa.binary())


@dataclass(frozen=True)
class Layer:
    """Features with attributes as columns and a last column ``geometry`` (WKB, WGS 84, lon lat).

    ``geometry`` is the kind of all its features: "Point", "MultiLineString", or "Unknown" where
    they differ. ``batches`` can be read once. ``stamp`` is the last time of the run, which stands
    where a format wants the time of writing: the same run gives the same bytes.
    """

    name: str
    title: str
    geometry: str
    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]
    stamp: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def leave_out(self, why: str, count: int = 1) -> None:
        """Count what this file does not hold, for the one who asked for it."""
        if count:
            self.left_out[why] = self.left_out.get(why, 0) + count


def by_track(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows of each track as a table of its own; a track's rows must follow one another."""
    pending: list[pa.RecordBatch] = []
    for batch in batches:
        ids = batch.column("track").to_numpy()
        if not len(ids):
            continue
        if pending and pending[-1].column("track")[0].as_py() != ids[0]:
            yield pa.Table.from_batches(pending)
            pending = []
        cuts = [0, *(1 + (ids[1:] != ids[:-1]).nonzero()[0]).tolist(), len(ids)]
        for first, last in zip(cuts[:-1], cuts[1:], strict=True):
            if first:
                yield pa.Table.from_batches(pending)
                pending = []
            pending.append(batch.slice(first, last - first))
    if pending:
        yield pa.Table.from_batches(pending)

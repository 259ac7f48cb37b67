"""ASTERIX, the radar format of EUROCONTROL: one table a category drives reading and writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coastwatch.decode.asterix.decoder import AsterixDecoder
from coastwatch.decode.asterix.editions import named
from coastwatch.decode.asterix.tables import CATEGORIES
from coastwatch.model import InputError

__all__ = ["CATEGORIES", "AsterixDecoder", "encode_block"]


def encode_block(
    category: int, records: Sequence[Mapping[str, Any]], edition: str | None = None
) -> bytes:
    """One data block: the category, its length, and the records; of the newest edition if not told.

    ``records`` have the form of ``items`` in the decoder's records, in the specification's units;
    a value is rounded to the nearest step of its field, a sub-field left out is zero. Raises
    InputError, which names category, record, item and sub-field, where one does not fit, and
    ConfigError for an edition that no table reads.
    """
    table = CATEGORIES.get(category)
    if table is None:
        known = ", ".join(f"{number:03d}" for number in CATEGORIES)
        raise InputError(f"CAT {category} has no table; known are {known}")
    if edition is not None:
        table = named(category, edition)
    return table.encode(records)

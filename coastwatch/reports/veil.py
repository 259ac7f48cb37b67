"""Small counts withheld in the public edition, so that no total or difference gives one away.

A partition (cells and their total) is published cell by cell. Counts of 1 to 4 are shown as
``<5``. Where the total and the other cells would narrow one of them down, further cells are
withheld, least first, until each small one may still be any of 1 to 4. This is complementary cell
suppression (Eurostat, *Handbook on Statistical Disclosure Control*, 4.2), exact for one-way tables.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5
SMALL, HELD = "<5", "··"
Key = TypeVar("Key", bound=Hashable)
Shown = int | str  # a count, or the mark for one that is withheld


def veiled(cells: Mapping[Key, int], total: int | None = None) -> dict[Key, Shown] | None:
    """The cells as they may be shown beside their total, which is shown by ``veiled_count``.

    None where no choice of cells would do: nothing of the partition may be shown then. ``total``
    is checked to be the sum.
    """
    whole = sum(cells.values())
    if total is not None and whole != total:
        raise ValueError(f"cells sum to {whole}, the total is {total}")
    small = {key for key, n in cells.items() if 0 < n < LEAST}
    if small and whole < LEAST:
        # The total is withheld as <5, which still bounds its parts: of four parts each would be 1,
        # and where one alone were shown, none being shown would tell of two or more.
        return None
    held: set[Key] = set()
    rest = sorted((n, str(key), key) for key, n in cells.items() if n >= LEAST)
    while not _safe([cells[key] for key in small], [cells[key] for key in held]):
        if not rest:
            return None
        held.add(rest.pop(0)[2])
    return {key: SMALL if key in small else HELD if key in held else n for key, n in cells.items()}


def veiled_count(count: int) -> Shown:
    """A count that stands alone."""
    return SMALL if 0 < count < LEAST else count


def bounds(total: int, shown: Mapping[Key, Shown]) -> dict[Key, tuple[int, int]]:
    """What a reader can work out of each withheld cell, from a total and what is shown."""
    left = total - sum(n for n in shown.values() if isinstance(n, int))
    low = {
        key: 1 if mark == SMALL else LEAST for key, mark in shown.items() if mark in (SMALL, HELD)
    }
    high = {key: LEAST - 1 if shown[key] == SMALL else math.inf for key in low}
    found = {}
    for key in low:
        most = left - sum(v for k, v in low.items() if k != key)
        least = left - sum(v for k, v in high.items() if k != key)
        found[key] = (int(max(low[key], least)), int(min(high[key], most)))
    return found


def _safe(small: list[int], held: list[int]) -> bool:
    """Whether each small cell may still be anything from 1 to 4, for all that a reader knows."""
    if not small:
        return True
    left = sum(small) + sum(held)
    others = len(small) - 1
    most = left - others - LEAST * len(held)
    least = -math.inf if held else left - (LEAST - 1) * others
    return most >= LEAST - 1 and least <= 1

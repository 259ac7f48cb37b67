"""The tables that there are: a category or edition is one file here and one line in ``TABLES``."""

from __future__ import annotations

from coastwatch.decode.asterix.cat001 import CAT_001
from coastwatch.decode.asterix.cat002 import CAT_002
from coastwatch.decode.asterix.cat010 import CAT_010, CAT_010_0_31
from coastwatch.decode.asterix.cat019 import CAT_019
from coastwatch.decode.asterix.cat020 import CAT_020
from coastwatch.decode.asterix.cat034 import CAT_034
from coastwatch.decode.asterix.cat048 import CAT_048
from coastwatch.decode.asterix.cat062 import CAT_062
from coastwatch.decode.asterix.cat062_0_17 import CAT_062_0_17
from coastwatch.decode.asterix.cat063 import CAT_063
from coastwatch.decode.asterix.cat065 import CAT_065
from coastwatch.decode.asterix.cat240 import CAT_240
from coastwatch.decode.asterix.category import Category

# Of several editions of a category the newest stands first.
TABLES: tuple[Category, ...] = (
    CAT_001,
    CAT_002,
    CAT_010,
    CAT_010_0_31,
    CAT_019,
    CAT_020,
    CAT_034,
    CAT_048,
    CAT_062,
    CAT_062_0_17,
    CAT_063,
    CAT_065,
    CAT_240,
)

EDITIONS: dict[int, tuple[Category, ...]] = {
    number: tuple(table for table in TABLES if table.number == number)
    for number in dict.fromkeys(table.number for table in TABLES)
}

CATEGORIES = {number: tables[0] for number, tables in EDITIONS.items()}

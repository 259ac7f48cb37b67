"""Writes docs/asterix.md from the tables that decode: `python docs/asterix_page.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coastwatch.decode.asterix import CATEGORIES
from coastwatch.decode.asterix.cat240 import Characters
from coastwatch.decode.asterix.category import Category
from coastwatch.decode.asterix.fields import Field
from coastwatch.decode.asterix.presence import Compound, Item
from coastwatch.decode.asterix.structures import (
    Chained,
    Choice,
    Explicit,
    Extended,
    Fixed,
    Repetitive,
    Structure,
)

HERE = Path(__file__).parent
HEAD = """# ASTERIX

Written from the decoder's own tables by `python docs/asterix_page.py`; a test holds it to them.

coastwatch reads and writes these categories of EUROCONTROL's ASTERIX (EUROCONTROL-SPEC-0149):

{editions}

Every item of these editions' user application profiles is there. Octets by which a later edition
extends an item are stepped over. Blocks of other categories are counted and ignored. The
reserved expansion and special purpose fields (RE, SP) are given as they stand.

## A record

`coastwatch decode radar.pcap --to jsonl` gives one object a record:

    {{"cat": 62, "sac": 25, "sic": 100, "received": null, "line": 1,
     "items": {{"010": {{"SAC": 25, "SIC": 100}}, "070": 45827.3984375,
               "105": {{"LAT": 41.16710186004639, "LON": 15.708898901939392}}}}}}

`items` is keyed by the item's number. Below, a field such as `040/RHO` is `items["040"]["RHO"]`;
a bare `070` is the item's only content and stands without a name. Values are in the unit of the
specification, unrounded. A list marked *repeated* may hold any number of elements, in an
*extended* item the later parts may be missing, and so may each subfield of a *compound* one.
Numbers without a unit are counts, flags and codes of the specification. *octal* and *hex* are
texts of digits, *text* is without its trailing blanks; "?" stands for a character that is not
defined.

`coastwatch.decode.asterix.encode_block(48, [items, ...])` writes the same form back to bytes. A
value is rounded to the nearest step; one beyond the range raises an error that names it.

## What becomes a detection

| Category | Detection | Left out, and counted by reason |
|---|---|---|
| 034 | a look: north marker or sector crossing, azimuth from 020 | other messages |
| 048 | a plot: range and azimuth from 040, amplitude from 130/PAM, number from 161 | no \
detection (020/TYP = 0), simulated and test targets, field monitors, SSR-only reports, reports \
with a flight level (090) or an aircraft address (220), no 040, a range beyond 256 NM (020/ERR) |
| 062 | a sensor's track: position from 105, velocity from 185, number from 040, sigma from 500, \
length from 270 | simulated and coasting tracks (080), aircraft (136 or 390 present), a position \
only in system Cartesian coordinates (100) |
| 240 | plots and looks of the video's extraction: see [video sources](video-sources.md) | summaries; \
video that cannot be used is rejected, `CAT 240 video: ...` |

Time of day is joined to the day nearest to when the datagram was received, before or after
midnight. A file without reception times takes its first day from the feed's `date` and rolls over
at midnight; without one, time counts from 1970-01-01 and is counted as `undated`.

The radar is told by its SAC and SIC (`asterix = {{ sac = 8, sic = 17 }}` at the sensor), else it is
the feed's own `sensor`; what neither tells is counted as
`unknown sensor` with its SAC and SIC.

## Damage

A record that cannot be read ends its block, since nothing says where the next one begins: the
rest counts as one rejected frame, with category, item and reason, and its octets are kept for
inspection. Records before it stand, and so do the blocks that follow.
"""


def asterix_page() -> str:
    """docs/asterix.md: what is decoded, and every field of the tables."""
    tables = CATEGORIES.values()
    editions = "\n".join(
        f"- CAT {c.number:03d}, {c.title[0].lower()}{c.title[1:]}: edition {c.edition}, also reads "
        f"{c.also_reads}"
        for c in tables
    )
    return "\n".join([HEAD.format(editions=editions), *(_category(c) for c in tables)])


def _category(category: Category) -> str:
    lines = [
        f"## CAT {category.number:03d}, {category.title[0].lower()}{category.title[1:]}\n",
        "| Field | Content | Bits | Step | Unit | Range |",
        "|---|---|---|---|---|---|",
    ]
    for item in category.items:
        if item:
            lines += _item(item, item.name, item.title)
    return "\n".join(lines) + "\n"


def _item(item: Item, path: str, title: str) -> Iterator[str]:
    structure, kind = item.structure, _kind(item.structure)
    rows = list(_fields(structure, path))
    if len(rows) == 1 and rows[0][0] == path:
        yield _row(path, title + kind, rows[0][1])
        return
    yield f"| **{path}** | {title}{kind} | | | | |"
    if isinstance(structure, Compound):
        for part in structure.items:
            if part:
                yield from _item(part, f"{path}/{part.name}", part.title)
    for name, field in rows:
        yield _row(name, "", field)


def _kind(structure: Structure) -> str:
    if isinstance(structure, Compound):
        return " (*compound*)"
    if isinstance(structure, Extended):
        return " (*extended*)"
    return " (*repeated*)" if isinstance(structure, Repetitive | Chained) else ""


def _fields(structure: Structure, path: str) -> Iterator[tuple[str, Field]]:
    """Named fields that stand directly in an item."""
    match structure:
        case Fixed():
            for field in structure.fields:
                if field.code != "spare":
                    yield (f"{path}/{field.name}" if field.name else path), field
        case Extended():
            for part in structure.parts:
                yield from _fields(part, path)
        case Repetitive() | Chained():
            yield from _fields(structure.of, path)
        case Choice():
            yield from _fields(structure.cases[0], path)
            yield from list(_fields(structure.cases[1], path))[1:]
        case Explicit():
            yield path, Field("", 0, "ascii" if isinstance(structure, Characters) else "hex")


def _row(path: str, title: str, field: Field) -> str:
    if field.code in ("unsigned", "signed"):
        low, high = f"{field.low:.9g}", f"{field.high:.9g}"
        step = "" if field.lsb == 1 and not field.unit else f"{field.lsb:.12g}"
        return f"| {path} | {title} | {field.bits} | {step} | {field.unit} | {low}..{high} |"
    code = {"icao": "text", "ascii": "text"}.get(field.code, field.code)
    return f"| {path} | {title} | {field.bits or ''} | {code} | | |"


if __name__ == "__main__":
    (HERE / "asterix.md").write_text(asterix_page(), encoding="utf-8")
    print("docs/asterix.md")

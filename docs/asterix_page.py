"""Writes docs/asterix.md from the tables that decode: `python docs/asterix_page.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coastwatch.decode.asterix.cat240 import Characters
from coastwatch.decode.asterix.category import Category, Profiles
from coastwatch.decode.asterix.fields import Field
from coastwatch.decode.asterix.presence import AnyOrder, Compound, Item
from coastwatch.decode.asterix.structures import (
    Chained,
    Choice,
    Explicit,
    Extended,
    Fixed,
    Repetitive,
    Structure,
)
from coastwatch.decode.asterix.tables import TABLES

HERE = Path(__file__).parent
PROFILES = ("plots (020/TYP = 0)", "tracks (020/TYP = 1)")
HEAD = """# ASTERIX

Written from the decoder's own tables by `python docs/asterix_page.py`; a test holds it to them.

coastwatch reads and writes these categories of EUROCONTROL's ASTERIX (EUROCONTROL-SPEC-0149):

{editions}

Every item of these editions' user application profiles is there. Octets by which a later edition
extends an item are stepped over. Blocks of other categories are counted and ignored. The
reserved expansion and special purpose fields (RE, SP) are given as they stand. Of CAT 001 each
record is a plot or a track by 020/TYP, and has the profile of that.

## Editions

A table reads the editions that its line names: these differ by what was added at the end of an
item. Where an edition has another layout it has a table of its own. Which one a radar speaks is
told for its SAC and SIC in `site.toml`:

    asterix = {{ sac = 8, sic = 17, editions = {{ "062" = "0.17" }} }}

Without such a line (`"auto"`) the block tells: that edition is taken which consumes it to the last
octet and whose values lie within their limits (time of day within 24 h and a minute, latitude
within 90 and longitude within 180 degrees); of several, one in which no spare bit is set; of
these, the newest. The choice is remembered for the SAC and SIC, and made anew when a block no
longer fits. A block from an unknown source that no edition fits is refused whole, as `CAT 062: no
edition fits`; the kept text says for each edition why. With one edition, or a known one, the
records before the damage stand.

CAT 010 editions 1.1 and 0.31 differ in nothing but the step of 041, which is 64 times as coarse in
0.31: a block of 0.31 fits 1.1 as well, near the meridian of Greenwich and the equator. Name 0.31
in `site.toml` where a radar speaks it.

A value beyond its limits is never decoded, in any edition: the record is refused, with category,
item and field.

A block is read up to its 1,024th record and a datagram up to its 4,096th block; real ones hold
hundreds. What comes after is one rejected frame, so that crowds of the smallest (records of two
octets, blocks of five) take no longer than honest ones: some 30 ms for 64 KiB.

## Framing

Raw blocks, any number in a datagram, are read as they are. Two wrappings of recorders are told from
the bytes, in datagrams, streams and files, and taken off:

| Wrapping | Before the blocks | Behind them |
|---|---|---|
| IOSS (final) | octets in all (2), board (1), line (1), day (1), time in 0.01 s (3) | four A5 |
| ORADIS | octets in all (2), time (4) | |

A frame counts as one if known categories fill it exactly. The clocks of the recorder are not used.
After a damaged frame or block the next one, of at most 4,096 octets, that another follows is
sought. What was skipped is one rejected frame, with its octet.

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

`coastwatch.decode.asterix.encode_block(48, [items, ...])` writes the same form back to bytes, with
`edition="0.17"` those of an earlier edition. A value is rounded to the nearest step; one beyond
the range raises an error that names it.

## What becomes a detection

| Category | Detection | Left out, and counted by reason |
|---|---|---|
| 001 | a plot: range and azimuth from 040, amplitude from 131, number from 161; a sensor's track \
where only 042 is sent | simulated and test targets, field monitors, ghosts, SSR-only reports, \
reports with a height (090), no position |
| 002, 034 | a look: north marker or sector crossing, azimuth from 020 (002 also the south marker) \
| other messages |
| 010 | a plot; a sensor's track where numbered (161) and smoothed (170/STH); position from 041, \
else 040, else 042; covariance from 500, length from 270; an update cycle's start is a look | \
simulated and test targets, field monitors, aircraft (090, 220, 020/TOT), coasting and ghost \
tracks, no position |
| 019, 063, 065 | none | all, by type of message or state of the sensor |
| 020 | as 010; position from 041, else 042; covariance from 500/SDP | as 010 |
| 048 | a plot: range and azimuth from 040, amplitude from 130/PAM, number from 161 | no \
detection (020/TYP = 0), simulated and test targets, field monitors, SSR-only reports, reports \
with a flight level (090) or an aircraft address (220), no 040, a range beyond 256 NM (020/ERR) |
| 062 | a sensor's track: position from 105, velocity from 185 (0.17: 180), number from 040, \
covariance from 500, length from 270 | simulated and coasting tracks (080), aircraft (136 or 390 \
present), a position only in system Cartesian coordinates (100) |
| 240 | plots and looks of the video's extraction: see [video sources](video-sources.md) | \
summaries; video that cannot be used is rejected, `CAT 240 video: ...` |

A covariance that the record states counts before that of the site: both axes with their cross
term, where both are given. A position of 042 is taken as seen from the sensor's place in
`site.toml`.

Time of day is joined to the day nearest to when the datagram was received, before or after
midnight; the truncated one of 001/141 to the nearest of its turns of 512 s, which takes a reception
time or a CAT 002 before it. A file without reception times takes its first day from the feed's
`date` and rolls over at midnight; without one, time counts from 1970-01-01 and is counted as
`undated`.

The radar is told by its SAC and SIC (`asterix = {{ sac = 8, sic = 17 }}` at the sensor), else it is
the feed's own `sensor`; what neither tells is counted as
`unknown sensor` with its SAC and SIC, and journalled like all else. Where a radar states its place
(034/120) more than 500 m from where `site.toml` has it, that is counted by the sensor's name:
`gris-nez: I034/120 says 1.5830, 50.8808: 1.2 km from site.toml`.

## Damage

A record that cannot be read ends its block, since nothing says where the next one begins: the
rest counts as one rejected frame, with category, item and reason, and its octets are kept for
inspection. Records before it stand, and so do the blocks that follow.
"""


def asterix_page() -> str:
    """docs/asterix.md: what is decoded, and every field of the tables."""
    editions = "\n".join(
        f"- CAT {c.number:03d}, {c.title[0].lower()}{c.title[1:]}: edition {c.edition}"
        + (f", also reads {c.also_reads}" if c.also_reads else "")
        for c in TABLES
    )
    return "\n".join([HEAD.format(editions=editions), *(_category(c) for c in TABLES)])


def _category(category: Category) -> str:
    if isinstance(category, Profiles):
        return "\n".join(
            _table(table, f", {name}")
            for table, name in zip(category.tables, PROFILES, strict=True)
        )
    newest = next(table for table in TABLES if table.number == category.number)
    return _table(category, "" if category is newest else f", edition {category.edition}")


def _table(category: Category, which: str) -> str:
    lines = [
        f"## CAT {category.number:03d}, {category.title[0].lower()}{category.title[1:]}{which}\n",
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
        case AnyOrder():
            yield path, Field("", 0, "list")
        case Explicit():
            yield path, Field("", 0, "ascii" if isinstance(structure, Characters) else "hex")


def _row(path: str, title: str, field: Field) -> str:
    if field.code in ("unsigned", "signed"):
        low, high = (f"{bound:.9g}" for bound in field.within or (field.low, field.high))
        step = "" if field.lsb == 1 and not field.unit else f"{field.lsb:.12g}"
        return f"| {path} | {title} | {field.bits} | {step} | {field.unit} | {low}..{high} |"
    code = {"icao": "text", "ascii": "text"}.get(field.code, field.code)
    return f"| {path} | {title} | {field.bits or ''} | {code} | | |"


if __name__ == "__main__":
    (HERE / "asterix.md").write_text(asterix_page(), encoding="utf-8")
    print("docs/asterix.md")

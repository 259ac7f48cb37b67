"""docs/asterix.md is what the tables say, and its example is what the decoder gives."""

import json
import re
import runpy
from pathlib import Path

from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.asterix.tables import TABLES
from coastwatch.decode.base import Context
from coastwatch.model import Datagram
from tests.asterix_records import tables_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/asterix.md").read_text(encoding="utf-8")


def test_the_page_is_written_from_the_tables():
    page = runpy.run_path(str(ROOT / "docs/asterix_page.py"))["asterix_page"]()
    assert page == PAGE, "run: python docs/asterix_page.py"


def test_every_item_and_edition_stands_on_the_page():
    parts = PAGE.split("\n## CAT ")[1:]
    profiles = [profile for category in TABLES for profile in tables_of(category)]
    for category, part in zip(profiles, parts, strict=True):
        title = f"{category.title[0].lower()}{category.title[1:]}"
        line = f"- CAT {category.number:03d}, {title}: edition {category.edition}"
        assert f"{line}, also reads {category.also_reads}".removesuffix(", also reads ") in PAGE
        assert part.startswith(f"{category.number:03d}, {title}")
        for item in category.items:
            if item:
                assert re.search(rf"^\| (\*\*)?{item.name}(\*\*)? \|", part, re.M), item.name


def test_a_range_on_the_page_is_that_of_the_specification():
    assert "| 040/RHO |  | 16 | 0.00390625 | NM | 0..255.996094 |" in PAGE
    assert "| 130/PAM | Amplitude of primary plot | 8 | 1 | dBm | -128..127 |" in PAGE


def test_the_example_is_what_a_decoder_gives():
    start = PAGE.index('    {"cat": 62')
    example = json.loads(PAGE[start : PAGE.index("\n\n", start)])
    decoder = AsterixDecoder(Context())
    data = encode_block(62, [example["items"]])
    assert decoder.records(Datagram(0, "f", data, whole=True)) == [example]

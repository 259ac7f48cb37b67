"""Random valid ASTERIX values, made from the decoder's own tables."""

import math
from random import Random

from coastwatch.decode.asterix import CATEGORIES
from coastwatch.decode.asterix.cat240 import Blocks, Characters
from coastwatch.decode.asterix.category import Profiles
from coastwatch.decode.asterix.presence import AnyOrder, Compound
from coastwatch.decode.asterix.structures import (
    Chained,
    Choice,
    Explicit,
    Extended,
    Fixed,
    Repetitive,
)

ICAO = " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def random_record(category, rng, share=0.5):
    """A record with about that share of the category's items, at least one."""
    return random_items(CATEGORIES[category], rng, share)


def random_items(table, rng, share=0.5):
    """The same of any table. A record of one of two profiles says which by its 020."""
    if isinstance(table, Profiles):
        one = rng.randrange(2)
        record = random_items(table.tables[one], rng, share)
        return with_profile(table, one, record, rng)
    items = [item for item in table.items if item]
    chosen = [item for item in items if rng.random() < share] or [rng.choice(items)]
    return {item.name: random_value(item.structure, rng) for item in chosen}


def with_profile(table, one, record, rng):
    """The record with the 020 that says which of two profiles it is of."""
    if one or "020" in record:
        item = next(item for item in table.items if item.name == "020")
        record = {"020": random_value(item.structure, rng)} | record
        record["020"] |= {"TYP": one}
    return record


def tables_of(table):
    """The tables of single profiles that a category consists of."""
    return table.tables if isinstance(table, Profiles) else (table,)


def random_value(structure, rng: Random):
    """Any value of an item of this structure."""
    match structure:
        case Fixed():
            return fixed(structure, rng)
        case Choice():
            case = rng.randrange(2)
            return fixed(structure.cases[case], rng) | {structure.selector: case}
        case Extended():
            merged = {}
            for part in structure.parts[: rng.randint(1, len(structure.parts))]:
                merged |= fixed(part, rng)
            return merged
        case Repetitive():
            return [fixed(structure.of, rng) for _ in range(rng.randint(0, 4))]
        case Chained():
            return [fixed(structure.of, rng) for _ in range(rng.randint(1, 4))]
        case Compound():
            items = [item for item in structure.items if item and rng.random() < 0.5]
            return {item.name: random_value(item.structure, rng) for item in items}
        case AnyOrder():
            chosen = [rng.choice(structure.items) for _ in range(rng.randint(0, 3))]
            return [{item.name: random_value(item.structure, rng)} for item in chosen]
        case Characters():
            return "".join(chr(rng.randrange(256)) for _ in range(rng.randint(0, 8)))
        case Blocks():
            return rng.randbytes(structure.size * rng.randint(0, 3)).hex().upper()
        case Explicit():
            return bytes(rng.randrange(256) for _ in range(rng.randint(0, 8))).hex().upper()
    raise TypeError(structure)


def fixed(structure, rng):
    value = {}
    for field in structure.fields:
        if field.code == "spare":
            continue
        if structure.is_bare:
            return content(field, rng)
        group, slash, name = field.name.partition("/")
        if slash:
            value.setdefault(group, {})[name] = content(field, rng)
        else:
            value[field.name] = content(field, rng)
    return value


def content(field, rng):
    if field.code == "octal":
        return "".join(rng.choice("01234567") for _ in range(field.bits // 3))
    if field.code == "hex":
        return "".join(rng.choice("0123456789ABCDEF") for _ in range(field.bits // 4))
    if field.code == "icao":
        return "".join(rng.choice(ICAO) for _ in range(field.bits // 6)).rstrip()
    if field.code == "ascii":
        return "".join(chr(rng.randint(32, 126)) for _ in range(field.bits // 8)).rstrip()
    if field.within:
        low, high = (bound / field.lsb for bound in field.within)
        return (
            rng.randint(math.ceil(low), min(math.floor(high), round(field.high / field.lsb)))
            * field.lsb
        )
    span = 1 << field.bits
    raw = rng.randrange(span) - (span >> 1 if field.code == "signed" else 0)
    return raw * field.lsb

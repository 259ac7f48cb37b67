"""The shapes of an ASTERIX item, each able to read, step over and write itself.

EUROCONTROL-SPEC-0149 part 1, 4.3: fixed, extended, repetitive and explicit items; compound ones
are in ``presence``.
Every read stays before ``end``; bytes that do not fit raise Malformed, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from coastwatch.decode.asterix.fields import Field, reader, writer
from coastwatch.model import InputError

TRUNCATED = "runs past the end of its block"


class Malformed(Exception):
    """A record that cannot be read: why, and in which item."""

    def __init__(self, reason: str, item: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.item = item


class Structure(Protocol):
    """What every shape can do. Values are plain: numbers, texts, lists and dicts."""

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        """The value that begins at ``at``, and where it ends."""
        ...

    def skip(self, data: bytes, at: int, end: int) -> int:
        """Where the value that begins at ``at`` ends."""
        ...

    def encode(self, value: Any) -> bytes:
        """The bytes of a value. Raises InputError where it does not fit."""
        ...


class Fixed:
    """Fields in a fixed number of octets; ``fx`` keeps the last bit for an extension mark."""

    def __init__(self, *fields: Field, fx: bool = False) -> None:
        bits = sum(field.bits for field in fields) + fx
        if bits % 8:
            raise AssertionError(f"{[field.name for field in fields]} take {bits} bits")
        self.fields = fields
        self.size = bits // 8
        named = [field for field in fields if field.code != "spare"]
        self.is_bare = len(named) == 1 and not named[0].name
        self.names = {field.name.partition("/")[0] for field in named}
        self._nested = any("/" in field.name for field in named)
        self._limits = [field for field in named if field.within]
        self._codes = []
        for field in fields:
            bits -= field.bits
            if field.code != "spare":
                mask = (1 << field.bits) - 1
                self._codes.append((field.name, bits, mask, reader(field), writer(field)))

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = at + self.size
        if stop > end:
            raise Malformed(TRUNCATED)
        word = int.from_bytes(data[at:stop])
        value = {name: read(word >> shift & mask) for name, shift, mask, read, _ in self._codes}
        if self._limits:
            self._hold(value)
        if self.is_bare:
            return value[""], stop
        return (_nest(value) if self._nested else value), stop

    def _hold(self, value: Mapping[str, Any]) -> None:
        """Raise Malformed where a value is none that its field can mean."""
        for field in self._limits:
            low, high = field.within or (field.low, field.high)
            if not low <= value[field.name] <= high:
                name = field.name or "value"
                raise Malformed(f"{name} outside {low:g}..{high:g} {field.unit}".rstrip())

    def skip(self, data: bytes, at: int, end: int) -> int:
        if at + self.size > end:
            raise Malformed(TRUNCATED)
        return at + self.size

    def encode(self, value: Any, fx: bool = False) -> bytes:
        """A sub-field that is left out is written as zero."""
        parts = {"": value} if self.is_bare else _flat(value)
        word = int(fx)
        for name, shift, _, _, write in self._codes:
            if name in parts:
                word |= write(parts.pop(name)) << shift
        refuse(parts)
        return word.to_bytes(self.size)


class Choice:
    """Fields whose meaning hangs on the item's first bit, which is the first field of both."""

    def __init__(self, zero: Fixed, one: Fixed) -> None:
        self.cases = (zero, one)
        self.selector = zero.fields[0].name

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        return self.cases[at < end and data[at] >> 7].decode(data, at, end)

    def skip(self, data: bytes, at: int, end: int) -> int:
        return self.cases[0].skip(data, at, end)

    def encode(self, value: Any) -> bytes:
        one = isinstance(value, Mapping) and value.get(self.selector) == 1
        return self.cases[one].encode(value)


class Extended:
    """Parts that each say in their last bit (FX) whether another follows; one value of all."""

    def __init__(self, *parts: tuple[Field, ...]) -> None:
        self.parts = tuple(Fixed(*fields, fx=True) for fields in parts)

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        value: dict[str, Any] = {}
        for part in self.parts:
            more, at = part.decode(data, at, end)
            value |= more
            if not data[at - 1] & 1:
                return value, at
        return value, _chain_end(data, at, end)

    def skip(self, data: bytes, at: int, end: int) -> int:
        for part in self.parts:
            at = part.skip(data, at, end)
            if not data[at - 1] & 1:
                return at
        return _chain_end(data, at, end)

    def encode(self, value: Any) -> bytes:
        """As many parts as the value has sub-fields of, and those before them."""
        given = dict(mapping(value))
        last = max((n for n, part in enumerate(self.parts) if part.names & set(given)), default=0)
        out = b""
        for n, part in enumerate(self.parts[: last + 1]):
            own = {name: given.pop(name) for name in sorted(part.names & set(given))}
            out += part.encode(own, fx=n < last)
        refuse(given)
        return out


class Repetitive:
    """A list of the same: a count in one octet, then so many times the fields."""

    def __init__(self, *fields: Field) -> None:
        self.of = Fixed(*fields)

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = self.skip(data, at, end)
        starts = range(at + 1, stop, self.of.size)
        return [self.of.decode(data, start, stop)[0] for start in starts], stop

    def skip(self, data: bytes, at: int, end: int) -> int:
        stop = at + 1 + (data[at] * self.of.size if at < end else 0)
        if stop > end:
            raise Malformed(TRUNCATED)
        return stop

    def encode(self, value: Any) -> bytes:
        values = sequence(value)
        if len(values) > 255:
            raise InputError(f"{len(values)} repetitions are more than 255")
        return bytes([len(values)]) + b"".join(self.of.encode(one) for one in values)


class Chained:
    """A list of the same, in which each says in its last bit (FX) whether another follows."""

    def __init__(self, *fields: Field) -> None:
        self.of = Fixed(*fields, fx=True)

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        values = []
        while True:
            value, at = self.of.decode(data, at, end)
            values.append(value)
            if not data[at - 1] & 1:
                return values, at

    def skip(self, data: bytes, at: int, end: int) -> int:
        while True:
            at = self.of.skip(data, at, end)
            if not data[at - 1] & 1:
                return at

    def encode(self, value: Any) -> bytes:
        values = sequence(value)
        if not values:
            raise InputError("a list chained by FX has at least one element")
        last = len(values) - 1
        return b"".join(self.of.encode(one, fx=n < last) for n, one in enumerate(values))


class Explicit:
    """Octets that say their own number and nothing of their meaning (RE, SP), as hex digits."""

    def decode(self, data: bytes, at: int, end: int) -> tuple[Any, int]:
        stop = self.skip(data, at, end)
        return data[at + 1 : stop].hex().upper(), stop

    def skip(self, data: bytes, at: int, end: int) -> int:
        length = data[at] if at < end else 1
        if not length:
            raise Malformed("explicit length of zero")
        if at + length > end:
            raise Malformed(TRUNCATED)
        return at + length

    def encode(self, value: Any) -> bytes:
        try:
            octets = bytes.fromhex(value)
        except (TypeError, ValueError):
            raise InputError(f"{value!r} is not a text of hexadecimal digits") from None
        if len(octets) > 254:
            raise InputError(f"{len(octets)} octets are more than 254")
        return bytes([len(octets) + 1]) + octets


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, which must be a dict. Raises InputError where it is none."""
    if not isinstance(value, Mapping):
        raise InputError(f"{value!r} is not a dict of sub-fields")
    return value


def refuse(left: Mapping[str, Any]) -> None:
    """Raise InputError for what no table knows."""
    if left:
        raise InputError(f"unknown sub-field {min(map(str, left))!r}")


def _chain_end(data: bytes, at: int, end: int) -> int:
    """Step over the octets by which a later edition extends an item, up to the last FX."""
    while at < end:
        at += 1
        if not data[at - 1] & 1:
            return at
    raise Malformed(TRUNCATED)


def _nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, part in flat.items():
        group, slash, last = name.partition("/")
        if slash:
            value.setdefault(group, {})[last] = part
        else:
            value[name] = part
    return value


def _flat(value: Any) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, part in mapping(value).items():
        if isinstance(part, Mapping):
            flat |= {f"{name}/{last}": one for last, one in part.items()}
        else:
            flat[name] = part
    return flat


def sequence(value: Any) -> Sequence[Any]:
    """The value, which must be a list. Raises InputError where it is none."""
    if not isinstance(value, list | tuple):
        raise InputError(f"{value!r} is not a list")
    return value

"""The state of a run as bytes, and back: so that what was killed goes on without beginning anew."""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import zstandard

from coastwatch.kernels import sources
from coastwatch.model import InputError
from coastwatch.site import Site

MAGIC = b"cwsnap1\0"
LEVEL = 1  # state is mostly zeros and numbers: more effort gains nothing
QUESTIONS = ("asterix_index", "asterix_edition")
STATE_MAX = 4 << 30
# Who may be made again from a snapshot: classes of these rooms, none of which opens a file, and
# what they are made of. A snapshot is our own, yet nothing else in it is obeyed.
ROOMS = ("decode", "geo", "sensors", "track", "watch")
FILES = ("engine", "flagging", "inbox", "model", "order", "site")
OTHERS = {
    ("collections", "Counter"), ("collections", "OrderedDict"), ("collections", "deque"),
    ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "bytearray"),
    ("builtins", "complex"), ("builtins", "slice"), ("builtins", "range"),
    ("pathlib", "PosixPath"), ("pathlib", "PurePosixPath"), ("pathlib._local", "PosixPath"),
    ("numpy", "dtype"), ("numpy", "ndarray"), ("numpy._core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "scalar"),
    ("shapely.io", "from_wkb"), ("coastwatch.store.run", "WriterState"),
}  # fmt: skip


def freeze(state: Any) -> bytes:
    """The state as bytes that ``thaw`` reads back, of this program and no other.

    Raises InputError where it holds what cannot be written: a rule made within a function.
    """
    whole = io.BytesIO()
    try:
        _Writer(whole, protocol=5).dump(state)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(f"the run's state cannot be put by ({error})") from error
    packed = zstandard.ZstdCompressor(level=LEVEL).compress(whole.getbuffer())
    return MAGIC + _program() + packed


def thaw(data: bytes) -> Any:
    """The state that ``freeze`` was given.

    Raises InputError where another edition of the program wrote it, or where it is damaged: the
    journal, played from its start, makes the state again.
    """
    head = MAGIC + _program()
    if not data.startswith(head):
        raise InputError("the snapshot was written by another edition of the program")
    try:
        packed = zstandard.ZstdDecompressor().decompress(data[len(head) :], STATE_MAX)
        return _Reader(io.BytesIO(packed)).load()
    except Exception as error:  # whatever a damaged one does, it is only damaged
        raise InputError(f"the snapshot cannot be read ({error})") from error


def question(site: Site, name: str) -> Any:
    """A question that decoders ask of their site, by its name."""
    if not isinstance(site, Site) or name not in QUESTIONS:
        raise pickle.UnpicklingError(f"{name} is no question to a site")
    return getattr(site, name)


class _Writer(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, MethodType):
            return question, (obj.__self__, obj.__name__)
        return NotImplemented


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (__name__, "question"):
            return question
        found = (module, name) in OTHERS
        if not found and module.startswith("coastwatch."):
            parts = module.split(".")
            found = parts[1] in (ROOMS if len(parts) > 2 else (*ROOMS, *FILES))
        made = getattr(import_module(module), name) if found else None
        if made is None or (module.startswith("coastwatch.") and not isinstance(made, type)):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a state")
        return made


@cache
def _program() -> bytes:
    """What a state depends on: our code, and the libraries whose values are in it."""
    digest = hashlib.sha256(sources(Path(__file__).parent).to_bytes(8))
    digest.update(f"{sys.version}|{np.__version__}".encode())
    return digest.digest()

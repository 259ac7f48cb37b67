"""What compiled kernels share: when a cached one must be made anew, and arrays without a count."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from numba import config, types
from numba.extending import intrinsic


def sources(room: Path) -> int:
    """A number that changes with any source below ``room``, and with this one.

    Numba looks for a cached kernel by its own file, not by the files of what it calls and whose
    constants it holds. A kernel that closes over this number is made anew when any of them has
    changed; only such kernels are cached, and what they call is compiled with them.
    """
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(room.rglob("*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:7])


def _uncounted(typing_context: Any, value: Any) -> Any:
    """The same array, or tuple of arrays, without reference counts; the caller keeps them alive.

    Numba counts at every call and at every look into a tuple, with locked operations: two thirds of
    a kernel's time. Where the hot functions are inlined, the compiler sees that there is no
    count, and leaves it all out.
    """

    def strip(context: Any, builder: Any, kind: Any, array: Any) -> Any:
        if not isinstance(kind, types.Array):
            return array
        made = context.make_array(kind)(context, builder, array)
        made.meminfo = made.meminfo.type(None)
        return made._getvalue()

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = signature.return_type
        if isinstance(kind, types.Array):
            return strip(context, builder, kind, args[0])
        out = args[0]
        for k, member in enumerate(kind.types):
            part = builder.extract_value(args[0], k)
            out = builder.insert_value(out, strip(context, builder, member, part), k)
        return out

    return value(value), codegen


uncounted: Any = intrinsic(_uncounted)
if getattr(config, "DISABLE_JIT", False):  # kernels as plain Python, for the fuzzer

    def uncounted(value: Any) -> Any:
        return value

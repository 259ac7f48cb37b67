"""What compiled kernels share: when a cached one must be made anew, and arrays without a count."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from numba import config, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_getattr_generic, models, register_model

# Numba has no types for these.
tools: Any = cgutils
lowered: Any = lower_getattr_generic


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


class Held(types.Type):
    """A named tuple that stays where it is: one pointer, whatever the number of its columns."""

    def __init__(self, columns: Any) -> None:
        self.columns = columns
        super().__init__(name=f"Held({columns.name})")


@register_model(Held)
class _HeldModel(models.OpaqueModel):
    pass


def _strip(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if not isinstance(kind, types.Array):
        return value
    made = context.make_array(kind)(context, builder, value)
    made.meminfo = made.meminfo.type(None)
    return made._getvalue()


def _uncounted(typing_context: Any, value: Any) -> Any:
    """The same array without a reference count, or tuple of such; the caller keeps them alive.

    Numba counts at every call and at every look into a tuple, with locked operations: two thirds of
    a kernel's time. Where the hot functions are inlined, the compiler sees that there is no
    count, and leaves it all out. A named tuple it hands on member by member, hundreds of words at
    each call; here it stays in its place, in the frame of the kernel that asked, and a pointer
    goes round instead: another third of the time, and ten seconds less to compile.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind, out = signature.args[0], args[0]
        if isinstance(kind, types.BaseNamedTuple):
            return builder.bitcast(tools.alloca_once_value(builder, out), tools.voidptr_t)
        if isinstance(kind, types.Array):
            return _strip(context, builder, kind, out)
        for k, member in enumerate(kind.types):
            part = builder.extract_value(args[0], k)
            out = builder.insert_value(out, _strip(context, builder, member, part), k)
        return out

    return (Held(value) if isinstance(value, types.BaseNamedTuple) else value)(value), codegen


@infer_getattr
class _HeldAttribute(AttributeTemplate):
    key = Held

    def generic_resolve(self, typ: Any, attr: str) -> Any:  # type: ignore[override]
        fields = typ.columns.fields
        return typ.columns.types[fields.index(attr)] if attr in fields else None


@lowered(Held)  # type: ignore[untyped-decorator]
def _column(context: Any, builder: Any, held: Any, value: Any, name: str) -> Any:
    k = held.columns.fields.index(name)
    columns = builder.bitcast(value, context.get_value_type(held.columns).as_pointer())
    column = builder.load(tools.gep_inbounds(builder, columns, 0, k))
    return _strip(context, builder, held.columns.types[k], column)


uncounted: Any = intrinsic(_uncounted)
if getattr(config, "DISABLE_JIT", False):  # kernels as plain Python, for the fuzzer

    def uncounted(value: Any) -> Any:
        return value

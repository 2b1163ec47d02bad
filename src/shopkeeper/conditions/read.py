"""Reading a rule: which condition a mapping is, with errors that point at its place. Pure."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from shopkeeper.model.errors import BadInput
from shopkeeper.model.segments import CONDITIONS, Condition

HINT = "docs/guide/segments.md shows every condition."
MOST_CONDITIONS = 200
DEEPEST = 16
_JOINTS = frozenset(("all", "any", "not"))


def refuse(message: str, where: str, hint: str = HINT) -> BadInput:
    """The error for a rule that cannot be used."""
    return BadInput("bad_segment", message, where=where, hint=hint)


def read(mapping: Any, where: str) -> Condition:
    """The condition a mapping is; BadInput names what is wrong in it and where."""
    if not isinstance(mapping, dict):
        raise refuse(f"a condition is a mapping such as {{did: page}}, not {_named(mapping)}", where)
    if not mapping:
        raise refuse("a condition may not be empty", where)
    words = [word for word in mapping if word in CONDITIONS]
    joints = [word for word in words if word in _JOINTS]
    if not words:
        known = ", ".join(CONDITIONS)
        raise refuse(f"no condition begins with {', '.join(map(repr, mapping))}", where, f"Use one of {known}.")
    if len(joints) > 1 or (joints and len(mapping) > 1):
        raise refuse(f"{joints[0]!r} stands alone", where, "Nest one inside the other.")
    # Some words are the name of one condition and a field of another: the condition is the one whose fields hold all.
    for word in words:
        kind = CONDITIONS[word]
        if set(mapping) <= set(kind.__struct_encode_fields__):
            break
    try:
        return cast(Condition, msgspec.convert(mapping, kind, strict=True))
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        raise refuse(message, where + path.strip("`").removeprefix("$")) from None


def measure(mapping: Any, where: str = "$", depth: int = 1) -> int:
    """How many conditions a rule has; BadInput when it is too large or too deep to be kept."""
    if depth > DEEPEST:
        raise refuse(f"conditions may be nested {DEEPEST} deep", where, "Make a segment of a part and refer to it.")
    inner: list[Any] = []
    if isinstance(mapping, dict):
        for word in ("all", "any"):
            inner.extend(mapping[word] if isinstance(mapping.get(word), list) else ())
        inner.extend(mapping[word] for word in ("not", "then", "then_not") if word in mapping)
    count = 1 + sum(measure(part, where, depth + 1) for part in inner)
    if depth == 1 and count > MOST_CONDITIONS:
        hint = "Make a segment of a part and refer to it."
        raise refuse(f"a rule may have {MOST_CONDITIONS} conditions, this one has {count}", where, hint)
    return count


def _named(value: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", type(None): "nothing"}.get(
        type(value), type(value).__name__
    )

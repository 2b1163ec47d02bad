"""Reading a rule: which condition a mapping is, with errors that point at its place. Pure."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from shopkeeper.conditions.misfit import misfit
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
        message, place, hint = misfit(mapping, kind, str(error))
        raise refuse(message, where + place, hint or HINT) from None


def measure(mapping: Any, where: str = "$") -> int:
    """How many conditions a rule has; BadInput when it is too large or too deep to be kept.

    Nothing is counted beyond the limit: by aliases of YAML a short file may hold more conditions than can be counted.
    """
    hint = "Make a segment of a part and refer to it."
    count = 0
    left = [(mapping, 1)]
    while left:
        part, depth = left.pop()
        count += 1
        if depth > DEEPEST:
            raise refuse(f"conditions may be nested {DEEPEST} deep", where, hint)
        if count > MOST_CONDITIONS:
            raise refuse(f"a rule may have {MOST_CONDITIONS} conditions, this one has more", where, hint)
        left.extend((inner, depth + 1) for inner in _inner(part))
    return count


def _inner(mapping: Any) -> list[Any]:
    """The conditions in a condition, no more than a rule may have and one."""
    if not isinstance(mapping, dict):
        return []
    found = [mapping[word] for word in ("not", "then", "then_not") if word in mapping]
    for word in ("all", "any"):
        found.extend(mapping[word][: MOST_CONDITIONS + 1] if isinstance(mapping.get(word), list) else ())
    return found


def _named(value: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", type(None): "nothing"}.get(
        type(value), type(value).__name__
    )

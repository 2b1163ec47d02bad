"""Where a mapping is not the condition it begins as, and what may stand there instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from shopkeeper.model.segments import CONDITIONS, Range, Test
from shopkeeper.model.shapes import in_words


def misfit(mapping: dict[str, Any], kind: type[msgspec.Struct], said: str) -> tuple[str, str, str]:
    """(what is wrong, its place below the condition, what to write instead; empty where the words say it all)."""
    message, _, path = said.partition(" - at ")
    about_key = path.startswith("`key` in ")
    steps = re.findall(r"\.\w+|\[\d+\]|\[\.\.\.\]", path.removeprefix("`key` in "))
    field = steps[0][1:] if steps else ""
    if about_key:
        return f"a name here is not as names are: {in_words(message)}", "".join(steps), ""
    if "[...]" in steps:
        steps[steps.index("[...]")] = f".{_entry(mapping, kind, field, said)}"
    unknown = re.match(r"Object contains unknown field `(.*)`$", message)
    if unknown and not steps:
        heads = [word for word in mapping if word in CONDITIONS]
        if len(heads) > 1 and unknown[1] in heads:
            both = " and ".join(repr(word) for word in heads)
            return f"{both} are conditions of their own", "", "Join them by all."
        return in_words(message), "", f"Beside {heads[0]} there may be {_listed(_fields(kind), heads[0])}."
    if unknown:
        tested = field in ("where", "is")
        return in_words(message), "".join(steps), f"Use {_listed(_fields(Test if tested else Range))}."
    choices = list(_choices(_hint(kind, field))) if message.startswith("Invalid enum value") else []
    return in_words(message), "".join(steps), f"Use one of {_listed(choices)}." if choices else ""


def _entry(mapping: dict[str, Any], kind: type[msgspec.Struct], field: str, said: str) -> str:
    """The name of the entry that is wrong."""
    for name, value in mapping[field].items():
        try:
            msgspec.convert({**mapping, field: {name: value}}, kind, strict=True)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return str(name)
    return "?"


def _fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return kind.__struct_encode_fields__


def _hint(kind: type[msgspec.Struct], field: str) -> Any:
    own = dict(zip(_fields(kind), kind.__struct_fields__, strict=True))
    return get_type_hints(kind)[own[field]] if field in own else None


def _choices(hint: Any) -> Iterator[str]:
    """The values a closed choice allows."""
    if get_origin(hint) is Literal:
        yield from (str(value).lower() for value in get_args(hint))
    else:
        for inner in get_args(hint):
            yield from _choices(inner)


def _listed(names: Any, but: str = "") -> str:
    return ", ".join(name for name in names if name != but)

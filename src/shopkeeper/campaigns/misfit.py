"""Where a definition does not fit: msgspec writes `[...]` for the name of an entry; here the name is found."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shopkeeper.model.definitions import ShopFile
from shopkeeper.model.errors import BadInput
from shopkeeper.model.shapes import in_words

HINT = "See docs/guide/shop-yaml.md for every field."

Step = tuple[Any, bool]
"""A key on the way down, and whether it is an entry whose neighbours do not matter."""


def misfit(data: Any, error: msgspec.ValidationError) -> BadInput:
    """The error for a value of the wrong shape, naming its place."""
    message, _, place = str(error).partition(" - at ")
    _, about_key, path = place.rpartition("`key` in ")
    try:
        where = _named(data, path.strip("`"), str(error))
    except (KeyError, TypeError):
        where = path.strip("`")
    message = in_words(message)
    if about_key:
        message = f"A name here is not as names must be: {message}"
    return BadInput("bad_definition", message, where=where, hint=HINT)


def _named(data: Any, path: str, said: str) -> str:
    """`$.zones[...].kind` -> `$.zones.home-hero.kind`."""
    pieces = path.split("[...]")
    steps: list[Step] = []
    named, value = pieces[0], data
    for position, piece in enumerate(pieces[:-1]):
        for field in re.findall(r"[^.$]+", piece):
            steps.append((field, False))
            value = value[field]
        name = next(
            name for name in [*value, None] if name is None or _error(_narrowed(data, [*steps, (name, True)])) == said
        )
        if name is None:
            return path
        steps.append((name, True))
        value = value[name]
        named += f".{name}{pieces[position + 1]}"
    return named


def _narrowed(value: Any, steps: list[Step]) -> Any:
    """`value` without the neighbours of the entries on the way down."""
    if not steps:
        return value
    (key, alone), *rest = steps
    inner = {key: _narrowed(value[key], rest)}
    return inner if alone else {**value, **inner}


def _error(data: Any) -> str:
    try:
        msgspec.convert(data, ShopFile)
    except msgspec.ValidationError as error:
        return str(error)
    return ""

"""Reading a set of products strictly: errors stand at the node's path. Pure."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shopkeeper.model.errors import BadInput
from shopkeeper.model.product_sets import NODES, AllOf, AnyOf, EmptySet, Filtered, Listed, NotIn, ProductSet, Searched
from shopkeeper.model.shapes import misfit
from shopkeeper.product_sets.attributes import check
from shopkeeper.product_sets.grammar import parse_where

HINT = "docs/guide/products.md shows every kind of set."
MOST_NODES, DEEPEST = 200, 16
MOST_IDS = 200_000
LONGEST_TEXT = 200
_APART = re.compile(r"[\s,;]+")


def split_ids(text: str) -> tuple[str, ...]:
    """Ids separated by commas, semicolons, spaces or lines, each once, in their order."""
    return tuple(dict.fromkeys(id for id in _APART.split(text) if id))


def read_set(data: Any, where: str = "$") -> ProductSet:
    """The set of products that nested mappings are; BadInput names what is wrong in it and where."""
    if data is None or data in ({}, []):
        raise EmptySet(
            "empty_product_set", "no product is meant", where=where, hint="Say which: by words, tests or ids."
        )
    return _read(data, where, [0], 1)


def to_data(products: ProductSet) -> dict[str, Any]:
    """The mappings that `read_set` makes this set of again."""
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(products))
    return data


def _refuse(message: str, where: str, hint: str = HINT) -> BadInput:
    return BadInput("bad_product_set", message, where=where, hint=hint)


def _read(data: Any, where: str, count: list[int], depth: int) -> ProductSet:
    count[0] += 1
    if count[0] > MOST_NODES or depth > DEEPEST:
        raise _refuse(f"a set may have {MOST_NODES} parts, nested {DEEPEST} deep", where, "Use fewer.")
    if not isinstance(data, dict):
        raise _refuse("a set is a mapping such as {search: tea}", where)
    words = [word for word in data if word in NODES]
    if not words:
        known = ", ".join(NODES)
        raise _refuse(f"no set begins with {', '.join(map(repr, data)) or 'nothing'}", where, f"Use one of {known}.")
    word = words[0]
    more = [other for other in data if other != word and not (word == "ids" and other in ("frozen", "of"))]
    if more:
        raise _refuse(f"{word!r} stands alone, without {more[0]!r}", where, "Combine sets with all, any and not.")
    inner = f"{where}.{word}"
    if word in ("all", "any"):
        parts = data[word]
        if not isinstance(parts, list) or not parts:
            raise _refuse(f"{word!r} needs a list of sets", inner)
        read = tuple(_read(part, f"{inner}[{n}]", count, depth + 1) for n, part in enumerate(parts))
        return AllOf(read) if word == "all" else AnyOf(read)
    if word == "not":
        return NotIn(_read(data[word], inner, count, depth + 1))
    return {"search": _searched, "where": _filtered, "ids": _listed}[word](data, inner)


def _searched(data: dict[str, Any], where: str) -> ProductSet:
    text = data["search"]
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or "\0" in text:
        raise _refuse(f"the words to search for are a text of at most {LONGEST_TEXT} characters", where)
    if not any(c.isalnum() for c in text):
        raise EmptySet("empty_product_set", "there is no word to search for", where=where, hint="Say at least one.")
    return Searched(text.strip())


def _filtered(data: dict[str, Any], where: str) -> ProductSet:
    said = data["where"]
    if isinstance(said, str):
        return parse_where(said, where)
    try:
        read = msgspec.convert(data, Filtered)
    except msgspec.ValidationError as error:
        words, place = misfit(error)
        raise _refuse(words, where.removesuffix(".where") + place.removeprefix("$")) from None
    if not read.where:
        raise EmptySet("empty_product_set", "nothing is asked of the products", where=where, hint="Name a field.")
    for field, test in read.where.items():
        try:
            check(field, test)
        except ValueError as error:
            raise _refuse(str(error), f"{where}.{field}") from None
    return read


def _listed(data: dict[str, Any], where: str) -> ProductSet:
    said = data["ids"]
    if isinstance(said, list) and all(isinstance(id, str | int) and not isinstance(id, bool) for id in said):
        ids = tuple(dict.fromkeys(text for id in said if (text := str(id).strip())))
    elif isinstance(said, str):
        ids = split_ids(said)
    else:
        raise _refuse("ids are a list, or a text with commas, spaces or lines between them", where)
    if not ids:
        raise EmptySet("empty_product_set", "there is no id", where=where, hint="Name at least one product.")
    if len(ids) > MOST_IDS:
        raise _refuse(f"a set may list {MOST_IDS:,} ids, this one has {len(ids):,}", where, "Use a search or tests.")
    texts = [str(data.get(name, "")) for name in ("frozen", "of")]
    return Listed(ids, *texts)

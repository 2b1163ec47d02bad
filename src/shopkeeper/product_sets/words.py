"""A set of products as a sentence. Pure."""

from __future__ import annotations

from shopkeeper.model.product_sets import CUSTOM, AllOf, AnyOf, Filtered, Listed, NotIn, ProductSet, Searched
from shopkeeper.model.segments import Scalar, Test, Tests
from shopkeeper.product_sets.attributes import several

SHOWN = 5
"""Ids and values written out; of more the number is told."""
_BOUNDS = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below"}


def sentence(products: ProductSet) -> str:
    """`Products found by “tea” and with price above 100`."""
    return f"Products {words(products)}"


def words(products: ProductSet) -> str:
    """The same without its beginning, to be joined with others."""
    match products:
        case Searched(search=text):
            return f"found by “{text}”"
        case Filtered(where=where):
            return "with " + ", ".join(f"{_named(field)} {_test(said)}" for field, said in where.items())
        case Listed(ids=ids, of=of, frozen=frozen):
            if frozen:
                return f"frozen at {frozen} ({len(ids):,} of them{f': {of}' if of else ''})"
            return f"among {_several(list(ids))}" if len(ids) <= SHOWN else f"among {len(ids):,} listed ones"
        case AllOf(all=parts):
            return " and ".join(_inner(part, AnyOf) for part in parts)
        case AnyOf(any=parts):
            return " or ".join(_inner(part, AllOf) for part in parts)
        case NotIn(not_=part):
            return f"not {_inner(part, AllOf | AnyOf)}"


def _inner(part: ProductSet, wrapped: object) -> str:
    return f"({words(part)})" if isinstance(part, wrapped) else words(part)  # type: ignore[arg-type]


def _named(field: str) -> str:
    return field.removeprefix(CUSTOM).replace("_", " ")


def _test(said: Tests) -> str:
    if not isinstance(said, Test):
        return _several(several(said))
    parts = [_several(several(said.is_))] if said.is_ is not None else []
    parts += [f"not {_several(several(said.not_))}"] if said.not_ is not None else []
    parts += [f"containing “{said.contains}”"] if said.contains else []
    parts += [f"starting with “{said.starts_with}”"] if said.starts_with else []
    for name, told in _BOUNDS.items():
        bound = getattr(said, name)
        parts += [f"{told} {bound:,g}"] if bound is not None else []
    if said.exists is not None:
        parts.append("known" if said.exists else "missing")
    return " and ".join(parts) + (" (or missing)" if said.or_missing else "")


def _several(values: list[Scalar] | list[str]) -> str:
    told = [{True: "yes", False: "no"}[v] if isinstance(v, bool) else str(v) for v in values[:SHOWN]]
    if len(values) > SHOWN:
        return f"one of {len(values):,}: {', '.join(told)} ..."
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}" if told else ""

"""A set of products, said as data: by words, by tests of attributes, by ids, and by sets combined.

As nested mappings: `{all: [{search: running shoes}, {where: {price: {above: 100}}}, {not: {ids: [old-1]}}]}`. What each
part means is told in docs/guide/products.md. An empty set is an error, never everything.
"""

from __future__ import annotations

import msgspec

from shopkeeper.model.errors import BadInput
from shopkeeper.model.segments import Tests


class EmptySet(BadInput):
    """No product is meant; `unknown` are the ids that are not in the catalogue."""

    def __init__(
        self, code: str, message: str, *, hint: str = "", where: str = "", unknown: tuple[str, ...] = ()
    ) -> None:
        super().__init__(code, message, hint=hint, where=where)
        self.unknown = unknown


class _Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Searched(_Node, frozen=True):
    """Products that have every word of a text, in any form."""

    search: str


class Filtered(_Node, frozen=True):
    """Products that pass a test in every field named."""

    where: dict[str, Tests]


class Listed(_Node, frozen=True):
    """Products by their ids; the id of a group means all its variants."""

    ids: tuple[str, ...]
    frozen: str = ""
    """When a set that was said otherwise was resolved to these; empty for a plain list."""
    of: str = ""
    """That other set, in words."""


class AllOf(_Node, frozen=True):
    """Products in every one of the sets."""

    all: tuple[ProductSet, ...]


class AnyOf(_Node, frozen=True):
    """Products in at least one of the sets."""

    any: tuple[ProductSet, ...]


class NotIn(_Node, frozen=True):
    """Products that are sold and not in the set."""

    not_: ProductSet = msgspec.field(name="not")


CUSTOM = "attributes."
"""Before the name of a custom attribute."""
ProductSet = Searched | Filtered | Listed | AllOf | AnyOf | NotIn
NODES: dict[str, type[_Node]] = {
    "search": Searched,
    "where": Filtered,
    "ids": Listed,
    "all": AllOf,
    "any": AnyOf,
    "not": NotIn,
}
"""First word of a node -> the node."""

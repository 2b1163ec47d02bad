"""Shelves: what strategies choose from at one moment, with what was found out about it once. Pure.

Everything is found out when it is first asked, and remembered while the shelves stand. `restocked` shelves find out at
once what those before were asked, so that visitors do not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from shopkeeper.model.errors import Unavailable
from shopkeeper.model.recommenders import SETS, Recommender
from shopkeeper.recommenders.counts import Counts
from shopkeeper.recommenders.stock import Stock

Meant = Callable[[dict[str, Any]], frozenset[str]]
"""A set of products as data -> the ids of the products it means now."""
Find = Callable[[str], Sequence[str]]
"""Words -> the ids of the products they find, best first. This and `Meant` raise Unavailable while that is not known."""
Scope = tuple[str, str, bytes, bytes]
"""Category, brand, and the sets to include and to exclude, encoded; each may be empty."""
REMEMBERED = 5_000
_encode = msgspec.json.Encoder().encode
_ANY: Scope = ("", "", b"", b"")


class Now(msgspec.Struct, frozen=True):
    """What changes while the catalogue does not."""

    at: int = 0
    counts: Counts = Counts()
    sold: Mapping[str, float] = {}
    """Product -> units sold in the last 30 days."""
    returned: Mapping[str, int] = {}
    """Product -> when it came back into stock, in the last 30 days."""


class Order(NamedTuple):
    """A way to put all products into an order, best first; what has no place in it is left out."""

    put: Callable[[Shelves], list[str]]
    by: Callable[[Now], object] = lambda _: None
    """What of the moment it goes by beside the stock: where both are as they were, so is the order."""


class Shelves:
    """The stock and the moment, and what follows from both."""

    def __init__(self, stock: Stock, now: Now, meant: Meant = lambda _: frozenset(), find: Find = lambda _: ()) -> None:
        self.stock = stock
        self.now = now
        self._meant_now = meant
        self._find = find
        self._searched: dict[str, list[str]] = {}
        self._orders: dict[Order, list[str]] = {}
        self._scopes: dict[Scope, frozenset[str]] = {}
        self._ranked: dict[tuple[Order, Scope], list[str]] = {}
        self._sets: dict[bytes, frozenset[str]] = {}

    @property
    def products(self) -> Mapping[str, Any]:
        """Every product by its id, retired ones too."""
        return self.stock.products

    def restocked(self, before: Shelves) -> Shelves:
        """These shelves, with what was found out of those before as far as it still holds, and the rest of it found out
        anew. Words are not: what they find is quickly found, and visitors may ask for many.
        """
        # Lists, as visitors may ask those before in the same moment.
        with suppress(Unavailable):
            for said in list(before._sets):
                self._set(said)
        if self.stock is before.stock:
            self._orders.update(
                (o, ids) for o, ids in list(before._orders.items()) if o.by(self.now) == o.by(before.now)
            )
            self._scopes.update(
                (key, ids)
                for key, ids in list(before._scopes.items())
                if all(self._sets.get(said) == before._sets.get(said) for said in key[2:])
            )
        for (order, scope), ids in list(before._ranked.items()):
            if order in self._orders and (scope == _ANY or scope in self._scopes):
                self._ranked[order, scope] = ids
        with suppress(Unavailable):
            for order, scope in list(before._ranked):
                self._put(order, scope)
        return self

    def meant(self, said: dict[str, Any] | None) -> frozenset[str]:
        """What stands for the products of a set; nothing where there is no set."""
        return self._set(_encode(said)) if said else frozenset()

    def searched(self, text: str) -> Sequence[str]:
        """What the words of a text find, best first."""
        found = self._searched.get(text)
        if found is None:
            try:
                found = list(dict.fromkeys(map(self.stock.same, self._find(text))))
            except Unavailable:  # not remembered: it is asked again when the index is made
                return []
            _bounded(self._searched)[text] = found
        return found

    def scope(self, recommender: Recommender, category: str, brand: str) -> frozenset[str] | None:
        """What a recommender may show in a category and of a brand; None for everything."""
        try:
            return self._scope(_key(recommender, category, brand))
        except Unavailable:  # nothing rather than what was to be left out; nor is it remembered
            return frozenset()

    def ranked(self, order: Order, recommender: Recommender, category: str, brand: str) -> Sequence[str]:
        """The products within the scope in an order."""
        try:
            return self._put(order, _key(recommender, category, brand))
        except Unavailable:
            return ()

    def of(self, order: Order, category: str = "") -> Sequence[str]:
        """The products of a category in an order."""
        return self._put(order, (category, *_ANY[1:]))

    def inside(self, category: str) -> frozenset[str]:
        """What lies in a category."""
        return self._scope((category, *_ANY[1:])) or frozenset()

    def _put(self, order: Order, key: Scope) -> list[str]:
        found = self._ranked.get((order, key))
        if found is None:
            whole = self._orders.get(order)
            if whole is None:
                whole = self._orders[order] = order.put(self)
            scope = self._scope(key)
            found = whole if scope is None else [id for id in whole if id in scope]
            _bounded(self._ranked)[order, key] = found
        return found

    def _scope(self, key: Scope) -> frozenset[str] | None:
        category, brand, include, exclude = key
        if key == _ANY:
            return None
        if key in self._scopes:
            return self._scopes[key]
        parts = [self.stock.in_category(category)] if category else []
        parts += [self.stock.of_brand(brand)] if brand else []
        parts += [self._set(include)] if include else []
        found = frozenset.intersection(*parts) if parts else frozenset(self.stock.faces)
        found -= self._set(exclude) if exclude else frozenset()
        _bounded(self._scopes)[key] = found
        return found

    def _set(self, said: bytes) -> frozenset[str]:
        found = self._sets.get(said)
        if found is None:
            found = self.stock.among(self._meant_now(msgspec.json.decode(said)))
            _bounded(self._sets)[said] = found
        return found


def _key(recommender: Recommender, category: str, brand: str) -> Scope:
    if recommender.include is None and recommender.exclude is None:
        return category, brand, *_ANY[2:]
    include, exclude = (_encode(said) if said else b"" for said in (recommender.include, recommender.exclude))
    return category, brand, include, exclude


def _bounded(remembered: dict[Any, Any]) -> dict[Any, Any]:
    if len(remembered) >= REMEMBERED:
        remembered.clear()
    return remembered


def sets_of(recommender: Recommender) -> Mapping[str, dict[str, Any]]:
    """The sets of products a recommender names, by field."""
    return {name: said for name in SETS if (said := getattr(recommender, name)) is not None}

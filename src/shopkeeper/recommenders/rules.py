"""Choosing products for one place on one page: strategies in order until the minimum is reached. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec

from shopkeeper.model.content import Recommender
from shopkeeper.model.definitions import Product


class Shelves(msgspec.Struct, frozen=True):
    """What each strategy offers now, best first; only what can be bought."""

    shelves: Mapping[str, Mapping[str, list[str]]] = {}
    """Strategy -> category ('' for the whole shop) -> product ids."""
    reasons: Mapping[str, str] = {}
    """Strategy -> why it chose a product, in words for a visitor."""
    products: Mapping[str, Product] = {}

    def of(self, strategy: str, category: str) -> list[str]:
        """The shelf of a strategy in a category, best first."""
        return self.shelves.get(strategy, {}).get(category, [])


class Pick(NamedTuple):
    """A product and why it was chosen."""

    product: Product
    strategy: str
    reason: str


def choose(
    shelves: Shelves, recommender: Recommender, page_category: str, page_product: str, without: Collection[str]
) -> list[Pick]:
    """Up to `max` products, or none at all when the strategies together find fewer than `min`.

    Later strategies are asked only while fewer than `min` were found. `without` are products already on the page.
    """
    category = page_category if recommender.category == "page" else recommender.category
    taken = {*without, page_product}
    picks: list[Pick] = []
    for name in recommender.strategies:
        for product in shelves.of(name, category):
            if len(picks) == recommender.max:
                break
            if product not in taken:
                taken.add(product)
                picks.append(Pick(shelves.products[product], name, shelves.reasons[name]))
        if len(picks) >= recommender.min:
            break
    return picks if len(picks) >= recommender.min else []

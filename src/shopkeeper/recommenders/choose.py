"""Choosing products for one place on one page: strategies in order until the minimum is reached."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from shopkeeper.model.definitions import Product, Recommender
from shopkeeper.recommenders.shelves import Shelves
from shopkeeper.recommenders.strategies import STRATEGIES


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
        for id in shelves.of(name, category):
            if len(picks) == recommender.max:
                break
            if id not in taken:
                taken.add(id)
                picks.append(Pick(shelves.catalogue.products[id], name, STRATEGIES[name].reason))
        if len(picks) >= recommender.min:
            break
    return picks if len(picks) >= recommender.min else []

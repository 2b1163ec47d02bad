"""A little catalogue in memory, and a search that knows words of titles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from shopkeeper.catalogue import Catalogue, read_product
from shopkeeper.model.time import DAY
from shopkeeper.product_sets import Resolved, World, read_set, resolve

NOW = 20_000 * DAY
ROWS: list[dict[str, Any]] = [
    {"id": "tea", "name": "Green tea", "brand": "Fern", "category": "Drinks > Tea", "price": 10, "cost": 4, "stock": 5,
     "tags": ["new", "Organic"], "weight": 100, "created_at": NOW - 3 * DAY},
    {"id": "coffee", "name": "Coffee", "brand": "Acme Foods", "category": "Drinks", "price": 120, "sale_price": 90,
     "stock": 0, "created_at": NOW - 90 * DAY},
    {"id": "cup", "name": "Cup for tea", "brand": "Fern", "category": "Kitchen > Cups", "price": "8 USD"},
    {"id": "shirt", "name": "Shirt", "brand": "Loom", "category": "Clothes", "price": 20},
    {"id": "shirt-red", "name": "Shirt red", "variant_of": "shirt", "price": 25, "colour": "red"},
    {"id": "shirt-blue", "name": "Shirt blue", "variant_of": "shirt", "price": 20, "colour": "blue"},
    {"id": "pot-s", "name": "Pot small", "variant_of": "pots", "price": 30},
    {"id": "pot-l", "name": "Pot large", "variant_of": "pots", "price": 60},
    {"id": "bare"},
]  # fmt: skip


def catalogue(rows: list[dict[str, Any]] | None = None) -> Catalogue:
    products = {
        p.id: p.without_text() for p in (read_product(row, "EUR", 0) for row in (ROWS if rows is None else rows))
    }
    variants = {p.id: p.variant_of for p in products.values() if p.variant_of}
    members: dict[str, tuple[str, ...]] = {}
    for id in sorted(variants):
        members[variants[id]] = (*members.get(variants[id], ()), id)
    return Catalogue(1, products, variants, members)


DESCRIPTIONS = {"cup": "Thin Porcelain", "shirt": "Of linen", "shirt-red": "Of cotton"}


def told(ids: Sequence[str]) -> dict[str, str]:
    """The descriptions of these products."""
    return {id: DESCRIPTIONS[id] for id in ids if id in DESCRIPTIONS}


@pytest.fixture
def world() -> World:
    known = catalogue()

    def search(text: str) -> list[str]:
        wanted = text.lower().split()
        return [p.id for p in known.products.values() if all(word in p.name.lower().split() for word in wanted)]

    return World(known, "EUR", NOW, search, told)


@pytest.fixture
def meant(world: World) -> Callable[[Any], Resolved]:
    """The products that data means."""
    return lambda data: resolve(read_set(data), world)

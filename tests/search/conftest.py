"""A little shop whose products are found by words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.campaigns import parse_file
from shopkeeper.catalogue import read_product
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.finding import find, keep_up
from shopkeeper.search import Found, Question

NOW = 1_770_000_000_000_000
SYNONYMS = "search: {synonyms: [[sneakers, trainers, running shoes], [fizzy, sparkling]]}"
PRODUCTS = [
    {"id": "run-1", "name": "Running shoes Swift", "brand": "Fern", "category": "Shoes > Running", "price": 80,
     "tags": ["new"], "description": "Light shoes for long runs"},
    {"id": "run-2", "name": "Trail runner", "brand": "Acme", "category": "Shoes > Running", "price": 120, "sale_price": 90},
    {"id": "sock", "name": "Running socks", "brand": "Fern", "category": "Clothes > Socks", "price": 9, "in_stock": False},
    {"id": "sneak", "name": "Canvas sneakers", "brand": "Acme", "category": "Shoes > Casual", "price": 45},
    {"id": "water", "name": "Sparkling water 500ml", "brand": "Spring", "category": "Drinks", "price": 1.5},
    {"id": "box", "name": "Lunchbox blue", "category": "Kitchen", "price": 12},
    {"id": "shirt-red", "name": "T-shirt red", "variant_of": "shirt", "category": "Clothes > Shirts", "price": 20,
     "in_stock": False},
    {"id": "shirt-blue", "name": "T-shirt blue", "variant_of": "shirt", "category": "Clothes > Shirts", "price": 20},
    {"id": "bare", "name": "Thing"},
    {"id": "haus", "name": "Gemütliche Häuser", "language": "de", "price": 300},
    {"id": "cha", "name": "抹茶入り緑茶", "language": "ja", "price": 15},
    {"id": "herbata", "name": "Herbata zielona liściasta", "language": "pl", "price": 8},
]  # fmt: skip
Ids = list[str]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop.open(tmp_path / "data", now=lambda: NOW)
    opened.apply(parse_file(SYNONYMS))
    put(opened, *PRODUCTS)
    yield opened
    opened.close()


def put(shop: Shop, *products: Any) -> None:
    shop.put_products([read_product(product, "EUR", 0) for product in products])


@pytest.fixture
def look(shop: Shop) -> Callable[..., Found]:
    """`look("tea", in_stock=True)` is the answer for these words and filters."""

    def look(text: str = "", **asked: Any) -> Found:
        keep_up(shop)
        return find(shop, Question(q=text, **asked))

    return look


def ids(found: Found) -> Ids:
    return [hit.id for hit in found.hits]

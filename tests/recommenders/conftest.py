"""A tea shop of ten products, and what its few visitors did, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import timelines
from shopkeeper.catalogue import read_product
from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_VIEWED
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.recommenders import Occasion, choose
from shopkeeper.timelines import Bought, Fact

NOW = 1_770_000_000_000_000
PRODUCTS: list[dict[str, Any]] = [
    {"id": "green", "name": "Green tea", "brand": "Fern", "category": "Tea > Green", "price": 5},
    {"id": "sencha", "name": "Green tea Sencha", "brand": "Fern", "category": "Tea > Green", "price": 8},
    {"id": "black", "name": "Black tea", "brand": "Acme", "category": "Tea > Black", "price": 4, "sale_price": 3},
    {"id": "cup", "name": "Cup", "brand": "Acme", "category": "Ware", "price": 9, "accessories": ["saucer"]},
    {"id": "saucer", "name": "Saucer", "brand": "Acme", "category": "Ware", "price": 4},
    {"id": "pot", "name": "Tea pot", "brand": "Fern", "category": "Ware", "price": 30, "look": "cup, saucer"},
    {"id": "kettle", "name": "Kettle", "brand": "Acme", "category": "Ware", "price": 40, "in_stock": False},
    {"id": "honey", "name": "Honey", "category": "Sweets", "price": 6},
    {"id": "tin-s", "name": "Tin small", "variant_of": "tin", "category": "Ware", "price": 7, "in_stock": False},
    {"id": "tin-l", "name": "Tin large", "variant_of": "tin", "category": "Ware", "price": 10},
]  # fmt: skip
_ids = count()


class Place:
    """A shop in which things happen."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.shop = Shop.open(folder, now=lambda: self.now)

    def put(self, *products: dict[str, Any], ago: float = 0.0) -> None:
        """Put products `ago` days before now."""
        self.now = NOW - round(ago * DAY)
        self.shop.put_products([read_product(p, "EUR", self.now) for p in products])
        self.now = NOW

    def saw(self, person: str, *products: str, ago: float = 0.0, name: str = PRODUCT_VIEWED) -> None:
        """Looked at products, a minute apart, the last one `ago` days before now."""
        last = NOW - round(ago * DAY)
        facts = [
            Fact(last - place * MINUTE, f"{next(_ids):016}".encode(), name, person, product, price=100, quantity=1.0)
            for place, product in enumerate(reversed(products))
        ]
        with self.shop.state.write() as conn:
            timelines.add(conn, {person: facts})

    def put_in_cart(self, person: str, *products: str, ago: float = 0.0) -> None:
        self.saw(person, *products, ago=ago, name=PRODUCT_ADDED)

    def bought(self, person: str, *products: str, ago: float = 0.0, order: str = "") -> None:
        """Ordered products `ago` days before now."""
        at, id = NOW - round(ago * DAY), order or f"o{next(_ids)}"
        lines = [Bought(product, 1.0, 100, 0) for product in products]
        facts = timelines.order_facts(
            id, at, f"{next(_ids):016}".encode(), person, value=100, refunded=0, discount=0, month=1,
            in_shop_currency=True, lines=lines,
        )  # fmt: skip
        with self.shop.state.write() as conn:
            timelines.put_orders(conn, [(person, at)], {id: (person, at, facts)})

    def picks(self, *strategies: str, person: str = "", product: str = "", **said: Any) -> list[tuple[str, str]]:
        """(product, reason) of what is recommended now; `page`, `cart` and `visit` are of the occasion."""
        self.shop.restock()
        with self.shop.state.read() as conn:
            timeline = timelines.load(conn, person)
        occasion = Occasion(
            NOW,
            session_start=NOW - round(said.pop("visit", 0) * MINUTE),
            page=said.pop("page", ""),
            product=product,
            category=said.pop("in_category", ""),
            cart=said.pop("cart", None),
            timeline=lambda: timeline,
        )
        without = said.pop("without", ())
        found = choose(self.shop.shelves, Recommender(strategies=strategies, **said), occasion, without)
        return [(pick.product.id, pick.reason) for pick in found]

    def ids(self, *strategies: str, **said: Any) -> list[str]:
        return [id for id, _ in self.picks(*strategies, **said)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "data")
    made.put(*PRODUCTS, ago=100)
    yield made
    made.shop.close()

"""What the invented shop sells: about 300 products, the same ones for the same seed."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import product as pairs
from typing import Any

import msgspec

from shopkeeper.model.definitions import Product
from shopkeeper.model.money import decimal_text
from shopkeeper.model.time import DAY, day_start
from shopkeeper.simulator.ranges import RANGES, Line, Range

CURRENCY = "EUR"
DEFAULT_SEED = 7
MOUNT = "/shop"
_FIRST_DAY = day_start("2025-01-06")


class Item(msgspec.Struct, frozen=True):
    """A product with what only the shop itself knows of it: how to tell, draw and how often to sell it."""

    product: Product
    form: str
    text: str
    details: tuple[str, ...]
    popularity: float
    """Weight among the products of its category when somebody picks one; the crowd's taste starts from it."""

    @property
    def id(self) -> str:
        return self.product.id

    @property
    def cents(self) -> int:
        """What a customer pays for one, in minor units."""
        return self.product.sale_price or self.product.price or 0


class Catalogue(msgspec.Struct, frozen=True):
    """Every item by id, in shop order; the same by category, most popular first; and the ranges they belong to."""

    items: dict[str, Item]
    shelves: dict[str, tuple[Item, ...]]
    ranges: tuple[Range, ...] = RANGES

    def of(self, category: str) -> tuple[Item, ...]:
        """The items of a category, most popular first; none for a category that does not exist."""
        return self.shelves.get(category, ())

    def feed(self) -> list[dict[str, Any]]:
        """The products as the product API takes them, with decimal prices."""
        return [_wire(item.product) for item in self.items.values()]


@cache
def catalogue(seed: int = DEFAULT_SEED) -> Catalogue:
    """The catalogue of a seed. Ids are made of names, so they stay readable in reports and definitions."""
    rng = random.Random(f"catalogue:{seed}")
    items: dict[str, Item] = {}
    for shelf in RANGES:
        for line in shelf.lines:
            for name, price in _names(rng, line, taken=set(items)):
                item = _item(rng, shelf, line, name, price)
                items[item.id] = item
    popular = sorted(items.values(), key=lambda item: -item.popularity)
    shelves = {shelf.slug: tuple(i for i in popular if i.product.category == shelf.slug) for shelf in RANGES}
    return Catalogue(items, shelves)


def _names(rng: random.Random, line: Line, taken: set[str]) -> list[tuple[str, int]]:
    """The staples of the line, then invented names until there are `count`, each with a price in cents."""
    chosen = list(line.staples.items())
    invented = [f"{first} {noun}" for first, noun in pairs(line.firsts, line.nouns)]
    rng.shuffle(invented)
    taken = taken | {slug(name) for name in line.staples}
    for name in invented:
        if len(chosen) == line.count:
            break
        if slug(name) not in taken:
            chosen.append((name, _price(rng, line.prices)))
    return chosen


def _price(rng: random.Random, bounds: tuple[int, int]) -> int:
    """A price that ends the way shop prices do: on 50 or 90 cents, or in whole tens for dear things."""
    cents = int(rng.triangular(*bounds, bounds[0] + (bounds[1] - bounds[0]) * 0.35))
    step, end = (1000, 900) if cents > 5000 else (100, rng.choice((50, 90, 95)))
    return max(bounds[0], cents // step * step + end)


def _item(rng: random.Random, shelf: Range, line: Line, name: str, price: int) -> Item:
    ident = slug(name)
    staple = name in line.staples
    on_sale = rng.random() < 0.12 and price > 500 and not staple
    return Item(
        product=Product(
            id=ident,
            name=name,
            url=f"{MOUNT}/p/{ident}",
            image=f"{MOUNT}/assets/p/{ident}.svg",
            price=price,
            sale_price=price * 8 // 100 * 10 if on_sale else None,
            currency=CURRENCY,
            category=shelf.slug,
            brand=rng.choice(shelf.brands),
            in_stock=staple or rng.random() > 0.03,
            created_at=_FIRST_DAY + rng.randrange(400) * DAY,
        ),
        form=line.form,
        text=rng.choice(line.texts),
        details=line.details,
        popularity=12.0 if staple else round(rng.paretovariate(1.3), 3),
    )


def slug(name: str) -> str:
    """`Peppermint & Lime Tea` -> `peppermint-lime-tea`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _wire(product: Product) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(product)
    for price in ("price", "sale_price"):
        if body.get(price) is not None:
            body[price] = float(decimal_text(body[price], product.currency))
    return body

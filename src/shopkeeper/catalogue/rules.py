"""What follows from products alone: their places in the tree of categories, and which changes are worth a line. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shopkeeper.model.definitions import FullProduct, Product
from shopkeeper.model.time import DAY

GUARD_SHARE = 0.5
GUARD_FROM = 10
"""A whole catalogue that would retire more than this share of at least so many products is taken for a mistake."""
MOST_DISCOVERED = 50_000
"""Products known from pages only; beyond it no more are taken, as anybody can invent them."""


class Offer(msgspec.Struct, frozen=True):
    """What a product cost and whether it could be bought, from `at` on. Prices in minor units of `currency`."""

    at: int
    price: int | None
    sale_price: int | None
    currency: str
    in_stock: bool
    stock: int | None

    @property
    def paid(self) -> int | None:
        """What a buyer paid."""
        return self.price if self.sale_price is None else self.sale_price


def offer_of(product: Product, at: int) -> Offer:
    """A product's price and stock as of an instant."""
    in_stock = product.in_stock and not product.retired_at
    return Offer(at, product.price, product.sale_price, product.currency, in_stock, product.stock)


def worth_keeping(before: Offer | None, after: Offer) -> bool:
    """Whether the history gets a line.

    Every change of price and of being in stock does; a mere count of units does once a UTC day, so that a shop which
    tells its stock every minute has one line a day and not a thousand.
    """
    if before is None:
        return True
    if msgspec.structs.replace(after, at=before.at, stock=before.stock) != before:
        return True
    return after.stock != before.stock and after.at // DAY != before.at // DAY


def merged(product: FullProduct, before: Product | None, now: int) -> FullProduct:
    """A product as it is to be kept: it keeps the moment it was first seen unless the shop says another."""
    created = product.created_at or (before.created_at if before else 0) or now
    return msgspec.structs.replace(product, created_at=created)


def too_many(absent: int, sold: int) -> bool:
    """Whether so many of the products that are sold may not be retired without asking."""
    return sold >= GUARD_FROM and absent > GUARD_SHARE * sold


def fold(text: str) -> str:
    """Text as it is compared: without regard to case and to white space around it."""
    return " ".join(text.casefold().split())


def path_of(category: str) -> tuple[str, ...]:
    """`Home > Kitchen` as its folded names from the root on."""
    return tuple(name for part in category.split(">") if (name := fold(part)))


def paths(product: Product) -> Iterator[tuple[str, ...]]:
    """Every place of a product in the tree of categories, the main one first."""
    for category in (product.category, *product.categories):
        if path := path_of(category):
            yield path


def lies_in(path: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether a place lies in a category: its names stand in the path one after another, at any depth.

    So `Kitchen`, `Home > Kitchen` and `Kitchen > Cups` all hold `Home > Kitchen > Cups`.
    """
    length = len(wanted)
    return length > 0 and any(path[i : i + length] == wanted for i in range(len(path) - length + 1))

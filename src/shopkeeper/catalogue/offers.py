"""How price and stock went: one product's history, and what dropped, came back or is new since an instant."""

from __future__ import annotations

from typing import NamedTuple

from shopkeeper.catalogue import store
from shopkeeper.catalogue.rules import Offer
from shopkeeper.storage import Connection

__all__ = ["Drop", "Offer", "back_in_stock", "newest", "offers_of", "price_drops"]


class Drop(NamedTuple):
    """A product that costs less than before; prices in minor units of its currency."""

    product: str
    at: int
    before: int
    now: int


def offers_of(conn: Connection, product: str) -> list[Offer]:
    """What a product cost and whether it was to be had, the oldest first; each line holds until the next."""
    return store.offers(conn, product)


def price_drops(conn: Connection, since: int, until: int) -> list[Drop]:
    """Products whose price at `until` is lower than it was at `since`, the largest share first.

    What counts is what a buyer pays, in one currency; products not known at `since` have no price to drop from.
    """
    found = []
    for product, at, before, after in store.between(conn, since, until):
        if before.currency == after.currency and before.paid and after.paid is not None and after.paid < before.paid:
            found.append(Drop(product, at, before.paid, after.paid))
    return sorted(found, key=lambda drop: (drop.now / drop.before, drop.product))


def back_in_stock(conn: Connection, since: int, until: int) -> list[tuple[str, int]]:
    """(product, at) of those that can be bought at `until` and came back in [since, until), the latest first."""
    found = [(product, at) for product, at in store.returned(conn, since, until)]
    return sorted(found, key=lambda back: (-back[1], back[0]))


def newest(conn: Connection, since: int, until: int) -> list[tuple[str, int]]:
    """(product, at) of those first seen in [since, until), the latest first."""
    found = [(product, at) for product, at in store.first_seen(conn, since, until)]
    return sorted(found, key=lambda new: (-new[1], new[0]))

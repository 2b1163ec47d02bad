"""How price and stock went: one product's history, and what dropped, came back or is new since an instant."""

from __future__ import annotations

from typing import NamedTuple

from shopkeeper.catalogue import store
from shopkeeper.catalogue.products import Catalogue
from shopkeeper.catalogue.rules import Offer
from shopkeeper.storage import Connection

__all__ = ["Drop", "Offer", "back_in_stock", "newest", "offers_of", "outages", "price_drops"]


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


def outages(conn: Connection, catalogue: Catalogue, until: int) -> list[tuple[str, int, bool]]:
    """(what stands for a product and its variants, at, whether any could be had from then on) before `until`, the oldest
    first; of those only that could not be had for a while.
    """
    had: dict[str, dict[str, bool]] = {}
    found = []
    for product, at, in_stock in store.wavered(conn, until):
        key = catalogue.same(product)
        group = had.setdefault(key, dict.fromkeys(catalogue.group(key), True))
        before = any(group.values())
        group[product] = in_stock
        if any(group.values()) is not before:
            found.append((key, at, not before))
    return found

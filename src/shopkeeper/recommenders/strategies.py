"""The strategies, registered by name. Each ranks the products that can be bought; what it leaves out has no place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from shopkeeper.model.definitions import Product


class Facts(NamedTuple):
    """What strategies may look at."""

    sold: Mapping[str, float]
    """Product -> units sold in the last 30 days."""
    now: int


class Strategy(NamedTuple):
    """A way to choose products and the words that explain it to a visitor."""

    rank: Callable[[Sequence[Product], Facts], list[Product]]
    reason: str


def _best_sellers(products: Sequence[Product], facts: Facts) -> list[Product]:
    sold = [p for p in products if facts.sold.get(p.id, 0) > 0]
    return sorted(sold, key=lambda p: (-facts.sold[p.id], p.id))


def _newest(products: Sequence[Product], _facts: Facts) -> list[Product]:
    return sorted(products, key=lambda p: (-p.created_at, p.id))


def _on_sale(products: Sequence[Product], _facts: Facts) -> list[Product]:
    cut = [p for p in products if p.sale_price is not None and p.price and p.sale_price < p.price]
    return sorted(cut, key=lambda p: ((p.sale_price or 0) / (p.price or 1), p.id))


STRATEGIES = {
    "best_sellers": Strategy(_best_sellers, "Bought most in the last 30 days"),
    "newest": Strategy(_newest, "New in the shop"),
    "on_sale": Strategy(_on_sale, "Reduced"),
}

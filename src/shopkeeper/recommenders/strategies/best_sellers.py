"""What sells."""

from shopkeeper.recommenders.ask import Strategy, because, best
from shopkeeper.recommenders.shelves import Order, Shelves


def _order(shelves: Shelves) -> list[str]:
    sold: dict[str, float] = {}
    for id, units in shelves.now.sold.items():
        key = shelves.stock.same(id)
        sold[key] = sold.get(key, 0.0) + units
    return [key for key, _ in best(sold) if key in shelves.stock.faces]


order = Order(_order, lambda now: now.sold)
"""By units sold."""
BEST_SELLERS = Strategy(
    "best_sellers",
    "most units sold in the last 30 days",
    lambda ask: because(ask.ranked(order), "Bought most in the last 30 days"),
)

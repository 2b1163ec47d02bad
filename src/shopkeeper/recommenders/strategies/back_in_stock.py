"""What can be bought again."""

from shopkeeper.recommenders.ask import Strategy, because
from shopkeeper.recommenders.shelves import Order, Shelves


def _order(shelves: Shelves) -> list[str]:
    returned: dict[str, int] = {}
    for id, at in shelves.now.returned.items():
        key = shelves.stock.same(id)
        returned[key] = max(at, returned.get(key, 0))
    return sorted(returned, key=lambda key: (-returned[key], key))


order = Order(_order, lambda now: now.returned)
"""By when it came back, the latest first."""
BACK_IN_STOCK = Strategy(
    "back_in_stock",
    "came back into stock in the last 30 days, the latest first",
    lambda ask: because(ask.ranked(order), "Back in stock"),
)

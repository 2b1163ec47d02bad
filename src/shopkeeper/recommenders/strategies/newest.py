"""What came into the shop last."""

from shopkeeper.recommenders.ask import Strategy, because
from shopkeeper.recommenders.shelves import Order, Shelves


def _order(shelves: Shelves) -> list[str]:
    faces = shelves.stock.faces
    # Twice: whole numbers are compared far quicker than pairs, and nobody is answered while a list is sorted.
    return sorted(sorted(faces), key=lambda key: -faces[key].created_at)


order = Order(_order)
"""By when it was made, the latest first."""

NEWEST = Strategy("newest", "the latest in the shop", lambda ask: because(ask.ranked(order), "New in the shop"))

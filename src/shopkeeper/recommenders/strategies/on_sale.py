"""What is reduced."""

from shopkeeper.recommenders.ask import Strategy, because
from shopkeeper.recommenders.shelves import Order, Shelves


def _order(shelves: Shelves) -> list[str]:
    faces = shelves.stock.faces
    cut = [(key, face) for key, face in faces.items() if face.on_sale]
    return [key for key, _ in sorted(cut, key=lambda row: ((row[1].sale_price or 0) / (row[1].price or 1), row[0]))]


order = Order(_order)
"""By the share of the price that is left, the smallest first."""
ON_SALE = Strategy("on_sale", "reduced, the most first", lambda ask: because(ask.ranked(order), "Reduced"))

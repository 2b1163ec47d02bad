"""What came into the shop last."""

from shopkeeper.recommenders.ask import Strategy, because
from shopkeeper.recommenders.shelves import Shelves


def order(shelves: Shelves) -> list[str]:
    """By when it was made, the latest first."""
    faces = shelves.stock.faces
    return sorted(faces, key=lambda key: (-faces[key].created_at, key))


NEWEST = Strategy("newest", "the latest in the shop", lambda ask: because(ask.ranked(order), "New in the shop"))

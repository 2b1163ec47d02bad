"""What is bought and looked at more than it was."""

from shopkeeper.recommenders.ask import Strategy, because, best
from shopkeeper.recommenders.shelves import Shelves


def order(shelves: Shelves) -> list[str]:
    """By how far the last week lies above the three weeks before."""
    return [key for key, _ in best(shelves.now.counts.rising)]


TRENDING = Strategy(
    "trending",
    "bought and looked at in the last 7 days more than in the three weeks before",
    lambda ask: because(ask.ranked(order), "Rising this week"),
)

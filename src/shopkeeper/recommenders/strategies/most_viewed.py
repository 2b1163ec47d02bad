"""What is looked at."""

from shopkeeper.recommenders.ask import Strategy, because, best
from shopkeeper.recommenders.shelves import Shelves


def order(shelves: Shelves) -> list[str]:
    """By visitors who looked at it."""
    return [key for key, _ in best(shelves.now.counts.viewed)]


MOST_VIEWED = Strategy(
    "most_viewed",
    "most visitors looked at it in the last 30 days",
    lambda ask: because(ask.ranked(order), "Many looked at it"),
)

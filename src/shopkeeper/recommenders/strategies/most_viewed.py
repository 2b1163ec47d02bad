"""What is looked at."""

from shopkeeper.recommenders.ask import Strategy, because
from shopkeeper.recommenders.shelves import Order

order = Order(lambda shelves: [*shelves.now.counts.viewed], lambda now: now.counts.version)
"""By visitors who looked at it."""
MOST_VIEWED = Strategy(
    "most_viewed",
    "most visitors looked at it in the last 30 days",
    lambda ask: because(ask.ranked(order), "Many looked at it"),
)

"""What is bought and looked at more than it was."""

from shopkeeper.recommenders.ask import Strategy, because
from shopkeeper.recommenders.shelves import Order

order = Order(lambda shelves: [*shelves.now.counts.rising], lambda now: now.counts.version)
"""By how far the last week lies above the three weeks before."""
TRENDING = Strategy(
    "trending",
    "bought and looked at in the last 7 days more than in the three weeks before",
    lambda ask: because(ask.ranked(order), "Rising this week"),
)

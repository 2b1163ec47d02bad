"""What the visitor looked at."""

from shopkeeper.recommenders.ask import Strategy, because

RECENTLY_VIEWED = Strategy(
    "recently_viewed",
    "what the visitor looked at in the last 30 days, the latest first",
    lambda ask: because(ask.person.viewed, "You looked at it"),
    asks="person",
)

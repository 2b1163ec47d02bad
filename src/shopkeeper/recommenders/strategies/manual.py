"""What the shop named."""

from shopkeeper.recommenders.ask import Strategy, because

MANUAL = Strategy(
    "manual",
    "the products named in `products`, in that order",
    lambda ask: because(map(ask.stock.same, ask.recommender.products), "Picked by the shop"),
    asks="products",
)

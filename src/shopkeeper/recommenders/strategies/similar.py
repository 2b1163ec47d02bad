"""What is like the product of the page."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def _find(ask: Ask) -> Iterator[Found]:
    return because((key for key, _ in ask.stock.alike.of(ask.seed)), f"Similar to {ask.name(ask.seed)}")


SIMILAR = Strategy(
    "similar", "like the product of the page by name, category, brand, tags, attributes and price", _find, "product"
)

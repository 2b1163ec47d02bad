"""What belongs to the product of the page."""

from collections.abc import Iterator

from shopkeeper.catalogue.rules import lies_in, path_of, paths
from shopkeeper.recommenders.ask import Ask, Found, Strategy, because
from shopkeeper.recommenders.strategies.best_sellers import order
from shopkeeper.recommenders.strategies.complete_the_look import named


def _find(ask: Ask) -> Iterator[Found]:
    reason = f"Goes with {ask.name(ask.seed)}"
    yield from because(named(ask, "accessories"), reason)
    if ask.product is None:
        return
    places = [*paths(ask.product)]
    for category, others in ask.recommender.goes_with.items():
        if any(lies_in(place, path_of(category)) for place in places):
            wanted = frozenset().union(*(ask.stock.in_category(other) for other in others))
            together = [key for key in ask.near("together", [ask.seed]) if key in wanted]
            yield from because(together, reason)
            sold = [key for other in others for key in ask.shelves.of(order, other)]
            yield from because(dict.fromkeys([*sold, *sorted(wanted)]), reason)


ACCESSORIES = Strategy(
    "accessories",
    "the products its attribute `accessories` lists; then those of the categories `goes_with` names",
    _find,
    "product",
)

"""What belongs to the product of the page."""

from collections.abc import Iterator
from itertools import islice

from shopkeeper.catalogue.rules import lies_in, path_of, paths
from shopkeeper.recommenders.ask import LOOKED, Ask, Found, Strategy, because
from shopkeeper.recommenders.strategies.best_sellers import order
from shopkeeper.recommenders.strategies.complete_the_look import named
from shopkeeper.recommenders.strategies.newest import order as newest


def _find(ask: Ask) -> Iterator[Found]:
    reason = f"Goes with {ask.name(ask.seed)}"
    yield from because(named(ask, "accessories"), reason)
    if ask.product is None:
        return
    places = [*paths(ask.product)]
    for category, others in ask.recommender.goes_with.items():
        if any(lies_in(place, path_of(category)) for place in places):
            wanted = [ask.shelves.inside(other) for other in others]
            near = (key for key in ask.near("together", [ask.seed]) if any(key in each for each in wanted))
            yield from because(near, reason)
            for other in others:
                yield from because(islice(ask.shelves.of(order, other), LOOKED), reason)
                yield from because(islice(ask.shelves.of(newest, other), LOOKED), reason)


ACCESSORIES = Strategy(
    "accessories",
    "the products its attribute `accessories` lists; then those of the categories `goes_with` names",
    _find,
    "product",
)

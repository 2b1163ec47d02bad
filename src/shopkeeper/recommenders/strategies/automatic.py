"""What fits the page, the cart and the visitor."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy
from shopkeeper.recommenders.strategies.add_to_order import ADD_TO_ORDER
from shopkeeper.recommenders.strategies.also_viewed import ALSO_VIEWED
from shopkeeper.recommenders.strategies.best_sellers import BEST_SELLERS
from shopkeeper.recommenders.strategies.bought_together import BOUGHT_TOGETHER
from shopkeeper.recommenders.strategies.for_you import FOR_YOU
from shopkeeper.recommenders.strategies.newest import NEWEST
from shopkeeper.recommenders.strategies.similar import SIMILAR
from shopkeeper.recommenders.strategies.this_visit import THIS_VISIT
from shopkeeper.recommenders.strategies.trending import TRENDING

_CART = frozenset(("cart", "basket", "checkout"))
ANYWHERE = (TRENDING, BEST_SELLERS, NEWEST)


def chain(ask: Ask) -> tuple[Strategy, ...]:
    """The strategies for an occasion, in their order."""
    if ask.seed:
        return (BOUGHT_TOGETHER, ALSO_VIEWED, SIMILAR, *ANYWHERE)
    if ask.occasion.page in _CART:
        return (ADD_TO_ORDER, FOR_YOU, *ANYWHERE)
    return (THIS_VISIT, FOR_YOU, ADD_TO_ORDER, *ANYWHERE)


def _find(ask: Ask) -> Iterator[Found]:
    seen: set[str] = set()
    for strategy in chain(ask):
        for key, reason in strategy.find(ask):
            if key not in seen:
                seen.add(key)
                yield key, reason


AUTOMATIC = Strategy(
    "automatic",
    "chosen by the page, the cart and what the visitor did; ends with what rises, sells and is new",
    _find,
)

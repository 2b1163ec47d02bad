"""The strategies, registered in one list: one small file each."""

from collections.abc import Mapping

from shopkeeper.recommenders.ask import Strategy
from shopkeeper.recommenders.strategies.accessories import ACCESSORIES
from shopkeeper.recommenders.strategies.add_to_order import ADD_TO_ORDER
from shopkeeper.recommenders.strategies.also_bought import ALSO_BOUGHT
from shopkeeper.recommenders.strategies.also_viewed import ALSO_VIEWED
from shopkeeper.recommenders.strategies.automatic import AUTOMATIC
from shopkeeper.recommenders.strategies.back_in_stock import BACK_IN_STOCK
from shopkeeper.recommenders.strategies.best_sellers import BEST_SELLERS
from shopkeeper.recommenders.strategies.bought_together import BOUGHT_TOGETHER
from shopkeeper.recommenders.strategies.buy_again import BUY_AGAIN
from shopkeeper.recommenders.strategies.complete_the_look import COMPLETE_THE_LOOK
from shopkeeper.recommenders.strategies.for_you import FOR_YOU
from shopkeeper.recommenders.strategies.free_delivery import FREE_DELIVERY
from shopkeeper.recommenders.strategies.last_visit import LAST_VISIT
from shopkeeper.recommenders.strategies.left_behind import LEFT_BEHIND
from shopkeeper.recommenders.strategies.manual import MANUAL
from shopkeeper.recommenders.strategies.most_viewed import MOST_VIEWED
from shopkeeper.recommenders.strategies.new_since import NEW_SINCE
from shopkeeper.recommenders.strategies.newest import NEWEST
from shopkeeper.recommenders.strategies.on_sale import ON_SALE
from shopkeeper.recommenders.strategies.recently_viewed import RECENTLY_VIEWED
from shopkeeper.recommenders.strategies.search import SEARCH
from shopkeeper.recommenders.strategies.similar import SIMILAR
from shopkeeper.recommenders.strategies.this_visit import THIS_VISIT
from shopkeeper.recommenders.strategies.trending import TRENDING
from shopkeeper.recommenders.strategies.upsell import UPSELL
from shopkeeper.recommenders.strategies.viewed_then_bought import VIEWED_THEN_BOUGHT

_ALL: tuple[Strategy, ...] = (
    BEST_SELLERS,
    TRENDING,
    NEWEST,
    MOST_VIEWED,
    ON_SALE,
    BACK_IN_STOCK,
    BOUGHT_TOGETHER,
    ALSO_BOUGHT,
    ALSO_VIEWED,
    VIEWED_THEN_BOUGHT,
    SIMILAR,
    UPSELL,
    ACCESSORIES,
    COMPLETE_THE_LOOK,
    ADD_TO_ORDER,
    FREE_DELIVERY,
    RECENTLY_VIEWED,
    THIS_VISIT,
    LAST_VISIT,
    FOR_YOU,
    LEFT_BEHIND,
    BUY_AGAIN,
    NEW_SINCE,
    SEARCH,
    MANUAL,
    AUTOMATIC,
)
STRATEGIES: Mapping[str, Strategy] = {strategy.name: strategy for strategy in _ALL}
"""By name."""

__all__ = ["STRATEGIES"]

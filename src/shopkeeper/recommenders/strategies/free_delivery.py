"""What fills a cart up to free delivery."""

from collections.abc import Iterator
from itertools import islice

from shopkeeper.model.money import minor_units
from shopkeeper.recommenders.ask import LOOKED, Ask, Found, Strategy, because
from shopkeeper.recommenders.strategies.add_to_order import near_cart
from shopkeeper.recommenders.strategies.best_sellers import order

MOST = 2
"""A product that costs more than so many times what is missing is no small addition."""


def _find(ask: Ask) -> Iterator[Found]:
    goal, inside = ask.recommender.free_delivery_from, set(ask.cart)
    currency = next((face.currency for key in inside if (face := ask.stock.faces.get(key))), "")
    if goal is None or not inside or not currency:
        return iter(())
    missing = minor_units(goal, currency) - ask.occasion.cart_worth(ask.stock)
    near = [*near_cart(ask), *islice(ask.ranked(order), LOOKED)]
    faces = ask.stock.faces
    fits = (
        key
        for key in dict.fromkeys(near)
        if key not in inside
        and (face := faces.get(key))
        and face.currency == currency
        and 0 < missing <= (face.paid or 0) <= MOST * missing
    )
    return because(fits, "Brings your order to free delivery")


FREE_DELIVERY = Strategy(
    "free_delivery", "costs what the cart lacks to `free_delivery_from`, up to twice of it", _find, "cart"
)

"""What goes with the cart."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because, merged


def near_cart(ask: Ask) -> list[str]:
    """What goes with what lies in the cart, the nearest first; never the cart itself."""
    seeds = dict.fromkeys(ask.cart, 1.0)
    return merged(ask.counts.near("together", seeds), ask.counts.near("also_bought", seeds)) if seeds else []


def _find(ask: Ask) -> Iterator[Found]:
    inside = set(ask.cart)
    return because((key for key in near_cart(ask) if key not in inside), "Goes with your cart")


ADD_TO_ORDER = Strategy("add_to_order", "bought with what lies in the cart", _find, "cart")

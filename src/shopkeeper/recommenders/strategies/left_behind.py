"""What the visitor wanted and did not buy."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy


def _find(ask: Ask) -> Iterator[Found]:
    person, inside = ask.person, set(ask.cart)

    def open_since(key: str, when: int) -> bool:
        return key not in inside and not any(at >= when for at, _ in person.bought.get(key, ()))

    carted = {key: when for key, when in person.carted.items() if open_since(key, when)}
    yield from ((key, "You had it in your cart") for key in carted)
    yield from (
        (key, "You looked at it") for key, when in person.viewed.items() if key not in carted and open_since(key, when)
    )


LEFT_BEHIND = Strategy(
    "left_behind",
    "put into a cart, then looked at, in the last 30 days and not bought since; not what lies in the cart",
    _find,
    "person",
)

"""What people bought in the end."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def _find(ask: Ask) -> Iterator[Found]:
    return (
        because(ask.near("then_bought", [ask.seed]), f"Bought in the end by people who looked at {ask.name(ask.seed)}")
        if ask.seed
        else iter(())
    )


VIEWED_THEN_BOUGHT = Strategy(
    "viewed_then_bought",
    "bought within 7 days by people who had looked at the product of the page",
    _find,
    asks="product",
)

"""What the same people bought."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def _find(ask: Ask) -> Iterator[Found]:
    return (
        because(ask.near("also_bought", [ask.seed]), f"Bought by people who bought {ask.name(ask.seed)}")
        if ask.seed
        else iter(())
    )


ALSO_BOUGHT = Strategy(
    "also_bought", "bought within 90 days by people who bought the product of the page", _find, asks="product"
)

"""What lies in the same orders."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def _find(ask: Ask) -> Iterator[Found]:
    return (
        because(ask.near("together", [ask.seed]), f"Often bought together with {ask.name(ask.seed)}")
        if ask.seed
        else iter(())
    )


BOUGHT_TOGETHER = Strategy(
    "bought_together", "bought in the same orders as the product of the page", _find, asks="product"
)

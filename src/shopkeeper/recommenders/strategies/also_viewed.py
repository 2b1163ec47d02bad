"""What is looked at in the same visits."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def _find(ask: Ask) -> Iterator[Found]:
    return (
        because(ask.near("also_viewed", [ask.seed]), f"Looked at together with {ask.name(ask.seed)}")
        if ask.seed
        else iter(())
    )


ALSO_VIEWED = Strategy("also_viewed", "looked at in the same visits as the product of the page", _find, asks="product")

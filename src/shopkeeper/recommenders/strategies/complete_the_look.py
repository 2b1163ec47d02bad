"""What the shop says completes the product of the page."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def named(ask: Ask, attribute: str) -> list[str]:
    """What stands for the products that a custom attribute lists: a list, or a text with commas."""
    said = ask.product.extra.get(attribute) if ask.product else None
    ids = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    return [ask.stock.same(str(id).strip()) for id in ids]


def _find(ask: Ask) -> Iterator[Found]:
    return because(named(ask, "look"), f"Completes the look of {ask.name(ask.seed)}")


COMPLETE_THE_LOOK = Strategy("complete_the_look", "the products its attribute `look` lists", _find, "product")

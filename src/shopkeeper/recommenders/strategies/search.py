"""What is found by words."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because


def _find(ask: Ask) -> Iterator[Found]:
    words = ask.recommender.search
    return because(ask.shelves.searched(words), f"Fits {words}") if words else iter(())


SEARCH = Strategy("search", "what the words of `search` find, in the order of the shop's search", _find, "search")

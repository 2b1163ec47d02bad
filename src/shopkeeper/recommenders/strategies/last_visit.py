"""What goes with what the visitor looked at last time."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because
from shopkeeper.recommenders.strategies.this_visit import around


def _find(ask: Ask) -> Iterator[Found]:
    return because(around(ask, ask.person.last_visit), "Based on your last visit")


LAST_VISIT = Strategy("last_visit", "goes with what the visitor looked at in the visit before", _find, "person")

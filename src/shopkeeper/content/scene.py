"""All that may matter to what a communication looks like at one moment to one visitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from shopkeeper.content.words import Words
from shopkeeper.model.definitions import Product
from shopkeeper.model.time import to_datetime

Values = Callable[[], Mapping[str, Any]]


class Offer(Protocol):
    """A product a recommender chose."""

    @property
    def product(self) -> Product: ...
    @property
    def strategy(self) -> str: ...
    @property
    def reason(self) -> str: ...


def _nothing() -> Mapping[str, Any]:
    return {}


def _empty() -> int:
    return 0


class Scene(NamedTuple):
    """One moment of one visitor. What costs something to find out is a function and asked only where it is needed."""

    words: Words
    currency: str
    zone: ZoneInfo
    now: int
    values: Values = _nothing
    """What templates may speak of, by name."""
    cart: Callable[[], int] = _empty
    """The value of the visitor's cart, minor units."""
    offers: Sequence[Offer] = ()
    """What the communication's recommender chose."""
    cards: dict[str, str] | None = None
    """Cards drawn before, by product; they are the same for everybody while the catalogue is."""
    results: Mapping[str, Sequence[Offer]] = {}
    """What the recommenders of a quiz's results chose, by result."""

    def money(self, units: int) -> str:
        """An amount of the shop's currency."""
        return self.words.money(units, self.currency)

    def moment(self, at: int) -> str:
        """A moment in shop time, in words."""
        return self.words.moment(self.local(at))

    def local(self, at: int) -> datetime:
        """A moment in shop time."""
        return to_datetime(at, self.zone)


class Absent(Exception):
    """There is nothing to show at this moment: the next communication is tried. The reason stands in the decision."""

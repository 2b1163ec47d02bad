"""One question to a strategy: what is shown where and to whom, with what is known of it found out when it is needed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from shopkeeper.model.definitions import Product
from shopkeeper.model.recommenders import Recommender
from shopkeeper.recommenders.counts import Counts, Kind
from shopkeeper.recommenders.person import Person
from shopkeeper.recommenders.shelves import Order, Shelves
from shopkeeper.recommenders.stock import Stock
from shopkeeper.timelines.timeline import Timeline

LOOKED = 2_000
"""Products of one strategy that are looked at: a filter that lets nothing through ends there."""
Found = tuple[str, str]
"""What stands for a product, and why it was chosen, in words for a visitor."""


class Occasion:
    """One page for one visitor; shared by all recommenders of the page."""

    def __init__(
        self,
        at: int,
        *,
        session_start: int | None = None,
        page: str = "",
        product: str = "",
        category: str = "",
        cart: Sequence[str] | None = None,
        timeline: Callable[[], Timeline] | None = None,
    ) -> None:
        """`page` is its type. `timeline` reads what the visitor did, where that may be known; `cart` stands for theirs."""
        self.at = at
        self.session_start = at if session_start is None else session_start
        self.page = page
        self.product = product
        self.category = category
        self._cart = cart
        self._timeline = timeline
        self._person: Person | None = None

    def person(self, stock: Stock) -> Person:
        """What the visitor did."""
        if self._person is None:
            timeline = self._timeline() if self._timeline is not None else Timeline(())
            self._person = Person(timeline, self.at, self.session_start, stock.same)
        return self._person

    def cart(self, stock: Stock) -> list[str]:
        """What lies in the cart, the latest first."""
        if self._cart is None:
            return self.person(stock).cart
        return list(dict.fromkeys(stock.same(id) for id in self._cart))

    def cart_worth(self, stock: Stock) -> int:
        """Minor units; of a cart that was named, each product once."""
        if self._cart is None:
            return self.person(stock).cart_worth
        return sum(face.paid or 0 for id in self.cart(stock) if (face := stock.faces.get(id)) is not None)


class Ask:
    """What a strategy may look at."""

    def __init__(self, shelves: Shelves, recommender: Recommender, occasion: Occasion) -> None:
        self.shelves = shelves
        self.stock = shelves.stock
        self.recommender = recommender
        self.occasion = occasion
        self.seed = self.stock.same(occasion.product) if occasion.product else ""
        """What stands for the product of the page."""

    @property
    def counts(self) -> Counts:
        return self.shelves.now.counts

    @property
    def at(self) -> int:
        return self.occasion.at

    @cached_property
    def product(self) -> Product | None:
        """The product of the page."""
        known = self.stock.products
        return known.get(self.occasion.product) or self.stock.faces.get(self.seed)

    @cached_property
    def category(self) -> str:
        """The category that is asked for."""
        said = self.recommender.category
        own = self.product.category if self.product else ""
        if "same_category" in self.recommender.relative and own:
            return own
        return (self.occasion.category or own) if said == "page" else said

    @cached_property
    def brand(self) -> str:
        """The brand that is asked for."""
        said = self.recommender.brand
        own = self.product.brand if self.product else ""
        return own if said == "page" or "same_brand" in self.recommender.relative else said

    @cached_property
    def scope(self) -> frozenset[str] | None:
        """All that may be shown; None for everything."""
        return self.shelves.scope(self.recommender, self.category, self.brand)

    @property
    def person(self) -> Person:
        return self.occasion.person(self.stock)

    @property
    def cart(self) -> list[str]:
        return self.occasion.cart(self.stock)

    def ranked(self, order: Order) -> Sequence[str]:
        """All that may be shown in an order: long, so whoever goes through it stops at `LOOKED`."""
        return self.shelves.ranked(order, self.recommender, self.category, self.brand)

    def near(self, kind: Kind, seeds: Iterable[str] | Mapping[str, float]) -> Iterator[str]:
        """Neighbours of some products, the nearest first."""
        weights = seeds if isinstance(seeds, Mapping) else dict.fromkeys(seeds, 1.0)
        return (key for key, _ in self.counts.near(kind, weights))

    def name(self, key: str) -> str:
        """What people call a product."""
        face = self.stock.faces.get(key)
        return face.name if face is not None else key


class Strategy(NamedTuple):
    """A way to choose products."""

    name: str
    about: str
    """What it chooses, for who writes definitions."""
    find: Callable[[Ask], Iterable[Found]]
    """Products in their order, best first; filters are none of its business."""
    asks: str = ""
    """What it goes by and finds nothing without: `product`, `cart`, `person`, `products`, `search`, ..."""


def because(keys: Iterable[str], reason: str) -> Iterator[Found]:
    """All of them for the same reason."""
    return ((key, reason) for key in keys)


def merged(*lists: Iterable[tuple[str, float]]) -> list[str]:
    """Several scored lists as one, each weighed alike: its best counts 1."""
    found: dict[str, float] = {}
    for each in lists:
        rows = list(each)
        most = max((score for _, score in rows), default=0.0)
        for key, score in rows:
            found[key] = found.get(key, 0.0) + (score / most if most > 0 else 0.0)
    return [key for key, _ in best(found)]


def best(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Highest first, ties by id; what scores nothing is left out."""
    rows = sorted([(-round(score, 9), key) for key, score in scores.items() if score > 0])
    return [(key, -score) for score, key in rows]

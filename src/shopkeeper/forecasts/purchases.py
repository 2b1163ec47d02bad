"""What was bought, as plain columns: the only thing that models of purchase intent learn from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shopkeeper.recommenders.marks import Marks

Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int16]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEVELS = ("category", "parent", "department", "brand")
"""What products have in common, from the finest to the widest, and their make."""


class Stock(NamedTuple):
    """When products could be had and when not, the oldest first; nothing is known of others. Many shops tell nothing."""

    product: Ints
    day: Ints
    """From the end of this day on, until the product's next row."""
    had: Flags


class Products(NamedTuple):
    """The products that are known, by number."""

    ids: list[str]
    names: list[str]
    """What reasons call them; the id where the catalogue has no name."""
    levels: tuple[Ints, ...]
    """For each of `LEVELS` the number of the product's, -1 where it is not known."""
    labels: tuple[list[str], ...]
    """For each of `LEVELS` what the numbers are called."""
    marks: Marks | None = None
    """What they say, where the catalogue tells: those that were never sold are known by it."""
    stock: Stock | None = None

    @property
    def size(self) -> int:
        """How many there are, sold or not."""
        return len(self.ids)


class Purchases(NamedTuple):
    """Lines of orders that count, one row a line, in any order."""

    customer: Ints
    """Number of the customer."""
    product: Ints
    day: Ints
    """Whole days of shop time since 1 January 1970."""
    value: Floats
    """Net value of the line, in minor units."""
    discount: Floats
    """What was saved on the line, in minor units."""

    @property
    def rows(self) -> int:
        """How many lines there are."""
        return len(self.customer)

    def before(self, day: int) -> Purchases:
        """The lines of earlier days: all that may be known on that day."""
        return self.where(self.day < day)

    def between(self, first: int, end: int) -> Purchases:
        """The lines of the days from `first`, before `end`."""
        return self.where((self.day >= first) & (self.day < end))

    def where(self, chosen: Flags) -> Purchases:
        """Some of the lines; these very ones where they are all."""
        if chosen.all():
            return self
        customer, product, day, value, discount = self
        return Purchases(customer[chosen], product[chosen], day[chosen], value[chosen], discount[chosen])


class Looks(NamedTuple):
    """What customers looked at or put in their cart, one row an event, in any order. Many shops know none."""

    customer: Ints
    product: Ints
    day: Ints
    carted: Flags

    def before(self, day: int) -> Looks:
        """Those of earlier days."""
        past = self.day < day
        return Looks(self.customer[past], self.product[past], self.day[past], self.carted[past])

    def of(self, chosen: Flags, number: Ints) -> Looks:
        """Those of some customers, who have other numbers."""
        mine = chosen[self.customer]
        return Looks(number[self.customer[mine]], self.product[mine], self.day[mine], self.carted[mine])


class Searches(NamedTuple):
    """What customers searched for, one row a search, in any order; and what is found by each of the words."""

    customer: Ints
    word: Ints
    """Number of what was typed."""
    day: Ints
    starts: Longs
    """Products found by word w: `found[starts[w]:starts[w + 1]]`."""
    found: Ints

    def of(self, chosen: Flags, number: Ints) -> Searches:
        """Those of some customers, who have other numbers."""
        mine = chosen[self.customer]
        return self._replace(customer=number[self.customer[mine]], word=self.word[mine], day=self.day[mine])


class Site(NamedTuple):
    """What the shop's site tells of customers."""

    looks: Looks
    searches: Searches

    def of(self, chosen: Flags, number: Ints) -> Site:
        """What it tells of some customers, who have other numbers."""
        return Site(self.looks.of(chosen, number), self.searches.of(chosen, number))


def no_site() -> Site:
    """Where nothing is known of the web site."""
    nothing = np.zeros(0, np.int32)
    looks = Looks(nothing, nothing, nothing, np.zeros(0, bool))
    return Site(looks, Searches(nothing, nothing, nothing, np.zeros(1, np.int64), nothing))

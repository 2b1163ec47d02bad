"""What customers looked at, put in their carts and searched for, laid out by product; and the features made of it.

Many shops know nothing of this: then everything here is empty, its features are zero for everybody and no weight is learned.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.index import ranges
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints, Longs, Looks, Searches

WEB = (
    "viewed_1",
    "viewed_7",
    "viewed_30",
    "carted_7",
    "carted_30",
    "searched_7",
    "searched_30",
    "near_viewed_7",
    "near_viewed_30",
)
MEMORY = 30
"""Days for which a look or a search counts."""
ROWS = 500_000
"""Looks at neighbours read at most, those of the closest."""


class Looked(NamedTuple):
    """What was looked at before a day, by product."""

    starts: Longs
    customer: Ints
    age: Ints
    carted: Flags

    def rows_of(self, numbers: Ints) -> Longs:
        """Positions of the rows of these products."""
        return ranges(self.starts[numbers], self.starts[numbers.astype(np.int64) + 1])


class Searched(NamedTuple):
    """What was searched for before a day, by the words, and the words by the products they find."""

    starts: Longs
    customer: Ints
    age: Ints
    word_starts: Longs
    """Words that find product p: `words[word_starts[p]:word_starts[p + 1]]`."""
    words: Ints

    def rows_of(self, numbers: Ints) -> Longs:
        """Positions of the searches that found some of these products, each once."""
        words = np.unique(self.words[ranges(self.word_starts[numbers], self.word_starts[numbers.astype(np.int64) + 1])])
        return ranges(self.starts[words], self.starts[words.astype(np.int64) + 1])


def looked(looks: Looks, products: int, day: int) -> Looked:
    """The looks of the last `MEMORY` days before `day`."""
    past = looks.before(day)
    recent = past.day >= day - MEMORY
    order = np.argsort(past.product[recent], kind="stable")
    product, customer = past.product[recent][order], past.customer[recent][order]
    age, carted = (day - past.day[recent][order]).astype(np.int32), past.carted[recent][order]
    return Looked(_starts(product, products), customer, age, carted)


def searched(searches: Searches, products: int, day: int) -> Searched:
    """The searches of the last `MEMORY` days before `day`."""
    count = len(searches.starts) - 1
    chosen = np.flatnonzero((searches.day < day) & (searches.day >= day - MEMORY))
    chosen = chosen[np.argsort(searches.word[chosen], kind="stable")]
    word = np.repeat(np.arange(count, dtype=np.int32), np.diff(searches.starts))
    order = np.argsort(searches.found, kind="stable")
    return Searched(
        _starts(searches.word[chosen], count),
        searches.customer[chosen],
        (day - searches.day[chosen]).astype(np.int32),
        _starts(searches.found[order], products),
        word[order],
    )


def _starts(sorted_numbers: Ints, count: int) -> Longs:
    return np.searchsorted(sorted_numbers, np.arange(count + 1)).astype(np.int64)


def web(
    looks: Looked, searches: Searched, members: Ints, near: Ints, close: Floats, customers: int
) -> Iterator[tuple[str, Doubles]]:
    """(feature, value of everybody) of what they did with the set, and with what goes with it, `near`, each so `close`."""
    rows = looks.rows_of(members)
    if len(rows):
        customer, age, carted = looks.customer[rows], looks.age[rows], looks.carted[rows]
        for name, days, in_cart in zip(WEB, (1, 7, 30, 7, 30), (False, False, False, True, True), strict=False):
            chosen = (age <= days) & (carted == in_cart)
            yield name, np.bincount(customer[chosen], minlength=customers).astype(np.float64)
    if len(searches.customer):
        rows = searches.rows_of(members)
        # Of one day one search counts: who looks for something tries several words.
        key = np.unique((searches.customer[rows].astype(np.int64) << 16) | searches.age[rows])
        for days in (7, 30):
            within = key[(key & 0xFFFF) <= days] >> 16
            yield f"searched_{days}", np.bincount(within, minlength=customers).astype(np.float64)
    rows = near_rows(looks, near)
    if len(rows):
        many = looks.starts[near.astype(np.int64) + 1] - looks.starts[near]
        each = np.repeat(close, many)[: len(rows)]
        customer, age = looks.customer[rows], looks.age[rows]
        for days in (7, 30):
            chosen = age <= days
            yield f"near_viewed_{days}", np.asarray(np.bincount(customer[chosen], each[chosen], customers), np.float64)


def near_rows(looks: Looked, near: Ints) -> Longs:
    """Positions of looks at these products, at most `ROWS`: those at the first of them."""
    if not len(looks.customer) or not len(near):
        return np.zeros(0, np.int64)
    return looks.rows_of(near)[:ROWS]


def seen(looks: Looked, searches: Searched, customers: int) -> Flags:
    """Customers of whom anything is known here."""
    found = np.zeros(customers, bool)
    found[looks.customer] = True
    found[searches.customer] = True
    return found

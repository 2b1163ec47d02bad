"""What the catalogue tells beside names and categories: what products say, for those that were never sold, and what of a
set could be had.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.index import Index
from shopkeeper.forecasts.purchases import Flags, Floats, Ints, Stock

NEAREST = 20
"""Sold products that stand for one that was never sold."""
LOOKED_AT = 40
"""Products of the set that were never sold, at most, evenly drawn."""
ROWS = 600_000
"""Rows of these products read at most."""


class Alike(NamedTuple):
    """Sold products that are most like a set, the most alike first."""

    products: Ints
    share: Floats
    """How much each tells; they add up to one at most."""


def alike(index: Index, members: Ints) -> Alike:
    """What products of a set that were never sold are most like, by what they say. Nothing where all were sold, and
    where the catalogue tells nothing.
    """
    marks = index.products.marks
    unsold = members[index.buyers[members] == 0]
    if marks is None or not len(unsold):
        return Alike(np.zeros(0, np.int32), np.zeros(0, np.float32))
    unsold = unsold[:: -(-len(unsold) // LOOKED_AT)]
    worth = np.zeros(index.products.size)
    for number in unsold.tolist():
        found, scores = marks.alike(number)
        sold = index.buyers[found] > 0
        found, scores = found[sold], scores[sold].round(9)
        if len(found) > NEAREST:
            close = scores >= np.partition(scores, len(scores) - NEAREST)[len(scores) - NEAREST]
            found, scores = found[close], scores[close]
        first = np.lexsort((found, -index.buyers[found], -scores))[:NEAREST]
        worth[found[first]] += scores[first] / max(float(scores[first].sum()), 1e-9)
    near = np.flatnonzero(worth)
    near = near[np.lexsort((near, -worth[near]))]
    rows = np.cumsum(index.starts[near + 1] - index.starts[near])
    near = near[: int(np.searchsorted(rows, index.at_most(ROWS))) + 1]
    return Alike(near.astype(np.int32), (worth[near] / len(unsold)).astype(np.float32))


def missing(stock: Stock | None, products: int, day: int) -> Flags:
    """Products that could not be had when `day` began."""
    found = np.zeros(products, bool)
    if stock is not None:
        past = stock.day < day
        found[stock.product[past]] = ~stock.had[past]  # the last one written is the latest
    return found

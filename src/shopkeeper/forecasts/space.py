"""Everything that is known before a day, whatever is asked for: the index, everybody's taste, and what products share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from shopkeeper.forecasts.index import LONG, Index, build, customer_features, decayed
from shopkeeper.forecasts.purchases import Flags, Floats, Ints, Longs, Products, Purchases, Site, no_site
from shopkeeper.forecasts.shelf import missing
from shopkeeper.forecasts.web import Looked, Searched, looked, searched, seen
from shopkeeper.recommenders.als import FACTORS, REGULARISATION, points

TAUGHT_BY, TAUGHT_FROM = 50_000, 2_000_000
"""Customers the factors are learned from at most, and products that they bought; everybody is then placed among them by
one projection.
"""
SWEEPS = 8
"""With more the taste of sets is the same."""
WIDE = 4_000
"""Where products have more categories than this, what goes together is told by wider ones only."""


_NOTHING = np.zeros((0, 0), np.float32)


class Level(NamedTuple):
    """What customers bought of each category (or parent, department, brand), decayed over 90 days."""

    starts: Longs
    customer: Ints
    weight: Floats
    codes: int
    near: Floats
    """(codes, codes) cosine of being bought by the same customers, zero with itself; empty where not told."""
    sellers: Floats
    """(codes, FACTORS) mean taste of the products of each, weighted by their buyers."""


class Space(NamedTuple):
    """What a question is answered from."""

    past: Index
    about: Floats
    """Features of customers, see `index.CUSTOMER`."""
    items: Floats
    """(products, FACTORS)"""
    people: Floats
    """(customers, FACTORS)"""
    levels: tuple[Level, ...]
    leading: tuple[tuple[Longs, Ints], ...]
    """For each level (starts, products) of a code, the best sold first."""
    looks: Looked
    searches: Searched
    known: Flags
    """Customers of whom anything is known: a purchase, or a look or a search of the last days. They are ranked."""
    missing: Flags
    """Products that could not be had."""


def space(
    purchases: Purchases, products: Products, customers: int, day: int, site: Site | None = None, share: float = 1.0
) -> Space:
    """Lay out what was known before `day`; `share` is the part of the shop's customers that these are."""
    told = site or no_site()
    index = build(purchases, products._replace(stock=None), customers, day, share)
    items, people = _taste(index)
    levels = tuple(_levels(index, items))
    leading = tuple(_leading(codes, index.buyers) for codes in products.levels)
    looks, searches = looked(told.looks, products.size, day), searched(told.searches, products.size, day)
    known = index.known | seen(looks, searches, customers)
    lost = missing(products.stock, products.size, day)
    return Space(index, customer_features(index), items, people, levels, leading, looks, searches, known, lost)


class Pairs(NamedTuple):
    """What each customer bought of each product, by product, the customers in order."""

    starts: Longs
    customer: Ints
    often: Floats
    """Log of the days on which they did; each counts, whenever it was."""
    lately: Floats
    """Log of what these days still count for."""


def _taste(index: Index) -> tuple[Floats, Floats]:
    """Points of products, and of customers among them."""
    # Deferred: only training needs it.
    from scipy.sparse import csc_array  # noqa: PLC0415

    n, q = index.customers, index.products.size
    items = np.zeros((q, FACTORS), np.float32)
    kept = np.flatnonzero(index.buyers >= 2)
    if len(kept) < FACTORS or int(index.known.sum()) < FACTORS:
        return items, np.zeros((n, FACTORS), np.float32)
    pairs = _pairs(index)
    items[kept] = points(_lessons(pairs, index.known, kept), SWEEPS)
    some = items[kept].astype(np.float64)
    gram = some.T @ some + REGULARISATION * np.eye(FACTORS)
    onto = items @ np.linalg.inv(gram).astype(np.float32)
    weight = pairs.often * np.float32(0.3)
    weight += pairs.lately
    return items, np.asarray(csc_array((weight, pairs.customer, pairs.starts), shape=(n, q)) @ onto, np.float32)


def _pairs(index: Index) -> Pairs:
    new = np.ones(len(index.customer), bool)
    np.not_equal(index.customer[1:], index.customer[:-1], out=new[1:])
    new[index.starts[:-1][np.diff(index.starts) > 0]] = True
    heads = np.flatnonzero(new)
    days = np.empty(len(heads), np.float32)
    np.subtract(heads[1:], heads[:-1], out=days[:-1], casting="unsafe")
    days[-1:] = len(new) - heads[-1:]
    days *= np.float32(np.log(2))
    starts = np.searchsorted(heads, index.starts).astype(np.int64)
    lately = np.add.reduceat(decayed(index.age, LONG), heads)
    return Pairs(starts, index.customer[heads], np.log1p(days, out=days), np.log1p(lately, out=lately))


def _lessons(pairs: Pairs, known: Flags, kept: Longs) -> Any:
    """A sparse matrix of teachers by the products that are kept."""
    # Deferred: only training needs it.
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    teachers = _teachers(pairs.customer, known)
    row, column = np.full(len(known), -1, np.int32), np.full(len(pairs.starts) - 1, -1, np.int32)
    row[teachers], column[kept] = np.arange(len(teachers)), np.arange(len(kept))
    told = np.flatnonzero((row >= 0)[pairs.customer])
    product = column[np.searchsorted(pairs.starts, told, side="right") - 1]
    told, product = told[product >= 0], product[product >= 0]
    place = (row[pairs.customer[told]], product)
    return csr_matrix((pairs.often[told], place), shape=(len(teachers), len(kept)))


def _teachers(customer: Ints, known: Flags) -> Longs:
    """Customers that factors are learned from, drawn evenly, in order; `customer` is of each pair with a product."""
    everybody = np.flatnonzero(known)
    if len(everybody) <= TAUGHT_BY and len(customer) <= TAUGHT_FROM:
        return everybody
    order = np.random.default_rng(1).permutation(everybody)[:TAUGHT_BY]
    pairs = np.cumsum(np.bincount(customer, minlength=len(known))[order])
    return np.sort(order[: max(int(np.searchsorted(pairs, TAUGHT_FROM, side="right")), FACTORS)])


def _levels(index: Index, items: Floats) -> Iterator[Level]:
    """What customers bought of each level's codes, and how these taste."""
    # Deferred: only training needs it.
    from scipy.sparse import csr_array  # noqa: PLC0415

    bought = csr_array(
        (decayed(index.age, LONG), index.customer, index.starts), shape=(index.products.size, index.customers)
    )
    for number, codes in enumerate(index.products.levels):
        has = np.flatnonzero(codes >= 0)
        count = int(codes.max(initial=-1)) + 1
        shape = (count, index.products.size)
        table = csr_array((np.ones(len(has), np.float32), (codes[has], has)), shape=shape) @ bought
        table.sort_indices()  # whoever adds columns up goes through customers in order
        buyers = csr_array((index.buyers[has].astype(np.float64), (codes[has], has)), shape=shape)
        sellers = (buyers @ items) / np.maximum(buyers.sum(axis=1), 1)[:, None]
        close = _near(table) if number == 0 and 0 < count <= WIDE else _NOTHING
        starts, customer = table.indptr.astype(np.int64), table.indices.astype(np.int32)
        yield Level(starts, customer, table.data.astype(np.float32), count, close, sellers.astype(np.float32))


def _near(table: Any) -> Floats:
    bought = table.copy()
    bought.data = np.ones_like(bought.data)
    common = np.asarray((bought @ bought.T).todense(), np.float32)
    size = np.sqrt(np.maximum(common.diagonal(), 1))
    close = np.asarray(common / size[:, None] / size[None, :], np.float32)
    np.fill_diagonal(close, 0)
    return close


def _leading(codes: Ints, buyers: Ints) -> tuple[Longs, Ints]:
    told = np.flatnonzero(codes >= 0)
    order = told[np.lexsort((told, -buyers[told], codes[told]))].astype(np.int32)
    return np.searchsorted(codes[order], np.arange(int(codes.max(initial=-1)) + 2)).astype(np.int64), order

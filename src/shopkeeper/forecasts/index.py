"""Purchases before one day, laid out so that a question about some products costs only their own rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints, Longs, Products, Purchases, Shorts

DECAYS = (10.0, 30.0, 90.0)
"""Days after which a purchase counts for 1/e."""
LONG = 90.0
OLDEST = 32_000
"""Days; what is older counts as of that age."""
RUN = 500
"""Rows of a product from which on copying them one product after the other is quicker than one row after the other."""
Real = TypeVar("Real", bound=np.generic)


def ranges(first: Longs, end: Longs) -> Longs:
    """The numbers first[0]..end[0]-1, first[1]..end[1]-1 and so on."""
    lengths = end - first
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, np.int64)
    found = np.ones(total, np.int64)
    filled = lengths > 0
    first, lengths = first[filled], lengths[filled]
    heads = np.concatenate(([0], np.cumsum(lengths[:-1])))
    found[heads] = first
    found[heads[1:]] -= first[:-1] + lengths[:-1] - 1
    return np.cumsum(found, out=found)


class Index(NamedTuple):
    """All purchases before `day`. One row is what one customer bought of one product on one day."""

    day: int
    customers: int
    products: Products
    starts: Longs
    """Rows of product p: `starts[p]` up to `starts[p + 1]`, by customer and day."""
    customer: Ints
    age: Shorts
    """Days before `day`, 1 at least."""
    value: Floats
    discount: Floats
    basket_starts: Longs
    """Products of customer c: `baskets[basket_starts[c]:basket_starts[c + 1]]`, each once."""
    baskets: Ints
    buyers: Ints
    """How many customers bought each product."""
    known: Flags
    """Customers with a purchase."""
    share: float = 1.0
    """The part of the shop's customers it is of. Of a part, as little is read as a question reads of it in the whole shop:
    weights are to be learned from features as they will be.
    """

    def at_most(self, rows: int) -> int:
        """Of so many rows that a question may read in the whole shop, those it may read here."""
        return max(int(rows * self.share), 1)

    def picked(self, numbers: Ints) -> Callable[[npt.NDArray[Real]], npt.NDArray[Real]]:
        """Picks the rows of these products, in their order, out of a column."""
        first, end = self.starts[numbers], self.starts[numbers.astype(np.int64) + 1]
        if int((end - first).sum()) > RUN * max(len(numbers), 1):  # long runs are copied whole
            runs = [slice(*each) for each in zip(first.tolist(), end.tolist(), strict=True)]
            return lambda column: np.concatenate([column[run] for run in runs])
        rows = ranges(first, end)
        return lambda column: column[rows]


def build(purchases: Purchases, products: Products, customers: int, day: int, share: float = 1.0) -> Index:
    """Index what was bought before `day`; later rows are dropped here, so nothing built on it can know them."""
    past = purchases.before(day)
    order = np.argsort(_key(past, day), kind="stable")
    customer, product = past.customer[order], past.product[order]
    age = np.minimum(day - past.day[order], OLDEST).astype(np.int16)
    new = np.ones(len(order), bool)
    new[1:] = (customer[1:] != customer[:-1]) | (product[1:] != product[:-1]) | (age[1:] != age[:-1])
    heads = np.flatnonzero(new)
    value = _sums(past.value[order], heads)
    discount = _sums(past.discount[order], heads)
    customer, product, age = customer[heads], product[heads], age[heads]
    pair = np.ones(len(heads), bool)
    pair[1:] = (customer[1:] != customer[:-1]) | (product[1:] != product[:-1])
    pair_customer, pair_product = customer[pair], product[pair]
    by_customer = np.argsort(pair_customer, kind="stable")
    return Index(
        day=day,
        customers=customers,
        products=products,
        starts=_starts(product, products.size),
        customer=customer,
        age=age,
        value=value,
        discount=discount,
        basket_starts=_starts(pair_customer[by_customer], customers),
        baskets=pair_product[by_customer],
        buyers=np.bincount(pair_product, minlength=products.size).astype(np.int32),
        known=np.bincount(pair_customer, minlength=customers) > 0,
        share=share,
    )


def _key(past: Purchases, day: int) -> Longs:
    """Sorts by product, customer and age, the latest first."""
    age = np.minimum(day - past.day, OLDEST).astype(np.int64)
    return (past.product.astype(np.int64) << 42) | (past.customer.astype(np.int64) << 16) | age


def _sums(values: Floats, heads: Longs) -> Floats:
    return np.add.reduceat(values, heads) if len(heads) else values[:0]


def _starts(sorted_numbers: Ints, count: int) -> Longs:
    return np.searchsorted(sorted_numbers, np.arange(count + 1)).astype(np.int64)


def decayed(age: Ints | Shorts, days: float) -> Floats:
    """What purchases of that age still count for."""
    table = np.exp(-np.arange(int(age.max(initial=0)) + 1) / days).astype(np.float32)
    return np.take(table, age, mode="clip")  # all ages have their place: it need not be looked after


class Visits(NamedTuple):
    """One row for each day on which a customer bought anything, by customer, the latest first."""

    customer: Ints
    age: Ints


def visits(index: Index) -> Visits:
    """The days on which customers bought."""
    key = index.customer.astype(np.int64)
    key <<= 16
    key |= index.age
    key.sort()  # where it lies: of the largest shops it takes a gigabyte
    new = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    key = key[new]
    return Visits((key >> 16).astype(np.int32), (key & 0xFFFF).astype(np.int32))


CUSTOMER = (
    "ordered",
    "visits",
    "visits_10",
    "visits_30",
    "visits_90",
    "recency",
    "tenure",
    "gap",
    "lateness",
    "spend_90",
    "basket",
    "distinct",
    "newness",
    "price",
    "discounts",
)
"""What is known of a customer whatever is asked for."""


def customer_features(index: Index) -> Floats:
    """(customers, len(CUSTOMER)) of what is known of everybody; zero for customers without a purchase."""
    n = index.customers
    seen = visits(index)
    count = np.bincount(seen.customer, minlength=n)
    many = np.maximum(count, 1)
    first = np.zeros(n)
    last = np.zeros(n)
    first[seen.customer] = seen.age  # ages rise: the last one written is the oldest
    last[seen.customer[::-1]] = seen.age[::-1]
    gap = np.where(count > 1, (first - last) / np.maximum(count - 1, 1), np.maximum(first, 30))
    lines = np.maximum(np.bincount(index.customer, minlength=n), 1)
    spend = np.bincount(index.customer, index.value, n)
    saved = np.bincount(index.customer, index.discount, n)
    recent = np.bincount(index.customer, index.value * decayed(index.age, LONG), n)
    distinct = np.diff(index.basket_starts)
    columns = [
        index.known,
        np.log1p(count),
        *(np.log1p(np.bincount(seen.customer, decayed(seen.age, days), n)) for days in DECAYS),
        np.log1p(last),
        np.log1p(first),
        np.log1p(gap),
        np.log1p(last / np.maximum(gap, 1)),
        np.log1p(np.maximum(recent, 0)),
        np.log1p(lines / many),
        np.log1p(distinct),
        _newness(index),
        np.log1p(np.maximum(spend, 0) / lines),
        saved / np.maximum(spend + saved, 1),
    ]
    found = np.stack([np.asarray(c, np.float32) for c in columns])
    found[:, ~index.known] = 0
    return found.T  # a column lies together, as questions read columns


class People(NamedTuple):
    """What is known of everybody before a day, whatever is asked for."""

    past: Index
    about: Floats
    """Features of customers, see `CUSTOMER`."""


def people(purchases: Purchases, products: Products, customers: int, day: int) -> People:
    """Lay out what was known of customers before `day`."""
    index = build(purchases, products, customers, day)
    return People(index, customer_features(index))


def _newness(index: Index) -> Doubles:
    """Share of what was bought in the last 90 days that was bought for the first time."""
    first = np.ones(len(index.customer), bool)  # within a product and customer the oldest row is the last
    product = np.repeat(np.arange(index.products.size, dtype=np.int32), np.diff(index.starts))
    first[:-1] = (index.customer[1:] != index.customer[:-1]) | (product[1:] != product[:-1])
    recent = index.age <= LONG
    new = np.bincount(index.customer[recent & first], minlength=index.customers)
    every = np.bincount(index.customer[recent], minlength=index.customers)
    return (new + 0.5) / (every + 1.0)

"""What speaks for a customer buying some of a set of products within a horizon: every feature, each in one place.

All of it is made from a `Space`, which knows purchases before its day only. Features come in blocks by what they cost:
those of the customer are kept ready, those of the set are one number each, those in `DENSE` are found for everybody,
those in `OWN` only for customers who bought of the set.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.index import CUSTOMER, DECAYS, LONG, Index, decayed, ranges
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints, Longs
from shopkeeper.forecasts.space import Level, Space
from shopkeeper.forecasts.web import WEB, web

OWN = (
    "days_bought",
    "bought_10",
    "bought_30",
    "bought_90",
    "bought_28_days",
    "days_since",
    "interval",
    "due_ratio",
    "due_chance",
    "rate_chance",
    "survival",
    "visit_share",
    "spent",
)
GOES, CATEGORY_GOES = ("goes_10", "goes_30", "goes_90"), ("category_goes",)
TASTE = ("taste_mean", "taste_best", "taste_category")
AFFINITY = ("near_category", "near_parent", "near_department", "near_brand")
FIT = ("price_fit", "discount_fit")
DENSE = (*GOES, *CATEGORY_GOES, *TASTE, *AFFINITY, *FIT, *WEB)
SET = (
    "set_buyers",
    "set_trend",
    "set_again",
    "set_new",
    "set_new_share",
    "set_size",
    "set_repurchase",
    "set_gap",
    "set_price",
    "set_discount",
    "set_age",
    "set_unsold",
    "set_category",
    "horizon",
)
NEIGHBOURS = 2_000
"""Products that go with a set, the closest."""
ROWS = 1_200_000
"""Rows of neighbours read at most."""
SHELF_ROWS = 1_200_000
"""Rows of categories read at most for one feature."""
FEW = 40
WITNESSES = 30_000
"""Buyers of the set whose baskets tell what goes with it, at most."""
TASTED = 8
"""Best sold products of the set that taste is compared with."""
SIBLINGS = 40
"""Best sold products of the same category that stand for products never sold."""
TYPICAL = 30.0
"""Days between purchases where nothing is known."""


class Features(NamedTuple):
    """The features of everybody, for one set and horizon."""

    of_set: Doubles
    """(len(SET),)"""
    dense: Floats
    """(customers, len(DENSE))"""
    buyers: Ints
    """Customers who bought of the set, in order."""
    own: Floats
    """(buyers, len(OWN))"""
    recent: int
    """Customers who bought of the set in the last horizon."""


class History(NamedTuple):
    """What was bought of a set: a row for each customer and day, by customer, the latest first."""

    customer: Ints
    age: Ints
    lines: int
    """Rows before products of one day were put together."""
    value: float
    discount: float
    """What all of it came to."""
    buyers: Ints
    first: Longs
    """Where each buyer's rows begin."""
    end: Longs
    spent: Doubles
    """By each buyer."""


def history(index: Index, members: Ints) -> History:
    """What was bought of these products."""
    rows = index.rows_of(members)
    customer, value = index.customer[rows], index.value[rows]
    # Sorting the keys alone takes a tenth of the time that sorting rows by them takes.
    key = np.sort((customer.astype(np.int64) << 16) | index.age[rows])
    key = key[np.diff(key, prepend=-1) != 0]
    spent = np.bincount(customer, value, index.customers)
    customer, age = (key >> 16).astype(np.int32), (key & 0xFFFF).astype(np.int32)
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    end = np.append(first[1:], len(customer)).astype(np.int64) if len(first) else np.zeros(0, np.int64)
    buyers = customer[first]
    saved = float(index.discount[rows].sum())
    return History(customer, age, len(rows), float(value.sum()), saved, buyers, first, end, spent[buyers])


def features(known: Space, members: Ints, horizon: int) -> Features:
    """Everybody's features for the set `members` (product numbers, each once) and a horizon in days."""
    past = history(known.past, members)
    survival = Survival(past)
    return Features(
        of_set=_of_set(known, members, past, survival, horizon),
        dense=_dense(known, members, past),
        buyers=past.buyers,
        own=_own(known, past, survival, horizon),
        recent=_buyers(past, 0, horizon),
    )


class Survival:
    """How long it takes until the set is bought again: Kaplan and Meier's estimate over all gaps, open ones too."""

    def __init__(self, past: History) -> None:
        same = past.customer[1:] == past.customer[:-1]
        self.gaps = (past.age[1:] - past.age[:-1])[same]
        open_ = past.age[past.first] if len(past.first) else past.age[:0]
        longest = int(max(self.gaps.max(initial=1), open_.max(initial=1))) + 2
        ends = np.bincount(self.gaps, minlength=longest)
        leaves = np.bincount(open_, minlength=longest)
        at_risk = np.cumsum((ends + leaves)[::-1])[::-1]
        # A pinch of what is usual keeps the estimate away from 0 and 1 where few are left.
        hazard = (ends + 2.0 / TYPICAL / 2) / (at_risk + 2.0)
        self.log = np.concatenate(([0.0], np.cumsum(np.log1p(-hazard))))
        half = int(np.searchsorted(np.cumsum(ends), (len(self.gaps) + 1) // 2))
        self.median = float(half) if len(self.gaps) else TYPICAL * 2

    def within(self, since: Ints, horizon: int) -> Doubles:
        """Chance that it comes in the `horizon` days after having waited `since`."""
        end = len(self.log) - 1
        step = self.log[end] - self.log[max(end - 30, 0)]
        beyond = np.maximum(since + horizon - end, 0) * min(step / 30, 0.0) / 2
        later = self.log[np.minimum(since + horizon, end)] + beyond
        return np.asarray(1 - np.exp(later - self.log[np.minimum(since, end)]))


def _own(known: Space, past: History, survival: Survival, horizon: int) -> Floats:
    found = np.empty((len(OWN), len(past.buyers)), np.float32)  # a column lies together, so that it is written at once
    if not len(past.buyers):
        return found.T
    first, end = past.first, past.end
    ages = past.age[first]
    since, oldest = ages.astype(np.float32), past.age[end - 1].astype(np.float32)
    times = end - first
    days = times.astype(np.float32)
    recent = [_totals(past, decayed(past.age, tau)) for tau in DECAYS]
    interval = (oldest - since + np.float32(2 * survival.median)) / (days + 1)
    rate = (recent[2] + np.float32(0.1)) / (np.float32(LONG) * (1 - np.exp(-oldest / np.float32(LONG))) + 20)
    visits = np.expm1(known.about[:, CUSTOMER.index("visits")][past.buyers])
    waits = np.arange(int(past.age.max()) + 1, dtype=np.int32)
    # Logs of whole numbers are looked up: there are few different ones.
    logs = np.log1p(np.arange(max(int(times.max()), len(waits)) + 1, dtype=np.float32))
    columns = [
        logs[times],
        *(_log1p(3 * r) for r in recent),
        logs[_totals(past, past.age <= 28).astype(np.int32)],
        logs[ages],
        _log1p(interval),
        _log1p(np.minimum(since / interval, np.float32(20))),
        1 - np.exp(np.float32(-horizon) / interval),
        np.log(np.expm1(np.clip(rate * horizon, 1e-6, 20))),  # log odds of at least one, where so many are expected
        _logit(survival.within(waits, horizon)).astype(np.float32)[ages],
        days / np.maximum(visits, 1),
        _log1p(np.maximum(past.spent.astype(np.float32), 0)),
    ]
    for number, column in enumerate(columns):
        found[number] = column
    return found.T


def _totals(past: History, values: Floats | Flags) -> Floats:
    """Sums by buyer: differences of running sums, many times faster than summing each buyer's few rows."""
    running = np.zeros(len(values) + 1)
    np.cumsum(values, dtype=np.float64, out=running[1:])
    return np.asarray(np.maximum(np.diff(running[np.append(past.first, len(values))]), 0), np.float32)


def _log1p(values: Floats) -> Floats:
    """Of what is not far below one, a third of the time `np.log1p` takes."""
    return np.asarray(np.log(values + np.float32(1)), np.float32)


def _logit(chance: Doubles) -> Doubles:
    chance = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(chance / (1 - chance)))


def _of_set(known: Space, members: Ints, past: History, survival: Survival, horizon: int) -> Doubles:
    index = known.past
    people = max(int(index.known.sum()), 1)
    ever = len(past.buyers)
    oldest = past.age[past.end - 1] if ever else past.age[:0]
    latest = past.age[past.first] if ever else past.age[:0]
    inside, before = _buyers(past, 0, horizon), _buyers(past, horizon, 2 * horizon)
    new = int((oldest <= horizon).sum())
    again = inside - new
    had = int((oldest > horizon).sum())
    lines = max(past.lines, 1)
    value, saved = past.value, past.discount
    return np.array(
        [
            _rate(inside, people),
            np.log((inside + 2) / (before + 2)),
            _rate(again, had, 3, 0.2),
            _rate(new, people - had),
            (new + 0.5) / (inside + 1),
            np.log(len(members)),
            float(((oldest > latest).sum() + 1) / (ever + 3)),
            np.log1p(survival.median),
            np.log1p(max(value, 0) / lines),
            saved / max(value + saved, 1.0),
            np.log1p(float(oldest.max(initial=0))),
            float(ever == 0),
            _category_rate(known, members),
            np.log(horizon),
        ]
    )


def _buyers(past: History, after: int, until: int) -> int:
    """Customers who bought more than `after` and at most `until` days ago."""
    if not after or not len(past.first):
        return int((past.age[past.first] <= until).sum())  # the latest of each stands first
    inside = (past.age > after) & (past.age <= until)
    return int((_totals(past, inside) > 0.5).sum())


def _rate(some: int, of: int, weight: float = 1.0, usual: float = 0.002) -> float:
    chance = (some + weight * usual) / (max(of, some) + weight)
    return float(np.log(chance / (1 - chance + 1e-9)))


def _category_rate(known: Space, members: Ints) -> float:
    """Share of the customers that bought a product of the set's categories, its mean, as log."""
    codes = known.past.products.levels[0][members]
    starts, leading = known.leading[0]
    codes = np.unique(codes[codes >= 0])
    if not len(codes):
        return 0.0
    others = leading[ranges(starts[codes], starts[codes + 1])]
    people = max(int(known.past.known.sum()), 1)
    return float(np.log(known.past.buyers[others].mean() / people + 1e-5)) if len(others) else 0.0


def _dense(known: Space, members: Ints, past: History) -> Floats:
    n = known.past.customers
    found = np.zeros((len(DENSE), n), np.float32)
    place = DENSE.index
    chosen, sources = witnesses(known, members, past)
    near, weight = neighbours(known.past, members, chosen, sources)
    for name, values in zip(GOES, _goes(known.past, near, weight), strict=True):
        found[place(name)] = _log(values, 0.05)
    found[place("category_goes")] = _log(_category_goes(known, members), 0.05)
    for name, liking in zip(TASTE, _taste(known, members, sources), strict=True):
        found[place(name)] = liking
    for number, name in enumerate(AFFINITY):
        found[place(name)] = _log(_affinity(known, number, members), 0.02)
    for name, values in web(known.looks, known.searches, members, near, weight, n):
        found[place(name)] = np.log1p(values)
    found[place("price_fit")], found[place("discount_fit")] = _fit(known, sources)
    return found.T


def _log(values: Doubles, least: float) -> Floats:
    """Log of what is never less than nothing; so much is added that nothing itself has one."""
    found = values.astype(np.float32)
    found += np.float32(least)
    return np.asarray(np.log(found, out=found))


def witnesses(known: Space, members: Ints, past: History) -> tuple[Ints, Ints]:
    """Customers whose baskets tell what goes with the set, and the products that stand for it: its own, or where they
    were never sold the best sold of their category.
    """
    index = known.past
    sold = members[index.buyers[members] > 0]
    if len(sold):
        return past.buyers, sold
    for number in range(len(index.products.levels)):
        codes = np.unique(index.products.levels[number][members])
        starts, leading = known.leading[number]
        codes = codes[codes >= 0]
        parts = [leading[starts[code] : min(starts[code] + SIBLINGS, starts[code + 1])] for code in codes]
        if parts:
            siblings = np.concatenate(parts)
            siblings = siblings[index.buyers[siblings] > 0]
            if len(siblings):
                bought = np.bincount(index.customer[index.rows_of(siblings)], minlength=index.customers)
                return np.flatnonzero(bought).astype(np.int32), siblings
    return past.buyers, sold


def neighbours(index: Index, members: Ints, witnesses: Ints, sources: Ints) -> tuple[Ints, Floats]:
    """Products that go with the set and how closely: the cosine of their buyers with those of the set."""
    if len(witnesses) > WITNESSES:
        witnesses = witnesses[:: -(-len(witnesses) // WITNESSES)]
    if not len(witnesses):
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    baskets = index.baskets[ranges(index.basket_starts[witnesses], index.basket_starts[witnesses + 1])]
    common = np.bincount(baskets, minlength=index.products.size)
    common[members] = 0
    common[sources] = 0
    some = np.flatnonzero(common >= 2)
    close = common[some] / np.sqrt(index.buyers[some] * float(len(witnesses)))
    close *= common[some] / (common[some] + 5.0)
    if len(some) > NEIGHBOURS:
        kept = np.argpartition(-close, NEIGHBOURS)[:NEIGHBOURS]
        some, close = some[kept], close[kept]
    order = np.lexsort((some, -close))
    some, close = some[order], close[order]
    rows = np.cumsum(index.starts[some + 1] - index.starts[some])
    kept_rows = max(int(np.searchsorted(rows, ROWS)), 1)
    return some[:kept_rows].astype(np.int32), close[:kept_rows].astype(np.float32)


def _goes(index: Index, near: Ints, weight: Floats) -> list[Doubles]:
    if not len(near):
        return [np.zeros(index.customers)] * len(DECAYS)
    parts = [slice(int(index.starts[product]), int(index.starts[product + 1])) for product in near]
    customer = np.concatenate([index.customer[part] for part in parts]).astype(np.intp)
    age = np.concatenate([index.age[part] for part in parts])
    each = np.repeat(weight, [part.stop - part.start for part in parts])
    return [_sum(customer, each * decayed(age, tau), index.customers) for tau in DECAYS]


def _sum(customer: Ints | Longs, weight: Floats, customers: int) -> Doubles:
    return np.asarray(np.bincount(customer, weight, customers), np.float64)


def _category_goes(known: Space, members: Ints) -> Doubles:
    level = known.levels[0]
    share = _shares(known, 0, members)
    if not level.near.size or not share.any():
        return np.zeros(known.past.customers)
    close = share @ level.near
    close[share > 0] = 0
    return _spread(level, close, known.past.customers)


def _shares(known: Space, number: int, members: Ints) -> Floats:
    """How the set is spread over the codes of a level."""
    codes = known.past.products.levels[number][members]
    codes = codes[codes >= 0]
    count = np.bincount(codes, minlength=known.levels[number].codes).astype(np.float32)
    return np.asarray(count / max(float(count.sum()), 1.0), np.float32)


def _affinity(known: Space, number: int, members: Ints) -> Doubles:
    """What the customer bought of the set's categories, each as much as it is of the set; the set itself too."""
    return _spread(known.levels[number], _shares(known, number, members), known.past.customers)


def _spread(level: Level, share: Floats, customers: int) -> Doubles:
    """The weights of some codes added up, the leading codes first, until so many rows are read."""
    codes = np.flatnonzero(share)
    codes = codes[np.lexsort((codes, -share[codes]))]
    rows = np.cumsum(level.starts[codes + 1] - level.starts[codes])
    codes = codes[: max(int(np.searchsorted(rows, SHELF_ROWS, side="right")), 1)]
    found = np.zeros(customers)
    if len(codes) > FEW:
        rows = ranges(level.starts[codes], level.starts[codes + 1])
        each = np.repeat(share[codes], level.starts[codes + 1] - level.starts[codes])
        return _sum(level.customer[rows], each * level.weight[rows], customers)
    for code in codes:  # within one code every customer stands once
        rows_ = slice(int(level.starts[code]), int(level.starts[code + 1]))
        found[level.customer[rows_]] += share[code] * level.weight[rows_]
    return found


def _taste(known: Space, members: Ints, sources: Ints) -> list[Floats]:
    """The taste of everybody for the set: for its mean product, for the best of its best sold, for its category."""
    index = known.past
    best = sources[np.argsort(-index.buyers[sources], kind="stable")][:TASTED]
    share = _shares(known, 0, members)
    weight = index.buyers[sources].astype(np.float32)
    mean = (weight @ known.items[sources]) / max(float(weight.sum()), 1.0)
    wanted = np.concatenate((mean[None], (share @ known.levels[0].sellers)[None], known.items[best]))
    liked = wanted.astype(np.float32) @ known.people.T  # rows lie together, and are compared at once
    return [liked[0], liked[2:].max(axis=0) if len(best) else liked[0], liked[1]]


def _fit(known: Space, sources: Ints) -> tuple[Floats, Floats]:
    index = known.past
    rows = index.rows_of(sources) if len(sources) else np.zeros(0, np.int64)
    value, saved = float(index.value[rows].sum()), float(index.discount[rows].sum())
    price = np.log1p(max(value, 0) / max(len(rows), 1))
    own = known.about[:, CUSTOMER.index("price")]
    off = saved / max(value + saved, 1.0)
    apart = np.where(index.known, np.abs(own - np.float32(price)), np.float32(0))
    return -apart, known.about[:, CUSTOMER.index("discounts")] * np.float32(off)

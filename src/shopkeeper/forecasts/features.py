"""What speaks for a customer buying some of a set of products within a horizon: every feature, each in one place.

All of it is made from a `Space`, which knows purchases before its day only. Features come in blocks by what they cost:
those of the customer are kept ready, those of the set are one number each, those in `DENSE` are found for everybody,
those in `OWN` only for customers who bought of the set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shopkeeper.forecasts.index import CUSTOMER, DECAYS, LONG, Index, decayed, ranges
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints, Longs
from shopkeeper.forecasts.shelf import alike
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
ALIKE = ("alike",)
DENSE = (*GOES, *CATEGORY_GOES, *TASTE, *AFFINITY, *ALIKE, *FIT, *WEB)
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
    "set_missing",
    "horizon",
)
NEIGHBOURS = 2_000
"""Products that go with a set, the closest."""
ROWS = 1_200_000
"""Rows of neighbours read at most."""
SHELF_ROWS = 1_200_000
"""Rows of categories read at most for one feature."""
WITNESSES = 30_000
"""Buyers of the set whose baskets tell what goes with it, at most."""
TASTED = 8
"""Best sold products of the set that taste is compared with."""
SIBLINGS = 40
"""Best sold products of the same category that stand for products never sold."""
LITTLE = 0.05
"""Of a purchase: what is added before logs are taken, as most have none."""
LATELY = 28
TYPICAL = 30.0
"""Days between purchases where nothing is known."""
PART = 32_768


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
    place: Longs
    """Of each row its buyer's place among the buyers."""
    first: Longs
    """Where each buyer's rows begin."""
    end: Longs
    spent: Doubles
    """By each buyer."""


def history(index: Index, members: Ints) -> History:
    """What was bought of these products."""
    picked = index.picked(members)
    bought, value, ages = picked(index.customer), picked(index.value), picked(index.age)
    spent: Doubles = np.asarray(np.bincount(bought, value, index.customers), np.float64)
    # Sorting the keys alone takes a tenth of the time that sorting rows by them takes, and half of that where they are short.
    bits = int(ages.max(initial=1)).bit_length()
    whole: Any = np.uint32 if index.customers << bits <= 1 << 32 else np.uint64
    key = bought.astype(whole)
    key <<= whole(bits)
    key |= ages.astype(whole)
    key.sort()
    key = key[_new(key)]
    customer, age = (key >> whole(bits)).astype(np.int32), (key & whole((1 << bits) - 1)).astype(np.int32)
    new = _new(customer)
    first = np.flatnonzero(new)
    end = np.append(first[1:], len(customer)).astype(np.int64) if len(first) else np.zeros(0, np.int64)
    buyers = customer[first]
    saved = float(picked(index.discount).sum())
    place = np.cumsum(new) - 1
    return History(customer, age, len(bought), float(value.sum()), saved, buyers, place, first, end, spent[buyers])


def _new(values: npt.NDArray[Any]) -> Flags:
    """Which differ from the one before."""
    found = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


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
        gaps = past.age[1:] - past.age[:-1]
        gaps[past.first[1:] - 1] = 0  # from one buyer to the next
        open_ = past.age[past.first] if len(past.first) else past.age[:0]
        longest = int(max(gaps.max(initial=1), open_.max(initial=1))) + 2
        ends = np.bincount(gaps, minlength=longest)
        ends[0] = 0
        leaves = np.bincount(open_, minlength=longest)
        at_risk = np.cumsum((ends + leaves)[::-1])[::-1]
        # A pinch of what is usual keeps the estimate away from 0 and 1 where few are left.
        hazard = (ends + 2.0 / TYPICAL / 2) / (at_risk + 2.0)
        self.log = np.concatenate(([0.0], np.cumsum(np.log1p(-hazard))))
        count = int(ends.sum())
        self.median = float(np.searchsorted(np.cumsum(ends), (count + 1) // 2)) if count else TYPICAL * 2

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
    latest, oldest = past.age[first], past.age[end - 1]
    times = end - first
    since, days = latest.astype(np.float32), times.astype(np.float32)
    waits = np.arange(int(oldest.max()) + 1, dtype=np.int32)
    *recent, lately = _totals(past, [*(decayed(waits, tau) for tau in DECAYS), waits <= LATELY])
    interval = (oldest - since + np.float32(2 * survival.median)) / (days + 1)
    # What is of whole numbers is looked up: there are few different ones.
    logs = np.log1p(np.arange(max(int(times.max()), len(waits)) + 1, dtype=np.float32))
    lasting = np.float32(LONG) * (1 - np.exp(-waits.astype(np.float32) / np.float32(LONG))) + 20
    rate = (recent[2] + np.float32(0.1)) / np.take(lasting, oldest, mode="clip")
    visits = np.exp(known.about[:, CUSTOMER.index("visits")][past.buyers]) - 1
    row = dict(zip(OWN, found, strict=True))
    np.take(logs, times, out=row["days_bought"], mode="clip")
    for tau, counts in zip(DECAYS, recent, strict=True):
        _log1p(3 * counts, row[f"bought_{tau:.0f}"])
    _log1p(lately, row["bought_28_days"])
    np.take(logs, latest, out=row["days_since"], mode="clip")
    _log1p(interval, row["interval"])
    _log1p(np.minimum(since / interval, np.float32(20)), row["due_ratio"])
    np.subtract(1, np.exp(np.float32(-horizon) / interval), out=row["due_chance"])
    # Log odds of at least one, where so many are expected.
    np.log(np.exp(np.clip(rate * horizon, np.float32(1e-3), np.float32(20))) - 1, out=row["rate_chance"])
    hazard = _logit(survival.within(waits, horizon)).astype(np.float32)
    np.take(hazard, latest, out=row["survival"], mode="clip")
    np.divide(days, np.maximum(visits, 1), out=row["visit_share"])
    _log1p(np.maximum(past.spent.astype(np.float32), 0), row["spent"])
    return found.T


def _totals(past: History, worth: Sequence[Floats | Flags]) -> list[Floats]:
    """Sums by buyer of what each day counts for by its age, for several such tables."""
    # Deferred: who asks for nothing does without.
    from scipy.sparse import csr_array  # noqa: PLC0415

    tables = np.stack(worth, axis=1).astype(np.float32)
    starts = np.append(past.first, len(past.age)).astype(np.int32)
    days = csr_array((np.ones(len(past.age), np.float32), past.age, starts), shape=(len(past.buyers), len(tables)))
    return list(np.ascontiguousarray((days @ tables).T))


def _log1p(values: Floats, out: Floats) -> None:
    """Of what is not far below one, a third of the time `np.log1p` takes."""
    np.log(np.add(values, np.float32(1), out=out), out=out)


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
            float(known.missing[members].mean()),
            np.log(horizon),
        ]
    )


def _buyers(past: History, after: int, until: int) -> int:
    """Customers who bought more than `after` and at most `until` days ago."""
    if not after or not len(past.first):
        return int((past.age[past.first] <= until).sum())  # the latest of each stands first
    return int(_new(past.place[(past.age > after) & (past.age <= until)]).sum())


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
    bought = _bought(known.past, near)
    for name, days in zip(GOES, DECAYS, strict=True):
        _log(bought(days, weight), LITTLE, found[place(name)])
    _log(_category_goes(known, members), LITTLE, found[place("category_goes")])
    mean, best, category = (place(name) for name in TASTE)
    _taste(known, members, sources, found[mean], found[best], found[category])
    for number, name in enumerate(AFFINITY):
        _log(_affinity(known, number, members), 0.02, found[place(name)])
    told = alike(known.past, members)
    if len(told.products):  # nothing where nothing is alike, so that it is no news where all were sold
        np.log1p(_bought(known.past, told.products)(LONG, told.share) / LITTLE, out=found[place("alike")])
    for name, seen in web(known.looks, known.searches, members, near, weight, n):
        found[place(name)] = np.log1p(seen)
    found[place("price_fit")], found[place("discount_fit")] = _fit(known, sources, past)
    return found.T


def _log(values: Floats, least: float, out: Floats) -> None:
    """Log of what is never less than nothing; so much is added that nothing itself has one."""
    np.log(np.add(values, np.float32(least), out=out), out=out)


def witnesses(known: Space, members: Ints, past: History) -> tuple[Ints, Ints]:
    """Customers whose baskets tell what goes with the set, and the products that stand for it: its own, or where they
    were never sold the best sold of their category, or where they have none those most alike.
    """
    index = known.past
    sold = members[index.buyers[members] > 0]
    if len(sold):
        return past.buyers, sold
    siblings = _siblings(known, members)
    if not len(siblings):
        siblings = alike(index, members).products
    bought = np.bincount(index.picked(siblings)(index.customer), minlength=index.customers)
    return np.flatnonzero(bought).astype(np.int32), siblings


def _siblings(known: Space, members: Ints) -> Ints:
    """The best sold products of the narrowest category, or make, of which anything was sold; none for none."""
    buyers = known.past.buyers
    for codes, (starts, leading) in zip(known.past.products.levels, known.leading, strict=True):
        own = np.unique(codes[members])
        parts = [leading[starts[code] : min(starts[code] + SIBLINGS, starts[code + 1])] for code in own[own >= 0]]
        siblings = np.concatenate(parts or [members[:0]])
        if (siblings := siblings[buyers[siblings] > 0]).size:
            return siblings
    return members[:0]


def neighbours(index: Index, members: Ints, witnesses: Ints, sources: Ints) -> tuple[Ints, Floats]:
    """Products that go with the set and how closely: the cosine of their buyers with those of the set."""
    step = max(-(-len(witnesses) // WITNESSES), 1)
    witnesses = witnesses[::step]
    if not len(witnesses):
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    baskets = index.baskets[ranges(index.basket_starts[witnesses], index.basket_starts[witnesses + 1])]
    common = np.bincount(baskets, minlength=index.products.size)
    common[members] = 0
    common[sources] = 0
    some = np.flatnonzero(common >= 2)
    close = common[some] * np.sqrt(step / (index.buyers[some] * float(len(witnesses))))
    close *= common[some] / (common[some] + 5.0)
    if len(some) > NEIGHBOURS:
        kept = np.argpartition(-close, NEIGHBOURS)[:NEIGHBOURS]
        some, close = some[kept], close[kept]
    order = np.lexsort((some, -close))
    some, close = some[order], close[order]
    rows = np.cumsum(index.starts[some + 1] - index.starts[some])
    kept_rows = max(int(np.searchsorted(rows, index.at_most(ROWS))), 1)
    return some[:kept_rows].astype(np.int32), close[:kept_rows].astype(np.float32)


def _bought(index: Index, near: Ints) -> Callable[[float, Floats], Floats]:
    """What everybody bought of some products: (days after which a purchase counts for 1/e, share of each product) -> sum."""
    picked = index.picked(near)
    age = picked(index.age)
    starts = np.concatenate(([0], np.cumsum(index.starts[near.astype(np.int64) + 1] - index.starts[near])))
    bought = _added(picked(index.customer), starts, index.customers)
    return lambda days, share: bought(decayed(age, days), share)


def _joined(columns: list[Ints], customers: int) -> Callable[[Floats, Floats], Floats]:
    """Adds up columns of customers; see `_added`."""
    if not columns:
        return lambda _weight, _share: np.zeros(customers, np.float32)
    customer = np.concatenate(columns) if len(columns) > 1 else columns[0]
    return _added(customer, np.cumsum([0, *map(len, columns)]), customers)


def _added(customer: Ints, starts: Longs, customers: int) -> Callable[[Floats, Floats], Floats]:
    """Adds up columns of customers, each once in a column: (weight of each row, share of each column) -> everybody's sum."""
    # Deferred: who asks for nothing does without.
    from scipy.sparse import csc_array  # noqa: PLC0415

    begun, shape = starts.astype(np.int32), (customers, len(starts) - 1)
    return lambda weight, share: np.asarray(csc_array((weight, customer, begun), shape=shape) @ share, np.float32)


def _category_goes(known: Space, members: Ints) -> Floats:
    level = known.levels[0]
    share = _shares(known, 0, members)
    if not level.near.size or not share.any():
        return np.zeros(known.past.customers, np.float32)
    close = share @ level.near
    close[share > 0] = 0
    return _spread(known.past, level, close)


def _shares(known: Space, number: int, members: Ints) -> Floats:
    """How the set is spread over the codes of a level."""
    codes = known.past.products.levels[number][members]
    codes = codes[codes >= 0]
    count = np.bincount(codes, minlength=known.levels[number].codes).astype(np.float32)
    return np.asarray(count / max(float(count.sum()), 1.0), np.float32)


def _affinity(known: Space, number: int, members: Ints) -> Floats:
    """What the customer bought of the set's categories, each as much as it is of the set; the set itself too."""
    return _spread(known.past, known.levels[number], _shares(known, number, members))


def _spread(index: Index, level: Level, share: Floats) -> Floats:
    """The weights of some codes added up, the leading codes first, until so many rows are read."""
    codes = np.flatnonzero(share)
    rows = level.starts[codes + 1] - level.starts[codes]
    whole, most = len(level.weight), index.at_most(SHELF_ROWS)
    if whole <= min(most, 2 * rows.sum()):  # reading all is quicker than picking out most
        return _added(level.customer, level.starts, index.customers)(level.weight, share)
    order = np.lexsort((codes, -share[codes]))
    codes, rows = codes[order], np.cumsum(rows[order])
    codes = codes[: max(int(np.searchsorted(rows, most, side="right")), 1)]
    parts = [slice(int(level.starts[code]), int(level.starts[code + 1])) for code in codes]
    weight = [level.weight[part] for part in parts]
    told = _joined([level.customer[part] for part in parts], index.customers)
    return told(np.concatenate(weight) if len(weight) > 1 else (weight or [level.weight[:0]])[0], share[codes])


def _taste(known: Space, members: Ints, sources: Ints, mean: Floats, most: Floats, category: Floats) -> None:
    """The taste of everybody for the set: for its mean product, for the best of its best sold, for its category."""
    index = known.past
    best = sources[np.argsort(-index.buyers[sources], kind="stable")][:TASTED]
    share = _shares(known, 0, members)
    weight = index.buyers[sources].astype(np.float32)
    middle = (weight @ known.items[sources]) / max(float(weight.sum()), 1.0)
    wanted = np.concatenate((middle[None], (share @ known.levels[0].sellers)[None], known.items[best])).astype(
        np.float32
    )
    for start in range(0, len(mean), PART):  # what is compared at once stays near the processor
        part = slice(start, start + PART)
        liked = wanted @ known.people[part].T
        mean[part], category[part] = liked[:2]
        most[part] = liked[2:].max(axis=0) if len(best) else liked[0]


def _fit(known: Space, sources: Ints, past: History) -> tuple[Floats, Floats]:
    """How near the set's price is to what the customer pays, and its discounts to what they save."""
    index = known.past
    lines, value, saved = past.lines, past.value, past.discount
    if not lines:  # never sold: what stands for it was
        picked = index.picked(sources)
        values = picked(index.value)
        lines, value, saved = len(values), float(values.sum()), float(picked(index.discount).sum())
    price = np.log1p(max(value, 0) / max(lines, 1))
    own = known.about[:, CUSTOMER.index("price")]
    off = saved / max(value + saved, 1.0)
    apart = np.where(index.known, np.abs(own - np.float32(price)), np.float32(0))
    return -apart, known.about[:, CUSTOMER.index("discounts")] * np.float32(off)

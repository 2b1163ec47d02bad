"""What conditions come down to: a few kinds of questions about facts, with every name and unit resolved. Pure.

Both evaluators, live and bulk, answer exactly these; a condition of the language says which of them it means. All times
are microseconds. At an instant `t` only facts with `at <= t` are there.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shopkeeper.model.segments import Range
from shopkeeper.model.time import SESSION_GAP

LONG_AGO = -(1 << 62)


class _Kind(msgspec.Struct, frozen=True):
    pass


class Check(_Kind, frozen=True):
    """What a value has to be; all that is given must hold. `None` fields ask for nothing; text is folded already.

    Text, numbers and booleans are three kinds: a value equals values of its own kind only (1 is 1.0, never "1" or
    True; nor is it `excluded` by them), only numbers pass a bound, only text contains or starts with something.
    A missing (NULL) value passes when `or_missing`, and when `exists` is False unless values, text or bounds are asked
    for beside it; else never. A value that is there never passes `exists` False.
    """

    values: frozenset[str | int | float | bool] | None = None
    excluded: frozenset[str | int | float | bool] | None = None
    contains: str | None = None
    starts_with: str | None = None
    bounds: Range = Range()
    exists: bool | None = None
    or_missing: bool = False


class FieldTest(_Kind, frozen=True):
    """A check of one field of a fact: a column of `Fact`, or `properties.<name>`.

    `products`: where the fact itself says nothing (the field is missing) and it has a product, that has to be one of
    these, and that alone decides; None where the catalogue does not help.
    """

    field: str
    check: Check
    products: frozenset[str] | None = None


class Match(_Kind, frozen=True):
    """Which facts are meant: of these names (None: every event, no derived fact), passing all tests."""

    names: frozenset[str] | None
    tests: tuple[FieldTest, ...] = ()


class Period(_Kind, frozen=True):
    """When: at an instant t a fact at `at` lies inside if t - at <= within, t - at > older_than, start <= at < end."""

    within: int | None = None
    older_than: int | None = None
    start: int | None = None
    end: int | None = None

    def holds(self, at: int, t: int) -> bool:
        """Whether `at` lies inside at the instant `t`."""
        first, last = self.span(t)
        return first <= at <= last

    def span(self, t: int) -> tuple[int, int]:
        """The first and the last `at` that lie inside at the instant `t`; nothing does if the first is after the last."""
        first = LONG_AGO if self.within is None else t - self.within
        last = t if self.older_than is None else t - self.older_than - 1
        return (
            first if self.start is None else max(first, self.start),
            last if self.end is None else min(last, self.end - 1),
        )

    def stay(self, at: int) -> tuple[int, int | None]:
        """The instants [from, until) in which a fact at `at` lies inside; `until` None for ever; empty if from >= until."""
        if (self.start is not None and at < self.start) or (self.end is not None and at >= self.end):
            return at, at
        begin = at if self.older_than is None else at + self.older_than + 1
        return begin, None if self.within is None else at + self.within + 1


class Measure(_Kind, frozen=True):
    """A number over the matching facts of the period lies within bounds.

    aggregate: `count` (facts), `orders` (distinct order_id, those without one left out), `sum` of `field` (missing and
    non-numbers add nothing; 0 without any), `mean` of `field` (missing and non-numbers left out; without any number the
    answer is False whatever the bounds).

    Sums are exact in whole millionths, so that the order does not matter: each number x is round(x * 1e6), halves away
    from zero, and so is each bound of a sum. A mean is float(sum in millionths) / 1e6 / how many.
    """

    match: Match
    period: Period
    aggregate: str
    bounds: Range
    field: str = ""


class Edge(_Kind, frozen=True):
    """The first or the last matching fact there is (at <= t, at any time) lies in the period. False without any."""

    match: Match
    period: Period
    last: bool


class Share(_Kind, frozen=True):
    """Of the matching facts of the period, the share that also passes `part`, within bounds. False without any."""

    match: Match
    part: tuple[FieldTest, ...]
    period: Period
    bounds: Range


class Rhythm(_Kind, frozen=True):
    """(t - last) / usual gap within bounds, of the matching facts; usual gap is (last - first) / (n - 1) when
    n >= sure_from and that is more than nothing, else `usual_gap`. False without any. Compared as t - last against
    bound x gap in floats.
    """

    match: Match
    usual_gap: int
    sure_from: int
    bounds: Range


class Latest(_Kind, frozen=True):
    """The latest known value of a field among facts of these names (None: all events), by (at, event_id), passes the
    check. A column is known where it is not NULL; a property where its name is there (null: removed, so missing).
    Of two facts of one event the one with the greater name counts. `default` stands in where nothing is known; what
    was removed is known to be missing.
    """

    names: frozenset[str] | None
    field: str
    check: Check
    default: str | int | float | bool | None = None


class Follow(_Kind, frozen=True):
    """One matching `first` at least in the period with (`negate`: without) a later `second`, by (at, event_id), at most
    `within` after it; the second need not lie in the period. Negated with `within`, a first counts only once that time
    is over: t - at > within.
    """

    first: Match
    second: Match
    period: Period
    within: int | None
    negate: bool


class Cart(_Kind, frozen=True):
    """Products in the cart: whose last `Product Added` or `Product Removed` (by (at, event_id), products by their id,
    facts without one left out) was Added, and later than the last `=order` fact (by (at, event_id)). That one last
    Added fact stands for the product.

    Holds when the cart is not empty, one of its added facts passes all `tests`, its value (price x quantity of those
    facts, quantity 1 and price 0 where missing, rounded per product, halves away from zero) lies within bounds (in
    minor units), and its newest added fact lies in the period.
    """

    tests: tuple[FieldTest, ...]
    bounds: Range | None
    period: Period


class Visits(_Kind, frozen=True):
    """Number of visits that begin in the period and pass, within bounds. A visit: the person's events (not derived)
    of one device with less than the session gap between neighbours. At t only events with at <= t are there.

    `entry` tests are on the first event (least (at, event_id)); `pages` bounds the `$page` events of the visit,
    `minutes` bounds (last at - first at) / 60e6.
    """

    entry: tuple[FieldTest, ...]
    pages: Range | None
    minutes: Range | None
    period: Period
    bounds: Range
    gap: int = SESSION_GAP


class Clock(_Kind, frozen=True):
    """Shop time is inside: `days` (0 Monday) on which the hours begin, minutes of the day [start, end), past midnight
    when end <= start. The same for everybody.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: str


class Bucket(_Kind, frozen=True):
    """The person's bucket (`bucket_of`, percent from 0 to 100) lies within bounds."""

    bounds: Range
    seed: str


class Top(_Kind, frozen=True):
    """A metric is at least the threshold; the threshold is that of the share by the last count of everybody: of the n
    people who have any the k-th highest metric, k the least whole number with k / n >= share.

    metric: a Measure (its bounds ignored), or for `last_order` an Edge (its `at`, where that lies in the period).
    People without a matching fact in the period (of a mean: without a number) are outside; all are, before a count.
    """

    metric: Measure | Edge
    share: float


Leaf = Measure | Edge | Share | Rhythm | Latest | Follow | Cart | Visits | Clock | Bucket | Top


class And(_Kind, frozen=True):
    """All hold."""

    parts: tuple[Expr, ...]


class Or(_Kind, frozen=True):
    """One holds at least."""

    parts: tuple[Expr, ...]


class Neg(_Kind, frozen=True):
    """It does not hold."""

    part: Expr


Expr = And | Or | Neg | Measure | Edge | Share | Rhythm | Latest | Follow | Cart | Visits | Clock | Bucket | Top


def each_leaf(expr: Expr) -> Iterator[Leaf]:
    """Every leaf of an expression, in order, with repeats."""
    if isinstance(expr, And | Or):
        for part in expr.parts:
            yield from each_leaf(part)
    elif isinstance(expr, Neg):
        yield from each_leaf(expr.part)
    else:
        yield expr


EVERYBODY = And(())
"""Holds for all."""

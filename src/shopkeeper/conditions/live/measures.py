"""Answers that are numbers over matching facts, live. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import ceil, floor
from operator import attrgetter
from typing import Protocol

from shopkeeper.conditions.leaves import Edge, Match, Measure, Period, Rhythm, Share, Top
from shopkeeper.conditions.live.flips import EVER, NEVER, boundaries, coming, settled
from shopkeeper.conditions.passing import MILLION, fact_test, in_millionths, millionths, reader
from shopkeeper.model.segments import Range
from shopkeeper.timelines.facts import Fact

_at = attrgetter("at")


class Asked(Protocol):
    """What a leaf may ask of a person's standing."""

    @property
    def at(self) -> int: ...
    @property
    def thresholds(self) -> Mapping[Top, float]: ...
    def matching(self, match: Match) -> Sequence[Fact]: ...


def measure(leaf: Measure, asked: Asked) -> tuple[bool, int]:
    facts = asked.matching(leaf.match)
    if leaf.aggregate == "count" and leaf.period == EVER and (not facts or facts[-1].at <= asked.at):
        return leaf.bounds.holds(len(facts)), NEVER
    return _bounded(leaf, leaf.bounds, facts, asked.at)


def top(leaf: Top, asked: Asked) -> tuple[bool, int]:
    """At least the threshold, of people who have any."""
    threshold = asked.thresholds.get(leaf)
    if threshold is None:
        return False, NEVER
    facts = asked.matching(leaf.metric.match)
    if isinstance(leaf.metric, Measure):
        return _bounded(leaf.metric, Range(at_least=threshold), facts, asked.at, some=True)
    period, last = leaf.metric.period, leaf.metric.last

    def holds(t: int) -> bool:
        found = _edge(facts, t, last)
        return found is not None and period.holds(found.at, t) and found.at >= threshold

    return settled(asked.at, holds, sorted({*boundaries(period, facts, asked.at), *coming(facts, asked.at)}))


def _bounded(leaf: Measure, bounds: Range, facts: Sequence[Fact], t: int, *, some: bool = False) -> tuple[bool, int]:
    """Whether the number lies within bounds, and when it leaves or enters them. `some`: without any fact it does not."""
    if leaf.aggregate == "sum":
        bounds = in_millionths(bounds)
    if not facts:
        return not some and leaf.aggregate != "mean" and bounds.holds(0), NEVER
    quick = _at_least(leaf, bounds, facts, t)
    if quick is not None:
        return quick
    total = _Total(leaf)
    changes = _fill(total, leaf.period, facts, t)
    answer = total.within(bounds, some)
    position = 0
    while position < len(changes):
        instant = changes[position][0]
        while position < len(changes) and changes[position][0] == instant:
            _, by, fact = changes[position]
            total.move(fact, by)
            position += 1
        if total.within(bounds, some) != answer:
            return answer, instant
    return answer, NEVER


def _fill(total: _Total, period: Period, facts: Sequence[Fact], t: int) -> list[tuple[int, int, Fact]]:
    """Put what is inside at `t` into the total; (instant, 1 or -1, fact) of what comes and goes later, in order."""
    if period.within is not None:
        facts = facts[bisect_left(facts, t - period.within, key=_at) :]  # what has left does not come back
    elif period == EVER and facts[-1].at <= t:
        for fact in facts:
            total.move(fact, 1)
        return []
    changes: list[tuple[int, int, Fact]] = []
    for fact in facts:
        begin, end = period.stay(fact.at)
        if end is not None and (end <= begin or end <= t):
            continue
        if begin <= t:
            total.move(fact, 1)
        else:
            changes.append((begin, 1, fact))
        if end is not None:
            changes.append((end, -1, fact))
    changes.sort(key=lambda change: change[0])
    return changes


def _at_least(leaf: Measure, bounds: Range, facts: Sequence[Fact], t: int) -> tuple[bool, int] | None:
    """The most frequent question by bisection: at least so many lately, with nothing still to come."""
    needed, period = bounds.at_least, leaf.period
    if (
        leaf.aggregate != "count"
        or needed is None
        or needed < 1
        or bounds != Range(at_least=needed)
        or period.within is None
        or period.older_than is not None
        or period.start is not None
        or period.end is not None
        or facts[-1].at > t
    ):
        return None
    inside = len(facts) - bisect_left(facts, t - period.within, key=_at)
    least = ceil(needed)
    return (True, facts[-least].at + period.within + 1) if inside >= least else (False, NEVER)


class _Total:
    """The number of a measure, kept while facts come and go."""

    def __init__(self, leaf: Measure) -> None:
        self.aggregate = leaf.aggregate
        self.read = reader(leaf.field) if leaf.aggregate in ("sum", "mean") else None
        self.facts = 0
        self.orders: Counter[str] = Counter()
        self.numbers = 0
        """Facts whose field is a number."""
        self.sum = 0
        """Of those, in millionths."""

    def move(self, fact: Fact, by: int) -> None:
        """A fact comes (1) or goes (-1)."""
        self.facts += by
        if self.read is not None:
            value = self.read(fact)
            if type(value) is int or type(value) is float:
                self.numbers += by
                self.sum += millionths(value) * by
        elif self.aggregate == "orders" and fact.order_id is not None:
            self.orders[fact.order_id] += by
            if not self.orders[fact.order_id]:
                del self.orders[fact.order_id]

    def within(self, bounds: Range, some: bool) -> bool:
        """Whether the number lies within bounds, those of a sum in millionths."""
        if some and not self.facts:
            return False
        if self.aggregate == "count":
            return bounds.holds(self.facts)
        if self.aggregate == "orders":
            return bounds.holds(len(self.orders))
        if self.aggregate == "mean" and not self.numbers:
            return False
        return bounds.holds(self.sum if self.aggregate == "sum" else float(self.sum) / MILLION / self.numbers)


def _edge(facts: Sequence[Fact], t: int, last: bool) -> Fact | None:
    """The first or last fact that is there at `t`."""
    there = bisect_right(facts, t, key=_at)
    if not there:
        return None
    return facts[there - 1] if last else facts[0]


def edge(leaf: Edge, asked: Asked) -> tuple[bool, int]:
    facts = asked.matching(leaf.match)

    def holds(t: int) -> bool:
        found = _edge(facts, t, leaf.last)
        return found is not None and leaf.period.holds(found.at, t)

    now = _edge(facts, asked.at, leaf.last)
    ahead = [fact for fact in facts[::-1] if fact.at > asked.at]
    near = boundaries(leaf.period, [*([now] if now else []), *ahead], asked.at)
    return settled(asked.at, holds, sorted({*near, *(fact.at for fact in ahead)}))


def share(leaf: Share, asked: Asked) -> tuple[bool, int]:
    facts = asked.matching(leaf.match)
    passed = [0, *accumulate(map(fact_test(leaf.part), facts))]

    def holds(t: int) -> bool:
        first, last = leaf.period.span(t)
        begin, end = bisect_left(facts, first, key=_at), bisect_right(facts, last, key=_at)
        return begin < end and leaf.bounds.holds((passed[end] - passed[begin]) / (end - begin))

    return settled(asked.at, holds, boundaries(leaf.period, facts, asked.at))


def rhythm(leaf: Rhythm, asked: Asked) -> tuple[bool, int]:
    facts = asked.matching(leaf.match)

    def holds(t: int) -> bool:
        there = bisect_right(facts, t, key=_at)
        if not there:
            return False
        return _scaled(leaf.bounds, usual_gap(leaf, facts, there)).holds(t - facts[there - 1].at)

    candidates = set(coming(facts, asked.at))
    for there in range(max(bisect_right(facts, asked.at, key=_at), 1), len(facts) + 1):
        last = facts[there - 1].at
        scaled = _scaled(leaf.bounds, usual_gap(leaf, facts, there))
        for bound in (scaled.at_least, scaled.at_most, scaled.above, scaled.below, scaled.exactly):
            if bound is not None:
                candidates.update(last + near for near in (floor(bound), floor(bound) + 1, ceil(bound)))
    return settled(asked.at, holds, sorted(c for c in candidates if asked.at < c < NEVER))


def usual_gap(leaf: Rhythm, facts: Sequence[Fact], there: int) -> float:
    """The usual gap between the first `there` facts, in microseconds."""
    spread = facts[there - 1].at - facts[0].at
    return spread / (there - 1) if there >= leaf.sure_from and spread > 0 else leaf.usual_gap


def _scaled(bounds: Range, by: float) -> Range:
    parts = (bounds.at_least, bounds.at_most, bounds.above, bounds.below, bounds.exactly)
    return Range(*(None if part is None else part * by for part in parts))


__all__ = ["Period", "edge", "measure", "rhythm", "share", "top"]

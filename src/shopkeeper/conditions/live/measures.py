"""Answers that are numbers over matching facts, live. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil, floor, fsum
from operator import attrgetter
from typing import Protocol

from shopkeeper.conditions.leaves import Edge, Match, Measure, Period, Rhythm, Share, Top
from shopkeeper.conditions.live.flips import EVER, NEVER, boundaries, coming, settled
from shopkeeper.conditions.passing import fact_passes, field_of
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
    if not facts:
        return not some and leaf.aggregate != "mean" and bounds.holds(0), NEVER
    quick = _at_least(leaf, bounds, facts, t)
    if quick is not None:
        return quick
    total = _Total(leaf)
    changes: list[tuple[int, bool, Fact]] = []
    for fact in facts:
        begin, end = leaf.period.stay(fact.at)
        if end is not None and (end <= begin or end <= t):
            continue
        if begin <= t:
            total.add(fact)
        else:
            changes.append((begin, True, fact))
        if end is not None:
            changes.append((end, False, fact))
    answer = total.within(bounds, some)
    changes.sort(key=lambda change: change[0])
    position = 0
    while position < len(changes):
        instant = changes[position][0]
        while position < len(changes) and changes[position][0] == instant:
            _, comes, fact = changes[position]
            (total.add if comes else total.drop)(fact)
            position += 1
        if total.within(bounds, some) != answer:
            return answer, instant
    return answer, NEVER


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
        self.field = leaf.field
        self.facts = 0
        self.orders: Counter[str] = Counter()
        self.values: Counter[int | float] = Counter()

    def add(self, fact: Fact) -> None:
        self._move(fact, 1)

    def drop(self, fact: Fact) -> None:
        self._move(fact, -1)

    def _move(self, fact: Fact, by: int) -> None:
        self.facts += by
        if self.aggregate == "orders" and fact.order_id is not None:
            self.orders[fact.order_id] += by
            if not self.orders[fact.order_id]:
                del self.orders[fact.order_id]
        elif self.aggregate in ("sum", "mean"):
            value = field_of(fact, self.field)
            if isinstance(value, int | float) and not isinstance(value, bool):
                self.values[value] += by

    def within(self, bounds: Range, some: bool) -> bool:
        if some and not self.facts:
            return False
        if self.aggregate == "count":
            return bounds.holds(self.facts)
        if self.aggregate == "orders":
            return bounds.holds(len(self.orders))
        count = self.values.total()
        if self.aggregate == "mean" and not count:
            return False
        total = _sum(self.values)
        return bounds.holds(total if self.aggregate == "sum" else total / count)


def _sum(values: Counter[int | float]) -> int | float:
    """Exact for whole numbers, and correctly rounded for others, whatever their order."""
    if all(isinstance(value, int) for value in values):
        return sum(value * times for value, times in values.items())
    return fsum(value for value, times in values.items() for _ in range(times))


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
    marked = [(fact.at, fact_passes(leaf.part, fact)) for fact in facts]

    def holds(t: int) -> bool:
        found = [passed for at, passed in marked if leaf.period.holds(at, t)]
        return bool(found) and leaf.bounds.holds(sum(found) / len(found))

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
    return settled(asked.at, holds, sorted(c for c in candidates if c > asked.at))


def usual_gap(leaf: Rhythm, facts: Sequence[Fact], there: int) -> float:
    """The usual gap between the first `there` facts, in microseconds."""
    spread = facts[there - 1].at - facts[0].at
    return spread / (there - 1) if there >= leaf.sure_from and spread > 0 else leaf.usual_gap


def _scaled(bounds: Range, by: float) -> Range:
    parts = (bounds.at_least, bounds.at_most, bounds.above, bounds.below, bounds.exactly)
    return Range(*(None if part is None else part * by for part in parts))


__all__ = ["Period", "edge", "measure", "rhythm", "share", "top"]

"""The referee: what every question about facts means, as literally as `segments/leaves.py` says it, and as slowly.

Nothing here is shared with the evaluators it judges: it looks through all facts again for every question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shopkeeper.conditions import leaves as ask
from shopkeeper.model.segments import Range
from shopkeeper.timelines import Fact

ORDER, ADDED, REMOVED, PAGE = "=order", "Product Added", "Product Removed", "$page"


@dataclass(frozen=True)
class Context:
    """What a person's facts do not say: the thresholds of the last count. A Top without one has not been counted."""

    thresholds: Mapping[ask.Top, float] = field(default_factory=dict)


def holds(expr: ask.Expr, facts: Sequence[Fact], person: str, t: int, context: Context | None = None) -> bool:
    """Whether `person`, of whom exactly these facts are known, is meant by `expr` at the instant `t`."""
    context = context or Context()
    if isinstance(expr, ask.And):
        return all(holds(part, facts, person, t, context) for part in expr.parts)
    if isinstance(expr, ask.Or):
        return any(holds(part, facts, person, t, context) for part in expr.parts)
    if isinstance(expr, ask.Neg):
        return not holds(expr.part, facts, person, t, context)
    if isinstance(expr, ask.Clock):
        return clock(expr, t)
    if isinstance(expr, ask.Bucket):
        return inside(expr.bounds, bucket(person, expr.seed))
    here = sorted([fact for fact in facts if fact.at <= t], key=lambda fact: (fact.at, fact.event_id, fact.name))
    if isinstance(expr, ask.Top):
        own, threshold = metric(expr.metric, here, t), context.thresholds.get(expr)
        return own is not None and threshold is not None and own >= threshold
    return _LEAVES[type(expr)](expr, here, t)


def threshold(top: ask.Top, everybody: Mapping[str, Sequence[Fact]], t: int) -> float | None:
    """What a count of everybody at `t` finds the least metric of the top share to be."""
    metrics = []
    for facts in everybody.values():
        own = metric(top.metric, [fact for fact in facts if fact.at <= t], t)
        if own is not None:
            metrics.append(own)
    metrics.sort(reverse=True)
    for k in range(1, len(metrics) + 1):
        if k / len(metrics) >= top.share:
            return metrics[k - 1]
    return None


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def inside(bounds: Range | None, number: float) -> bool:
    if bounds is None:
        return True
    if bounds.at_least is not None and number < bounds.at_least:
        return False
    if bounds.at_most is not None and number > bounds.at_most:
        return False
    if bounds.above is not None and number <= bounds.above:
        return False
    if bounds.below is not None and number >= bounds.below:
        return False
    return bounds.exactly is None or number == bounds.exactly


def passes(check: ask.Check, value: Any) -> bool:
    if value is None:
        nothing_beside = check.values is None and check.contains is None and check.starts_with is None
        return check.or_missing or (check.exists is False and nothing_beside and check.bounds == Range())
    if check.exists is False:
        return False
    if check.values is not None and not among(value, check.values):
        return False
    if check.excluded is not None and among(value, check.excluded):
        return False
    if check.contains is not None and not (kind(value) == "text" and check.contains in value):
        return False
    if check.starts_with is not None and not (kind(value) == "text" and value.startswith(check.starts_with)):
        return False
    if check.bounds != Range():
        return kind(value) == "number" and inside(check.bounds, value)
    return True


def among(value: Any, values: frozenset[Any]) -> bool:
    return any(kind(value) == kind(other) and value == other for other in values)


def said(fact: Fact, name: str) -> Any:
    """What a fact says of a field: a column or `properties.<name>`."""
    if name.startswith("properties."):
        return fact.properties.get(name.removeprefix("properties."))
    return getattr(fact, name, None)


def tested(fact: Fact, test: ask.FieldTest) -> bool:
    value = said(fact, test.field)
    if value is None and test.products is not None and fact.product is not None:
        return fact.product in test.products
    return passes(test.check, value)


def all_tested(fact: Fact, tests: Sequence[ask.FieldTest]) -> bool:
    return all(tested(fact, test) for test in tests)


def named(fact: Fact, names: frozenset[str] | None) -> bool:
    return not fact.name.startswith("=") if names is None else fact.name in names


def matches(match: ask.Match, fact: Fact) -> bool:
    return named(fact, match.names) and all_tested(fact, match.tests)


def lies(period: ask.Period, at: int, t: int) -> bool:
    if period.within is not None and t - at > period.within:
        return False
    if period.older_than is not None and t - at <= period.older_than:
        return False
    if period.start is not None and at < period.start:
        return False
    return period.end is None or at < period.end


def found(match: ask.Match, period: ask.Period, facts: Sequence[Fact], t: int) -> list[Fact]:
    return [fact for fact in facts if matches(match, fact) and lies(period, fact.at, t)]


def numbers(facts: Sequence[Fact], name: str) -> list[float]:
    values = [said(fact, name) for fact in facts]
    return [value for value in values if value is not None and kind(value) == "number"]


def measured(leaf: ask.Measure, facts: Sequence[Fact], t: int) -> float | None:
    """The number a measure is about; None for a mean of nothing."""
    inside_period = found(leaf.match, leaf.period, facts, t)
    if leaf.aggregate == "count":
        return len(inside_period)
    if leaf.aggregate == "orders":
        return len({fact.order_id for fact in inside_period if fact.order_id is not None})
    values = numbers(inside_period, leaf.field)
    total = sum([millionths(value) for value in values])
    if leaf.aggregate == "sum":
        return total / 1e6
    return total / 1e6 / len(values) if values else None


def millionths(value: float) -> int:
    """Sums are of whole millionths."""
    return int(Decimal(value * 1e6).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def measure(leaf: ask.Measure, facts: Sequence[Fact], t: int) -> bool:
    number = measured(leaf, facts, t)
    if number is None:
        return False
    if leaf.aggregate != "sum":
        return inside(leaf.bounds, number)
    bounds = [None if bound is None else millionths(bound) for bound in as_tuple(leaf.bounds)]
    return inside(Range(*bounds), millionths(number))


def metric(leaf: ask.Measure | ask.Edge, facts: Sequence[Fact], t: int) -> float | None:
    """What people are ranked by; None for whoever has no matching fact in the period."""
    if isinstance(leaf, ask.Edge):
        return edge_at(leaf, facts) if edge(leaf, facts, t) else None
    return measured(leaf, facts, t) if found(leaf.match, leaf.period, facts, t) else None


def edge_at(leaf: ask.Edge, facts: Sequence[Fact]) -> int | None:
    times = [fact.at for fact in facts if matches(leaf.match, fact)]
    if not times:
        return None
    return max(times) if leaf.last else min(times)


def edge(leaf: ask.Edge, facts: Sequence[Fact], t: int) -> bool:
    at = edge_at(leaf, facts)
    return at is not None and lies(leaf.period, at, t)


def share(leaf: ask.Share, facts: Sequence[Fact], t: int) -> bool:
    whole = found(leaf.match, leaf.period, facts, t)
    part = [fact for fact in whole if all_tested(fact, leaf.part)]
    return bool(whole) and inside(leaf.bounds, len(part) / len(whole))


def rhythm(leaf: ask.Rhythm, facts: Sequence[Fact], t: int) -> bool:
    times = [fact.at for fact in facts if matches(leaf.match, fact)]
    if not times:
        return False
    gap = float(leaf.usual_gap)
    if len(times) >= leaf.sure_from and max(times) > min(times):
        gap = (max(times) - min(times)) / (len(times) - 1)
    bounds = [None if bound is None else bound * gap for bound in as_tuple(leaf.bounds)]
    return inside(Range(*bounds), float(t - max(times)))


def as_tuple(bounds: Range) -> tuple[float | None, ...]:
    return bounds.at_least, bounds.at_most, bounds.above, bounds.below, bounds.exactly


def latest(leaf: ask.Latest, facts: Sequence[Fact], t: int) -> bool:
    known = [leaf.default]
    for fact in facts:
        if not named(fact, leaf.names):
            continue
        if leaf.field.startswith("properties."):
            if leaf.field.removeprefix("properties.") in fact.properties:
                known.append(said(fact, leaf.field))
        elif said(fact, leaf.field) is not None:
            known.append(said(fact, leaf.field))
    return passes(leaf.check, known[-1])


def follow(leaf: ask.Follow, facts: Sequence[Fact], t: int) -> bool:
    for first in found(leaf.first, leaf.period, facts, t):
        followed = False
        for second in facts:
            later = (second.at, second.event_id) > (first.at, first.event_id)
            soon = leaf.within is None or second.at - first.at <= leaf.within
            if matches(leaf.second, second) and later and soon:
                followed = True
        if not leaf.negate and followed:
            return True
        if leaf.negate and not followed and (leaf.within is None or t - first.at > leaf.within):
            return True
    return False


def cart(leaf: ask.Cart, facts: Sequence[Fact], t: int) -> bool:
    orders = [(fact.at, fact.event_id) for fact in facts if fact.name == ORDER]
    last_move = {}
    for fact in facts:
        if fact.name in (ADDED, REMOVED) and fact.product is not None:
            last_move[fact.product] = fact
    added = [
        fact
        for fact in last_move.values()
        if fact.name == ADDED and all((fact.at, fact.event_id) > order for order in orders)
    ]
    return (
        bool(added)
        and any(all_tested(fact, leaf.tests) for fact in added)
        and inside(leaf.bounds, sum([worth(fact) for fact in added]))
        and lies(leaf.period, max([fact.at for fact in added]), t)
    )


def worth(fact: Fact) -> int:
    price = 0 if fact.price is None else fact.price
    quantity = 1 if fact.quantity is None else fact.quantity
    return int(Decimal(max(-1e18, min(price * quantity, 1e18))).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def visits(leaf: ask.Visits, facts: Sequence[Fact], t: int) -> bool:
    events = [fact for fact in facts if not fact.name.startswith("=")]
    each: list[list[Fact]] = []
    for device in {fact.device for fact in events}:
        visit: list[Fact] = []
        for fact in events:
            if fact.device != device:
                continue
            if visit and fact.at - visit[-1].at >= leaf.gap:
                each.append(visit)
                visit = []
            visit.append(fact)
        each.append(visit)
    count = 0
    for visit in each:
        pages = len([fact for fact in visit if fact.name == PAGE])
        minutes = (visit[-1].at - visit[0].at) / 60e6
        good = all_tested(visit[0], leaf.entry) and inside(leaf.pages, pages) and inside(leaf.minutes, minutes)
        if good and lies(leaf.period, visit[0].at, t):
            count += 1
    return inside(leaf.bounds, count)


def clock(leaf: ask.Clock, t: int) -> bool:
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=t)).astimezone(ZoneInfo(leaf.zone))
    minute, today, yesterday = moment.hour * 60 + moment.minute, moment.weekday(), (moment.weekday() - 1) % 7
    if leaf.end > leaf.start:
        return today in leaf.days and leaf.start <= minute < leaf.end
    return (today in leaf.days and minute >= leaf.start) or (yesterday in leaf.days and minute < leaf.end)


def bucket(person: str, seed: str) -> float:
    """Percent, by the public hash version 2 of GrowthBook: FNV-1a, 32 bits, twice."""
    return fnv1a(str(fnv1a(seed + person))) % 10_000 / 100


def fnv1a(text: str) -> int:
    number = 0x811C9DC5
    for byte in text.encode():
        number = ((number ^ byte) * 0x01000193) % 2**32
    return number


_LEAVES: dict[type, Any] = {
    ask.Measure: measure,
    ask.Edge: edge,
    ask.Share: share,
    ask.Rhythm: rhythm,
    ask.Latest: latest,
    ask.Follow: follow,
    ask.Cart: cart,
    ask.Visits: visits,
}

"""The facts an answer rests on: how many there are, when the last was, and what they come to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shopkeeper.conditions.leaves import (
    Bucket,
    Cart,
    Clock,
    Edge,
    Follow,
    Latest,
    Leaf,
    Measure,
    Rhythm,
    Share,
    Top,
    Visits,
)
from shopkeeper.conditions.live.others import cart_value, open_cart, visits_of
from shopkeeper.conditions.live.standing import Standing
from shopkeeper.conditions.passing import field_of
from shopkeeper.model.buckets import bucket_of
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_REMOVED
from shopkeeper.timelines.facts import ORDER, Fact

MONEY = frozenset(("value", "price"))
"""Fields in minor units of the shop's currency."""


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found for one condition. Nothing is found for one that does not look at facts."""

    count: int = 0
    """Facts that are meant, inside the period."""
    last: int | None = None
    """When the last of them happened."""
    value: Any = None
    """What they come to: a sum, a mean, the latest value, the value of the cart; the person's random number."""
    money: bool = False
    """The value is in minor units of the shop's currency."""


def evidence(leaf: Leaf, standing: Standing) -> Evidence:  # noqa: PLR0911 - one for each kind of question
    """The facts behind the answer to one question at the standing's instant."""
    at = standing.at
    match leaf:
        case Measure():
            return _measured(leaf, standing)
        case Top():
            return (
                _measured(leaf.metric, standing) if isinstance(leaf.metric, Measure) else _edge(leaf.metric, standing)
            )
        case Edge():
            return _edge(leaf, standing)
        case Share() | Rhythm():
            period = leaf.period if isinstance(leaf, Share) else None
            return _of(
                [f for f in standing.matching(leaf.match) if f.at <= at and (not period or period.holds(f.at, at))]
            )
        case Follow():
            return _of([fact for fact in standing.matching(leaf.first) if leaf.period.holds(fact.at, at)])
        case Latest():
            return _latest(leaf, standing)
        case Cart():
            moves = standing.timeline.of(frozenset((PRODUCT_ADDED, PRODUCT_REMOVED)))
            inside = open_cart(moves, standing.timeline.named(ORDER), at)
            return _of(inside, cart_value(inside), money=True) if inside else Evidence()
        case Visits():
            found = [v for v in visits_of(standing.timeline.events, at, leaf.gap) if leaf.period.holds(v[0].at, at)]
            return Evidence(len(found), max((visit[-1].at for visit in found), default=None))
        case Bucket():
            return Evidence(value=bucket_of(standing.person, leaf.seed))
        case Clock():
            return Evidence()


def _measured(leaf: Measure, standing: Standing) -> Evidence:
    found = [fact for fact in standing.matching(leaf.match) if leaf.period.holds(fact.at, standing.at)]
    if leaf.aggregate not in ("sum", "mean"):
        return _of(found)
    numbers = [
        value
        for fact in found
        if isinstance(value := field_of(fact, leaf.field), int | float) and not isinstance(value, bool)
    ]
    total = sum(numbers)
    value = total if leaf.aggregate == "sum" else total / len(numbers) if numbers else None
    return _of(found, value, money=leaf.field in MONEY)


def _edge(leaf: Edge, standing: Standing) -> Evidence:
    there = [fact for fact in standing.matching(leaf.match) if fact.at <= standing.at]
    if not there:
        return Evidence()
    return Evidence(1, there[-1 if leaf.last else 0].at)


def _latest(leaf: Latest, standing: Standing) -> Evidence:
    name = leaf.field.removeprefix("properties.") if leaf.field.startswith("properties.") else None
    said = [
        fact
        for fact in standing.timeline.of(leaf.names)
        if fact.at <= standing.at
        and (name in fact.properties if name is not None else field_of(fact, leaf.field) is not None)
    ]
    if not said:
        return Evidence(value=leaf.default)
    last = max(said, key=lambda fact: (fact.order, fact.name))
    return Evidence(len(said), last.at, field_of(last, leaf.field))


def _of(facts: Sequence[Fact], value: Any = None, *, money: bool = False) -> Evidence:
    return Evidence(len(facts), max((fact.at for fact in facts), default=None), value, money and value is not None)

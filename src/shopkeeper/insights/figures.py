"""What a segment is worth: its figures over a window, each beside that of everybody, and what its people buy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from shopkeeper import attribution, populations, timelines
from shopkeeper.conditions import EVERYBODY
from shopkeeper.insights import store
from shopkeeper.insights.base import Base
from shopkeeper.insights.rules import mean_money, share
from shopkeeper.model.time import MINUTE
from shopkeeper.segments import Segment

TOP = 10

DEFINITIONS = {
    "reach": "People inside the segment at the end of the window.",
    "conversion": "The share of them with an order that counts in the window.",
    "segment_orders": "Their orders that count in the window, in the shop's currency.",
    "segment_revenue": "The value of those orders, net of refunds.",
    "average_order": "That revenue divided by those orders.",
    "visits_each": "Visits that began in the window, divided by the people; half an hour without an event ends a visit.",
    "pages_a_visit": "Pages viewed, divided by those visits.",
    "minutes_a_visit": "From the first to the last event of a visit, on average.",
    "attributed_orders": "Those of their orders whose last touch, within the lookback, was on a communication.",
    "entered": "How often somebody entered in the last 7 x 24 hours; who an edit of the rule moved is not counted.",
    "left": "How often somebody left in the last 7 x 24 hours; who an edit of the rule moved is not counted.",
    "members": "People inside now.",
    "of_everybody": "Its part of all people on record.",
}
"""The sentence shown with each figure."""


class Worth(msgspec.Struct, frozen=True):
    """The figures of some people over a window. Money is in minor units of the shop's currency."""

    people: int
    share: float
    """Of everybody."""
    buyers: int
    conversion: float
    orders: int
    revenue: int
    average_order: int
    visits: int
    visits_each: float
    pages_a_visit: float
    minutes_a_visit: float


class Product(msgspec.Struct, frozen=True):
    """One of the products a segment buys most."""

    product: str
    name: str
    orders: int
    revenue: int
    shop_orders: int
    shop_revenue: int
    share: float
    """Of the segment's revenue."""
    shop_share: float
    """Of the shop's revenue."""


class Insights(NamedTuple):
    """A segment beside the shop."""

    segment: Worth
    shop: Worth
    products: list[Product]


class Part(msgspec.Struct, frozen=True):
    """What one segment brought in a window. The order credit is part of the revenue, not beside it."""

    segment: str
    name: str
    people: int
    buyers: int
    orders: int
    revenue: int
    attributed_orders: int
    attributed: int


def insights(base: Base, segment: Segment, start: int, end: int) -> Insights:
    """The figures of a segment over [start, end), of those inside at its end."""
    members, (own, shop) = _worth(base, [segment], start, end)
    facts = timelines.everybody(base.conn)
    sql = store.products(facts.relation, start, end, 0, TOP)
    tables = {**facts.tables, "members": members}
    rows = base.history.query(base.conn, sql, kind="facts", tables=tables)
    names = base.book.world.catalogue.products
    products = [
        Product(
            id,
            names[id].name if id in names else id,
            orders,
            int(revenue),
            all_orders,
            int(all_revenue),
            share(int(revenue), own.revenue),
            share(int(all_revenue), shop.revenue),
        )
        for id, orders, revenue, all_orders, all_revenue in rows
    ]
    return Insights(own, shop, products)


def by_segment(base: Base, chosen: Sequence[Segment], start: int, end: int) -> tuple[list[Part], Worth]:
    """What each segment brought in [start, end), and the whole shop. Segments may share people and orders."""
    members, found = _worth(base, chosen, start, end)
    credits = attribution.credits_by_person(base.conn, base.plan.shop.currency, start, end)
    tables = {"members": members, "amounts": timelines.amounts(base.conn, credits)}
    rows = base.history.query(base.conn, store.CREDITED, kind="facts", tables=tables)
    credited = {place: (int(orders), int(value)) for place, orders, value in rows}
    parts = [
        Part(segment.id, segment.name, w.people, w.buyers, w.orders, w.revenue, *credited.get(place, (0, 0)))
        for place, (segment, w) in enumerate(zip(chosen, found, strict=False))
    ]
    return parts, found[-1]


def _worth(base: Base, chosen: Sequence[Segment], start: int, end: int) -> tuple[object, list[Worth]]:
    """The members of these segments and of everybody (the last), and their figures, in one pass each."""
    at = min(end, base.now)
    wanted = {str(place): segment.expr for place, segment in enumerate(chosen)} | {"all": EVERYBODY}
    members = populations.members(base.conn, base.history, wanted, at, base.thresholds(wanted.values())).table
    facts = timelines.everybody(base.conn)
    sql = store.figures(facts.relation, start, end)
    rows = base.history.query(base.conn, sql, kind="facts", tables={**facts.tables, "members": members})
    counts = {place: [int(number) for number in numbers] for place, *numbers in rows}
    everybody = counts.get(len(chosen), [0])[0]
    return members, [_of(counts.get(place, [0] * 8), everybody) for place in range(len(wanted))]


def _of(counts: Sequence[int], everybody: int) -> Worth:
    people, buyers, orders, revenue, _, visits, pages, lasted = counts
    return Worth(
        people,
        share(people, everybody),
        buyers,
        share(buyers, people),
        orders,
        revenue,
        mean_money(revenue, orders),
        visits,
        share(visits, people),
        share(pages, visits),
        share(lasted / MINUTE, visits),
    )

"""The shop as a whole: its headline figures over a window, and how revenue ran over time."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from shopkeeper import attribution, orders
from shopkeeper.attribution import Money
from shopkeeper.campaigns import Plan
from shopkeeper.model.time import DAY, MINUTE, from_datetime, to_datetime
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection

QUARTER = 15 * MINUTE
"""Every time zone's midnight falls on a quarter of an hour UTC, so sums by quarter add up to days anywhere."""


class Headline(msgspec.Struct, frozen=True):
    """The shop's own figures; minor units of its currency, net of refunds."""

    orders: int
    revenue: int
    attributed: int
    attributed_orders: int
    click_total: int
    other_currencies: dict[str, int] = {}
    """Revenue in other currencies, never summed with the rest."""


class Point(msgspec.Struct, frozen=True):
    """One step of a series; `end` is exclusive, and lies ahead for the step that is running."""

    start: int
    end: int
    orders: int
    revenue: int
    attributed: int


class Series(msgspec.Struct, frozen=True):
    """Revenue over time, by `day` of shop time or, until the shop has a day of orders, by `quarter` of an hour."""

    by: str
    points: list[Point]


def headline(conn: Connection, plan: Plan, window: Window) -> Headline:
    """The shop's figures over a window."""
    currency = plan.shop.currency
    totals = {total[0]: total for total in orders.counting_totals(conn, *window)}
    own = totals.pop(currency, (currency, 0, 0, 0, 0))
    earned = [by_currency.get(currency, Money()) for by_currency in attribution.order_credits(conn, *window).values()]
    clicked = attribution.product_credits(conn, "site", *window).get("", {}).get(currency, Money())
    return Headline(
        orders=own[1],
        revenue=own[3],
        attributed=sum(money.value for money in earned),
        attributed_orders=sum(money.orders for money in earned),
        click_total=clicked.value,
        other_currencies={other: total[3] for other, total in totals.items()},
    )


def series(conn: Connection, plan: Plan, now: int, days: int = 30) -> Series:
    """The last `days` days of shop time up to and with now; the last 24 hours by quarter while nothing is older."""
    extent = orders.order_extent(conn)
    if extent is not None and extent[0] > now - DAY:
        first = (now - DAY) // QUARTER * QUARTER
        return Series("quarter", _points(conn, plan, list(range(first, now + QUARTER + 1, QUARTER))))
    midnight = to_datetime(now, plan.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    days_ = (midnight + timedelta(days=offset) for offset in range(1 - days, 2))
    return Series("day", _points(conn, plan, [_start(day, plan) for day in days_]))


def _start(day: datetime, plan: Plan) -> int:
    """When a day of shop time begins; days have 23 to 25 hours where clocks change."""
    return from_datetime(day.replace(tzinfo=plan.zone))


def _points(conn: Connection, plan: Plan, edges: list[int]) -> list[Point]:
    currency = plan.shop.currency
    bought, earned = [0] * len(edges), [0] * len(edges)
    counts = [0] * len(edges)
    for at, count, value in orders.order_sums(conn, currency, edges[0], edges[-1], QUARTER):
        place = bisect_right(edges, at) - 1
        counts[place] += count
        bought[place] += value
    for at, _, value in attribution.credit_sums(conn, currency, edges[0], edges[-1], QUARTER):
        earned[bisect_right(edges, at) - 1] += value
    return [Point(start, end, counts[i], bought[i], earned[i]) for i, (start, end) in enumerate(pairwise(edges))]

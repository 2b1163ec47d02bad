"""Click totals: what the clicks on products earned, by element, communication, campaign, zone and the whole site."""

from __future__ import annotations

import msgspec

from shopkeeper import attribution, orders
from shopkeeper.attribution import Money
from shopkeeper.campaigns import Plan
from shopkeeper.stats.rollup import Facts
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection


class ClickTotal(msgspec.Struct, frozen=True):
    """Product credit of one element, communication, campaign, zone or the whole site; minor units, net of refunds."""

    key: str
    value: int
    lines: int
    orders: int
    """Orders with a line of it."""
    share: float
    """Of the shop's revenue in the window."""
    previous: int
    """The value in the period before."""
    refunded: int = 0
    """Given back since; the gross value is the value and this."""
    average_with: int | None = None
    """The average net value of those orders, all their lines; None without any."""
    average_without: int | None = None
    """The average net value of all other orders."""


def click_totals(conn: Connection, plan: Plan, window: Window, by: str) -> list[ClickTotal]:
    """Product credit by one of CLICKED_BY, in the shop's currency, largest first."""
    currency = plan.shop.currency
    now = Facts(conn, plan, window).clicked(by)
    before = Facts(conn, plan, window.before).clicked(by)
    worth = orders.net_values(conn, currency, *window)
    involved = attribution.clicked_orders(conn, by, *window)
    revenue = sum(worth.values())
    rows = []
    for key in set(now) | set(before) | ({""} if by == "site" else set()):
        money = now.get(key, {}).get(currency, Money())
        own = [worth[id_] for id_ in involved.get(key, ()) if id_ in worth]
        rows.append(
            ClickTotal(
                key,
                money.value,
                money.lines,
                money.orders,
                money.value / revenue if revenue else 0.0,
                before.get(key, {}).get(currency, Money()).value,
                money.refunded,
                _average(sum(own), len(own)),
                _average(revenue - sum(own), len(worth) - len(own)),
            )
        )
    return sorted(rows, key=lambda row: (-row.value, row.key))


def _average(total: int, count: int) -> int | None:
    """To the nearest minor unit, halves up."""
    return (2 * total + count) // (2 * count) if count else None

"""The audit: are the rollups what the rows say, and do the ledgers add up to the shop's revenue, order by order?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from shopkeeper import attribution, orders
from shopkeeper.attribution import Credit
from shopkeeper.campaigns import Plan
from shopkeeper.model.time import DAY, HOUR, format_time
from shopkeeper.orders import Order
from shopkeeper.stats import store
from shopkeeper.stats.rollup import CLICKED_BY, Facts, hour_of
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection, hours

Progress = Callable[[int, int], None]
"""Called with (hours or days done, in all)."""


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it must be."""

    check: str
    """rollup, order credit, product credit, or ledger."""
    where: str
    """The hour and what it counts, or the order and its line."""
    expected: str
    found: str


class Reconciliation(msgspec.Struct, frozen=True):
    """One currency: credited + organic = revenue, in both ledgers, counted order by order. Minor units, net."""

    currency: str
    orders: int
    revenue: int
    refunded: int
    order_credit: int
    order_organic: int
    """Value of the orders nobody earned."""
    product_credit: int
    product_organic: int
    """Value of the lines nobody earned, and of what orders hold beside their lines (shipping ...)."""

    @property
    def holds(self) -> bool:
        return self.revenue == self.order_credit + self.order_organic == self.product_credit + self.product_organic


class Audited(msgspec.Struct, frozen=True):
    """What an audit looked at and found."""

    hours: int
    orders: int
    differences: list[Difference]
    reconciliation: list[Reconciliation]

    @property
    def clean(self) -> bool:
        return not self.differences and all(row.holds for row in self.reconciliation)


def audit(conn: Connection, plan: Plan, progress: Progress = lambda _done, _total: None) -> Audited:
    """Recompute every rollup from the rows, and hold every entry of both ledgers against its order."""
    summed = hours.summed(conn, 0, 1 << 62)
    differences: list[Difference] = []
    for done, hour in enumerate(summed, 1):
        differences += _of_hour(conn, plan, hour)
        progress(done, len(summed))
    extents = [extent for extent in (orders.order_extent(conn),) if extent]
    whole = Window(extents[0][0], extents[0][1] + 1) if extents else Window(0, 0)
    found, reconciled = reconcile(conn, whole)
    for sign, credit, reason in attribution.ledger_differences(conn):
        differences.append(
            Difference(
                "ledger",
                f"order {credit.order_id}{_line(credit)}",
                f"{'an' if sign > 0 else 'a reversing'} entry of {credit.value} {credit.currency} ({reason})",
                "none",
            )
        )
    count = sum(row.orders for row in reconciled)
    return Audited(len(summed), count, [*differences, *found], reconciled)


def reconcile(conn: Connection, window: Window) -> tuple[list[Difference], list[Reconciliation]]:
    """Hold the ledgers against the orders placed in a window. The window may be as long as one likes."""
    differences: list[Difference] = []
    sums: dict[str, dict[str, int]] = {}
    for start in range(window.start, window.end, DAY):
        end = min(start + DAY, window.end)
        earned: dict[str, list[Credit]] = {}
        for credit in attribution.credits_between(conn, start, end):
            earned.setdefault(credit.order_id, []).append(credit)
        for order, _ in orders.placed_between(conn, start, end):
            differences += _of_order(order, earned.pop(order.order_id, []), sums)
        for order_id, credits in earned.items():
            value = sum(credit.value for credit in credits)
            differences.append(Difference("order credit", f"order {order_id}", "no order, no credit", str(value)))
    return differences, [Reconciliation(currency=currency, **sums[currency]) for currency in sorted(sums)]


def _of_order(order: Order, credits: list[Credit], sums: dict[str, dict[str, int]]) -> Iterator[Difference]:
    """What is wrong with an order's entries; adds the order to the sums of its currency."""
    whole = [c for c in credits if c.line == attribution.WHOLE_ORDER]
    lines = {c.line: c for c in credits if c.line != attribution.WHOLE_ORDER}
    where = f"order {order.order_id}"
    credited = sum(c.value for c in whole)
    worth = {line.number: line.net for line in order.lines}
    if not order.counts:
        if credits:
            yield Difference("order credit", where, "nothing, as it does not count", str(credited))
        return
    if whole and credited != order.net:
        yield Difference("order credit", where, str(order.net), str(credited))
    if whole and sum(c.leads for c in whole) != 1:
        yield Difference("order credit", where, "one touch that leads", str(sum(c.leads for c in whole)))
    for credit in credits:
        if credit.currency != order.currency or credit.at != order.at:
            told = f"{order.currency} at {format_time(order.at)}"
            yield Difference("ledger", f"{where}{_line(credit)}", told, f"{credit.currency} {format_time(credit.at)}")
    for number, credit in lines.items():
        if credit.value != worth.get(number):
            expected = str(worth[number]) if number in worth else "no such line"
            yield Difference("product credit", f"{where}{_line(credit)}", expected, str(credit.value))
    row = sums.setdefault(order.currency, dict.fromkeys(_SUMS, 0))
    row["orders"] += 1
    row["revenue"] += order.net
    row["refunded"] += order.refunded
    row["order_credit"] += credited
    row["order_organic"] += 0 if whole else order.net
    row["product_credit"] += sum(c.value for c in lines.values())
    row["product_organic"] += sum(net for number, net in worth.items() if number not in lines)
    row["product_organic"] += order.net - sum(worth.values())


_SUMS = ("orders", "revenue", "refunded", "order_credit", "order_organic", "product_credit", "product_organic")


def _line(credit: Credit) -> str:
    return "" if credit.line == attribution.WHOLE_ORDER else f", line {credit.line + 1}"


def _of_hour(conn: Connection, plan: Plan, hour: int) -> Iterator[Difference]:
    """Where an hour's rollup is not what the rows of the hour say."""
    run = Window(hour, hour + HOUR)
    fresh = hour_of(conn, plan, hour)
    plain = Facts(conn, plan, run, from_rows=True)
    kept_clicks: dict[Any, Any] = {}
    true_clicks: dict[Any, Any] = {}
    for kind in CLICKED_BY:
        kept_clicks |= store.clicked(conn, run, kind)
        true_clicks |= plain.clicked_days(kind)
    pairs: tuple[tuple[str, Mapping[Any, Any], Mapping[Any, Any]], ...] = (
        ("acts", fresh.counts, store.acts(conn, run)),
        ("sessions from before", _named(fresh.carried), _named(store.carried(conn, run, [], 1 << 62))),
        ("order credit", plain.earned(), store.earned(conn, run)),
        ("product credit", true_clicks, kept_clicks),
        ("orders", plain.sold(), store.sold(conn, run)),
    )
    for what, expected, found in pairs:
        for key in sorted(expected.keys() | found.keys(), key=str):
            if expected.get(key) != found.get(key):
                where = f"{what} of the hour {format_time(hour)}: {', '.join(map(str, key)) or 'all'}"
                yield Difference("rollup", where, _told(expected.get(key)), _told(found.get(key)))


def _named(carried: list[Any]) -> dict[Any, Any]:
    return {one.pair: (one.first_at, *one.place[2:]) for one in carried}


def _told(value: Any) -> str:
    return "nothing" if value is None else " / ".join(map(str, value))

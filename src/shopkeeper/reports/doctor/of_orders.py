"""Checks of orders and their products."""

from __future__ import annotations

from shopkeeper.model.events import ORDER_COMPLETED
from shopkeeper.model.time import DAY, format_time
from shopkeeper.reports.doctor.case import Case, Found, tell

PATIENCE = DAY
"""A server that confirms its orders does so within a day."""


def without_products(case: Case) -> Found:
    """Orders without lines, or with a line without a product id: they cannot earn product credit."""
    found = [
        f"order {order.order_id}: {'no lines' if not order.lines else 'a line without a product id'}"
        for order in case.orders
        if not order.lines or any(not line.product for line in order.lines)
    ]
    return tell(found, len(case.orders))


def unknown_products(case: Case) -> Found:
    """Products that were ordered and are not in the catalogue."""
    bought = {line.product: order.order_id for order in case.orders for line in order.lines if line.product}
    found = [f"product {p}, in order {o}" for p, o in bought.items() if p not in case.catalogue.products]
    return tell(found, len(bought))


def missing_currency(case: Case) -> Found:
    """Orders sent without a currency: the shop's own is assumed."""
    placed = [event for event in case.events if event.name == ORDER_COMPLETED]
    found = [
        f"order {event.properties.get('order_id', event.properties.get('orderId'))}"
        for event in placed
        if not event.properties.get("currency")
    ]
    return tell(found, len(placed))


def without_rate(case: Case) -> Found:
    """Orders in a currency that is not the shop's and has no rate: they are shown apart."""
    counting = [order for order in case.orders if order.counts]
    found = [f"order {o.order_id} in {o.currency}" for o in counting if o.currency != case.plan.shop.currency]
    return tell(found, len(counting))


def never_confirmed(case: Case) -> Found:
    """Orders a browser claimed more than a day ago and no server confirmed: they do not count."""
    late = case.window.end - PATIENCE
    found = [
        f"order {order.order_id}, claimed {format_time(order.at)}"
        for order in case.orders
        if order.waiting and not order.cancelled and order.at < late
    ]
    return tell(found, len(case.orders))

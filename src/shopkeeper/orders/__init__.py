"""Owns orders: their lines, repeats, updates, refunds, cancellations and confirmation, in integer money.

May touch storage and model. Start reading in `rules.py` (what an order is, given all that was said about it).
"""

from shopkeeper.orders.book import (
    Changed,
    Derived,
    best_selling,
    buyers,
    confirmed_since,
    counting_heads,
    counting_lines,
    counting_totals,
    derive_all,
    forget,
    get_order,
    net_values,
    next_placing,
    order_extent,
    order_sums,
    orders_at,
    orders_of,
    person_orders,
    person_totals,
    placed_between,
    placings,
    quantities,
    record,
    rename_person,
)
from shopkeeper.orders.read import Said, read_order
from shopkeeper.orders.rules import Line, Order, RateFrom, Reading
from shopkeeper.orders.store import DERIVED, MIGRATIONS

__all__ = [
    "DERIVED",
    "MIGRATIONS",
    "Changed",
    "Derived",
    "Line",
    "Order",
    "RateFrom",
    "Reading",
    "Said",
    "best_selling",
    "buyers",
    "confirmed_since",
    "counting_heads",
    "counting_lines",
    "counting_totals",
    "derive_all",
    "forget",
    "get_order",
    "net_values",
    "next_placing",
    "order_extent",
    "order_sums",
    "orders_at",
    "orders_of",
    "person_orders",
    "person_totals",
    "placed_between",
    "placings",
    "quantities",
    "read_order",
    "record",
    "rename_person",
]

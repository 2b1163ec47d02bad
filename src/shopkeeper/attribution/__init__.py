"""Owns interactions, touches and the two ledgers: order credit and product credit, and why each order got its own.

May touch storage, model and the rooms of facts. Start reading in `rules.py` (what may earn credit), then `credit.py`.
"""

from shopkeeper.attribution.credit import credit, explain
from shopkeeper.attribution.interactions import (
    clicked_element,
    forget,
    interaction_of,
    persons_with,
    record,
    rename_person,
    rename_sessions,
)
from shopkeeper.attribution.panels import (
    Acts,
    Earned,
    Money,
    acts,
    credit_sums,
    extent,
    order_credits,
    product_credits,
    reach,
    top_orders,
    winners,
)
from shopkeeper.attribution.rules import Interaction
from shopkeeper.attribution.store import DERIVED, MIGRATIONS

__all__ = [
    "DERIVED",
    "MIGRATIONS",
    "Acts",
    "Earned",
    "Interaction",
    "Money",
    "acts",
    "clicked_element",
    "credit",
    "credit_sums",
    "explain",
    "extent",
    "forget",
    "interaction_of",
    "order_credits",
    "persons_with",
    "product_credits",
    "reach",
    "record",
    "rename_person",
    "rename_sessions",
    "top_orders",
    "winners",
]

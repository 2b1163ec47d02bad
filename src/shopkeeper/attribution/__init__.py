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
    Earned,
    Money,
    acts_between,
    credit_sums,
    extent,
    first_act,
    order_credit_places,
    order_credits,
    product_credits,
    reach,
    top_orders,
    winners,
)
from shopkeeper.attribution.rules import Interaction
from shopkeeper.attribution.seen import Earning, Seen
from shopkeeper.attribution.store import DERIVED, MIGRATIONS

__all__ = [
    "DERIVED",
    "MIGRATIONS",
    "Earned",
    "Earning",
    "Interaction",
    "Money",
    "Seen",
    "acts_between",
    "clicked_element",
    "credit",
    "credit_sums",
    "explain",
    "extent",
    "first_act",
    "forget",
    "interaction_of",
    "order_credit_places",
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

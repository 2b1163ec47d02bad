"""Owns interactions, touches and the two ledgers: order credit and product credit, and why each order got its own.

May touch storage, model and the rooms of facts. Start reading in `rules.py` (what may earn credit), then `credit.py`.
"""

from shopkeeper.attribution.credit import Rules, credit, explain
from shopkeeper.attribution.interactions import (
    RoutedClick,
    clicked_element,
    forget,
    interaction_of,
    record,
    rename_person,
    rename_sessions,
    unknown_persons,
)
from shopkeeper.attribution.panels import (
    ClickTotal,
    Panel,
    click_totals,
    panels,
    product_credit_totals,
)
from shopkeeper.attribution.rules import Interaction
from shopkeeper.attribution.store import DERIVED, MIGRATIONS

__all__ = [
    "DERIVED",
    "MIGRATIONS",
    "ClickTotal",
    "Interaction",
    "Panel",
    "RoutedClick",
    "Rules",
    "click_totals",
    "clicked_element",
    "credit",
    "explain",
    "forget",
    "interaction_of",
    "panels",
    "product_credit_totals",
    "record",
    "rename_person",
    "rename_sessions",
    "unknown_persons",
]

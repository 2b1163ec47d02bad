"""Owns interactions, touches and the two ledgers: order credit and product credit, and why each order got its own.

May touch storage, model and the rooms of facts. Start reading in `rules/` (what may earn credit), then `credit.py`.
"""

from shopkeeper.attribution.bulk import ORDERS_SQL, PRODUCTS_SQL, credit_everybody
from shopkeeper.attribution.compare import (
    ALL_MODELS,
    LOOKBACKS,
    Previewed,
    Reckoned,
    Side,
    lookback_strip,
    model_comparison,
    preview,
)
from shopkeeper.attribution.credit import credit
from shopkeeper.attribution.explain import explain
from shopkeeper.attribution.interactions import (
    clicked_element,
    clickers,
    forget,
    interaction_of,
    persons_on,
    persons_with,
    record,
    rename_person,
    rename_sessions,
)
from shopkeeper.attribution.journal import LedgerEntry, ledger, ledger_differences, settle_ledger
from shopkeeper.attribution.panels import (
    MET,
    Earned,
    Exposed,
    Money,
    acts_between,
    clicked_orders,
    credit_sums,
    credits_between,
    credits_by_person,
    earning_touches,
    exposures,
    extent,
    first_act,
    interactions_between,
    order_credit_places,
    order_credits,
    product_credits,
    reach,
    top_orders,
    touch,
    winners,
)
from shopkeeper.attribution.rules.ledger import Cause
from shopkeeper.attribution.rules.words import WHOLE_ORDER, Credit, Interaction, Rules
from shopkeeper.attribution.ruleset import rules_of
from shopkeeper.attribution.seen import Earning, Seen
from shopkeeper.attribution.store import DERIVED, MIGRATIONS

__all__ = [
    "ALL_MODELS",
    "DERIVED",
    "LOOKBACKS",
    "MET",
    "MIGRATIONS",
    "ORDERS_SQL",
    "PRODUCTS_SQL",
    "WHOLE_ORDER",
    "Cause",
    "Credit",
    "Earned",
    "Earning",
    "Exposed",
    "Interaction",
    "LedgerEntry",
    "Money",
    "Previewed",
    "Reckoned",
    "Rules",
    "Seen",
    "Side",
    "acts_between",
    "clicked_element",
    "clicked_orders",
    "clickers",
    "credit",
    "credit_everybody",
    "credit_sums",
    "credits_between",
    "credits_by_person",
    "earning_touches",
    "explain",
    "exposures",
    "extent",
    "first_act",
    "forget",
    "interaction_of",
    "interactions_between",
    "ledger",
    "ledger_differences",
    "lookback_strip",
    "model_comparison",
    "order_credit_places",
    "order_credits",
    "persons_on",
    "persons_with",
    "preview",
    "product_credits",
    "reach",
    "record",
    "rename_person",
    "rename_sessions",
    "rules_of",
    "settle_ledger",
    "top_orders",
    "touch",
    "winners",
]

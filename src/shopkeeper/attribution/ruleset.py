"""The rule set a shop chose, and those it chose before."""

from __future__ import annotations

from shopkeeper.attribution.rules.words import Rules
from shopkeeper.campaigns import Plan
from shopkeeper.model.definitions import Attribution
from shopkeeper.model.time import span_of


def rules_of(plan: Plan) -> Rules:
    """The attribution rules in force."""
    return read_rules(plan.attribution, plan.rule_version)


def read_rules(chosen: Attribution, version: int) -> Rules:
    """A definition of rules in the units that crediting uses."""
    return Rules(
        version=version,
        order_lookback=lookback_of(chosen.order_lookback),
        product_lookback=span_of(chosen.product_lookback),
        model=chosen.model,
        half_life=span_of(chosen.half_life),
        kinds=frozenset(chosen.kinds),
        notification_hovers=chosen.notification_hovers,
        credit_products_in_cart=chosen.credit_products_in_cart,
    )


def lookback_of(text: str) -> int | None:
    """Microseconds of `24h` or `7d`; None for `session`."""
    return None if text == "session" else span_of(text)

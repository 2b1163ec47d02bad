"""The report of a whole period as one object: what `shopkeeper report --json` prints."""

from __future__ import annotations

from typing import Any

from shopkeeper import attribution
from shopkeeper.attribution import Money
from shopkeeper.campaigns import Plan
from shopkeeper.stats.figures import figures
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection


def report(conn: Connection, plan: Plan, window: Window) -> dict[str, Any]:
    """Orders, customers, revenue and each campaign's figures with its product credit; minor units (`cents`)."""
    panels = figures(conn, plan, window)
    products = attribution.product_credits(conn, "campaign", *window)
    campaigns = {}
    for row in panels.campaigns:
        earned = products.get(row.campaign, {}).get(panels.currency, Money())
        campaigns[row.campaign] = {
            "started": row.started,
            "profiles": row.profiles,
            "clicks": row.clicks,
            "orders": row.orders,
            "value_cents": row.value,
            "product_credit": {"lines": earned.lines, "orders": earned.orders, "value_cents": earned.value},
        }
    return {
        "orders": panels.orders,
        "customers": panels.customers,
        "revenue_cents": panels.revenue,
        "campaigns": campaigns,
    }

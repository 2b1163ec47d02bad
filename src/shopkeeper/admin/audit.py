"""The audit: whether credited and organic are the shop's revenue, and whether the rollups are what the rows say."""

from __future__ import annotations

from shopkeeper import stats
from shopkeeper.model.time import LATEST
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import EVER, Column, Empty, Table
from shopkeeper.stats import Window

SHOWN = 500


def show(ask: Ask) -> Page:
    """Both ledgers against every order; with `?full=1` every rollup against its rows as well, which takes longer."""
    full = ask.request.query_params.get("full") == "1"
    if full:
        found = stats.audit(ask.conn, ask.plan)
        differences, reconciled, hours = found.differences, found.reconciliation, found.hours
    else:
        whole = stats.whole_period(ask.conn)
        differences, reconciled = stats.reconcile(ask.conn, Window(whole.start, min(whole.end, LATEST)))
        hours = None
    money = [
        Column("revenue", "Revenue", "money", "revenue", EVER),
        Column("refunded", "Refunded", "money", "refunded", EVER),
        Column("order_credit", "Order credit", "money", "attributed", EVER),
        Column("order_organic", "Organic", "money", "organic", EVER),
        Column("product_credit", "Product credit", "money", "click_total", EVER),
        Column("product_organic", "Organic", "money", "organic", EVER),
    ]
    columns = (Column("currency", "Currency"), Column("orders", "Orders", "number"), *money, Column("holds", "Adds up"))
    rows = [
        {c.key: getattr(row, c.key) for c in columns} | {"holds": "✓ yes" if row.holds else "✗ no"}
        for row in reconciled
    ]
    wrong = (
        Column("check", "Check"),
        Column("where", "Where"),
        Column("expected", "Expected"),
        Column("found", "Found"),
    )
    told = [{c.key: getattr(d, c.key) for c in wrong} for d in differences[:SHOWN]]
    tables = (
        Table(
            "reconciliation",
            "Credited and organic against revenue",
            columns,
            rows,
            Empty("There is no order yet to reconcile.", "How to send orders", "/settings"),
        ),
        Table("differences", "Differences", wrong, told, Empty("None: every figure looked at is as it must be.")),
    )
    clean = not differences and all(row.holds for row in reconciled)
    context = {"clean": clean, "hours": hours, "count": len(differences)}
    return Page("audit.html", "Audit", "reports", tables, context, {"clean": clean, "hours": hours})

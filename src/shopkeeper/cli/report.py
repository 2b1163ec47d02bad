"""`shopkeeper report`: what the campaigns of the whole period on record earned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.cli.context import open_shop, place, say

if TYPE_CHECKING:
    from shopkeeper.stats import Window


def report(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")] = False,
) -> None:
    """Orders, customers, revenue and each campaign's figures, from the first to the last event on record.

    Example: shopkeeper report --json
    """
    # Deferred: see `open_shop`.
    from shopkeeper import stats

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        period = stats.whole_period(conn)
        found = stats.report(conn, shop.plan, period)
        names = {id: campaign.name or id for id, campaign in shop.plan.file.campaigns.items()}
        currency = shop.plan.shop.currency
    if as_json:
        say(json.dumps(found))
    else:
        _draw(found, names, currency, period)


def _draw(found: dict[str, Any], names: dict[str, str], currency: str, period: Window) -> None:
    """The same figures as a table for people."""
    # Deferred: only this form draws.
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from shopkeeper.model.money import decimal_text
    from shopkeeper.model.time import format_time

    def money(units: int) -> str:
        return f"{float(decimal_text(units, currency)):,.2f}"

    if period.end == period.start:
        say("Nothing is on record yet: send events, or bring in a past with `shopkeeper import`.")
        return
    say(f"{format_time(period.start)[:10]} to {format_time(period.end - 1)[:10]} (UTC), values in {currency}")
    say(f"{found['orders']:,} orders of {found['customers']:,} customers, revenue {money(found['revenue_cents'])}")
    table = Table(
        box=SIMPLE,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        caption="Orders and value: the last touch before the order. Lines: products clicked before.",
    )
    table.add_column("Campaign", no_wrap=True)
    for heading in ("Started", "Profiles", "Clicks", "Orders", "Value", "Lines", "Line value"):
        table.add_column(heading, justify="right")
    for id, row in found["campaigns"].items():
        counts = (row["started"], row["profiles"], row["clicks"], row["orders"])
        lines = row["product_credit"]
        table.add_row(
            names.get(id, id), *(f"{n:,}" for n in counts), money(row["value_cents"]),
            f"{lines['lines']:,}", money(lines["value_cents"]),
        )  # fmt: skip
    if found["campaigns"]:
        console = Console()
        console.width = max(console.width, table.__rich_measure__(console, console.options.update(width=200)).maximum)
        console.print(table)

"""`shopkeeper audit`: are all figures what the events say? Ends with 1 where one is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from shopkeeper.cli.upkeep import progress
from shopkeeper.model.money import decimal_text
from shopkeeper.terminal.context import open_shop, place, say

if TYPE_CHECKING:
    from shopkeeper.stats import Audited

SHOWN = 50


def audit(
    context: typer.Context,
    sum_first: Annotated[bool, typer.Option("--sum", help="Sum up all hours that are over first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")] = False,
) -> None:
    """Recompute every rollup from the rows and reconcile both ledgers with the revenue, order by order.

    Says where a difference lies, and ends with exit code 1 when there is one.

    Example: shopkeeper audit
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper import stats
    from shopkeeper.engine.jobs import sum_hours

    with open_shop(place(context)) as shop, progress("Auditing") as advance:
        while sum_first and sum_hours(shop, 5_000):
            pass
        with shop.state.read() as conn:
            found = stats.audit(conn, shop.plan, advance)
    if as_json:
        say(json.dumps({"clean": found.clean} | msgspec.to_builtins(found)))
    else:
        _tell(found)
    if not found.clean:
        raise typer.Exit(1)


def _tell(found: Audited) -> None:
    say(f"{found.hours:,} summed hours recomputed, {found.orders:,} orders reconciled")
    for row in found.reconciliation:

        def money(units: int, currency: str = row.currency) -> str:
            return decimal_text(units, currency)

        sign = "=" if row.holds else "is NOT"
        say(
            f"{row.currency}: revenue {money(row.revenue)} of {row.orders:,} orders, net of {money(row.refunded)} refunded"
        )
        say(f"  order credit   {money(row.order_credit)} + organic {money(row.order_organic)} {sign} revenue")
        say(f"  product credit {money(row.product_credit)} + organic {money(row.product_organic)} {sign} revenue")
    for difference in found.differences[:SHOWN]:
        say(f"{difference.check}, {difference.where}: expected {difference.expected}, found {difference.found}")
    if len(found.differences) > SHOWN:
        say(f"... and {len(found.differences) - SHOWN:,} more; --json lists them all")
    say("all figures hold" if found.clean else f"{len(found.differences):,} differences")
    if any(difference.check == "rollup" for difference in found.differences):
        say("`shopkeeper rebuild` derives everything again from the event log.")

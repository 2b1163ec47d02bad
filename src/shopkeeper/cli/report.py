"""`shopkeeper report`: what the campaigns earned, or any report of the list, on the screen or in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.model.errors import BadInput
from shopkeeper.terminal.context import counted, open_shop, place, say

if TYPE_CHECKING:
    from shopkeeper.campaigns import Plan
    from shopkeeper.reports import Report
    from shopkeeper.stats import Window
    from shopkeeper.storage import Connection

FORMS = ("csv", "json", "parquet")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]


def report(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A report of the list; left out: the summary of the campaigns.")] = "",
    out: Annotated[Path | None, typer.Option(help="A file to write: .csv, .json or .parquet.")] = None,
    since: Annotated[str, typer.Option("--from", help="ISO 8601, shop time; default: the first on record.")] = "",
    until: Annotated[str, typer.Option(help="ISO 8601, shop time, exclusive; default: the last on record.")] = "",
    choose: Annotated[list[str] | None, typer.Option(help="A choice of the report, as by=campaign.")] = None,
    as_json: Json = False,
) -> None:
    """Orders, customers, revenue and each campaign's figures, from the first to the last event on record.

    With a name one of the reports that the API and the admin have too, whole or into a file.

    Example: shopkeeper report click-total --choose by=campaign --out click-total.parquet
    """
    # Deferred: see `open_shop`.
    from shopkeeper import stats
    from shopkeeper.reports import LISTED, asked

    chosen = _choices(choose or [])
    with open_shop(place(context)) as shop, shop.state.read() as conn:
        period = _window(conn, shop.plan, since, until)
        if not name:
            if out or chosen:
                raise BadInput("no_report", "--out and --choose need the name of a report", hint=_known(LISTED))
            found = stats.report(conn, shop.plan, period)
            names = {id: campaign.name or id for id, campaign in shop.plan.file.campaigns.items()}
        elif name not in LISTED:
            raise BadInput("unknown_report", f"There is no report {name!r}", hint=_known(LISTED))
        else:
            listed = LISTED[name]
            rows = listed.make(asked(listed, conn, shop.plan, shop.catalogue, period, chosen))
    if name:
        _tell(listed, rows, shop.plan, out, as_json=as_json)
    elif as_json:
        say(json.dumps(found))
    else:
        _draw(found, names, shop.plan, period)


def _known(listed: Any) -> str:
    return f"Reports: {', '.join(listed)}."


def _choices(said: Sequence[str]) -> dict[str, str]:
    chosen = {}
    for each in said:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadInput("bad_choice", f"{each!r} is not a choice", hint="Write it as by=campaign.")
        chosen[name] = value
    return chosen


def _window(conn: Connection, plan: Plan, since: str, until: str) -> Window:
    # Deferred: see `open_shop`.
    from shopkeeper import stats
    from shopkeeper.model.time import parse_local

    whole = stats.whole_period(conn)
    try:
        start = parse_local(since, plan.zone) if since else whole.start
        end = parse_local(until, plan.zone) if until else whole.end
    except ValueError:
        hint = "Use ISO 8601, such as 2026-03-01 or 2026-03-01T09:30:00Z."
        raise BadInput("bad_time", "--from and --until must be times", hint=hint) from None
    if (since or until) and end <= start:
        raise BadInput("bad_window", "--until must lie after --from and in the time on record")
    return stats.Window(start, end)


def _tell(report: Report, rows: Sequence[Any], plan: Plan, out: Path | None, *, as_json: bool) -> None:
    """Into a file of the form its name ends in, or onto the screen."""
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.reports import csv_of, parquet_of

    if out is None:
        say(msgspec.json.encode(rows).decode() if as_json else csv_of(report, rows, plan).rstrip())
        return
    form = out.suffix.removeprefix(".")
    if form not in FORMS:
        raise BadInput("bad_form", f"{out.name} names no form", hint=f"End it in .{', .'.join(FORMS)}.")
    body = {
        "csv": lambda: csv_of(report, rows, plan).encode(),
        "json": lambda: msgspec.json.encode(rows),
        "parquet": lambda: parquet_of(report, rows, plan),
    }[form]()
    try:
        out.write_bytes(body)
    except OSError as error:
        raise BadInput("not_written", f"{out} cannot be written: {error.strerror}") from None
    say(f"{report.title}: {len(rows):,} rows in {out}")


def _draw(found: dict[str, Any], names: dict[str, str], plan: Plan, period: Window) -> None:
    """The same figures as a table for people."""
    # Deferred: only this form draws.
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from shopkeeper.model.money import decimal_text
    from shopkeeper.model.time import format_time

    currency = plan.shop.currency

    def money(units: int) -> str:
        return f"{float(decimal_text(units, currency)):,.2f}"

    if period.end == period.start:
        say("No order and no campaign is on record yet: send events, or bring in a past with `shopkeeper import`.")
        return
    first, last = (format_time(at, plan.zone)[:10] for at in (period.start, period.end - 1))
    say(f"{first} to {last} ({plan.shop.time_zone}), values in {currency}")
    buyers = f"{counted(found['orders'], 'order')} of {counted(found['customers'], 'customer')}"
    say(f"{buyers}, revenue {money(found['revenue_cents'])}")
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

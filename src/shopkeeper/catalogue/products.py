"""Products in and out: reading what a shop sends, storing it, and the whole catalogue in memory for decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shopkeeper.catalogue import store
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput
from shopkeeper.model.money import minor_units
from shopkeeper.storage import Connection

_TEXT = ("name", "url", "image", "category", "brand", "variant_of")


class Catalogue(msgspec.Struct, frozen=True):
    """Every product, as of one version."""

    version: int = 0
    products: dict[str, Product] = {}
    variants: dict[str, str] = {}
    """Product -> the product it is a variant of."""

    def same(self, product: str) -> str:
        """The id that stands for a product and all its variants."""
        return self.variants.get(product, product)


def load_catalogue(conn: Connection, have: Catalogue) -> Catalogue:
    """The current catalogue; `have` itself when nothing changed since."""
    version = store.version(conn)
    if version == have.version:
        return have
    products = {p.id: p for p in store.all_products(conn)}
    return Catalogue(version, products, {p.id: p.variant_of for p in products.values() if p.variant_of})


def upsert_products(conn: Connection, products: Iterable[Product], now: int) -> int:
    """Add products or replace those with the same id; returns how many."""
    rows = list(products)
    store.put(conn, rows, now)
    return len(rows)


def read_product(values: Mapping[str, Any], currency: str, now: int) -> Product:
    """A product from what a shop sent or a row of a file held; BadInput names the field that cannot be used.

    Prices are decimal on the way in. Fields of no meaning to us are kept under `extra`.
    """
    identity = str(values.get("id") or values.get("product_id") or "").strip()
    if not identity:
        raise BadInput("missing_product_id", "A product needs an id.", where="id")
    if len(identity) > 255:
        raise BadInput("bad_product_id", "A product id may have 255 characters.", where="id")
    said = str(values.get("currency") or currency).upper()
    prices: dict[str, int | None] = {}
    for field in ("price", "sale_price"):
        raw = values.get(field)
        try:
            prices[field] = None if raw is None or raw == "" else minor_units(raw, said)
        except ValueError as error:
            raise BadInput("bad_price", f"Product {identity}: {error}.", where=field) from None
    texts = {field: str(values.get(field) or "").strip()[:2000] for field in _TEXT}
    stock = values.get("in_stock", True)
    return Product(
        id=identity,
        name=texts.pop("name") or identity,
        price=prices["price"],
        sale_price=prices["sale_price"],
        currency=said,
        in_stock=str(stock).strip().lower() not in ("false", "0", "no", "out of stock", "out_of_stock"),
        created_at=int(values.get("created_at") or now),
        extra={k: v for k, v in values.items() if k not in _KNOWN and v not in (None, "")},
        **texts,
    )


_KNOWN = {*_TEXT, "id", "product_id", "price", "sale_price", "currency", "in_stock", "created_at"}

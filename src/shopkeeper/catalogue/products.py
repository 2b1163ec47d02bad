"""Products in and out: reading what a shop sends, storing it, and the whole catalogue in memory for decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shopkeeper.catalogue import store
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput
from shopkeeper.model.money import minor_units
from shopkeeper.model.time import LATEST, parse_time
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
    identity = _text(values, "id") or _text(values, "product_id")
    if not identity:
        raise BadInput("missing_product_id", "A product needs an id.", where="id")
    if len(identity) > 255:
        raise BadInput("bad_product_id", "A product id may have 255 characters.", where="id")
    said = (_text(values, "currency") or currency).upper()
    if not (len(said) == 3 and said.isascii() and said.isalpha()):
        raise BadInput("bad_currency", f"Product {identity}: {said!r} is no ISO 4217 currency.", where="currency")
    prices: dict[str, int | None] = {}
    for field in ("price", "sale_price", "cost"):
        raw = values.get(field)
        try:
            prices[field] = None if raw is None or raw == "" else minor_units(raw, said)
        except ValueError as error:
            raise BadInput("bad_price", f"Product {identity}: {error}.", where=field) from None
    texts = {field: _text(values, field)[:2000] for field in _TEXT}
    stock = values.get("in_stock", True)
    return Product(
        id=identity,
        name=texts.pop("name") or identity,
        price=prices["price"],
        sale_price=prices["sale_price"],
        cost=prices["cost"],
        currency=said,
        in_stock=str(stock).strip().lower() not in ("false", "0", "no", "out of stock", "out_of_stock"),
        created_at=_created_at(values.get("created_at"), identity) or now,
        extra=_extra(values, identity),
        **texts,
    )


_KNOWN = {*_TEXT, "id", "product_id", "price", "sale_price", "cost", "currency", "in_stock", "created_at"}


def _text(values: Mapping[str, Any], field: str) -> str:
    value = values.get(field)
    if value is None:
        return ""
    if isinstance(value, dict | list) or "\0" in str(value):
        raise BadInput("bad_field", f"{field} must be text without the NUL character.", where=field)
    return str(value).strip()


def _created_at(value: Any, identity: str) -> int | None:
    """Microseconds of an ISO time, or as they stand."""
    if value is None or value == "":
        return None
    try:
        moment = parse_time(value) if isinstance(value, str) and not value.isdigit() else int(value)
        if not 0 <= moment < LATEST:
            raise ValueError("outside the years 1970 to 9999")
    except (ValueError, TypeError, OverflowError):
        message = f"Product {identity}: created_at {str(value)[:40]!r} is not a time; use ISO 8601."
        raise BadInput("bad_time", message, where="created_at") from None
    return moment


def _extra(values: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Fields of no meaning to us, as they were sent."""
    extra = {k: v for k, v in values.items() if k not in _KNOWN and v not in (None, "")}
    if b"\\u0000" in msgspec.json.encode(extra):
        raise BadInput("bad_field", f"Product {identity}: text may not hold the NUL character.")
    return extra

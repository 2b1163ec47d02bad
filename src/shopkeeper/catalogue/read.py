"""Reading a product: from what a shop sent as JSON, or from a row of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from shopkeeper.model.definitions import AttributeKind, FullProduct
from shopkeeper.model.errors import BadInput
from shopkeeper.model.money import decimal_text, minor_units
from shopkeeper.model.time import LATEST, parse_time

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("product_id", "sku"),
    "name": ("title", "product_name"),
    "description": ("body", "long_description"),
    "url": ("link",),
    "image": ("image_url", "image_link"),
    "images": ("additional_image_link", "additional_images"),
    "price": (),
    "sale_price": (),
    "cost": ("cost_of_goods_sold", "cost_price"),
    "currency": (),
    "category": ("product_type", "product_category"),
    "categories": ("google_product_category",),
    "brand": ("manufacturer", "vendor"),
    "in_stock": (),
    "availability": (),
    "stock": ("quantity", "inventory", "stock_quantity"),
    "tags": ("labels",),
    "variant_of": ("item_group_id", "parent_id"),
    "language": ("content_language",),
    "created_at": (),
}
"""What a product may tell, and other names a column of a file may have for it."""
FIELDS = tuple(OTHER_NAMES)
SHORT, LONG, MANY = 2_000, 20_000, 200
LARGEST_EXTRA = 32 * 1024
"""Bytes of JSON that custom attributes may take."""
_TEXT = ("name", "url", "image", "category", "brand", "variant_of")
_API_NAMES = {"product_id": "id", "title": "name"}
_ABSENT = frozenset(("false", "0", "no", "out of stock", "out_of_stock", "outofstock", "soldout", "discontinued"))
_AVAILABILITY = {
    "instock": "in_stock",
    "limitedavailability": "in_stock",
    "outofstock": "out_of_stock",
    "soldout": "out_of_stock",
    "discontinued": "out_of_stock",
    "preorder": "preorder",
    "presale": "preorder",
    "backorder": "backorder",
}
_MONEY = re.compile(r"^\s*(?:([A-Za-z]{3})\s*)?([-+]?[\d.]+)\s*(?:([A-Za-z]{3}))?\s*$")


def read_product(
    values: Mapping[str, Any], currency: str, now: int, kinds: Mapping[str, AttributeKind] | None = None
) -> FullProduct:
    """A product from what a shop sent or a row of a file held; BadInput names the field that cannot be used.

    Prices are decimal on the way in, alone or with their currency (`12.25`, `12.25 EUR`). Fields of no meaning to us are
    custom attributes, kept under `extra`; `kinds` are the types declared for some of them. `now` stands for the moment
    it was made where that is not said; 0 leaves it to the catalogue.
    """
    values = {_API_NAMES.get(k, k) if _API_NAMES.get(k, k) not in values else k: v for k, v in values.items()}
    identity = _text(values, "id", 256)
    if not identity:
        raise BadInput("missing_product_id", "A product needs an id.", where="id")
    if len(identity) > 255:
        raise BadInput("bad_product_id", "A product id may have 255 characters.", where="id")
    said, prices = _prices(values, currency, identity)
    texts = {field: _text(values, field) for field in _TEXT}
    stock = _stock(values.get("stock"), identity)
    availability = _availability(values)
    return FullProduct(
        id=identity,
        name=texts["name"] or identity,
        url=texts["url"],
        image=texts["image"],
        category=texts["category"],
        brand=texts["brand"],
        variant_of=texts["variant_of"],
        price=prices["price"],
        sale_price=prices["sale_price"],
        cost=prices["cost"],
        currency=said,
        in_stock=_in_stock(values, availability, stock),
        availability=availability if availability in _AVAILABILITY.values() else "",
        stock=stock,
        created_at=_created_at(values.get("created_at"), identity) or now,
        description=_text(values, "description", LONG),
        categories=tuple(c for c in _several(values, "categories", ";") if not c.isdigit()),
        images=_several(values, "images", ","),
        tags=_several(values, "tags", ","),
        language=_text(values, "language", 35).lower().replace("_", "-").partition("-")[0],
        extra=_extra(values, identity, kinds or {}),
    )


def as_sent(product: FullProduct) -> dict[str, Any]:
    """The values that `read_product` makes this product of again."""
    money = {
        name: None if (units := getattr(product, name)) is None else decimal_text(units, product.currency)
        for name in ("price", "sale_price", "cost")
    }
    lists = {name: list(getattr(product, name)) for name in ("categories", "images", "tags")}
    names = (*_TEXT, "id", "currency", "description", "availability", "stock", "language", "in_stock", "created_at")
    return {**product.extra, **money, **lists, **{name: getattr(product, name) for name in names}}


def changed(
    product: FullProduct, values: Mapping[str, Any], currency: str, kinds: Mapping[str, AttributeKind] | None = None
) -> FullProduct:
    """A product with some of its fields changed; null takes a value away. BadInput as for `read_product`.

    Where only one of stock and availability is told, whether it can be bought follows from that.
    """
    values = {_API_NAMES.get(name, name): value for name, value in values.items()}
    before = as_sent(product)
    if "in_stock" not in values and values.keys() & {"stock", "availability"}:
        before.pop("in_stock")
        if "availability" not in values:
            before.pop("availability")
    if "currency" in values and values["currency"] != product.currency:
        before.update(price=None, sale_price=None, cost=None)
    return read_product({**before, **values}, currency, 0, kinds)


def _text(values: Mapping[str, Any], field: str, longest: int = SHORT) -> str:
    value = values.get(field)
    if value is None:
        return ""
    if isinstance(value, dict | list) or "\0" in str(value):
        raise BadInput("bad_field", f"{field} must be text without the NUL character.", where=field)
    return str(value).strip()[:longest]


def _several(values: Mapping[str, Any], field: str, joint: str) -> tuple[str, ...]:
    """A list of texts, or one text with a joint between them."""
    value = values.get(field)
    if value is None or value == "":
        return ()
    parts = value if isinstance(value, list) else str(value).split(joint)
    if any(isinstance(part, dict | list) or "\0" in str(part) for part in parts):
        raise BadInput("bad_field", f"{field} must be a list of texts without the NUL character.", where=field)
    return tuple(dict.fromkeys(text for part in parts[:MANY] if (text := str(part).strip()[:SHORT])))


def _prices(values: Mapping[str, Any], currency: str, identity: str) -> tuple[str, dict[str, int | None]]:
    """The currency of a product's amounts, and the amounts in minor units."""
    amounts: dict[str, Any] = {}
    stated = _text(values, "currency").upper()
    said = stated
    for field in ("price", "sale_price", "cost"):
        amount, own = _amount(values.get(field))
        if own and said and own != said:
            message = f"Product {identity}: {field} is in {own}, and {said} was said before."
            raise BadInput("bad_currency", message, where=field)
        said, amounts[field] = own or said, amount
    said = said or currency.upper()
    if not (len(said) == 3 and said.isascii() and said.isalpha()):
        raise BadInput("bad_currency", f"Product {identity}: {said!r} is no ISO 4217 currency.", where="currency")
    prices: dict[str, int | None] = {}
    for field, amount in amounts.items():
        try:
            prices[field] = None if amount is None or amount == "" else minor_units(amount, said)
        except ValueError as error:
            raise BadInput("bad_price", f"Product {identity}: {error}.", where=field) from None
        if (prices[field] or 0) < 0:
            raise BadInput("bad_price", f"Product {identity}: {field} is below zero.", where=field)
    return said, prices


def _amount(raw: Any) -> tuple[Any, str]:
    """An amount and the currency written beside it."""
    found = _MONEY.match(raw) if isinstance(raw, str) else None
    if found is None or not (found[1] or found[3]):
        return raw.strip() if isinstance(raw, str) else raw, ""
    return found[2], (found[3] or found[1]).upper()


def _stock(value: Any, identity: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(value)
        if not -1e12 < number < 1e12:
            raise ValueError
    except (TypeError, ValueError):
        message = f"Product {identity}: stock {str(value)[:40]!r} is not a number of units."
        raise BadInput("bad_stock", message, where="stock") from None
    return int(number)


def _availability(values: Mapping[str, Any]) -> str:
    """in_stock, out_of_stock, preorder or backorder, however it is written; other words as they stand."""
    said = _text(values, "availability", 100).lower().rpartition("/")[2]
    return _AVAILABILITY.get(re.sub(r"[\s_-]", "", said), said)


def _in_stock(values: Mapping[str, Any], availability: str, stock: int | None) -> bool:
    """Said in so many words, else by the availability, else by the units on hand."""
    for said in (values.get("in_stock"), availability):
        if said is not None and str(said).strip():
            return str(said).strip().lower() not in _ABSENT
    return stock is None or stock > 0


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


def _extra(values: Mapping[str, Any], identity: str, kinds: Mapping[str, AttributeKind]) -> dict[str, Any]:
    """Custom attributes: of the types declared, others as they were sent."""
    extra = {k: v for k, v in values.items() if k not in OTHER_NAMES and k != "product_id" and v not in (None, "")}
    for name, kind in kinds.items():
        if name in extra:
            extra[name] = _typed(extra[name], kind, name, identity)
    encoded = msgspec.json.encode(extra)
    if b"\\u0000" in encoded:
        raise BadInput("bad_field", f"Product {identity}: text may not hold the NUL character.")
    if len(encoded) > LARGEST_EXTRA:
        message = f"Product {identity}: custom attributes may take {LARGEST_EXTRA // 1024} KB."
        raise BadInput("too_large", message)
    return extra


_BOOLEAN = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _typed(value: Any, kind: AttributeKind, name: str, identity: str) -> Any:
    """A value of a declared type; BadInput where it is none."""
    if kind == "list":
        return list(_several({name: value}, name, ","))
    if kind == "text":
        return _text({name: value}, name, LONG)
    try:
        if kind == "boolean":
            return _BOOLEAN[str(value).strip().lower()]
        number = float(str(value).strip())
        if not -1e15 < number < 1e15:
            raise ValueError
    except (KeyError, ValueError):
        message = f"Product {identity}: {name} is declared as a {kind}, and {str(value)[:40]!r} is none."
        raise BadInput("bad_attribute", message, where=name) from None
    return int(number) if number.is_integer() else number

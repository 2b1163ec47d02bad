"""From an order event's properties to what it says, in integer money. Pure; used by intake to refuse bad orders."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper.model.errors import BadEvent
from shopkeeper.model.events import ORDER_CANCELLED, ORDER_REFUNDED, Event
from shopkeeper.model.money import LARGEST, minor_units

MAX_LINES = 10_000


class SaidLine(msgspec.Struct, frozen=True, array_like=True):
    """One line as sent. `value` is the line's own value: price x quantity less its discounts, or its `total`."""

    product: str
    quantity: float
    value: int | None
    """None where neither price nor total was sent (a refund line naming only a quantity)."""
    variant_of: str = ""


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What one event says about an order."""

    order_id: str
    name: str
    at: int
    event_id: bytes
    confirmed: bool
    """It came with the secret key."""
    device: str
    user: str
    """The verified user it names, or empty."""
    counted: bool
    currency: str = ""
    amount: int | None = None
    """Order: its total, revenue or value. Refund: the amount."""
    tax: int = 0
    shipping: int = 0
    discount: int = 0
    lines: tuple[SaidLine, ...] = ()
    saved: int = 0
    """All discounts it names, on the order and on lines."""
    named: bool = True
    """It names its currency; else the shop's own is taken for it."""

    @property
    def order(self) -> tuple[int, bytes]:
        return (self.at, self.event_id)


def read_order(event: Event, shop_currency: str) -> Said:
    """What an order event says; BadEvent names the property that cannot be used.

    Without a currency the shop's own is meant.
    """
    properties = event.properties
    order_id = properties.get("order_id", properties.get("orderId"))
    if isinstance(order_id, bool) or not isinstance(order_id, str | int) or str(order_id).strip() == "":
        raise BadEvent("missing_order_id", f"{event.name} needs an order_id.", where="properties.order_id")
    currency = properties.get("currency") or shop_currency
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise BadEvent("bad_currency", f"{currency!r} is not an ISO 4217 currency.", where="properties.currency")
    currency = currency.upper()
    said = Said(
        order_id=str(order_id).strip()[:255],
        name=event.name,
        at=event.occurred_at,
        event_id=event.event_id,
        confirmed=bool(event.flags & 1),
        device=event.device,
        user=(event.user or "") if event.verified else "",
        counted=event.counted,
        currency=currency,
        named=bool(properties.get("currency")),
    )
    if event.name == ORDER_CANCELLED:
        return said
    fields = ("refund", "total", "revenue", "value") if event.name == ORDER_REFUNDED else ("total", "revenue", "value")
    amounts = (_money(properties, field, currency) for field in fields)
    amount = next((amount for amount in amounts if amount is not None), None)
    if event.name == ORDER_REFUNDED and amount is not None and amount < 0:
        raise BadEvent("bad_amount", "A refund is what is given back, not less than 0.", where="properties")
    lines = _lines(properties, currency, refund=event.name == ORDER_REFUNDED)
    if (sum(line.value or 0 for line in lines) if amount is None else amount) < 0:
        message = "An order is not worth less than 0; Order Refunded says what is given back."
        raise BadEvent("bad_amount", message, where="properties")
    return msgspec.structs.replace(
        said,
        amount=amount,
        tax=_money(properties, "tax", currency) or 0,
        shipping=_money(properties, "shipping", currency) or 0,
        discount=_money(properties, "discount", currency) or 0,
        lines=lines,
        saved=_saved(properties, currency),
    )


def _saved(properties: dict[str, Any], currency: str) -> int:
    """Discounts named on the order or its lines, in minor units; `_lines` has seen that the lines are objects."""
    own = _money(properties, "discount", currency) or 0
    return own + sum(
        _money(item, "discount", currency, i) or 0 for i, item in enumerate(properties.get("products") or ())
    )


def _lines(properties: dict[str, Any], currency: str, *, refund: bool) -> tuple[SaidLine, ...]:
    products = properties.get("products")
    if products is None:
        return ()
    if not isinstance(products, list) or len(products) > MAX_LINES:
        raise BadEvent("bad_products", f"products must be a list of at most {MAX_LINES}.", where="properties.products")
    return tuple(_line(item, i, currency, refund) for i, item in enumerate(products))


def _line(item: Any, number: int, currency: str, refund: bool) -> SaidLine:
    if not isinstance(item, dict):
        raise BadEvent("bad_products", "A product must be an object.", where=_place(number))
    product = item.get("product_id") or item.get("productId") or item.get("sku") or ""
    quantity = item.get("quantity", 1)
    if isinstance(quantity, bool) or not isinstance(quantity, (int, float)) or not -1e9 < quantity < 1e9:
        raise BadEvent("bad_quantity", f"{quantity!r} is not a quantity.", where=f"{_place(number)}.quantity")
    value = _money(item, "total", currency, number)
    if value is None:
        price = _money(item, "price", currency, number)
        if price is not None and not (refund and "quantity" not in item):
            value = round(price * quantity) - (_money(item, "discount", currency, number) or 0)
            if abs(value) > LARGEST:
                raise BadEvent(
                    "bad_amount", "price x quantity is not a possible amount of money.", where=_place(number)
                )
        elif not refund:
            value = 0
    if refund and (quantity < 0 or (value or 0) < 0):
        raise BadEvent("bad_amount", "A refund is what is given back, not less than 0.", where=_place(number))
    parent = item.get("variant_of") or ""
    return SaidLine(str(product)[:255], float(quantity), value, str(parent)[:255])


def _money(values: dict[str, Any], field: str, currency: str, line: int | None = None) -> int | None:
    amount = values.get(field)
    if amount is None:
        return None
    try:
        return minor_units(amount, currency)
    except ValueError as error:
        raise BadEvent("bad_amount", f"{error}.", where=f"{_place(line)}.{field}") from None


def _place(line: int | None) -> str:
    return "properties" if line is None else f"properties.products[{line}]"

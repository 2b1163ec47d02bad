"""The cart: what lies in it, what it costs, and how it travels in a cookie."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper.model.money import decimal_text
from shopkeeper.simulator.catalogue import CURRENCY, Catalogue, Item

_MOST_OF_ONE = 20
_MOST_LINES = 40
_FREE_SHIPPING_FROM = 50_00
_SHIPPING = 4_95


class CartLine(msgspec.Struct, frozen=True):
    """One product and how many of it."""

    item: Item
    quantity: int

    @property
    def cents(self) -> int:
        return self.item.cents * self.quantity


class Cart(msgspec.Struct, frozen=True):
    """Lines in the order they were put in."""

    lines: tuple[CartLine, ...] = ()

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def goods(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def shipping(self) -> int:
        """Cents; free from 50 euros on."""
        return 0 if not self.lines or self.goods >= _FREE_SHIPPING_FROM else _SHIPPING

    @property
    def to_free_shipping(self) -> int:
        return max(0, _FREE_SHIPPING_FROM - self.goods)

    @property
    def total(self) -> int:
        return self.goods + self.shipping

    def with_quantity(self, item: Item, quantity: int) -> Cart:
        """The cart with exactly `quantity` of the item; none of it for 0 or less."""
        quantity = min(quantity, _MOST_OF_ONE)
        kept = {line.item.id: line for line in self.lines}
        if quantity < 1:
            kept.pop(item.id, None)
        elif item.id in kept or len(kept) < _MOST_LINES:
            kept[item.id] = CartLine(item, quantity)
        return Cart(tuple(kept.values()))

    def quantity(self, item: Item) -> int:
        return next((line.quantity for line in self.lines if line.item.id == item.id), 0)

    def cookie(self) -> str:
        return ".".join(f"{line.item.id}:{line.quantity}" for line in self.lines)


def read_cart(cookie: str, catalogue: Catalogue) -> Cart:
    """The cart of a cookie; entries that make no sense are left out."""
    cart = Cart()
    for entry in cookie.split("."):
        ident, _, number = entry.partition(":")
        if ident in catalogue.items and number.isascii() and number.isdigit():
            cart = cart.with_quantity(catalogue.items[ident], int(number[:4]))
    return cart


def line_properties(item: Item, quantity: int = 1) -> dict[str, Any]:
    """A product as track events of the Segment e-commerce vocabulary name it."""
    return {
        "product_id": item.id,
        "name": item.product.name,
        "brand": item.product.brand,
        "category": item.product.category,
        "price": float(decimal_text(item.cents, CURRENCY)),
        "currency": CURRENCY,
        "quantity": quantity,
        "url": item.product.url,
        "image_url": item.product.image,
    }


def order_properties(order_id: str, cart: Cart) -> dict[str, Any]:
    """The properties of Order Completed."""
    return {
        "order_id": order_id,
        "currency": CURRENCY,
        "total": float(decimal_text(cart.total, CURRENCY)),
        "shipping": float(decimal_text(cart.shipping, CURRENCY)),
        "products": [line_properties(line.item, line.quantity) for line in cart.lines],
    }

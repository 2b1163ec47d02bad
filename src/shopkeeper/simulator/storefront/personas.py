"""People to be in the demo: each with a past that shopkeeper learns from the shop's server when one becomes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from shopkeeper.simulator.catalogue import Catalogue, Item
from shopkeeper.simulator.storefront.basket import Cart, line_properties, order_properties
from shopkeeper.simulator.storefront.server import message_id


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`orders` and `views` are (days ago, products); `cart` is what they left in it yesterday."""

    id: str
    title: str
    hint: str
    name: str = ""
    traits: dict[str, str] = {}
    orders: tuple[tuple[int, tuple[str, ...]], ...] = ()
    views: tuple[tuple[int, tuple[str, ...]], ...] = ()
    cart: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.name.split(' ')[0].lower()}@example.com" if self.name else ""


PERSONAS: tuple[Persona, ...] = msgspec.convert(
    yaml.safe_load((Path(__file__).parent / "personas.yaml").read_text("utf-8")), tuple[Persona, ...]
)
"""In the order of the switcher."""


def persona(ident: str) -> Persona | None:
    return next((one for one in PERSONAS if one.id == ident), None)


def user_of(one: Persona, today: date) -> str:
    """The customer number of a persona: a new one every day, so that its past always ends yesterday."""
    return f"{one.id}-{today:%Y%m%d}" if one.name else ""


def past(one: Persona, catalogue: Catalogue, today: date) -> list[dict[str, Any]]:
    """The events of a persona's life until yesterday; the same ones, with the same ids, all day long."""
    return sorted(_past(one, catalogue, today), key=lambda event: str(event["timestamp"]))


def _past(one: Persona, catalogue: Catalogue, today: date) -> Iterator[dict[str, Any]]:
    user = user_of(one, today)
    if not user:
        return

    def event(days: int, minute: int, **fields: Any) -> dict[str, Any]:
        at = datetime(today.year, today.month, today.day, 19, tzinfo=UTC) - timedelta(days=days, minutes=-minute)
        return {
            "messageId": message_id(user, str(days), str(minute), fields["type"]),
            "userId": user,
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            **fields,
        }

    first = max((days for days, _ in (*one.orders, *one.views)), default=1)
    yield event(first, -5, type="identify", traits=traits_of(one.name, one.email) | one.traits)
    for days, idents in one.views:
        for place, item in enumerate(_items(catalogue, idents)):
            yield event(days, place, type="track", event="Product Viewed", properties=line_properties(item))
    for place, item in enumerate(_items(catalogue, one.cart)):
        yield event(1, 20 + place, type="track", event="Product Added", properties=line_properties(item))
    for days, idents in one.orders:
        cart = Cart()
        for place, item in enumerate(_items(catalogue, idents)):
            cart = cart.with_quantity(item, 1)
            yield event(days, place, type="track", event="Product Viewed", properties=line_properties(item))
        order = order_properties(f"{user}-{days}", cart)
        yield event(days, 9, type="track", event="Order Completed", properties=order)


def cart_of(one: Persona, catalogue: Catalogue) -> Cart:
    """What still lies in the persona's cart."""
    cart = Cart()
    for item in _items(catalogue, one.cart):
        cart = cart.with_quantity(item, 1)
    return cart


def traits_of(name: str, email: str) -> dict[str, str]:
    """What the shop tells shopkeeper about a customer."""
    return {"name": name, "email": email}


def _items(catalogue: Catalogue, idents: tuple[str, ...]) -> list[Item]:
    return [catalogue.items[ident] for ident in idents]

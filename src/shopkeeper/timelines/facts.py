"""Facts: what rules may ask of an event, an order, an audience or an attribute, in one flat shape. Pure.

The same columns are kept by person in state and for everybody in Parquet, so that a rule means the same in both.
Text that people compare is folded (lower case, at most 200 characters) here, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from shopkeeper.model.events import IDENTIFY, PAGE, PROMOTIONS, Event
from shopkeeper.model.money import minor_units

ORDER, LINE, JOINED, SET, CONSENT = "=order", "=line", "=joined", "=set", "=consent"
"""Names of facts that are derived; those of events never begin with `=`."""
PROPERTIES = 24
"""Scalar properties kept of an event, by name."""
TEXT = 200

_TAKEN = frozenset(
    ("product_id", "productId", "sku", "category", "brand", "price", "quantity", "communication_id", "promotion_id")
    + ("element_id", "path", "url", "referrer", "title", "variant_of")
)
"""Properties that have a column of their own or that no rule asks for."""


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One fact of one person. Money is in minor units of the shop's currency, None in any other."""

    at: int
    event_id: bytes
    name: str
    device: str
    product: str | None = None
    category: str | None = None
    brand: str | None = None
    price: int | None = None
    quantity: float | None = None
    value: int | None = None
    """Net value of an order or line."""
    order_id: str | None = None
    communication: str | None = None
    element: str | None = None
    label: str | None = None
    """The audience joined."""
    path: str | None = None
    device_class: str | None = None
    browser: str | None = None
    os: str | None = None
    language: str | None = None
    country: str | None = None
    region: str | None = None
    referrer: str | None = None
    """Host of a page elsewhere that led here."""
    source: str | None = None
    medium: str | None = None
    utm_campaign: str | None = None
    properties: dict[str, Any] = {}
    """Other scalar properties; traits and set attributes."""

    @property
    def order(self) -> tuple[int, bytes]:
        return (self.at, self.event_id)

    @property
    def derived(self) -> bool:
        """It stands for what events led to, not for an event."""
        return self.name[0] == "="


COLUMNS = Fact.__struct_fields__


class Bought(NamedTuple):
    """A line of an order as facts know it."""

    product: str
    quantity: float
    value: int
    """Net of refunds."""
    refunded: int


def fold(text: str) -> str:
    """Text as it is compared."""
    return text.lower()[:TEXT]


def scalars(values: Mapping[str, Any], without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The properties rules may ask for: scalars, text folded; objects one level deep as `outer.inner`; null removes."""
    found: dict[str, Any] = {}
    for name, value in _flat(values):
        if name in without or len(name) > 100:
            continue
        found[name] = fold(value) if isinstance(value, str) else value
        if len(found) == PROPERTIES:
            break
    return found


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in sorted(values):  # by name, so that what is left out does not depend on the order of keys
        value = values[name]
        if value is None or isinstance(value, str | int | float):
            yield name, value
        elif isinstance(value, dict):
            for inner in sorted(value):
                if value[inner] is None or isinstance(value[inner], str | int | float):
                    yield f"{name}.{inner}", value[inner]


def fact_of(event: Event, currency: str) -> Iterator[Fact]:
    """The fact an event is, and the consent it carries; nothing where the event is not counted."""
    if not event.counted:
        return
    properties, context = event.properties, event.context
    context_facts = _context(context)
    if event.name == IDENTIFY:
        yield Fact(
            event.occurred_at, event.event_id, IDENTIFY, event.device, properties=scalars(properties), **context_facts
        )
    else:
        communication = properties.get("promotion_id" if event.name in PROMOTIONS else "communication_id")
        yield Fact(
            event.occurred_at,
            event.event_id,
            event.name,
            event.device,
            product=_id(properties.get("product_id") or properties.get("productId") or properties.get("sku")),
            category=_text(properties.get("category")),
            brand=_text(properties.get("brand")),
            price=_money(properties, currency),
            quantity=_number(properties.get("quantity")),
            communication=_id(communication),
            element=_id(properties.get("element_id")),
            path=_path(properties, context),
            properties=scalars(properties, _TAKEN),
            **context_facts,
        )
    consent = context.get("consent")
    if consent:
        yield Fact(event.occurred_at, event.event_id, CONSENT, event.device, properties=dict(consent))


def joined(audience: str, at: int, event_id: bytes, device: str) -> Fact:
    """An audience was joined."""
    return Fact(at, event_id, JOINED, device, label=audience)


def set_value(values: Mapping[str, Any], at: int, event_id: bytes, device: str) -> Fact:
    """A click set attributes."""
    return Fact(at, event_id, SET, device, properties=scalars(values))


def order_facts(  # noqa: PLR0913 - an order has so many sides
    order_id: str,
    at: int,
    event_id: bytes,
    device: str,
    *,
    value: int,
    refunded: int,
    discount: int,
    month: int,
    in_shop_currency: bool,
    lines: Sequence[Bought],
) -> list[Fact]:
    """An order that counts, and its lines; lines given back whole are left out. `month` is that of shop time."""
    own = value if in_shop_currency else None
    properties = {"refunded": refunded, "discount": discount, "month": month, "order_value": own}
    facts = [Fact(at, event_id, ORDER, device, value=own, order_id=order_id, properties=properties)]
    for line in lines:
        if not line.product or (line.refunded and line.value <= 0):
            continue
        worth = line.value if in_shop_currency else None
        price = round(line.value / line.quantity) if in_shop_currency and line.quantity > 0 else None
        facts.append(
            Fact(
                at,
                event_id,
                LINE,
                device,
                line.product,
                price=price,
                quantity=line.quantity,
                value=worth,
                order_id=order_id,
                properties=properties,
            )
        )
    return facts


def _context(context: Mapping[str, Any]) -> dict[str, Any]:
    if not context:
        return {}
    return {
        "device_class": context.get("device_class"),
        "browser": _text(context.get("browser")),
        "os": _text(context.get("os")),
        "language": _text(context.get("language")),
        "country": _text(context.get("country")),
        "region": _text(context.get("region")),
        "referrer": _elsewhere(context.get("referrer"), context.get("url")),
        "source": _text(context.get("utm_source")),
        "medium": _text(context.get("utm_medium")),
        "utm_campaign": _text(context.get("utm_campaign")),
    }


def _text(value: Any) -> str | None:
    return fold(value) if isinstance(value, str) and value else None


def _id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return str(value)[:255]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _money(properties: Mapping[str, Any], currency: str) -> int | None:
    price = properties.get("price")
    if price is None or (properties.get("currency") or currency) != currency:
        return None
    try:
        return minor_units(price, currency)
    except ValueError:
        return None


def _path(properties: Mapping[str, Any], context: Mapping[str, Any]) -> str | None:
    """Path of the page's address; not urlsplit, which refuses addresses that browsers show all the same."""
    said = properties.get("path")
    if isinstance(said, str) and said:
        return fold(said)
    url = context.get("url")
    if not isinstance(url, str) or not url:
        return None
    rest = url.partition("://")[2] or url
    return fold("/" + rest.partition("/")[2].partition("?")[0].partition("#")[0])


def _elsewhere(referrer: Any, url: Any) -> str | None:
    if not isinstance(referrer, str) or not referrer:
        return None
    host = _host(referrer)
    return host if host and host != (_host(url) if isinstance(url, str) else None) else None


def _host(url: str) -> str | None:
    try:
        return fold(urlsplit(url).hostname or "") or None
    except ValueError:
        return None


__all__ = ["COLUMNS", "CONSENT", "JOINED", "LINE", "ORDER", "PAGE", "SET", "Bought", "Fact", "fact_of"]

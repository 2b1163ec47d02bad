"""Facts: what rules may ask of an event, an order, an audience or an attribute, in one flat shape. Pure.

The same columns are kept by person in state and for everybody in Parquet, so that a rule means the same in both.
Text that people compare is folded (lower case, at most 200 characters) here, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from shopkeeper.model.events import ACTS, IDENTIFY, OURS, PAGE, STANDARD, UNCOUNTED, Event, version_said
from shopkeeper.model.money import minor_units

ORDER, LINE, JOINED, SET, CONSENT = "=order", "=line", "=joined", "=set", "=consent"
"""Names of facts that are derived; those of events never begin with `=`."""
PROPERTIES = 24
"""Scalar properties kept of an event, by name."""
LARGEST = 10**15
"""Numbers beyond this are taken for missing: they are always an error of the sender, and no sum could hold them."""
TEXT, NAME = 200, 100
"""Characters kept of a text and of a property's name."""

TAKEN = frozenset(
    ("product_id", "productId", "sku", "category", "brand", "price", "quantity", "communication_id", "promotion_id")
    + ("element_id", "path", "url", "referrer", "title", "variant_of")
)
"""Properties that have a column of their own or that no rule asks for."""


_ACTS = frozenset((*ACTS, *STANDARD))
_NOTHING: tuple[None, ...] = (None,) * 10
Place = tuple[str | None, tuple[Any, ...]]
"""The path of the page, and device, place and origin in the order of the columns."""


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


def possible(number: float) -> bool:
    """Whether a number is finite and of a size that can be meant."""
    return -LARGEST <= number <= LARGEST


def scalars(values: Mapping[str, Any], without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The properties rules may ask for: scalars, text folded; objects one level deep as `outer.inner`; null removes.

    Impossible numbers are left out.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in without:
            continue
        kind = type(value)
        if kind is str:
            found[name] = value.lower()[:TEXT]
        elif value is None or kind is bool or ((kind is int or kind is float) and possible(value)):
            found[name] = value
        elif kind is dict:
            for inner, own in value.items():
                if own is None or isinstance(own, str) or (isinstance(own, int | float) and possible(own)):
                    found[f"{name}.{inner}"] = fold(own) if isinstance(own, str) else own
    if len(found) > PROPERTIES or any(len(name) > NAME for name in found):
        # By name, so that what is left out does not depend on the order of keys.
        found = {name: found[name] for name in sorted(name for name in found if len(name) <= NAME)[:PROPERTIES]}
    return found


def facts_of(event: Event, currency: str, places: dict[int, Place] | None = None) -> list[Fact]:
    """The fact an event is, and the consent it carries; nothing where the event is not counted.

    `places` remembers what contexts come down to, by their identity: those of one request's events are mostly one object.
    It holds for as long as the caller keeps the events.
    """
    if event.flags & UNCOUNTED or event.name.startswith("="):  # a name that stands for what is derived was once allowed
        return []
    at, event_id, name, device = event.occurred_at, event.event_id, event.name, event.device
    properties, context = event.properties, event.context
    place = places.get(id(context)) if places is not None else None
    if place is None:
        place = _place(context)
        if places is not None:
            places[id(context)] = place
    path, own = place
    fields: tuple[Any, ...]
    if name == IDENTIFY:
        fields = (*_NOTHING, None, *own, scalars(properties))
    else:
        get, naming = properties.get, STANDARD.get(name, OURS)
        kept = {} if properties.keys() <= TAKEN else scalars(properties, TAKEN)
        if name in _ACTS and (variant := version_said(properties)[1]):
            kept["variant"] = variant
        fields = (  # most events have few of these: a look costs less than a call that finds nothing
            _id(said) if (said := get("product_id") or get("productId") or get("sku")) else None,
            _text(said) if (said := get("category")) else None,
            _text(said) if (said := get("brand")) else None,
            _money(properties, currency) if "price" in properties else None,
            _number(said) if (said := get("quantity")) is not None else None,
            None,
            None,
            _id(said) if (said := get(naming.communication)) is not None else None,
            _id(said) if (said := get(naming.element)) is not None else None,
            None,
            fold(said) if isinstance(said := get("path"), str) and said else path,
            *own,
            kept,
        )
    found = [Fact(at, event_id, name, device, *fields)]
    consent = context.get("consent")
    if consent:
        found.append(Fact(at, event_id, CONSENT, device, properties=dict(consent)))
    return found


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
        price = _each(line) if in_shop_currency else None
        facts.append(
            Fact(
                at,
                event_id,
                LINE,
                device,
                line.product,
                price=price,
                quantity=_number(line.quantity),
                value=worth,
                order_id=order_id,
                properties=properties,
            )
        )
    return facts


def _each(line: Bought) -> int | None:
    """Net price of one piece; None where a line tells none that is possible."""
    if not 0 < line.quantity <= LARGEST:
        return None
    price = line.value / line.quantity
    return round(price) if possible(price) else None


def _place(context: Mapping[str, Any]) -> Place:
    """The page's path, and device, place and origin in the order of the columns."""
    get = context.get
    url, referrer = get("url"), get("referrer")
    return _path_of(url) if isinstance(url, str) and url else None, _folded(
        get("device_class"),
        get("browser"),
        get("os"),
        get("language"),
        get("country"),
        get("region"),
        _elsewhere(referrer, url) if referrer else None,
        get("utm_source"),
        get("utm_medium"),
        get("utm_campaign"),
    )


# A visitor says the same of device, place and origin all day long.
@lru_cache(maxsize=65_536)
def _folded(*values: Any) -> tuple[Any, ...]:
    return tuple(_text(value) for value in values)


def _text(value: Any) -> str | None:
    return value.lower()[:TEXT] if type(value) is str and value else None


def _id(value: Any) -> str | None:
    if type(value) is str:
        return value[:255] or None
    return str(value) if type(value) is int else None


def _number(value: Any) -> float | None:
    return float(value) if (type(value) is int or type(value) is float) and possible(value) else None


def _money(properties: Mapping[str, Any], currency: str) -> int | None:
    price = properties.get("price")
    if price is None or (properties.get("currency") or currency) != currency:
        return None
    try:
        return minor_units(price, currency)
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def _path_of(url: str) -> str:
    """Path of a page's address. Not urlsplit, which refuses addresses that browsers show all the same."""
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


__all__ = ["COLUMNS", "CONSENT", "JOINED", "LINE", "ORDER", "PAGE", "SET", "Bought", "Fact", "facts_of"]

"""Products that visitors saw and the shop has not told of: noticed in events, then taken into the catalogue.

They are known from pages only (the tag reads JSON-LD), and such events may be sent by anybody: they are marked as
discovered, are not shown in the shop unless it says so, and give way to whatever the shop itself sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from shopkeeper.catalogue import store
from shopkeeper.catalogue.products import Catalogue, put
from shopkeeper.catalogue.read import read_product
from shopkeeper.catalogue.rules import MOST_DISCOVERED
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput
from shopkeeper.model.events import PRODUCT_VIEWED, Event
from shopkeeper.storage import Connection

AT_ONCE = 5_000
_TOLD = {
    "name": ("name", "title"),
    "url": ("url",),
    "image": ("image_url", "image"),
    "price": ("price",),
    "currency": ("currency",),
    "category": ("category",),
    "brand": ("brand",),
    "availability": ("availability",),
}
"""What is taken from an event, and what its properties may be called."""


def notice(conn: Connection, catalogue: Catalogue, events: Iterable[Event], currency: str) -> None:
    """Note what events say of products that are not in the catalogue, or are in it from events alone."""
    seen: dict[str, tuple[int, bytes, Product]] = {}
    for event in events:
        if event.name != PRODUCT_VIEWED or not event.counted:
            continue
        identity = _identity(event.properties)
        known = catalogue.products.get(identity)
        if not identity or (known is not None and not known.discovered):
            continue
        product = _told(identity, event, currency)
        if product is None or (known is not None and replace(product, created_at=known.created_at) == known):
            continue
        if identity not in seen or (event.occurred_at, event.event_id) > seen[identity][:2]:
            seen[identity] = (event.occurred_at, event.event_id, product)
    if seen:
        store.keep_sightings(conn, [(id, *said) for id, said in seen.items()])


def noticed(conn: Connection) -> bool:
    """Whether there is something to adopt."""
    return bool(store.sightings(conn, 1))


def adopt(conn: Connection, catalogue: Catalogue, now: int) -> int:
    """Take what was noticed into the catalogue; what the shop told of meanwhile stays as it told it. How many came in.

    `catalogue` must be the current one. At most `MOST_DISCOVERED` products are known this way.
    """
    found = store.sightings(conn, AT_ONCE)
    if not found:
        return 0
    room = MOST_DISCOVERED - sum(p.discovered for p in catalogue.products.values())
    wanted = []
    for product in found:
        known = catalogue.products.get(product.id)
        if known is not None and known.discovered:
            wanted.append(product)
        elif known is None and room > 0:
            room -= 1
            wanted.append(product)
    put(conn, wanted, now)
    store.drop_sightings(conn, [product.id for product in found])
    return len(wanted)


def _identity(properties: Mapping[str, Any]) -> str:
    said = properties.get("product_id") or properties.get("productId") or properties.get("sku")
    return str(said).strip() if isinstance(said, str | int) and not isinstance(said, bool) else ""


def _told(identity: str, event: Event, currency: str) -> Product | None:
    """The product an event speaks of; None where nothing of it is said, or nothing that can be used."""
    values: dict[str, Any] = {}
    for field, names in _TOLD.items():
        said = next((event.properties[name] for name in names if event.properties.get(name)), None)
        if isinstance(said, str | int | float) and not isinstance(said, bool):
            values[field] = said
    if not values:
        return None
    if "url" not in values and isinstance(event.context.get("url"), str):
        values["url"] = event.context["url"]
    try:
        product = read_product({**values, "id": identity}, currency, event.occurred_at)
    except BadInput:
        return None  # the event itself is kept; it only tells nothing of the product
    return replace(product, discovered=True)

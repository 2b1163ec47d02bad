"""Products that visitors saw and the shop has not told of: noticed in events, then taken into the catalogue.

They are known from pages only (the tag reads JSON-LD), and such events may be sent by anybody: they are marked as
discovered, are not shown in the shop unless it says so, and give way to whatever the shop itself sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
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
_TOLD = ("name", "url", "image", "price", "currency", "category", "brand", "availability")
"""What is taken from an event."""
_NOTHING = (None,) * len(_TOLD)


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
        if product is None:
            continue
        before = seen.get(identity) or catalogue.told.get(identity)
        if before is None or (event.occurred_at, event.event_id) > before[:2]:
            seen[identity] = (event.occurred_at, event.event_id, product)
    new = {id: told for id, told in seen.items() if not _is_known(catalogue, id, told[2])}
    if new:
        store.keep_sightings(
            conn, [(id, at, event_id, replace(it, created_at=at)) for id, (at, event_id, it) in new.items()]
        )
    if seen:
        conn.after_commit(lambda: catalogue.told.update(seen))


def _is_known(catalogue: Catalogue, id: str, product: Product) -> bool:
    """Whether what an event says is what was said before."""
    told, known = catalogue.told.get(id), catalogue.products.get(id)
    if told is not None:
        return told[2] == product
    return known is not None and product == replace(known, created_at=product.created_at)


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
    if type(said) is str:
        return said.strip()
    return str(said) if type(said) is int else ""


def _told(identity: str, event: Event, currency: str) -> Product | None:
    """The product an event speaks of, first seen at 0; None where nothing of it is said, or nothing that can be used."""
    said = event.properties.get
    told = (
        said("name") or said("title"),
        said("url"),
        said("image_url") or said("image"),
        said("price"),
        said("currency"),
        said("category"),
        said("brand"),
        said("availability"),
    )
    if told == _NOTHING:
        return None
    page = event.context.get("url")
    try:
        return _read(identity, currency, page, *told)
    except TypeError:  # a list or an object where a text or number should be
        return _read(identity, currency, page, *(None if isinstance(value, dict | list) else value for value in told))


# Pages say the same of a product to every visitor. Typed, as 1 and 1.0 are one key else and two texts.
@lru_cache(maxsize=20_000, typed=True)
def _read(identity: str, currency: str, page: str | None, *told: str | float | None) -> Product | None:
    values = {
        name: value
        for name, value in zip(_TOLD, told, strict=True)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value
    }
    place = {"url": page} if isinstance(page, str) else {}
    plain = {name: value for name, value in values.items() if name not in ("price", "currency")}
    for said in (values, plain):  # who is wrong about money may still be right about the rest
        with suppress(BadInput):
            if said:
                product = read_product({**place, **said, "id": identity}, currency, 0)
                return replace(product.without_text(), discovered=True)
    return None  # the event itself is kept; it only tells nothing of the product

"""Sets of products of the open shop: resolved against its catalogue and its search."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper import product_sets
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.finding import HitTold, hit_of, keep_up
from shopkeeper.model.product_sets import ProductSet
from shopkeeper.product_sets import Part, Resolved, World, read_set, resolve, to_data, world_of
from shopkeeper.storage import Connection

UNKNOWN_TOLD = 1_000


class SetTold(msgspec.Struct, frozen=True):
    """What a set of products means now."""

    sentence: str
    total: int
    share: float
    """Of all products that are sold."""
    products: list[HitTold]
    """Some of them; their order is that of their ids."""
    unknown_ids: list[str]
    """Ids that were listed and are not in the catalogue, at most 1,000 of them."""
    unknown: int
    tree: Part
    """Each part in words, with the number of products it means by itself."""
    data: dict[str, Any]
    """The set as it was understood."""


def world(shop: Shop, conn: Connection) -> World:
    """What sets of this shop are resolved against, while `conn` is open."""
    plan = shop.plan
    return world_of(conn, shop.catalogue, shop.finder, plan.file.search, plan.shop.currency, shop.now())


def resolved(shop: Shop, products: ProductSet) -> Resolved:
    """The products of a set as of now; see `product_sets.resolve`. What changed just before is found too."""
    keep_up(shop)
    with shop.state.read() as conn:
        return resolve(products, world(shop, conn))


def freeze(shop: Shop, data: Any) -> dict[str, Any]:
    """The set as it is now, as data."""
    products = read_set(data)
    keep_up(shop)
    with shop.state.read() as conn:
        return to_data(product_sets.freeze(products, world(shop, conn)))


def preview(shop: Shop, data: Any, limit: int, offset: int = 0, where: str = "$") -> SetTold:
    """What a set means, with some of its products. BadInput and EmptySet name the part they are about."""
    products = read_set(data, where)
    found = resolved(shop, products)
    known = shop.catalogue.products
    shown = [hit_of(id, known[id]) for id in found.products[offset : offset + limit] if id in known]
    unknown = found.unknown_ids
    return SetTold(
        found.sentence,
        len(found.products),
        round(found.share, 6),
        shown,
        list(unknown[:UNKNOWN_TOLD]),
        len(unknown),
        found.tree,
        to_data(products),
    )

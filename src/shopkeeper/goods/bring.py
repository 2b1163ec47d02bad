"""Bringing in many products: group by group, however long the file, and retiring what a whole catalogue left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace

from shopkeeper import catalogue
from shopkeeper.catalogue import Put
from shopkeeper.catalogue.rules import too_many
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import FullProduct, Product
from shopkeeper.model.errors import BadInput, Conflict
from shopkeeper.storage import Connection

GROUP = 5_000
"""Products of one write: a running server waits for it some 100 ms."""


def bring_products(
    shop: Shop,
    products: Iterable[Product],
    progress: Callable[[int], None] = lambda _done: None,
    *,
    dry_run: bool = False,
) -> Put:
    """Put all products, each group durable before the next is read. A dry run writes nothing. The shop takes them up
    when it is refreshed: a file may hold more than whoever brings it in has room for.

    Which products are variants of which is written last and in one go, as the credit of earlier orders follows it.
    """
    done, total = 0, Put()
    joining: dict[str, str] = {}
    variants = shop.catalogue.variants
    for group in _groups(products):
        if dry_run:
            total += _tried(shop, group)
        else:
            moved = [_apart(p, variants, joining) for p in group if p.variant_of != variants.get(p.id, "")]
            alone = _tried(shop, moved).same  # nothing but their place is new
            total += _write(shop, [*(p for p in group if p.id not in joining), *moved])
            total += Put(0, alone, -alone)
        done += len(group)
        progress(done)
    if joining:
        _join(shop, joining)
    return total


class Refused(msgspec.Struct, frozen=True):
    """A product of a request that cannot be used."""

    index: int
    code: str
    message: str
    field: str
    hint: str


def put_some(shop: Shop, items: Sequence[Mapping[str, Any]]) -> tuple[int, list[Refused]]:
    """Add or replace products as they were sent; how many, and those that cannot be used."""
    plan = shop.plan
    read: Callable[[Mapping[str, Any]], FullProduct] = lambda item: catalogue.read_product(  # noqa: E731
        item, plan.shop.currency, 0, plan.file.catalogue.attributes
    )
    good, refused = _each(items, read)
    return shop.put_products(good), refused


def change_some(shop: Shop, items: Sequence[Mapping[str, Any]]) -> tuple[int, list[Refused]]:
    """Change the fields that were sent, of products there are; how many, and those that cannot be changed."""
    plan = shop.plan

    def change(item: Mapping[str, Any], held: Mapping[str, FullProduct]) -> FullProduct:
        id = _id_said(item)
        known = held.get(id)
        if known is None:
            hint = "Send it whole with POST."
            raise BadInput("unknown_product", f"There is no product {id[:255]!r} to change", where="id", hint=hint)
        return catalogue.changed(known, item, plan.shop.currency, plan.file.catalogue.attributes)

    def write(conn: Connection) -> tuple[int, list[Refused]]:
        held = catalogue.full_products(conn, [id for item in items if "\0" not in (id := _id_said(item))])
        good, refused = _each(items, lambda item: change(item, held))  # as they are in the moment they are written
        catalogue.put(conn, good, shop.now())
        return len(good), refused

    return shop.write_products(write)


def _id_said(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or item.get("product_id") or "")


def _each(
    items: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], FullProduct]
) -> tuple[list[FullProduct], list[Refused]]:
    good, refused = [], []
    for index, item in enumerate(items):
        try:
            good.append(read(item))
        except BadInput as error:
            refused.append(Refused(index, error.code, str(error), error.where, error.hint))
    return good, refused


def retire_absent(shop: Shop, present: set[str], *, force: bool = False, dry_run: bool = False) -> int:
    """Retire what the shop once told of and a whole catalogue no longer holds; returns how many.

    Conflict where that would be most of what is sold, unless `force`: a cut-off file looks just like that. What was only
    seen on pages stays.
    """
    shop.refresh()
    sold = [p for p in shop.catalogue.products.values() if not p.retired_at and not p.discovered]
    absent = [p for p in sold if p.id not in present]
    if too_many(len(absent), len(sold)) and not force:
        raise Conflict(
            "would_retire_most",
            f"{len(absent):,} of {len(sold):,} products are missing from this catalogue, and none of them was retired",
            hint="If the file is whole, say so with --force.",
        )
    if absent and not dry_run:
        shop.write_products(lambda conn: catalogue.retire(conn, absent, shop.now()))
    return len(absent)


def _groups(products: Iterable[Product]) -> Iterator[list[Product]]:
    rest = iter(products)
    while group := list(islice(rest, GROUP)):
        yield group


def _apart(product: Product, variants: dict[str, str], joining: dict[str, str]) -> Product:
    """A product as before its new place among variants, which is noted."""
    joining[product.id] = product.variant_of
    return replace(product, variant_of=variants.get(product.id, ""))


def _write(shop: Shop, group: list[Product]) -> Put:
    with shop.state.write() as conn:
        return catalogue.put(conn, group, shop.now())


def _join(shop: Shop, joining: dict[str, str]) -> None:
    """Give products their place among variants, and earlier orders their credit by it."""
    shop.refresh()
    held = shop.catalogue.products
    joined = [replace(held[id], variant_of=head) for id, head in joining.items()]
    shop.write_products(lambda conn: catalogue.put(conn, joined, shop.now()))


def _tried(shop: Shop, group: list[Product]) -> Put:
    """What putting would do."""
    with shop.state.read() as conn:
        held = catalogue.full_products(conn, [p.id for p in group])
    known = [(p, held[p.id]) for p in group if p.id in held]
    same = sum(replace(p, created_at=p.created_at or before.created_at) == before for p, before in known)
    return Put(len(group) - len(known), len(known) - same, same)

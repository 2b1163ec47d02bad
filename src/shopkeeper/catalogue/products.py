"""Products in and out: storing what a shop sends, retiring what is gone, and the whole catalogue in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from shopkeeper.catalogue import store
from shopkeeper.catalogue.rules import merged, offer_of, worth_keeping
from shopkeeper.model.definitions import FullProduct, Product
from shopkeeper.storage import Connection

_NOBODY: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Catalogue(msgspec.Struct, frozen=True):
    """Every product, as of one version; retired ones too, as orders still speak of them. Long texts are not held: they are
    read where they are shown or looked through, see `descriptions` and `full_products`.
    """

    version: int = 0
    products: dict[str, Product] = {}
    variants: dict[str, str] = {}
    """Product -> the product it is a variant of."""
    members: Mapping[str, tuple[str, ...]] = _NOBODY
    """The id that stands for a group -> its variants, in the order of their ids."""
    told: dict[str, tuple[int, bytes, Product]] = {}
    """What an event said latest, (occurred_at, event id, product), of those that only events tell of, since this version
    was loaded: most say it again. Kept by `notice`.
    """

    def same(self, product: str) -> str:
        """The id that stands for a product and all its variants."""
        return self.variants.get(product, product)

    def group(self, product: str) -> tuple[str, ...]:
        """A product, what it is a variant of, and all other variants of that: those that are in the catalogue."""
        head = self.same(product)
        return tuple(id for id in (head, *self.members.get(head, ())) if id in self.products)


class Put(msgspec.Struct, frozen=True):
    """What became of products that were put: how many are new, changed, or were there word for word."""

    added: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Put) -> Put:
        return Put(self.added + other.added, self.changed + other.changed, self.same + other.same)


def current_version(conn: Connection) -> int:
    """The number that rises with every change of a product."""
    return store.version(conn)


def changed_ids(conn: Connection, version: int) -> list[str]:
    """The ids of products that changed after a version."""
    return store.changed_ids(conn, version)


def full_products(conn: Connection, ids: Sequence[str]) -> dict[str, FullProduct]:
    """Those of these products that there are, whole, as they are stored."""
    return store.some(conn, ids)


def descriptions(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The long texts of those of these products that have one. Ask for some thousands at a time."""
    return store.texts(conn, ids)


def load_catalogue(conn: Connection, have: Catalogue) -> Catalogue:
    """The current catalogue; `have` itself when nothing changed since, and only what changed is read."""
    version = store.version(conn)
    if version == have.version:
        return have
    products = have.products
    if have.version < version:
        changed = {p.id: p for p in store.changed_since(conn, have.version)}
        products = {**products, **changed}
    if len(products) != store.count(conn) or have.version > version:  # another database, or rows taken out by hand
        changed = products = {p.id: p for p in store.changed_since(conn, -1)}
        have = Catalogue()
    variants = have.variants
    if any(p.variant_of != have.variants.get(id, "") for id, p in changed.items()):
        variants = {p.id: p.variant_of for p in products.values() if p.variant_of and p.variant_of != p.id}
    members = have.members if variants is have.variants else _members(variants)
    return Catalogue(version, products, variants, members)


def _members(variants: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for id in sorted(variants):
        found.setdefault(variants[id], []).append(id)
    return {head: tuple(ids) for head, ids in found.items()}


def put(conn: Connection, products: Iterable[Product], now: int) -> Put:
    """Add products or replace those with the same id; changes of price and stock go into their history.

    Of two with one id the later counts. What is there word for word is left alone. A product that does not carry its long
    text keeps the one it has.
    """
    wanted = {product.id: product for product in products}
    held = store.some(conn, list(wanted))
    added = changed = 0
    rows: list[FullProduct] = []
    texts: dict[str, str] = {}
    for id, product in wanted.items():
        before = held.get(id)
        kept = merged(_whole(product, before), before, now)
        if kept == before:
            continue
        rows.append(kept)
        if kept.description != (before.description if before else ""):
            texts[id] = kept.description
        added, changed = (added + 1, changed) if before is None else (added, changed + 1)
    if rows:
        store.put(conn, rows, now)
        store.keep_texts(conn, texts)
        _remember(conn, rows, now)
    return Put(added, changed, len(wanted) - len(rows))


def upsert_products(conn: Connection, products: Iterable[Product], now: int) -> int:
    """`put`, and how many products there were."""
    rows = list(products)
    put(conn, rows, now)
    return len(rows)


def retire(conn: Connection, products: Iterable[Product], now: int) -> int:
    """Take products out of what is sold; they stay on record, and come back when they are put again."""
    gone = [msgspec.structs.replace(p, retired_at=now) for p in products if not p.retired_at]
    if gone:
        store.put(conn, gone, now)
        _remember(conn, gone, now)
    return len(gone)


def _whole(product: Product, before: FullProduct | None) -> FullProduct:
    if isinstance(product, FullProduct):
        return product
    said = {name: getattr(product, name) for name in product.__struct_fields__}
    return FullProduct(**said, description=before.description if before else "")


def _remember(conn: Connection, products: Sequence[Product], now: int) -> None:
    """A line of history for each product whose price or stock is another."""
    before = store.latest_offers(conn, [p.id for p in products])
    lines = []
    for product in products:
        offer = offer_of(product, now)
        if worth_keeping(before.get(product.id), offer):
            lines.append((product.id, offer))
    store.keep_offers(conn, lines)

"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from shopkeeper.catalogue.rules import Offer
from shopkeeper.model.definitions import FullProduct, Product
from shopkeeper.storage import Connection, Migration, marks, parts

MIGRATIONS = (
    Migration(
        "catalogue",
        1,
        (
            # `version` is that of the catalogue with the product's last change: who holds a version reads what is above.
            "CREATE TABLE catalogue_products (id TEXT NOT NULL PRIMARY KEY, updated_at BIGINT NOT NULL,"
            " version BIGINT NOT NULL, doc BLOB NOT NULL)",
            "CREATE INDEX catalogue_products_version ON catalogue_products (version)",
            # Long texts apart, so that reading all products does not read them. None for a product without one.
            "CREATE TABLE catalogue_texts (id TEXT NOT NULL PRIMARY KEY, description TEXT NOT NULL)",
            "CREATE TABLE catalogue_version (one INTEGER PRIMARY KEY, version BIGINT NOT NULL)",
            # Price and stock of a product from `at` on, until its next line.
            "CREATE TABLE catalogue_offers (product TEXT NOT NULL, at BIGINT NOT NULL, price BIGINT, sale_price BIGINT,"
            " currency TEXT NOT NULL, in_stock INTEGER NOT NULL, stock BIGINT, PRIMARY KEY (product, at)) WITHOUT ROWID",
            "CREATE INDEX catalogue_offers_at ON catalogue_offers (at)",
            "CREATE INDEX catalogue_offers_out ON catalogue_offers (product) WHERE in_stock = 0",
            # What visitors' events said of products that the shop has not told of, the latest word of each.
            "CREATE TABLE catalogue_sightings (id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, event_id BLOB NOT NULL,"
            " doc BLOB NOT NULL)",
        ),
    ),
)

_decode = msgspec.json.Decoder(Product).decode
_decode_full = msgspec.json.Decoder(FullProduct).decode
_encode = msgspec.json.encode
_REPEATED = ("category", "brand", "currency", "availability", "language")
PAGE = 5_000
"""Products read at once."""
_OFFER = "price, sale_price, currency, in_stock, stock"


def version(conn: Connection) -> int:
    row = conn.row("SELECT version FROM catalogue_version")
    return int(row[0]) if row else 0


def count(conn: Connection) -> int:
    row = conn.row("SELECT COUNT(version) FROM catalogue_products")
    return int(row[0]) if row else 0


def changed_since(conn: Connection, version: int) -> Iterator[Product]:
    """Products with a change after a version, in the order of their ids."""
    ids = changed_ids(conn, version)
    said: dict[str, str] = {}
    for start in range(0, len(ids), PAGE):  # all texts at once would stand beside what is made of them
        page = ids[start : start + PAGE]
        sql = "SELECT doc FROM catalogue_products WHERE version > ? AND id >= ? AND id <= ? ORDER BY id"
        for row in conn.rows(sql, (version, page[0], page[-1])):
            yield _shared(_decode(row[0]), said)


def _shared(product: Product, said: dict[str, str]) -> Product:
    """The product with the texts that many products have held once for all of them."""
    for name in _REPEATED:
        text = getattr(product, name)
        if text and (first := said.setdefault(text, text)) is not text:
            msgspec.structs.force_setattr(product, name, first)
    return product


def changed_ids(conn: Connection, version: int) -> list[str]:
    return [row[0] for row in conn.rows("SELECT id FROM catalogue_products WHERE version > ? ORDER BY id", (version,))]


def some(conn: Connection, ids: Sequence[str]) -> dict[str, FullProduct]:
    """Products whole, by their ids."""
    found: dict[str, FullProduct] = {}
    for part in parts(ids):
        sql = f"SELECT doc FROM catalogue_products WHERE id IN ({marks(len(part))})"
        for (doc,) in conn.rows(sql, part):
            product = _decode_full(doc)
            found[product.id] = product
    for id, description in texts(conn, ids).items():
        msgspec.structs.force_setattr(found[id], "description", description)
    return found


def texts(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The long texts of those that have one."""
    found: dict[str, str] = {}
    for part in parts(ids):
        sql = f"SELECT id, description FROM catalogue_texts WHERE id IN ({marks(len(part))})"
        found.update(conn.rows(sql, part))
    return found


def keep_texts(conn: Connection, said: Mapping[str, str]) -> None:
    """The long texts of these products from now on; an empty one is none."""
    conn.many(
        "INSERT INTO catalogue_texts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET description = excluded.description",
        [(id, text) for id, text in said.items() if text],
    )
    for part in parts([id for id, text in said.items() if not text]):
        conn.run(f"DELETE FROM catalogue_texts WHERE id IN ({marks(len(part))})", part)


def put(conn: Connection, products: Iterable[Product], now: int) -> None:
    """Store products without their long texts."""
    conn.run(
        "INSERT INTO catalogue_version VALUES (1, 1) ON CONFLICT (one) DO UPDATE "
        "SET version = catalogue_version.version + 1"
    )
    number = version(conn)
    conn.many(
        "INSERT INTO catalogue_products VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
        "SET updated_at = excluded.updated_at, version = excluded.version, doc = excluded.doc",
        [(p.id, now, number, _encode(p.without_text())) for p in products],
    )


def latest_offers(conn: Connection, ids: Sequence[str]) -> dict[str, Offer]:
    """The last line of each product's history."""
    found: dict[str, Offer] = {}
    for part in parts(ids):
        sql = (
            f"SELECT product, at, {_OFFER} FROM catalogue_offers AS o WHERE product IN ({marks(len(part))})"
            " AND at = (SELECT MAX(at) FROM catalogue_offers AS l WHERE l.product = o.product)"
        )
        found.update((product, _offer(*values)) for product, *values in conn.rows(sql, part))
    return found


def keep_offers(conn: Connection, lines: Iterable[tuple[str, Offer]]) -> None:
    conn.many(
        f"INSERT INTO catalogue_offers (product, at, {_OFFER}) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (product, at) DO UPDATE SET price = excluded.price, sale_price = excluded.sale_price,"
        " currency = excluded.currency, in_stock = excluded.in_stock, stock = excluded.stock",
        [(id, o.at, o.price, o.sale_price, o.currency, int(o.in_stock), o.stock) for id, o in lines],
    )


def offers(conn: Connection, product: str) -> list[Offer]:
    sql = f"SELECT at, {_OFFER} FROM catalogue_offers WHERE product = ? ORDER BY at"
    return [_offer(*row) for row in conn.rows(sql, (product,))]


def between(conn: Connection, since: int, until: int) -> Iterator[tuple[str, int, Offer, Offer]]:
    """(product, at, before, after) of products with a line in [since, until): the last one there, and the one before
    `since`.
    """
    columns = ", ".join(f"{name}.{column}" for name in ("b", "a") for column in ("at", *_OFFER.split(", ")))
    sql = (
        f"SELECT m.product, {columns} FROM"
        " (SELECT product, MAX(at) AS last FROM catalogue_offers WHERE at >= ? AND at < ? GROUP BY product) AS m"
        " JOIN catalogue_offers AS a ON a.product = m.product AND a.at = m.last"
        " JOIN catalogue_offers AS b ON b.product = m.product AND b.at ="
        " (SELECT MAX(at) FROM catalogue_offers AS e WHERE e.product = m.product AND e.at < ?)"
    )
    for product, *values in conn.rows(sql, (since, until, since)):
        before, after = _offer(*values[:6]), _offer(*values[6:])
        yield product, after.at, before, after


def returned(conn: Connection, since: int, until: int) -> list[tuple[str, int]]:
    """Products that are in stock at `until` and were not right before their latest return in [since, until)."""
    sql = (
        "SELECT product, MAX(at) FROM (SELECT product, at, in_stock,"
        " LAG(in_stock) OVER (PARTITION BY product ORDER BY at) AS before,"
        " LAST_VALUE(in_stock) OVER (PARTITION BY product ORDER BY at"
        "   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last"
        " FROM catalogue_offers WHERE at < ? AND product IN"
        # Few products are ever out of stock, and most of a shop may have a line of the last days.
        "   (SELECT product FROM catalogue_offers AS o WHERE in_stock = 0 AND EXISTS"
        "     (SELECT 1 FROM catalogue_offers AS b"
        "      WHERE b.product = o.product AND b.at >= ? AND b.at < ? AND b.in_stock = 1))) AS h"
        " WHERE at >= ? AND in_stock = 1 AND before = 0 AND last = 1 GROUP BY product"
    )
    return [(product, at) for product, at in conn.rows(sql, (until, since, until, since))]


def wavered(conn: Connection, until: int) -> list[tuple[str, int, bool]]:
    """(product, at, in stock from then on) of all lines before `until` of products that were ever out of stock."""
    sql = (
        "SELECT product, at, in_stock FROM catalogue_offers WHERE at < ? AND product IN"
        " (SELECT product FROM catalogue_offers WHERE in_stock = 0) ORDER BY at, product"
    )
    return [(product, at, bool(had)) for product, at, had in conn.rows(sql, (until,))]


def first_seen(conn: Connection, since: int, until: int) -> list[tuple[str, int]]:
    sql = (
        "SELECT product, MIN(at) FROM catalogue_offers WHERE product IN"
        " (SELECT product FROM catalogue_offers WHERE at >= ? AND at < ?)"
        " GROUP BY product HAVING MIN(at) >= ?"
    )
    return [(product, at) for product, at in conn.rows(sql, (since, until, since))]


def keep_sightings(conn: Connection, seen: Iterable[tuple[str, int, bytes, Product]]) -> None:
    """The latest word of each product stays, whatever came first."""
    conn.many(
        "INSERT INTO catalogue_sightings VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET at = excluded.at, event_id = excluded.event_id, doc = excluded.doc"
        " WHERE (excluded.at, excluded.event_id) > (catalogue_sightings.at, catalogue_sightings.event_id)",
        [(id, at, event_id, _encode(product)) for id, at, event_id, product in seen],
    )


def sightings(conn: Connection, limit: int) -> list[Product]:
    return [_decode(row[0]) for row in conn.rows("SELECT doc FROM catalogue_sightings ORDER BY id LIMIT ?", (limit,))]


def drop_sightings(conn: Connection, ids: Sequence[str]) -> None:
    for part in parts(ids):
        conn.run(f"DELETE FROM catalogue_sightings WHERE id IN ({marks(len(part))})", part)


def _offer(
    at: int, price: int | None, sale_price: int | None, currency: str, in_stock: int, stock: int | None
) -> Offer:
    return Offer(at, price, sale_price, currency, bool(in_stock), stock)

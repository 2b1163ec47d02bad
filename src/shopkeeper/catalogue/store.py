"""The room's table and every statement on it. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shopkeeper.model.definitions import Product
from shopkeeper.storage import Connection, Migration

MIGRATIONS = (
    Migration(
        "catalogue",
        1,
        (
            "CREATE TABLE catalogue_products (id TEXT NOT NULL PRIMARY KEY, updated_at BIGINT NOT NULL, doc BLOB NOT NULL)",
            "CREATE TABLE catalogue_version (one INTEGER PRIMARY KEY, version BIGINT NOT NULL)",
        ),
    ),
)

_decode = msgspec.json.Decoder(Product).decode
_encode = msgspec.json.encode


def version(conn: Connection) -> int:
    row = conn.row("SELECT version FROM catalogue_version")
    return int(row[0]) if row else 0


def all_products(conn: Connection) -> list[Product]:
    return [_decode(row[0]) for row in conn.rows("SELECT doc FROM catalogue_products ORDER BY id")]


def put(conn: Connection, products: Iterable[Product], now: int) -> None:
    conn.many(
        "INSERT INTO catalogue_products VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE "
        "SET updated_at = excluded.updated_at, doc = excluded.doc",
        [(p.id, now, _encode(p)) for p in products],
    )
    conn.run(
        "INSERT INTO catalogue_version VALUES (1, 1) ON CONFLICT (one) DO UPDATE "
        "SET version = catalogue_version.version + 1"
    )

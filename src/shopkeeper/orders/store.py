"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from shopkeeper.model.events import ORDER_COMPLETED
from shopkeeper.orders.read import Said
from shopkeeper.orders.rules import Line, Order
from shopkeeper.storage import Connection, Migration, marks, parts

MIGRATIONS = (
    Migration(
        "orders",
        1,
        (
            """CREATE TABLE orders_said (
                order_id TEXT NOT NULL, at BIGINT NOT NULL, event_id BLOB NOT NULL, person TEXT NOT NULL,
                device TEXT NOT NULL, claimed INTEGER NOT NULL, body BLOB NOT NULL,
                PRIMARY KEY (order_id, at, event_id)) WITHOUT ROWID""",
            "CREATE INDEX orders_said_device ON orders_said (device)",
            "CREATE INDEX orders_said_placed ON orders_said (claimed, at)",
            """CREATE TABLE orders_orders (
                order_id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, event_id BLOB NOT NULL, person TEXT NOT NULL,
                device TEXT NOT NULL, user_id TEXT NOT NULL, currency TEXT NOT NULL, value BIGINT NOT NULL,
                refunded BIGINT NOT NULL, cancelled INTEGER NOT NULL, waiting INTEGER NOT NULL,
                counted INTEGER NOT NULL)""",
            "CREATE INDEX orders_orders_person ON orders_orders (person, at)",
            "CREATE INDEX orders_orders_at ON orders_orders (at)",
            """CREATE TABLE orders_lines (
                order_id TEXT NOT NULL, number INTEGER NOT NULL, product TEXT NOT NULL, variant_of TEXT NOT NULL,
                quantity DOUBLE PRECISION NOT NULL, value BIGINT NOT NULL, refunded BIGINT NOT NULL,
                PRIMARY KEY (order_id, number)) WITHOUT ROWID""",
        ),
    ),
    Migration("orders", 2, ("ALTER TABLE orders_orders ADD COLUMN discount BIGINT NOT NULL DEFAULT 0",)),
    Migration(
        "orders",
        3,
        (
            "ALTER TABLE orders_orders ADD COLUMN sent_currency TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE orders_orders ADD COLUMN rate TEXT NOT NULL DEFAULT ''",
        ),
    ),
)
DERIVED = ("orders_said", "orders_orders", "orders_lines")
"""Tables a rebuild empties and fills again from the log."""

_decode = msgspec.msgpack.Decoder(Said).decode
_encode = msgspec.msgpack.Encoder().encode
_COLUMNS = (
    "o.order_id, o.at, o.event_id, o.device, o.user_id, o.currency, o.value, o.refunded, o.cancelled, o.waiting, "
    "o.counted, o.discount, o.sent_currency, o.rate, o.person"
)
_COUNTS = "o.cancelled = 0 AND o.waiting = 0 AND o.counted = 1"


def add_said(conn: Connection, rows: Iterable[tuple[Said, str]]) -> None:
    """Keep what events said, each with the person it belongs to."""
    conn.many(
        "INSERT INTO orders_said VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(s.order_id, s.at, s.event_id, person, s.device, _claimed(s), _encode(s)) for s, person in rows],
    )


def _claimed(said_: Said) -> int:
    """0 for a placement that confirms, 1 for one by a browser, counted or not, 2 for everything else."""
    if said_.name != ORDER_COMPLETED:
        return 2
    if not said_.confirmed:
        return 1
    return 0 if said_.counted else 2


def said(conn: Connection, order_ids: Sequence[str]) -> dict[str, list[tuple[Said, str]]]:
    found: dict[str, list[tuple[Said, str]]] = {}
    for part in parts(order_ids):
        sql = f"SELECT order_id, person, body FROM orders_said WHERE order_id IN ({marks(len(part))})"
        for order_id, person, body in conn.rows(sql, part):
            found.setdefault(order_id, []).append((_decode(body), person))
    return found


def said_on(conn: Connection, devices: Sequence[str]) -> list[tuple[Said, str]]:
    sql = f"SELECT body, person FROM orders_said WHERE device IN ({marks(len(devices))})"
    return [(_decode(body), person) for body, person in conn.rows(sql, devices)] if devices else []


def rename_person(conn: Connection, old: str, new: str, device: str) -> None:
    conn.run("UPDATE orders_said SET person = ? WHERE device = ? AND person = ?", (new, device, old))
    conn.run("UPDATE orders_orders SET person = ? WHERE person = ?", (new, old))


def delete_said(conn: Connection, said_: Said) -> None:
    conn.run(
        "DELETE FROM orders_said WHERE order_id = ? AND at = ? AND event_id = ?",
        (said_.order_id, said_.at, said_.event_id),
    )


def heads(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Order id -> (person, at) as stored."""
    found: dict[str, tuple[str, int]] = {}
    for part in parts(order_ids):
        sql = f"SELECT order_id, person, at FROM orders_orders WHERE order_id IN ({marks(len(part))})"
        found.update((order_id, (person, at)) for order_id, person, at in conn.rows(sql, part))
    return found


def put(conn: Connection, orders: Sequence[tuple[Order, str]], known: Iterable[str]) -> None:
    """Replace orders and their lines; `known` are those already stored."""
    delete(conn, known)
    conn.many(
        f"INSERT INTO orders_orders VALUES ({marks(15)})",
        [
            (o.order_id, o.at, o.event_id, person, o.device, o.user, o.currency, o.value, o.refunded)
            + (int(o.cancelled), int(o.waiting), int(o.counted), o.discount, o.sent_currency, o.rate)
            for o, person in orders
        ],
    )
    conn.many(
        "INSERT INTO orders_lines VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (o.order_id, n.number, n.product, n.variant_of, n.quantity, n.value, n.refunded)
            for o, _ in orders
            for n in o.lines
        ],
    )


def delete(conn: Connection, order_ids: Iterable[str]) -> None:
    keys = [(order_id,) for order_id in order_ids]
    if keys:
        conn.many("DELETE FROM orders_orders WHERE order_id = ?", keys)
        conn.many("DELETE FROM orders_lines WHERE order_id = ?", keys)


def _orders(conn: Connection, where: str, params: Sequence[object]) -> list[tuple[Order, str]]:
    """Orders with their lines and persons; two statements however many there are."""
    heads_ = conn.rows(f"SELECT {_COLUMNS} FROM orders_orders o WHERE {where} ORDER BY o.at, o.event_id", params)
    if not heads_:
        return []
    sql = (
        "SELECT l.order_id, l.number, l.product, l.quantity, l.value, l.refunded, l.variant_of FROM orders_lines l "
        f"JOIN orders_orders o ON o.order_id = l.order_id WHERE {where} ORDER BY l.order_id, l.number"
    )
    lines: dict[str, list[Line]] = {}
    for order_id, *rest in conn.rows(sql, params):
        lines.setdefault(order_id, []).append(Line(*rest))
    return [(_order(row, tuple(lines.get(row[0], ()))), row[-1]) for row in heads_]


def _order(row: tuple[Any, ...], lines: tuple[Line, ...]) -> Order:
    order_id, at, event_id, device, user, currency, value, refunded, *flags, discount, sent, rate, _person = row
    cancelled, waiting, counted = map(bool, flags)
    return Order(
        order_id=order_id,
        at=at,
        event_id=event_id,
        device=device,
        user=user,
        currency=currency,
        value=value,
        refunded=refunded,
        cancelled=cancelled,
        waiting=waiting,
        counted=counted,
        lines=lines,
        discount=discount,
        sent_currency=sent,
        rate=rate,
    )


def placed_between(conn: Connection, start: int, end: int) -> list[tuple[Order, str]]:
    return _orders(conn, "o.at >= ? AND o.at < ?", (start, end))


def net_values(conn: Connection, currency: str, start: int, end: int) -> dict[str, int]:
    sql = (
        "SELECT o.order_id, o.value - o.refunded FROM orders_orders o "
        f"WHERE o.currency = ? AND o.at >= ? AND o.at < ? AND {_COUNTS}"
    )
    return {row[0]: int(row[1]) for row in conn.rows(sql, (currency, start, end))}


def quantities(conn: Connection, order_ids: Sequence[str]) -> dict[tuple[str, int], float]:
    found: dict[tuple[str, int], float] = {}
    for part in parts(order_ids):
        sql = f"SELECT order_id, number, quantity FROM orders_lines WHERE order_id IN ({marks(len(part))})"
        found.update(((row[0], row[1]), float(row[2])) for row in conn.rows(sql, part))
    return found


def by_id(conn: Connection, order_id: str) -> tuple[Order, str] | None:
    found = _orders(conn, "o.order_id = ?", (order_id,))
    return found[0] if found else None


def of_person(conn: Connection, person: str, start: int, end: int) -> list[Order]:
    where = "o.person = ? AND o.at >= ? AND o.at <= ?"
    return [order for order, _ in _orders(conn, where, (person, start, end))]


def of_persons(conn: Connection, persons: Sequence[str], start: int, end: int) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    for part in parts(persons):
        where = f"o.person IN ({marks(len(part))}) AND o.at >= ? AND o.at <= ?"
        for order, person in _orders(conn, where, (*part, start, end)):
            found.setdefault(person, []).append(order)
    return found


def ids_of_moments(conn: Connection, moments: Sequence[tuple[str, int]]) -> list[str]:
    """The orders of these (person, at)."""
    found: list[str] = []
    for some in parts(moments):
        rows = ", ".join(["(?, ?)"] * len(some))
        params = [value for moment in some for value in moment]
        sql = f"SELECT order_id FROM orders_orders WHERE (person, at) IN (VALUES {rows}) ORDER BY at, event_id"
        found.extend(row[0] for row in conn.rows(sql, params))
    return found


def by_ids(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[str, Order]]:
    """Order id -> (person, order)."""
    found: dict[str, tuple[str, Order]] = {}
    for part in parts(order_ids):
        where = f"o.order_id IN ({marks(len(part))})"
        found.update((order.order_id, (person, order)) for order, person in _orders(conn, where, part))
    return found


def counting_heads(conn: Connection) -> list[tuple[str, str, int, bytes, str, int, int]]:
    sql = (
        "SELECT o.order_id, o.person, o.at, o.event_id, o.currency, o.value, o.refunded FROM orders_orders o "
        f"WHERE {_COUNTS}"
    )
    return [(r[0], r[1], r[2], bytes(r[3]), r[4], r[5], r[6]) for r in conn.rows(sql)]


def counting_lines(conn: Connection) -> list[tuple[str, int, str, str, int, int]]:
    sql = (
        "SELECT l.order_id, l.number, l.product, l.variant_of, l.value - l.refunded, l.refunded FROM orders_lines l "
        f"JOIN orders_orders o ON o.order_id = l.order_id WHERE l.product <> '' AND {_COUNTS}"
    )
    return conn.rows(sql)


def placings(conn: Connection, persons: Sequence[str], until: int) -> dict[str, list[tuple[int, bytes]]]:
    """(at, event id) of each person's orders that count, up to `until`, in order."""
    found: dict[str, list[tuple[int, bytes]]] = {}
    for part in parts(persons):
        sql = (
            f"SELECT o.person, o.at, o.event_id FROM orders_orders o WHERE o.person IN ({marks(len(part))}) "
            f"AND o.at <= ? AND {_COUNTS} ORDER BY o.person, o.at, o.event_id"
        )
        for person, at, event_id in conn.rows(sql, (*part, until)):
            found.setdefault(person, []).append((at, bytes(event_id)))
    return found


def next_placing(conn: Connection, person: str, after: int) -> int | None:
    row = conn.row(
        f"SELECT MIN(o.at) FROM orders_orders o WHERE o.person = ? AND o.at > ? AND {_COUNTS}", (person, after)
    )
    return row[0] if row else None


def person_totals(conn: Connection, person: str, currency: str) -> tuple[int, int, int | None, int | None]:
    """(orders that count, net value of those in `currency`, first at, last at)."""
    sql = (
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN o.currency = ? THEN o.value - o.refunded ELSE 0 END), 0), "
        f"MIN(o.at), MAX(o.at) FROM orders_orders o WHERE o.person = ? AND {_COUNTS}"
    )
    row = conn.row(sql, (currency, person))
    return (int(row[0]), int(row[1]), row[2], row[3]) if row else (0, 0, None, None)


def totals(conn: Connection, start: int, end: int) -> list[tuple[str, int, int, int, int]]:
    """Per currency in [start, end): (currency, orders, customers, net value, refunded)."""
    sql = (
        "SELECT o.currency, COUNT(*), COUNT(DISTINCT o.person), SUM(o.value - o.refunded), SUM(o.refunded) "
        f"FROM orders_orders o WHERE o.at >= ? AND o.at < ? AND {_COUNTS} GROUP BY o.currency ORDER BY o.currency"
    )
    return [(r[0], int(r[1]), int(r[2]), int(r[3]), int(r[4])) for r in conn.rows(sql, (start, end))]


def sums(conn: Connection, currency: str, start: int, end: int, step: int) -> list[tuple[int, int, int]]:
    """(start of the step, orders, net value) of orders that count, per step of time with any."""
    sql = (
        "SELECT o.at / ?, COUNT(*), SUM(o.value - o.refunded) FROM orders_orders o "
        f"WHERE o.currency = ? AND o.at >= ? AND o.at < ? AND {_COUNTS} GROUP BY 1 ORDER BY 1"
    )
    return [(int(r[0]) * step, int(r[1]), int(r[2])) for r in conn.rows(sql, (step, currency, start, end))]


def extent(conn: Connection) -> tuple[int, int] | None:
    """(first, last) time of any order."""
    row = conn.row("SELECT MIN(at), MAX(at) FROM orders_orders")
    return (row[0], row[1]) if row and row[0] is not None else None


def claimed_between(conn: Connection, start: int, end: int) -> list[str]:
    """Orders a browser reported as placed in [start, end)."""
    sql = "SELECT DISTINCT order_id FROM orders_said WHERE claimed = 1 AND at >= ? AND at < ? ORDER BY order_id"
    return [row[0] for row in conn.rows(sql, (start, end))]


def selling(conn: Connection, since: int, until: int, limit: int) -> list[tuple[str, float]]:
    """(product, units) of orders that count, the best selling first."""
    sql = (
        "SELECT l.product, SUM(l.quantity) AS units FROM orders_orders o JOIN orders_lines l ON l.order_id = o.order_id "
        f"WHERE o.at >= ? AND o.at < ? AND {_COUNTS} AND l.product <> '' "
        "GROUP BY l.product ORDER BY units DESC, l.product LIMIT ?"
    )
    return [(row[0], float(row[1])) for row in conn.rows(sql, (since, until, limit))]


def confirmed_since(conn: Connection) -> int | None:
    """When the first order confirmed by a server was placed."""
    row = conn.row("SELECT MIN(at) FROM orders_said WHERE claimed = 0")
    return int(row[0]) if row and row[0] is not None else None


def buyers(conn: Connection, start: int, end: int) -> list[str]:
    sql = "SELECT DISTINCT person FROM orders_orders WHERE at >= ? AND at < ? ORDER BY person"
    return [row[0] for row in conn.rows(sql, (start, end))]


def all_ids(conn: Connection) -> list[str]:
    return [row[0] for row in conn.rows("SELECT DISTINCT order_id FROM orders_said ORDER BY order_id")]

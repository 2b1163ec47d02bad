"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.attribution.rules import CartMove, Interaction, Sale, Touch
from shopkeeper.attribution.seen import Earning, Seen
from shopkeeper.storage import Connection, Migration, marks, parts
from shopkeeper.storage.hours import disturb

MIGRATIONS = (
    Migration(
        "attribution",
        1,
        (
            """CREATE TABLE attribution_interactions (
                communication TEXT NOT NULL, at BIGINT NOT NULL, event_id BLOB NOT NULL, act TEXT NOT NULL,
                person TEXT NOT NULL, device TEXT NOT NULL, session BIGINT NOT NULL, element TEXT NOT NULL,
                product TEXT NOT NULL, zone TEXT NOT NULL, version INTEGER,
                PRIMARY KEY (communication, at, event_id)) WITHOUT ROWID""",
            "CREATE INDEX attribution_interactions_person ON attribution_interactions (person, at)",
            "CREATE INDEX attribution_interactions_device ON attribution_interactions (device, session)",
            """CREATE TABLE attribution_order_credits (
                order_id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, person TEXT NOT NULL, currency TEXT NOT NULL,
                value BIGINT NOT NULL, campaign TEXT NOT NULL, communication TEXT NOT NULL, element TEXT NOT NULL,
                zone TEXT NOT NULL, touch_at BIGINT NOT NULL, touch_id BLOB NOT NULL)""",
            "CREATE INDEX attribution_order_credits_at ON attribution_order_credits (at)",
            "CREATE INDEX attribution_order_credits_person ON attribution_order_credits (person, at)",
            """CREATE TABLE attribution_product_credits (
                order_id TEXT NOT NULL, line INTEGER NOT NULL, at BIGINT NOT NULL, person TEXT NOT NULL,
                currency TEXT NOT NULL, product TEXT NOT NULL, value BIGINT NOT NULL, campaign TEXT NOT NULL,
                communication TEXT NOT NULL, element TEXT NOT NULL, zone TEXT NOT NULL, touch_at BIGINT NOT NULL,
                touch_id BLOB NOT NULL, PRIMARY KEY (order_id, line)) WITHOUT ROWID""",
            "CREATE INDEX attribution_product_credits_at ON attribution_product_credits (at)",
            "CREATE INDEX attribution_product_credits_person ON attribution_product_credits (person, at)",
        ),
    ),
    Migration(
        "attribution",
        3,
        (
            "ALTER TABLE attribution_interactions ADD COLUMN device_class TEXT NOT NULL DEFAULT ''",
            # Reports read an hour of all communications, or of one of them.
            "CREATE INDEX attribution_interactions_at ON attribution_interactions (at)",
        ),
    ),
)
DERIVED = ("attribution_interactions", "attribution_order_credits", "attribution_product_credits")
"""Tables a rebuild empties and fills again from the log."""

_FIELDS = "at, event_id, act, person, device, session, communication, element, product, zone, version, device_class"


def add(conn: Connection, interactions: Iterable[Interaction]) -> None:
    conn.many(
        f"INSERT INTO attribution_interactions ({_FIELDS}) VALUES ({marks(12)}) ON CONFLICT DO NOTHING",
        [
            (i.at, i.event_id, i.act, i.person, i.device, i.session)
            + (i.communication, i.element, i.product, i.zone, i.version, i.device_class)
            for i in interactions
        ],
    )


def of_person(conn: Connection, person: str, start: int, end: int) -> list[Interaction]:
    sql = (
        f"SELECT {_FIELDS} FROM attribution_interactions WHERE person = ? AND at >= ? AND at <= ? "
        "AND communication <> '' ORDER BY at, event_id"
    )
    return [Interaction(*row) for row in conn.rows(sql, (person, start, end))]


def touches_of_person(conn: Connection, person: str, start: int, end: int) -> list[Interaction]:
    """Clicks and hovers: what may be touches."""
    sql = (
        f"SELECT {_FIELDS} FROM attribution_interactions WHERE person = ? AND at >= ? AND at <= ? "
        "AND act IN ('clicked', 'hovered') ORDER BY at, event_id"
    )
    return [Interaction(*row) for row in conn.rows(sql, (person, start, end))]


def cart_moves(conn: Connection, person: str, until: int) -> list[CartMove]:
    sql = (
        "SELECT at, event_id, product, act FROM attribution_interactions WHERE person = ? AND at <= ? "
        "AND act IN ('added', 'removed') ORDER BY at, event_id"
    )
    return [
        CartMove(at, event_id, product, act == "added")
        for at, event_id, product, act in conn.rows(sql, (person, until))
    ]


def rename_session(conn: Connection, device: str, old: int, new: int) -> None:
    conn.run("UPDATE attribution_interactions SET session = ? WHERE device = ? AND session = ?", (new, device, old))


def rename_person(conn: Connection, old: str, new: str) -> None:
    for table in ("attribution_interactions", "attribution_order_credits", "attribution_product_credits"):
        conn.run(f"UPDATE {table} SET person = ? WHERE person = ?", (new, old))


def delete_persons(conn: Connection, persons: Sequence[str]) -> None:
    for table in ("attribution_interactions", "attribution_order_credits", "attribution_product_credits"):
        conn.many(f"DELETE FROM {table} WHERE person = ?", [(person,) for person in persons])


def persons_with(conn: Connection, communication: str, since: int, version: int) -> list[str]:
    sql = "SELECT DISTINCT person FROM attribution_interactions WHERE communication = ? AND (at >= ? OR version = ?)"
    return [row[0] for row in conn.rows(sql, (communication, since, version))]


def clear_credits(conn: Connection, order_ids: Sequence[str]) -> None:
    keys = [(order_id,) for order_id in order_ids]
    for table in ("attribution_order_credits", "attribution_product_credits"):
        for part in parts(order_ids):
            sql = f"SELECT at FROM {table} WHERE order_id IN ({marks(len(part))})"
            disturb(conn, [row[0] for row in conn.rows(sql, part)])
    conn.many("DELETE FROM attribution_order_credits WHERE order_id = ?", keys)
    conn.many("DELETE FROM attribution_product_credits WHERE order_id = ?", keys)


def credited_between(conn: Connection, person: str, start: int, end: int) -> list[str]:
    """Orders of a person in [start, end] that have entries in either ledger."""
    found: set[str] = set()
    for table in ("attribution_order_credits", "attribution_product_credits"):
        sql = f"SELECT DISTINCT order_id FROM {table} WHERE person = ? AND at >= ? AND at <= ?"
        found.update(row[0] for row in conn.rows(sql, (person, start, end)))
    return sorted(found)


def add_order_credits(conn: Connection, rows: Iterable[tuple[Sale, str, str, Touch]]) -> None:
    """(sale, person, currency, winning touch)"""
    rows = list(rows)
    disturb(conn, [row[0].at for row in rows])
    conn.many(
        f"INSERT INTO attribution_order_credits VALUES ({marks(11)}) ON CONFLICT (order_id) DO NOTHING",
        [
            (
                s.order_id,
                s.at,
                person,
                currency,
                s.net,
                t.campaign,
                t.communication,
                t.element,
                t.zone,
                t.at,
                t.event_id,
            )
            for s, person, currency, t in rows
        ],
    )


def add_product_credits(conn: Connection, rows: Iterable[tuple[Sale, int, str, int, str, str, Touch]]) -> None:
    """(sale, line, product, value, person, currency, winning click)"""
    rows = list(rows)
    disturb(conn, [row[0].at for row in rows])
    conn.many(
        f"INSERT INTO attribution_product_credits VALUES ({marks(13)}) ON CONFLICT DO NOTHING",
        [
            (s.order_id, line, s.at, person, currency, product, value)
            + (t.campaign, t.communication, t.element, t.zone, t.at, t.event_id)
            for s, line, product, value, person, currency, t in rows
        ],
    )


def order_credit(conn: Connection, order_id: str) -> tuple[str, str, bytes] | None:
    """(campaign, communication, touch id) of the order's entry in the order ledger."""
    sql = "SELECT campaign, communication, touch_id FROM attribution_order_credits WHERE order_id = ?"
    return conn.row(sql, (order_id,))


def product_credits(conn: Connection, order_id: str) -> dict[int, bytes]:
    """Line -> the click that earned it."""
    sql = "SELECT line, touch_id FROM attribution_product_credits WHERE order_id = ?"
    return {row[0]: bytes(row[1]) for row in conn.rows(sql, (order_id,))}


def extent(conn: Connection) -> tuple[int, int] | None:
    row = conn.row("SELECT MIN(at), MAX(at) FROM attribution_interactions")
    return (row[0], row[1]) if row and row[0] is not None else None


def reach(conn: Connection, communications: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """(sessions, people) that met any of the communications in [start, end)."""
    sql = (
        "SELECT COUNT(*), COUNT(DISTINCT person) FROM (SELECT DISTINCT device, session, person "
        f"FROM attribution_interactions WHERE communication IN ({marks(len(communications))}) AND act = 'shown' "
        "AND at >= ? AND at < ?) AS met"
    )
    row = conn.row(sql, (*communications, start, end)) if communications else None
    return (int(row[0]), int(row[1])) if row else (0, 0)


def order_credit_sums(conn: Connection, start: int, end: int) -> list[tuple[str, str, int, int]]:
    """(communication, currency, orders, value) of orders placed in [start, end)."""
    sql = (
        "SELECT communication, currency, COUNT(*), SUM(value) FROM attribution_order_credits "
        "WHERE at >= ? AND at < ? GROUP BY communication, currency ORDER BY communication, currency"
    )
    return [(r[0], r[1], int(r[2]), int(r[3])) for r in conn.rows(sql, (start, end))]


_CLICKED_BY = {
    "element": "CASE WHEN element = '' THEN communication ELSE communication || '/' || element END",
    "communication": "communication",
    "campaign": "campaign",
    "zone": "zone",
    "site": "''",
}


def product_credit_sums(conn: Connection, by: str, start: int, end: int) -> list[tuple[str, str, int, int, int]]:
    """(key, currency, lines, orders, value) by one of _CLICKED_BY for orders in [start, end)."""
    column = _CLICKED_BY[by]
    sql = (
        f"SELECT {column}, currency, COUNT(*), COUNT(DISTINCT order_id), SUM(value) FROM attribution_product_credits "
        f"WHERE at >= ? AND at < ? GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [(r[0], r[1], int(r[2]), int(r[3]), int(r[4])) for r in conn.rows(sql, (start, end))]


def credit_steps(conn: Connection, currency: str, start: int, end: int, step: int) -> list[tuple[int, int, int]]:
    """(start of the step, orders, value) of the order ledger, per step of time with any entry."""
    sql = (
        "SELECT at / ?, COUNT(*), SUM(value) FROM attribution_order_credits "
        "WHERE currency = ? AND at >= ? AND at < ? GROUP BY 1 ORDER BY 1"
    )
    return [(int(r[0]) * step, int(r[1]), int(r[2])) for r in conn.rows(sql, (step, currency, start, end))]


def largest_credits(
    conn: Connection, campaign: str, start: int, end: int, limit: int
) -> list[tuple[str, int, str, str, int, str]]:
    """(order, placed at, person, currency, value, communication) a campaign earned in [start, end), largest first."""
    sql = (
        "SELECT order_id, at, person, currency, value, communication FROM attribution_order_credits "
        "WHERE campaign = ? AND at >= ? AND at < ? ORDER BY value DESC, at DESC, order_id LIMIT ?"
    )
    return conn.rows(sql, (campaign, start, end, limit))


def winners(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Order -> (campaign, communication) that holds its order credit."""
    found: dict[str, tuple[str, str]] = {}
    for part in parts(order_ids):
        sql = (
            "SELECT order_id, campaign, communication FROM attribution_order_credits "
            f"WHERE order_id IN ({marks(len(part))})"
        )
        found.update((row[0], (row[1], row[2])) for row in conn.rows(sql, part))
    return found


def acts_between(conn: Connection, start: int, end: int, communications: Sequence[str] = ()) -> list[Seen]:
    """Acts upon communications (all, or those named) in [start, end), in order."""
    which = f"communication IN ({marks(len(communications))})" if communications else "communication <> ''"
    sql = (
        "SELECT communication, act, device, session, at, zone, device_class FROM attribution_interactions "
        f"WHERE {which} AND at >= ? AND at < ? ORDER BY at, event_id"
    )
    return [Seen(*row) for row in conn.rows(sql, (*communications, start, end))]


def first_act(conn: Connection, communication: str, act: str, device: str, session: int) -> Seen | None:
    """The first such act of a session."""
    sql = (
        "SELECT communication, act, device, session, at, zone, device_class FROM attribution_interactions "
        "WHERE device = ? AND session = ? AND communication = ? AND act = ? ORDER BY at, event_id LIMIT 1"
    )
    row = conn.row(sql, (device, session, communication, act))
    return Seen(*row) if row else None


def moments_of_session(conn: Connection, device: str, session: int) -> list[int]:
    sql = "SELECT DISTINCT at FROM attribution_interactions WHERE device = ? AND session = ?"
    return [row[0] for row in conn.rows(sql, (device, session))]


def moments_of_persons(conn: Connection, persons: Sequence[str]) -> list[int]:
    """When anything happened in the sessions these people have interactions in."""
    sql = (
        "SELECT DISTINCT i.at FROM attribution_interactions i JOIN (SELECT DISTINCT device, session "
        "FROM attribution_interactions WHERE person = ?) s ON s.device = i.device AND s.session = i.session"
    )
    return [row[0] for person in persons for row in conn.rows(sql, (person,))]


def order_credit_places(conn: Connection, start: int, end: int, communications: Sequence[str]) -> list[Earning]:
    """Order credit of orders placed in [start, end) by where and on what the touch was made."""
    which = f"c.communication IN ({marks(len(communications))}) AND" if communications else ""
    sql = (
        "SELECT c.communication, c.zone, COALESCE(i.device_class, ''), c.currency, COUNT(*), SUM(c.value) "
        "FROM attribution_order_credits c LEFT JOIN attribution_interactions i "
        "ON i.communication = c.communication AND i.at = c.touch_at AND i.event_id = c.touch_id "
        f"WHERE {which} c.at >= ? AND c.at < ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    return [
        Earning(row[0], row[1], row[2], row[3], int(row[4]), int(row[5]))
        for row in conn.rows(sql, (*communications, start, end))
    ]

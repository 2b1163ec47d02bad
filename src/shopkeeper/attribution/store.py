"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from shopkeeper.attribution.rules.ledger import Entry
from shopkeeper.attribution.rules.words import WHOLE_ORDER, CartMove, Credit, Interaction
from shopkeeper.attribution.seen import Earning, Seen
from shopkeeper.storage import Connection, Migration, marks, parts

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
        2,
        (
            """CREATE TABLE attribution_ledger (
                seq SERIAL KEY, made_at BIGINT NOT NULL, reason TEXT NOT NULL, sign INTEGER NOT NULL,
                order_id TEXT NOT NULL, line INTEGER NOT NULL, placed_at BIGINT NOT NULL, currency TEXT NOT NULL,
                product TEXT NOT NULL, value BIGINT NOT NULL, refunded BIGINT NOT NULL, campaign TEXT NOT NULL,
                communication TEXT NOT NULL, element TEXT NOT NULL, zone TEXT NOT NULL, touch_at BIGINT NOT NULL,
                touch_id BLOB NOT NULL, rule INTEGER NOT NULL, share INTEGER NOT NULL, leads INTEGER NOT NULL)""",
            "CREATE INDEX attribution_ledger_order ON attribution_ledger (order_id, seq)",
            """CREATE TABLE attribution_order_shares (
                order_id TEXT NOT NULL, line INTEGER NOT NULL, at BIGINT NOT NULL, person TEXT NOT NULL,
                currency TEXT NOT NULL, product TEXT NOT NULL, value BIGINT NOT NULL, refunded BIGINT NOT NULL,
                campaign TEXT NOT NULL, communication TEXT NOT NULL, element TEXT NOT NULL, zone TEXT NOT NULL,
                touch_at BIGINT NOT NULL, touch_id BLOB NOT NULL, rule INTEGER NOT NULL, share INTEGER NOT NULL,
                leads INTEGER NOT NULL, PRIMARY KEY (order_id, touch_at, touch_id)) WITHOUT ROWID""",
            """INSERT INTO attribution_order_shares SELECT order_id, -1, at, person, currency, '', value, 0, campaign,
                communication, element, zone, touch_at, touch_id, 0, 1000000, 1 FROM attribution_order_credits""",
            "DROP TABLE attribution_order_credits",
            "ALTER TABLE attribution_order_shares RENAME TO attribution_order_credits",
            "CREATE INDEX attribution_order_credits_at ON attribution_order_credits (at)",
            "CREATE INDEX attribution_order_credits_person ON attribution_order_credits (person, at)",
            """CREATE TABLE attribution_line_credits (
                order_id TEXT NOT NULL, line INTEGER NOT NULL, at BIGINT NOT NULL, person TEXT NOT NULL,
                currency TEXT NOT NULL, product TEXT NOT NULL, value BIGINT NOT NULL, refunded BIGINT NOT NULL,
                campaign TEXT NOT NULL, communication TEXT NOT NULL, element TEXT NOT NULL, zone TEXT NOT NULL,
                touch_at BIGINT NOT NULL, touch_id BLOB NOT NULL, rule INTEGER NOT NULL, share INTEGER NOT NULL,
                leads INTEGER NOT NULL, PRIMARY KEY (order_id, line)) WITHOUT ROWID""",
            """INSERT INTO attribution_line_credits SELECT order_id, line, at, person, currency, product, value, 0,
                campaign, communication, element, zone, touch_at, touch_id, 0, 1000000, 1
                FROM attribution_product_credits""",
            "DROP TABLE attribution_product_credits",
            "ALTER TABLE attribution_line_credits RENAME TO attribution_product_credits",
            "CREATE INDEX attribution_product_credits_at ON attribution_product_credits (at)",
            "CREATE INDEX attribution_product_credits_person ON attribution_product_credits (person, at)",
            *(
                f"""INSERT INTO attribution_ledger (made_at, reason, sign, order_id, line, placed_at, currency, product,
                    value, refunded, campaign, communication, element, zone, touch_at, touch_id, rule, share, leads)
                    SELECT at, 'opening', 1, order_id, line, at, currency, product, value, refunded, campaign,
                    communication, element, zone, touch_at, touch_id, rule, share, leads FROM {table}"""
                for table in ("attribution_order_credits", "attribution_product_credits")
            ),
        ),
    ),
    Migration(
        "attribution",
        3,
        (
            "ALTER TABLE attribution_interactions ADD COLUMN device_class TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE attribution_interactions ADD COLUMN offered TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE attribution_interactions ADD COLUMN variant TEXT NOT NULL DEFAULT ''",
            # Reports read an hour of all communications, or of one of them.
            "CREATE INDEX attribution_interactions_at ON attribution_interactions (at)",
        ),
    ),
)
LEDGERS = ("attribution_order_credits", "attribution_product_credits")
"""The credit that holds. Kept equal to the sums of attribution_ledger, which is the diary behind it."""
DERIVED = ("attribution_interactions", *LEDGERS)
"""Tables a rebuild empties and fills again from the log."""

_FIELDS = (
    "at, event_id, act, person, device, session, communication, element, product, zone, version, device_class, offered, "
    "variant"
)


def add(conn: Connection, interactions: Iterable[Interaction]) -> None:
    conn.many(
        f"INSERT INTO attribution_interactions ({_FIELDS}) VALUES ({marks(14)}) ON CONFLICT DO NOTHING",
        [
            (i.at, i.event_id, i.act, i.person, i.device, i.session)
            + (i.communication, i.element, i.product, i.zone, i.version, i.device_class, i.offered, i.variant)
            for i in interactions
        ],
    )


def of_person(conn: Connection, person: str, start: int, end: int) -> list[Interaction]:
    sql = (
        f"SELECT {_FIELDS} FROM attribution_interactions WHERE person = ? AND at >= ? AND at <= ? "
        "AND communication <> '' ORDER BY at, event_id"
    )
    return [Interaction(*row) for row in conn.rows(sql, (person, start, end))]


def touches_of(conn: Connection, persons: Sequence[str], start: int, end: int) -> dict[str, list[Interaction]]:
    """Clicks and hovers of each person in [start, end], ascending: what may be touches."""
    found: dict[str, list[Interaction]] = {}
    for part in parts(persons):
        sql = (
            f"SELECT {_FIELDS} FROM attribution_interactions WHERE person IN ({marks(len(part))}) AND at >= ? "
            "AND at <= ? AND act IN ('clicked', 'hovered') ORDER BY person, at, event_id"
        )
        for row in conn.rows(sql, (*part, start, end)):
            found.setdefault(row[3], []).append(Interaction(*row))
    return found


def cart_moves(conn: Connection, persons: Sequence[str], until: int) -> dict[str, list[CartMove]]:
    """What each person put into the cart or took out of it up to `until`, ascending."""
    found: dict[str, list[CartMove]] = {}
    for part in parts(persons):
        sql = (
            "SELECT person, at, event_id, product, act FROM attribution_interactions "
            f"WHERE person IN ({marks(len(part))}) AND at <= ? AND act IN ('added', 'removed') "
            "ORDER BY person, at, event_id"
        )
        for person, at, event_id, product, act in conn.rows(sql, (*part, until)):
            found.setdefault(person, []).append(CartMove(at, bytes(event_id), product, act == "added"))
    return found


def all_touches(conn: Connection) -> list[Interaction]:
    """Everybody's clicks and hovers."""
    sql = f"SELECT {_FIELDS} FROM attribution_interactions WHERE act IN ('clicked', 'hovered')"
    return [Interaction(*row) for row in conn.rows(sql)]


def all_moves(conn: Connection) -> list[tuple[str, CartMove]]:
    """What everybody put into the cart or took out of it."""
    sql = "SELECT person, at, event_id, product, act FROM attribution_interactions WHERE act IN ('added', 'removed')"
    return [(row[0], CartMove(row[1], bytes(row[2]), row[3], row[4] == "added")) for row in conn.rows(sql)]


def rename_session(conn: Connection, device: str, old: int, new: int) -> None:
    conn.run("UPDATE attribution_interactions SET session = ? WHERE device = ? AND session = ?", (new, device, old))


def rename_person(conn: Connection, old: str, new: str) -> None:
    for table in ("attribution_interactions", *LEDGERS):
        conn.run(f"UPDATE {table} SET person = ? WHERE person = ?", (new, old))


def delete_interactions(conn: Connection, persons: Sequence[str]) -> None:
    conn.many("DELETE FROM attribution_interactions WHERE person = ?", [(person,) for person in persons])


def persons_with(conn: Connection, communication: str, since: int, version: int) -> list[str]:
    sql = "SELECT DISTINCT person FROM attribution_interactions WHERE communication = ? AND (at >= ? OR version = ?)"
    return [row[0] for row in conn.rows(sql, (communication, since, version))]


def clickers(conn: Connection, communications: Sequence[str], element: str, limit: int) -> list[tuple[str, str, int]]:
    """(person, communication, at) of the latest clicks on an element, newest first, each person once a communication."""
    sql = (
        "SELECT person, communication, MAX(at) FROM attribution_interactions"
        f" WHERE communication IN ({marks(len(communications))}) AND act = 'clicked' AND element = ?"
        " GROUP BY person, communication ORDER BY 3 DESC, 1, 2 LIMIT ?"
    )
    return [(row[0], row[1], row[2]) for row in conn.rows(sql, (*communications, element, limit))]


_CREDIT = (
    "order_id, line, at, person, currency, product, value, refunded, campaign, communication, element, zone, "
    "touch_at, touch_id, rule, share, leads"
)
_NAMES = _CREDIT.split(", ")


def persons_on(conn: Connection, devices: Sequence[str]) -> list[str]:
    found: set[str] = set()
    for part in parts(devices):
        sql = f"SELECT DISTINCT person FROM attribution_interactions WHERE device IN ({marks(len(part))})"
        found.update(row[0] for row in conn.rows(sql, part))
    return sorted(found)


def credited_between(conn: Connection, persons: Sequence[str], start: int, end: int) -> set[str]:
    """Orders of these people, placed in [start, end], that have entries in either ledger."""
    found: set[str] = set()
    for part in parts(persons):
        each = f"WHERE person IN ({marks(len(part))}) AND at >= ? AND at <= ?"
        sql = " UNION ".join(f"SELECT order_id FROM {table} {each}" for table in LEDGERS)
        found.update(row[0] for row in conn.rows(sql, (*part, start, end) * 2))
    return found


def credits_of(conn: Connection, order_ids: Sequence[str]) -> list[Credit]:
    """The entries these orders have in both ledgers."""
    found: list[Credit] = []
    for part in parts(order_ids):
        each = f"WHERE order_id IN ({marks(len(part))})"
        sql = " UNION ALL ".join(f"SELECT {_CREDIT} FROM {table} {each}" for table in LEDGERS)
        found.extend(map(_credit, conn.rows(sql, (*part, *part))))
    return found


def all_credits(conn: Connection) -> list[Credit]:
    """Every entry that holds, of both ledgers."""
    sql = " UNION ALL ".join(f"SELECT {_CREDIT} FROM {table}" for table in LEDGERS)
    return [_credit(row) for row in conn.rows(sql)]


def credits_between(conn: Connection, start: int, end: int) -> list[Credit]:
    """The entries of both ledgers for orders placed in [start, end)."""
    sql = " UNION ALL ".join(f"SELECT {_CREDIT} FROM {table} WHERE at >= ? AND at < ?" for table in LEDGERS)
    return [_credit(row) for row in conn.rows(sql, (start, end, start, end))]


def touched(conn: Connection, start: int, end: int) -> list[str]:
    """People with clicks or hovers in [start, end)."""
    sql = (
        "SELECT DISTINCT person FROM attribution_interactions WHERE at >= ? AND at < ? "
        "AND act IN ('clicked', 'hovered')"
    )
    return [row[0] for row in conn.rows(sql, (start, end))]


def replace(conn: Connection, order_ids: Sequence[str], credits: Iterable[Credit]) -> None:
    """Put entries in the place of all those of these orders."""
    keys = [(order_id,) for order_id in order_ids]
    rows = [_row(credit) for credit in credits]
    for table, whole in zip(LEDGERS, (True, False), strict=True):
        conn.many(f"DELETE FROM {table} WHERE order_id = ?", keys)
        own = [row for row in rows if (row[1] == WHOLE_ORDER) == whole]
        conn.many(f"INSERT INTO {table} ({_CREDIT}) VALUES ({marks(17)})", own)


def write_down(conn: Connection, made_at: int, entries: Iterable[Entry]) -> None:
    """Append entries to the ledger. A reversal carries its amounts with their sign turned."""
    rows = []
    for sign, credit, reason in entries:
        order_id, line, at, _person, currency, product, value, refunded, *rest = _row(credit)
        told = (made_at, reason, sign, order_id, line, at, currency, product, sign * value, sign * refunded)
        rows.append((*told, *rest))
    conn.many(
        "INSERT INTO attribution_ledger (made_at, reason, sign, order_id, line, placed_at, currency, product, value, "
        "refunded, campaign, communication, element, zone, touch_at, touch_id, rule, share, leads) "
        f"VALUES ({marks(19)})",
        rows,
    )


def ledger(conn: Connection, order_id: str) -> list[tuple[int, int, str, int, Credit]]:
    """(number, made at, reason, sign, credit) of an order's entries, in the order they were written."""
    sql = (
        "SELECT seq, made_at, reason, sign, order_id, line, placed_at, '', currency, product, value, refunded, campaign, "
        "communication, element, zone, touch_at, touch_id, rule, share, leads FROM attribution_ledger "
        "WHERE order_id = ? ORDER BY seq"
    )
    return [(*row[:4], _credit(row[4:])) for row in conn.rows(sql, (order_id,))]


def balance(conn: Connection) -> list[Credit]:
    """What the ledger's entries add up to, without person and, where several rules gave a part, of the latest rule."""
    sql = (
        "SELECT order_id, line, placed_at, '', currency, product, SUM(value), SUM(refunded), campaign, communication, "
        "element, zone, touch_at, touch_id, MAX(rule), SUM(sign * share), SUM(sign * leads) FROM attribution_ledger "
        "GROUP BY order_id, line, placed_at, currency, product, campaign, communication, element, zone, touch_at, "
        "touch_id HAVING SUM(sign) <> 0 OR SUM(value) <> 0"
    )
    return [_credit(row) for row in conn.rows(sql)]


def _row(credit: Credit) -> tuple[Any, ...]:
    return msgspec.structs.astuple(credit)


def _credit(row: Sequence[Any]) -> Credit:
    *words, touch_id, rule, share, leads = row
    known = dict(zip(_NAMES, words, strict=False))
    return Credit(**known, touch_id=bytes(touch_id), rule=int(rule), share=int(share), leads=bool(leads))


def extent(conn: Connection) -> tuple[int, int] | None:
    row = conn.row("SELECT MIN(at), MAX(at) FROM attribution_interactions")
    return (row[0], row[1]) if row and row[0] is not None else None


def reach(
    conn: Connection, communications: Sequence[str], start: int, end: int, acts: Sequence[str]
) -> tuple[int, int]:
    """(sessions, people) of acts upon any of the communications in [start, end)."""
    sql = (
        "SELECT COUNT(*), COUNT(DISTINCT person) FROM (SELECT DISTINCT device, session, person "
        f"FROM attribution_interactions WHERE communication IN ({marks(len(communications))}) AND act IN ({marks(len(acts))}) "
        "AND at >= ? AND at < ?) AS met"
    )
    row = conn.row(sql, (*communications, *acts, start, end)) if communications else None
    return (int(row[0]), int(row[1])) if row else (0, 0)


def exposures(
    conn: Connection, communications: Sequence[str], start: int, end: int
) -> list[tuple[str, str, bool, str]]:
    """(communication, variant, withheld, person), each once, of what was shown or withheld in [start, end)."""
    found: list[tuple[str, str, bool, str]] = []
    for part in parts(communications):
        sql = (
            "SELECT DISTINCT communication, variant, act, person FROM attribution_interactions "
            f"WHERE communication IN ({marks(len(part))}) AND act IN ('shown', 'withheld') AND at >= ? AND at < ?"
        )
        found += [(row[0], row[1], row[2] == "withheld", row[3]) for row in conn.rows(sql, (*part, start, end))]
    return sorted(found)


def order_credit_sums(conn: Connection, start: int, end: int) -> list[tuple[str, str, int, int, int]]:
    """(communication, currency, orders, value, refunded) of orders placed in [start, end)."""
    sql = (
        "SELECT communication, currency, SUM(leads), SUM(value), SUM(refunded) FROM attribution_order_credits "
        "WHERE at >= ? AND at < ? GROUP BY communication, currency ORDER BY communication, currency"
    )
    return [(r[0], r[1], int(r[2]), int(r[3]), int(r[4])) for r in conn.rows(sql, (start, end))]


_CLICKED_BY = {
    "element": "CASE WHEN element = '' THEN communication ELSE communication || '/' || element END",
    "communication": "communication",
    "campaign": "campaign",
    "zone": "zone",
    "site": "''",
}


def product_credit_sums(conn: Connection, by: str, start: int, end: int) -> list[tuple[str, str, int, int, int, int]]:
    """(key, currency, lines, orders, value, refunded) by one of _CLICKED_BY for orders in [start, end)."""
    column = _CLICKED_BY[by]
    sql = (
        f"SELECT {column}, currency, COUNT(*), COUNT(DISTINCT order_id), SUM(value), SUM(refunded) "
        "FROM attribution_product_credits WHERE at >= ? AND at < ? GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [(r[0], r[1], *map(int, r[2:])) for r in conn.rows(sql, (start, end))]


def product_credit_orders(conn: Connection, by: str, start: int, end: int) -> list[tuple[str, str]]:
    """(key, order) of orders placed in [start, end) with a line credited to the key."""
    sql = (
        f"SELECT DISTINCT {_CLICKED_BY[by]}, order_id FROM attribution_product_credits "
        "WHERE at >= ? AND at < ? ORDER BY 1, 2"
    )
    return [(row[0], row[1]) for row in conn.rows(sql, (start, end))]


def credits_by_person(conn: Connection, currency: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    """Person -> (orders, value) of the order ledger for orders placed in [start, end)."""
    sql = (
        "SELECT person, SUM(leads), SUM(value) FROM attribution_order_credits "
        "WHERE currency = ? AND at >= ? AND at < ? GROUP BY person"
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in conn.rows(sql, (currency, start, end))}


def credit_steps(conn: Connection, currency: str, start: int, end: int, step: int) -> list[tuple[int, int, int]]:
    """(start of the step, orders, value) of the order ledger, per step of time with any entry."""
    sql = (
        "SELECT at / ?, SUM(leads), SUM(value) FROM attribution_order_credits "
        "WHERE currency = ? AND at >= ? AND at < ? GROUP BY 1 ORDER BY 1"
    )
    return [(int(r[0]) * step, int(r[1]), int(r[2])) for r in conn.rows(sql, (step, currency, start, end))]


def largest_credits(
    conn: Connection, campaign: str, start: int, end: int, limit: int
) -> list[tuple[str, int, str, str, int, str]]:
    """(order, placed at, person, currency, value, communication) a campaign earned in [start, end), largest first."""
    sql = (
        "SELECT order_id, at, person, currency, SUM(value) AS worth, MAX(communication) FROM attribution_order_credits "
        "WHERE campaign = ? AND at >= ? AND at < ? GROUP BY order_id, at, person, currency "
        "ORDER BY worth DESC, at DESC, order_id LIMIT ?"
    )
    return [(*row[:4], int(row[4]), row[5]) for row in conn.rows(sql, (campaign, start, end, limit))]


def winners(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Order -> (campaign, communication) that holds its order credit."""
    found: dict[str, tuple[str, str]] = {}
    for part in parts(order_ids):
        sql = (
            "SELECT order_id, campaign, communication FROM attribution_order_credits "
            f"WHERE leads = 1 AND order_id IN ({marks(len(part))})"
        )
        found.update((row[0], (row[1], row[2])) for row in conn.rows(sql, part))
    return found


def acts_between(conn: Connection, start: int, end: int, communications: Sequence[str]) -> list[Seen]:
    """Acts upon communications (all, or those named) in [start, end), in order."""
    which = f"communication IN ({marks(len(communications))})" if communications else "communication <> ''"
    sql = (
        "SELECT communication, act, device, session, at, zone, device_class, variant FROM attribution_interactions "
        f"WHERE {which} AND at >= ? AND at < ? ORDER BY at, event_id"
    )
    return conn.rows(sql, (*communications, start, end))


def first_act(conn: Connection, communication: str, act: str, device: str, session: int) -> Seen | None:
    """The first such act of a session."""
    sql = (
        "SELECT communication, act, device, session, at, zone, device_class, variant FROM attribution_interactions "
        "WHERE device = ? AND session = ? AND communication = ? AND act = ? ORDER BY at, event_id LIMIT 1"
    )
    return conn.row(sql, (device, session, communication, act))


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
        "SELECT c.communication, c.zone, COALESCE(i.device_class, ''), COALESCE(i.variant, ''), c.currency, "
        "SUM(c.leads), SUM(c.value), SUM(c.refunded) "
        "FROM attribution_order_credits c LEFT JOIN attribution_interactions i "
        "ON i.communication = c.communication AND i.at = c.touch_at AND i.event_id = c.touch_id "
        f"WHERE {which} c.at >= ? AND c.at < ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
    )
    return [
        Earning(row[0], row[1], row[2], row[3], row[4], int(row[5]), int(row[6]), int(row[7]))
        for row in conn.rows(sql, (*communications, start, end))
    ]


def interactions_between(
    conn: Connection, start: int, end: int, communications: Sequence[str], acts: Sequence[str]
) -> list[Interaction]:
    """Whole interactions of these acts with these communications in [start, end), in order."""
    found: list[Interaction] = []
    for part in parts(communications):
        sql = (
            f"SELECT {_FIELDS} FROM attribution_interactions WHERE communication IN ({marks(len(part))}) "
            f"AND act IN ({marks(len(acts))}) AND at >= ? AND at < ?"
        )
        found.extend(Interaction(*row) for row in conn.rows(sql, (*part, *acts, start, end)))
    return sorted(found, key=lambda i: i.order)


def interaction(conn: Connection, communication: str, at: int, event_id: bytes) -> Interaction | None:
    sql = f"SELECT {_FIELDS} FROM attribution_interactions WHERE communication = ? AND at = ? AND event_id = ?"
    row = conn.row(sql, (communication, at, event_id))
    return Interaction(*row) if row else None


def earning_touches(conn: Connection, start: int, end: int) -> set[bytes]:
    """The clicks of [start, end) that earned a line; the orders they earn from lie after them."""
    sql = "SELECT touch_id FROM attribution_product_credits WHERE at >= ? AND touch_at >= ? AND touch_at < ?"
    return {bytes(row[0]) for row in conn.rows(sql, (start, start, end))}

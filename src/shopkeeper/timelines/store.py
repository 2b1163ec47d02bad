"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from shopkeeper.storage import Connection, Migration, marks, parts
from shopkeeper.timelines.facts import Fact

MIGRATIONS = (
    Migration(
        "timelines",
        1,
        (
            # Whoever has facts, by number: the bulk engine groups by a whole number in a third of the time.
            "CREATE TABLE timelines_people (person TEXT NOT NULL PRIMARY KEY, who BIGINT NOT NULL UNIQUE)",
            # The next free number, of people as of writes, and up to which write everything is in the files.
            "CREATE TABLE timelines_counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
            # What one write brought for one person.
            """CREATE TABLE timelines_facts (
                seq BIGINT NOT NULL PRIMARY KEY, who BIGINT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID""",
            "CREATE INDEX timelines_facts_who ON timelines_facts (who)",
            # Orders change: each stands here as it is now.
            """CREATE TABLE timelines_orders (
                order_id TEXT NOT NULL PRIMARY KEY, who BIGINT NOT NULL, at BIGINT NOT NULL, seq BIGINT NOT NULL,
                body BLOB NOT NULL)""",
            "CREATE INDEX timelines_orders_who ON timelines_orders (who, at)",
            "CREATE INDEX timelines_orders_seq ON timelines_orders (seq)",
            # What the files say and is no longer so, until they are written anew.
            "CREATE TABLE timelines_renamed (who BIGINT NOT NULL PRIMARY KEY, now BIGINT NOT NULL)",
            "CREATE INDEX timelines_renamed_now ON timelines_renamed (now)",
            "CREATE TABLE timelines_gone (who BIGINT NOT NULL PRIMARY KEY)",
            "CREATE TABLE timelines_changed (seq BIGINT NOT NULL PRIMARY KEY)",
        ),
    ),
)
DERIVED = (
    "timelines_people",
    "timelines_facts",
    "timelines_orders",
    "timelines_renamed",
    "timelines_gone",
    "timelines_changed",
)
"""Tables a rebuild empties and fills again from the log. Counters go on, so that no number is given twice."""

QUICK_WRITES, QUICK_BYTES = 1_000, 256 * 1024
EVERYTHING = 1 << 40


class LongTimelineError(Exception):
    """Somebody did more than can be read in a moment."""


_decode = msgspec.msgpack.Decoder(list[Fact]).decode
_decode_plain = msgspec.msgpack.Decoder(list[tuple[Any, ...]]).decode
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
MOVED = "moved"


def reserve(conn: Connection, name: str, count: int) -> int:
    """The first of `count` numbers that nobody else has."""
    row = conn.row(
        "INSERT INTO timelines_counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE "
        "SET value = timelines_counters.value + excluded.value RETURNING value",
        (name, count),
    )
    assert row is not None
    return int(row[0]) - count + 1


def counter(conn: Connection, name: str) -> int:
    row = conn.row("SELECT value FROM timelines_counters WHERE name = ?", (name,))
    return int(row[0]) if row else 0


def set_counter(conn: Connection, name: str, value: int) -> None:
    conn.run(
        "INSERT INTO timelines_counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def number_of(person: str) -> tuple[str, str]:
    """The key under which a person's number is remembered."""
    return ("number", person)


def numbers(conn: Connection, persons: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    unknown = []
    for person in persons:
        held = conn.recall(number_of(person))
        if held is None:
            unknown.append(person)
        else:
            found[person] = held
    read: dict[str, int] = {}
    for part in parts(unknown):
        sql = f"SELECT person, who FROM timelines_people WHERE person IN ({marks(len(part))})"
        read.update(conn.rows(sql, part))
    conn.remember({number_of(person): who for person, who in read.items()})
    return found | read


def persons(conn: Connection, numbers_: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in parts(numbers_):
        sql = f"SELECT who, person FROM timelines_people WHERE who IN ({marks(len(part))})"
        found.update(conn.rows(sql, part))
    return found


def people(conn: Connection) -> list[tuple[str, int]]:
    """(person, who) of all."""
    return [(row[0], row[1]) for row in conn.rows("SELECT person, who FROM timelines_people ORDER BY who")]


def count(conn: Connection) -> int:
    """How many people have facts."""
    row = conn.row("SELECT COUNT(*) FROM timelines_people")
    assert row is not None
    return int(row[0])


def add_people(conn: Connection, rows: Sequence[tuple[str, int]]) -> None:
    conn.remember({number_of(person): who for person, who in rows})
    conn.many("INSERT INTO timelines_people VALUES (?, ?)", rows)


def rename(conn: Connection, old: str, new: str) -> None:
    conn.changed((number_of(old), number_of(new)))
    conn.run("UPDATE timelines_people SET person = ? WHERE person = ?", (new, old))


def drop_people(conn: Connection, persons_: Iterable[str]) -> None:
    persons_ = list(persons_)
    conn.changed(number_of(person) for person in persons_)
    conn.many("DELETE FROM timelines_people WHERE person = ?", [(person,) for person in persons_])


def add_facts(conn: Connection, rows: Iterable[tuple[int, int, Sequence[Fact]]]) -> None:
    """(seq, who, facts)"""
    conn.many("INSERT INTO timelines_facts VALUES (?, ?, ?)", [(seq, who, _encode(f)) for seq, who, f in rows])


def facts(conn: Connection, who: int, *, quickly: bool = False) -> list[Fact]:
    """Everything one person did, orders included, in no particular order.

    `quickly` raises LongTimelineError where it is more than can be read and asked about in some milliseconds.
    """
    limit = QUICK_WRITES + 1 if quickly else EVERYTHING
    bodies: list[bytes] = []
    for table in ("timelines_facts", "timelines_orders"):
        bodies += (row[0] for row in conn.rows(f"SELECT body FROM {table} WHERE who = ? LIMIT ?", (who, limit)))
    if quickly and (len(bodies) > QUICK_WRITES or sum(map(len, bodies)) > QUICK_BYTES):
        raise LongTimelineError
    return [fact for body in bodies for fact in _decode(body)]


def has_facts(conn: Connection, who: int) -> bool:
    """Whether anything is known of a person."""
    sql = "SELECT 1 FROM timelines_facts WHERE who = ? UNION ALL SELECT 1 FROM timelines_orders WHERE who = ? LIMIT 1"
    return conn.row(sql, (who, who)) is not None


def in_files(conn: Connection, who: int) -> bool:
    """Whether the files hold anything of a person."""
    moved = counter(conn, MOVED)
    sql = (
        "SELECT 1 FROM timelines_facts WHERE who = ? AND seq <= ? UNION ALL "
        "SELECT 1 FROM timelines_orders WHERE who = ? AND seq <= ? UNION ALL "
        "SELECT 1 FROM timelines_renamed WHERE now = ? LIMIT 1"
    )
    return conn.row(sql, (who, moved, who, moved, who)) is not None


def merge_facts(conn: Connection, old: int, new: int) -> None:
    """All that is `old`'s becomes `new`'s, also what the files say."""
    if in_files(conn, old):
        conn.run("UPDATE timelines_renamed SET now = ? WHERE now = ?", (new, old))
        conn.run("INSERT INTO timelines_renamed VALUES (?, ?)", (old, new))
    for table in ("timelines_facts", "timelines_orders"):
        conn.run(f"UPDATE {table} SET who = ? WHERE who = ?", (new, old))


def drop_facts(conn: Connection, numbers_: Sequence[int]) -> None:
    """Nothing is known of these people any more, nor by the files."""
    gone_ = [(who,) for who in numbers_ if in_files(conn, who)]
    conn.many("INSERT INTO timelines_gone VALUES (?) ON CONFLICT DO NOTHING", gone_)
    for table in ("timelines_facts", "timelines_orders"):
        conn.many(f"DELETE FROM {table} WHERE who = ?", [(who,) for who in numbers_])


def orders_at(conn: Connection, who: int, at: int) -> dict[str, tuple[int, bytes]]:
    """Order -> (seq, body) of a person's orders of one moment."""
    sql = "SELECT order_id, seq, body FROM timelines_orders WHERE who = ? AND at = ?"
    return {row[0]: (row[1], bytes(row[2])) for row in conn.rows(sql, (who, at))}


def order_seqs(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[int, int, bytes]]:
    """Order -> (who, seq, body)."""
    found: dict[str, tuple[int, int, bytes]] = {}
    for part in parts(order_ids):
        sql = f"SELECT order_id, who, seq, body FROM timelines_orders WHERE order_id IN ({marks(len(part))})"
        found.update((row[0], (row[1], row[2], bytes(row[3]))) for row in conn.rows(sql, part))
    return found


def encode(facts_: Sequence[Fact]) -> bytes:
    """The body a list of facts is stored as."""
    return _encode(facts_)


def put_orders(conn: Connection, rows: Iterable[tuple[str, int, int, int, bytes]]) -> None:
    """(order, who, at, seq, body)"""
    conn.many(
        "INSERT INTO timelines_orders VALUES (?, ?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET "
        "who = excluded.who, at = excluded.at, seq = excluded.seq, body = excluded.body",
        rows,
    )


def drop_orders(conn: Connection, order_ids: Sequence[str]) -> None:
    conn.many("DELETE FROM timelines_orders WHERE order_id = ?", [(order_id,) for order_id in order_ids])


def add_changed(conn: Connection, seqs: Sequence[int]) -> None:
    """Writes that the files hold and that are no longer so."""
    conn.many("INSERT INTO timelines_changed VALUES (?) ON CONFLICT DO NOTHING", [(seq,) for seq in seqs])


def since(conn: Connection, seq: int, limit: int) -> list[tuple[int, int, list[Fact]]]:
    """(who, seq, facts) of the next writes after `seq`, of people and orders, in order."""
    return [(who, number, _decode(body)) for who, number, body in bodies_since(conn, seq, limit)]


def bodies_since(conn: Connection, seq: int, limit: int) -> list[tuple[int, int, bytes]]:
    """The same with the facts as they are stored, see `plain`."""
    found: list[tuple[int, int, bytes]] = []
    for table in ("timelines_facts", "timelines_orders"):
        found += conn.rows(f"SELECT who, seq, body FROM {table} WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return sorted(found, key=itemgetter(1))[:limit]


def plain(body: bytes) -> list[tuple[Any, ...]]:
    """The facts of a body, each a tuple in the order of its fields: for columns, which need no objects."""
    return _decode_plain(body)


def numbers_since(conn: Connection, seq: int, limit: int) -> list[tuple[int, int]]:
    """(seq, who) of the next writes after `seq`, of people and orders, in order."""
    found: list[tuple[int, int]] = []
    for table in ("timelines_facts", "timelines_orders"):
        found += conn.rows(f"SELECT seq, who FROM {table} WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return sorted(found)[:limit]


def people_since(conn: Connection, seq: int) -> list[int]:
    """Who has writes after `seq`."""
    sql = "SELECT who FROM timelines_facts WHERE seq > ? UNION SELECT who FROM timelines_orders WHERE seq > ?"
    return [row[0] for row in conn.rows(sql, (seq, seq))]


def renamed(conn: Connection) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in conn.rows("SELECT who, now FROM timelines_renamed ORDER BY who")]


def gone(conn: Connection) -> list[int]:
    return [row[0] for row in conn.rows("SELECT who FROM timelines_gone ORDER BY who")]


def changed(conn: Connection) -> list[int]:
    return [row[0] for row in conn.rows("SELECT seq FROM timelines_changed ORDER BY seq")]


def clear(conn: Connection, renamed_: Sequence[tuple[int, int]], gone_: Sequence[int], changed_: Sequence[int]) -> None:
    """These corrections are in the files now."""
    conn.many("DELETE FROM timelines_renamed WHERE who = ?", [(who,) for who, _ in renamed_])
    conn.many("DELETE FROM timelines_gone WHERE who = ?", [(who,) for who in gone_])
    conn.many("DELETE FROM timelines_changed WHERE seq = ?", [(seq,) for seq in changed_])

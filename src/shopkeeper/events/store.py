"""The log's tables. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from shopkeeper.model.events import Event, Flag
from shopkeeper.storage import Connection, Migration, marks, parts

MIGRATIONS = (
    Migration(
        "events",
        1,
        (
            """CREATE TABLE events_log (
                seq SERIAL KEY, event_id BLOB NOT NULL UNIQUE, occurred_at BIGINT NOT NULL, device TEXT NOT NULL,
                untimed INTEGER NOT NULL, moved INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL)""",
            "CREATE INDEX events_log_device ON events_log (device, occurred_at)",
            "CREATE INDEX events_log_waiting ON events_log (seq) WHERE moved = 0",
            """CREATE TABLE events_rejects (
                id SERIAL KEY, received_at BIGINT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
                server INTEGER NOT NULL, default_type TEXT NOT NULL, sent_at TEXT, raw BLOB NOT NULL)""",
            # Everything before the horizon has left the log; its days' files answer for it.
            "CREATE TABLE events_horizon (one INTEGER PRIMARY KEY, before BIGINT NOT NULL)",
            # Events corrected after their day's file was written: the file still holds the old copy.
            "CREATE TABLE events_stale (event_id BLOB NOT NULL, day TEXT NOT NULL, PRIMARY KEY (event_id, day))",
        ),
    ),
)

_UNTIMED = int(Flag.UNTIMED)
_decode = msgspec.msgpack.Decoder(Event).decode
_encode = msgspec.msgpack.Encoder().encode


def insert(conn: Connection, events: Iterable[Event]) -> None:
    conn.many(
        "INSERT INTO events_log (event_id, occurred_at, device, untimed, body) VALUES (?, ?, ?, ?, ?)",
        [(e.event_id, e.occurred_at, e.device, e.flags & _UNTIMED, _encode(e)) for e in events],
    )


def known(conn: Connection, ids: Sequence[bytes]) -> dict[bytes, Event]:
    """The events the log still holds under these ids."""
    found: dict[bytes, Event] = {}
    for part in parts(ids):
        sql = f"SELECT body FROM events_log WHERE event_id IN ({marks(len(part))})"
        events = [_decode(row[0]) for row in conn.rows(sql, part)]
        found.update((event.event_id, event) for event in events)
    return found


def moved(conn: Connection, event_id: bytes) -> bool | None:
    """Whether an event of the log has moved to history; None when it has left the log."""
    row = conn.row("SELECT moved FROM events_log WHERE event_id = ?", (event_id,))
    return bool(row[0]) if row else None


def count_since(conn: Connection, device: str, since: int) -> int:
    """Events of a device at or after `since`."""
    row = conn.row("SELECT COUNT(*) FROM events_log WHERE device = ? AND occurred_at >= ?", (device, since))
    return int(row[0]) if row else 0


def rewrite(conn: Connection, event: Event) -> None:
    """Replace an event that a copy has corrected; it will move to history again."""
    conn.run(
        "UPDATE events_log SET occurred_at = ?, body = ?, moved = 0 WHERE event_id = ?",
        (event.occurred_at, _encode(event), event.event_id),
    )


def mark_stale(conn: Connection, event_id: bytes, day: str) -> None:
    conn.run("INSERT INTO events_stale VALUES (?, ?) ON CONFLICT DO NOTHING", (event_id, day))


def stale(conn: Connection) -> dict[str, list[bytes]]:
    """By day, the ids in order whose copy in that day's files no longer counts."""
    days: dict[str, list[bytes]] = {}
    for event_id, day in conn.rows("SELECT event_id, day FROM events_stale ORDER BY day, event_id"):
        days.setdefault(day, []).append(event_id)
    return days


def clear_stale(conn: Connection, day: str) -> None:
    conn.run("DELETE FROM events_stale WHERE day = ?", (day,))


def of_devices(conn: Connection, devices: Sequence[str]) -> list[Event]:
    found: list[Event] = []
    for part in parts(devices):
        sql = f"SELECT body FROM events_log WHERE device IN ({marks(len(part))})"
        found.extend(_decode(row[0]) for row in conn.rows(sql, part))
    return found


def waiting(conn: Connection, limit: int) -> list[tuple[int, bytes]]:
    """The oldest events not yet in history: (sequence number, body)."""
    sql = "SELECT seq, body FROM events_log WHERE moved = 0 ORDER BY seq LIMIT ?"
    return [(row[0], bytes(row[1])) for row in conn.rows(sql, (limit,))]


def decode(body: bytes) -> Event:
    """The event of a body."""
    return _decode(body)


def mark_moved(conn: Connection, seqs: Sequence[int]) -> None:
    for part in parts(seqs):  # one by one they would take the interpreter's lock from whoever answers, each time
        conn.run(f"UPDATE events_log SET moved = 1 WHERE seq IN ({marks(len(part))})", part)


def purge(conn: Connection, before: int) -> int:
    """Drop moved events older than `before`; their days' files answer for them from now on.

    Events without a time of their own stay: a copy of one would arrive with another time and be missed there.
    """
    gone = conn.run("DELETE FROM events_log WHERE moved = 1 AND untimed = 0 AND occurred_at < ?", (before,))
    if gone:
        conn.run(
            "INSERT INTO events_horizon VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET before = excluded.before "
            "WHERE excluded.before > events_horizon.before",
            (before,),
        )
    return gone


def horizon(conn: Connection) -> int:
    """Events that occurred before this may have left the log (0: none has)."""
    row = conn.row("SELECT before FROM events_horizon")
    return int(row[0]) if row else 0


def unmoved(conn: Connection) -> Iterator[Event]:
    for row in conn.rows("SELECT body FROM events_log WHERE moved = 0"):
        yield _decode(row[0])


def totals(conn: Connection) -> tuple[int, int]:
    """(events in the log, of them not yet in history)."""
    row = conn.row("SELECT COUNT(*), COALESCE(SUM(1 - moved), 0) FROM events_log")
    return (int(row[0]), int(row[1])) if row else (0, 0)


def add_reject(conn: Connection, row: Sequence[object]) -> None:
    conn.run(
        "INSERT INTO events_rejects (received_at, code, message, server, default_type, sent_at, raw) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def rejects(conn: Connection, limit: int) -> list[tuple[int, int, str, str, int, str, str | None, bytes]]:
    sql = (
        "SELECT id, received_at, code, message, server, default_type, sent_at, raw FROM events_rejects "
        "ORDER BY id LIMIT ?"
    )
    return conn.rows(sql, (limit,))


def newest_rejects(conn: Connection, limit: int) -> list[tuple[int, int, str, str, int, str, str | None, bytes]]:
    sql = (
        "SELECT id, received_at, code, message, server, default_type, sent_at, raw FROM events_rejects "
        "ORDER BY id DESC LIMIT ?"
    )
    return conn.rows(sql, (limit,))


def last_arrived(conn: Connection) -> Event | None:
    row = conn.row("SELECT body FROM events_log ORDER BY seq DESC LIMIT 1")
    return _decode(row[0]) if row else None


def latest(conn: Connection, limit: int) -> list[Event]:
    """The events that arrived last, newest first."""
    return [_decode(row[0]) for row in conn.rows("SELECT body FROM events_log ORDER BY seq DESC LIMIT ?", (limit,))]


def count_rejects(conn: Connection) -> dict[str, int]:
    return dict(conn.rows("SELECT code, COUNT(*) FROM events_rejects GROUP BY code ORDER BY code"))


def delete_reject(conn: Connection, reject_id: int) -> None:
    conn.run("DELETE FROM events_rejects WHERE id = ?", (reject_id,))

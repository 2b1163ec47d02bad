"""The room's table and every statement on it. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.storage import Connection, Migration, marks

CHUNK = 10_000
"""Rows deleted at once."""
ENTERED_AT_ONCE = 20_000
"""Rows entered in the index in one transaction. Others wait for it before they write, some 30 ms; a smaller number would
keep them waiting longer altogether, as each transaction writes the pages of all devices anew."""

MIGRATIONS = (
    Migration(
        "decisions",
        1,
        (
            # Appended in the order of time, so that the oldest go first without an index on time.
            "CREATE TABLE decisions_log (seq SERIAL KEY, device TEXT NOT NULL, at BIGINT NOT NULL, body BLOB NOT NULL)",
            "CREATE INDEX decisions_log_device ON decisions_log (device)",
            # The ways zones were walked, each once; few, as they only change with definitions and segments.
            "CREATE TABLE decisions_walks (digest BLOB NOT NULL PRIMARY KEY, body BLOB NOT NULL)",
        ),
    ),
    Migration(
        "decisions",
        2,
        (
            # An index that every decision enters costs a page written for each; entered later, sorted and many at a
            # time, they share their pages. `upto` is the last one entered; those behind it are found by reading them.
            "DROP INDEX decisions_log_device",
            "CREATE TABLE decisions_devices"
            " (device TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (device, seq)) WITHOUT ROWID",
            "CREATE TABLE decisions_entered (upto BIGINT NOT NULL)",
            "INSERT INTO decisions_entered VALUES (0)",
        ),
    ),
)


def add(conn: Connection, rows: Iterable[tuple[str, int, bytes]]) -> None:
    conn.many("INSERT INTO decisions_log (device, at, body) VALUES (?, ?, ?)", rows)


def add_walks(conn: Connection, rows: Iterable[tuple[bytes, bytes]]) -> None:
    conn.many("INSERT INTO decisions_walks VALUES (?, ?) ON CONFLICT DO NOTHING", rows)


def walks(conn: Connection, digests: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    sql = f"SELECT digest, body FROM decisions_walks WHERE digest IN ({marks(len(digests))})"
    return conn.rows(sql, digests) if digests else []


def of_devices(conn: Connection, devices: Sequence[str], limit: int) -> list[tuple[str, int, bytes]]:
    """The latest rows of these devices, newest first: those not entered in the index yet, then those that are."""
    if not devices:
        return []
    given = marks(len(devices))
    sql = f"SELECT device, at, body FROM decisions_log WHERE seq > ? AND device IN ({given}) ORDER BY seq DESC LIMIT ?"
    rows = conn.rows(sql, (entered(conn), *devices, limit))
    sql = (
        "SELECT device, at, body FROM decisions_log WHERE seq IN"
        f" (SELECT seq FROM decisions_devices WHERE device IN ({given}) ORDER BY seq DESC LIMIT ?) ORDER BY seq DESC"
    )
    return rows + conn.rows(sql, (*devices, limit - len(rows)))


def latest_bodies(conn: Connection, limit: int) -> list[bytes]:
    """The latest rows, newest first."""
    return [bytes(row[0]) for row in conn.rows("SELECT body FROM decisions_log ORDER BY seq DESC LIMIT ?", (limit,))]


def entered(conn: Connection) -> int:
    """The last row that is in the index by device."""
    row = conn.row("SELECT upto FROM decisions_entered")
    return int(row[0]) if row else 0


def latest(conn: Connection) -> int:
    """The last row there is."""
    row = conn.row("SELECT MAX(seq) FROM decisions_log")
    return int(row[0] or 0) if row else 0


def enter(conn: Connection) -> None:
    """Enter the next rows in the index by device."""
    first = entered(conn)
    last = min(first + ENTERED_AT_ONCE, latest(conn))
    conn.run(
        "INSERT INTO decisions_devices SELECT device, seq FROM decisions_log WHERE seq > ? AND seq <= ? ORDER BY 1, 2",
        (first, last),
    )
    conn.run("UPDATE decisions_entered SET upto = ?", (last,))


def purge(conn: Connection, before: int) -> int:
    """Delete the oldest rows, as far as they were made before `before`."""
    oldest = f"FROM decisions_log WHERE at < ? AND seq IN (SELECT seq FROM decisions_log ORDER BY seq LIMIT {CHUNK})"
    gone = 0
    while True:
        conn.run(f"DELETE FROM decisions_devices WHERE (device, seq) IN (SELECT device, seq {oldest})", (before,))
        deleted = conn.run(f"DELETE {oldest}", (before,))
        gone += deleted
        if deleted < CHUNK:
            return gone


def total(conn: Connection) -> int:
    row = conn.row("SELECT COUNT(*) FROM decisions_log")
    return int(row[0]) if row else 0

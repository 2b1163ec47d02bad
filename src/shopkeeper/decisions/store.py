"""The room's table and every statement on it. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.storage import Connection, Migration, marks

CHUNK = 10_000

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
)


def add(conn: Connection, rows: Iterable[tuple[str, int, bytes]]) -> None:
    conn.many("INSERT INTO decisions_log (device, at, body) VALUES (?, ?, ?)", rows)


def add_walks(conn: Connection, rows: Iterable[tuple[bytes, bytes]]) -> None:
    conn.many("INSERT INTO decisions_walks VALUES (?, ?) ON CONFLICT DO NOTHING", rows)


def walks(conn: Connection, digests: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    sql = f"SELECT digest, body FROM decisions_walks WHERE digest IN ({marks(len(digests))})"
    return conn.rows(sql, digests) if digests else []


def of_devices(conn: Connection, devices: Sequence[str], limit: int) -> list[tuple[str, int, bytes]]:
    sql = (
        f"SELECT device, at, body FROM decisions_log WHERE device IN ({marks(len(devices))}) ORDER BY seq DESC LIMIT ?"
    )
    return conn.rows(sql, (*devices, limit)) if devices else []


def purge(conn: Connection, before: int) -> int:
    sql = (
        f"DELETE FROM decisions_log WHERE at < ? AND seq IN (SELECT seq FROM decisions_log ORDER BY seq LIMIT {CHUNK})"
    )
    gone = 0
    while True:
        deleted = conn.run(sql, (before,))
        gone += deleted
        if deleted < CHUNK:
            return gone


def total(conn: Connection) -> int:
    row = conn.row("SELECT COUNT(*) FROM decisions_log")
    return int(row[0]) if row else 0

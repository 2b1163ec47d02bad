"""The room's table and every statement on it. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.storage import Connection, Migration, marks

MIGRATIONS = (
    Migration(
        "decisions",
        1,
        (
            """CREATE TABLE decisions_log (
                device TEXT NOT NULL, at BIGINT NOT NULL, decision_id BLOB NOT NULL, body BLOB NOT NULL,
                PRIMARY KEY (device, at, decision_id)) WITHOUT ROWID""",
            "CREATE INDEX decisions_log_at ON decisions_log (at)",
        ),
    ),
)


def add(conn: Connection, rows: Iterable[tuple[str, int, bytes, bytes]]) -> None:
    conn.many("INSERT INTO decisions_log VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)


def of_devices(conn: Connection, devices: Sequence[str], limit: int) -> list[tuple[str, int, bytes, bytes]]:
    sql = (
        f"SELECT device, at, decision_id, body FROM decisions_log WHERE device IN ({marks(len(devices))}) "
        "ORDER BY at DESC, decision_id LIMIT ?"
    )
    return conn.rows(sql, (*devices, limit)) if devices else []  # type: ignore[return-value]


def purge(conn: Connection, before: int) -> int:
    return conn.run("DELETE FROM decisions_log WHERE at < ?", (before,))


def total(conn: Connection) -> int:
    row = conn.row("SELECT COUNT(*) FROM decisions_log")
    return int(row[0]) if row else 0
